import { BadInput } from '../../core/errors.js';
import { decode, encode } from '../bson/codec.js';
import { child } from '../bson/kind.js';
import type { Bytes } from './bytes.js';
import { damaged } from './checksum.js';

/**
 * The version of the folder format that this code writes.
 * 1: plain values. 2: with checksums, and a record of the last commit. 3: in SQLite; the others in LevelDB. 4: with an
 * index of the instances, each of which says what is stored beside it.
 */
export const FORMAT_VERSION = 4;
/** The last version without the index. */
export const UNINDEXED = 3;

const KEY = 'version';

/** Stored without a checksum, so that every version of the package can detect a format that it cannot read. */
export const writeFormat = (bytes: Bytes, version = FORMAT_VERSION): Promise<void> =>
  bytes.write([{ space: 'format', key: KEY, bytes: encode({ version }) }]);

async function isEmpty(bytes: Bytes): Promise<boolean> {
  for await (const _ of bytes.snapshot()) return false;
  return true;
}

function versionIn(stored: Uint8Array): unknown {
  try {
    return child(decode(stored), 'version');
  } catch {
    return undefined;
  }
}

/**
 * Returns the format of a folder; undefined when it is empty.
 * @throws BadInput `bad-configuration` when it is newer than this code, or was left by an interrupted backup
 * @throws CouldNotTell `store-damaged` when the version cannot be read
 */
export async function readFormat(bytes: Bytes): Promise<number | undefined> {
  const [stored] = await bytes.read('format', [KEY]);
  if (stored === undefined) {
    // A backup writes the version last.
    if (await isEmpty(bytes)) return undefined;
    throw new BadInput(
      'bad-configuration',
      'The folder contains no complete store, perhaps because a backup was interrupted.',
    );
  }
  const version = versionIn(stored);
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw damaged('the number of its format cannot be read');
  if (version > FORMAT_VERSION)
    throw new BadInput(
      'bad-configuration',
      `The folder was written in format ${version}; this version of the package knows ${FORMAT_VERSION}.`,
    );
  return version;
}
