import { ASSIGNMENT, DATA, list, member, MODEL, ref } from './common.js';
import { text } from './param.js';
import { route, type Route } from './route.js';

const ID = text('The id of the instance.');
const SHOWN = member('instance', ref('Instance'));

const onInstance = (verb: 'suspend' | 'resume', says: string): Route =>
  route({
    method: 'POST',
    path: `/api/instances/:instanceId/${verb}`,
    id: `instances.${verb}`,
    face: 'ours',
    says,
    operation: 'instance:suspend',
    takes: { instanceId: ID },
    answers: SHOWN,
    run: async ({ api }, { instanceId }) => ({ instance: await api.engine[verb](instanceId) }),
  });

/** The life of an instance, by its id. */
export const LIFE: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/instances/:instanceId/migrate',
    id: 'instances.migrate',
    face: 'ours',
    says: 'Gives an instance the current source of its own model or of another one.',
    operation: 'instance:migrate',
    takes: { instanceId: ID, model: MODEL },
    answers: SHOWN,
    run: async ({ api }, { instanceId, model }) => ({
      instance: await api.engine.migrate(instanceId, model),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/instances/:instanceId/tasks',
    id: 'instances.addTask',
    face: 'ours',
    says: 'Adds a user task to an instance; answers with it if the caller may read it.',
    operation: 'instance:event',
    takes: {
      instanceId: ID,
      name: text('The name of the task.'),
      assignment: ASSIGNMENT,
    },
    answers: { type: 'object', properties: { item: ref('Item') } },
    async run({ api }, { instanceId, name, assignment: { assignee, ...assignment } }) {
      const who = typeof assignee === 'string' ? { assignee } : {};
      const item = await api.engine.addTask(instanceId, { ...assignment, ...who, name });
      return item === undefined ? {} : { item };
    },
  }),
  route({
    method: 'POST',
    path: '/api/instances/:instanceId/processes',
    id: 'instances.addProcess',
    face: 'ours',
    says: 'Starts a process that belongs to an instance; answers with the new instance.',
    operation: 'instance:event',
    takes: { instanceId: ID, model: MODEL, data: DATA },
    answers: SHOWN,
    run: async ({ api }, { instanceId, model, data }) => ({
      instance: (await api.engine.addProcess(instanceId, model, data)).instance,
    }),
  }),
  onInstance('suspend', 'Suspends an instance and the processes below it.'),
  onInstance('resume', 'Resumes a suspended instance.'),
  route({
    method: 'POST',
    path: '/api/instances/:instanceId/terminate',
    id: 'instances.terminate',
    face: 'ours',
    says: 'Ends an instance with everything that waits in it, and the processes below it; answers with their ids.',
    operation: 'instance:cancel',
    takes: { instanceId: ID },
    answers: member('ended', list({ type: 'string' })),
    run: async ({ api }, { instanceId }) => ({ ended: await api.engine.terminate(instanceId) }),
  }),
];
