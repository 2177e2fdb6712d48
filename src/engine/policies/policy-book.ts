import type { DecisionPoint } from '../../core/decision-point.js';
import { Conflict, CouldNotTell } from '../../core/errors.js';
import type { SecurityRoles } from '../../core/policies/security-roles.js';
import { PolicySet, type PolicyChange } from '../../core/policy-set.js';
import { PolicyLog, type VersionFacts } from '../../store/policy-log.js';
import type { PolicyStore } from '../../store/port.js';
import type { Incidents } from '../contract/incidents.js';

/** Tenants whose sets stay compiled; the one that was loaded longest ago gives way. */
const MOST = 1000;
/** A snapshot is due after so many changes, and after as many as the set has entries. */
const LEAST = 1000;

/** What was made of a set. */
export interface Compiled {
  readonly point: DecisionPoint;
  readonly securityRoles: SecurityRoles;
}

/** What is in force for a tenant: one version of its policy set, and what was made of it. */
export interface InForce extends Compiled {
  readonly set: PolicySet;
}

/** Says what a version is, beside what it changes; the number follows from the one that was read. */
export type ChangeFacts = Omit<VersionFacts, 'tenantId' | 'version'>;

/** Somebody else changed the policy set first. */
export const outdated = (version: number): Conflict =>
  new Conflict(
    'conflict',
    `The policies were changed meanwhile; the newest version is ${version}. Read it, and try again.`,
  );

/**
 * The policy sets in force. Each call asks for the newest version of its tenant, so that a change through any process
 * counts from the very next call on, and then keeps to that one decision point. What was compiled, and what a decision
 * point keeps, goes with its version.
 */
export class PolicyBook {
  private readonly log: PolicyLog;
  private readonly known = new Map<string | null, InForce>();
  private readonly loading = new Map<string | null, Promise<InForce>>();
  /** Changes since the last snapshot, of the tenants that are known. */
  private readonly changes = new Map<string | null, number>();
  /** What holds where nothing was ever configured. */
  readonly nothing: InForce;

  /**
   * @param compile makes the decision point of a set, and what else follows from it
   * @throws what `compile` throws for a set without entries
   */
  constructor(
    store: PolicyStore,
    private readonly compile: (set: PolicySet) => Compiled,
    private readonly incidents: Incidents,
  ) {
    this.log = new PolicyLog(store);
    this.nothing = { set: PolicySet.EMPTY, ...compile(PolicySet.EMPTY) };
  }

  /**
   * What is in force for the tenant now.
   * @throws CouldNotTell when the log cannot be read, or what it holds cannot be understood
   */
  async current(tenantId: string | null): Promise<InForce> {
    const head = await this.log.head(tenantId);
    if (head === 0) return this.nothing;
    const known = this.known.get(tenantId);
    return known !== undefined && known.set.version >= head ? known : this.load(tenantId, head);
  }

  /** The newest that this process knows of, which may not be in force any more. */
  newest(tenantId: string | null): InForce {
    return this.known.get(tenantId) ?? this.nothing;
  }

  /** The tenant's set as it was at an older version. */
  async at(tenantId: string | null, version: number): Promise<PolicySet> {
    return (await this.log.load(tenantId, version)).set;
  }

  /** One load of a tenant at a time; who comes meanwhile waits for it, and looks again. */
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
    const loaded = this.keep(tenantId, { set, ...this.understood(tenantId, set) });
    // Nobody waits for it, and it does not fail.
    void this.snapshotWhenDue(tenantId, set, replayed);
    return loaded;
  }

  /** @throws CouldNotTell `could-not-tell`: what is stored and not understood is not the same as nothing */
  private understood(tenantId: string | null, set: PolicySet): Compiled {
    try {
      return this.compile(set);
    } catch (error) {
      const { version } = set;
      this.incidents.record('policy', 'the stored policies cannot be understood', error, {
        tenantId,
        version,
      });
      throw new CouldNotTell('could-not-tell', 'The stored policies cannot be understood.', { cause: error });
    }
  }

  /** Never puts an older version in the place of a newer one. */
  private keep(tenantId: string | null, loaded: InForce): InForce {
    const known = this.known.get(tenantId);
    if (known !== undefined && known.set.version >= loaded.set.version) return known;
    this.known.delete(tenantId);
    if (this.known.size >= MOST) this.drop(this.known.keys().next().value as string | null);
    this.known.set(tenantId, loaded);
    return loaded;
  }

  private drop(tenantId: string | null): void {
    this.known.delete(tenantId);
    this.changes.delete(tenantId);
  }

  /**
   * Adds a version to the tenant's log, whole or not at all.
   * @param from what the changes were made for and checked against
   * @throws Conflict `conflict` when there is a newer version; BadInput for a set that cannot be compiled
   */
  async change(
    tenantId: string | null,
    from: InForce,
    facts: ChangeFacts,
    changes: readonly PolicyChange[],
  ): Promise<InForce> {
    const version = from.set.version + 1;
    const set = from.set.with(version, changes);
    const changed = { set, ...this.compile(set) };
    if (!(await this.log.append({ ...facts, tenantId, version }, changes)))
      throw outdated(await this.log.head(tenantId));
    await this.snapshotWhenDue(tenantId, set, changes.length);
    return this.keep(tenantId, changed);
  }

  /** A snapshot saves time only: without it the set is read from more of the log. */
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
