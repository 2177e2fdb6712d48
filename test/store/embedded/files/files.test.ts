import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClassicLevel } from 'classic-level';
import { maskedCrc } from '../../../../src/store/embedded/files/crc32c.js';
import { checkFiles } from '../../../../src/store/embedded/files/check-files.js';
import { readLog } from '../../../../src/store/embedded/files/log-file.js';
import { liveFiles } from '../../../../src/store/embedded/files/manifest.js';
import { Malformed } from '../../../../src/store/embedded/files/reader.js';
import { unsnappy } from '../../../../src/store/embedded/files/snappy.js';
import { tableFault } from '../../../../src/store/embedded/files/table-file.js';
import { CASES } from '../../../support/cases.js';

let folder: string;
let table: Buffer;
let log: Buffer;
let manifest: Buffer;

/** Written by LevelDB itself, with keys that are alike, so that it compresses the index too. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guard-files-'));
  const key = (n: number): string => `instance!${'0'.repeat(200)}${n}`;
  for (const from of [0, 100]) {
    const level = new ClassicLevel(folder, { valueEncoding: 'utf8' });
    for (let n = from; n < from + 100; n++) await level.put(key(n), `${n} ${'and so on '.repeat(n)}`);
    await level.put('long', 'x'.repeat(100_000));
    await level.close();
  }
  const read = async (pattern: RegExp): Promise<Buffer> =>
    readFile(path.join(folder, (await readdir(folder)).find((file) => pattern.test(file)) as string));
  [table, log, manifest] = await Promise.all([read(/ldb$/), read(/log$/), read(/^MANIFEST/)]);
});
afterAll(() => rm(folder, { recursive: true }));

/** Every byte, or as many as there is time for, with one of its bits changed. */
function* flipped(bytes: Buffer, tries: number): Generator<[at: number, changed: Buffer]> {
  const changed = Buffer.from(bytes);
  for (let i = 0; i < Math.min(tries, bytes.length); i++) {
    const at = Math.floor((i * bytes.length) / Math.min(tries, bytes.length));
    const was = bytes[at] as number;
    changed[at] = was ^ (1 << (i % 8));
    yield [at, changed];
    changed[at] = was;
  }
}

test('the checksum is CRC-32C, masked', () => {
  const expected = (((0xe3069283 >>> 15) | (0xe3069283 << 17)) + 0xa282ead8) >>> 0;
  expect(maskedCrc(Buffer.from('123456789'))).toBe(expected);
});

test('what LevelDB wrote is whole, compressed index included', async () => {
  await expect(checkFiles(folder)).resolves.toEqual([expect.stringMatching(/^\d+\.log is whole/) as unknown]);
  const at = table.length - 48;
  // Type, checksum, footer: the index stands last.
  expect(table[at - 5]).toBe(1);
  expect(tableFault(table)).toBeUndefined();
  expect(readLog(log).records.length).toBe(101);
  expect(readLog(log).fault).toBeUndefined();
  expect(liveFiles(readLog(manifest).records)?.tables.size).toBe(1);
});

test('each byte of a table counts', () => {
  for (const [at, changed] of flipped(table, 500 * CASES))
    expect([at, tableFault(changed)]).toEqual([at, expect.any(String) as unknown]);
});

test('each byte of a table’s end counts', () => {
  for (let at = table.length - 300; at < table.length; at++) {
    const changed = Buffer.from(table);
    changed[at] = (changed[at] as number) ^ 0x80;
    expect([at, tableFault(changed)]).toEqual([at, expect.any(String) as unknown]);
  }
});

test('a table of which a part is left is none', () => {
  for (let i = 0; i < 50; i++)
    expect(tableFault(table.subarray(0, Math.floor((i * table.length) / 50)))).toEqual(expect.any(String));
});

test.each(['log', 'manifest'])('each byte of a %s counts', (which) => {
  const bytes = which === 'log' ? log : manifest;
  for (const [at, changed] of flipped(bytes, 150 * CASES)) {
    const { fault } = readLog(changed);
    expect([at, fault]).toEqual([at, expect.anything()]);
    expect(fault?.at).toBeLessThanOrEqual(at);
  }
});

test('a log that ends in the middle of a record is torn, and so is one that ends in zeros', () => {
  const torn = { isTorn: true, at: expect.any(Number) as unknown };
  expect(readLog(log.subarray(0, -1)).fault).toEqual(torn);
  expect(readLog(log.subarray(0, -40_000)).fault).toEqual(torn);
  expect(readLog(Buffer.concat([log, Buffer.alloc(5000)])).fault).toEqual(torn);
  expect(readLog(Buffer.concat([log, Buffer.from('and more of another file')])).fault).toEqual({
    ...torn,
    isTorn: false,
  });
});

test('what is not Snappy’s is refused, and never takes more memory than it could make', () => {
  expect(unsnappy(Buffer.from([5, 16, ...Buffer.from('abcde')])).toString()).toBe('abcde');
  // "ab", and then six more from two back.
  expect(unsnappy(Buffer.from([8, 4, ...Buffer.from('ab'), ((6 - 4) << 2) | 1, 2])).toString()).toBe(
    'abababab',
  );
  const none = [
    [255, 255, 255, 255, 127],
    [5, 16, 97],
    [4, 16, ...Buffer.from('abcde')],
    [8, 4, 97, 98, 9, 3],
    [8, 4, 97, 98, 9, 0],
    [9, 4, 97, 98, 9, 2],
    [],
  ];
  for (const bytes of none) expect(() => unsnappy(Buffer.from(bytes))).toThrow(Malformed);
});
