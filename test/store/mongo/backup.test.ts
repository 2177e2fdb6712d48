import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize, type Document } from 'bson';
import type { Collection } from 'mongodb';
import { openStore } from '../../../src/store/open.js';
import { restore } from '../../../src/store/restore.js';
import { backup } from '../../../src/store/mongo/backup.js';
import { COLLECTION_NAMES, type Collections } from '../../../src/store/mongo/collections.js';

let work: string;
beforeEach(() => void (work = mkdtempSync(path.join(tmpdir(), 'guard-dump-'))));
afterEach(() => rmSync(work, { recursive: true, force: true }));

test('a backup reads what follows from other documents before those, so that nothing is ahead of its source', async () => {
  const read: string[] = [];
  const all = Object.values(COLLECTION_NAMES).map((collectionName) => ({
    collectionName,
    async *find() {
      read.push(collectionName);
      yield* [];
    },
  }));
  const names = Object.keys(COLLECTION_NAMES);
  const collections = Object.fromEntries(names.map((name, at) => [name, all[at] as unknown as Collection]));
  const { files } = await backup(collections as unknown as Collections, path.join(work, 'backup'));
  expect(files).toBe(names.length);
  const isInOrder = (...of: (keyof Collections)[]): void => {
    const places = of.map((name) => read.indexOf(COLLECTION_NAMES[name]));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  };
  isInOrder('policySnapshots', 'policies', 'policyParts');
  isInOrder('instances', 'archive', 'values');
});

test('a restore leaves out what is ahead: snapshots behind the end of their log, and the marker of all marks', async () => {
  const write = (name: keyof Collections, documents: readonly Document[]): void =>
    writeFileSync(
      path.join(work, `${COLLECTION_NAMES[name]}.bson`),
      Buffer.concat(documents.map((document) => serialize(document))),
    );
  const snapshot = (tenantId: string | null, version: number): Document => ({
    _id: JSON.stringify([tenantId, version]),
    tenantId,
    version,
    parts: { id: `p${version}`, count: 0 },
  });
  const version = (tenantId: string | null, at: number): Document => ({
    _id: JSON.stringify([tenantId, at]),
    tenantId,
    version: at,
    time: new Date(0),
    userName: 'ann',
    count: 0,
    changes: [],
  });
  const value = (key: string): Document => ({
    _id: JSON.stringify(['guard', key]),
    namespace: 'guard',
    key,
    value: 4,
    expires: null,
  });
  write('instances', []);
  write('policies', [version(null, 1), version(null, 2), version('t', 1)]);
  write('policySnapshots', [snapshot(null, 2), snapshot(null, 3), snapshot('t', 2), snapshot('u', 1)]);
  write('values', [value('reindexed'), value('dataMarked'), value('other')]);
  const folder = path.join(work, 'store');
  expect(await restore(work, { folder })).toMatchObject({ documents: 5 });
  const store = await openStore({ folder });
  try {
    const { policies } = store;
    expect(await policies.snapshot(null, 9)).toMatchObject({ version: 2 });
    expect(await policies.snapshot('t', 9)).toBeUndefined();
    expect(await policies.snapshot('u', 9)).toBeUndefined();
    expect(await store.values('guard').entries()).toEqual([['other', 4]]);
  } finally {
    await store.close();
  }
});
