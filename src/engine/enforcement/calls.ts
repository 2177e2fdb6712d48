import { isGuardError } from '../../core/errors.js';
import { propertyOf } from '../../core/thrown.js';
import type { Right } from '../../core/rights.js';
import type { Operation } from '../../core/operation.js';
import type { SecureUser } from '../../core/principal.js';
import type { Store } from '../../store/port.js';
import { Turns } from '../../store/turns.js';
import type { Incidents } from '../contract/incidents.js';
import type { InForce, PolicyBook } from '../policy-book/policy-book.js';
import { isOutage } from '../execution/transient.js';
import type { Audit, Target } from './audit.js';
import { Call } from './call.js';
import type { Events } from './events.js';
import type { DataPaths } from '../execution/data-paths.js';
import type { ChangeTurns } from '../execution/change-turns.js';
import type { PeopleLock } from '../execution/people-lock.js';
import type { Principals } from './principals.js';
import { ReadableFacts } from './readable-facts.js';
import type { UnmarkedRules } from './unmarked-rules.js';

/** Longest name of a user in an entry of the audit trail. */
const LONGEST_ID = 200;

/** Creates one {@link Call} per public call and records refusals. */
export class Calls {
  /** Turns for building large answers: many rows, or large ones. */
  readonly turns = new Turns();
  readonly readable = new ReadableFacts();

  constructor(
    readonly book: PolicyBook,
    readonly principals: Principals,
    readonly audit: Audit,
    readonly events: Events,
    readonly store: Store,
    readonly incidents: Incidents,
    readonly bypass: boolean,
    private readonly isReindexed: () => boolean,
    private readonly dataPaths: DataPaths,
    readonly unmarked: UnmarkedRules,
    readonly people: PeopleLock,
    readonly changes: ChangeTurns,
    /** How many sections, and models in them, one user may make who is no administrator. */
    readonly sectionLimit: number,
  ) {}

  /** How lists are searched now. */
  get searching(): { readonly reindexed: boolean; readonly dataPaths: readonly string[] } {
    return { reindexed: this.isReindexed(), dataPaths: this.dataPaths.searched };
  }

  /**
   * The call of an established principal, with the policies now in force for its tenant.
   * @throws CouldNotTell if the policies cannot be read
   */
  async of(principal: SecureUser): Promise<Call> {
    return new Call(principal, await this.inForce(principal), this);
  }

  /**
   * The call of an established principal, with the present directory and policies, which are read in parallel. Commands
   * that hold a lock ask for it: it does not wait for what only lists need.
   */
  async again(principal: SecureUser): Promise<Call> {
    const [now, inForce] = await Promise.all([
      this.principals.again(principal),
      this.forDecisions(principal),
    ]);
    if (now.tenantId === principal.tenantId) return new Call(now, inForce, this);
    return new Call(now, await this.forDecisions(now), this);
  }

  /** Whether the principal holds the right now; always while the rules are switched off. */
  async holds(principal: SecureUser, right: Right): Promise<boolean> {
    return this.bypass || (await this.inForce(principal)).securityRoles.rightsOf(principal).has(right);
  }

  private async inForce({ tenantId }: SecureUser): Promise<InForce> {
    return this.bypass ? this.book.nothing : this.book.current(tenantId ?? null);
  }

  private async forDecisions({ tenantId }: SecureUser): Promise<InForce> {
    return this.bypass ? this.book.nothing : this.book.forDecisions(tenantId ?? null);
  }

  /** The policies of the caller's tenant, also while the rules are switched off: they apply again later. */
  async stored({ principal, inForce }: Call): Promise<InForce> {
    return this.bypass ? this.book.current(principal.tenantId ?? null) : inForce;
  }

  /**
   * Runs one public call: establishes the caller, and records a refusal or failure before passing it on.
   * @param user the `user` argument of the call
   */
  run<T>(user: unknown, operation: Operation, target: Target, work: (call: Call) => Promise<T>): Promise<T> {
    return this.recorded(user, operation, target, async (principal) => work(await this.of(principal)));
  }

  /**
   * Runs one public call that changes nothing, as {@link run} does: its first query goes out while the newest
   * version of the policies is looked up. Had they changed, what was found is thrown away, and the work is done again.
   */
  read<T>(user: unknown, operation: Operation, target: Target, work: (call: Call) => Promise<T>): Promise<T> {
    return this.recorded(
      user,
      operation,
      target,
      async (principal) => (await this.asked(principal, work)).found,
    );
  }

  /**
   * Runs one public call, as {@link run} does, whose first query goes out while the newest version of the policies is
   * looked up. `ask` is that query: it changes nothing, and what it finds was found by the policies in force.
   */
  runAsking<T, F>(
    user: unknown,
    operation: Operation,
    target: Target,
    ask: (call: Call) => Promise<F>,
    work: (call: Call, found: F) => Promise<T>,
  ): Promise<T> {
    return this.recorded(user, operation, target, async (principal) => {
      const { call, found } = await this.asked(principal, ask);
      return work(call, found);
    });
  }

  /**
   * Runs one question about what a user may do. A refusal is its answer, so that only a failure is recorded.
   * @param operation an operation or a right
   */
  question<T>(
    user: unknown,
    operation: string,
    target: Target,
    work: (principal: SecureUser) => Promise<T>,
  ): Promise<T> {
    const isFailure = (error: unknown): boolean => isGuardError(error) && error.status >= 500;
    return this.recorded(user, operation, target, work, isFailure);
  }

  private async asked<F>(
    principal: SecureUser,
    ask: (call: Call) => Promise<F>,
  ): Promise<{ call: Call; found: F }> {
    const newest = this.bypass ? this.book.nothing : this.book.newest(principal.tenantId ?? null);
    // What is still being made in turns would be made at once by a query.
    if (this.book.isPreparing(newest)) {
      const call = await this.of(principal);
      return { call, found: await ask(call) };
    }
    const early = new Call(principal, newest, this);
    const [found, now] = await Promise.allSettled([ask(early), this.inForce(principal)]);
    if (now.status === 'rejected') throw now.reason;
    if (now.value.point !== newest.point) {
      const call = new Call(principal, now.value, this);
      return { call, found: await ask(call) };
    }
    if (found.status === 'rejected') throw found.reason;
    return { call: early, found: found.value };
  }

  /** Establishes the user of `runAs`. A refusal or failure is recorded, as of a caller who is not authenticated. */
  entering(user: unknown): Promise<SecureUser> {
    return this.store.bounded(async () => {
      try {
        return await this.principals.of(user);
      } catch (error) {
        const name = propertyOf(user, 'userName');
        const id: { id?: string } = typeof name === 'string' ? { id: name.slice(0, LONGEST_ID) } : {};
        const isOut = isOutage(error);
        const tenant = async (): Promise<string | undefined> =>
          isOut ? undefined : this.principals.tenantOf(id.id);
        const target = { kind: 'system', name: 'runAs', ...id };
        const recorded = this.audit.refusedAtDoor(undefined, target, error, { tenant });
        if (!isOut) await recorded;
        throw error;
      }
    });
  }

  /** @param isRecorded which refusals and failures are; default: all */
  private recorded<T>(
    user: unknown,
    operation: string,
    target: Target,
    work: (principal: SecureUser) => Promise<T>,
    isRecorded: (error: unknown) => boolean = () => true,
  ): Promise<T> {
    return this.store.bounded(async () => {
      let principal: SecureUser | undefined;
      try {
        principal = await this.principals.of(user);
        return await work(principal);
      } catch (error) {
        if (isRecorded(error)) await this.refused(principal, operation, target, error);
        throw error;
      }
    });
  }

  /**
   * Records the refusal or failure of a call, and tells handlers of `denied` about a refusal.
   * @param operation an operation, a right, or the name that the application gave to `identity.call`
   */
  async refused(
    principal: SecureUser | undefined,
    operation: string,
    target: Target,
    error: unknown,
  ): Promise<void> {
    const recorded = this.audit.refused(principal, operation, target, error);
    // Do not wait again for a store that has just failed.
    if (!isOutage(error)) await recorded;
    if (!isGuardError(error) || ![401, 403, 404].includes(error.status)) return;
    this.events.emit({
      event: 'denied',
      userName: principal?.userName ?? null,
      operation,
      ...(target.instanceId === undefined ? {} : { instanceId: target.instanceId }),
    });
  }
}
