import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Store } from '../../src/store/port.js';
import { instances } from './conformance/instances.js';
import { lists } from './conformance/lists.js';
import { locks } from './conformance/locks.js';
import { mistakes } from './conformance/mistakes.js';
import { oldestFirst } from './conformance/oldest-first.js';
import { others } from './conformance/others.js';
import { policies } from './conformance/policies.js';

/** What every store does in the same way. `open` gives an empty one. */
export function conformance(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
      await store.install();
    });
    afterAll(() => store.close());

    test('it answers and has its indexes, also after they are created again', async () => {
      await store.ping();
      await store.install();
      expect(await store.missingIndexes()).toEqual([]);
    });
    describe('instances', () => instances(() => store));
    describe('lists', () => lists(() => store));
    describe('lists from the oldest', () => oldestFirst(() => store));
    describe('locks', () => locks(() => store));
    describe('others', () => others(() => store));
    describe('policies', () => policies(() => store));
    describe('faulty calls', () => mistakes(() => store));

    test('a backup needs an empty folder and reports what it wrote', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'guard-backup-'));
      const written = await store.backup(path.join(folder, 'new'));
      expect(written.documents).toBeGreaterThan(40);
      expect(await readdir(path.join(folder, 'new'))).toHaveLength(written.files);
      await writeFile(path.join(folder, 'something'), '');
      await expect(store.backup(folder)).rejects.toMatchObject({ code: 'bad-configuration' });
      await rm(folder, { recursive: true });
    });

    test('closing waits for running calls, can be repeated, and fails later calls', async () => {
      const own = await open();
      const writing = own.values('close').set('key', 1);
      await Promise.all([own.close(), own.close()]);
      await writing;
      const calls = [
        own.ping(),
        own.instances.find({ filter: {} }),
        own.models.find({}),
        own.users.list(),
        own.locks.list(),
        own.audit.find({ limit: 1 }),
        own.values('a').entries(),
        own.policies.head(null),
        own.backup('/nowhere'),
      ];
      for (const call of await Promise.allSettled(calls))
        expect(call).toMatchObject({ status: 'rejected', reason: { code: 'closed', status: 503 } });
    });
  });
}
