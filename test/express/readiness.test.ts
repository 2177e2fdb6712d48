import { readinessOf } from '../../src/express/readiness.js';

const HEALTHY = {
  ok: true,
  store: { kind: 'memory', answers: true },
  missingIndexes: [],
  reindexed: true,
  stuck: 0,
  held: 0,
  unreadableModels: [],
  bypass: false,
  unmarked: [],
  incidents: {},
};
const NOT_READY = { ready: false, store: false, indexes: false, reindexed: false };

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test.each([
  ['all is well', {}, { ready: true, store: true, indexes: true, reindexed: true }],
  [
    'an index is missing',
    { ok: false, missingIndexes: ['guard.read'] },
    { ready: false, store: true, indexes: false, reindexed: true },
  ],
  [
    'documents wait for reindex',
    { reindexed: false },
    { ready: false, store: true, indexes: true, reindexed: false },
  ],
  [
    'the store does not answer',
    { ok: false, store: { kind: 'mongo', answers: false } },
    { ready: false, store: false, indexes: false, reindexed: true },
  ],
])('when %s, only that is revealed', async (_what, health, expected) => {
  expect(await readinessOf({ health: async () => ({ ...HEALTHY, ...health }) })()).toEqual(expected);
});

test('a store that fails, or does not answer for 5 s, is not ready', async () => {
  expect(await readinessOf({ health: () => Promise.reject(new Error('gone')) })()).toEqual(NOT_READY);
  const asked = readinessOf({ health: () => new Promise(() => undefined) })();
  await jest.advanceTimersByTimeAsync(5000);
  expect(await asked).toEqual(NOT_READY);
});

test('the store is asked at most once a second', async () => {
  const health = jest.fn(async () => HEALTHY);
  const ready = readinessOf({ health });
  await Promise.all([ready(), ready(), ready()]);
  expect(health).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(1000);
  await ready();
  expect(health).toHaveBeenCalledTimes(2);
});

test('the store is asked although the wall clock is set back an hour', async () => {
  const health = jest.fn(async () => HEALTHY);
  const ready = readinessOf({ health });
  await ready();
  jest.setSystemTime(Date.now() - 3_600_000);
  health.mockRejectedValue(new Error('gone'));
  expect(await ready()).toEqual(NOT_READY);
  await jest.advanceTimersByTimeAsync(1000);
  health.mockResolvedValue(HEALTHY);
  expect(await ready()).toMatchObject({ ready: true });
});
