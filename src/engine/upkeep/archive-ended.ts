import { CALL_ACTIVITY } from '../../core/condition/element-types.js';
import { isGuardError } from '../../core/errors.js';
import type { Filter, InstanceStore, StoredInstance } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { atRevision, itemsOf } from '../../store/query/stored.js';
import { placeOfInstance, walk } from '../../store/query/walk.js';
import { countAll } from './count-all.js';

/** Instances per batch, and bytes. */
const BATCH = 100;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Instances that are archived at once: each is loaded as a whole. */
const AT_ONCE = 8;

const ENDED = Object.freeze(['end', 'terminated']);

/** How many instances were dealt with. */
export interface ArchiveProgress {
  /** Archived; in a dry run, those that would be. */
  readonly archived: number;
  /** Kept because another process of their case had not ended by that date. */
  readonly kept: number;
  /** Left because somebody changed them meanwhile. */
  readonly changed: number;
  /** Kept because the archive cannot hold it, with its log and save points. */
  readonly tooLarge: number;
  /** How many had ended by then at the beginning. */
  readonly total: number;
}

/** The counts at the end of a run. */
export interface Archived extends ArchiveProgress {
  /** Whether all were looked at. */
  readonly complete: boolean;
  /** What stopped it; missing: nothing. The counts are those until then. */
  readonly failed?: { readonly error: unknown };
}

export interface ArchiveOptions {
  /** Instances that ended before this time. */
  readonly before: Date;
  /** Counts, and archives nothing. */
  readonly dryRun?: boolean;
  readonly onProgress?: (progress: ArchiveProgress) => void;
  /** Stops after the current batch. A later call continues from there. */
  readonly signal?: AbortSignal;
}

const endedBefore = (before: Date): Filter => ({
  status: { $in: ENDED },
  endedAt: { $lt: before },
  'guard.unfinished': { $ne: true },
});

/** Moves ended instances to the archive, one case after the other. */
class Archiver {
  constructor(
    private readonly instances: InstanceStore,
    private readonly before: Date,
  ) {}

  private async anyOf(filter: Filter): Promise<StoredInstance[]> {
    return this.instances.find({ filter, without: LARGE_FIELDS });
  }

  /** True when the process at the top of the case is stored and had not ended by that date. */
  private async goesOnAbove({ id, guard }: StoredInstance): Promise<boolean> {
    const root = guard?.root;
    if (root === undefined || root === id) return false;
    const [atTop] = await this.anyOf({ id: root });
    return atTop !== undefined && !this.hasEnded(atTop);
  }

  private hasEnded({ status, endedAt }: StoredInstance): boolean {
    return ENDED.includes(status as string) && endedAt instanceof Date && endedAt < this.before;
  }

  /** True when a process below had not ended by that date. */
  private async goesOnBelow(instance: StoredInstance, seen = new Set([instance.id])): Promise<boolean> {
    const calling = itemsOf(instance).flatMap(({ id, type }) => (type === CALL_ACTIVITY ? [id] : []));
    const added = instance.guard?.processes ?? [];
    const below = [
      ...(calling.length > 0 ? await this.anyOf({ parentItemId: { $in: calling } }) : []),
      ...(added.length > 0 ? await this.anyOf({ id: { $in: added } }) : []),
    ].filter(({ id }) => !seen.has(id));
    for (const one of below) {
      seen.add(one.id);
      if (!this.hasEnded(one) || (await this.goesOnBelow(one, seen))) return true;
    }
    return false;
  }

  async belongsToRunning(instance: StoredInstance): Promise<boolean> {
    return (await this.goesOnAbove(instance)) || this.goesOnBelow(instance);
  }

  /**
   * Copies the instance to the archive, then removes it at the revision that was copied. If the process ends in
   * between, the next run does both again.
   */
  private async archive({ id }: StoredInstance): Promise<boolean> {
    const whole = await this.instances.load(id);
    if (whole === undefined || !this.hasEnded(whole)) return false;
    await this.instances.archive([whole]);
    const unchanged: Filter = { status: whole.status, ...atRevision(whole.guard?.rev) };
    return (await this.instances.remove([id], unchanged)) === 1;
  }

  /** What became of it. One that is too large for the archive does not keep the others from it. */
  async outcome(instance: StoredInstance): Promise<'archived' | 'changed' | 'tooLarge'> {
    try {
      return (await this.archive(instance)) ? 'archived' : 'changed';
    } catch (error) {
      if (isGuardError(error) && error.code === 'too-large') return 'tooLarge';
      throw error;
    }
  }
}

/** Waits for the end of each, then throws the first error: none goes on once the counts are read. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/**
 * Moves instances that ended before a time to the archive, with their logs and save points. Instances of a case of
 * which a process still runs stay, because its rules may refer to them. May be repeated, and run beside an application.
 * @returns the counts, also if it fails in the middle: what was moved is moved
 */
export async function archiveEnded(
  instances: InstanceStore,
  { before, dryRun = false, onProgress, signal }: ArchiveOptions,
): Promise<Archived> {
  const filter = endedBefore(before);
  const archiver = new Archiver(instances, before);
  const total = await countAll(instances, filter);
  const counts = { archived: 0, kept: 0, changed: 0, tooLarge: 0 };
  const one = async (instance: StoredInstance): Promise<void> => {
    if (await archiver.belongsToRunning(instance)) counts.kept++;
    else counts[dryRun ? 'archived' : await archiver.outcome(instance)]++;
  };
  const plan = { filter, bytes: BATCH_BYTES, without: LARGE_FIELDS };
  try {
    for await (const batch of walk(BATCH, (page) => instances.find({ ...plan, ...page }), placeOfInstance)) {
      if (signal?.aborted === true) return { ...counts, total, complete: false };
      for (let at = 0; at < batch.length; at += AT_ONCE) await allOf(batch.slice(at, at + AT_ONCE).map(one));
      onProgress?.({ ...counts, total });
    }
  } catch (error) {
    return { ...counts, total, complete: false, failed: { error } };
  }
  return { ...counts, total, complete: true };
}
