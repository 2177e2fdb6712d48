import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../src/store/open.js';
import type { Store, Writability } from '../../../src/store/port.js';
import { eventually } from '../../support/guards.js';
import { onSmallDisk } from '../../support/small-disk.js';
import { onStores, lastingPlace } from '../../support/stores.js';

const CANNOT = 'The folder of the store cannot be opened';
const refused = (folder: string, why: string): object => ({
  code: 'bad-configuration',
  message: `${folder}: ${CANNOT} (${why}).`,
});

/** A process of its own, perhaps of another user, that opens the folder and writes to it; what it said. */
const otherProcess = (folder: string, id: string, uid?: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const args = [join(__dirname, '..', 'child', 'opener.cjs'), folder, id];
    execFile(process.execPath, args, { uid, gid: uid }, (error, said) =>
      error === null ? resolve(said) : reject(error),
    );
  });

async function stored(folder: string): Promise<string[]> {
  const store = await openStore({ folder });
  const ids = (await store.instances.find({ filter: {} })).map(({ id }) => id).sort();
  await store.close();
  return ids;
}

async function storeWith(folder: string, id: string): Promise<void> {
  const store = await openStore({ folder });
  await store.instances.insert({ id });
  await store.close();
}

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'guard-refused-'));
  folder = join(root, 'store');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('A folder that cannot be one is refused with its name and the cause', () => {
  test('because it is a file', async () => {
    writeFileSync(folder, '');
    await expect(openStore({ folder })).rejects.toMatchObject(refused(folder, 'EEXIST'));
  });

  test('because it lies below a file', async () => {
    writeFileSync(folder, '');
    const below = join(folder, 'below');
    await expect(openStore({ folder: below })).rejects.toMatchObject(refused(below, 'ENOTDIR'));
  });

  test.each(['store.db', 'COMMITTED'])('because its %s is a folder', async (file) => {
    await storeWith(folder, 'mine');
    renameSync(join(folder, file), join(root, file));
    mkdirSync(join(folder, file));
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'bad-configuration',
      message: expect.stringContaining('EISDIR') as unknown,
    });
    rmSync(join(folder, file), { recursive: true });
    renameSync(join(root, file), join(folder, file));
    expect(await stored(folder)).toEqual(['mine']);
  });
});

onSmallDisk('A store on a disk that may only be read', 16, (disk) => {
  test('is refused with its name and the cause, and is there when the disk may be written again', async () => {
    await storeWith(disk().folder, 'mine');
    const files = readdirSync(disk().folder);
    disk().setReadOnly(true);
    await expect(openStore({ folder: disk().folder })).rejects.toMatchObject(
      refused(disk().folder, 'store.db: EROFS'),
    );
    expect(readdirSync(disk().folder)).toEqual(files);
    disk().setReadOnly(false);
    expect(await stored(disk().folder)).toEqual(['mine']);
  });

  test('cannot be made there either', async () => {
    disk().setReadOnly(true);
    await expect(openStore({ folder: disk().folder })).rejects.toMatchObject(refused(disk().folder, 'EROFS'));
  });

  onStores('A backup onto it', (kind) => {
    test('is refused with its name and the cause, whether the folder is there or not', async () => {
      const place = lastingPlace(kind);
      const store = await openStore(place.options);
      await store.instances.insert({ id: 'mine' });
      const there = join(disk().at, 'there');
      mkdirSync(there);
      disk().setReadOnly(true);
      const missing = join(disk().at, 'missing');
      await expect(store.backup(missing)).rejects.toMatchObject({
        code: 'bad-configuration',
        message: `${missing}: The folder cannot be created (EROFS).`,
      });
      await expect(store.backup(there)).rejects.toMatchObject({
        message: expect.stringMatching(new RegExp(`^${there}: .*EROFS`)) as unknown,
      });
      disk().setReadOnly(false);
      expect((await store.backup(missing)).documents).toBe(1);
      await store.close();
      await place.remove();
    });
  });
});

onSmallDisk('A store that could not write', 16, (disk) => {
  const insert = (store: Store, id: string): Promise<unknown> =>
    store.instances.insert({ id, data: { text: 'x'.repeat(100_000) } });

  test('goes on by itself, without a call', async () => {
    const store = await openStore({ folder: disk().folder });
    const told: Writability[] = [];
    store.onWritable?.((state) => told.push(state));
    await store.instances.insert({ id: 'mine' });
    disk().fill(0);
    await expect(insert(store, 'full')).rejects.toMatchObject({ code: 'store-unavailable', status: 503 });
    expect(await store.instances.load('mine')).toBeDefined();
    disk().release();
    await eventually(() => told.at(-1)?.writable);
    await insert(store, 'after');
    expect(told).toEqual([
      { writable: false, cause: expect.stringMatching(/^ENOSPC: .*store\.db-wal/) as unknown },
      { writable: true },
    ]);
    await store.close();
    expect(await stored(disk().folder)).toEqual(['after', 'mine']);
  });
});

/** The one whom systems call nobody. */
const NOBODY = 65_534;
const WHY_NOT = 'only root can run a process of another user';

function onlyAsRoot(title: string, tests: () => void): void {
  if (process.getuid?.() === 0) return describe(title, tests);
  process.stderr.write(`skipped: ${title}: ${WHY_NOT}\n`);
  test.skip(`${title}: ${WHY_NOT}`, () => undefined);
}

onlyAsRoot("Another user's folder", () => {
  beforeEach(async () => {
    chmodSync(root, 0o755);
    await storeWith(folder, 'mine');
  });
  const open = (mode: { folder: number; files: number }): void => {
    for (const file of readdirSync(folder)) chmodSync(join(folder, file), mode.files);
    chmodSync(folder, mode.folder);
  };

  test.each([
    ['as the package makes it', { folder: 0o700, files: 0o600 }, 'EACCES'],
    ['that all may look into', { folder: 0o755, files: 0o600 }, 'store.db: EACCES'],
    ['that all may read', { folder: 0o755, files: 0o644 }, 'store.db: EACCES'],
    ['that all may put files into', { folder: 0o777, files: 0o644 }, 'store.db: EACCES'],
  ])('%s is refused with its name and the cause, and stays what it was', async (_, mode, why) => {
    open(mode);
    const files = readdirSync(folder);
    expect(await otherProcess(folder, 'theirs', NOBODY)).toBe(
      `bad-configuration: ${folder}: ${CANNOT} (${why}).`,
    );
    expect(readdirSync(folder)).toEqual(files);
    expect(await stored(folder)).toEqual(['mine']);
  });

  test('is refused where it would have to be made', async () => {
    const missing = join(root, 'missing');
    expect(await otherProcess(missing, 'theirs', NOBODY)).toBe(
      `bad-configuration: ${missing}: ${CANNOT} (EACCES).`,
    );
  });
});

describe('Two processes on one folder', () => {
  test('the second is refused with the name of the folder, and the first goes on unharmed', async () => {
    const store = await openStore({ folder });
    await store.instances.insert({ id: 'before' });
    const said = await Promise.all(['a', 'b'].map((id) => otherProcess(folder, id)));
    const inUse = `store-in-use: ${folder}: The folder of the store is open in another process.`;
    expect(said).toEqual([inUse, inUse]);
    await store.instances.insert({ id: 'after' });
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'store-in-use',
      message: `${folder}: The folder of the store is already open in this process.`,
    });
    await store.close();
    expect(await stored(folder)).toEqual(['after', 'before']);
  });

  test('that begin together are each stored or refused, and what was stored is there', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const said = await Promise.all(ids.map((id) => otherProcess(folder, id)));
    const inUse = `store-in-use: ${folder}: The folder of the store is open in another process.`;
    expect(new Set([...said, 'stored', inUse])).toEqual(new Set(['stored', inUse]));
    expect(await stored(folder)).toEqual(ids.filter((_, i) => said[i] === 'stored'));
  });
});
