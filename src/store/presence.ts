import { hostname } from 'node:os';
import { SKEW, wallClock } from '../core/clock.js';
import { isAlive, isSameSpace, spaceOfPids, type Place } from './alive.js';
import type { HeldLock, LockOwner, Store, ValueStore } from './port.js';

/** The namespace of the values by which processes say that they have a database open. */
export const PRESENCE = 'processes';
/** How long a process counts as present after it has said so, in milliseconds; others wait for `SKEW` more. */
const LEASE = 60_000;
const RENEW_EVERY = 20_000;
/** How long a lock without a lease, of an unguarded host, counts as held, in milliseconds. */
const HELD = 600_000;

/**
 * Says that this process has a database open, and goes on saying so. It is information for those who would take the
 * data away, so a failure is ignored. Does nothing for an embedded store, which the system keeps others out of.
 * @returns a function that takes it back; it never rejects
 */
export async function announce(
  store: Pick<Store, 'kind' | 'values'>,
  { host, pid, space, nonce }: LockOwner,
): Promise<() => Promise<void>> {
  if (store.kind !== 'mongo') return async () => undefined;
  const values: ValueStore = store.values(PRESENCE);
  const tell = (): Promise<void> =>
    values
      .set(nonce, { host, pid, ...(space !== undefined && { space }) }, new Date(wallClock() + LEASE + SKEW))
      .catch(() => undefined);
  await tell();
  const timer = setInterval(() => void tell(), RENEW_EVERY).unref();
  return async () => {
    clearInterval(timer);
    await values.delete(nonce).catch(() => undefined);
  };
}

const isGone = (place: Place): boolean =>
  isSameSpace(place, { host: hostname(), space: spaceOfPids() }) && !isAlive(place.pid);

function isHeld({ owner, until, time }: HeldLock): boolean {
  const now = wallClock();
  if (owner === undefined || until === undefined) return now - time.getTime() <= HELD;
  return until.getTime() + SKEW > now && !isGone(owner);
}

const named = ({ host, pid }: Place): string => `process ${pid} on ${host}`;

/** Who uses a database: holders of locks, and processes that have said that they have it open. In words. */
export function usersOf(locks: readonly HeldLock[], present: readonly Place[]): string[] {
  const holders = locks
    .filter(isHeld)
    .map(({ owner }) => (owner === undefined ? 'a bpmn-server' : named(owner)));
  const open = present.filter((place) => !isGone(place)).map(named);
  return [...new Set([...holders, ...open])];
}
