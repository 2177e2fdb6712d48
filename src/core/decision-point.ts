import { EVERYTHING } from './condition.js';
import type { Decision } from './decision.js';
import { TENANT_MARK, type Mark } from './mark.js';
import { asOperation, OPERATIONS, type Operation } from './operation.js';
import { Parts } from './parts.js';
import { own } from './path.js';
import { isPlainObject } from './plain-object.js';
import type { Facts, Policy, PolicyAnswer, Rule } from './policy.js';
import { Predicates } from './predicates.js';
import { ADMIN, SecureUser, SYSTEM } from './principal.js';
import type { Resource } from './resource.js';
import { Ruling, type AskedRule, type Failure } from './ruling.js';
import type { Scope } from './scope.js';
import { show } from './show.js';

const NO_FACTS: Facts = Object.freeze({});
const BY_TENANT = Object.freeze<Mark[]>([TENANT_MARK]);
const NO_RULES: readonly Rule[] = Object.freeze([]);
const LISTS: ReadonlySet<string> = new Set(['permissive', 'restrictive'] satisfies (keyof PolicyAnswer)[]);

/**
 * The one decision point. It asks every policy and combines the answers as row-level security does:
 * `( P1 or P2 or … ) and R1 and R2 and …`, deny by default. It keeps no answers: who calls once asks once, by `ask`,
 * and has the same ruling for the whole call.
 */
export interface DecisionPoint {
  /**
   * Asks every policy once. A policy that fails makes a ruling that allows nothing and says so.
   * @throws BadInput `unknown-operation`
   */
  ask(principal: SecureUser, operation: Operation, facts?: Facts): Ruling;
  /** `ask` and {@link Ruling.decide}. */
  decide(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): Decision;
  /** `ask` and {@link Ruling.allows}. */
  allows(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): boolean;
  /** `ask` and {@link Ruling.scope}. */
  scope(principal: SecureUser, operation: Operation, facts?: Facts): Scope;
}

function rules(answer: Record<string, unknown>, key: keyof PolicyAnswer): readonly Rule[] {
  const list = own(answer, key);
  if (list === undefined) return NO_RULES;
  if (!Array.isArray(list)) throw new TypeError(`${key} must be a list of rules, got ${show(list)}`);
  return list as Rule[];
}

/**
 * The two lists of a policy's answer. A promise, a misspelt list or anything else unknown is refused: what it was
 * meant to restrict would be lost.
 * @throws TypeError naming what was met
 */
export function readAnswer(answer: unknown): Required<PolicyAnswer> {
  if (answer instanceof Promise) {
    // Nobody waits for it; left alone, its rejection would end the process.
    answer.catch(() => undefined);
    throw new TypeError('A policy answers at once, not with a promise');
  }
  if (!isPlainObject(answer)) throw new TypeError(`A policy answers with an object, got ${show(answer)}`);
  const unknown = Object.keys(answer).find((key) => !LISTS.has(key));
  if (unknown !== undefined)
    throw new TypeError(`A policy answers with permissive and restrictive, met ${show(unknown)}`);
  return { permissive: rules(answer, 'permissive'), restrictive: rules(answer, 'restrictive') };
}

/**
 * The policies that have a say. Administrators pass what policies restrict, but for those that are not waivable; none
 * is asked for SYSTEM across tenants, so that none can lock it out.
 */
function heard(policies: readonly Policy[], principal: SecureUser): readonly Policy[] {
  if (!principal.isAdmin()) return policies;
  if (principal.isSystem() && principal.tenantId === undefined) return [];
  return policies.filter((policy) => policy.waivable === false);
}

function administrators(principal: SecureUser): AskedRule {
  const group = principal.isSystem() ? SYSTEM : ADMIN;
  return {
    policy: 'administrators',
    effect: 'permits',
    rule: {
      id: group.toLowerCase(),
      says: `${group} may do everything in its tenant`,
      when: EVERYTHING,
      search: BY_TENANT,
    },
    holds: () => true,
    parts: new Set(),
  };
}

/**
 * Makes the decision point for a list of policies.
 * @throws TypeError when two policies have one name
 */
export function createDecisionPoint(list: readonly Policy[]): DecisionPoint {
  const policies = Object.freeze([...list]);
  const twice = policies.find(({ name }, at) => policies.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw new TypeError(`Two policies are named ${show(twice.name)}`);
  const predicates = new Predicates();
  const parts = new Parts();

  function ask(principal: SecureUser, name: Operation, facts: Facts = NO_FACTS): Ruling {
    const operation = asOperation(name);
    const admin = principal.isAdmin();
    const asked: AskedRule[] = admin ? [administrators(principal)] : [];
    for (const policy of heard(policies, principal)) {
      const add = (effect: AskedRule['effect'], given: readonly Rule[]): void => {
        for (const rule of given) {
          parts.assertAskable(operation, rule.when);
          asked.push({
            policy: policy.name,
            effect,
            rule,
            holds: predicates.of(rule.when),
            parts: parts.of(rule.when),
          });
        }
      };
      try {
        const { permissive, restrictive } = readAnswer(policy.answer(principal, operation, facts));
        if (!admin) add('permits', permissive);
        add('restricts', restrictive);
      } catch (cause) {
        return new Ruling(principal, operation, [], predicates, { policy: policy.name, cause });
      }
    }
    return new Ruling(principal, operation, asked, predicates);
  }

  return Object.freeze({
    ask,
    decide: (principal, operation, resource, facts) => ask(principal, operation, facts).decide(resource),
    allows: (principal, operation, resource, facts) => ask(principal, operation, facts).allows(resource),
    scope: (principal, operation, facts) => ask(principal, operation, facts).scope(),
  } satisfies DecisionPoint);
}

/** Whom policies are tried on before a guard starts: nobody in particular, with and without a tenant. */
const TRIED: readonly SecureUser[] = [
  new SecureUser({ userName: 'anybody' }),
  new SecureUser({ userName: 'anybody', tenantId: 'any' }),
];

/**
 * Tries every policy on every operation: one that fails for an ordinary user, or whose condition can never be asked,
 * would answer every call with "could not tell".
 */
export function tryPolicies(policies: readonly Policy[]): (Failure & { readonly operation: Operation })[] {
  return policies.flatMap((policy) => {
    const point = createDecisionPoint([policy]);
    return (Object.keys(OPERATIONS) as Operation[]).flatMap((operation) =>
      TRIED.flatMap((principal) => {
        const { failure } = point.ask(principal, operation);
        return failure === undefined ? [] : [{ ...failure, operation }];
      }).slice(0, 1),
    );
  });
}

const LISTED: readonly Operation[] = ['task:read', 'instance:read'];

/**
 * The permissive rules for an ordinary user, as `policy/rule`, from which no marks follow, so that they make every list
 * look through all instances of the tenant.
 */
export const unmarkedRules = (point: DecisionPoint): string[] => [
  ...new Set(
    LISTED.flatMap((operation) => TRIED.flatMap((principal) => point.ask(principal, operation).unmarked())),
  ),
];
