import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ObjectId, serialize } from 'bson';
import { encode } from '../../../src/store/bson/codec.js';
import { openStore } from '../../../src/store/open.js';
import type { Change } from '../../../src/store/embedded/bytes.js';
import { readLog } from '../../../src/store/embedded/files/log-file.js';
import { Witness } from '../../../src/store/embedded/witness.js';
import type { Store } from '../../../src/store/port.js';
import { afterChange, flip, longText, places, TRIES, type Damage } from '../../support/damaged-copies.js';
import { writeSecondFormat } from '../../support/old-formats.js';

let root: string;
let whole: string;
let content: string;

/** Values of every kind, as a store writes them. */
const valuesFrom = (from: number): Change[] =>
  Array.from({ length: 15 }, (_, i) => from + i).flatMap((n): Change[] => [
    {
      space: 'instance',
      key: `i${n}`,
      bytes: encode({ _id: new ObjectId(), id: `i${n}`, data: { text: longText(n) }, guard: { rev: 1 } }),
    },
    { space: 'large', key: `i${n}\0logs`, bytes: encode({ value: [longText(-n)] }) },
    {
      space: 'user',
      key: `user${n}`,
      bytes: encode({ userName: `user${n}`, userGroups: ['staff', `g${n}`] }),
    },
  ]);

/** All that can be read of it, as one text. */
async function everything(store: Store): Promise<string> {
  const all = [await store.instances.find({ filter: {} }), await store.users.list()];
  return Buffer.from(serialize({ all })).toString('hex');
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-damage-'));
  whole = path.join(root, 'whole');
  // The first half is in tables, the second in the log.
  await writeSecondFormat(whole, [valuesFrom(0), valuesFrom(15)]);
  const copy = path.join(root, 'read');
  await cp(whole, copy, { recursive: true });
  const store = await openStore({ folder: copy });
  content = await everything(store);
  await store.close();
});
afterAll(() => rm(root, { recursive: true }));

const told = (change: Damage): ReturnType<typeof afterChange> =>
  afterChange({ root, folder: whole, everything, content }, change);

const outcome = async (change: (folder: string) => Promise<void>): Promise<string> =>
  (await told(change)).was;

const files = async (): Promise<string[]> =>
  (await readdir(whole)).filter((file) => !/^(LOCK|LOG|LOG\.old)$/.test(file));

/** Files that hold what was acknowledged; the witness beside them may be lost. */
const ofDatabase = async (): Promise<string[]> => (await files()).filter((file) => file !== 'COMMITTED');

test('one flipped bit anywhere in tables, logs and manifest is refused, and the refusal names the file', async () => {
  expect((await ofDatabase()).map((file) => file.replace(/\d+/, 'n')).sort()).toEqual([
    'CURRENT',
    'MANIFEST-n',
    'n.ldb',
    'n.log',
  ]);
  for (const file of await ofDatabase())
    for (const bit of places((await stat(path.join(whole, file))).size * 8))
      expect([file, bit, await told(flip(file, bit))]).toEqual([
        file,
        bit,
        { was: 'store-damaged', message: expect.stringContaining(file) as unknown },
      ]);
});

test('a page of other bytes anywhere in them is refused, and the refusal names the file', async () => {
  for (const file of await ofDatabase())
    for (const at of places((await stat(path.join(whole, file))).size, TRIES / 6)) {
      const page = Buffer.alloc(512, at % 2 === 0 ? 255 : `${at}other bytes`);
      const was = await told(async (folder) => {
        const bytes = await readFile(path.join(folder, file));
        page.copy(bytes, at);
        await writeFile(path.join(folder, file), bytes);
      });
      expect([file, at, was]).toEqual([
        file,
        at,
        { was: 'store-damaged', message: expect.stringContaining(file) as unknown },
      ]);
    }
});

test('one flipped bit in what knows the last commit is no other data', async () => {
  for (const bit of places(20 * 8, 5)) expect(await outcome(flip('COMMITTED', bit))).toBe('same data');
});

test('a table whose footer names too large a block is refused before LevelDB asks for so much memory', async () => {
  const table = (await files()).find((file) => file.endsWith('.ldb')) as string;
  const was = await outcome(async (folder) => {
    const bytes = await readFile(path.join(folder, table));
    // The size of the index is the fourth number: 2^55, and no more.
    bytes.set([0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40], bytes.length - 48);
    await writeFile(path.join(folder, table), bytes);
  });
  expect(was).toBe('store-damaged');
});

test.each([0, 0.3, 0.95])('a file of which only %d is left is refused by its name', async (part) => {
  for (const file of await files()) {
    const { size } = await stat(path.join(whole, file));
    const was = await told((folder) => truncate(path.join(folder, file), Math.floor(size * part)));
    expect([file, was]).toEqual([
      file,
      file === 'COMMITTED'
        ? { was: 'same data', message: '' }
        : { was: 'store-damaged', message: expect.stringContaining(file) as unknown },
    ]);
  }
});

test.each(['MANIFEST', 'log'])('a %s that lost its last records is refused by its name', async (kind) => {
  const file = (await ofDatabase()).find((name) => name.includes(kind)) as string;
  const bytes = await readFile(path.join(whole, file));
  let end = 0;
  const ends = readLog(bytes).records.map((record) => (end = bytes.indexOf(record, end) + record.length));
  expect(ends.at(-1)).toBe(bytes.length);
  for (const at of ends.slice(-4, -1))
    expect([at, await told((folder) => truncate(path.join(folder, file), at))]).toEqual([
      at,
      { was: 'store-damaged', message: expect.stringContaining(file) as unknown },
    ]);
});

test('a file that is gone is refused by its name', async () => {
  for (const file of await ofDatabase()) {
    const was = await told((folder) => rm(path.join(folder, file)));
    expect([file, was]).toEqual([
      file,
      { was: 'store-damaged', message: expect.stringContaining(file) as unknown },
    ]);
  }
});

test('a record of a later commit than the last one is refused', async () => {
  const was = await outcome(async (folder) => {
    const witness = await Witness.open(folder);
    await witness.record({ number: 99, count: 1, sum: 1 });
    await witness.close();
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
