import type { Guard, Health } from '../../engine/types.js';
import { member, ref } from './common.js';
import type { Schema } from './param.js';
import { route, type Route } from './route.js';

const LIMIT = 5000;

/** What anybody may know of the health: yes or no, nothing of what there is. */
export interface Readiness {
  readonly ready: boolean;
  readonly store: boolean;
  readonly indexes: boolean;
  readonly reindexed: boolean;
}

const NOT_READY: Readiness = { ready: false, store: false, indexes: false, reindexed: false };

/** Not ready as well when the store does not answer within 5 s. */
export async function readiness(guard: Guard): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, LIMIT, undefined)));
  const health: Health | undefined = await Promise.race([guard.health().catch(() => undefined), late]);
  clearTimeout(timer);
  if (health === undefined) return NOT_READY;
  return { ready: health.ok && health.reindexed, store: health.store.answers, indexes: health.store.answers && health.missingIndexes.length === 0, reindexed: health.reindexed };
}

const STATUS: Schema = { type: 'object', required: ['ready', 'running'], properties: { ready: { type: 'boolean' }, running: { type: 'integer' } } };

export const HEALTH: readonly Route[] = [
  route({
    method: 'GET',
    path: '/health',
    id: 'health',
    face: 'ours',
    says: 'That the process answers.',
    operation: 'public',
    answers: member('status', { const: 'ok' }),
    run: () => Promise.resolve({ status: 'ok' }),
  }),
  route({
    method: 'GET',
    path: '/ready',
    id: 'ready',
    face: 'ours',
    says: 'Whether calls can be served: the store answers, its indexes are there, its documents are reindexed. Status 503 where not.',
    operation: 'public',
    answers: ref('Readiness'),
    status: (answer) => ((answer as Readiness).ready ? 200 : 503),
    run: ({ guard }) => readiness(guard),
  }),
  route({
    method: 'GET',
    path: '/api/status',
    id: 'status',
    says: 'Whether calls can be served, and how many running instances the caller may read.',
    operation: 'instance:read',
    answers: member('status', STATUS),
    async run({ api, guard }) {
      const { totalCount } = await api.data.find({ filter: { status: { $in: ['running', 'wait'] } }, limit: 1, getTotalCount: true });
      return { status: { ready: (await readiness(guard)).ready, running: totalCount ?? 0 } };
    },
  }),
];
