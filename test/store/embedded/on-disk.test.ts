import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { CouldNotTell, type GuardError } from '../../../src/core/errors.js';
import { CallLimits } from '../../../src/store/call-limits.js';
import { guarded } from '../../../src/store/guarded.js';
import { encode } from '../../../src/store/bson/codec.js';
import { compileMatch } from '../../../src/store/bson/match.js';
import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { CheckedBytes } from '../../../src/store/embedded/checked-bytes.js';
import { FolderBytes } from '../../../src/store/embedded/folder-bytes.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import { SqliteBytes } from '../../../src/store/embedded/sqlite/sqlite-bytes.js';
import { Turns } from '../../../src/store/turns.js';
import { openStore } from '../../../src/store/open.js';
import type { Filter, MarkFilter, StoredInstance } from '../../../src/store/port.js';
import { LARGE_FIELDS } from '../../../src/store/query/large-fields.js';
import { CountingBytes } from '../../support/counting-bytes.js';
import { filter as anyFilter } from '../filters.js';
import { hostileDocuments } from '../hostile-documents.js';
import { eventually } from '../../support/guards.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-on-disk-'));
});
afterAll(() => rm(root, { recursive: true }));
const newFolder = (): Promise<string> => mkdtemp(path.join(root, 'store-'));

async function on(bytes: MemoryBytes, cache?: number): Promise<EmbeddedInstances> {
  const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns(), cache);
  await instances.open();
  return instances;
}

const document = (n: number, more: object = {}): StoredInstance => ({
  id: `i${n}`,
  name: `model ${n % 3}`,
  data: { n },
  logs: [`line ${n}`],
  items: [{ id: `t${n}`, seq: 1, status: 'wait' }],
  guard: { rev: 1, read: [`|g:${n % 5}`], open: [] },
  ...more,
});
const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
const newestFirst = (count: number): string[] => Array.from({ length: count }, (_, n) => `i${count - 1 - n}`);
const list = { filter: {}, without: LARGE_FIELDS };

test('a store is opened without reading its instances, and new ones come after those that are there', async () => {
  const bytes = new CountingBytes();
  const first = await on(bytes);
  for (let n = 0; n < 500; n++) await first.insert(document(n));
  bytes.bodies = bytes.entries = 0;
  const again = await on(bytes);
  expect([bytes.bodies, bytes.entries]).toEqual([0, 1]);
  await again.insert(document(500));
  expect(ids(await again.find({ ...list, limit: 3 }))).toEqual(['i500', 'i499', 'i498']);
  expect(bytes.bodies).toBeLessThan(20);
});

test('what does not fit into memory is listed, sorted, counted and changed as everything else', async () => {
  for (const cache of [0, 20_000, undefined]) {
    const bytes = new CountingBytes();
    const instances = await on(bytes, cache);
    for (let n = 0; n < 700; n++) await instances.insert(document(n));
    for (let n = 0; n < 700; n += 7)
      expect(await instances.update(`i${n}`, 1, { data: { n: -n } })).toBe(true);
    expect(ids(await instances.find(list))).toEqual(newestFirst(700));
    const sorted = await instances.find({ ...list, sort: [['data.n', 1]], skip: 1, limit: 3 });
    expect(ids(sorted)).toEqual(['i686', 'i679', 'i672']);
    expect(await instances.count({ filter: { 'data.n': { $lt: 0 } } })).toBe(99);
    expect(await instances.distinct('name', { filter: {} })).toEqual(['model 0', 'model 1', 'model 2']);
    const items = { before: {}, each: { 'items.id': { $in: ['t3', 't698'] } }, needsAll: false };
    expect(ids(await instances.findItems(items))).toEqual(['i698', 'i3']);
    expect((await instances.load('i7'))?.logs).toEqual(['line 7']);
    expect(bytes.bodies > 0).toBe(cache !== undefined);
  }
});

describe('what is written while a list is read', () => {
  test('is shown as it is when the list comes to it: changed, removed, and each once', async () => {
    const bytes = new CountingBytes();
    const instances = await on(bytes, 0);
    for (let n = 0; n < 300; n++) await instances.insert(document(n));
    let calls = 0;
    bytes.before = async () => {
      // The entries have been read, and the instances have not.
      if (++calls !== 2) return;
      await instances.update('i299', 1, { data: { n: 'new' } });
      await instances.update('i298', 1, { guard: { rev: 2, read: ['|g:other'], open: [] } });
      await instances.remove(['i297'], {});
      await instances.insert(document(300));
    };
    const marks: MarkFilter = { field: 'guard.read', anyOf: [0, 1, 2, 3, 4].map((n) => `|g:${n}`) };
    const rows = await instances.find({ ...list, marks });
    expect(ids(rows)).toEqual(newestFirst(300).filter((id) => !['i298', 'i297'].includes(id)));
    expect(rows[0]?.data).toEqual({ n: 'new' });
  });

  test('never leaves an older state in memory', async () => {
    const bytes = new CountingBytes();
    const instances = await on(bytes);
    for (let n = 0; n < 60; n++) await instances.insert(document(n, { data: { count: 0 } }));
    const fresh = await on(bytes);
    const writes = async (): Promise<void> => {
      for (let round = 1; round < 20; round++)
        await Promise.all(
          Array.from({ length: 60 }, (_, n) =>
            fresh.update(`i${n}`, round, { data: { count: round }, guard: { rev: round + 1 } }),
          ),
        );
    };
    const reads = async (): Promise<void> => {
      for (let round = 0; round < 40; round++) await fresh.find(list);
    };
    await Promise.all([writes(), reads(), reads()]);
    for (const row of await fresh.find(list)) expect([row.id, row.data]).toEqual([row.id, { count: 19 }]);
  });

  test('and fails leaves what was there', async () => {
    const bytes = new CountingBytes();
    const instances = await on(bytes);
    await instances.insert(document(0));
    bytes.beforeWrite = () => Promise.reject(new Error('no space'));
    await expect(instances.update('i0', 1, { data: { n: 'lost' } })).rejects.toThrow('no space');
    expect((await instances.load('i0'))?.data).toEqual({ n: 0 });
    expect(await instances.count({ filter: { 'data.n': 'lost' } })).toBe(0);
  });
});

describe('an instance or entry that is lost or damaged is never taken for none:', () => {
  async function damaged(change: (bytes: MemoryBytes) => Promise<void>): Promise<EmbeddedInstances> {
    const bytes = new MemoryBytes();
    const instances = new EmbeddedInstances(new CheckedBytes(bytes), new ObjectIds(), new Turns());
    for (let n = 0; n < 5; n++) await instances.insert(document(n));
    await change(bytes);
    const again = new CheckedBytes(bytes);
    await again.open();
    return new EmbeddedInstances(again, new ObjectIds(), new Turns());
  }
  const refusal = (what: string): object => ({
    code: 'store-damaged',
    message: `The embedded store is damaged: ${what}.`,
  });

  test('a lost instance', async () => {
    const instances = await damaged((bytes) => bytes.write([{ space: 'instance', key: 'i2' }]));
    const missing = refusal('"instance" "i2" is missing');
    await expect(instances.find(list)).rejects.toMatchObject(missing);
    await expect(instances.load('i2')).rejects.toMatchObject(missing);
    await expect(instances.update('i2', 1, {})).rejects.toMatchObject(missing);
    await expect(instances.insert(document(2))).rejects.toMatchObject({ code: 'conflict' });
    expect(await instances.load('i3')).toMatchObject({ id: 'i3' });
    expect(await instances.load('none')).toBeUndefined();
  });

  test('a lost large field', async () => {
    const instances = await damaged((bytes) => bytes.write([{ space: 'large', key: 'i2\0logs' }]));
    await expect(instances.load('i2')).rejects.toMatchObject(refusal('"large" "i2 logs" is missing'));
    expect(await instances.load('i2', ['logs'])).toMatchObject({ id: 'i2' });
  });

  test('a part of a log', async () => {
    const bytes = new MemoryBytes();
    const instances = await on(bytes);
    await instances.insert(document(0));
    await instances.update('i0', 1, { guard: { rev: 2 } }, { lines: ['more'], most: 9 });
    await bytes.write([{ space: 'large', key: 'i0\0logs\x001' }]);
    await expect(instances.load('i0')).rejects.toMatchObject(refusal('"large" "i0 logs 1" is missing'));
  });

  test('changed bytes of an entry, and of an instance', async () => {
    const flipped = async (bytes: MemoryBytes, space: 'index' | 'instance', key: string): Promise<void> => {
      const [found] = await bytes.read(space, [key]);
      await bytes.write([{ space, key, bytes: Buffer.from(found as Uint8Array).fill(1, 0, 2) }]);
    };
    const ofIndex = await damaged(async (bytes) => {
      for await (const [key] of bytes.scan('index', { from: 'all\0', below: 'all\u0001' }))
        if (key.endsWith('\0i2')) await flipped(bytes, 'index', key);
    });
    await expect(ofIndex.find(list)).rejects.toMatchObject({
      message: expect.stringMatching(/"index" "all {2}\w{24} i2" is not what was written/) as unknown,
    });
    const ofInstance = await damaged((bytes) => flipped(bytes, 'instance', 'i2'));
    await expect(ofInstance.find(list)).rejects.toMatchObject(
      refusal('"instance" "i2" is not what was written'),
    );
    await expect(ofInstance.update('i2', 1, {})).rejects.toMatchObject({ code: 'store-damaged' });
  });

  test.each(['open', 'id', 'all'])(
    'a lost entry of the list %s, which the examination finds',
    async (name) => {
      const bytes = new MemoryBytes();
      const checked = new CheckedBytes(bytes);
      const instances = new EmbeddedInstances(checked, new ObjectIds(), new Turns());
      for (let n = 0; n < 5; n++) await instances.insert(document(n, { guard: { rev: 1, open: ['|g:hr'] } }));
      await new CheckedBytes(bytes).check(true);
      const keys: string[] = [];
      for await (const [key] of bytes.scan('index', { from: `${name}\0`, below: `${name}\u0001` }))
        keys.push(key);
      expect(keys).toHaveLength(5);
      // As a faulty program would: with a sound record of the commit.
      await checked.write([{ space: 'index', key: keys[2] as string }]);
      await expect(new CheckedBytes(bytes).check(true)).rejects.toMatchObject(
        refusal('the entries of its index are not those of its instances'),
      );
    },
  );
});

test('documents and plans of all kinds are found as a plain filter finds them', async () => {
  const marks = fc.option(
    fc.record({
      field: fc.constantFrom<MarkFilter['field']>('guard.open', 'guard.read'),
      anyOf: fc.subarray(['a', 'b', 'c', 'none']),
    }),
    { nil: undefined },
  );
  const term = fc.constantFrom('a', 'b', '', 'x\0y', '"', '\ud800', 'long'.repeat(100));
  const hinted: fc.Arbitrary<Filter> = fc.oneof(
    fc.record({ name: term }),
    fc.record({ id: fc.record({ $in: fc.array(fc.constantFrom('0', '1', '2', '3', 'none')) }) }),
    fc.record({ 'items.id': term }),
    fc.record({ parentItemId: fc.record({ $in: fc.array(term) }) }),
    fc.record({ status: fc.constantFrom('running', 'end') }),
    fc.constant({ status: 'running', parentItemId: { $type: 'string' } }),
    fc.constant({ 'guard.unfinished': true }),
    fc.constant({ $nor: [{ 'guard.format': 3 }] }),
    fc.record({ at: fc.nat(9) }).map(({ at }) => ({
      items: { $elemMatch: { status: 'wait', timeDue: { $type: 'date', $lt: new Date(at) } } },
    })),
    fc.constant({ items: { $elemMatch: { status: 'wait', timeDue: { $type: 'date' } } } }),
    fc.record({ field: fc.constantFrom('messageId', 'signalId'), term }).map(({ field, term }) => ({
      status: 'running',
      items: { $elemMatch: { [field]: term, status: 'wait' } },
    })),
    fc.nat(9).map((at) => ({ endedAt: { $lt: new Date(at) }, 'guard.unfinished': { $ne: true } })),
  );
  const mark = fc.subarray(['a', 'b', 'c']);
  const time = fc.oneof(
    fc.nat(9).map((n) => new Date(n)),
    fc.nat(9).map((n) => [new Date(n), new Date(9)]),
    fc.constant('soon'),
  );
  const item = fc.record(
    {
      id: fc.oneof(term, fc.constant(7)),
      status: fc.constantFrom('wait', 'end'),
      timeDue: time,
      messageId: fc.oneof(term, fc.array(term, { maxLength: 2 })),
      signalId: term,
    },
    { requiredKeys: [] },
  );
  const fields = fc.record(
    {
      name: fc.oneof(term, fc.constant(true), fc.array(term, { maxLength: 2 })),
      status: fc.constantFrom('running', 'end'),
      parentItemId: fc.oneof(term, fc.constant(null), fc.array(term, { maxLength: 2 })),
      endedAt: time,
      items: fc.oneof(fc.array(item, { maxLength: 3 }), item),
      guard: fc.record(
        {
          open: mark,
          read: mark,
          unfinished: fc.constant(true),
          format: fc.constantFrom(2, 3, '3', [3, 4], null, 3.5),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  const id = fc.nat(4).map(String);
  const write = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), id, fields }),
    fc.record({ kind: fc.constant('update' as const), id, fields }),
    fc.record({ kind: fc.constant('remove' as const), id }),
  );
  const plan = fc.record({ filter: fc.oneof(hinted, anyFilter, fc.constant({})), marks });
  const folder = await newFolder();
  const disk = await FolderBytes.open(folder);
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 12 }),
        fc.array(plan, { maxLength: 6 }),
        async (writes, plans) => {
          const stores = [
            { instances: await on(new MemoryBytes(), 3000), model: new Map<string, StoredInstance>() },
            {
              instances: new EmbeddedInstances(disk, new ObjectIds(), new Turns(), 3000),
              model: new Map<string, StoredInstance>(),
            },
          ];
          await stores[1]?.instances.remove(['0', '1', '2', '3', '4'], {});
          for (const { instances, model } of stores) {
            for (const one of writes) {
              const before = model.get(one.id);
              if (one.kind === 'remove') await instances.remove([one.id], {});
              else if (one.kind === 'insert')
                await instances
                  .insert({ ...one.fields, id: one.id } as StoredInstance)
                  .catch((error: unknown) => {
                    expect([before !== undefined, error]).toMatchObject([true, { code: 'conflict' }]);
                  });
              else
                expect(
                  await instances.update(
                    one.id,
                    before && (before.guard as { rev?: number } | undefined)?.rev,
                    one.fields as never,
                  ),
                ).toBe(before !== undefined);
              const now = await instances.load(one.id);
              if (now === undefined) model.delete(one.id);
              else model.set(one.id, now);
            }
            for (const { filter, marks: marked } of plans) {
              const match = compileMatch(filter);
              const holds = compileMatch(marked ? { [marked.field]: { $in: marked.anyOf } } : {});
              const expected = [...model.values()]
                .filter((row) => match(row) && holds(row))
                .sort((a, b) => (String(a._id) > String(b._id) ? -1 : 1));
              const selected = { filter, marks: marked };
              expect(ids(await instances.find({ ...selected, without: LARGE_FIELDS }))).toEqual(
                ids(expected),
              );
              expect(await instances.count(selected)).toBe(expected.length);
              expect(await instances.exists(selected)).toBe(expected.length > 0);
            }
          }
        },
      ),
      { numRuns: 120 },
    );
  } finally {
    await disk.close();
  }
  // What was written is a whole store.
  await (await openStore({ folder })).close();
});

test('hostile documents are stored, read and removed whole', async () => {
  const instances = await on(new MemoryBytes(), 0);
  const documents = hostileDocuments();
  for (const one of documents) await instances.insert(one);
  expect(await instances.count({ filter: {} })).toBe(documents.length);
  expect(await instances.remove(ids(documents), {})).toBe(documents.length);
  expect(await instances.count({ filter: {} })).toBe(0);
});

describe('a large folder is examined while it is used', () => {
  async function filled(): Promise<string> {
    const folder = await newFolder();
    const store = await openStore({ folder });
    for (let n = 0; n < 40; n++) await store.instances.insert(document(n));
    await store.close();
    return folder;
  }

  test('and goes on when nothing is damaged, whatever is written meanwhile', async () => {
    const folder = await filled();
    const bytes = await FolderBytes.open(folder, { examinedFirst: 0 });
    const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns());
    for (let n = 0; n < 40; n++) {
      await instances.update(`i${n}`, 1, { name: 'other', guard: { rev: 2, open: [`|u:${n}`] } });
      await instances.insert(document(100 + n));
      if (n % 4 === 0) await instances.remove([`i${n}`], {});
    }
    await bytes.ping();
    expect(bytes.fault).toBeUndefined();
    await bytes.close();
    const again = await FolderBytes.open(folder, { examinedFirst: 1e9 });
    await again.close();
  });

  test('damage that is found closes it: calls, ping and listeners have the place', async () => {
    const folder = await filled();
    const disk = await SqliteBytes.open(folder);
    const [found] = await disk.read('large', ['i7\0logs']);
    await disk.write([
      { space: 'large', key: 'i7\0logs', bytes: Buffer.from(found as Uint8Array).fill(1, 0, 1) },
    ]);
    await disk.close();
    await expect(openStore({ folder })).rejects.toMatchObject({ code: 'store-damaged' });
    const bytes = await FolderBytes.open(folder, { examinedFirst: 0 });
    const told: unknown[] = [];
    bytes.onWritable((state) => told.push(state));
    await eventually(() => bytes.fault);
    const refusal = {
      code: 'store-damaged',
      message: 'The embedded store is damaged: "large" "i7 logs" is not what was written.',
    };
    await expect(bytes.ping()).rejects.toMatchObject(refusal);
    await expect(bytes.read('user', ['nobody'])).rejects.toMatchObject(refusal);
    await expect(bytes.write([{ space: 'value', key: 'k', bytes: encode({}) }])).rejects.toMatchObject(
      refusal,
    );
    // Who asks later is told as well.
    bytes.onWritable((state) => told.push(state));
    const cause = expect.stringContaining('"i7 logs"') as unknown;
    const state = { writable: false, isDamaged: true, cause };
    expect(told).toEqual([state, state]);
    await bytes.close();
  });
});

test('all calls of a store that was found damaged are refused, also those that memory could answer', async () => {
  const store = await openStore({ memory: true });
  const now: { fault?: GuardError } = {};
  const behind = guarded(
    store,
    (error) => error as GuardError,
    new CallLimits(),
    () => now.fault,
  );
  await behind.users.put({ userName: 'ann', userGroups: [] });
  now.fault = new CouldNotTell('store-damaged', 'The embedded store is damaged.');
  for (const call of [
    () => behind.users.find('ann'),
    () => behind.instances.load('i'),
    () => behind.values('v').get('k'),
    () => behind.ping(),
    () => behind.backup('/nowhere'),
  ])
    await expect(call()).rejects.toBe(now.fault);
  await behind.close();
});
