import { parseCondition } from '../../condition/json.js';
import {
  and,
  eq,
  EVERYTHING,
  exists,
  compare,
  NOTHING,
  not,
  referenceIn,
  or,
  type Condition,
  type Reference,
} from '../../condition/condition.js';
import { compileForAll } from '../../evaluation/evaluate.js';
import type { Rule } from '../../policy.js';
import type { SecureUser } from '../../principal.js';
import { elementOf, type GridContents, type GridRule, type GridUsers } from './grid.js';

export const ME: Reference = Object.freeze({ ref: 'user', path: 'userName' });

/** The field of the holders of a label, and that of their number. */
export const holdersOf = (label: string): string => `instance.guard.roles.${label}`;
const numberOf = (label: string): string => `instance.guard.roleCounts.${label}`;

/** A rule, and the conditions that follow from it, without its object. */
export interface GridRuleConditions {
  readonly id: string;
  readonly rule: GridRule;
  /** The process; undefined: all. */
  readonly process: string | undefined;
  /** The task or event; undefined: all of the process. */
  readonly element: string | undefined;
  /** Of the principal and the case: whom the rule concerns, in which cases, and that its label is not taken. */
  readonly who: Condition;
  /**
   * Of the principal alone: whom the rule can concern in some case; nothing for holders of labels, whom only a case
   * has.
   */
  readonly user: Condition;
  /** Of the principal and the data that a case would start with. */
  readonly start: Condition;
  /** What was made of it for the decision point, and is the same as long as the rule is. */
  readonly made: MadeRule[];
  /** Of a rule about all processes: the same rule about one of them. */
  readonly within: Map<string, GridRuleConditions>;
}

/** A rule of the grid on its object, where something `applies`. */
export interface MadeRule {
  readonly place: object;
  readonly applies: readonly Condition[];
  readonly when: Condition;
  permits?: Rule;
  forbids?: Rule;
}

function usersCondition(users: GridUsers): Condition {
  if (users === 'all') return EVERYTHING;
  if ('group' in users) return eq('user.userGroups', users.group);
  if ('user' in users) return eq('user.userName', users.user);
  return 'role' in users ? eq(holdersOf(users.role), ME) : parseCondition(users.where);
}

const isRole = (users: GridUsers): boolean => users !== 'all' && 'role' in users;

/** Of the principal alone; nothing for holders of a label, whom only a case has. */
const ofUser = (users: GridUsers): Condition => (isRole(users) ? NOTHING : usersCondition(users));

/** Whether the rule is about the principal, in whatever case; never for holders of a label. */
export const concerns = ({ users }: GridRule, principal: SecureUser): boolean =>
  compileForAll(ofUser(users))({}, principal);

/** The label has room for one more, or the principal holds it. */
function roomFor(label: string, multiple: number | undefined): Condition {
  if (multiple === undefined) return EVERYTHING;
  const held = numberOf(label);
  return or(eq(holdersOf(label), ME), exists(held, false), compare('lt', held, multiple));
}

const DATA = 'instance.data.';

/** The same tests of the data that a case would start with; undefined if something else of a case is tested. */
function ofStart(condition: Condition): Condition | undefined {
  if (condition.op === 'not') {
    const inner = ofStart(condition.of);
    return inner && not(inner);
  }
  if ('of' in condition) {
    const parts = condition.of.map(ofStart);
    const known = parts.filter((part) => part !== undefined);
    if (known.length < parts.length) return undefined;
    return condition.op === 'and' ? and(...known) : or(...known);
  }
  if (condition.op === 'some' || condition.op === 'cases') return undefined;
  const reference = referenceIn(condition);
  if (reference !== undefined && reference.ref !== 'user') return undefined;
  const { field } = condition;
  if (field.startsWith('user.')) return condition;
  return field.startsWith(DATA)
    ? Object.freeze({ ...condition, field: `start.data.${field.slice(DATA.length)}` })
    : undefined;
}

/** True if the rule's condition can be evaluated before a case exists: on its data and the user alone. */
export const canStart = ({ users, for: when }: GridRule): boolean =>
  !isRole(users) && (when === undefined || ofStart(parseCondition(when)) !== undefined);

/** The conditions of a rule. */
export function conditionsOf(
  id: string,
  rule: GridRule,
  { labels }: Pick<GridContents, 'labels'>,
): GridRuleConditions {
  const { users, on, as, effect } = rule;
  const concerned = usersCondition(users);
  const when = rule.for === undefined ? EVERYTHING : parseCondition(rule.for);
  const room = as === undefined ? EVERYTHING : roomFor(as, labels.get(as)?.multiple);
  const user = ofUser(users);
  return Object.freeze({
    id,
    rule,
    process: on === 'system' ? undefined : on.process,
    element: elementOf(on),
    who: and(concerned, when, room),
    user,
    // What cannot be told before a case exists permits nothing, and restricts.
    start: and(user, ofStart(when) ?? (effect === 'Allow' ? NOTHING : EVERYTHING)),
    made: [],
    within: new Map(),
  });
}
