import { MARKS_FORMAT } from '../../core/mark.js';
import type { InstanceGuard, Store, StoredInstance } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored-items.js';
import { deriveGuard } from '../model/derive.js';
import type { HostDefinition } from '../model/host.js';
import { legacyGuard } from '../model/legacy.js';

const MARKER = 'reindexed';
/** From before the guard, or with marks of another version. */
const OUTDATED = Object.freeze({ $nor: Object.freeze([{ 'guard.format': MARKS_FORMAT }]) });
const BATCH = 100;

/** Whether every stored instance carries what the guard adds, in this version; lists are searched by it only then. */
export interface Reindexed {
  readonly value: boolean;
  refresh(): Promise<void>;
}

/** Reads the marker; a store without instances of an earlier version is complete from the start. */
export async function isReindexed(store: Store): Promise<Reindexed> {
  const state = { value: false, refresh };
  async function refresh(): Promise<void> {
    state.value = (await store.values('guard').get(MARKER)) === MARKS_FORMAT;
  }
  await refresh();
  if (
    !state.value &&
    (await store.instances.find({ filter: OUTDATED, limit: 1, without: ['source', 'svg', 'logs', 'items'] }))
      .length === 0
  ) {
    await store.values('guard').set(MARKER, MARKS_FORMAT);
    state.value = true;
  }
  return state;
}

export interface ReindexProgress {
  readonly done: number;
  readonly left: number;
  /**
   * Instances that were changed by others meanwhile, or whose model could not be read; they are found again
   * next time.
   */
  readonly skipped: number;
}

export interface ReindexOptions {
  readonly load: (instance: StoredInstance) => Promise<HostDefinition>;
  readonly onProgress?: (progress: ReindexProgress) => void;
  /** Stops after the batch in work; a later call goes on where this one stopped. */
  readonly signal?: AbortSignal;
}

/** The guard's part of an instance from before the guard. */
async function adopted(instance: StoredInstance, load: ReindexOptions['load']): Promise<InstanceGuard> {
  return { ...legacyGuard(itemsOf(instance) as never, await load(instance)), rev: 1 };
}

/**
 * Marks are written under the revision that they were made from, which stays: a command that is under way writes its
 * own marks with all else, and must not fail for these.
 */
async function reindexOne(store: Store, id: string, load: ReindexOptions['load']): Promise<boolean> {
  const instance = await store.instances.load(id);
  if (instance === undefined || instance.guard?.format === MARKS_FORMAT) return true;
  const rev = instance.guard?.rev;
  const guard = rev === undefined ? await adopted(instance, load) : (instance.guard as InstanceGuard);
  deriveGuard(instance, guard);
  const { items, tenantId = null } = instance;
  return store.instances.update(id, rev, { items, guard, tenantId });
}

/**
 * Gives instances from before the guard what the guard adds (who started them, which tasks are open), and all others
 * the marks of this version. Goes on where an earlier run stopped, since what is done carries the version.
 * @returns true when nothing is left
 */
export async function reindex(store: Store, { load, onProgress, signal }: ReindexOptions): Promise<boolean> {
  let done = 0;
  const skipped = new Set<string>();
  while (signal?.aborted !== true) {
    const batch = await store.instances.find({
      filter: { $and: [OUTDATED, { id: { $nin: [...skipped] } }] },
      limit: BATCH,
      without: ['source', 'svg', 'logs', 'items', 'savePoints'],
    });
    if (batch.length === 0) break;
    for (const { id } of batch) {
      const ok = await reindexOne(store, id, load).catch(() => false);
      if (ok) done++;
      else skipped.add(id);
    }
    onProgress?.({ done, skipped: skipped.size, left: await store.instances.count({ filter: OUTDATED }) });
  }
  const left = await store.instances.count({ filter: OUTDATED });
  if (left === 0) await store.values('guard').set(MARKER, MARKS_FORMAT);
  return left === 0;
}
