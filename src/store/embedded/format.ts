import { BadInput } from '../../core/errors.js';
import type { Bytes } from './bytes.js';
import { decode, encode } from '../bson/codec.js';

/** The version of the format in which this code writes a folder. */
export const FORMAT_VERSION = 1;

/** Turns a folder of one version into the next, and can be begun again when it was interrupted. */
export type Migration = (bytes: Bytes) => Promise<void>;

/** The step that leads away from a version. */
export const MIGRATIONS: ReadonlyMap<number, Migration> = new Map<number, Migration>([]);

const KEY = 'version';

export const writeFormat = (bytes: Bytes, version = FORMAT_VERSION): Promise<void> =>
  bytes.write([{ space: 'format', key: KEY, bytes: encode({ version }) }]);

async function readFormat(bytes: Bytes): Promise<number | undefined> {
  const [stored] = await bytes.read('format', [KEY]);
  return stored === undefined ? undefined : decode<{ version: number }>(stored).version;
}

async function isEmpty(bytes: Bytes): Promise<boolean> {
  for await (const _ of bytes.snapshot()) return false;
  return true;
}

/**
 * Brings what is stored to the version of this code.
 * @throws BadInput `bad-configuration` when it is newer, or is what an interrupted backup left
 */
export async function prepareFormat(bytes: Bytes, migrations = MIGRATIONS): Promise<void> {
  const found = await readFormat(bytes);
  if (found === undefined) {
    // A backup writes the version last.
    if (!(await isEmpty(bytes)))
      throw new BadInput(
        'bad-configuration',
        'The folder holds no complete store: perhaps a backup that was interrupted.',
      );
    return writeFormat(bytes);
  }
  if (found > FORMAT_VERSION)
    throw new BadInput(
      'bad-configuration',
      `The folder was written in format ${found}; this version of the package knows ${FORMAT_VERSION}.`,
    );
  for (let version = found; version < FORMAT_VERSION; version++) {
    const migrate = migrations.get(version);
    if (migrate === undefined)
      throw new BadInput(
        'bad-configuration',
        `The folder is in format ${found}, from which there is no way to ${FORMAT_VERSION}.`,
      );
    await migrate(bytes);
    await writeFormat(bytes, version + 1);
  }
}
