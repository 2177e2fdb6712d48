import { list, member, ref } from './common.js';
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
  onInstance('suspend', 'Suspends an instance and the processes below it.'),
  onInstance('resume', 'Makes a suspended instance as it was before.'),
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
