import { commands, INSTANCE } from './commands.js';
import { DATA, list, member, MODEL, ONE_ITEM, OPTIONS, ref } from './common.js';
import { optional, query, text, texts } from './param.js';
import { route, type Route } from './route.js';

const RUNNING_MOST = 100;
const RUNNING = { status: { $in: ['running', 'wait'] } };
const EVENT = {
  instanceId: text('The id of the instance.'),
  startNodeId: text('The id of the start event.'),
  data: DATA,
  options: OPTIONS,
};

/** `/api/engine`, as in bpmn-web. */
export const ENGINE: readonly Route[] = [
  ...commands('/api/engine', 'engine'),
  route({
    method: 'PUT',
    path: '/api/engine/startEvent',
    id: 'engine.startEvent',
    says:
      'Starts another start event within an instance; answers with the instance, which is also' +
      ' its member of that name.',
    operation: 'instance:event',
    takes: EVENT,
    answers: { allOf: [INSTANCE, member('instance', INSTANCE)] },
    async run({ api }, { instanceId, startNodeId, data, options }) {
      const { instance } = await api.engine.startEvent(instanceId, startNodeId, data, undefined, options);
      return { ...instance, instance };
    },
  }),
  route({
    method: 'PUT',
    path: '/api/engine/restart',
    id: 'engine.restart',
    says: 'Restarts an ended instance at one of its items.',
    operation: 'instance:restart',
    takes: { query: ONE_ITEM, data: DATA, options: OPTIONS },
    answers: member('instance', INSTANCE),
    run: async ({ api }, { query, data, options }) => ({
      instance: (await api.engine.restart(query, data, undefined, options)).instance,
    }),
  }),
  route({
    method: 'PUT',
    path: '/api/engine/upgrade',
    id: 'engine.upgrade',
    says: "Gives running instances the model's present source; answers with their ids.",
    operation: 'instance:migrate',
    takes: {
      model: MODEL,
      nodeIds: optional(texts('Instances that have passed one of these elements are left unchanged.')),
    },
    answers: member('result', list({ type: 'string' })),
    run: async ({ api }, { model, nodeIds }) => ({ result: await api.engine.upgrade(model, nodeIds ?? []) }),
  }),
  route({
    method: 'GET',
    path: '/api/engine/get',
    id: 'engine.get',
    says: 'The one instance that matches the query.',
    operation: 'instance:read',
    takes: { query: query('Must match exactly one instance.') },
    bodyIs: 'query',
    answers: member('instance', INSTANCE),
    run: async ({ api }, { query }) => ({ instance: (await api.engine.get(query)).instance }),
  }),
  route({
    method: 'GET',
    path: '/api/engine/status',
    id: 'engine.status',
    says: `The newest running instances that the caller may read, at most ${RUNNING_MOST}, each with its waiting item.`,
    operation: 'instance:read',
    answers: list(ref('Running')),
    async run({ api }) {
      const { data } = await api.data.find({ filter: RUNNING, limit: RUNNING_MOST });
      return data.map((instance) => {
        const item = [instance.items ?? []].flat().findLast(({ status }) => status === 'wait');
        return {
          instance,
          currentItem: item?.id ?? null,
          currentElement: item?.elementId ?? null,
          status: instance.status,
        };
      });
    },
  }),
];

/** `/api2/engine`: the user comes as an object in the body. */
export const ENGINE2: readonly Route[] = [
  ...commands('/api2/engine', 'api2.engine'),
  route({
    method: 'POST',
    path: '/api2/engine/startEvent',
    id: 'api2.engine.startEvent',
    says: 'Starts another start event within an instance.',
    operation: 'instance:event',
    takes: EVENT,
    answers: member('instance', INSTANCE),
    run: async ({ api }, { instanceId, startNodeId, data, options }) => ({
      instance: (await api.engine.startEvent(instanceId, startNodeId, data, undefined, options)).instance,
    }),
  }),
];
