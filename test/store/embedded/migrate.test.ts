import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ObjectId } from 'bson';
import { encode } from '../../../src/store/bson/codec.js';
import type { Change } from '../../../src/store/embedded/bytes.js';
import { writeAnew } from '../../../src/store/embedded/migrate.js';
import { holdsStore } from '../../../src/store/embedded/private-folder.js';
import { openStore } from '../../../src/store/open.js';
import type * as Open from '../../../src/store/open.js';
import { writeFirstFormat, writeSecondFormat } from '../../support/old-formats.js';
import { onSmallDisk } from '../../support/small-disk.js';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-migrate-'));
  folder = path.join(root, 'store');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** The content of a folder of an older format. */
const content = (text = 'text'): Change[] => [
  {
    space: 'instance',
    key: 'i',
    bytes: encode({ _id: new ObjectId(), id: 'i', data: { text }, guard: { rev: 3 } }),
  },
  { space: 'large', key: 'i\u0000logs', bytes: encode({ value: ['a', text] }) },
  { space: 'user', key: 'ann', bytes: encode({ userName: 'ann', userGroups: ['hr'] }) },
];

const FORMATS = [1, 2] as const;
const writeOld = (version: 1 | 2, at = folder, values = content()): Promise<void> =>
  version === 1 ? writeFirstFormat(at, values) : writeSecondFormat(at, [values.slice(0, 1), values.slice(1)]);

async function expectContent(at = folder): Promise<void> {
  const store = await openStore({ folder: at });
  expect(await store.instances.load('i')).toMatchObject({
    data: { text: 'text' },
    logs: ['a', 'text'],
    guard: { rev: 3 },
  });
  expect(await store.users.find('ann')).toEqual({ userName: 'ann', userGroups: ['hr'] });
  await store.values('v').set('k', 1);
  await store.close();
}

/** What a process of its own said that opens the folder and writes to it. */
const otherProcess = (at: string, id: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const program = path.join(__dirname, '..', 'child', 'opener.cjs');
    execFile(process.execPath, [program, at, id], (error, said) =>
      error === null ? resolve(said) : reject(error),
    );
  });

const entries = async (at: string): Promise<string[]> => (await readdir(at)).sort();

/** What the migration has left in the folder. */
const left = async (): Promise<string[]> =>
  (await entries(folder)).filter((name) => /^(format|as-found|LOCK|CURRENT)/.test(name));

describe.each(FORMATS)('A folder of format %d', (version) => {
  test('is brought to the current one when it is opened, and its files are kept', async () => {
    await writeOld(version);
    await expectContent();
    await expectContent();
    expect(await left()).toEqual([`format-${version}`]);
    // What is kept is a whole folder of its format.
    await rename(path.join(folder, `format-${version}`), path.join(root, 'old'));
    await expectContent(path.join(root, 'old'));
  });

  const old = (): string => path.join(folder, `format-${version}`);
  test.each<[string, (ready: string, moving: string) => Promise<void>]>([
    ['while it was written', async (ready) => rename(ready, path.join(folder, 'format-3.partial'))],
    ['when it was written', async () => undefined],
    [
      'while the old files were put aside',
      async () => {
        await mkdir(old());
        await rename(path.join(folder, 'CURRENT'), path.join(old(), 'CURRENT'));
      },
    ],
    [
      'while the new ones took their place',
      async (ready, moving) => {
        await mkdir(old());
        for (const file of await readdir(folder))
          if (/^(CURRENT|LOG|MANIFEST|COMMITTED|\d)/.test(file))
            await rename(path.join(folder, file), path.join(old(), file));
        await rename(ready, moving);
        await rename(path.join(moving, 'COMMITTED'), path.join(folder, 'COMMITTED'));
      },
    ],
  ])('goes on where it was interrupted: %s', async (_when, interrupt) => {
    await writeOld(version);
    await writeAnew(folder);
    await interrupt(
      path.join(folder, `format-3-from-${version}.ready`),
      path.join(folder, 'format-3.moving'),
    );
    expect(holdsStore(folder)).toBe(true);
    await expectContent();
    expect((await left()).filter((name) => name !== 'LOCK')).toEqual([`format-${version}`]);
  });

  test('that holds something else beside the store is migrated, and that is left alone', async () => {
    await writeOld(version);
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    await expectContent();
    expect(await entries(folder)).toContain('notes.txt');
  });

  test('is opened by one of two processes, or by both one after the other, and loses nothing', async () => {
    await writeOld(version);
    const said = await Promise.all(['a', 'b', 'c'].map((id) => otherProcess(folder, id)));
    const inUse = `store-in-use: ${folder}: The folder of the store is open in another process.`;
    expect(new Set([...said, 'stored', inUse])).toEqual(new Set(['stored', inUse]));
    await expectContent();
    const store = await openStore({ folder });
    expect((await store.instances.find({ filter: {} })).map(({ id }) => id).sort()).toEqual([
      ...['a', 'b', 'c'].filter((_, i) => said[i] === 'stored'),
      'i',
    ]);
    await store.close();
  });
});

test('a first format that an earlier version of the package was bringing to the second is finished', async () => {
  await writeOld(1, folder, content('old'));
  await mkdir(path.join(folder, 'format-1'));
  await rename(path.join(folder, 'CURRENT'), path.join(folder, 'format-1', 'CURRENT'));
  await writeOld(2, path.join(folder, 'format-2.ready'));
  await expectContent();
  expect(await left()).toEqual(['format-1', 'format-2']);
});

test('an old folder is refused where LevelDB is not installed, and left as it was', async () => {
  await writeOld(2);
  const before = await entries(folder);
  const missing = Object.assign(new Error("Cannot find module 'classic-level'"), {
    code: 'MODULE_NOT_FOUND',
  });
  let without: typeof Open | undefined;
  jest.isolateModules(() => {
    jest.doMock('classic-level', () => {
      throw missing;
    });
    without = jest.requireActual<typeof Open>('../../../src/store/open.js');
  });
  await expect((without as typeof Open).openStore({ folder })).rejects.toMatchObject({
    code: 'bad-configuration',
    message: `${folder}: A folder of an older version needs the package classic-level 3, which is not installed: npm install classic-level@3`,
  });
  jest.dontMock('classic-level');
  expect(await entries(folder)).toEqual(before);
  await expectContent();
});

onSmallDisk('An old folder on a full disk', 8, (disk) => {
  test.each(FORMATS)('of format %d is refused with the cause, and left as it was', async (version) => {
    await writeOld(version, disk().folder);
    disk().fill(40_000);
    await expect(openStore({ folder: disk().folder })).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('ENOSPC') as unknown,
    });
    disk().release();
    await expectContent(disk().folder);
  });
});
