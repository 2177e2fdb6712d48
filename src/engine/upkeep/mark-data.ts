import { MARKS_FORMAT } from '../../core/marks/mark.js';
import { messageOf } from '../../core/thrown.js';
import type { InstanceGuard, Store, StoredInstance } from '../../store/port.js';
import { BESIDE_GUARD, LARGE_FIELDS } from '../../store/query/large-fields.js';
import { placeOfInstance, walk } from '../../store/query/walk.js';
import type { GuardLogger } from '../contract/types.js';
import {
  beginsWith,
  readMarkedSoFar,
  saveMarkedSoFar,
  type DataPaths,
  type MarkedSoFar,
} from '../execution/data-paths.js';
import type { Retries } from '../execution/retries.js';
import { isTransient } from '../execution/transient.js';
import { deriveFacts } from '../model/derive.js';

const BATCH = 100;
/** Other processes may write instances during a pass and learn of a new path later. */
const MOST_PASSES = 3;

/**
 * Marks stored instances for data paths that were added after they were written. Lists search by a path when all
 * instances are marked for it. The work continues where it was stopped.
 */
export class DataMarking {
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly store: Store,
    private readonly paths: DataPaths,
    private readonly retries: Retries,
    private readonly logger: GuardLogger,
  ) {}

  /** Marks all instances in the background, unless that is being done. */
  start(): void {
    this.retries.later('marking instances for data', () => this.once(), {}, 0);
  }

  private once(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Resolves when the work has stopped; never rejects. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running?.catch(() => undefined);
  }

  private async run(): Promise<void> {
    for (;;) {
      const { complete, pass } = await readMarkedSoFar(this.store);
      const { list } = this.paths;
      // A process that knows more paths marks them.
      if (this.stopped || complete >= list.length || (pass !== undefined && pass.paths > list.length)) return;
      let marked = await this.pass(list, pass?.paths === list.length ? pass.after : undefined);
      for (let left = MOST_PASSES - 1; marked > 0 && left > 0 && !this.stopped; left--)
        marked = await this.pass(list);
      if (this.stopped) return;
      await this.save(list.length);
      await this.paths.refresh();
      this.logger.info('instances are marked for data that rules compare', { paths: list });
    }
  }

  /** Looks at all instances, or at those behind one. @returns how many were marked */
  private async pass(list: readonly string[], from?: string): Promise<number> {
    let marked = 0;
    const { instances } = this.store;
    const find: Parameters<typeof walk<StoredInstance>>[1] = (page) =>
      instances.find({ filter: {}, without: BESIDE_GUARD, ...page });
    for await (const batch of walk(BATCH, find, placeOfInstance, from === undefined ? from : { id: from })) {
      for (const { id, guard } of batch) {
        if (this.stopped) return marked;
        if (lacks(guard, list) && (await this.tryMark(id, list))) marked++;
      }
      await this.save(0, { paths: list.length, after: String(batch.at(-1)?._id) });
    }
    return marked;
  }

  /** Another process may have completed more meanwhile. */
  private async save(complete: number, pass?: MarkedSoFar['pass']): Promise<void> {
    const known = await readMarkedSoFar(this.store);
    await saveMarkedSoFar(this.store, {
      complete: Math.max(known.complete, complete),
      ...(pass !== undefined && { pass }),
    });
  }

  /** An instance that cannot be written, such as one that is full, does not keep the others from being marked. */
  private async tryMark(id: string, list: readonly string[]): Promise<boolean> {
    try {
      return await this.mark(id, list);
    } catch (error) {
      if (isTransient(error)) throw error;
      this.logger.warn('an instance could not be marked for data', { instance: id, error: messageOf(error) });
      return false;
    }
  }

  /** The revision stays the same: a running command must not fail because of it, and writes its own marks. */
  private async mark(id: string, list: readonly string[]): Promise<boolean> {
    const instance = await this.store.instances.load(id, LARGE_FIELDS);
    const guard = instance?.guard;
    if (instance === undefined || guard === undefined || !lacks(guard, list)) return false;
    deriveFacts(instance, Object.assign(guard, { dataPaths: list }));
    return this.store.instances.update(id, guard.rev, { guard });
  }
}

/**
 * Instances of an earlier format are marked by `reindex`. A restored store may have instances that are marked for
 * another list.
 */
function lacks(guard: InstanceGuard | undefined, list: readonly string[]): guard is InstanceGuard {
  const stored = guard?.dataPaths ?? [];
  return guard?.format === MARKS_FORMAT && !beginsWith(stored, list);
}
