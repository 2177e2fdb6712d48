import { BadInput } from '../../core/errors.js';
import type { SaveOptions } from '../../engine/contract/types.js';
import { decodeXml } from '../../engine/model/source/encoding.js';
import { list, member, MODEL, ref } from './common.js';
import { optional, query, text, type Schema } from './param.js';
import { route, withAndWithout, type Route } from './route.js';

const DONE: Schema = { type: 'boolean', const: true };
const QUERY = optional(query('Which models, or events of them.'));
const EVENTS = list({
  type: 'object',
  required: ['modelName'],
  properties: { modelName: { type: 'string' }, elementId: { type: 'string' } },
});

const WARNINGS = list({
  type: 'object',
  required: ['element', 'found', 'means'],
  properties: { element: { type: 'string' }, found: { type: 'string' }, means: { type: 'string' } },
});
const SAVED: Schema = {
  type: 'object',
  required: ['name', 'warnings'],
  properties: { name: { type: 'string' }, warnings: WARNINGS },
};

const SECTION = optional(text('The section in which a new model is made; default: ROOT.'));
const inSection = (section: string | undefined): SaveOptions => (section === undefined ? {} : { section });

/** The first file is the BPMN document; an optional second one is its picture. */
const upload = (path: string, id: string): Route[] =>
  withAndWithout(
    'name',
    route({
      method: 'POST',
      path,
      id,
      says:
        'Stores a model, from a form with the BPMN document as first file and, optionally, its' +
        ' SVG picture as second. A field `name` or `title` names it if the path does not. The' +
        ' answer lists parts that are not understood or not supported.',
      operation: 'model:write',
      takes: { name: MODEL, section: SECTION },
      upload: true,
      answers: { oneOf: [{ type: 'string', const: 'OK' }, SAVED] },
      async run({ api, parts }, { name, section }) {
        const files = parts.filter(({ filename }) => filename !== undefined);
        const [source, svg, ...more] = files;
        if (source === undefined || more.length > 0)
          throw new BadInput('bad-model', 'A model must be sent as one file, or as two with its picture.');
        const picture = svg === undefined ? null : decodeXml(svg.content);
        const saved = await api.model.save(
          name,
          decodeXml(source.content),
          picture,
          undefined,
          inSection(section),
        );
        return saved.warnings.length === 0 ? 'OK' : saved;
      },
    }),
  );

const models = (path: string, id: string): Route =>
  route({
    method: 'GET',
    path,
    id,
    says: 'Names of the models that the caller may read.',
    operation: 'model:read',
    takes: { query: QUERY },
    bodyIs: 'query',
    answers: list(ref('ModelName')),
    run: ({ api }, { query }) => api.model.list(query),
  });

const events = (which: 'findEvents' | 'findStartEvents', says: string): Route =>
  route({
    method: 'GET',
    path: `/api2/model/${which}`,
    id: `api2.model.${which}`,
    says,
    operation: 'model:read',
    takes: { query: QUERY },
    bodyIs: 'query',
    answers: EVENTS,
    run: ({ api }, { query }) => api.model[which](query),
  });

const remove = (path: string, id: string): Route =>
  route({
    method: 'POST',
    path,
    id,
    says: 'Deletes a model.',
    operation: 'model:delete',
    takes: { name: MODEL },
    answers: DONE,
    run: ({ api }, { name }) => api.model.delete(name),
  });

const rename = (path: string, id: string): Route =>
  route({
    method: 'POST',
    path,
    id,
    says: 'Renames a model.',
    operation: 'model:write',
    takes: { name: MODEL, newName: text('The new name.') },
    answers: DONE,
    run: ({ api }, { name, newName }) => api.model.rename(name, newName),
  });

const save = route({
  method: 'POST',
  path: '/api/model/save',
  id: 'model.save',
  says: 'Stores a model, and answers with the parts that are not understood or not supported.',
  operation: 'model:write',
  takes: {
    name: MODEL,
    xml: text('The BPMN document.'),
    svg: optional(text('Its picture.')),
    section: SECTION,
  },
  answers: SAVED,
  run: ({ api }, { name, xml, svg, section }) =>
    api.model.save(name, xml, svg, undefined, inSection(section)),
});

const check = (path: string, id: string): Route =>
  route({
    method: 'POST',
    path,
    id,
    face: 'ours',
    says:
      'The parts of a model that are not understood or not supported, without storing it;' +
      ' `bad-model` if it cannot be run.',
    operation: 'model:create',
    takes: { xml: text('The BPMN document.') },
    answers: member('warnings', WARNINGS),
    run: async ({ api }, { xml }) => ({ warnings: await api.model.check(xml) }),
  });

/** `/api/definitions` and `/api/model`; the client imports to both. */
export const DEFINITIONS: readonly Route[] = [
  models('/api/definitions/list', 'definitions.list'),
  ...withAndWithout(
    'name',
    route({
      method: 'GET',
      path: '/api/definitions/load',
      id: 'definitions.load',
      says: 'The BPMN document of a model, as stored.',
      operation: 'model:read',
      takes: { name: MODEL },
      answers: { type: 'string' },
      type: 'application/xml; charset=utf-8',
      run: ({ api }, { name }) => api.model.getSource(name),
    }),
  ),
  remove('/api/definitions/delete', 'definitions.delete'),
  rename('/api/definitions/rename', 'definitions.rename'),
  ...upload('/api/definitions/import', 'definitions.import'),
  ...upload('/api/model/import', 'model.import'),
  save,
  check('/api/model/check', 'model.check'),
];

/** `/api2/model`. */
export const MODEL2: readonly Route[] = [
  models('/api2/model/list', 'api2.model.list'),
  events('findEvents', 'Events of the models that the caller may read.'),
  events('findStartEvents', 'Start events that the caller may use.'),
  ...withAndWithout(
    'name',
    route({
      method: 'GET',
      path: '/api2/model/load',
      id: 'api2.model.load',
      says: 'A model, parsed: its processes, elements and flows.',
      operation: 'model:read',
      takes: { name: MODEL },
      answers: { type: 'object', required: ['elements', 'flows'] },
      run: async ({ api }, { name }) => (await api.model.load(name)).toJSON(),
    }),
  ),
  remove('/api2/model/delete', 'api2.model.delete'),
  rename('/api2/model/rename', 'api2.model.rename'),
  ...upload('/api2/model/import', 'api2.model.import'),
];
