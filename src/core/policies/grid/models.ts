import type { Condition } from '../../condition/condition.js';
import type { PolicyAnswer } from '../../policy.js';
import {
  answerAt,
  isOfRole,
  OF_ANY,
  OF_CASES,
  OF_EVENTS,
  said,
  saidOfCase,
  type GridRules,
} from './grid-rules.js';
import type { ObjectKind } from './grid.js';
import type { GridRuleConditions } from './rule-conditions.js';
import { OF_START, RuleIndex, type Said } from './rule-index.js';

function startingWhere(
  rules: GridRules,
  restricting: readonly GridRuleConditions[],
  says: (rule: GridRuleConditions) => Condition,
): PolicyAnswer {
  const stated = (of: readonly GridRuleConditions[]): (readonly [GridRuleConditions, Said])[] =>
    of.map((rule) => [rule, said(rule, says(rule))] as const);
  const allows = stated(rules.allowing('Perform', OF_EVENTS));
  const index = new RuleIndex(allows.map(([, one]) => one));
  return answerAt(OF_START, allows, index, index, stated(restricting), 'Perform');
}

/** Starting a case at an event, also by its message or signal. */
export const starting = (rules: GridRules): PolicyAnswer =>
  startingWhere(rules, rules.restricting('Perform', OF_EVENTS), ({ start }) => start);

/** Whether there is data with which the principal could start a case. */
export const startingWithSomeData = (rules: GridRules): PolicyAnswer =>
  startingWhere(
    rules,
    rules.restricting('Perform', OF_EVENTS).filter(({ rule }) => rule.for === undefined),
    ({ user }) => user,
  );

/**
 * Reading models: who may View the process, whatever its cases, or start one. Which cases one may read is another
 * fact, from which the task rules permit it.
 */
export function readingModels(rules: GridRules): PolicyAnswer {
  const views = rules.allowing('View', OF_CASES);
  const ofUser = (rule: GridRuleConditions): Said => saidOfCase(rule, rule.user);
  const permits = [
    ...views.filter(({ rule }) => rule.for === undefined),
    ...rules.allowing('Perform', OF_EVENTS),
  ];
  const work = (['Perform', 'Assign', 'Re-Assign'] as const).flatMap((privilege) =>
    rules.allowing(privilege, OF_ANY),
  );
  const restricts = rules
    .restricting('View', OF_CASES)
    .filter((rule) => rule.rule.for === undefined && !isOfRole(rule));
  return answerAt(
    OF_START,
    permits.map((rule) => [rule, ofUser(rule)] as const),
    new RuleIndex(views.filter((rule) => !isOfRole(rule)).map(ofUser)),
    new RuleIndex([...views, ...work].map(ofUser)),
    restricts.map((rule) => [rule, ofUser(rule)] as const),
    'View',
  );
}

/** Monitor: the reports of a model, and system wide the audit trail. */
export function monitoring(rules: GridRules, kinds: readonly ObjectKind[]): PolicyAnswer {
  const stated = (of: readonly GridRuleConditions[]): (readonly [GridRuleConditions, Said])[] =>
    of.map((rule) => [rule, said(rule, rule.user)] as const);
  const allows = stated(rules.allowing('Monitor', kinds));
  const index = new RuleIndex(allows.map(([, one]) => one));
  return answerAt(OF_START, allows, index, index, stated(rules.restricting('Monitor', kinds)), 'Monitor');
}
