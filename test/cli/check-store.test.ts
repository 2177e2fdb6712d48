import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ObjectId } from 'bson';
import { SqliteBytes } from '../../src/store/embedded/sqlite/sqlite-bytes.js';
import { openStore } from '../../src/store/open.js';
import { EmbeddedContents } from '../../src/store/embedded/contents.js';
import { encode } from '../../src/store/bson/codec.js';
import { readFormat } from '../../src/store/embedded/format.js';
import { restore } from '../../src/store/restore.js';
import { writeFirstFormat, writeSecondFormat, writeThirdFormat } from '../support/old-formats.js';
import { lastingPlace, onMongo } from '../support/stores.js';
import { run } from './running.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guard-check-store-'));
  const store = await openStore({ folder });
  for (let n = 0; n < 5; n++) await store.instances.insert({ id: `i${n}`, logs: [n] });
  await store.users.put({ userName: 'ann', userGroups: [] });
  await store.close();
});
afterEach(() => rm(folder, { recursive: true }));

test('check-store says how many values a sound folder has', async () => {
  expect(await run(['check-store', folder])).toMatchObject({
    code: 0,
    out: [expect.stringMatching(/^\d+ values and the index are as they were written\.$/)],
  });
});

test('it writes nothing: neither the record of the last commit nor a format', async () => {
  const witness = path.join(folder, 'COMMITTED');
  const before = await stat(witness);
  expect(await run(['check-store', folder])).toMatchObject({ code: 0 });
  expect(await stat(witness)).toMatchObject({ mtimeMs: before.mtimeMs });
  await rm(witness);
  expect(await run(['check-store', folder])).toMatchObject({ code: 0 });
  expect(await readdir(folder)).not.toContain('COMMITTED');

  const empty = path.join(folder, 'empty');
  await mkdir(empty);
  await writeFile(path.join(empty, 'store.db'), '');
  expect(await run(['check-store', empty])).toMatchObject({ code: 0 });
  const bytes = await SqliteBytes.open(empty);
  expect(await readFormat(bytes)).toBeUndefined();
  await bytes.close();
});

test('it names what is damaged, exit code 1', async () => {
  const bytes = await SqliteBytes.open(folder);
  await bytes.write([{ space: 'large', key: 'i3\0logs', bytes: Buffer.from('other') }]);
  await bytes.close();
  const { code, out, err } = await run(['check-store', folder]);
  expect([code, out]).toEqual([1, []]);
  expect(err.join('\n')).toMatch(/"large" "i3 logs" is not what was written .*\(store-damaged\)$/);
});

test('it refuses a folder that another store has open, or without a store', async () => {
  const store = await openStore({ folder });
  expect(await run(['check-store', folder])).toMatchObject({
    code: 1,
    err: [expect.stringContaining('store-in-use')],
  });
  await store.close();
  expect(await run(['check-store', path.join(folder, 'none')])).toMatchObject({ code: 2 });
  expect(await run(['check-store'])).toMatchObject({ code: 2 });
});

describe('A folder of an older format', () => {
  const OLD = [
    {
      space: 'instance' as const,
      key: 'i',
      bytes: encode({ _id: new ObjectId(), id: 'i', name: 'M', guard: { rev: 1 } }),
    },
    { space: 'large' as const, key: 'i\0logs', bytes: encode({ value: ['a'] }) },
  ];
  const WRITE: Readonly<Record<number, (at: string) => Promise<void>>> = {
    1: (at) => writeFirstFormat(at, OLD),
    2: (at) => writeSecondFormat(at, [OLD]),
    3: (at) => writeThirdFormat(at, OLD),
  };
  const old = (version: number): string => path.join(folder, `old-${version}`);
  const formatIn = async (at: string): Promise<unknown> => {
    if ((await readdir(at)).includes('CURRENT')) return 'LevelDB';
    const bytes = await SqliteBytes.open(at);
    const version = await readFormat(bytes);
    await bytes.close();
    return version;
  };

  test('in SQLite is checked and stays as it is', async () => {
    await WRITE[3]!(old(3));
    expect(await run(['check-store', old(3)])).toMatchObject({
      code: 0,
      out: ['2 values are as they were written, in format 3, which has no index.'],
    });
    expect(await formatIn(old(3))).toBe(3);
    const bytes = await SqliteBytes.open(old(3));
    await bytes.write([{ space: 'large', key: 'i\0logs', bytes: Buffer.from('other') }]);
    await bytes.close();
    expect((await run(['check-store', old(3)])).err.join()).toContain('"large" "i logs"');
  });

  test.each([1, 2])(
    'in LevelDB, format %d, is not checked, and the refusal says what to do',
    async (version) => {
      await WRITE[version]!(old(version));
      const before = await readdir(old(version));
      const { code, err } = await run(['check-store', old(version)]);
      expect([code, err.join()]).toEqual([1, expect.stringMatching(/Open it as a store once.*bad-config/)]);
      expect(await readdir(old(version))).toEqual(before);
    },
  );

  test.each([1, 2, 3])(
    'as a backup, format %d, is restored into the current one and keeps its own',
    async (version) => {
      await WRITE[version]!(old(version));
      const target = path.join(folder, 'target');
      expect((await restore(old(version), { folder: target })).documents).toBe(1);
      expect([await formatIn(target), await formatIn(old(version))]).toEqual([
        4,
        version === 3 ? 3 : 'LevelDB',
      ]);
      expect((await readdir(target)).filter((name) => name.startsWith('format'))).toEqual([]);
      const store = await openStore({ folder: target });
      expect(await store.instances.find({ filter: { name: 'M' } })).toMatchObject([{ id: 'i', logs: ['a'] }]);
      await store.close();
    },
  );

  test('as a backup for a database, has a copy that is removed even if it cannot be closed', async () => {
    await WRITE[3]!(old(3));
    let copy = '';
    jest.spyOn(EmbeddedContents.prototype, 'close').mockImplementationOnce(async function (this: object) {
      const { bytes } = this as { bytes: { folder: string; close(): Promise<void> } };
      copy = path.dirname(bytes.folder);
      expect(await readdir(copy)).toEqual(['store']);
      await bytes.close();
      throw new Error('EIO');
    });
    const target = { url: 'mongodb://127.0.0.1:1', name: 'none', timeout: 100 };
    await expect(restore(old(3), target)).rejects.toThrow('EIO');
    await expect(stat(copy)).rejects.toMatchObject({ code: 'ENOENT' });
    jest.restoreAllMocks();
  });

  onMongo('as a backup', () => {
    test.each([2, 3])('of format %d, is restored into a database and keeps its own', async (version) => {
      await WRITE[version]!(old(version));
      const place = lastingPlace('mongo');
      expect((await restore(old(version), place.options as never)).documents).toBe(1);
      expect(await formatIn(old(version))).toBe(version === 3 ? 3 : 'LevelDB');
      const store = await openStore(place.options);
      expect(await store.instances.load('i')).toMatchObject({ name: 'M', logs: ['a'] });
      await store.close();
      await place.remove();
    });
  });
});
