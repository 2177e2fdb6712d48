import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { encode } from '../../src/store/bson/codec.js';
import { SqliteBytes } from '../../src/store/embedded/sqlite/sqlite-bytes.js';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/port.js';
import { eventually } from '../support/guards.js';

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-folder-'));
});
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(root, 'test-')), 'store');
});
afterAll(() => rm(root, { recursive: true }));

const opened = async <T>(task: (store: Store) => Promise<T>, at = folder): Promise<T> => {
  const store = await openStore({ folder: at });
  try {
    return await task(store);
  } finally {
    await store.close();
  }
};

test('options of two kinds of store do not compile, and are refused', async () => {
  // @ts-expect-error a store is not in memory and in a folder
  await expect(openStore({ folder, memory: true })).rejects.toMatchObject({ code: 'bad-configuration' });
  // @ts-expect-error nor on a server and in a folder
  const both = openStore({ url: 'mongodb://localhost', name: 'guard', folder });
  await expect(both).rejects.toMatchObject({ code: 'bad-configuration' });
});

function writer(program = 'writer.cjs'): {
  child: ChildProcess;
  lines: string[];
  first: Promise<unknown>;
  ended: Promise<unknown>;
} {
  const child = spawn(process.execPath, [path.join(__dirname, 'child', program), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const first = new Promise((resolve) => reader.once('line', resolve));
  reader.on('line', (line) => lines.push(line));
  return {
    child,
    lines,
    first,
    ended: Promise.all([
      new Promise((resolve) => child.once('exit', resolve)),
      new Promise((resolve) => reader.once('close', resolve)),
    ]),
  };
}

/** The number that every part of a document carries, or an error where they differ. */
async function numberOf(store: Store, id: string): Promise<number> {
  const document = await store.instances.load(id);
  if (document === undefined) return 0;
  const n = document.guard?.rev as number;
  expect(document).toMatchObject({
    guard: { open: [`t${n}`] },
    data: { n },
    savePoints: { n },
    items: [{ id: `${id}-${n}` }],
  });
  expect(document.logs).toEqual(Array(200).fill(`line ${n}`));
  expect(
    (
      await store.instances.findItems({ before: { 'items.id': `${id}-${n}` }, each: {}, needsAll: false })
    ).map((row) => row.id),
  ).toEqual([id]);
  return n;
}

test('stored data is there after the folder is opened again', async () => {
  await opened(async (store) => {
    await store.instances.insert({
      id: 'i',
      data: { at: new Date(1) },
      logs: ['a'],
      guard: { rev: 1, open: ['t'] },
      items: [{ id: 'x', seq: 1 }],
    });
    await store.instances.insert({ id: 'gone', logs: ['b'] });
    await store.instances.remove(['gone'], {});
    await store.models.put({ name: 'm', source: '<xml/>' });
    await store.users.put({ userName: 'alice', userGroups: ['hr'] });
    await store.values('v').set('k', 1);
    await store.audit.append([
      {
        time: new Date(1),
        userName: 'alice',
        operation: 'task:read',
        resource: { kind: 'task' },
        answer: 'allowed',
        reason: '',
      },
    ]);
  });
  await opened(async (store) => {
    expect(await store.instances.load('i')).toMatchObject({ data: { at: new Date(1) }, logs: ['a'] });
    expect(await store.instances.count({ filter: {}, marks: { field: 'guard.open', anyOf: ['t'] } })).toBe(1);
    expect([
      await store.instances.load('gone'),
      (await store.models.get('m', null))?.source,
      (await store.users.find('alice'))?.userGroups,
    ]).toEqual([undefined, '<xml/>', ['hr']]);
    expect([await store.values('v').get('k'), (await store.audit.find({ limit: 9 })).length]).toEqual([1, 1]);
    await store.instances.insert({ id: 'newer' });
    expect((await store.instances.find({ filter: {} })).map(({ id }) => id)).toEqual(['newer', 'i']);
  });
});

test('after kill -9 during writes every acknowledged write is there, and each document is complete', async () => {
  for (let round = 0; round < 3; round++) {
    const { child, lines, first, ended } = writer();
    await first;
    // The first line says that it is ready.
    await eventually(() => new Set(lines.slice(1).map((line) => line.split(' ')[0])).size === 3);
    await new Promise((resolve) => setTimeout(resolve, 100 + round * 70));
    child.kill('SIGKILL');
    await ended;
    const acknowledged = new Map(
      lines.slice(1).map((line) => [line.split(' ')[0] as string, Number(line.split(' ')[1])]),
    );
    expect(acknowledged.size).toBe(3);
    await opened(async (store) => {
      for (const [id, n] of acknowledged) {
        const stored = await numberOf(store, id);
        expect(stored === n || stored === n + 1).toBe(true);
      }
    });
  }
});

test('with a limit on file size, acknowledged writes are stored and others are refused with the cause', async () => {
  const child = spawn(
    'bash',
    [
      '-c',
      'ulimit -f 400; exec "$0" "$1" "$2"',
      process.execPath,
      path.join(__dirname, 'child', 'limited.cjs'),
      folder,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  const stored = lines
    .filter((line) => line.startsWith('stored '))
    .map((line) => line.slice('stored '.length));
  const refused = lines.filter((line) => line.startsWith('refused '));
  expect(stored.length).toBeGreaterThan(10);
  expect(new Set(refused)).toEqual(new Set(['refused store-unavailable The store cannot write (EFBIG).']));
  expect([lines.at(-1), stored.length + refused.length]).toEqual(['closed', 60]);
  await opened(async (store) =>
    expect((await store.instances.find({ filter: {} })).map(({ id }) => id).reverse()).toEqual(stored),
  );
});

describe('a truncated log', () => {
  const fields = (n: number): Record<string, unknown> => ({
    guard: { rev: n, open: [`t${n}`] },
    data: { n },
    logs: Array(200).fill(`line ${n}`),
    savePoints: { n },
    items: [{ id: `a-${n}`, seq: n }],
  });
  /** The last of twenty writes is cut off; what stands beside the log knows of so many. */
  async function cut(known: number): Promise<void> {
    const found = `${folder}-as-after-a-kill`;
    let witness = Buffer.alloc(0);
    await opened(async (store) => {
      await store.instances.insert({ id: 'a', guard: { rev: 0 } });
      for (let n = 1; n <= 20; n++) {
        await store.instances.update('a', n - 1, fields(n));
        if (n === known) witness = await readFile(path.join(folder, 'COMMITTED'));
      }
      execFileSync('cp', ['-r', folder, found]);
    });
    folder = found;
    await writeFile(path.join(folder, 'COMMITTED'), witness);
    const log = path.join(folder, 'store.db-wal');
    await truncate(log, (await stat(log)).size - 1000);
  }

  test('yields the last complete writes if the truncated one was not acknowledged', async () => {
    await cut(19);
    await opened(async (store) => expect(await numberOf(store, 'a')).toBe(19));
  });

  test('is refused if the truncated write was acknowledged, since that is never lost silently', async () => {
    await cut(20);
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'store-damaged',
      message: expect.stringMatching(
        /its log lost the last 1 writes that were acknowledged \(store\.db has \d+ bytes, store\.db-wal has \d+\)/,
      ) as unknown,
    });
    // Closing the database has removed its log.
    expect(await readdir(path.join(folder, 'as-found'))).toEqual(['store.db-wal']);
  });
});

test('a second process that opens the folder is refused, and so is a second store of this one', async () => {
  const { child, lines, first, ended } = writer();
  await first;
  await expect(openStore({ folder })).rejects.toMatchObject({
    code: 'store-in-use',
    status: 503,
    name: 'CouldNotTell',
    message: `${folder}: The folder of the store is open in another process.`,
  });
  child.kill('SIGKILL');
  await ended;
  expect(lines[0]).toBe('ready');
  await opened(async () => {
    // Closing a file of this process gives its lock away.
    await expect(openStore({ folder: `${folder}/../store` })).rejects.toMatchObject({ code: 'store-in-use' });
    const other = writer();
    await other.ended;
    expect(other.lines).toEqual([expect.stringMatching(/^failed store-in-use /)]);
  });
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a second thread that tries the folder does not give the lock of its process away', async () => {
  const { child, lines, first, ended } = writer('threads.cjs');
  await first;
  const code = await openStore({ folder }).then(
    (store) => store.close(),
    (error: { code: string }) => error.code,
  );
  child.kill('SIGKILL');
  await ended;
  expect([lines, code]).toEqual([['store-in-use'], 'store-in-use']);
  await opened(async (store) => expect(await store.instances.count({ filter: {} })).toBe(0));
});

test('a backup taken during writes is consistent and opens as a store', async () => {
  const copy = path.join(path.dirname(folder), 'copy');
  const written = await opened(async (store) => {
    const fields = (n: number): Record<string, unknown> => ({
      guard: { rev: n, open: [`t${n}`] },
      data: { n },
      logs: Array(200).fill(`line ${n}`),
      savePoints: { n },
      items: [{ id: `a-${n}`, seq: n }],
    });
    await store.instances.insert({ id: 'a', ...fields(1) });
    const writes = (async () => {
      for (let n = 1; n < 100; n++) await store.instances.update('a', n, fields(n + 1));
    })();
    const result = await store.backup(copy);
    await writes;
    return result;
  });
  expect(written).toEqual({ files: (await readdir(copy)).length, documents: 1 });
  await opened(async (store) => expect(await numberOf(store, 'a')).toBeGreaterThan(0), copy);
  await opened((store) => expect(store.backup(copy)).rejects.toMatchObject({ code: 'bad-configuration' }));
});

test('a backup of a memory store opens as a folder store', async () => {
  const store = await openStore({ memory: true });
  await store.instances.insert({ id: 'm', logs: ['a'] });
  await store.backup(folder);
  await store.close();
  await opened(async (copy) =>
    expect(await copy.instances.load('m')).toMatchObject({ id: 'm', logs: ['a'] }),
  );
});

async function setVersion(version: number | undefined): Promise<void> {
  const bytes = await SqliteBytes.open(folder);
  await bytes.write([
    { space: 'format', key: 'version', bytes: version === undefined ? undefined : encode({ version }) },
  ]);
  await bytes.close();
}

test('a folder of a newer version is refused and left unchanged', async () => {
  await opened((store) => store.instances.insert({ id: 'i' }));
  await setVersion(99);
  await expect(openStore({ folder })).rejects.toMatchObject({
    code: 'bad-configuration',
    message: expect.stringContaining('99') as unknown,
  });
  await setVersion(3);
  await opened(async (store) => expect(await store.instances.load('i')).toBeDefined());
});

test('an interrupted backup is refused', async () => {
  await opened((store) => store.instances.insert({ id: 'i' }));
  await setVersion(undefined);
  await expect(openStore({ folder })).rejects.toMatchObject({ code: 'bad-configuration' });
});

test.each([
  {},
  { memory: false },
  { folder: '' },
  { url: 'mongodb://h' },
  { folder: 'a', memory: true },
  { folder: __filename },
])('options %j do not name a store', async (options) => {
  await expect(openStore(options as never)).rejects.toMatchObject({ code: 'bad-configuration' });
});
