import type { Condition } from '../../condition/condition.js';
import { keyOf } from '../../condition/key.js';
import { elementOf, GRID_LABEL, GRID_RULE, kindOf, type GridContents, type GridRule } from '../grid/grid.js';
import { conditionsOf, type GridRuleConditions } from '../grid/rule-conditions.js';
import { contradiction, follows } from './contradiction.js';
import type { LintFinding, LintPerson } from './finding.js';
import type { Work } from './work.js';

const about = (id: string): Pick<LintFinding, 'kind' | 'id'> => ({ kind: GRID_RULE, id });

/** The object of the first rule contains that of the second. */
function contains({ on: first }: GridRule, { on: second }: GridRule): boolean {
  if (first === 'system') return kindOf(second) !== 'event';
  if (second === 'system' || first.process !== second.process) return false;
  if (kindOf(first) === 'process') return kindOf(second) !== 'event';
  return kindOf(first) === kindOf(second) && elementOf(first) === elementOf(second);
}

/** Why no user can be the one whom the rule names. */
function nobody(
  { rule }: GridRuleConditions,
  won: ReadonlySet<string>,
  people: readonly LintPerson[] | undefined,
): string | undefined {
  const { users } = rule;
  if (users === 'all') return undefined;
  if ('role' in users)
    return won.has(users.role) ? undefined : `no rule gives the label ${JSON.stringify(users.role)}`;
  if (people === undefined) return undefined;
  if ('group' in users)
    return people.some(({ userGroups }) => userGroups.includes(users.group))
      ? undefined
      : `nobody known is in the group ${JSON.stringify(users.group)}`;
  return 'user' in users && !people.some(({ userName }) => userName === users.user)
    ? `the user ${JSON.stringify(users.user)} is not known`
    : undefined;
}

/** Why each rule that never holds does not. */
function neverHolding(
  rules: readonly GridRuleConditions[],
  people: readonly LintPerson[] | undefined,
): Map<string, { why: string; unlessList: boolean }> {
  const dead = new Map<string, { why: string; unlessList: boolean }>();
  for (const one of rules) {
    const found = contradiction(one.who);
    if (found !== undefined) dead.set(one.id, found);
  }
  // A label that only dead rules give is won by nobody, which may leave other rules dead.
  for (let before = -1; before < dead.size;) {
    before = dead.size;
    const won = new Set(
      rules.flatMap(({ id, rule }) =>
        rule.as === undefined || dead.get(id)?.unlessList === false ? [] : [rule.as],
      ),
    );
    for (const one of rules) {
      const why = dead.has(one.id) ? undefined : nobody(one, won, people);
      if (why !== undefined) dead.set(one.id, { why, unlessList: false });
    }
  }
  return dead;
}

const isSame = (a: Condition, b: Condition): boolean => keyOf(a) === keyOf(b);

/** Everything that the second rule says is said, or forbidden, by the first. */
function hides(first: GridRuleConditions, second: GridRuleConditions): boolean {
  const [one, other] = [first.rule, second.rule];
  if (one.privilege !== other.privilege || !contains(one, other)) return false;
  if (one.effect === 'Allow' && (other.effect !== 'Allow' || one.as !== other.as)) return false;
  return follows(first.who, second.who);
}

/** What the rules and labels of the grid say of each other, and of the people who are known. */
export function* gridFindings(
  contents: GridContents,
  people: readonly LintPerson[] | undefined,
  work: Work,
): IterableIterator<LintFinding> {
  const rules = [...contents.rules].map(([id, rule]) => conditionsOf(id, rule, contents));
  const dead = neverHolding(rules, people);
  for (const [id, { why, unlessList }] of dead)
    yield {
      ...about(id),
      severity: unlessList ? 'warning' : 'error',
      rule: 'never-holds',
      message: `The rule never holds${unlessList ? ', unless the field is a list' : ''}: ${why}.`,
      counterexample: { contradiction: why },
    };
  for (const [at, second] of rules.entries()) {
    if (!work.spend(rules.length, 'which rules of the grid hide each other')) break;
    const by = rules.find(
      (first, other) =>
        other !== at &&
        hides(first, second) &&
        (other < at || !hides(second, first) || !isSame(first.who, second.who)),
    );
    if (by === undefined || dead.has(second.id)) continue;
    const forbids = by.rule.effect === 'Restrict' && second.rule.effect === 'Allow';
    yield {
      ...about(second.id),
      severity: forbids ? 'error' : 'warning',
      rule: 'hidden',
      message: forbids
        ? `Whatever the rule allows, the rule ${JSON.stringify(by.id)} forbids.`
        : `Whatever the rule says, the rule ${JSON.stringify(by.id)} says too.`,
      counterexample: { hiddenBy: { kind: GRID_RULE, id: by.id } },
    };
  }
  for (const label of contents.labels.keys()) {
    const giving = rules.filter(({ rule }) => rule.as === label);
    if (giving.some(({ id }) => dead.get(id)?.unlessList !== false)) continue;
    const why = giving.map(({ id }) => `${id}: ${dead.get(id)?.why ?? ''}`);
    yield {
      severity: 'error',
      rule: 'label-not-won',
      kind: GRID_LABEL,
      id: label,
      message:
        'Nobody can win the label:' +
        ` ${giving.length === 0 ? 'no rule gives it' : `no rule that gives it holds (${why.join('; ')})`}.`,
      counterexample: { rules: giving.map(({ id }) => id) },
    };
  }
}
