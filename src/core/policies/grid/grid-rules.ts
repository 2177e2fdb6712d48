import { and, isEverything, isNothing, not, type Condition } from '../../condition/condition.js';
import { atOnce, mapInSteps, type InSteps } from '../../in-steps.js';
import { TENANT_MARK, type StatedMark } from '../../marks/mark.js';
import type { PolicyAnswer, Rule } from '../../policy.js';
import { kindOf, type ObjectKind, type Privilege } from './grid.js';
import type { GridRuleConditions, MadeRule } from './rule-conditions.js';
import { OF_ITEM, RuleIndex, saidAt, type Place, type Said } from './rule-index.js';
import { printSentence } from './sentences.js';

const BY_TENANT = Object.freeze<StatedMark[]>([TENANT_MARK]);
export const OF_TASKS: readonly ObjectKind[] = ['system', 'process', 'task'];
export const OF_CASES: readonly ObjectKind[] = ['system', 'process'];
export const OF_EVENTS: readonly ObjectKind[] = ['event'];
export const OF_ANY: readonly ObjectKind[] = [...OF_TASKS, ...OF_EVENTS];

/** The rules of a grid, in their order. */
export class GridRules {
  readonly allow: readonly GridRuleConditions[];
  readonly restrict: readonly GridRuleConditions[];

  constructor(readonly all: readonly GridRuleConditions[]) {
    this.allow = all.filter(({ rule }) => rule.effect === 'Allow');
    this.restrict = all.filter(({ rule }) => rule.effect === 'Restrict');
  }

  allowing(privilege: Privilege, kinds: readonly ObjectKind[]): readonly GridRuleConditions[] {
    return about(this.allow, privilege, kinds);
  }

  restricting(privilege: Privilege, kinds: readonly ObjectKind[]): readonly GridRuleConditions[] {
    return about(this.restrict, privilege, kinds);
  }
}

const about = (
  rules: readonly GridRuleConditions[],
  privilege: Privilege,
  kinds: readonly ObjectKind[],
): readonly GridRuleConditions[] =>
  rules.filter(({ rule }) => rule.privilege === privilege && kinds.includes(kindOf(rule.on)));

/** True for rules about who has won a label, whom only a case has. */
export const isOfRole = ({ rule: { users } }: GridRuleConditions): boolean =>
  users !== 'all' && 'role' in users;

/** What a rule says of its object. */
export const said = ({ process, element }: GridRuleConditions, when: Condition): Said => ({
  process,
  element,
  when,
});
/** What a rule says of the whole case in which its object is. */
export const saidOfCase = ({ process }: GridRuleConditions, when: Condition): Said => ({
  process,
  element: undefined,
  when,
});

/** A rule of the decision point that permits what a rule of the grid allows. */
export const permit = (rule: GridRuleConditions, when: Condition): Rule =>
  Object.freeze({
    id: rule.id,
    says: `the rule ${rule.id} of the grid: ${printSentence(rule.rule)}`,
    when,
    // Rules about all processes have no mark.
    ...(rule.process === undefined && !isNothing(when) ? { search: BY_TENANT } : {}),
  });

/** A rule of the decision point that forbids what a rule of the grid restricts. */
export const forbid = (rule: GridRuleConditions, when: Condition): Rule =>
  Object.freeze({
    id: rule.id,
    says: `unless this concerns you, the rule ${rule.id} of the grid: ${printSentence(rule.rule)}`,
    when: not(when),
  });

/** What was made of the rule before, for the same place and restrictions; made now if it was not. */
export function madeOf(rule: GridRuleConditions, place: Place, ...applies: readonly Condition[]): MadeRule {
  const known = rule.made.find(
    (one) =>
      one.place === place &&
      one.applies.length === applies.length &&
      one.applies.every((condition, at) => condition === applies[at]),
  );
  if (known !== undefined) return known;
  const made: MadeRule = { place, applies, when: saidAt(rule, place, ...applies, rule.who) };
  rule.made.push(made);
  return made;
}

/** {@link permit} on the object of the rule: the same object each time, also in later versions of the policies. */
export const permitAt = (rule: GridRuleConditions, place: Place, ...applies: readonly Condition[]): Rule => {
  const made = madeOf(rule, place, ...applies);
  return (made.permits ??= permit(rule, made.when));
};

/** {@link forbid} in the same way. */
export const forbidAt = (rule: GridRuleConditions, place: Place, ...applies: readonly Condition[]): Rule => {
  const made = madeOf(rule, place, ...applies);
  return (made.forbids ??= forbid(rule, made.when));
};

const objectText = ({ process, element }: Pick<Said, 'process' | 'element'>): string =>
  process === undefined ? 'all processes' : element === undefined ? process : `${process}/${element}`;

/** A rule of the decision point that closes an object, named for a privilege, to those whom no rule allows it. */
export const close = (privilege: Privilege, closed: Said): Rule =>
  Object.freeze({
    id: `closed ${privilege} ${objectText(closed)}`,
    says: `rules of the grid name who may ${privilege} ${objectText(closed)}; one of them must allow it to you`,
    when: not(closed.when),
  });

export const answerOf = (permissive: readonly Rule[], restrictive: readonly Rule[]): PolicyAnswer =>
  Object.freeze({
    permissive: Object.freeze(permissive.filter(({ when }) => !isNothing(when))),
    restrictive: Object.freeze(restrictive.filter(({ when }) => !isEverything(when))),
  });

/** Permits what rules allow for a privilege on their objects, as far as it `applies`. */
export const permitted = (
  rules: GridRules,
  privilege: Privilege,
  kinds: readonly ObjectKind[],
  ...applies: readonly Condition[]
): Rule[] => rules.allowing(privilege, kinds).map((rule) => permitAt(rule, OF_ITEM, ...applies));

/** What must not be: see {@link RuleIndex.closed}, and what Restrict rules say. */
export const forbidden = (
  rules: GridRules,
  privilege: Privilege,
  kinds: readonly ObjectKind[],
  ...applies: readonly Condition[]
): Rule[] => {
  const allows = new RuleIndex(rules.allowing(privilege, kinds).map((rule) => said(rule, rule.who)));
  return [
    ...[...allows.closed(allows, OF_ITEM, and(...applies))].map((closed) => close(privilege, closed)),
    ...rules.restricting(privilege, kinds).map((rule) => forbidAt(rule, OF_ITEM, ...applies)),
  ];
};

/** The same for resources where objects stand elsewhere, such as models; `when` is what each rule says there. */
export const answerAt = (...of: Parameters<typeof answerInSteps>): PolicyAnswer =>
  atOnce(answerInSteps(...of));

/** {@link answerAt} in steps. */
export function* answerInSteps(
  at: Place,
  allows: readonly (readonly [GridRuleConditions, Said])[],
  closers: RuleIndex,
  allowers: RuleIndex,
  restricts: readonly (readonly [GridRuleConditions, Said])[],
  privilege: Privilege,
): InSteps<PolicyAnswer> {
  const whole = (one: Said): Condition => saidAt(one, at, one.when);
  const permits = yield* mapInSteps(allows, ([rule, one]) => permit(rule, whole(one)));
  const closing = closers.closed(allowers, at, and());
  const closed = yield* mapInSteps(closing, (one) => close(privilege, one));
  const forbids = yield* mapInSteps(restricts, ([rule, one]) => forbid(rule, whole(one)));
  return answerOf(permits, [...closed, ...forbids]);
}
