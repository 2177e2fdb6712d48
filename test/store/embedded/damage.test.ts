import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'bson';
import { openStore } from '../../../src/store/open.js';
import { CheckedBytes } from '../../../src/store/embedded/checked-bytes.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import type { Store } from '../../../src/store/port.js';

let root: string;
let whole: string;
let content: string;

const text = (n: number): string => Array.from({ length: 60 }, (_, i) => (n * 31 + i * 17) % 997).join('-');

async function write(store: Store, from: number): Promise<void> {
  for (let n = from; n < from + 15; n++) {
    await store.instances.insert({
      id: `i${n}`,
      data: { text: text(n) },
      logs: [text(-n)],
      guard: { rev: 1 },
    });
    await store.users.put({ userName: `user${n}`, userGroups: ['staff', `g${n}`] });
    await store.values('v').set(`k${n}`, text(n));
    await store.models.put({ name: `m${n}`, source: text(n) });
    await store.audit.append([
      {
        time: new Date(n),
        userName: 'a',
        operation: 'o',
        resource: { kind: 'k', id: text(n) },
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
  whole = path.join(root, 'whole');
  // The first half is in tables when the folder is opened again, the second in the log.
  for (const from of [0, 15]) {
    const store = await openStore({ folder: whole });
    await write(store, from);
    await store.close();
  }
  const copy = path.join(root, 'read');
  await cp(whole, copy, { recursive: true });
  const store = await openStore({ folder: copy });
  content = await everything(store);
  await store.close();
});
afterAll(() => rm(root, { recursive: true }));

/** How it goes when a copy of the folder is changed: the same data, the code of a refusal, or `other data`. */
async function outcome(change: (folder: string) => Promise<void>): Promise<string> {
  const folder = await mkdtemp(path.join(root, 'copy-'));
  await cp(whole, folder, { recursive: true });
  await change(folder);
  const refusal = (error: { code: string }): string => error.code;
  let store: Store | undefined;
  try {
    store = await openStore({ folder });
    return (await everything(store)) === content ? 'same data' : 'other data';
  } catch (error) {
    return refusal(error as { code: string });
  } finally {
    await store?.close();
  }
}

const flip = (file: string, bit: number) => async (folder: string) => {
  const at = path.join(folder, file);
  const bytes = await readFile(at);
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  await writeFile(at, bytes);
};

const files = async (): Promise<string[]> =>
  (await readdir(whole)).filter((file) => !/^(LOCK|LOG|LOG\.old)$/.test(file));

/** LevelDB asserts what it reads from data blocks: a flipped bit there can end the process, and with it this run. */
const isTable = (file: string): boolean => file.endsWith('.ldb');

test.todo('a flipped bit in a data block of a table is refused, and never ends the process');

test('one flipped bit in any file but a table is no other data: the same, or a refusal', async () => {
  const seen = new Map<string, string[]>();
  for (const file of (await files()).filter((name) => !isTable(name))) {
    const bits = (await stat(path.join(whole, file))).size * 8;
    const tries = Math.min(bits, 30);
    for (let i = 0; i < tries; i++) {
      const bit = Math.floor(((i + 0.37) * bits) / tries);
      const was = await outcome(flip(file, bit));
      seen.set(was, [...(seen.get(was) ?? []), `${file}:${bit}`]);
    }
  }
  expect(seen.get('other data') ?? []).toEqual([]);
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining(['same data', 'store-damaged']) as unknown);
  // The files of the database say all; a bit of the witness, or of a filter that is not asked, costs nothing.
  expect(seen.get('store-damaged')?.length).toBeGreaterThan(30);
}, 120_000);

test('a flipped bit in the log is refused, wherever it is: acknowledged writes are not dropped without a word', async () => {
  const log = (await files()).find((file) => file.endsWith('.log')) as string;
  const bits = (await stat(path.join(whole, log))).size * 8;
  for (let i = 0; i < 40; i++)
    expect(await outcome(flip(log, Math.floor(((i + 0.5) * bits) / 40)))).toBe('store-damaged');
}, 120_000);

test('a table whose footer names too large a block is refused before LevelDB asks for so much memory', async () => {
  const table = (await files()).find((file) => file.endsWith('.ldb')) as string;
  const was = await outcome(async (folder) => {
    const bytes = await readFile(path.join(folder, table));
    // The size of the index is the fourth number: 2^55, and no more.
    bytes.set([0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40], bytes.length - 48);
    await writeFile(path.join(folder, table), bytes);
  });
  expect(was).toBe('store-damaged');
}, 120_000);

test.each([0, 0.3, 0.95])('a file of which only %d is left is refused', async (part) => {
  for (const file of await files()) {
    const { size } = await stat(path.join(whole, file));
    const was = await outcome((folder) => truncate(path.join(folder, file), Math.floor(size * part)));
    expect([file, was]).toEqual([
      file,
      file === 'COMMITTED'
        ? 'same data'
        : (expect.stringMatching(/^(store-damaged|bad-configuration)$/) as unknown),
    ]);
  }
});

test('a file that is gone is refused', async () => {
  for (const file of await files()) {
    if (file === 'COMMITTED') continue;
    const was = await outcome((folder) => rm(path.join(folder, file)));
    expect([file, was]).toEqual([file, expect.stringMatching(/^(store-damaged|bad-configuration)$/)]);
  }
});

test('a file of an earlier time in the place of today’s is refused', async () => {
  const log = (await files()).find((file) => file.endsWith('.log')) as string;
  // As a backup that copies one file after the other makes it.
  const was = await outcome(async (folder) => {
    const at = path.join(folder, log);
    const store = await openStore({
      folder: await cp(folder, `${folder}-b`, { recursive: true }).then(() => `${folder}-b`),
    });
    await store.values('v').set('more', 1);
    await store.close();
    await cp(`${folder}-b/COMMITTED`, `${folder}/COMMITTED`);
    expect((await stat(at)).size).toBeGreaterThan(0);
  });
  expect(was).toBe('store-damaged');
});

test('the refusal names what is damaged, and the files stay as they were found', async () => {
  const folder = await mkdtemp(path.join(root, 'kept-'));
  await cp(whole, folder, { recursive: true });
  const log = (await files()).find((file) => file.endsWith('.log')) as string;
  const before = await readFile(path.join(whole, log));
  await flip(log, before.length * 4)(folder);
  for (let i = 0; i < 2; i++)
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'store-damaged',
      status: 503,
      message: expect.stringMatching(/its log lost the last \d+ writes that were acknowledged/) as unknown,
    });
  expect((await readFile(path.join(folder, 'as-found', log))).length).toBe(before.length);
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
    if (space !== 'audit') await expect(checked.read(space, [key])).rejects.toThrow('is missing');
    await expect(all(checked.snapshot())).rejects.toThrow('values were written, and others are there');
    await expect(new CheckedBytes(disk).check()).rejects.toMatchObject({ code: 'store-damaged' });
  });

  test('a value that stands in the place of another, or of an earlier one, is refused', async () => {
    const { disk, checked } = await open();
    const [earlier] = await disk.read('user', ['alice']);
    await checked.write([{ space: 'user', key: 'alice', bytes: Buffer.from('newer') }]);
    await disk.write([{ space: 'user', key: 'alice', bytes: earlier }]);
    await expect(new CheckedBytes(disk).check()).rejects.toThrow('others are there');
    await disk.write([{ space: 'user', key: 'bob', bytes: earlier }]);
    await expect(all(checked.scan('user'))).rejects.toThrow('is not what was written');
  });
});
