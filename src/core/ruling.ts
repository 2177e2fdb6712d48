import { bind } from './bind.js';
import { keyOf } from './condition-key.js';
import { NOTHING, type Condition } from './condition.js';
import type { Decision, Reason } from './decision.js';
import { CouldNotTell } from './errors.js';
import type { PrincipalPredicate } from './evaluate.js';
import type { Operation } from './operation.js';
import { isAbsent, isMissing, type Part } from './parts.js';
import type { Rule } from './policy.js';
import type { Predicates } from './predicates.js';
import type { SecureUser } from './principal.js';
import type { Resource } from './resource.js';
import { scopeOfWays, type Scope } from './scope.js';
import { isUnmarked, waysOf } from './ways.js';

/** A rule that a policy gave, the closure that answers it, and the parts of a resource that it speaks of. */
export interface AskedRule {
  readonly policy: string;
  readonly effect: 'permits' | 'restricts';
  readonly rule: Rule;
  readonly holds: PrincipalPredicate;
  readonly parts: ReadonlySet<Part>;
}

/** A policy that threw, or answered with what is no answer. */
export interface Failure {
  readonly policy: string;
  readonly cause: unknown;
}

/** Many policies make their conditions anew for each answer. */
const isSame = (a: Condition, b: Condition): boolean => a === b || keyOf(a) === keyOf(b);

/** A list of instances never has the parts of one that is about to start. */
const speaksOfStart = ({ parts }: AskedRule): boolean => parts.has('start') || parts.has('model');

/**
 * What the policies say to one principal about one operation: each was asked once. One ruling decides about resources,
 * and scopes lists.
 */
export class Ruling {
  /** All parts that a rule speaks of. */
  private readonly parts = new Set<Part>();
  private combined: PrincipalPredicate | undefined;

  constructor(
    readonly principal: SecureUser,
    readonly operation: Operation,
    private readonly rules: readonly AskedRule[],
    private readonly predicates: Predicates,
    /** Set when a policy failed: then nothing is allowed, and nothing can be told. */
    readonly failure?: Failure,
  ) {
    for (const rule of rules) for (const part of rule.parts) this.parts.add(part);
  }

  /** True when a rule speaks of that part, so that it must be loaded before a decision. */
  needs(part: Part): boolean {
    return this.parts.has(part);
  }

  /** The names of the policies that restrict. */
  get restrictedBy(): ReadonlySet<string> {
    return new Set(this.rules.filter((r) => r.effect === 'restricts').map((r) => r.policy));
  }

  /** True when both rulings come to the same answer about everything: the same rules, in the same order. */
  equals(other: Ruling): boolean {
    return (
      this.failure === undefined &&
      other.failure === undefined &&
      this.rules.length === other.rules.length &&
      this.rules.every((rule, at) => {
        const twin = other.rules[at] as AskedRule;
        return rule.effect === twin.effect && isSame(rule.rule.when, twin.rule.when);
      })
    );
  }

  /** True when the resource has all parts that the rules speak of, and no policy failed: the answer is certain. */
  isCertain(resource: Resource): boolean {
    if (this.failure !== undefined) return false;
    for (const part of this.parts) if (isMissing(resource, part) || isAbsent(resource, part)) return false;
    return true;
  }

  /** The answer of {@link decide} without its reasons; false also where it could not be told. */
  allows(resource: Resource): boolean {
    if (!this.isCertain(resource)) return this.decide(resource).allowed;
    this.combined ??= this.predicates.combined(this.whens('permits'), this.whens('restricts'));
    return this.combined(resource, this.principal);
  }

  private whens(effect: AskedRule['effect']): Condition[] {
    return this.asked(effect).map(({ rule }) => rule.when);
  }

  /** Denied where the answer could not be told; never throws. */
  decide(resource: Resource): Decision {
    const { operation, principal } = this;
    const of = (allowed: boolean, reasons: Reason[], couldNotTell?: string): Decision =>
      Object.freeze({
        allowed,
        operation,
        userName: principal.userName,
        reasons: Object.freeze(reasons),
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
    const reasons = this.rules.map((asked) => this.reasonOf(asked, resource));
    const held = (at: number): boolean => (reasons[at] as Reason).holds;
    const unknown = (at: number): boolean => (reasons[at] as Reason).effect === 'failed';
    const indexes = (effect: AskedRule['effect']): number[] =>
      this.rules.flatMap((r, at) => (r.effect === effect ? [at] : []));
    const [permits, restricts] = [indexes('permits'), indexes('restricts')];
    if (permits.some(held) && restricts.every(held)) return of(true, reasons);
    const refused =
      restricts.some((at) => !held(at) && !unknown(at)) || !permits.some((at) => held(at) || unknown(at));
    const open = refused ? undefined : reasons.find((reason) => reason.effect === 'failed');
    return of(false, reasons, open && `could not tell: ${open.says}`);
  }

  private reasonOf({ policy, effect, rule, holds, parts }: AskedRule, resource: Resource): Reason {
    let absent = false;
    for (const part of parts) {
      if (isMissing(resource, part))
        return Object.freeze({
          policy,
          rule: rule.id,
          effect: 'failed',
          holds: false,
          says: `rule ${rule.id} of ${policy} asks about ${part}, which was not loaded`,
        });
      absent ||= isAbsent(resource, part);
    }
    const answer = !absent && holds(resource, this.principal);
    return Object.freeze({ policy, rule: rule.id, effect, holds: answer, says: rule.says });
  }

  /**
   * On which resources the principal could do it: the same rules, for a query.
   * @throws CouldNotTell `could-not-tell` when a policy failed: that never looks like an empty list
   */
  scope(): Scope {
    if (this.failure !== undefined)
      throw new CouldNotTell('could-not-tell', `Could not tell: the policy ${this.failure.policy} failed.`);
    const ofInstances = !this.operation.startsWith('model:') && this.operation !== 'instance:start';
    const [permits, restricts] = [this.asked('permits'), this.asked('restricts')];
    return scopeOfWays(
      waysOf(
        permits.filter((asked) => !ofInstances || !speaksOfStart(asked)).map(({ rule }) => rule),
        this.principal,
        this.predicates,
      ),
      restricts.map((asked) =>
        ofInstances && speaksOfStart(asked) ? NOTHING : bind(asked.rule.when, this.principal),
      ),
    );
  }

  /**
   * The permissive rules from which no marks follow, as `policy/rule`: each of them makes the lists of the principal
   * look through all instances of the tenant.
   */
  unmarked(): string[] {
    return this.asked('permits')
      .filter((asked) => !speaksOfStart(asked) && isUnmarked(asked.rule))
      .map(({ policy, rule }) => `${policy}/${rule.id}`);
  }

  private asked(effect: AskedRule['effect']): AskedRule[] {
    return this.rules.filter((asked) => asked.effect === effect);
  }
}
