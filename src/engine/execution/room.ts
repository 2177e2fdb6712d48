import { BadInput } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import type { StoredInstance } from '../../store/port.js';
import { sizeOf } from '../../store/bson/codec.js';
import type { Room } from '../contract/limits.js';
import type { HostInstance } from '../model/host.js';

/** The kinds of data with which callers can make an instance grow. */
export type Kind = 'data' | 'assignments';

/** An addition by a command's caller: its bytes, and the previous size of its kind. */
export interface Addition {
  readonly kind: Kind;
  readonly before: number;
  readonly bytes: number;
}

/** A command, as far as it makes instances grow. */
interface Growing {
  readonly causer: SecureUser;
  readonly loaded: ReadonlyMap<string, StoredInstance>;
  readonly executions: ReadonlyMap<string, unknown>;
  readonly additions: Addition[];
  itemsBefore: number;
}

/**
 * Bytes that callers may add at once when the limit is reached, and the size below which nothing is counted. Of the
 * model's steps in one command, only so many bytes are charged to its caller.
 */
const LITTLE = { atOnce: 16_384, free: 262_144 } as const;
/** No item takes less, in bytes. */
const LEAST_ITEM = 300;

type Instance = Pick<HostInstance, 'data' | 'guard' | 'tokens' | 'loops'> & {
  items?: Record<string, unknown>[];
};
type Added = { readonly userName: string; readonly bytes: number };
type Kept = Record<string, { extras?: unknown } & Record<string, unknown>>;

const keptOf = ({ guard }: Instance): Kept => (guard as { items?: Kept } | undefined)?.items ?? {};

const SIZES = {
  /** With the variables of its items, which come as data that begins with `vars.`. */
  data: ({ data, items = [] }: Instance) => sizeOf({ data, vars: items.map(({ vars }) => vars) }),
  assignments: (instance: Instance) =>
    sizeOf([
      ...(instance.items ?? []).map(({ assignee, candidateUsers, candidateGroups }) => [
        assignee,
        candidateUsers,
        candidateGroups,
      ]),
      ...Object.values(keptOf(instance)).map(({ extras }) => extras),
    ]),
  steps: (instance: Instance) =>
    sizeOf({
      items: (instance.items ?? []).map(({ vars: _vars, output: _output, ...item }) => item),
      tokens: instance.tokens,
      loops: instance.loops,
      kept: Object.values(keptOf(instance)).map(({ extras: _extras, ...kept }) => kept),
    }),
};

const isNothing = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Object.keys(value).length === 0;

/** Records a caller's addition before the engine takes it over. */
export function recordAddition(command: Growing | undefined, kind: Kind, value: unknown): void {
  // Data from the system, and from a process to one that it calls, comes from models.
  if (command === undefined || command.causer.isAdmin() || isNothing(value)) return;
  const [loaded] = command.loaded.values();
  if (loaded === undefined && command.executions.size > 0) return;
  // The application's own fields are set later: the size of an assignment is that of the resulting instance.
  const bytes = kind === 'data' ? sizeOf(value) : Infinity;
  command.additions.push({ kind, before: loaded === undefined ? 0 : SIZES[kind](asLive(loaded)), bytes });
}

const asLive = (instance: StoredInstance): Instance => instance as unknown as Instance;

const refuse = (what: string): never => {
  throw new BadInput('too-large', what);
};

/** Charges an addition to its caller. @throws BadInput `too-large` */
function charge({ causer: { userName } }: Growing, instance: HostInstance, mine: number, most: number): void {
  const guard = instance.guard as { added?: readonly Added[] };
  const had = guard.added?.find((entry) => entry.userName === userName)?.bytes ?? 0;
  const added = Math.max(0, had + mine);
  if (mine > 0 && added > most) refuse(`One caller may add at most ${most} bytes to an instance.`);
  const others = (guard.added ?? []).filter((entry) => entry.userName !== userName);
  guard.added = added === 0 ? others : [...others, { userName, bytes: added }];
}

/** The bytes of the model's steps in this command that are charged to the caller. */
function stepsTaken({ causer, itemsBefore }: Growing, instance: HostInstance, free: number): number {
  const count = instance.items.length;
  if (causer.isAdmin() || count * LEAST_ITEM <= free || count <= itemsBefore) return 0;
  const all = SIZES.steps(instance as Instance);
  return all <= free ? 0 : Math.min(LITTLE.atOnce, Math.ceil((all * (count - itemsBefore)) / count));
}

/** @throws BadInput `too-large` if the caller made an instance grow beyond its limits */
export function assertRoom(command: Growing, instance: HostInstance, room: Room): void {
  const free = Math.min(LITTLE.free, room.data, room.assignments, room.caller);
  for (const { kind, before, bytes } of command.additions.splice(0)) {
    const after = SIZES[kind](instance as Instance);
    if (after <= free) continue;
    const mine = Math.min(after - before, bytes);
    if (after > room[kind] && mine > LITTLE.atOnce)
      refuse(
        `An instance may contain ${room[kind]} bytes of ${kind}; beyond that, only small additions are accepted.`,
      );
    charge(command, instance, mine, room.caller);
  }
  const steps = stepsTaken(command, instance, free);
  // Work in the background is written twice.
  command.itemsBefore = instance.items.length;
  if (steps > 0) charge(command, instance, steps, room.caller);
}
