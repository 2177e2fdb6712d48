import { ask, whensOf, type AskedRules } from './asked-rules.js';
import { bind } from './bind.js';
import { and, isNothing, NOTHING, or, type Condition } from './condition.js';
import type { Decision, Reason } from './decision.js';
import type { PrincipalPredicate } from './evaluate.js';
import { asOperation, type Operation } from './operation.js';
import type { Facts, Policy } from './policy.js';
import { Predicates } from './predicates.js';
import type { SecureUser } from './principal.js';
import type { Resource } from './resource.js';
import { scopeOf, type Scope } from './scope.js';
import { show } from './show.js';

const NO_FACTS: Facts = Object.freeze({});

/**
 * The one decision point. It asks every policy and combines the answers as row-level security does:
 * `( P1 or P2 or … ) and R1 and R2 and …`, deny by default (spec 00, How policies combine).
 */
export interface DecisionPoint {
  /** May the principal do this to this resource? Denied on any failure; never throws for a known operation. */
  decide(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): Decision;
  /** The same answer as {@link decide}, without its reasons; compiled once per principal and operation. */
  allows(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): boolean;
  /** On which resources could the principal do this? The same rules, for a query. */
  scope(principal: SecureUser, operation: Operation, facts?: Facts): Scope;
}

/** Where all that is permitted can be found; undefined when one permissive rule says nothing about it. */
function narrowing(permits: readonly { narrow: Condition | undefined }[]): Condition | undefined {
  const distinct = new Map<string, Condition>();
  for (const narrow of new Set(permits.map((r) => r.narrow))) {
    if (narrow === undefined) return undefined;
    distinct.set(JSON.stringify(narrow), narrow);
  }
  return distinct.size === 0 ? undefined : or(...distinct.values());
}

/** A rule that cannot be bound to the principal leaves nothing, as a policy that fails. */
function scopeFor(asked: AskedRules, principal: SecureUser): Scope {
  if ('failed' in asked) return scopeOf(NOTHING);
  try {
    const bound = asked.rules.map(({ effect, rule }) => ({
      effect,
      when: bind(rule.when, principal),
      narrow: rule.narrow,
    }));
    const permits = bound.filter(({ effect, when }) => effect === 'permits' && !isNothing(when));
    const restricts = bound.filter(({ effect }) => effect === 'restricts');
    const narrow = narrowing(permits);
    return scopeOf(
      and(or(...permits.map((r) => r.when)), ...restricts.map((r) => r.when)),
      narrow && bind(narrow, principal),
    );
  } catch {
    return scopeOf(NOTHING);
  }
}

function decision(
  operation: Operation,
  principal: SecureUser,
  asked: AskedRules,
  resource: Resource,
): Decision {
  const reasons: Reason[] = [];
  let allowed = false;
  if ('failed' in asked) {
    reasons.push(
      Object.freeze({
        policy: asked.failed,
        rule: 'error',
        effect: 'failed',
        holds: false,
        says: 'the policy failed, so the answer is no',
      }),
    );
  } else {
    for (const { policy, effect, rule, holds } of asked.rules)
      reasons.push(
        Object.freeze({ policy, rule: rule.id, effect, holds: holds(resource, principal), says: rule.says }),
      );
    allowed =
      reasons.some((r) => r.effect === 'permits' && r.holds) &&
      reasons.every((r) => r.effect !== 'restricts' || r.holds);
  }
  return Object.freeze({ allowed, operation, userName: principal.userName, reasons: Object.freeze(reasons) });
}

/**
 * Makes the decision point for a list of policies. What it keeps per principal is derived from frozen values and is
 * held weakly, so nothing of one principal can answer for another.
 * @throws TypeError when two policies have one name
 */
export function createDecisionPoint(list: readonly Policy[]): DecisionPoint {
  const policies = Object.freeze([...list]);
  const twice = policies.find(({ name }, at) => policies.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw new TypeError(`Two policies are named ${show(twice.name)}`);
  const predicates = new Predicates();
  const kept = new Map<Operation, WeakMap<SecureUser, PrincipalPredicate>>();

  const rulesFor = (principal: SecureUser, operation: Operation, facts: Facts): AskedRules =>
    ask(policies, predicates, principal, asOperation(operation), facts);

  const compiledFor = (principal: SecureUser, operation: Operation): PrincipalPredicate => {
    const asked = rulesFor(principal, operation, NO_FACTS);
    return 'failed' in asked
      ? () => false
      : predicates.combined(whensOf(asked.rules, 'permits'), whensOf(asked.rules, 'restricts'));
  };

  return Object.freeze({
    decide: (principal, operation, resource, facts = NO_FACTS) =>
      decision(operation, principal, rulesFor(principal, operation, facts), resource),

    allows(principal, operation, resource, facts) {
      if (facts !== undefined)
        return decision(operation, principal, rulesFor(principal, operation, facts), resource).allowed;
      let ofOperation = kept.get(operation);
      if (ofOperation === undefined) kept.set(asOperation(operation), (ofOperation = new WeakMap()));
      let allowed = ofOperation.get(principal);
      if (allowed === undefined) ofOperation.set(principal, (allowed = compiledFor(principal, operation)));
      return allowed(resource, principal);
    },

    scope: (principal, operation, facts = NO_FACTS) =>
      scopeFor(rulesFor(principal, operation, facts), principal),
  } satisfies DecisionPoint);
}
