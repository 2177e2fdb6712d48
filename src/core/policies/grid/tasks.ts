import {
  and,
  eq,
  EVERYTHING,
  exists,
  isNothing,
  not,
  or,
  type Condition,
} from '../../condition/condition.js';
import { IS_USER_TASK, NO_USER_TASK } from '../../condition/element-types.js';
import { factored } from '../../condition/factor.js';
import { mapInSteps, type InSteps } from '../../in-steps.js';
import type { PolicyAnswer, Rule } from '../../policy.js';
import type { Narrowing } from '../task-rules.js';
import { kindOf } from './grid.js';
import {
  answerOf,
  close,
  forbidAt,
  forbidden,
  isOfRole,
  OF_ANY,
  OF_TASKS,
  madeOf,
  permit,
  permitAt,
  permitted,
  said,
  type GridRules,
} from './grid-rules.js';
import { narrowing } from './model-people.js';
import { ME, type GridRuleConditions } from './rule-conditions.js';
import { OF_ITEM, RuleIndex, saidAt } from './rule-index.js';

const UNASSIGNED = exists('item.assignee', false);
const ASSIGNED = exists('item.assignee');
const MINE = eq('item.assignee', ME);
const NOT_LENT = exists('item.guard.owner', false);

/** Who may Perform user tasks. */
export interface Performing {
  readonly allows: RuleIndex;
  readonly restricts: RuleIndex;
  /** Of an item: the principal is excluded from it. */
  readonly blocked: Condition;
  readonly rules: readonly Rule[];
}

/** What the rules say of performing, made in steps. */
export function* performing(rules: GridRules): InSteps<Performing> {
  const allows = new RuleIndex(rules.allowing('Perform', OF_TASKS).map((rule) => said(rule, rule.who)));
  const limits = rules.restricting('Perform', OF_TASKS);
  const excluded = yield* mapInSteps(limits, (rule) => madeOf(rule, OF_ITEM, IS_USER_TASK).when);
  const closed = allows.anyClosed(allows, OF_ITEM, IS_USER_TASK);
  yield;
  const blocked = or(closed, factored(excluded));
  yield;
  const closing = allows.closed(allows, OF_ITEM, IS_USER_TASK);
  const closers = yield* mapInSteps(closing, (one) => close('Perform', one));
  const forbids = yield* mapInSteps(limits, (rule) => forbidAt(rule, OF_ITEM, IS_USER_TASK));
  return {
    allows,
    restricts: new RuleIndex(limits.map((rule) => said(rule, rule.who))),
    blocked,
    rules: [...closers, ...forbids],
  };
}

/** What the rules about Perform leave of what the model gives. */
export const narrowed = ({ allows, restricts, blocked }: Performing): Narrowing | undefined =>
  narrowing(allows, restricts, blocked);

/** What an object of View is: it may be any item. */
const typeOf = ({ rule: { on } }: GridRuleConditions): Condition => {
  const kind = kindOf(on);
  return kind === 'task' ? IS_USER_TASK : kind === 'event' ? NO_USER_TASK : EVERYTHING;
};

/** Of an item: a rule shows it to the principal, who need not be able to perform it: by View, or to assign it. */
export const shown = (rules: GridRules): Condition =>
  or(
    ...rules.allowing('View', OF_ANY).map((rule) => madeOf(rule, OF_ITEM, typeOf(rule)).when),
    ...(['Assign', 'Re-Assign'] as const).flatMap((privilege) =>
      rules.allowing(privilege, OF_TASKS).map((rule) => madeOf(rule, OF_ITEM, IS_USER_TASK).when),
    ),
  );

/** Reading tasks: who may View them, Perform them, or assign them. Made in steps. */
export function* readingTasks(rules: GridRules, { restricts }: Performing): InSteps<PolicyAnswer> {
  const views = rules.allowing('View', OF_ANY).map((rule) => [rule, [typeOf(rule)]] as const);
  const works = [
    ...(yield* mapInSteps(rules.allowing('Perform', OF_TASKS), (rule) => {
      const limit = restricts.holdsAt(rule, OF_ITEM);
      return [rule, isNothing(limit) ? [IS_USER_TASK] : [IS_USER_TASK, not(limit)]] as const;
    })),
    ...rules.allowing('Assign', OF_TASKS).map((rule) => [rule, [IS_USER_TASK]] as const),
    ...rules.allowing('Re-Assign', OF_TASKS).map((rule) => [rule, [IS_USER_TASK]] as const),
  ];
  const all = [...views, ...works];
  const closers = new RuleIndex(
    views.filter(([rule]) => !isOfRole(rule)).map(([rule]) => said(rule, rule.who)),
  );
  const allowers = new RuleIndex(all.map(([rule, applies]) => said(rule, and(...applies, rule.who))));
  yield;
  const permits = yield* mapInSteps(all, ([rule, applies]) =>
    // What is not limited is the same in the next version.
    applies.length === 1
      ? permitAt(rule, OF_ITEM, ...applies)
      : permit(rule, saidAt(rule, OF_ITEM, ...applies, rule.who)),
  );
  const closing = closers.closed(allowers, OF_ITEM, EVERYTHING);
  const closed = yield* mapInSteps(closing, (one) => close('View', one));
  const limits = rules.restricting('View', OF_ANY);
  const forbids = yield* mapInSteps(limits, (rule) => forbidAt(rule, OF_ITEM, typeOf(rule)));
  return answerOf(permits, [...closed, ...forbids]);
}

/** Taking a task needs to Perform it; who assigns it may take it where nothing is said of who performs it. */
export const takingTasks = (rules: GridRules, { rules: restrictive }: Performing): PolicyAnswer =>
  answerOf(
    [
      ...permitted(rules, 'Perform', OF_TASKS, IS_USER_TASK),
      ...permitted(rules, 'Assign', OF_TASKS, IS_USER_TASK),
    ],
    restrictive,
  );

export const completingTasks = (rules: GridRules, { rules: restrictive }: Performing): PolicyAnswer =>
  answerOf(permitted(rules, 'Perform', OF_TASKS, IS_USER_TASK, MINE), restrictive);

export const rejectingTasks = (rules: GridRules, { rules: restrictive }: Performing): PolicyAnswer =>
  answerOf(permitted(rules, 'Perform', OF_TASKS, IS_USER_TASK, UNASSIGNED), restrictive);

/** Assign is for tasks without an assignee, Re-Assign for those with one. */
export const assigningTasks = (rules: GridRules): PolicyAnswer =>
  answerOf(
    [
      ...permitted(rules, 'Assign', OF_TASKS, IS_USER_TASK, UNASSIGNED),
      ...permitted(rules, 'Re-Assign', OF_TASKS, IS_USER_TASK, ASSIGNED),
    ],
    [
      ...forbidden(rules, 'Assign', OF_TASKS, IS_USER_TASK, UNASSIGNED),
      ...forbidden(rules, 'Re-Assign', OF_TASKS, IS_USER_TASK, ASSIGNED),
    ],
  );

/** A lent task is returned and recalled whatever the rules say of lending. */
export const lendingTasks = (rules: GridRules): PolicyAnswer =>
  answerOf(
    permitted(rules, 'Assign', OF_TASKS, IS_USER_TASK, NOT_LENT),
    forbidden(rules, 'Assign', OF_TASKS, IS_USER_TASK, NOT_LENT),
  );

export const escalatingTasks = (rules: GridRules): PolicyAnswer =>
  answerOf(
    permitted(rules, 'Re-Assign', OF_TASKS, IS_USER_TASK),
    forbidden(rules, 'Re-Assign', OF_TASKS, IS_USER_TASK),
  );
