import type { DecisionPoint } from '../../core/decision/decision-point.js';
import { BadInput, Conflict, CouldNotTell, isGuardError } from '../../core/errors.js';
import { atOnce, type InSteps } from '../../core/in-steps.js';
import type { CompiledSet } from '../../core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../core/policy-set/policy-set.js';
import { messageOf } from '../../core/thrown.js';
import { PolicyLog, type VersionFacts } from '../../store/policy-log.js';
import type { PolicyStore } from '../../store/port.js';
import { Turns } from '../../store/turns.js';
import type { Incidents } from '../contract/incidents.js';

/** Maximum number of tenants whose sets stay compiled; the one loaded longest ago is dropped first. */
const MOST = 1000;
/** Minimum number of changes between snapshots; larger sets wait for as many changes as they have entries. */
const LEAST = 1000;

/** A compiled policy set. */
export interface Compiled extends Omit<CompiledSet, 'policies'> {
  readonly point: DecisionPoint;
  /** What is left to make for lists, once the set is in force. */
  readonly preparing?: InSteps<void>;
}

/** A set that is compiled in steps, between which other calls can run. */
export type Compiling = InSteps<Compiled>;

/** The policies in force for a tenant: one version of its policy set, compiled. */
export interface InForce extends Compiled {
  readonly set: PolicySet;
}

/** The metadata of a new version; its number is the one after the version that was read. */
export type ChangeFacts = Omit<VersionFacts, 'tenantId' | 'version'>;

/** Someone else changed the policy set first. */
export class Outdated extends Conflict {
  /** @param version the newest */
  constructor(readonly version: number) {
    super(
      'conflict',
      `The policies have changed in the meantime; the newest version is ${version}. Read it and try again.`,
    );
    this.name = Conflict.name;
  }
}

/**
 * The policy sets in force. Each call reads the newest version of its tenant and uses its decision point until it ends,
 * so a change by any process takes effect at the next call. The caches of a decision point are dropped with its
 * version.
 */
export class PolicyBook {
  private readonly log: PolicyLog;
  /** Long work on policies takes turns with other calls. */
  readonly turns = new Turns();
  private readonly known = new Map<string | null, InForce>();
  private readonly loading = new Map<string | null, Promise<InForce>>();
  /** Changes since the last snapshot, by known tenant. */
  private readonly changes = new Map<string | null, number>();
  /** Of sets in force: the work that calls wait for, while others run. */
  private readonly prepared = new WeakMap<InForce, Promise<void>>();
  /** The policies of a tenant without any configuration. */
  readonly nothing: InForce;

  /**
   * @param compile makes what decides of a set; `before` is another version of the tenant
   * @throws the error of `compile` for a set without entries
   */
  constructor(
    store: PolicyStore,
    private readonly compile: (set: PolicySet, before?: InForce) => Compiling,
    private readonly incidents: Incidents,
  ) {
    this.log = new PolicyLog(store, this.turns);
    this.nothing = { set: PolicySet.EMPTY, ...atOnce(compile(PolicySet.EMPTY)) };
  }

  /**
   * The policies in force for the tenant now, with what lists need of them.
   * @throws CouldNotTell when the log cannot be read or understood
   */
  async current(tenantId: string | null): Promise<InForce> {
    const found = await this.forDecisions(tenantId);
    await this.prepared.get(found);
    return found;
  }

  /**
   * The policies in force for the tenant now; what lists need of them may still be made. A command that holds a lock
   * does not wait for that.
   * @throws CouldNotTell when the log cannot be read or understood
   */
  async forDecisions(tenantId: string | null): Promise<InForce> {
    const before = this.known.get(tenantId);
    const head = await this.log.head(tenantId);
    if (before !== undefined && head < before.set.version)
      throw this.lost(tenantId, head, before.set.version);
    if (head === 0) return this.nothing;
    const known = this.known.get(tenantId);
    return known !== undefined && known.set.version >= head ? known : this.load(tenantId, head);
  }

  /** Versions that were in force are gone from the log, and what they restricted with them. */
  private lost(tenantId: string | null, head: number, version: number): CouldNotTell {
    const error = new CouldNotTell('store-damaged', 'The newest versions of the policies are missing.');
    this.incidents.record('policy', 'the log of the policies lost versions', error, {
      tenantId,
      version,
      head,
    });
    return error;
  }

  /** Whether what lists need of these policies is still being made. */
  isPreparing(found: InForce): boolean {
    return this.prepared.has(found);
  }

  /** The newest policies that this process has loaded; they may be outdated. */
  newest(tenantId: string | null): InForce {
    return this.known.get(tenantId) ?? this.nothing;
  }

  /** The tenant's set at an older version. */
  async at(tenantId: string | null, version: number): Promise<PolicySet> {
    return (await this.log.load(tenantId, version)).set;
  }

  /**
   * Loads a tenant's set, once at a time; concurrent callers wait and check again. Nothing here expires: a set is valid
   * until the head is newer.
   */
  private async load(tenantId: string | null, head: number): Promise<InForce> {
    for (;;) {
      const running = this.loading.get(tenantId);
      if (running === undefined) break;
      const loaded = await running.catch(() => undefined);
      if (loaded !== undefined && loaded.set.version >= head) return loaded;
    }
    const load = this.loadNow(tenantId, head);
    this.loading.set(tenantId, load);
    try {
      return await load;
    } finally {
      this.loading.delete(tenantId);
    }
  }

  private async loadNow(tenantId: string | null, head: number): Promise<InForce> {
    const known = this.known.get(tenantId);
    const { set, replayed } =
      known === undefined
        ? await this.log.load(tenantId, head)
        : await this.log.advance(tenantId, known.set, head);
    const loaded = this.keep(tenantId, { set, ...(await this.understood(tenantId, set)) });
    // Not awaited; it never rejects.
    void this.snapshotWhenDue(tenantId, set, replayed);
    return loaded;
  }

  /** @throws CouldNotTell `could-not-tell`: an unreadable set must not count as an empty one */
  private async understood(tenantId: string | null, set: PolicySet): Promise<Compiled> {
    try {
      return await this.turns.finish(this.compile(set, this.known.get(tenantId)));
    } catch (error) {
      const { version } = set;
      this.incidents.record('policy', 'the stored policies cannot be understood', error, {
        tenantId,
        version,
      });
      throw new CouldNotTell('could-not-tell', 'The stored policies cannot be understood.', { cause: error });
    }
  }

  /** Keeps the loaded set, unless a newer one is already known. */
  private keep(tenantId: string | null, loaded: InForce): InForce {
    const known = this.known.get(tenantId);
    if (known !== undefined && known.set.version >= loaded.set.version) return known;
    this.known.delete(tenantId);
    if (this.known.size >= MOST) this.drop(this.known.keys().next().value as string | null);
    this.known.set(tenantId, loaded);
    this.prepare(loaded);
    return loaded;
  }

  /** Makes what lists need. Calls wait for it, unless they hold a lock; the change that led to the set does not. */
  private prepare(loaded: InForce): void {
    if (loaded.preparing === undefined) return;
    const done = (): void => void this.prepared.delete(loaded);
    // What fails here fails again in the calls that ask for it, which say so.
    const { preparing } = loaded;
    const made = this.turns.next().then(() => this.turns.finish(preparing));
    this.prepared.set(loaded, made.then(done, done));
  }

  private drop(tenantId: string | null): void {
    this.known.delete(tenantId);
    this.changes.delete(tenantId);
  }

  /**
   * Adds a version to the tenant's log atomically.
   * @param set the set after the changes, one version above the set that they were checked against
   * @param stillMay refuses callers who lost the right while the set was compiled
   * @throws Conflict `conflict` when a newer version exists; BadInput for a set that cannot be compiled
   */
  async change(
    tenantId: string | null,
    set: PolicySet,
    facts: ChangeFacts,
    changes: readonly PolicyChange[],
    stillMay?: () => Promise<void>,
  ): Promise<InForce> {
    const { version } = set;
    const changed = { set, ...(await this.compilable(tenantId, set)) };
    await stillMay?.();
    if (!(await this.log.append({ ...facts, tenantId, version }, changes)))
      throw new Outdated(await this.log.head(tenantId));
    // Kept first: who asks meanwhile would compile it again.
    const kept = this.keep(tenantId, changed);
    await this.snapshotWhenDue(tenantId, set, changes.length);
    return kept;
  }

  /** @throws BadInput `bad-policy`, so that nothing is stored that calls would stumble over */
  private async compilable(tenantId: string | null, set: PolicySet): Promise<Compiled> {
    try {
      return await this.turns.finish(this.compile(set, this.known.get(tenantId)));
    } catch (error) {
      if (isGuardError(error)) throw error;
      const why = `The policies would not be understood: ${messageOf(error)}.`;
      throw new BadInput('bad-policy', why, { cause: error });
    }
  }

  /** Stores a snapshot. Its failure is harmless: loading then replays more of the log. */
  private async snapshotWhenDue(tenantId: string | null, set: PolicySet, count: number): Promise<void> {
    const since = (this.changes.get(tenantId) ?? 0) + count;
    this.changes.set(tenantId, since);
    if (since < Math.max(LEAST, set.size)) return;
    this.changes.set(tenantId, 0);
    try {
      await this.log.addSnapshot(tenantId, set);
    } catch (error) {
      this.incidents.record('policy', 'a snapshot of the policies could not be stored', error, {});
    }
  }
}
