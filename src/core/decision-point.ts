import { ByLists } from './by-objects.js';
import { EVERYTHING } from './condition.js';
import type { Decision } from './decision.js';
import { isFixedList, readFieldRules, type FieldRule } from './field-rule.js';
import { FieldTrees } from './field-tree.js';
import { HiddenFields } from './hidden-fields.js';
import { TENANT_MARK, type Mark } from './mark.js';
import { asOperation, OPERATIONS, type Operation } from './operation.js';
import { Parts } from './parts.js';
import type { Facts, Policy, PolicyAnswer } from './policy.js';
import { Predicates } from './predicates.js';
import { ADMIN, SecureUser, SYSTEM } from './principal.js';
import type { Resource } from './resource.js';
import { Answers } from './rule-lists.js';
import { Answered, RuleSets } from './rule-set.js';
import { Ruling, type Failure } from './ruling.js';
import type { Scope } from './scope.js';
import { show } from './value.js';

const NO_FIELDS: readonly FieldRule[] = Object.freeze([]);
const NO_FACTS: Facts = Object.freeze({});
const BY_TENANT = Object.freeze<Mark[]>([TENANT_MARK]);

/**
 * The decision point. It asks every policy and combines the answers as row-level security does: `( P1 or P2 or … )
 * and R1 and R2 and …`, deny by default. It caches no answers: a caller uses `ask` once and keeps the ruling for
 * the whole call.
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

/** A policy could not say which fields it hides. */
export class FieldsFailed extends Error {
  constructor(
    readonly policy: string,
    cause: unknown,
  ) {
    super(`the policy ${policy} failed`, { cause });
    this.name = 'FieldsFailed';
  }
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

/**
 * What decision points compile of the rules, for those that follow each other to share: whatever is kept follows from
 * frozen rules alone, and goes with them.
 */
export class Compilations {
  readonly parts = new Parts();
  private readonly predicates = new Predicates();
  readonly sets = new RuleSets(this.predicates);
  readonly ofAdministrators = new Answers('administrators', this.predicates, this.parts);
  private readonly byPolicy = new WeakMap<Policy, Answers>();

  answersOf(policy: Policy): Answers {
    let answers = this.byPolicy.get(policy);
    if (answers === undefined)
      this.byPolicy.set(policy, (answers = new Answers(policy.name, this.predicates, this.parts)));
    return answers;
  }
}

/**
 * Creates the decision point for a list of policies.
 * @throws TypeError if two policies have the same name
 */
export function createDecisionPoint(
  list: readonly Policy[],
  compilations: Compilations = new Compilations(),
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

  function ask(principal: SecureUser, operation: Operation, facts: Facts = NO_FACTS): Ruling {
    const admin = principal.isAdmin();
    let place = startOf(principal, operation);
    for (const { policy, answers } of asked) {
      if (admin && !isHeard(policy, principal)) continue;
      try {
        const answer = policy.answer(principal, operation, facts);
        place = place.after(answer) ?? add(place, answers, answer, operation, admin);
      } catch (cause) {
        return new Ruling(principal, operation, sets.of([]), { policy: policy.name, cause });
      }
    }
    return new Ruling(principal, operation, place.rules);
  }

  const withFields = policies.filter((policy) => policy.fields !== undefined);

  const trees = new FieldTrees();
  const joined = new ByLists<readonly FieldRule[]>();

  function fields(principal: SecureUser): readonly FieldRule[] {
    const admin = principal.isAdmin();
    const lists = withFields.flatMap((policy) => {
      if (admin && !isHeard(policy, principal)) return [];
      try {
        const given: unknown = policy.fields?.(principal);
        const rules = trees.knows(given) ? given : readFieldRules(given);
        return rules.length === 0 ? [] : [rules];
      } catch (cause) {
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
    allows: (principal, operation, resource, facts) => ask(principal, operation, facts).allows(resource),
    scope: (principal, operation, facts) => ask(principal, operation, facts).scope(),
  } satisfies DecisionPoint);
}

/** The principals that policies are tried on before a guard starts: ordinary users with and without a tenant. */
const TRIED: readonly SecureUser[] = [
  new SecureUser({ userName: 'anybody' }),
  new SecureUser({ userName: 'anybody', tenantId: 'any' }),
];

/**
 * Tries every policy on every operation. A policy that fails for an ordinary user, or whose condition can never be
 * evaluated, would answer every call with "could not tell".
 */
export function tryPolicies(policies: readonly Policy[]): (Failure & { readonly operation: Operation })[] {
  return policies.flatMap((policy) => {
    const point = createDecisionPoint([policy]);
    for (const principal of TRIED) {
      try {
        point.fields(principal);
      } catch (error) {
        const { cause } = error as FieldsFailed;
        return [{ policy: policy.name, cause, operation: 'instance:read' as const }];
      }
    }
    return (Object.keys(OPERATIONS) as Operation[]).flatMap((operation) =>
      TRIED.flatMap((principal) => {
        const { failure } = point.ask(principal, operation);
        return failure === undefined ? [] : [{ ...failure, operation }];
      }).slice(0, 1),
    );
  });
}

/** The operations whose rules scope the lists of instances and items. */
export const LISTED: readonly Operation[] = Object.freeze(['task:read', 'instance:read']);

/**
 * The permissive rules from which no marks follow, as `policy/rule`: they make every list scan all instances of the
 * tenant. Tried for ordinary users, and for members of each group.
 */
export function unmarkedRules(point: DecisionPoint, groups: readonly string[] = []): string[] {
  const members = groups.map((group) => new SecureUser({ userName: 'anybody', userGroups: [group] }));
  const asked = LISTED.flatMap((operation) =>
    [...TRIED, ...members].flatMap((principal) => point.ask(principal, operation).unmarked()),
  );
  return [...new Set(asked)];
}
