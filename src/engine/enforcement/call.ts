import { ticks } from '../../core/clock.js';
import { EVERYTHING } from '../../core/condition/condition.js';
import { FieldsFailed } from '../../core/fields/field-rule.js';
import { LISTED } from '../../core/decision/tried-policies.js';
import { ABOUT_HIDDEN, whyNot, type Decision } from '../../core/decision/decision.js';
import { AccessDenied, CouldNotTell, notFound } from '../../core/errors.js';
import type { HiddenFields } from '../../core/fields/hidden-fields.js';
import { OPERATIONS, type Operation } from '../../core/operation.js';
import { NO_FACTS, type Facts } from '../../core/policy.js';
import type { SecureUser } from '../../core/principal.js';
import type { Resource } from '../../core/resource.js';
import type { Failure, Ruling } from '../../core/decision/ruling.js';
import { scopeOf, type Scope } from '../../core/decision/scope.js';
import { show } from '../../core/value.js';
import type { StoredInstance } from '../../store/port.js';
import type { Turns } from '../../store/turns.js';
import type { Hidden } from '../../store/query/hidden.js';
import type { InForce } from '../policy-book/policy-book.js';
import type { Incidents } from '../contract/incidents.js';
import type { UnmarkedRules } from './unmarked-rules.js';
import { NOTHING_AGAINST, restrictsIn, SWITCHED_OFF, type Against } from './reasons.js';
import { hiddenParts, hiddenPeople, hiddenToRules } from './hidden-parts.js';

/** Facts of an event that would start an instance. */
export const STARTS: Facts = Object.freeze({ starts: true });

/** Facts of a start whose data is not known yet. */
export const ANY_DATA: Facts = Object.freeze({ anyData: true });

/** What the calls of a guard share. */
interface OfAllCalls {
  readonly turns: Turns;
  readonly incidents: Incidents;
  readonly bypass: boolean;
  readonly unmarked: UnmarkedRules;
  again(principal: SecureUser): Promise<Call>;
}

/**
 * One public call: its principal, and the policies' answers for that principal. Policies are asked once per
 * operation and call. A command makes the call again under its lock ({@link Call.again}), so that a right revoked
 * while it waited no longer counts.
 */
export class Call {
  private seesAll: boolean | undefined;
  private shownParts: { readonly hidden: Hidden | undefined } | undefined;
  private shownFields: { readonly hidden: HiddenFields | undefined } | undefined;
  /** When it was made, in ticks. */
  readonly made = ticks();
  private readonly rulings = new Map<Operation, { readonly facts: Facts; readonly ruling: Ruling }>();

  /**
   * @param principal the established caller
   * @param inForce the policies in force when the call began
   */
  constructor(
    readonly principal: SecureUser,
    readonly inForce: InForce,
    private readonly calls: OfAllCalls,
  ) {}

  /** The turns in which long answers are built. */
  get turns(): Turns {
    return this.calls.turns;
  }

  /** The same call with the present state: the principal as the directory has it, and the policies in force. */
  again(): Promise<Call> {
    return this.calls.again(this.principal);
  }

  /** The policies' answer, asked once per call and set of facts. A policy that fails is logged with its cause. */
  ruling(operation: Operation, facts: Facts = NO_FACTS): Ruling {
    const known = this.rulings.get(operation);
    if (known?.facts === facts) return known.ruling;
    const ruling = this.inForce.point.ask(this.principal, operation, facts);
    this.rulings.set(operation, { facts, ruling });
    if (ruling.failure !== undefined) this.recordFailed(ruling.failure, operation);
    return ruling;
  }

  private recordFailed({ policy, cause }: Failure, operation: string): void {
    const what = 'a policy failed; the answer is "could not tell"';
    this.calls.incidents.record('policy', what, cause, { policy, operation });
  }

  /**
   * The scope in which the principal may perform the operation; unrestricted while the rules are switched off.
   * @throws CouldNotTell `could-not-tell` if a policy failed
   */
  scope(operation: Operation, facts?: Facts): Scope {
    if (this.calls.bypass) return scopeOf(EVERYTHING);
    const ruling = this.ruling(operation, facts);
    if (LISTED.includes(operation)) this.calls.unmarked.record(ruling);
    return ruling.scope();
  }

  /** The same scope for a query that names one instance: what it finds is decided. */
  scopeOfOne(operation: Operation): Scope {
    return this.calls.bypass ? scopeOf(EVERYTHING) : this.ruling(operation).scopeOfOne();
  }

  /** @throws CouldNotTell `could-not-tell` if there is no answer, which is neither yes nor no */
  allows(operation: Operation, resource: Resource, facts?: Facts): boolean {
    if (this.calls.bypass) return true;
    const ruling = this.ruling(operation, facts);
    if (ruling.allows(resource)) return true;
    if (!ruling.isCertain(resource)) this.assertTold(ruling.decide(resource));
    return false;
  }

  /** The decision with its reasons. Always allowed while the rules are switched off. */
  decide(operation: Operation, resource: Resource, facts?: Facts): Decision {
    const decision = this.ruling(operation, facts).decide(resource);
    if (!this.calls.bypass) return decision;
    const { couldNotTell: _none, ...rest } = decision;
    const reasons = Object.freeze([SWITCHED_OFF, ...decision.reasons]);
    return Object.freeze({ ...rest, allowed: true, reasons });
  }

  /** A decision as its principal may learn it: with reasons that do not tell what is hidden. */
  told(decision: Decision, resource: Resource, facts?: Facts): Decision {
    const isHidden = hiddenToRules(this.hiddenFields, resource.instance);
    return isHidden === undefined
      ? decision
      : this.ruling(decision.operation, facts).decide(resource, isHidden);
  }

  /**
   * @param readable false: the refusal says only that no such resource exists
   * @throws AccessDenied `forbidden` or `not-found`; CouldNotTell `could-not-tell`
   */
  assert(operation: Operation, resource: Resource, readable: boolean, facts?: Facts): Decision {
    const decision = this.decide(operation, resource, facts);
    if (this.calls.bypass) return decision;
    if (!readable) throw notFound(OPERATIONS[operation].kind);
    this.assertTold(decision);
    if (decision.allowed) return decision;
    const why = whyNot(this.told(decision, resource, facts));
    throw new AccessDenied('forbidden', `You may not do this (${operation}): ${why}.`);
  }

  /**
   * The restricting rules that keep the principal from the operation, whether or not anything permits it. Empty while
   * the rules are switched off.
   * @throws CouldNotTell `could-not-tell`
   */
  against(operation: Operation, resource: Resource, facts?: Facts): Against {
    if (this.calls.bypass) return NOTHING_AGAINST;
    const decision = this.decide(operation, resource, facts);
    const reasons = restrictsIn(decision);
    // A decision is refused as well where nothing permits it; here that must not hide a rule that could not be told.
    const failed = decision.reasons.find(({ effect }) => effect === 'failed');
    if (reasons.length === 0 && failed !== undefined)
      this.assertTold({ ...decision, couldNotTell: failed.says });
    const told = restrictsIn(this.told(decision, resource, facts)).map(({ says }) => says);
    return {
      permitted: decision.reasons.some(({ effect, holds }) => effect === 'permits' && holds),
      policies: [...new Set(reasons.map(({ policy }) => policy))],
      rules: reasons.map(({ policy, rule }) => `${policy}/${rule}`),
      says: told.length === 0 && reasons.length > 0 ? [ABOUT_HIDDEN.says] : told,
    };
  }

  /** Logs and counts a rule that could not be evaluated; one that failed was counted when it was asked. */
  recordUntold({ couldNotTell, operation }: Decision): void {
    if (couldNotTell !== undefined && this.rulings.get(operation)?.ruling.failure === undefined)
      this.calls.incidents.record('decision', 'a rule could not be evaluated', new Error(couldNotTell), {
        operation,
      });
  }

  private assertTold(decision: Decision): void {
    const { couldNotTell, operation } = decision;
    if (couldNotTell === undefined) return;
    this.recordUntold(decision);
    throw new CouldNotTell('could-not-tell', `Could not tell whether this is allowed (${operation}).`);
  }

  /** Whether the principal may read the instance and its data. */
  mayReadInstance(instance: StoredInstance): boolean {
    return this.allows('instance:read', { instance });
  }

  /**
   * What lists hide from this principal: assignees, where not every reader of a task may see them (the principal's own
   * are never hidden), and fields of the data.
   * @throws CouldNotTell `could-not-tell` if a policy failed
   */
  get hidden(): Hidden | undefined {
    this.shownParts ??= {
      hidden: hiddenParts(
        this.seesAllAssignees
          ? undefined
          : hiddenPeople(this.scope('task:assignees'), this.principal.userName),
        this.hiddenFields,
      ),
    };
    return this.shownParts.hidden;
  }

  /**
   * The fields of the data that are hidden from this principal in some instances; undefined if none are.
   * @throws CouldNotTell `could-not-tell` if a policy failed
   */
  get hiddenFields(): HiddenFields | undefined {
    this.shownFields ??= { hidden: this.calls.bypass ? undefined : this.askFields() };
    return this.shownFields.hidden;
  }

  private askFields(): HiddenFields | undefined {
    try {
      return this.inForce.point.hidden(this.principal);
    } catch (error) {
      if (!(error instanceof FieldsFailed)) throw error;
      const { policy, cause } = error;
      this.recordFailed({ policy, cause }, 'fields');
      throw new CouldNotTell(
        'could-not-tell',
        `Could not tell which fields are shown: the policy ${policy} failed.`,
      );
    }
  }

  /** The instance without the fields of its data that are hidden from this principal. */
  shown<T extends Pick<StoredInstance, 'data' | 'guard'>>(instance: T): T {
    return this.hiddenFields?.cut(instance as T & Record<string, unknown>) ?? instance;
  }

  /**
   * Refuses input for fields that are hidden from this principal: who does not see a value cannot replace it.
   * @param keys of the input, as paths below the data
   * @throws AccessDenied `forbidden`
   */
  assertWritable(instance: StoredInstance, keys: readonly string[]): void {
    const hidden = this.hiddenFields?.hiddenIn(instance, keys);
    if (hidden !== undefined)
      throw new AccessDenied('forbidden', `You may not write ${show(hidden)}: it is hidden from you.`);
  }

  /** True if every reader of a task may also see its assignees, so that no second decision is needed. */
  get seesAllAssignees(): boolean {
    this.seesAll ??= this.calls.bypass || this.ruling('task:assignees').equals(this.ruling('task:read'));
    return this.seesAll;
  }
}
