import { bind } from '../evaluation/bind.js';
import { keyOf } from '../condition/key.js';
import { fieldsIn, isNothing, type Condition } from '../condition/condition.js';
import { ABOUT_HIDDEN, withoutHidden, type Decision, type Reason } from './decision.js';
import { CouldNotTell } from '../errors.js';
import type { Operation } from '../operation.js';
import { isAbsent, isMissing, type Part } from '../parts.js';
import type { Effect } from '../policy.js';
import type { SecureUser } from '../principal.js';
import type { Resource } from '../resource.js';
import type { AskedRule } from './rule-lists.js';
import type { RuleSet } from './rule-set.js';
import { isRough, roughScope, scopeOfOne, scopeOfWays, type Scope, type Way } from './scope.js';
import { holdsIn } from './unbound.js';
import type { Ways } from './ways.js';

/** A policy that threw or returned an invalid answer. */
export interface Failure {
  readonly policy: string;
  readonly cause: unknown;
}

/** Whether a field that rules compare is hidden from whoever reads the reasons. */
export type IsHidden = (field: string) => boolean;

/** A rule, and what became of it. */
interface Told {
  readonly asked: AskedRule;
  readonly reason: Reason;
}

/** Many policies create their conditions anew for each answer. */
const isSame = (a: Condition, b: Condition): boolean => a === b || keyOf(a) === keyOf(b);

const isSameRule = (a: AskedRule | undefined, b: AskedRule | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && isSame(a.rule.when, b.rule.when));

/** The same rules in the same order; identical lists are not compared rule by rule. */
const areSame = (a: readonly AskedRule[], b: readonly AskedRule[]): boolean =>
  a === b || (a.length === b.length && a.every((asked, at) => isSameRule(asked, b[at])));

/**
 * The policies' answer for one principal and operation; each policy was asked once. One ruling decides about
 * resources and scopes lists.
 */
export class Ruling {
  private known: Scope | undefined;

  constructor(
    readonly principal: SecureUser,
    readonly operation: Operation,
    private readonly rules: RuleSet,
    /** Set if a policy failed: then nothing is allowed, and nothing can be told. */
    readonly failure?: Failure,
  ) {}

  /** True if a rule refers to that part, so that it must be loaded before a decision. */
  needs(part: Part): boolean {
    return this.rules.parts.includes(part);
  }

  /** The names of the restricting policies. */
  get restrictedBy(): ReadonlySet<string> {
    return new Set(this.rules.restricts.map(({ policy }) => policy));
  }

  /** Makes what a scope needs, in steps. */
  prepare(): Iterable<void> {
    return this.rules.prepare();
  }

  /** True if both rulings always give the same answer: the same rules in the same order. */
  equals(other: Ruling): boolean {
    return (
      this.failure === undefined &&
      other.failure === undefined &&
      areSame(this.rules.permits, other.rules.permits) &&
      areSame(this.rules.restricts, other.rules.restricts)
    );
  }

  /** True if the resource has all parts that the rules refer to and no policy failed: the answer is certain. */
  isCertain(resource: Resource): boolean {
    return this.failure === undefined && this.rules.covers(resource);
  }

  /** The answer of {@link decide} without its reasons; false also if it could not be told. */
  allows(resource: Resource): boolean {
    if (!this.isCertain(resource)) return this.decide(resource).allowed;
    return this.rules.combined(resource, this.principal);
  }

  /**
   * Refused if the answer could not be told; never throws.
   * @param isHidden the reasons say nothing of rules that compare such a field, but what follows from the answer
   */
  decide(resource: Resource, isHidden?: IsHidden): Decision {
    const { operation, principal } = this;
    const of = (allowed: boolean, reasons: Reason[], couldNotTell?: string): Decision =>
      Object.freeze({
        allowed,
        operation,
        userName: principal.userName,
        reasons: Object.freeze(isHidden === undefined ? reasons : withoutHidden(reasons, allowed)),
        ...(couldNotTell === undefined ? {} : { couldNotTell }),
      });
    if (this.failure !== undefined) {
      const { policy } = this.failure;
      const says = `the policy ${policy} failed`;
      return of(
        false,
        [Object.freeze({ policy, rule: 'error', effect: 'failed', holds: false, says })],
        `could not tell: ${says}`,
      );
    }
    const told = this.rules.relevant(resource).flatMap((one) => this.reasonsOf(one, resource, isHidden));
    const reasons = told.map(({ reason }) => reason);
    const held = (at: number): boolean => (reasons[at] as Reason).holds;
    const unknown = (at: number): boolean => (reasons[at] as Reason).effect === 'failed';
    const indexes = (effect: Effect): number[] =>
      told.flatMap(({ asked }, at) => (asked.effect === effect ? [at] : []));
    const [permits, restricts] = [indexes('permits'), indexes('restricts')];
    if (permits.some(held) && restricts.every(held)) return of(true, reasons);
    const refused =
      restricts.some((at) => !held(at) && !unknown(at)) || !permits.some((at) => held(at) || unknown(at));
    const open = refused ? undefined : reasons.find((reason) => reason.effect === 'failed');
    return of(false, reasons, open && `could not tell: ${open.says}`);
  }

  /** The rule; of one that puts many together, those that concern the resource. */
  private reasonsOf(asked: AskedRule, resource: Resource, isHidden?: IsHidden): Told[] {
    const reason = this.reasonOf(asked, resource, isHidden);
    const { reasons } = asked.rule;
    if (reasons === undefined || asked.effect === 'permits' || reason.effect === 'failed')
      return [{ asked, reason }];
    const told = reasons(resource).map((rule): Told => {
      const one = this.rules.askedOf(asked, rule);
      return { asked: one, reason: this.reasonOf(one, resource, isHidden) };
    });
    // What it forbids stays forbidden, even if none of them says why.
    return reason.holds || told.some((one) => !one.reason.holds) ? told : [...told, { asked, reason }];
  }

  private reasonOf(
    { policy, effect, rule, holds, parts }: AskedRule,
    resource: Resource,
    isHidden?: IsHidden,
  ): Reason {
    let absent = false;
    for (const part of parts) {
      if (isMissing(resource, part))
        return Object.freeze({
          policy,
          rule: rule.id,
          effect: 'failed',
          holds: false,
          says: `rule ${rule.id} of ${policy} refers to ${part}, which was not loaded`,
        });
      absent ||= isAbsent(resource, part);
    }
    const answer = !absent && holds(resource, this.principal);
    const told =
      isHidden !== undefined && fieldsIn(rule.when).some(isHidden)
        ? ABOUT_HIDDEN
        : { rule: rule.id, says: rule.says };
    return Object.freeze({ policy, rule: told.rule, effect, holds: answer, says: told.says });
  }

  /**
   * The resources on which the principal may perform the operation: the same rules, for a query.
   * @throws CouldNotTell `could-not-tell` if a policy failed, which must not look like an empty list
   */
  scope(): Scope {
    if (this.known !== undefined) return this.known;
    const made = this.made();
    // A rough one holds what was made of many rules.
    if (!isRough(made)) this.known = made;
    return made;
  }

  /**
   * The same resources, for a query that names its one instance: the query leaves the rules out, and each row that it
   * finds is decided.
   * @throws CouldNotTell `could-not-tell` if a policy failed
   */
  scopeOfOne(): Scope {
    if (this.failure !== undefined) return this.scope();
    return scopeOfOne(() => this.scope(), {
      holds: (resource) => this.allows(resource),
      needsItems: this.needs('items'),
      steps: this.rules.permits.length + this.rules.restricts.length,
    });
  }

  private made(): Scope {
    if (this.failure !== undefined)
      throw new CouldNotTell('could-not-tell', `Could not tell: the policy ${this.failure.policy} failed.`);
    const ofInstances = !this.operation.startsWith('model:') && this.operation !== 'instance:start';
    const unbound = this.rules.unbound(ofInstances);
    if (unbound.around === undefined) return this.bound(unbound.whole());
    const test = unbound.test();
    const holds = holdsIn(test);
    return roughScope(this.bound(unbound.around), () => this.bound(unbound.whole()), {
      holds: (resource) => holds(resource, this.principal),
      needsItems: test.needsItems,
      steps: test.steps,
    });
  }

  private bound({ ways, restricts }: Ways): Scope {
    return scopeOfWays(
      ways
        .map(({ when, search }): Way => ({ when: bind(when, this.principal), search }))
        .filter(({ when }) => !isNothing(when)),
      restricts.map((condition) => bind(condition, this.principal)),
    );
  }

  /**
   * The permissive rules from which no marks follow, as `policy/rule`: each makes the principal's lists scan all
   * instances of the tenant.
   */
  unmarked(): readonly string[] {
    return this.rules.unmarked;
  }

  /** The paths below `data` that the principal's lists would search by if instances were marked for them. */
  dataPaths(): readonly string[] {
    return this.rules.dataPaths;
  }
}
