import { serialize } from 'bson';
import * as level from './classic-level.mjs';

/** A folder as the first format of the package had it: LevelDB, values without checksums. */
export const name = 'format-1';

export async function open(folder) {
  const port = await level.open(folder);
  const ofSpace = ([key, value]) => [`value!${key}`, value];
  await port.put([['format!version', serialize({ version: 1 })]]);
  return { ...port, put: (entries) => port.put(entries.map(ofSpace)) };
}
