import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ObjectId } from 'bson';
import { decode, encode } from '../../../src/store/bson/codec.js';
import { addIndex } from '../../../src/store/embedded/add-index.js';
import type { Change } from '../../../src/store/embedded/bytes.js';
import { CheckedBytes } from '../../../src/store/embedded/checked-bytes.js';
import { saysBeside } from '../../../src/store/embedded/instance-bytes.js';
import { SqliteBytes } from '../../../src/store/embedded/sqlite/sqlite-bytes.js';
import { Witness } from '../../../src/store/embedded/witness.js';
import { openStore } from '../../../src/store/open.js';
import { writeThirdFormat } from '../../support/old-formats.js';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-add-index-'));
  folder = path.join(root, 'store');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const COUNT = 350;

/** Instances with a log: set as a whole, added to, or neither. */
function values(): Change[] {
  return Array.from({ length: COUNT }, (_, n): Change[] => {
    const id = `i${n}`;
    const stored = { _id: new ObjectId(), id, name: `m${n % 2}`, guard: { rev: 4, open: [`|u:${n}`] } };
    return [
      { space: 'instance', key: id, bytes: encode(stored) },
      ...(n % 3 === 0
        ? [{ space: 'large' as const, key: `${id}\0logs`, bytes: encode({ value: [`line ${n}`] }) }]
        : []),
      ...(n % 3 === 1
        ? [
            {
              space: 'large' as const,
              key: `${id}\x00logs\x003`,
              bytes: encode({ rev: 3, most: 9, value: [`part ${n}`] }),
            },
          ]
        : []),
    ];
  }).flat();
}

const logOf = (n: number): string[] | undefined =>
  [[`line ${n}`], [`part ${n}`], undefined][n % 3] as string[] | undefined;

async function expectContent(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    const store = await openStore({ folder });
    expect(await store.instances.count({ filter: {} })).toBe(COUNT);
    expect(await store.instances.count({ filter: { name: 'm1' } })).toBe(COUNT / 2);
    for (const n of [0, 1, 2, COUNT - 1]) {
      const marks = { field: 'guard.open', anyOf: [`|u:${n}`] } as const;
      const [found] = await store.instances.find({ filter: {}, marks });
      expect([found?.id, found?.logs]).toEqual([`i${n}`, logOf(n)]);
    }
    await store.close();
  }
}

const open = async <T>(task: (bytes: SqliteBytes) => Promise<T>): Promise<T> => {
  const bytes = await SqliteBytes.open(folder);
  try {
    return await task(bytes);
  } finally {
    await bytes.close();
  }
};

const versionOf = (): Promise<number> =>
  open(async (bytes) => {
    const [found] = await bytes.read('format', ['version']);
    return decode<{ version: number }>(found as Uint8Array).version;
  });

test('a folder of format 3 gets its index when it is opened, and has the new number then', async () => {
  await writeThirdFormat(folder, values());
  await expectContent();
  expect(await versionOf()).toBe(4);
});

test('one that was interrupted keeps its number, and the next opening goes on from there', async () => {
  await writeThirdFormat(folder, values());
  await open(async (bytes) => {
    const checked = new CheckedBytes(bytes);
    await checked.check();
    const witness = await Witness.open(folder);
    let writes = 0;
    const write = checked.write.bind(checked);
    jest.spyOn(checked, 'write').mockImplementation(async (changes) => {
      if (++writes > 2) throw new Error('killed');
      await write(changes);
    });
    await expect(addIndex(checked, witness)).rejects.toThrow('killed');
    await witness.close();
    const bodies: Uint8Array[] = [];
    for await (const [, body] of checked.scan('instance')) bodies.push(body);
    expect(bodies.filter(saysBeside)).toHaveLength(200);
  });
  expect(await versionOf()).toBe(3);
  await expectContent();
  expect(await versionOf()).toBe(4);
});

/** Opens the folder in a process of its own, which is killed after so many milliseconds. */
const killedAfter = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const program = path.join(__dirname, '..', 'child', 'opener.cjs');
    const child = execFile(process.execPath, [program, folder, 'more'], () => resolve());
    setTimeout(() => child.kill('SIGKILL'), ms);
  });

test('killed at any time, it loses nothing', async () => {
  const original = path.join(root, 'original');
  const all = values();
  await writeThirdFormat(original, all);
  for (const ms of [300, 700, 1100, 1500]) {
    await rm(folder, { recursive: true, force: true });
    await cp(original, folder, { recursive: true });
    await killedAfter(ms);
    const store = await openStore({ folder });
    await store.instances.remove(['more'], {});
    await store.close();
    await expectContent();
  }
});

test('damage in a folder of format 3 is refused before anything is changed', async () => {
  await writeThirdFormat(folder, values());
  await open(async (bytes) => {
    const [found] = await bytes.read('instance', ['i7']);
    await bytes.write([
      { space: 'instance', key: 'i7', bytes: Buffer.from(found as Uint8Array).fill(1, 9, 10) },
    ]);
  });
  await expect(openStore({ folder })).rejects.toMatchObject({
    code: 'store-damaged',
    message: expect.stringContaining('"instance" "i7" is not what was written') as unknown,
  });
  expect(await versionOf()).toBe(3);
});
