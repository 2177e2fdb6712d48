import { and, isIn, not, or, type Condition } from '../../condition/condition.js';
import { NO_USER_TASK } from '../../condition/element-types.js';
import type { FieldRule } from '../../fields/field-rule.js';
import { OPERATIONS, type Operation } from '../../operation.js';
import type { Facts, Policy, PolicyAnswer, Rule } from '../../policy.js';
import type { PolicySet } from '../../policy-set/policy-set.js';
import { IN_CASE, IS_CASE, IS_NO_CASE, inRoles } from './conditions.js';
import { CASE_FIELD, CASE_OPERATION, type CaseFieldEntry, type CaseOperationEntry } from './case-kinds.js';
import { CASE_DEFAULTS, CASE_OPERATIONS, type CaseOperation } from './operations.js';

/** Settings of case roles that are not part of a policy set. */
export interface CaseRolesOptions {
  /** False: cases are visible to those whom other policies admit, as instances of other models are. Default true. */
  readonly visibility?: boolean;
}

const NO_ANSWER: PolicyAnswer = Object.freeze({});
const NO_RULES: readonly Rule[] = Object.freeze([]);

const rule = (id: string, says: string, when: Condition): Rule => Object.freeze({ id, says, when });
const answer = (permissive: readonly Rule[], restrictive: readonly Rule[]): PolicyAnswer =>
  Object.freeze({ permissive: Object.freeze(permissive), restrictive: Object.freeze(restrictive) });

const VISIBLE = rule('visibility', 'a case is visible to who has a role in it', or(IS_NO_CASE, IN_CASE));
const READERS = rule('participant', 'you have a role in the case', and(IS_CASE, IN_CASE));
const ITEMS = rule(
  'participant',
  'you have a role in the case, so you may read its items that are not user tasks',
  and(NO_USER_TASK, IS_CASE, IN_CASE),
);

const holdersText = (roles: readonly string[] | undefined): string =>
  roles === undefined ? 'everybody in a role' : roles.join(', ') || 'nobody';

/** Operations for everybody in a role of the case; what is about a task follows the task rules. */
const FOR_READERS: ReadonlySet<Operation> = new Set([
  'instance:read',
  'instance:message',
  'instance:signal',
  'instance:comment',
]);
const WITH_CASE: ReadonlySet<Operation> = new Set(['task:read', 'task:assignees']);

/** The case operations that an operation stands for. */
export const asCaseOperations = (operation: Operation): readonly CaseOperation[] =>
  (OPERATIONS[operation].cases as readonly string[]).filter((name): name is CaseOperation =>
    CASE_OPERATIONS.some((known) => known === name),
  );

/** Rules about fields. Those for the same roles and models share one condition. */
function fieldRulesOf(fields: ReadonlyMap<string, CaseFieldEntry>): readonly FieldRule[] {
  const known = new Map<string, Condition>();
  const unless = ({ roles, models }: CaseFieldEntry): Condition => {
    const key = JSON.stringify([roles, models ?? null]);
    let found = known.get(key);
    if (found === undefined) {
      const elsewhere = models === undefined ? [] : [not(isIn('instance.name', models))];
      known.set(key, (found = or(IS_NO_CASE, ...elsewhere, inRoles(roles))));
    }
    return found;
  };
  return Object.freeze([...fields].map(([field, entry]) => Object.freeze({ field, unless: unless(entry) })));
}

/**
 * The policy of case roles. An instance of a model that declares roles is visible only to those who hold one of them;
 * some operations on it are for some of the roles only, and some of its data too. Instances of other models are not
 * concerned.
 */
export class CaseRoles implements Policy {
  readonly name = 'case-roles';
  private readonly configured: ReadonlyMap<CaseOperation, CaseOperationEntry>;
  private readonly fieldRules: readonly FieldRule[];
  private readonly visible: readonly Rule[];
  /** Made once, so that the decision point compiles them once. */
  private readonly answers = new Map<string, PolicyAnswer>();

  constructor(set: PolicySet, { visibility = true }: CaseRolesOptions = {}) {
    this.configured = set.of(CASE_OPERATION) as ReadonlyMap<string, unknown> as typeof this.configured;
    this.visible = visibility ? Object.freeze([VISIBLE]) : NO_RULES;
    this.fieldRules = fieldRulesOf(set.of(CASE_FIELD) as ReadonlyMap<string, CaseFieldEntry>);
  }

  /** The roles that may perform an operation; undefined: everybody who has a role in the case. */
  rolesFor(operation: CaseOperation): readonly string[] | undefined {
    return this.configured.get(operation)?.roles ?? CASE_DEFAULTS[operation];
  }

  fields(): readonly FieldRule[] {
    return this.fieldRules;
  }

  answer(_principal: unknown, operation: Operation, { starts, caseOperation }: Facts): PolicyAnswer {
    const key = caseOperation === undefined ? operation : `${operation} ${caseOperation}`;
    const { kind } = OPERATIONS[operation];
    if (kind === 'model' || kind === 'system' || starts === true) return NO_ANSWER;
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const made = this.make(operation, caseOperation);
    this.answers.set(key, made);
    return made;
  }

  private make(operation: Operation, named: CaseOperation | undefined): PolicyAnswer {
    if (WITH_CASE.has(operation)) return this.shared('items', [ITEMS]);
    const asked = named === undefined ? asCaseOperations(operation) : [named];
    // A comment of one's own needs no role; who wrote it is looked at where it is changed.
    const restricted = operation === 'instance:comment' && named === undefined ? [] : asked;
    if (FOR_READERS.has(operation) && restricted.length === 0) return this.shared('readers', [READERS]);
    if (restricted.length === 0) return this.shared('others', NO_RULES);
    const within = and(...restricted.map((one) => this.within(one)));
    const says = `a role of the case may ${restricted.join(' and ')}`;
    const of = restricted.map((one) => `${one}: ${holdersText(this.rolesFor(one))}`).join('; ');
    return answer(
      [rule('role', `${says} (${of})`, and(IS_CASE, within))],
      [...this.visible, rule('operation', `only ${says} (${of})`, or(IS_NO_CASE, within))],
    );
  }

  private within(operation: CaseOperation): Condition {
    const roles = this.rolesFor(operation);
    return roles === undefined ? IN_CASE : inRoles(roles);
  }

  /** One answer for several operations, so that their rulings are the same. */
  private shared(key: string, permissive: readonly Rule[]): PolicyAnswer {
    let known = this.answers.get(key);
    if (known === undefined) this.answers.set(key, (known = answer(permissive, this.visible)));
    return known;
  }
}
