import { MARKS_FORMAT } from '../../core/marks/mark.js';
import { REINDEXED } from '../../store/contents/markers.js';
import type { Cursor, InstanceGuard, Store, StoredInstance } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored.js';
import { OUTDATED } from '../../store/query/plan-marks.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { readDataPaths } from '../execution/data-paths.js';
import { deriveGuard } from '../model/derive.js';
import type { HostDefinition } from '../model/host.js';
import { legacyGuard } from '../model/legacy.js';
import { countAll } from './count-all.js';

const BATCH = 100;
const UNREAD = [...LARGE_FIELDS, 'items'];

/** Whether every stored instance has the guard's marks of this version. Only then do lists search by them. */
export interface Reindexed {
  readonly value: boolean;
  refresh(): Promise<void>;
}

/** Reads the marker. A store without instances of an earlier version is complete from the start. */
export async function isReindexed(store: Store): Promise<Reindexed> {
  const state = { value: false, refresh };
  async function refresh(): Promise<void> {
    state.value = (await store.values(REINDEXED.namespace).get(REINDEXED.key)) === MARKS_FORMAT;
  }
  await refresh();
  if (!state.value && !(await store.instances.exists({ filter: OUTDATED }))) {
    await store.values(REINDEXED.namespace).set(REINDEXED.key, MARKS_FORMAT);
    state.value = true;
  }
  return state;
}

export interface ReindexProgress {
  readonly done: number;
  /** Those that were outdated at the beginning and are still. */
  readonly left: number;
  /** Instances changed by others in the meantime, or whose model could not be read. The next run finds them again. */
  readonly skipped: number;
}

export interface ReindexOptions {
  readonly load: (instance: StoredInstance) => Promise<HostDefinition>;
  readonly onProgress?: (progress: ReindexProgress) => void;
  /** Stops after the current batch. A later call continues from there. */
  readonly signal?: AbortSignal;
}

/** Builds the guard's fields for an instance stored before the guard. */
async function adopted(instance: StoredInstance, load: ReindexOptions['load']): Promise<InstanceGuard> {
  return { ...legacyGuard(itemsOf(instance) as never, await load(instance)), rev: 1 };
}

/**
 * Marks are written under the revision they were derived from, which stays the same: a running command writes its
 * own marks with everything else and must not fail because of these.
 */
async function reindexOne(
  store: Store,
  id: string,
  load: ReindexOptions['load'],
  dataPaths: readonly string[],
): Promise<boolean> {
  const instance = await store.instances.load(id);
  if (instance === undefined || instance.guard?.format === MARKS_FORMAT) return true;
  const rev = instance.guard?.rev;
  const guard = rev === undefined ? await adopted(instance, load) : (instance.guard as InstanceGuard);
  deriveGuard(instance, Object.assign(guard, dataPaths.length > 0 ? { dataPaths } : {}));
  const { items, tenantId = null } = instance;
  return store.instances.update(id, rev, { items, guard, tenantId });
}

/**
 * Adds the guard's fields (starter, open tasks) to instances stored before the guard, and marks of this version to
 * all others. Continues where an earlier run stopped, since finished instances carry the version.
 * @returns true if nothing is left
 */
export async function reindex(store: Store, { load, onProgress, signal }: ReindexOptions): Promise<boolean> {
  const dataPaths = await readDataPaths(store);
  const total = await countAll(store.instances, OUTDATED);
  let [done, skipped] = [0, 0];
  // Each batch begins behind the last one, so that no instance is looked at twice.
  for (let after: Cursor | undefined; signal?.aborted !== true;) {
    const batch = await store.instances.find({ filter: OUTDATED, limit: BATCH, without: UNREAD, after });
    for (const { id } of batch)
      if (await reindexOne(store, id, load, dataPaths).catch(() => false)) done++;
      else skipped++;
    const last = batch.at(-1);
    if (last === undefined) break;
    onProgress?.({ done, skipped, left: Math.max(0, total - done) });
    after = { id: String(last._id) };
  }
  const outdated = await countAll(store.instances, OUTDATED);
  if (outdated === 0) await store.values(REINDEXED.namespace).set(REINDEXED.key, MARKS_FORMAT);
  return outdated === 0;
}
