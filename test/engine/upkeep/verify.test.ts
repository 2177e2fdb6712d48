import { createGuard, openStore, type Guard, type Store } from 'bpmn-guard';
import { Incidents } from '../../../src/engine/contract/incidents.js';
import { health } from '../../../src/engine/upkeep/health.js';
import { isReindexed } from '../../../src/engine/upkeep/reindex.js';
import { verifyStore } from '../../../src/engine/upkeep/verify.js';
import { watchStore } from '../../../src/engine/upkeep/watch-store.js';
import type { InstanceGuard } from '../../../src/store/port.js';
import { ADMIN_USER, person } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

let store: Store;
let guard: Guard;
let id: string;

beforeAll(async () => {
  store = await openStore({ memory: true });
  guard = await createGuard({ env: {}, store });
  const source = model([start(), task('t', { assignee: 'ann' }), end()]);
  await guard.api.model.save('M', source, null, ADMIN_USER);
  id = (await guard.api.engine.start('M', {}, person('starter'))).id;
});
afterAll(async () => {
  await guard.close();
  await store.close();
});

/** Writes other search data than follow from the items, as another program would. */
async function spoil(): Promise<void> {
  const { guard: kept } = (await store.instances.load(id)) as { guard: InstanceGuard };
  await store.instances.update(id, kept.rev, { guard: { ...kept, rev: kept.rev + 1, read: ['u:eve'] } });
}

describe('verify', () => {
  test('finds nothing in what the guard has written', async () => {
    expect(await verifyStore(store)).toMatchObject({
      checked: 1,
      wrong: 0,
      unindexed: 0,
      missingIndexes: [],
    });
  });

  test('names an instance with wrong search data, and changes nothing', async () => {
    await spoil();
    for (const _again of [1, 2])
      expect(await verifyStore(store)).toMatchObject({ wrong: 1, wrongIds: [id], repaired: 0 });
  });

  test('repairs it on request', async () => {
    expect(await verifyStore(store, { repair: true })).toMatchObject({ wrong: 1, repaired: 1, changed: 0 });
    expect(await verifyStore(store)).toMatchObject({ wrong: 0 });
  });
});

describe('health', () => {
  const look = async (of: Store): ReturnType<typeof health> =>
    health(of, {
      reindexed: await isReindexed(store),
      bypass: false,
      incidents: new Incidents({ info() {}, warn() {}, error() {} }),
      unreadableModels: [],
      unmarked: [],
      policyFiles: undefined,
    });

  test('is good where the store answers and has its indexes', async () => {
    expect(await look(store)).toMatchObject({ ok: true, store: { answers: true }, stuck: 0, held: 0 });
  });

  test('is reported, not thrown, if the store does not answer', async () => {
    const silent = { ...store, kind: store.kind, ping: () => Promise.reject(new Error('no answer')) };
    expect(await look(silent)).toMatchObject({ ok: false, store: { answers: false, cause: 'no answer' } });
  });
});

test('a store that cannot write, can again, cannot be examined, or is damaged is logged once for each cause', () => {
  const lines: unknown[] = [];
  let tell: Parameters<NonNullable<Store['onWritable']>>[0] = () => undefined;
  const watched = {
    onWritable: (listener: typeof tell) => {
      tell = listener;
      return () => void lines.push('stopped');
    },
  } as unknown as Store;
  const log = (level: string) => (message: string) => void lines.push([level, message]);
  const logger = { info: log('info'), warn: log('warn'), error: log('error') };
  const incidents = new Incidents(logger);
  const stop = watchStore(watched, logger, incidents);
  tell({ writable: false, cause: 'ENOSPC' });
  tell({ writable: true });
  tell({ writable: true, unread: new Error('EIO') });
  tell({ writable: true, unread: new Error('EIO') });
  tell({ writable: false, unread: new Error('EMFILE') });
  tell({ writable: false, cause: 'a value is lost', isDamaged: true });
  stop();
  expect(incidents.counts).toEqual({ examination: 3 });
  expect(lines).toEqual([
    ['error', 'the store cannot write; commands are refused until it can'],
    ['info', 'the store can write again'],
    ['error', 'a part of the store could not be examined; it is tried again'],
    ['error', 'a part of the store could not be examined; it is tried again'],
    ['error', 'the store is damaged; all calls are refused'],
    'stopped',
  ]);
});
