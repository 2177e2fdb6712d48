import { readFileSync, readlinkSync } from 'node:fs';
import type { LockOwner } from './port.js';

/** Where a process runs. */
export type Place = Pick<LockOwner, 'host' | 'pid' | 'space'>;

/** Within what process ids are unique: a container has its own. Undefined where the system does not tell. */
export function spaceOfPids(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/**
 * Whether a process id says the same at both places. Containers may have one host name, and each has a process 1.
 */
export const isSameSpace = (one: Omit<Place, 'pid'>, other: Omit<Place, 'pid'>): boolean =>
  one.host === other.host && one.space === other.space;

/** True while a process of this machine runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
