import { EVERYTHING } from '../../core/condition.js';
import { LISTED, type DecisionPoint } from '../../core/decision-point.js';
import { whyNot, type Decision } from '../../core/decision.js';
import { AccessDenied, CouldNotTell, notFound } from '../../core/errors.js';
import { OPERATIONS, type Operation } from '../../core/operation.js';
import type { Facts } from '../../core/policy.js';
import type { SecureUser } from '../../core/principal.js';
import type { Resource } from '../../core/resource.js';
import type { Ruling } from '../../core/ruling.js';
import { scopeOf, type Scope } from '../../core/scope.js';
import type { StoredInstance } from '../../store/port.js';
import type { Turns } from '../../store/turns.js';
import type { Hidden } from '../../store/query/hidden.js';
import type { Calls } from './calls.js';
import { hiddenPeople } from './hidden-people.js';

const NO_FACTS: Facts = Object.freeze({});
/** An event would start an instance. */
export const STARTS: Facts = Object.freeze({ starts: true });

/** What the rules would be asked with, where none is asked. */
const SWITCHED_OFF = Object.freeze({
  policy: 'bypass',
  rule: 'switched-off',
  effect: 'permits',
  holds: true,
  says: 'the rules are switched off by REQUIRE_AUTHENTICATION or ENFORCE_SECURITY',
} as const);

/**
 * One public call: who makes it, and what the rules say to that principal. Each operation is asked of the policies once
 * a call; under the lock of a command the call is made anew ({@link Call.again}), so that nothing revoked while it
 * waited in line is still believed.
 */
export class Call {
  private seesAll: boolean | undefined;
  private hidden: Hidden | undefined;
  private readonly rulings = new Map<Operation, { readonly facts: Facts; readonly ruling: Ruling }>();

  /**
   * @param principal established by the caller
   * @param point of the policies that were in force when the call began
   */
  constructor(
    readonly principal: SecureUser,
    private readonly point: DecisionPoint,
    private readonly calls: Calls,
  ) {}

  /** In which long answers are made. */
  get turns(): Turns {
    return this.calls.turns;
  }

  /** The same call as things are now: the principal as the directory has it, the policies in force. */
  again(): Promise<Call> {
    return this.calls.again(this.principal);
  }

  /** What the policies say; asked once a call and set of facts. A policy that fails is logged with its cause. */
  ruling(operation: Operation, facts: Facts = NO_FACTS): Ruling {
    const known = this.rulings.get(operation);
    if (known?.facts === facts) return known.ruling;
    const ruling = this.point.ask(this.principal, operation, facts);
    this.rulings.set(operation, { facts, ruling });
    if (ruling.failure !== undefined) {
      const { policy, cause } = ruling.failure;
      this.calls.incidents.note('policy', 'a policy failed; the answer is "could not tell"', cause, {
        policy,
        operation,
      });
    }
    return ruling;
  }

  /**
   * Where the principal may do this; everything while the rules are switched off.
   * @throws CouldNotTell `could-not-tell` when a policy failed
   */
  scope(operation: Operation, facts?: Facts): Scope {
    if (this.calls.bypass) return scopeOf(EVERYTHING);
    const ruling = this.ruling(operation, facts);
    if (LISTED.includes(operation)) this.calls.unmarked.note(ruling);
    return ruling.scope();
  }

  /** @throws CouldNotTell `could-not-tell`: no answer is neither yes nor no */
  allows(operation: Operation, resource: Resource, facts?: Facts): boolean {
    if (this.calls.bypass) return true;
    const ruling = this.ruling(operation, facts);
    if (ruling.allows(resource)) return true;
    if (!ruling.isCertain(resource)) this.assertTold(ruling.decide(resource));
    return false;
  }

  /** The decision with its reasons; allowed while the rules are switched off. */
  decide(operation: Operation, resource: Resource, facts?: Facts): Decision {
    const decision = this.ruling(operation, facts).decide(resource);
    if (!this.calls.bypass) return decision;
    const { couldNotTell: _none, ...rest } = decision;
    const reasons = Object.freeze([SWITCHED_OFF, ...decision.reasons]);
    return Object.freeze({ ...rest, allowed: true, reasons });
  }

  /**
   * @param readable false: the refusal says no more than that there is no such thing
   * @throws AccessDenied `forbidden` or `not-found`; CouldNotTell `could-not-tell`
   */
  assert(operation: Operation, resource: Resource, readable: boolean, facts?: Facts): Decision {
    const decision = this.decide(operation, resource, facts);
    if (this.calls.bypass) return decision;
    if (!readable) throw notFound(OPERATIONS[operation].kind);
    this.assertTold(decision);
    if (!decision.allowed)
      throw new AccessDenied('forbidden', `You may not do this (${operation}): ${whyNot(decision)}.`);
    return decision;
  }

  private assertTold({ couldNotTell, operation }: Decision): void {
    if (couldNotTell === undefined) return;
    if (this.rulings.get(operation)?.ruling.failure === undefined)
      this.calls.incidents.note('decision', 'a rule could not be asked', new Error(couldNotTell), {
        operation,
      });
    throw new CouldNotTell('could-not-tell', `Could not tell whether this is allowed (${operation}).`);
  }

  /** May the principal read the instance, and its data with it? */
  mayReadInstance(instance: StoredInstance): boolean {
    return this.allows('instance:read', { instance });
  }

  /** For whom tasks are, where not all who may read one see that; what is the principal's own is always shown. */
  get hiddenPeople(): Hidden | undefined {
    if (this.seesAllAssignees) return undefined;
    this.hidden ??= hiddenPeople(this.scope('task:assignees'), this.principal.userName);
    return this.hidden;
  }

  /** True when who may read a task may always see for whom it is, so that no second question is needed. */
  get seesAllAssignees(): boolean {
    this.seesAll ??= this.calls.bypass || this.ruling('task:assignees').equals(this.ruling('task:read'));
    return this.seesAll;
  }
}
