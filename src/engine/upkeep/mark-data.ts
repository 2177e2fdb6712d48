import type { Cursor, InstanceGuard, Store } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { MARKS_FORMAT } from '../../core/mark.js';
import type { GuardLogger } from '../contract/types.js';
import type { DataPaths } from '../execution/data-paths.js';
import type { Retries } from '../execution/retries.js';
import { deriveFacts } from '../model/derive.js';

const MARKER = 'dataMarked';
const BATCH = 100;
const UNREAD = [...LARGE_FIELDS, 'items', 'tokens', 'loops', 'data'];

/** How far the work has come: the number of paths, and the last instance looked at; missing: all were. */
interface Progress {
  readonly paths: number;
  readonly after?: string;
}

const asProgress = (value: unknown): Progress =>
  typeof value === 'object' && value !== null ? (value as Progress) : { paths: 0 };

/**
 * Marks stored instances for data paths that were added after they were written. Lists find those that are not marked
 * yet too, so this only makes lists faster. It continues where it was stopped.
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
    const values = this.store.values('guard');
    for (;;) {
      const { list } = this.paths;
      const { paths, after } = asProgress(await values.get(MARKER));
      if (this.stopped || (paths >= list.length && after === undefined)) return;
      await this.markAll(list, paths === list.length ? after : undefined);
    }
  }

  private async markAll(list: readonly string[], from: string | undefined): Promise<void> {
    let [after, marked]: [Cursor | undefined, number] = [from === undefined ? undefined : { id: from }, 0];
    const save = (progress: Progress): Promise<void> => this.store.values('guard').set(MARKER, progress);
    for (;;) {
      const batch = await this.store.instances.find({ filter: {}, limit: BATCH, without: UNREAD, after });
      for (const { id, guard } of batch) {
        if (this.stopped) return;
        if (lacks(guard, list) && (await this.mark(id, list))) marked++;
      }
      const last = batch.at(-1);
      if (last === undefined) break;
      after = { id: String(last._id) };
      await save({ paths: list.length, after: after.id });
    }
    await save({ paths: list.length });
    this.logger.info('instances are marked for data that rules compare', { paths: list, marked });
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

/** Instances of an earlier format are marked by `reindex`. */
const lacks = (guard: InstanceGuard | undefined, list: readonly string[]): guard is InstanceGuard =>
  guard?.format === MARKS_FORMAT && (guard.dataPaths ?? []).length < list.length;
