import { Conflict } from '../core/errors.js';
import type { InstanceGuard, Store, StoredInstance } from '../store/port.js';
import type { Command } from './context.js';
import { detach } from './data-path.js';
import { deriveGuard } from './derive.js';
import type { HostInstance } from './host.js';

/** Which of the large fields are kept, as bpmn-server's data store names them. */
export interface Keep {
  readonly logs: boolean;
  readonly savePoints: boolean;
  readonly source: boolean;
}

/** The guard's part of a live instance; every instance of a command has one. */
export const guardOf = (instance: HostInstance | StoredInstance): InstanceGuard => instance.guard as InstanceGuard;

function savePoints(instance: HostInstance): Record<string, unknown> {
  const { items, loops, tokens, data } = instance;
  const last = items.at(-1)?.id as string | undefined;
  const points = { ...(instance.savePoints as Record<string, unknown> | undefined) };
  if (last !== undefined) points[last] = structuredClone({ id: last, items, loops, tokens, data });
  return (instance.savePoints = points);
}

/** The fields that bpmn-server itself stores, and ours. */
function fieldsOf(instance: HostInstance, keep: Keep): StoredInstance {
  const { id, version, startedAt, endedAt, status, saved, tokens, items, loops, name, data, parentItemId } = instance;
  const fields: StoredInstance = { id, version, startedAt, endedAt, status, saved, tokens, items: items as StoredInstance['items'], loops, name, data, parentItemId };
  fields.tenantId = (instance.tenantId as string | undefined) ?? null;
  if (keep.logs) fields.logs = instance.logs;
  if (keep.savePoints) fields.savePoints = savePoints(instance);
  return fields;
}

/** The guard's part as it is written next: one revision on, and marked while something is left to be done. */
function nextGuard(guard: InstanceGuard): InstanceGuard {
  const { unfinished: _old, ...next } = { ...guard, rev: guard.rev + 1 };
  return guard.busy === true || (guard.outbox ?? []).length > 0 ? { ...next, unfinished: true } : next;
}

/**
 * Writes one live instance under its revision. The live object then knows the revision that it wrote, so that later
 * saves of the same execution are no conflict (spec 08, 20).
 * @throws Conflict `conflict` when somebody else wrote meanwhile; nothing was changed
 */
export async function writeInstance(store: Store, instance: HostInstance, keep: Keep): Promise<void> {
  const known = guardOf(instance);
  const isNew = instance.saved === undefined || instance.saved === null;
  instance.version = isNew || typeof instance.version !== 'number' ? 0 : instance.version + 1;
  if (isNew) instance.saved = new Date();
  const fields = fieldsOf(instance, keep);
  const guard = nextGuard(known);
  deriveGuard(fields, guard);
  if (isNew) {
    if (keep.source) Object.assign(fields, { source: instance.source, svg: instance.svg ?? null });
    await store.instances.insert(fields);
  } else {
    const { id, ...changed } = fields;
    const written = await store.instances.update(id, known.rev === 0 ? undefined : known.rev, changed);
    if (!written) throw new Conflict('conflict', 'The instance was changed by somebody else meanwhile; nothing was stored.');
  }
  instance.guard = guard;
}

/** Children before those that called them: a parent that waits for nobody is worse than a child nobody waits for. */
function inOrder(command: Command): HostInstance[] {
  return [...command.saved.values()].sort((a, b) => Number(b.parentItemId !== undefined) - Number(a.parentItemId !== undefined));
}

/**
 * Writes what a command has saved, once (spec 08, 46). When a later instance conflicts, those that this command had
 * just created are taken out again.
 */
export async function commit(store: Store, command: Command, keep: Keep): Promise<void> {
  const created: string[] = [];
  for (const instance of inOrder(command)) {
    const guard = guardOf(instance);
    const deliveries = command.deliveries.get(instance.id) ?? [];
    if (deliveries.length > 0) guard.outbox = [...(guard.outbox ?? []), ...deliveries];
    delete guard.busy;
    delete guard.begun;
    const isNew = instance.saved === undefined || instance.saved === null;
    try {
      await writeInstance(store, instance, keep);
      if (isNew) created.push(instance.id);
    } catch (error) {
      if (created.length > 0) await store.instances.remove(created, {}).catch(() => undefined);
      throw error;
    }
  }
  command.saved.clear();
}

/**
 * Writes the state in which `noWait` work begins, marked as such: what was acknowledged is finished after a crash too.
 * @returns the state as it was written
 */
export async function commitBeginning(store: Store, command: Command, keep: Keep): Promise<StoredInstance | undefined> {
  const { begun, beginsAt, starter } = command;
  const live = begun && command.executions.get(begun.id)?.instance;
  if (begun === undefined || live === undefined) return undefined;
  begun.guard = { ...(detach(guardOf(live)) as InstanceGuard), busy: true, begun: { itemId: beginsAt ?? null, userName: starter } };
  await writeInstance(store, begun, keep);
  Object.assign(live, { saved: begun.saved, version: begun.version });
  guardOf(live).rev = guardOf(begun).rev;
  return begun as unknown as StoredInstance;
}

/** Changes the guard's part of a stored instance alone; the caller holds its lock. */
export async function changeGuard(store: Store, id: string, change: (guard: InstanceGuard) => InstanceGuard): Promise<void> {
  const document = await store.instances.load(id);
  if (document?.guard === undefined) return;
  await store.instances.update(id, document.guard.rev, { guard: nextGuard(change(document.guard)) });
}
