import { ByLists } from '../by-objects.js';
import { EVERYTHING } from '../condition/condition.js';
import { Compilations } from './compilations.js';
import type { Decision } from './decision.js';
import { FieldsFailed, isFixedList, readFieldRules, type FieldRule } from '../fields/field-rule.js';
import { FieldTrees } from '../fields/field-tree.js';
import { HiddenFields } from '../fields/hidden-fields.js';
import { TENANT_MARK, type StatedMark } from '../marks/mark.js';
import { asOperation, type Operation } from '../operation.js';
import { NO_FACTS, type Facts, type Policy, type PolicyAnswer } from '../policy.js';
import { ADMIN, SecureUser, SYSTEM } from '../principal.js';
import type { Resource } from '../resource.js';
import type { Answers } from './rule-lists.js';
import { RuleSet } from './rule-set.js';
import { Answered } from './rule-sets.js';
import { Ruling, type Failure } from './ruling.js';
import type { Scope } from './scope.js';
import { ignoreRejections } from '../unawaited.js';
import { show } from '../value.js';

const NO_FIELDS: readonly FieldRule[] = Object.freeze([]);
const BY_TENANT = Object.freeze<StatedMark[]>([TENANT_MARK]);

/**
 * The decision point. It asks every policy and combines the answers as row-level security does: `( P1 or P2 or … )
 * and R1 and R2 and …`, deny by default. A caller uses `ask` once and keeps the ruling for the whole call.
 */
export interface DecisionPoint {
  /**
   * Asks every policy once. If a policy fails, the ruling allows nothing and reports the failure.
   * @throws BadInput `unknown-operation`
   */
  ask(principal: SecureUser, operation: Operation, facts?: Facts): Ruling;
  /** `ask` and {@link Ruling.decide}. */
  decide(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): Decision;
  /** `ask` and {@link Ruling.allows}. */
  allows(principal: SecureUser, operation: Operation, resource: Resource, facts?: Facts): boolean;
  /** `ask` and {@link Ruling.scope}. */
  scope(principal: SecureUser, operation: Operation, facts?: Facts): Scope;
  /**
   * What the policies say about fields of the data; each rule must hold for its field to be shown.
   * @throws FieldsFailed if a policy failed
   */
  fields(principal: SecureUser): readonly FieldRule[];
  /**
   * The fields of the data that are hidden from the principal in some instances; undefined if none are.
   * @throws FieldsFailed if a policy failed
   */
  hidden(principal: SecureUser): HiddenFields | undefined;
}

/**
 * Whether a policy applies to an administrator. Administrators are exempt from restrictions except those that are
 * not waivable. No policy applies to SYSTEM across tenants, so that none can lock it out.
 */
const isHeard = (policy: Policy, principal: SecureUser): boolean =>
  policy.waivable === false && !(principal.isSystem() && principal.tenantId === undefined);

const administrators = (group: string): PolicyAnswer =>
  Object.freeze({
    permissive: Object.freeze([
      Object.freeze({
        id: group.toLowerCase(),
        says: `${group} may do everything in its tenant`,
        when: EVERYTHING,
        search: BY_TENANT,
      }),
    ]),
  });
const OF_ADMIN = administrators(ADMIN);
const OF_SYSTEM = administrators(SYSTEM);

/** Reads an answer that is not cached. For administrators, only restrictions count. */
function add(
  place: Answered,
  answers: Answers,
  answer: PolicyAnswer,
  operation: Operation,
  admin: boolean,
): Answered {
  const { all, restricts, isFixed } = answers.of(answer, operation);
  return place.add(answer, admin ? restricts : all, isFixed);
}

/** Asking this many policies takes less time than looking up their earlier answers. */
const FEW = 3;

/** What was answered to principals that have asked before. They never change, and keep it as long as they live. */
class Kept<T> {
  private known = new WeakMap<SecureUser, Map<Operation, T>>();
  private room: number;

  /** @param most it is kept of so many principals; one more empties it */
  constructor(private readonly most = Infinity) {
    this.room = most;
  }

  of(principal: SecureUser, operation: Operation): T | undefined {
    return this.known.get(principal)?.get(operation);
  }

  keep(principal: SecureUser, operation: Operation, answer: T): void {
    const kept = this.known.get(principal);
    if (kept !== undefined) kept.set(operation, answer);
    // What only looks like a principal could change.
    else if (SecureUser.made(principal)) {
      if (this.room-- === 0) {
        this.known = new WeakMap();
        this.room = this.most - 1;
      }
      this.known.set(principal, new Map([[operation, answer]]));
    }
  }
}

/** Rulings hold their scope, which is larger than the rules that principals share. */
const MOST_WITH_RULINGS = 200;

/**
 * Creates the decision point for a list of policies.
 * @param arePure the policies answer from their arguments alone, with the same rules each time, so that a principal who
 *   asks again without facts need not ask each of them
 * @throws TypeError if two policies have the same name
 */
export function createDecisionPoint(
  list: readonly Policy[],
  compilations: Compilations = new Compilations(),
  arePure = false,
): DecisionPoint {
  const policies = Object.freeze([...list]);
  const twice = policies.find(({ name }, at) => policies.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw new TypeError(`Two policies are named ${show(twice.name)}`);
  const { sets, ofAdministrators } = compilations;
  const asked = policies.map((policy) => ({ policy, answers: compilations.answersOf(policy) }));

  const starts = {
    ofAll: new Map<Operation, Answered>(),
    ofAdmin: new Map<Operation, Answered>(),
    ofSystem: new Map<Operation, Answered>(),
  };

  /** The initial answer for an operation: administrators get their rule first. */
  function startOf(principal: SecureUser, name: Operation): Answered {
    const admin = principal.isAdmin();
    const known = !admin ? starts.ofAll : principal.isSystem() ? starts.ofSystem : starts.ofAdmin;
    let start = known.get(name);
    if (start === undefined) {
      const operation = asOperation(name);
      const rule = principal.isSystem() ? OF_SYSTEM : OF_ADMIN;
      start = new Answered(sets, admin ? [ofAdministrators.of(rule, operation).all] : []);
      known.set(operation, start);
    }
    return start;
  }

  const kept = arePure && policies.length > FEW ? new Kept<RuleSet>() : undefined;
  const rulings = arePure ? new Kept<Ruling>(MOST_WITH_RULINGS) : undefined;

  function rulesFor(principal: SecureUser, operation: Operation, facts: Facts): RuleSet | Failure {
    if (kept === undefined || facts !== NO_FACTS) return answered(principal, operation, facts);
    const known = kept.of(principal, operation);
    if (known !== undefined) return known;
    const found = answered(principal, operation, facts);
    if (found instanceof RuleSet) kept.keep(principal, operation, found);
    return found;
  }

  /** The rules of all policies; each policy is asked once. */
  function answered(principal: SecureUser, operation: Operation, facts: Facts): RuleSet | Failure {
    const admin = principal.isAdmin();
    let place = startOf(principal, operation);
    for (const { policy, answers } of asked) {
      if (admin && !isHeard(policy, principal)) continue;
      let answer: PolicyAnswer | undefined;
      try {
        answer = policy.answer(principal, operation, facts);
        place = place.after(answer) ?? add(place, answers, answer, operation, admin);
      } catch (cause) {
        ignoreRejections(answer);
        return { policy: policy.name, cause };
      }
    }
    return place.rules;
  }

  const rulingOf = (principal: SecureUser, operation: Operation, found: RuleSet | Failure): Ruling =>
    found instanceof RuleSet
      ? new Ruling(principal, operation, found)
      : new Ruling(principal, operation, sets.of([]), found);

  function ask(principal: SecureUser, operation: Operation, facts: Facts = NO_FACTS): Ruling {
    const known = facts === NO_FACTS ? rulings?.of(principal, operation) : undefined;
    if (known !== undefined) return known;
    const ruling = rulingOf(principal, operation, rulesFor(principal, operation, facts));
    if (facts === NO_FACTS && ruling.failure === undefined) rulings?.keep(principal, operation, ruling);
    return ruling;
  }

  /** Without a ruling, which only the reasons need. */
  function allows(
    principal: SecureUser,
    operation: Operation,
    resource: Resource,
    facts: Facts = NO_FACTS,
  ): boolean {
    const found = rulesFor(principal, operation, facts);
    return found instanceof RuleSet && found.covers(resource)
      ? found.combined(resource, principal)
      : rulingOf(principal, operation, found).allows(resource);
  }

  const withFields = policies.filter((policy) => policy.fields !== undefined);

  const trees = new FieldTrees();
  const joined = new ByLists<readonly FieldRule[]>();

  function fields(principal: SecureUser): readonly FieldRule[] {
    const admin = principal.isAdmin();
    const lists = withFields.flatMap((policy) => {
      if (admin && !isHeard(policy, principal)) return [];
      let given: unknown;
      try {
        given = policy.fields?.(principal);
        const rules = trees.knows(given) ? given : readFieldRules(given);
        return rules.length === 0 ? [] : [rules];
      } catch (cause) {
        ignoreRejections(given);
        throw new FieldsFailed(policy.name, cause);
      }
    });
    const [first = NO_FIELDS, ...others] = lists;
    if (others.length === 0) return first;
    return lists.every(isFixedList) ? joined.of(lists, () => Object.freeze(lists.flat())) : lists.flat();
  }

  return Object.freeze({
    ask,
    fields,
    hidden: (principal) => HiddenFields.of(fields(principal), principal, trees),
    decide: (principal, operation, resource, facts) => ask(principal, operation, facts).decide(resource),
    allows,
    scope: (principal, operation, facts) => ask(principal, operation, facts).scope(),
  } satisfies DecisionPoint);
}
