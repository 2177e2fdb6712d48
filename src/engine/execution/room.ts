import { BadInput } from '../../core/errors.js';
import type { StoredInstance } from '../../store/port.js';
import { sizeOf } from '../../store/bson/codec.js';
import type { Room } from '../contract/limits.js';
import type { HostInstance } from '../model/host.js';
import type { Command } from './command.js';

/** What callers can make an instance grow by. */
export type Kind = 'data' | 'assignments';

/** What the caller of a command brings: bytes, and how much there was of its kind before. */
export interface Addition {
  readonly kind: Kind;
  readonly before: number;
  readonly bytes: number;
}

/** Bytes that callers may add at once where there is no more room, and up to which nothing is counted. */
const LITTLE = { atOnce: 16_384, free: 262_144 } as const;

type Instance = Pick<HostInstance, 'data' | 'guard'> & { items?: Record<string, unknown>[] };
type Added = { readonly userName: string; readonly bytes: number };

function assignments({ items = [], guard }: Instance): number {
  const kept = (guard as { items?: Record<string, { extras?: unknown }> } | undefined)?.items ?? {};
  return sizeOf([
    ...items.map(({ assignee, candidateUsers, candidateGroups }) => [
      assignee,
      candidateUsers,
      candidateGroups,
    ]),
    ...Object.values(kept).map(({ extras }) => extras),
  ]);
}

const size = (kind: Kind, instance: Instance): number =>
  kind === 'data' ? sizeOf(instance.data ?? {}) : assignments(instance);

const isNothing = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Object.keys(value).length === 0;

/** Notes what a caller brings, before the engine takes it over. */
export function noteAddition(command: Command | undefined, kind: Kind, value: unknown): void {
  // What the system brings, and what a process hands to one that it calls, comes from models.
  if (command === undefined || command.causer.isAdmin() || isNothing(value)) return;
  const [loaded] = command.loaded.values();
  if (loaded === undefined && command.executions.size > 0) return;
  // Fields of the application's own are set later: what an assignment adds is what it makes of the instance.
  const bytes = kind === 'data' ? sizeOf(value) : Infinity;
  command.additions.push({ kind, before: loaded === undefined ? 0 : size(kind, asLive(loaded)), bytes });
}

const asLive = (instance: StoredInstance): Instance => instance as unknown as Instance;

const refuse = (what: string): never => {
  throw new BadInput('too-large', what);
};

/** @throws BadInput `too-large` when the caller has made an instance grow by more than there is room for */
export function assertRoom(command: Command, instance: HostInstance, room: Room): void {
  const free = Math.min(LITTLE.free, room.data, room.assignments, room.caller);
  for (const { kind, before, bytes } of command.additions.splice(0)) {
    const after = size(kind, instance);
    if (after <= free) continue;
    const mine = Math.min(after - before, bytes);
    if (after > room[kind] && mine > LITTLE.atOnce)
      refuse(
        `An instance may hold ${room[kind]} bytes of ${kind}; from there on only a little can be added at once.`,
      );
    const guard = instance.guard as { added?: readonly Added[] };
    const { userName } = command.causer;
    const had = guard.added?.find((entry) => entry.userName === userName)?.bytes ?? 0;
    const added = Math.max(0, had + mine);
    if (mine > 0 && added > room.caller) refuse(`One caller may add ${room.caller} bytes to an instance.`);
    const others = (guard.added ?? []).filter((entry) => entry.userName !== userName);
    guard.added = added === 0 ? others : [...others, { userName, bytes: added }];
  }
}
