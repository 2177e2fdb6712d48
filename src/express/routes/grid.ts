import type { GridForm, GridLabel, GridRule } from '../../engine/contract/grid-types.js';
import { list, member, ref } from './common.js';
import { flag, object, optional, text, type Param } from './param.js';
import { CHANGE } from './policies.js';
import { route, type Route } from './route.js';

const ID = text('The id of the rule.');
const NAME = text('The name of the label.');
const FORM = text('The form: json, text (sentences) or csv.');
const VERSION = member('version', { type: 'integer' });
const UNKNOWN = {
  allowUnknownModels: optional(flag('Accept names of models, tasks and events that do not exist yet.')),
};
const AN_OBJECT = object<GridRule>('The rule: an object, or a sentence.', ref('GridRule'));
const RULE: Param<GridRule | string> = Object.freeze({
  ...AN_OBJECT,
  schema: { oneOf: [{ type: 'string' }, ref('GridRule')] },
  read: (value: unknown, name: string) => (typeof value === 'string' ? value : AN_OBJECT.read(value, name)),
});

/** The access rules grid; for administrators. */
export const GRID: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/policy/grid',
    id: 'grid.list',
    face: 'ours',
    versioned: true,
    says: 'The rules and labels of the access rules grid, by id and name.',
    operation: 'system:policy',
    answers: {
      type: 'object',
      required: ['rules', 'labels'],
      properties: { rules: list(ref('NamedGridRule')), labels: list(ref('NamedGridLabel')) },
    },
    run: async ({ api }) => ({
      rules: await api.policies.grid.list(),
      labels: await api.policies.grid.labels(),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/policy/grid/export/:form',
    id: 'grid.export',
    face: 'ours',
    versioned: true,
    says: 'All rules and labels as one text, which an import reads.',
    operation: 'system:policy',
    takes: { form: FORM },
    answers: member('text', { type: 'string' }),
    run: async ({ api }, { form }) => ({ text: await api.policies.grid.export(form as GridForm) }),
  }),
  route({
    method: 'POST',
    path: '/api/policy/grid/import/:form',
    id: 'grid.import',
    face: 'ours',
    versioned: true,
    says: 'Saves all rules and labels of a text as one version of the policies.',
    operation: 'system:policy',
    takes: {
      form: FORM,
      text: text('The rules and labels.'),
      replace: optional(flag('Remove the rules and labels that the text does not have.')),
      ...UNKNOWN,
      ...CHANGE,
    },
    answers: {
      type: 'object',
      required: ['version', 'saved', 'removed'],
      properties: { version: { type: 'integer' }, saved: { type: 'integer' }, removed: { type: 'integer' } },
    },
    run: ({ api }, { form, text: given, ...how }) => api.policies.grid.import(form as GridForm, given, how),
  }),
  route({
    method: 'PUT',
    path: '/api/policy/grid/rules/:id',
    id: 'grid.save',
    face: 'ours',
    versioned: true,
    says: 'Creates or replaces a rule; answers with the new version of the policies.',
    operation: 'system:policy',
    takes: { id: ID, value: RULE, ...UNKNOWN, ...CHANGE },
    bodyIs: 'value',
    answers: VERSION,
    run: ({ api }, { id, value, ...how }) => api.policies.grid.save(id, value, how),
  }),
  route({
    method: 'DELETE',
    path: '/api/policy/grid/rules/:id',
    id: 'grid.remove',
    face: 'ours',
    versioned: true,
    says: 'Removes a rule; answers with the new version of the policies.',
    operation: 'system:policy',
    takes: { id: ID, ...CHANGE },
    answers: VERSION,
    run: ({ api }, { id, ...how }) => api.policies.grid.remove(id, how),
  }),
  route({
    method: 'PUT',
    path: '/api/policy/grid/labels/:name',
    id: 'grid.saveLabel',
    face: 'ours',
    versioned: true,
    says: 'Creates or replaces a label; answers with the new version of the policies.',
    operation: 'system:policy',
    takes: { name: NAME, value: object<GridLabel>('The label.', ref('GridLabel')), ...CHANGE },
    bodyIs: 'value',
    answers: VERSION,
    run: ({ api }, { name, value, ...how }) => api.policies.grid.saveLabel(name, value, how),
  }),
  route({
    method: 'DELETE',
    path: '/api/policy/grid/labels/:name',
    id: 'grid.removeLabel',
    face: 'ours',
    versioned: true,
    says: 'Removes a label that no rule names; answers with the new version of the policies.',
    operation: 'system:policy',
    takes: { name: NAME, ...CHANGE },
    answers: VERSION,
    run: ({ api }, { name, ...how }) => api.policies.grid.removeLabel(name, how),
  }),
];
