import type { Store, StoredInstance } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored-items.js';
import { deriveGuard } from '../model/derive.js';
import type { HostDefinition } from '../model/host.js';
import { legacyGuard } from '../model/legacy.js';

const MARKER = 'reindexed';
const LEGACY = Object.freeze({ 'guard.rev': { $exists: false } });
const BATCH = 100;

/** Whether every stored instance carries what the guard adds; lists are narrowed by it only then (spec 08, 13). */
export interface Reindexed {
  readonly value: boolean;
  refresh(): Promise<void>;
}

/** Reads the marker; a store without instances from before is complete from the start. */
export async function isReindexed(store: Store): Promise<Reindexed> {
  const state = { value: false, refresh };
  async function refresh(): Promise<void> {
    state.value = (await store.values('guard').get(MARKER)) === true;
  }
  await refresh();
  if (
    !state.value &&
    (await store.instances.find({ filter: LEGACY, limit: 1, without: ['source', 'svg', 'logs', 'items'] }))
      .length === 0
  ) {
    await store.values('guard').set(MARKER, true);
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

async function reindexOne(store: Store, id: string, load: ReindexOptions['load']): Promise<boolean> {
  const instance = await store.instances.load(id);
  if (instance === undefined || instance.guard?.rev !== undefined) return true;
  const definition = await load(instance);
  const guard = legacyGuard(itemsOf(instance) as never, definition);
  guard.rev = 1;
  deriveGuard(instance, guard);
  return store.instances.update(id, undefined, {
    items: instance.items,
    guard,
    tenantId: instance.tenantId ?? null,
  });
}

/**
 * Gives instances from before the guard what the guard adds: who started them, which tasks are open, who may find them.
 * Goes on where an earlier run stopped, since what is done carries a revision.
 * @returns true when nothing is left
 */
export async function reindex(store: Store, { load, onProgress, signal }: ReindexOptions): Promise<boolean> {
  let done = 0;
  const skipped = new Set<string>();
  while (signal?.aborted !== true) {
    const batch = await store.instances.find({
      filter: { $and: [LEGACY, { id: { $nin: [...skipped] } }] },
      limit: BATCH,
      without: ['source', 'svg', 'logs', 'items', 'savePoints'],
    });
    if (batch.length === 0) break;
    for (const { id } of batch) {
      const ok = await reindexOne(store, id, load).catch(() => false);
      if (ok) done++;
      else skipped.add(id);
    }
    onProgress?.({ done, skipped: skipped.size, left: await store.instances.count({ filter: LEGACY }) });
  }
  const left = await store.instances.count({ filter: LEGACY });
  if (left === 0) await store.values('guard').set(MARKER, true);
  return left === 0;
}
