import { list, member, ref } from './common.js';
import { count, optional, text, type Schema } from './param.js';
import { route, type Route } from './route.js';

const ID = text('The id of the instance, or of held work as the list has it.');
const NOTHING: Schema = { type: 'object', additionalProperties: false };

/** Work that nobody waits for; for administrators. */
export const WORK: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/work',
    id: 'work.list',
    face: 'ours',
    says: 'Held work: work that was running when processes ended.',
    operation: 'instance:cancel',
    answers: member('work', list(ref('HeldWork'))),
    run: async ({ api }) => ({ work: await api.work.list() }),
  }),
  route({
    method: 'GET',
    path: '/api/work/orphans',
    id: 'work.orphans',
    face: 'ours',
    says: 'A page of tasks and roles that nobody is left for.',
    operation: 'instance:cancel',
    takes: {
      limit: optional(count('How many tasks the page looks at; default 10, at most 1000.')),
      after: optional(text('The cursor of the previous page.')),
    },
    answers: ref('Orphans'),
    run: ({ api }, { limit, after }) =>
      api.work.orphans({
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after }),
      }),
  }),
  route({
    method: 'POST',
    path: '/api/work/:workId/retry',
    id: 'work.retry',
    face: 'ours',
    says: 'Lets held work begin again.',
    operation: 'instance:cancel',
    takes: { workId: ID },
    answers: NOTHING,
    async run({ api }, { workId }) {
      await api.work.retry(workId);
      return {};
    },
  }),
  route({
    method: 'POST',
    path: '/api/work/:workId/stop',
    id: 'work.stop',
    face: 'ours',
    says:
      'Ends a running instance at once, with the processes it has called; answers with the ids' +
      ' of the ended instances.',
    operation: 'instance:cancel',
    takes: { workId: ID },
    answers: member('ended', list({ type: 'string' })),
    run: async ({ api }, { workId }) => ({ ended: await api.work.stop(workId) }),
  }),
];
