import { ClassicLevel } from 'classic-level';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ObjectId } from 'bson';
import { encode } from '../../../src/store/bson/codec.js';
import { LevelBytes } from '../../../src/store/embedded/level-bytes.js';
import { writeAnew } from '../../../src/store/embedded/migrate.js';
import { holdsStore } from '../../../src/store/embedded/private-folder.js';
import { openStore } from '../../../src/store/open.js';
import { onSmallDisk } from '../../support/small-disk.js';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-migrate-'));
  folder = path.join(root, 'store');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A folder as version 1 of the format had it: values without checksums. */
async function writeFirstFormat(at: string, text = 'text'): Promise<void> {
  const level = new ClassicLevel<string, Uint8Array>(at, { keyEncoding: 'utf8', valueEncoding: 'view' });
  await level.batch([
    { type: 'put', key: 'format!version', value: encode({ version: 1 }) },
    {
      type: 'put',
      key: 'instance!i',
      value: encode({ _id: new ObjectId(), id: 'i', data: { text }, guard: { rev: 3 } }),
    },
    { type: 'put', key: 'large!i\u0000logs', value: encode({ value: ['a', text] }) },
    { type: 'put', key: 'user!ann', value: encode({ userName: 'ann', userGroups: ['hr'] }) },
  ]);
  await level.close();
}

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

const entries = async (at: string): Promise<string[]> => (await readdir(at)).sort();

test('a folder of the first format is brought to the second when it is opened, and its files are kept', async () => {
  await writeFirstFormat(folder);
  await expectContent();
  await expectContent();
  expect((await entries(folder)).filter((name) => name.startsWith('format') || name === 'as-found')).toEqual([
    'format-1',
  ]);
  // What is kept is a whole folder of the first format.
  await rename(path.join(folder, 'format-1'), path.join(root, 'old'));
  await expectContent(path.join(root, 'old'));
});

test.each<[string, (ready: string, moving: string) => Promise<void>]>([
  ['while it was written', async (ready) => rename(ready, path.join(folder, 'format-2.partial'))],
  ['when it was written', async () => undefined],
  [
    'while the old files were put aside',
    async () => {
      await mkdir(path.join(folder, 'format-1'));
      await rename(path.join(folder, 'CURRENT'), path.join(folder, 'format-1', 'CURRENT'));
    },
  ],
  [
    'while the new ones took their place',
    async (ready, moving) => {
      await mkdir(path.join(folder, 'format-1'));
      for (const file of await readdir(folder))
        if (/^(CURRENT|LOG|MANIFEST|\d)/.test(file))
          await rename(path.join(folder, file), path.join(folder, 'format-1', file));
      await rename(ready, moving);
      for (const file of await readdir(moving))
        if (/^(MANIFEST|\d)/.test(file)) await rename(path.join(moving, file), path.join(folder, file));
    },
  ],
])('it goes on where it was interrupted: %s', async (_when, interrupt) => {
  await writeFirstFormat(folder);
  const old = await LevelBytes.open(folder);
  await writeAnew(folder, old);
  await old.close();
  await interrupt(path.join(folder, 'format-2.ready'), path.join(folder, 'format-2.moving'));
  expect(holdsStore(folder)).toBe(true);
  await expectContent();
  expect((await entries(folder)).filter((name) => name.startsWith('format'))).toEqual(['format-1']);
});

test('a folder that holds something else beside the store is migrated, and that is left alone', async () => {
  await writeFirstFormat(folder);
  await writeFile(path.join(folder, 'notes.txt'), 'mine');
  await expectContent();
  expect(await entries(folder)).toContain('notes.txt');
});

onSmallDisk('A folder of the first format on a full disk', 8, (disk) => {
  test('is refused with the cause, and left as it was', async () => {
    await writeFirstFormat(disk().folder);
    disk().fill(40_000);
    await expect(openStore({ folder: disk().folder })).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('ENOSPC') as unknown,
    });
    disk().release();
    await expectContent(disk().folder);
  });
});
