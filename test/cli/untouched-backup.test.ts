import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ObjectId } from 'bson';
import { encode } from '../../src/store/bson/codec.js';
import { openStore } from '../../src/store/open.js';
import { EmbeddedContents } from '../../src/store/embedded/contents.js';
import { FolderBytes } from '../../src/store/embedded/folder-bytes.js';
import { restore } from '../../src/store/restore.js';
import type { Change } from '../../src/store/embedded/bytes.js';
import { writeFirstFormat, writeSecondFormat, writeThirdFormat } from '../support/old-formats.js';
import { onSmallDisk } from '../support/small-disk.js';
import { lastingPlace, onMongo } from '../support/stores.js';
import { run } from './running.js';

let root: string;
let backup: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-untouched-'));
  backup = path.join(root, 'backup');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const VALUES: Change[] = [
  {
    space: 'instance',
    key: 'i',
    bytes: encode({ _id: new ObjectId(), id: 'i', name: 'M', guard: { rev: 1 } }),
  },
  { space: 'large', key: 'i\0logs', bytes: encode({ value: ['a'] }) },
];

async function writeCurrent(at: string): Promise<void> {
  const store = await openStore({ folder: at });
  await store.instances.insert({ id: 'i', name: 'M', logs: ['a'], guard: { rev: 1 } });
  await store.close();
}

/** The files of a store as a process leaves them that is killed. */
async function writeWithLog(at: string): Promise<void> {
  const store = await openStore({ folder: `${at}-open` });
  await store.instances.insert({ id: 'i', name: 'M', logs: ['a'], guard: { rev: 1 } });
  await cp(`${at}-open`, at, { recursive: true });
  await store.close();
  expect((await stat(path.join(at, 'store.db-wal'))).size).toBeGreaterThan(0);
}

const KINDS: readonly (readonly [what: string, write: (at: string) => Promise<void>, isChecked: boolean])[] =
  [
    ['of the current format', writeCurrent, true],
    ['with a log that a killed process left', writeWithLog, true],
    ['of format 3', (at) => writeThirdFormat(at, VALUES), true],
    ['of format 2', (at) => writeSecondFormat(at, [VALUES]), false],
    ['of format 1', (at) => writeFirstFormat(at, VALUES), false],
  ];

/** Files, their bytes and times; the folder's time tells whether a file was made or removed in it. */
async function seen(folder: string): Promise<unknown> {
  const names = (await readdir(folder)).sort();
  const files = names.map(async (name) => {
    const at = path.join(folder, name);
    const { mtimeNs, mode } = await stat(at, { bigint: true });
    return [name, mtimeNs, mode, (await readFile(at)).toString('base64')];
  });
  const { mtimeNs, mode } = await stat(folder, { bigint: true });
  return [mtimeNs, mode, await Promise.all(files)];
}

async function expectRestored(target: Parameters<typeof openStore>[0]): Promise<void> {
  const store = await openStore(target);
  expect(await store.instances.find({ filter: { name: 'M' } })).toMatchObject([{ id: 'i', logs: ['a'] }]);
  await store.close();
}

/** Checks a backup, if its format can be checked, and restores it into a folder. */
async function use(at: string, isChecked: boolean): Promise<void> {
  expect(await run(['check-store', at])).toMatchObject({ code: isChecked ? 0 : 1 });
  const target = path.join(root, 'target');
  expect((await restore(at, { folder: target })).documents).toBe(1);
  await expectRestored({ folder: target });
}

describe.each(KINDS)('A backup %s', (_, write, isChecked) => {
  test('is checked unless its format is refused, and restored into a folder; no file of it changes', async () => {
    await write(backup);
    const before = await seen(backup);
    await use(backup, isChecked);
    expect(await seen(backup)).toEqual(before);
  });

  onSmallDisk('on a disk that can only be read', 8, (disk) => {
    test('is checked and restored all the same', async () => {
      await write(backup);
      await cp(backup, disk().folder, { recursive: true });
      disk().setReadOnly(true);
      await use(disk().folder, isChecked);
    });
  });

  onMongo('a restore', () => {
    test('changes no file of it', async () => {
      await write(backup);
      const before = await seen(backup);
      const place = lastingPlace('mongo');
      expect((await restore(backup, place.options)).documents).toBe(1);
      await expectRestored(place.options);
      expect(await seen(backup)).toEqual(before);
      await place.remove();
    });
  });
});

const HOLD = `
const Database = require('libsql');
const db = new Database(process.argv[1]);
for (const setting of ['locking_mode = EXCLUSIVE', 'journal_mode = WAL']) db.pragma(setting);
db.exec('BEGIN EXCLUSIVE; COMMIT');
console.log('locked');
process.stdin.resume();
`;

test('a folder that another process has open is refused with store-in-use until that process is gone', async () => {
  await writeCurrent(backup);
  const holder = spawn(process.execPath, ['-e', HOLD, path.join(backup, 'store.db')], { stdio: 'pipe' });
  await once(holder.stdout, 'data');
  const before = await seen(backup);
  expect(await run(['check-store', backup])).toMatchObject({
    code: 1,
    err: [expect.stringContaining('store-in-use')],
  });
  const target = path.join(root, 'target');
  await expect(restore(backup, { folder: target })).rejects.toMatchObject({ code: 'store-in-use' });
  expect(await seen(backup)).toEqual(before);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await use(backup, true);
  expect(await seen(backup)).toEqual(before);
});

test('a folder of LevelDB that was interrupted on its way to SQLite is refused, and nothing is restored', async () => {
  await writeSecondFormat(backup, [VALUES]);
  await mkdir(path.join(backup, 'format-3-from-2.ready'));
  const target = path.join(root, 'target');
  await expect(restore(backup, { folder: target })).rejects.toMatchObject({ code: 'bad-configuration' });
  await expect(readdir(target)).resolves.toEqual([]);
});

test('a folder that changes while it is restored leaves no store in the target', async () => {
  await writeCurrent(backup);
  const { snapshot } = FolderBytes.prototype;
  const spy = jest.spyOn(FolderBytes.prototype, 'snapshot').mockImplementation(async function* (
    this: FolderBytes,
  ) {
    yield* snapshot.call(this);
    await utimes(path.join(backup, 'store.db'), 1, 1);
  });
  const target = path.join(root, 'target');
  try {
    await expect(restore(backup, { folder: target })).rejects.toMatchObject({ code: 'store-in-use' });
  } finally {
    spy.mockRestore();
  }
  await expect(openStore({ folder: target })).rejects.toMatchObject({ name: expect.any(String) as string });
});

onMongo('A folder that changes while it is restored', () => {
  test('leaves a database that is refused as incomplete', async () => {
    await writeCurrent(backup);
    const place = lastingPlace('mongo');
    const { count } = EmbeddedContents.prototype;
    const spy = jest.spyOn(EmbeddedContents.prototype, 'count').mockImplementation(async function (
      this: EmbeddedContents,
      part,
    ) {
      await utimes(path.join(backup, 'store.db'), 1, 1);
      return count.call(this, part);
    });
    try {
      await expect(restore(backup, place.options)).rejects.toMatchObject({ code: 'store-in-use' });
    } finally {
      spy.mockRestore();
    }
    await expect(openStore(place.options)).rejects.toMatchObject({ code: 'store-incomplete' });
    await place.remove();
  });
});

test('no copy of a backup is left behind', async () => {
  const known = process.env.TMPDIR;
  const temporary = path.join(root, 'temporary');
  await mkdir(temporary);
  process.env.TMPDIR = temporary;
  try {
    await writeWithLog(backup);
    await use(backup, true);
    expect(await readdir(temporary)).toEqual([]);
    await rm(path.join(root, 'target'), { recursive: true });
    await truncate(path.join(backup, 'store.db-wal'), 0);
    await expect(restore(backup, { folder: path.join(root, 'target') })).rejects.toThrow();
    expect(await readdir(temporary)).toEqual([]);
  } finally {
    if (known === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = known;
  }
});
