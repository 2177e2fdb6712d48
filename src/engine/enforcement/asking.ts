import type { Decision } from '../../core/decision.js';
import { summary, whyNot } from '../../core/decision.js';
import type { DecisionPoint } from '../../core/decision-point.js';
import { AccessDenied, isGuardError, notFound } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import { OPERATIONS } from '../../core/operation.js';
import type { Facts } from '../../core/policy.js';
import { DESIGNER, type SecureUser } from '../../core/principal.js';
import type { Resource } from '../../core/resource.js';
import { scopeOf, type Scope } from '../../core/scope.js';
import { EVERYTHING } from '../../core/condition.js';
import type { Store } from '../../store/port.js';
import type { Audit, Target } from './audit.js';
import type { Events } from './events.js';
import type { Principals } from './principals.js';
import { readableModels } from './readable-models.js';
import { isOutage } from '../execution/transient.js';

/** What an enforcement point needs to ask the decision point, and to say what came of it. */
export class Asking {
  constructor(
    private readonly point: DecisionPoint,
    readonly principals: Principals,
    readonly audit: Audit,
    readonly events: Events,
    readonly store: Store,
    readonly bypass: boolean,
    readonly isReindexed: () => boolean,
  ) {}

  /** Where the principal may do this; everything while the rules are switched off. */
  scope(principal: SecureUser, operation: Operation, facts?: Facts): Scope {
    return this.bypass ? scopeOf(EVERYTHING) : this.point.scope(principal, operation, facts);
  }

  allows(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): boolean {
    return this.bypass || this.point.allows(principal, operation, resource, facts);
  }

  decide(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): Decision {
    return this.point.decide(principal, operation, resource, facts);
  }

  /**
   * @param readable false: the refusal says no more than that there is no such thing
   * @throws AccessDenied `forbidden` or `not-found`
   */
  assert(
    principal: SecureUser,
    operation: Operation,
    resource: Resource,
    readable: boolean,
    facts?: Facts,
  ): string {
    if (this.bypass) return 'bypass';
    const decision = this.decide(principal, operation, resource, facts);
    if (!readable) throw notFound(OPERATIONS[operation].kind);
    if (!decision.allowed)
      throw new AccessDenied('forbidden', `You may not do this (${operation}): ${whyNot(decision)}.`);
    return summary(decision);
  }

  /**
   * Facts for `model:read`: of which models of its owner the principal may read an instance.
   * @param name the only model that is asked about; missing: all
   */
  async modelFacts(principal: SecureUser, name?: string): Promise<Facts> {
    if (this.bypass || principal.isAdmin() || principal.inGroup(DESIGNER)) return {};
    const scope = this.scope(principal, 'instance:read');
    const options = { reindexed: this.isReindexed() };
    const names = name === undefined ? undefined : [name];
    return { readableModels: await readableModels(this.store, scope, principal.owner, options, names) };
  }

  /**
   * Runs one call of a principal: finds out who calls, and records a refusal or failure before it goes to the caller.
   * @param user what stands in the user's place of the call
   */
  call<T>(
    user: unknown,
    operation: Operation,
    target: Target,
    work: (principal: SecureUser) => Promise<T>,
  ): Promise<T> {
    return this.store.bounded(() => this.recorded(user, operation, target, work));
  }

  private async recorded<T>(
    user: unknown,
    operation: Operation,
    target: Target,
    work: (principal: SecureUser) => Promise<T>,
  ): Promise<T> {
    let principal: SecureUser | undefined;
    try {
      principal = await this.principals.of(user);
      return await work(principal);
    } catch (error) {
      const recorded = this.audit.refused(principal, operation, target, error);
      // A store that has just failed is not waited for once more.
      if (!isOutage(error)) await recorded;
      if (isGuardError(error) && (error.status === 401 || error.status === 403 || error.status === 404)) {
        this.events.emit({
          event: 'denied',
          userName: principal?.userName ?? null,
          operation,
          ...(target.instanceId === undefined ? {} : { instanceId: target.instanceId }),
        });
      }
      throw error;
    }
  }
}
