import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import type {
  Bytes,
  Change,
  CountedPart,
  OrderedBytes,
  Range,
  Space,
} from '../../../../src/store/embedded/bytes.js';
import { MemoryBytes } from '../../../../src/store/embedded/memory-bytes.js';
import { SqliteBytes } from '../../../../src/store/embedded/sqlite/sqlite-bytes.js';
import { onSmallDisk } from '../../../support/small-disk.js';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'guard-sqlite-'));
  folder = path.join(root, 'store');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function opened<T>(task: (bytes: SqliteBytes) => Promise<T>, at = folder): Promise<T> {
  const bytes = await SqliteBytes.open(at);
  try {
    return await task(bytes);
  } finally {
    await bytes.close();
  }
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
async function scanned(bytes: Bytes, space: Space, range?: Range): Promise<string[]> {
  const found: string[] = [];
  for await (const [key, value] of bytes.scan(space, range)) found.push(`${key}=${text(value)}`);
  return found;
}
async function everything(bytes: Bytes): Promise<string[]> {
  const found: string[] = [];
  for await (const { space, key, bytes: value } of bytes.snapshot())
    found.push(`${space}!${key}=${text(value)}`);
  return found.sort();
}
/** The number of entries with a beginning, and the keys with which the parts of their count begin. */
async function counted(bytes: OrderedBytes, beginning: string, most: number): Promise<[number, string[]]> {
  let count = 0;
  const keys: string[] = [];
  for (let from: string | undefined = beginning; from !== undefined;) {
    const part: CountedPart = await bytes.countEntries('index', beginning, from, most);
    count += part.count;
    if (part.next !== undefined) keys.push(part.next);
    from = part.next;
  }
  return [count, keys];
}
const numbered = (n: number): string => String(n).padStart(6, '0');
const rows = (count: number, value: string): Change[] =>
  Array.from({ length: count }, (_, n) => ({ space: 'value', key: numbered(n), bytes: Buffer.from(value) }));

describe('it answers as the bytes in memory do', () => {
  const key = fc.stringMatching(/^[ab\0!é~]{0,3}$/);
  const space = fc.constantFrom<Space>('value', 'user', 'audit');
  const bytes = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined });
  const change = fc.record({ space, key, bytes });
  const range = fc.record({
    reverse: fc.boolean(),
    from: fc.option(key, { nil: undefined }),
    below: fc.option(key, { nil: undefined }),
  });

  test('entries with one beginning are counted in parts, and no others', async () => {
    const changes = ['a', 'a!', 'aa', 'é'].flatMap((list) =>
      Array.from({ length: 10 }, (_, n): Change => ({
        space: 'index',
        key: `${list}\0${'é'.repeat(n)}`,
        bytes: Buffer.from('x'),
      })),
    );
    const memory = new MemoryBytes();
    await memory.write(changes);
    await opened(async (disk) => {
      await disk.write([...changes, { space: 'instance', key: 'a\0', bytes: Buffer.from('x') }]);
      for (const [list, size] of [
        ['a\0', 10],
        ['é\0', 10],
        ['b\0', 0],
      ] as const)
        for (const most of [1, 3, 5, 10, 11]) {
          const found = await counted(disk, list, most);
          expect(found).toEqual(await counted(memory, list, most));
          expect(found[0]).toBe(size);
        }
    });
  });

  test('whatever is written, read, and scanned in any range and direction', async () => {
    await opened((disk) =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 5 }),
          fc.array(key),
          range,
          async (writes, keys, ofScan) => {
            const memory = new MemoryBytes();
            await disk.write(
              (await everything(disk)).map((entry) => {
                const [name = ''] = entry.split('=');
                const at = name.indexOf('!');
                return { space: name.slice(0, at) as Space, key: name.slice(at + 1) };
              }),
            );
            for (const changes of writes) {
              await memory.write(changes);
              await disk.write(changes);
            }
            for (const one of ['value', 'user'] as const) {
              expect((await disk.read(one, keys)).map(text)).toEqual(
                (await memory.read(one, keys)).map(text),
              );
              expect(await scanned(disk, one, ofScan)).toEqual(await scanned(memory, one, ofScan));
            }
            expect(await everything(disk)).toEqual(await everything(memory));
          },
        ),
        { numRuns: 60 },
      ),
    );
  });
});

test.each([false, true])(
  'a scan shows what was there when it began, whatever is written meanwhile; reverse: %s',
  async (reverse) => {
    await opened(async (bytes) => {
      await bytes.write(rows(1300, 'old'));
      const found: string[] = [];
      for await (const [key, value] of bytes.scan('value', { reverse })) {
        if (found.length === 3 || found.length === 700) {
          await bytes.write(rows(1300, 'new'));
          await bytes.write([700, 701, 1299, 0].map((n) => ({ space: 'value', key: numbered(n) })));
          await bytes.write([{ space: 'value', key: '000500-more', bytes: Buffer.from('more') }]);
        }
        found.push(`${key}=${text(value)}`);
      }
      const before = rows(1300, 'old').map((change) => `${change.key}=old`);
      expect(found).toEqual(reverse ? before.reverse() : before);
      expect(await scanned(bytes, 'value', { from: '000500', below: '000501' })).toEqual([
        '000500=new',
        '000500-more=more',
      ]);
    });
  },
);

test('scans that are left early, and those of large values, cost no more than a part', async () => {
  await opened(async (bytes) => {
    await bytes.write(
      Array.from({ length: 12 }, (_, n) => ({
        space: 'value',
        key: numbered(n),
        bytes: Buffer.alloc(900_000, n),
      })),
    );
    for await (const [key] of bytes.scan('value')) if (key === numbered(1)) break;
    await bytes.write(rows(1, 'new'));
    const sizes: number[] = [];
    for await (const [, value] of bytes.scan('value')) sizes.push(value.length);
    expect(sizes).toEqual([3, ...Array<number>(11).fill(900_000)]);
  });
});

test('what is written is there when it is opened again, by its owner only', async () => {
  await opened((bytes) =>
    bytes.write([...rows(3, 'old'), { space: 'user', key: 'ann', bytes: Buffer.of(0) }]),
  );
  await opened(async (bytes) => {
    expect(await everything(bytes)).toEqual([
      'user!ann=\0',
      ...rows(3, '').map((change) => `value!${change.key}=old`),
    ]);
    for (const file of readdirSync(folder))
      expect([file, statSync(path.join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
  });
  expect(readdirSync(folder)).toEqual(['store.db']);
});

function keeper(...task: string[]): { child: ChildProcess; lines: string[]; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [path.join(__dirname, 'child', 'keeper.cjs'), folder, ...task], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    // Killed in the middle of its work.
    if (line === '40') child.kill('SIGKILL');
  });
  const closed = new Promise((resolve) => reader.once('close', resolve));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, lines, ended: ended.then((code) => closed.then(() => code)) };
}

test('all that was acknowledged is there after kill -9, and each write whole', async () => {
  const { lines, ended } = keeper();
  await ended;
  const acknowledged = Number(lines.at(-1));
  expect(acknowledged).toBeGreaterThanOrEqual(40);
  await opened(async (bytes) => {
    const stored = await scanned(bytes, 'value');
    expect([acknowledged, acknowledged + 1]).toContain(stored.length);
    expect((await bytes.read('user', ['last'])).map(text)).toEqual([String(stored.length)]);
  });
});

test('a process that forgets to close it ends by itself, after the write that it began', async () => {
  const { lines, ended } = keeper('forget');
  expect(await ended).toBe(0);
  expect(lines).toEqual(['open', '1']);
  await opened(async (bytes) => expect(await scanned(bytes, 'value')).toHaveLength(1));
});

test('another process that opens it is refused', async () => {
  await opened(async () => {
    const { lines, ended } = keeper('forget');
    await ended;
    expect(lines).toEqual(['failed store-in-use: The folder of the store is open in another process.']);
  });
});

describe('what cannot be a database is refused with file and cause:', () => {
  const CANNOT = 'The folder of the store cannot be opened';

  test.each(['store.db', 'store.db-wal'])('a folder in the place of %s', async (file) => {
    mkdirSync(path.join(folder, file));
    await expect(SqliteBytes.open(folder)).rejects.toMatchObject({
      code: 'bad-configuration',
      message: `${CANNOT} (${file}: EISDIR).`,
    });
  });

  test('other bytes', async () => {
    writeFileSync(path.join(folder, 'store.db'), 'other bytes '.repeat(1000));
    await expect(SqliteBytes.open(folder)).rejects.toMatchObject({
      code: 'store-damaged',
      message: 'The embedded store is damaged: SQLite cannot read its file store.db.',
    });
  });

  test('another table', async () => {
    await opened((bytes) => bytes.write(rows(1, 'old')));
    const Database =
      jest.requireActual<new (file: string) => { exec(sql: string): void; close(): void }>('libsql');
    const other = new Database(path.join(folder, 'store.db'));
    other.exec('CREATE TABLE more (a)');
    other.close();
    await expect(SqliteBytes.open(folder)).rejects.toMatchObject({ code: 'store-damaged' });
  });
});

onSmallDisk('On a disk that fills up', 4, (disk) => {
  test('a write is refused with file and cause, changes nothing, and the next one is stored', async () => {
    mkdirSync(disk().folder, { recursive: true });
    const bytes = await SqliteBytes.open(disk().folder);
    await bytes.write(rows(100, 'old'));
    disk().fill(0);
    const large = rows(100, 'x'.repeat(20_000));
    for (let i = 0; i < 3; i++)
      await expect(bytes.write(large)).rejects.toMatchObject({
        code: 'ENOSPC',
        message: expect.stringMatching(/store\.db-wal: .* \(ENOSPC\)$/) as unknown,
      });
    expect(await scanned(bytes, 'value')).toEqual(rows(100, '').map((change) => `${change.key}=old`));
    disk().release();
    await bytes.write(rows(50, 'new'));
    await bytes.close();
    await opened(async (again) => {
      const found = await scanned(again, 'value');
      expect(found.filter((entry) => entry.endsWith('=new'))).toHaveLength(50);
      expect(found.filter((entry) => entry.endsWith('=old'))).toHaveLength(50);
    }, disk().folder);
  });

  test('one that may only be read is refused with file and cause', async () => {
    mkdirSync(disk().folder, { recursive: true });
    await opened((bytes) => bytes.write(rows(1, 'old')), disk().folder);
    disk().setReadOnly(true);
    await expect(SqliteBytes.open(disk().folder)).rejects.toMatchObject({
      code: 'bad-configuration',
      message: 'The folder of the store cannot be opened (store.db: EROFS).',
    });
    disk().setReadOnly(false);
    await opened(async (bytes) => expect(await scanned(bytes, 'value')).toHaveLength(1), disk().folder);
  });
});
