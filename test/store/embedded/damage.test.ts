import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'bson';
import { openStore } from '../../../src/store/open.js';
import { CheckedBytes } from '../../../src/store/embedded/checked-bytes.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import type { Store } from '../../../src/store/port.js';
import { afterChange, flip, longText, places, TRIES, type Damage } from '../../support/damaged-copies.js';

let root: string;
/** As after a kill: with a log. */
let whole: string;
/** As after an orderly end. */
let closed: string;
let content: string;

async function write(store: Store, from: number): Promise<void> {
  for (let n = from; n < from + 15; n++) {
    await store.instances.insert({
      id: `i${n}`,
      data: { text: longText(n) },
      logs: [longText(-n)],
      guard: { rev: 1 },
    });
    await store.users.put({ userName: `user${n}`, userGroups: ['staff', `g${n}`] });
    await store.values('v').set(`k${n}`, longText(n));
    await store.models.put({ name: `m${n}`, source: longText(n) });
    await store.audit.append([
      {
        time: new Date(n),
        userName: 'a',
        operation: 'o',
        resource: { kind: 'k', id: longText(n) },
        answer: 'allowed',
        reason: '',
      },
    ]);
  }
}

/** All that can be read of it, as one text. */
async function everything(store: Store): Promise<string> {
  const all = [
    await store.instances.find({ filter: {} }),
    await store.models.find({}),
    await store.users.list(),
    await store.values('v').entries(),
    await store.audit.find({ limit: 1e6 }),
  ];
  return Buffer.from(serialize({ all })).toString('hex');
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-damage-'));
  const folder = path.join(root, 'first');
  whole = path.join(root, 'whole');
  // The first half is in the database, the second in its log, as after a kill.
  for (const from of [0, 15]) {
    const store = await openStore({ folder });
    await write(store, from);
    if (from > 0) execFileSync('cp', ['-r', folder, whole]);
    await store.close();
  }
  closed = folder;
  const copy = path.join(root, 'read');
  await cp(whole, copy, { recursive: true });
  const store = await openStore({ folder: copy });
  content = await everything(store);
  await store.close();
});
afterAll(() => rm(root, { recursive: true }));

const told = (change: Damage, from = whole): ReturnType<typeof afterChange> =>
  afterChange({ root, folder: from, everything, content }, change);

const outcome = async (change: (folder: string) => Promise<void>): Promise<string> =>
  (await told(change)).was;

const files = (): Promise<string[]> => readdir(whole);

const sizeOf = async (file: string): Promise<number> => (await stat(path.join(whole, file))).size;

const refusal = (file: string): object => ({
  was: 'store-damaged',
  message: expect.stringContaining(file) as unknown,
});

test('the copies hold the database, its log, and what knows the last commit, and are read as they are', async () => {
  expect((await files()).sort()).toEqual(['COMMITTED', 'store.db', 'store.db-wal']);
  expect(await sizeOf('store.db-wal')).toBeGreaterThan(10_000);
  expect(await outcome(async () => undefined)).toBe('same data');
});

test('one flipped bit anywhere in the log is refused, and the refusal names it', async () => {
  for (const bit of places((await sizeOf('store.db-wal')) * 8))
    expect([bit, await told(flip('store.db-wal', bit))]).toEqual([bit, refusal('store.db-wal')]);
});

test('one flipped bit anywhere in the database is refused with its name, or changes nothing', async () => {
  const found = new Set<string>();
  const { size } = await stat(path.join(closed, 'store.db'));
  for (const bit of [...places(size * 8, 3 * TRIES), ...places(800, TRIES)]) {
    const { was, message } = await told(flip('store.db', bit), closed);
    expect([bit, was, message]).toEqual([
      bit,
      expect.stringMatching(/^(same data|store-damaged)$/),
      was === 'same data' ? '' : expect.stringContaining('store.db'),
    ]);
    found.add(was);
  }
  expect(found).toContain('store-damaged');
});

test('a page of other bytes anywhere in them is refused with its name, or changes nothing', async () => {
  for (const file of ['store.db', 'store.db-wal'])
    for (const at of places(await sizeOf(file), TRIES / 6)) {
      const page = Buffer.alloc(512, at % 2 === 0 ? 255 : `${at}other bytes`);
      const { was, message } = await told(async (folder) => {
        const bytes = await readFile(path.join(folder, file));
        page.copy(bytes, at);
        await writeFile(path.join(folder, file), bytes);
      });
      expect([file, at, was, message]).toEqual([
        file,
        at,
        expect.stringMatching(file === 'store.db' ? /^(same data|store-damaged)$/ : /^store-damaged$/),
        was === 'same data' ? '' : expect.stringContaining(file),
      ]);
    }
});

test('one flipped bit in what knows the last commit is no other data', async () => {
  for (const bit of places(20 * 8, 5)) expect(await outcome(flip('COMMITTED', bit))).toBe('same data');
});

test.each([0, 0.3, 0.95])('a file of which only %d is left is refused by its name', async (part) => {
  for (const [file, from] of [
    ['store.db', closed],
    ['store.db-wal', whole],
  ] as const) {
    const left = Math.floor((await stat(path.join(from, file))).size * part);
    const was = await told((folder) => truncate(path.join(folder, file), left), from);
    expect([file, was]).toEqual([file, refusal(file)]);
  }
});

test.each(['store.db', 'store.db-wal'])('if %s is gone, the store is refused with its name', async (file) => {
  expect(await told((folder) => rm(path.join(folder, file)))).toEqual(refusal(file));
});

test('all but the record of the last commit is gone: no new store takes its place', async () => {
  const was = await told(async (folder) => {
    await rm(path.join(folder, 'store.db'));
    await rm(path.join(folder, 'store.db-wal'));
  });
  expect(was).toEqual(refusal('store.db'));
});

test('a database of an earlier time in the place of today’s is refused', async () => {
  // As a backup that copies one file after the other makes it.
  expect(
    await outcome(async (folder) => {
      const later = `${folder}-later`;
      await cp(folder, later, { recursive: true });
      const store = await openStore({ folder: later });
      await store.values('v').set('more', 1);
      await store.close();
      await cp(path.join(later, 'COMMITTED'), path.join(folder, 'COMMITTED'));
    }),
  ).toBe('store-damaged');
});

test('the refusal says what was lost, and the log is kept as it was found', async () => {
  const folder = await mkdtemp(path.join(root, 'kept-'));
  await cp(whole, folder, { recursive: true });
  await flip('store.db-wal', (await sizeOf('store.db-wal')) * 4)(folder);
  const before = await readFile(path.join(folder, 'store.db-wal'));
  for (let i = 0; i < 2; i++)
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'store-damaged',
      status: 503,
      message: expect.stringMatching(/its log lost the last \d+ writes that were acknowledged/) as unknown,
    });
  expect((await readFile(path.join(folder, 'as-found', 'store.db-wal'))).equals(before)).toBe(true);
});

describe('what changes beneath a store that is open', () => {
  const TEXT = Buffer.from('text');
  const open = async (): Promise<{ disk: MemoryBytes; checked: CheckedBytes }> => {
    const disk = new MemoryBytes();
    const checked = new CheckedBytes(disk);
    await checked.write([
      { space: 'large', key: 'i1\0logs', bytes: TEXT },
      { space: 'audit', key: 'a', bytes: TEXT },
      { space: 'user', key: 'alice', bytes: TEXT },
    ]);
    return { disk, checked };
  };
  const first = async <T>(entries: AsyncIterable<T>): Promise<T> => {
    for await (const entry of entries) return entry;
    throw new Error('There is none');
  };
  const all = async (entries: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of entries);
  };

  test('is refused when it is read, and named without names of people', async () => {
    const { disk, checked } = await open();
    for (const [space, key] of [
      ['large', 'i1\0logs'],
      ['user', 'alice'],
    ] as const) {
      const [bytes] = await disk.read(space, [key]);
      await disk.write([{ space, key, bytes: Buffer.from(bytes as Uint8Array).fill('T', 0, 1) }]);
    }
    await expect(checked.read('large', ['i1\0logs'])).rejects.toThrow(
      'The embedded store is damaged: "large" "i1 logs" is not what was written.',
    );
    await expect(checked.read('user', ['alice'])).rejects.toThrow(
      'The embedded store is damaged: a value of "user" is not what was written.',
    );
    await expect(all(checked.scan('user'))).rejects.toMatchObject({ code: 'store-damaged' });
    await expect(all(checked.snapshot())).rejects.toMatchObject({ code: 'store-damaged' });
  });

  test.each(['large', 'user', 'audit'] as const)('a value of %s that is gone is missed', async (space) => {
    const { disk, checked } = await open();
    const [key] = await first(disk.scan(space));
    await disk.write([{ space, key }]);
    await expect(all(checked.snapshot())).rejects.toThrow('values that were written');
    await expect(new CheckedBytes(disk).check()).rejects.toMatchObject({ code: 'store-damaged' });
  });

  test('a value that stands in the place of another, or of an earlier one, is refused', async () => {
    const { disk, checked } = await open();
    const [earlier] = await disk.read('user', ['alice']);
    await checked.write([{ space: 'user', key: 'alice', bytes: Buffer.from('newer') }]);
    await disk.write([{ space: 'user', key: 'alice', bytes: earlier }]);
    await expect(new CheckedBytes(disk).check()).rejects.toThrow('does not contain exactly');
    await disk.write([{ space: 'user', key: 'bob', bytes: earlier }]);
    await expect(all(checked.scan('user'))).rejects.toThrow('is not what was written');
  });
});
