import { isDeepStrictEqual } from 'node:util';
import { MARKS_FORMAT } from '../../core/marks/mark.js';
import { normalise } from '../../store/bson/codec.js';
import type { InstanceGuard, Store, StoredInstance } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { deriveGuard } from '../model/derive.js';
import { isReindexed } from './reindex.js';

const BATCH = 100;
/** Ids named per kind of fault. */
const NAMED = 20;

/** The faults in a store's data; after a repair, the remaining ones. */
export interface Findings {
  readonly checked: number;
  readonly missingIndexes: readonly string[];
  /** Instances stored before the guard, or by an unguarded host beside it: for `reindex`. */
  readonly unindexed: number;
  /** Instances whose search data does not match their items; the ids of the first few. */
  readonly wrong: number;
  readonly wrongIds: readonly string[];
  readonly repaired: number;
  /** Instances that changed during the repair and must be checked again. */
  readonly changed: number;
}

export interface VerifyOptions {
  /** Writes the expected data: search data of instances, and indexes. */
  readonly repair?: boolean;
  readonly onProgress?: (checked: number) => void;
}

/** The value without null and missing fields, since a store may keep one as the other. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null && entry !== undefined)
      .map(([key, entry]) => [key, bare(entry)]),
  );
}

function partOfGuard(instance: StoredInstance): unknown {
  const { guard } = instance;
  return bare({
    open: guard?.open ?? [],
    read: guard?.read ?? [],
    // Missing in instances of an earlier release.
    timers: guard?.timers,
    format: guard?.format,
    roles: guard?.roles,
    roleCounts: guard?.roleCounts,
    items: itemsOf(instance).map((item) => item.guard ?? {}),
  });
}

/** The instance with its expected search data. */
function derived(instance: StoredInstance): StoredInstance {
  const copy = normalise(instance);
  const guard = bare(copy.guard) as InstanceGuard;
  deriveGuard(copy, guard);
  copy.guard = {
    ...(normalise(instance).guard as InstanceGuard),
    open: guard.open ?? [],
    read: guard.read ?? [],
    format: MARKS_FORMAT,
    ...(instance.guard?.timers !== undefined && { timers: guard.timers === true }),
    ...(guard.roles !== undefined && { roles: guard.roles }),
    ...(guard.roleCounts !== undefined && { roleCounts: guard.roleCounts }),
  };
  return copy;
}

async function repairOne(store: Store, should: StoredInstance): Promise<boolean> {
  const { id, items, guard } = should as StoredInstance & { guard: InstanceGuard };
  return store.instances.update(id, guard.rev, { items, guard: { ...guard, rev: guard.rev + 1 } });
}

/** Compares the stored data with what should follow from it. Writes only if `repair` is set. */
export async function verifyStore(
  store: Store,
  { repair = false, onProgress }: VerifyOptions = {},
): Promise<Findings> {
  if (repair) await store.install();
  const counts = { checked: 0, unindexed: 0, wrong: 0, repaired: 0, changed: 0 };
  const wrongIds: string[] = [];
  let after: { id: string } | undefined;
  for (;;) {
    const batch = await store.instances.find({ filter: {}, limit: BATCH, without: LARGE_FIELDS, after });
    for (const instance of batch) {
      counts.checked++;
      if (typeof instance.guard?.rev !== 'number') {
        counts.unindexed++;
        continue;
      }
      const should = derived(instance);
      if (isDeepStrictEqual(partOfGuard(instance), partOfGuard(should))) continue;
      counts.wrong++;
      if (wrongIds.length < NAMED) wrongIds.push(instance.id);
      if (!repair) continue;
      if (await repairOne(store, should)) counts.repaired++;
      else counts.changed++;
    }
    onProgress?.(counts.checked);
    const last = batch.at(-1);
    if (batch.length < BATCH || last === undefined) break;
    after = { id: String(last._id) };
  }
  if (repair && counts.unindexed === 0) await isReindexed(store);
  return { ...counts, wrongIds, missingIndexes: await store.missingIndexes() };
}
