import { list, member, ref } from './common.js';
import { count, optional, text, type Schema } from './param.js';
import { route, type Route } from './route.js';

const ID = text('The id of the instance, or of held work as the list has it.');
const NOTHING: Schema = { type: 'object', additionalProperties: false };

const AFTER = optional(text('The cursor of the previous page.'));

/** The parameters of a page that were given. */
const given = ({
  limit,
  after,
}: Readonly<{ limit?: number | undefined; after?: string | undefined }>): object => ({
  ...(limit === undefined ? {} : { limit }),
  ...(after === undefined ? {} : { after }),
});

/** Background work; for administrators. */
export const WORK: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/work',
    id: 'work.list',
    face: 'ours',
    says: 'A page of held work: work that was running when processes ended.',
    operation: 'instance:cancel',
    takes: {
      limit: optional(count('How many instances and starts; default and maximum 1000.')),
      after: AFTER,
    },
    answers: {
      type: 'object',
      additionalProperties: false,
      required: ['work', 'nextCursor'],
      properties: {
        work: list(ref('HeldWork')),
        nextCursor: {
          type: ['string', 'null'],
          description: 'The cursor of the next page; null on the last.',
        },
      },
    },
    async run({ api }, page) {
      const work = await api.work.list(given(page));
      return { work, nextCursor: work.nextCursor ?? null };
    },
  }),
  route({
    method: 'GET',
    path: '/api/work/orphans',
    id: 'work.orphans',
    face: 'ours',
    says: 'A page of tasks and roles without a person.',
    operation: 'instance:cancel',
    takes: {
      limit: optional(
        count(
          'How many tasks the page looks at, beside the others of its last instance; default 10, at most 1000.',
        ),
      ),
      after: AFTER,
    },
    answers: ref('Orphans'),
    run: ({ api }, page) => api.work.orphans(given(page)),
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
