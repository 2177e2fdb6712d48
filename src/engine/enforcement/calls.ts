import type { DecisionPoint } from '../../core/decision-point.js';
import { isGuardError } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import type { SecureUser } from '../../core/principal.js';
import type { Store } from '../../store/port.js';
import { Turns } from '../../store/turns.js';
import type { Incidents } from '../contract/incidents.js';
import { isOutage } from '../execution/transient.js';
import type { Audit, Target } from './audit.js';
import { Call } from './call.js';
import type { Events } from './events.js';
import type { Principals } from './principals.js';
import type { UnmarkedRules } from './unmarked-rules.js';

/** Makes one {@link Call} of each public call, and records what is refused. */
export class Calls {
  /** Of what is made for answers: many rows, or large ones. */
  readonly turns = new Turns();

  constructor(
    readonly point: DecisionPoint,
    readonly principals: Principals,
    readonly audit: Audit,
    readonly events: Events,
    readonly store: Store,
    readonly incidents: Incidents,
    readonly bypass: boolean,
    readonly isReindexed: () => boolean,
    readonly unmarked: UnmarkedRules,
  ) {}

  /** The call of a principal that is established. */
  of(principal: SecureUser): Call {
    return new Call(principal, this);
  }

  /**
   * Runs one public call: finds out who calls, and records a refusal or failure before it goes to the caller.
   * @param user what stands in the user's place of the call
   */
  run<T>(user: unknown, operation: Operation, target: Target, work: (call: Call) => Promise<T>): Promise<T> {
    return this.store.bounded(async () => {
      let principal: SecureUser | undefined;
      try {
        principal = await this.principals.ofCall(user);
        return await work(this.of(principal));
      } catch (error) {
        await this.refused(principal, operation, target, error);
        throw error;
      }
    });
  }

  private async refused(
    principal: SecureUser | undefined,
    operation: Operation,
    target: Target,
    error: unknown,
  ): Promise<void> {
    const recorded = this.audit.refused(principal, operation, target, error);
    // A store that has just failed is not waited for once more.
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
