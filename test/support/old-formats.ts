import { mkdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { encode } from '../../src/store/bson/codec.js';
import type { Change } from '../../src/store/embedded/bytes.js';
import { CheckedBytes } from '../../src/store/embedded/checked-bytes.js';
import { writeFormat } from '../../src/store/embedded/format.js';
import { LevelBytes } from '../../src/store/embedded/level-bytes.js';
import { SqliteBytes } from '../../src/store/embedded/sqlite/sqlite-bytes.js';
import { Witness } from '../../src/store/embedded/witness.js';

/** A folder as version 1 of the format had it: values without checksums. */
export async function writeFirstFormat(folder: string, values: readonly Change[]): Promise<void> {
  const level = new ClassicLevel<string, Uint8Array>(folder, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
  });
  await level.batch([
    { type: 'put', key: 'format!version', value: encode({ version: 1 }) },
    ...values.map(({ space, key, bytes }) => ({
      type: 'put' as const,
      key: `${space}!${key}`,
      value: bytes as Uint8Array,
    })),
  ]);
  await level.close();
}

/**
 * A folder as version 2 of the format had it: values with checksums, and a record of the last commit. Each part is
 * written by a process of its own, so that all but the last are in tables.
 */
export async function writeSecondFormat(
  folder: string,
  parts: readonly (readonly Change[])[],
): Promise<void> {
  for (const [at, changes] of parts.entries()) {
    const level = await LevelBytes.open(folder);
    const checked = new CheckedBytes(level);
    if (at === 0) await writeFormat(level, 2);
    else await checked.check();
    const witness = await Witness.open(folder);
    for (const change of changes) {
      await checked.write([change]);
      await witness.record(checked.commit);
    }
    await witness.close();
    await level.close();
  }
}

/** A folder as version 3 of the format had it: in SQLite, without an index. */
export async function writeThirdFormat(folder: string, values: readonly Change[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const bytes = await SqliteBytes.open(folder);
  const checked = new CheckedBytes(bytes);
  const witness = await Witness.open(folder);
  await writeFormat(bytes, 3);
  await checked.write(values);
  await witness.record(checked.commit);
  await witness.close();
  await bytes.close();
}
