import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadOptional } from '../../src/store/optional-package.js';
import type * as Open from '../../src/store/open.js';

/** What Node throws for a package that is not there: the first as `require` says it, the second as `import` does. */
const notThere = (name: string) => [
  Object.assign(new Error(`Cannot find module '${name}'\nRequire stack: …`), { code: 'MODULE_NOT_FOUND' }),
  Object.assign(new Error(`Cannot find package '${name}' imported from /x.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  }),
];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-optional-'));
});
afterAll(() => rm(root, { recursive: true }));
afterEach(() => jest.resetModules());

/** The module that opens stores, loaded anew, in an installation in which a package loads otherwise. */
function openStoreWhere(name: string, load: () => unknown): typeof Open.openStore {
  let opened: typeof Open | undefined;
  jest.isolateModules(() => {
    jest.doMock(name, load);
    opened = jest.requireActual<typeof Open>('../../src/store/open.js');
  });
  return (opened as typeof Open).openStore;
}

const failing = (error: Error) => () => {
  throw error;
};

test.each(notThere('libsql'))(
  'a store in a folder without libsql is refused, with the package to install: %s',
  async (error) => {
    const openStore = openStoreWhere('libsql', failing(error));
    const folder = path.join(root, 'store');
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'bad-configuration',
      message:
        'A store in a folder needs the package libsql 0.5, which is not installed: npm install libsql@0.5',
      cause: error,
    });
    expect(existsSync(folder)).toBe(false);
  },
);

test('a store in memory needs neither libsql nor a driver', async () => {
  const openStore = openStoreWhere('libsql', failing(notThere('libsql')[0] as Error));
  jest.doMock('mongodb', failing(notThere('mongodb')[0] as Error));
  const store = await openStore({ memory: true });
  expect(store.kind).toBe('memory');
  await store.close();
});

test('a package that fails to load is distinguished from a missing one', async () => {
  const broken = new Error('No native build was found for platform=plan9');
  await expect(
    openStoreWhere('libsql', failing(broken))({ folder: path.join(root, 'other') }),
  ).rejects.toMatchObject({
    code: 'bad-configuration',
    message: expect.stringContaining('libsql 0.5, which could not be loaded') as string,
    cause: broken,
  });
});

test('a package with a missing dependency counts as failed to load', async () => {
  const load = () => Promise.reject(notThere('abstract-level')[0] as Error);
  await expect(
    loadOptional({ name: 'classic-level', version: 3, neededBy: 'A store' }, load),
  ).rejects.toThrow('A store needs the package classic-level 3, which could not be loaded');
});

test('a store with a url and without a driver is refused, with the package to install', async () => {
  const openStore = openStoreWhere('mongodb', failing(notThere('mongodb')[1] as Error));
  await expect(openStore({ url: 'mongodb://127.0.0.1:1', name: 'x' })).rejects.toMatchObject({
    code: 'bad-configuration',
    message: 'A store with a url needs the package mongodb 7, which is not installed: npm install mongodb@7',
  });
});

test('the driver that bpmn-server bundles is not used', async () => {
  const host = path.dirname(require.resolve('bpmn-server/package.json'));
  const openStore = openStoreWhere('mongodb', () =>
    jest.requireActual(require.resolve('mongodb', { paths: [host] })),
  );
  await expect(openStore({ url: 'mongodb://127.0.0.1:1', name: 'x' })).rejects.toMatchObject({
    code: 'bad-configuration',
    message: expect.stringContaining('is not installed (an older version is)') as string,
  });
});

test('the engine of the embedded store is loaded when a folder is opened, and that of older formats not even then', async () => {
  const said = await new Promise<string>((resolve, reject) => {
    const program = path.join(__dirname, 'child', 'loads.cjs');
    execFile(process.execPath, [program, path.join(root, 'loaded')], (error, out) =>
      error === null ? resolve(out) : reject(error),
    );
  });
  expect(JSON.parse(said.slice(said.lastIndexOf('\n')))).toEqual({
    alone: [],
    memory: [],
    folder: ['its binary', 'libsql'],
  });
});

interface Locked {
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}
const read = <T>(file: string): T =>
  JSON.parse(readFileSync(path.join(__dirname, '../..', file), 'utf8')) as T;

test('nothing runs when the package and what it depends on are installed', () => {
  const { packages } = read<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json');
  /** The place of a package that another one requires: beside it, or further up. */
  const placeOf = (name: string, from: string): string => {
    const at = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
    if (at in packages || from === '') return at;
    return placeOf(
      name,
      from.includes('/node_modules/') ? from.slice(0, from.lastIndexOf('/node_modules/')) : '',
    );
  };
  const seen = new Set<string>(['']);
  for (const at of seen) {
    const { dependencies = {}, optionalDependencies = {} } = packages[at] as Locked;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) seen.add(placeOf(name, at));
  }
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'node_modules/libsql',
      'node_modules/@libsql/linux-x64-gnu',
      'node_modules/mongodb',
    ]),
  );
  expect([...seen].filter((at) => packages[at]?.hasInstallScript)).toEqual([]);
  const own = Object.keys(read<Locked>('package.json').scripts as object);
  expect(own.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
});
