import { today } from '../../core/clock.js';
import { Conflict, isGuardError } from '../../core/errors.js';
import type {
  Attempt,
  InstanceGuard,
  PendingWrite,
  Store,
  StoredInstance,
  StoredItem,
} from '../../store/port.js';
import { BACKGROUND, withoutAttempts } from './attempts-left.js';
import { exchangeFacts } from './case-exchange.js';
import type { Command } from './command.js';
import type { Room } from '../contract/limits.js';
import { assertRoom } from './room.js';
import { beginsWith } from './data-paths.js';
import { savePoints } from './save-points.js';
import { linesOf } from './instance-log.js';
import { deepCopy } from '../../core/copy.js';
import { deriveGuard } from '../model/derive.js';
import type { HostInstance } from '../model/host.js';

/** Which large fields are kept, named as in bpmn-server's data store. */
export interface Keep {
  readonly logs: boolean;
  readonly savePoints: boolean;
  readonly source: boolean;
  readonly room: Room;
  /** The paths below `data` for which instances are marked. */
  readonly dataPaths: () => readonly string[];
}

/** The guard's fields of a live instance; every instance of a command has them. */
export const guardOf = (instance: HostInstance | StoredInstance): InstanceGuard =>
  instance.guard as InstanceGuard;

/** The fields that bpmn-server itself stores, and ours. */
function fieldsOf(instance: HostInstance, keep: Keep): StoredInstance {
  const { id, version, startedAt, endedAt, status, saved, tokens, items, loops, name, data, parentItemId } =
    instance;
  const fields: StoredInstance = {
    id,
    version,
    startedAt,
    endedAt,
    status,
    saved,
    tokens,
    items: items as unknown as StoredItem[],
    loops,
    name,
    data,
    parentItemId,
  };
  fields.tenantId = (instance.tenantId as string | undefined) ?? null;
  if (keep.savePoints) fields.savePoints = savePoints(instance, keep.room);
  return fields;
}

/** The guard's fields for the next write: with the next revision, and marked while work is left. */
export function nextGuard(guard: InstanceGuard): InstanceGuard {
  const { unfinished: _old, held: _held, attempts, ...next } = { ...guard, rev: guard.rev + 1 };
  const begun = Object.values(attempts ?? {});
  const open =
    guard.busy === true ||
    guard.spread !== undefined ||
    guard.untold === true ||
    [guard.outbox, guard.pending, begun].some((work) => work !== undefined && work.length > 0);
  return {
    ...next,
    ...(begun.length > 0 ? { attempts } : {}),
    ...(begun.some(({ held }) => held === true) ? { held: true } : {}),
    ...(open ? { unfinished: true } : {}),
  };
}

const isNew = (instance: HostInstance): boolean => instance.saved === undefined || instance.saved === null;

/** Another process may know more paths than this one; those of another list say nothing. */
const longer = (stored: readonly string[] = [], known: readonly string[]): readonly string[] =>
  beginsWith(stored, known) ? stored : known;

/** Prepares the write of a live instance, which counts as saved from here on. */
function prepare(instance: HostInstance, keep: Keep): PendingWrite {
  const known = guardOf(instance);
  const fresh = isNew(instance);
  instance.version = fresh || typeof instance.version !== 'number' ? 0 : instance.version + 1;
  if (fresh) instance.saved = today();
  const fields = fieldsOf(instance, keep);
  // Work that no longer waits has no attempts.
  const waits = new Set(fields.items?.flatMap((item) => (item.status === 'wait' ? [item.id] : [])));
  const attempts = withoutAttempts(
    known.attempts,
    (key) => !(waits.has(key) || (key === BACKGROUND && known.busy === true)),
  );
  const dataPaths = longer(known.dataPaths, keep.dataPaths());
  deriveGuard(fields, nextGuard({ ...known, ...(dataPaths.length > 0 ? { dataPaths } : {}), attempts }));
  if (fresh && keep.source) Object.assign(fields, { source: instance.source, svg: instance.svg ?? null });
  const log = keep.logs ? linesOf(instance.logs, keep.room.logLines) : [];
  if (!fresh) return { rev: known.rev, fields, ...(log.length === 0 ? {} : { log }) };
  return { rev: null, fields: keep.logs ? { ...fields, logs: log } : fields };
}

/** @returns false if someone else has written in the meantime; nothing was changed */
async function write(
  store: Store,
  { rev, fields, log }: PendingWrite,
  most: number,
  read?: StoredInstance,
): Promise<boolean> {
  if (rev === null) {
    await store.instances.insert(fields);
    return true;
  }
  const { id, ...changed } = fields;
  return store.instances.update(id, rev === 0 ? undefined : rev, changed, log && { lines: log, most }, read);
}

/**
 * Writes one live instance under its revision. The live object then has the written revision, so that later saves
 * of the same execution do not conflict.
 * @param read the instance as the store returned it to the command
 * @throws Conflict `conflict` if someone else has written in the meantime; nothing was changed
 */
export async function writeInstance(
  store: Store,
  instance: HostInstance,
  keep: Keep,
  read?: StoredInstance,
): Promise<void> {
  const prepared = prepare(instance, keep);
  const lines = instance.logs?.length ?? 0;
  if (!(await write(store, prepared, keep.room.logLines, read)))
    throw new Conflict(
      'conflict',
      'The instance was changed by someone else in the meantime; nothing was stored.',
    );
  instance.guard = prepared.fields.guard;
  // Stored log entries are not written again.
  instance.logs?.splice(0, lines);
}

/** The main instance of a command: the one whose lock it took, otherwise the first one created. */
export function mainOf(command: Command): HostInstance | undefined {
  const saved = [...command.executions.keys(), ...command.saved.keys()]
    .map((id) => command.saved.get(id))
    .filter((instance) => instance !== undefined);
  return saved.find(({ id }) => command.held.has(id)) ?? saved[0];
}

/**
 * Writes the parts of a command that belong to other instances and were committed with this one; parts already
 * written are skipped. Then clears them.
 */
export async function writePending(
  store: Store,
  id: string,
  guard: InstanceGuard,
  { logLines }: Pick<Room, 'logLines'>,
): Promise<InstanceGuard> {
  for (const one of guard.pending ?? []) {
    await write(store, one, logLines).catch((error: unknown) => {
      if (!isGuardError(error) || error.code !== 'conflict') throw error;
    });
  }
  const { pending: _written, ...rest } = guard;
  const next = nextGuard(rest);
  if (!(await store.instances.update(id, guard.rev, { guard: next })))
    throw new Conflict('conflict', 'The instance was changed by someone else in the meantime.');
  return next;
}

/**
 * Writes everything that a command has saved, atomically: the write of its main instance includes the changes to
 * others, so that all of it is stored or nothing.
 * @returns whether the other instances have been written too; otherwise `writePending` must do so
 */
export async function commit(store: Store, command: Command, keep: Keep): Promise<boolean> {
  const main = mainOf(command);
  if (main === undefined) return true;
  assertRoom(command, main, keep.room);
  const all = [...command.saved.values()];
  for (const instance of all) {
    const guard = guardOf(instance);
    const deliveries = command.deliveries.get(instance.id) ?? [];
    if (deliveries.length > 0) guard.outbox = [...(guard.outbox ?? []), ...deliveries];
    delete guard.busy;
    delete guard.begun;
  }
  exchangeFacts(command, all as unknown as StoredInstance[]);
  const others = all
    .filter((instance) => instance !== main)
    .map((instance) => ({ instance, lines: instance.logs.length, prepared: prepare(instance, keep) }));
  const pending = others.map(({ prepared }) => deepCopy(prepared) as PendingWrite);
  if (pending.length > 0) guardOf(main).pending = [...(guardOf(main).pending ?? []), ...pending];
  command.writing = true;
  await writeInstance(store, main, keep, command.read.get(main.id));
  for (const { instance, lines, prepared } of others) {
    instance.guard = prepared.fields.guard;
    instance.logs.splice(0, lines);
  }
  command.saved.clear();
  if ((guardOf(main).pending ?? []).length === 0) return true;
  try {
    main.guard = await writePending(store, main.id, guardOf(main), keep.room);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes the state in which `noWait` work begins, marked as such: acknowledged work is finished even after a crash.
 * @param attempt stored with it, so that the work counts as running when the process ends
 * @returns the written state
 */
export async function commitBeginning(
  store: Store,
  command: Command,
  keep: Keep,
  attempt: Attempt,
): Promise<StoredInstance | undefined> {
  const { begun, beginsAt, starter } = command;
  const live = begun && command.executions.get(begun.id)?.instance;
  if (begun === undefined || live === undefined) return undefined;
  const known = deepCopy(guardOf(live)) as InstanceGuard;
  begun.guard = {
    ...known,
    attempts: { ...known.attempts, [BACKGROUND]: attempt },
    busy: true,
    begun: { itemId: beginsAt ?? null, userName: starter },
  };
  assertRoom(command, begun, keep.room);
  command.writing = true;
  const lines = begun.logs.length;
  await writeInstance(store, begun, keep, command.read.get(begun.id));
  live.logs.splice(0, lines);
  Object.assign(live, { saved: begun.saved, version: begun.version });
  guardOf(live).rev = guardOf(begun).rev;
  guardOf(live).added = guardOf(begun).added;
  return begun as unknown as StoredInstance;
}
