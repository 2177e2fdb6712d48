import { mkdir, realpath } from 'node:fs/promises';
import { CouldNotTell } from '../../core/errors.js';

const CLAIMED = Symbol.for('bpmn-guard.folders');

/**
 * The folders that this process has open, whichever copy of the package opened them. Kept with the process, since it is
 * the process that the system's lock on a folder belongs to.
 */
function claimed(): Set<string> {
  const holder = globalThis as unknown as Record<symbol, Set<string> | undefined>;
  return (holder[CLAIMED] ??= new Set());
}

/**
 * Claims a folder for one store of this process, and makes it when it is not there. LevelDB alone must not be asked:
 * where the same process tries a second time it closes the lock file, and with that POSIX drops the lock that keeps other
 * processes out.
 * @returns what gives the claim back
 * @throws CouldNotTell `store-in-use` when another store of this process has it open
 */
export async function claim(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true });
  const real = await realpath(folder);
  const all = claimed();
  if (all.has(real)) throw new CouldNotTell('store-in-use', 'The folder of the store is open in this process already.');
  all.add(real);
  return () => void all.delete(real);
}
