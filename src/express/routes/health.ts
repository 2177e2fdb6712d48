import { member, ref } from './common.js';
import type { Schema } from './param.js';
import { route, type Route } from './route.js';

const STATUS: Schema = {
  type: 'object',
  required: ['ready', 'running'],
  properties: {
    ready: { type: 'boolean' },
    running: { type: 'integer' },
    hasMore: { const: true, description: 'Counting stopped there: more are running.' },
  },
};

export const HEALTH: readonly Route[] = [
  route({
    method: 'GET',
    path: '/health',
    id: 'health',
    face: 'ours',
    says: 'Whether the process answers.',
    operation: 'public',
    answers: member('status', { const: 'ok' }),
    run: () => Promise.resolve({ status: 'ok' }),
  }),
  route({
    method: 'GET',
    path: '/ready',
    id: 'ready',
    face: 'ours',
    says:
      'Whether calls can be served: the store answers, its indexes exist, and its documents are' +
      ' reindexed. Otherwise status 503.',
    operation: 'public',
    answers: ref('Readiness'),
    status: (answer) => ((answer as { ready: boolean }).ready ? 200 : 503),
    run: ({ readiness }) => readiness(),
  }),
  route({
    method: 'GET',
    path: '/api/status',
    id: 'status',
    says: 'Whether calls can be served, and how many running instances the caller may read, up to 10,000.',
    operation: 'instance:read',
    answers: member('status', STATUS),
    async run({ api, readiness }) {
      const { totalCount, hasMoreThanTotal } = await api.data.find({
        filter: { status: { $in: ['running', 'wait'] } },
        limit: 1,
        getTotalCount: true,
      });
      const more = hasMoreThanTotal === undefined ? {} : { hasMore: hasMoreThanTotal };
      return { status: { ready: (await readiness()).ready, running: totalCount ?? 0, ...more } };
    },
  }),
];
