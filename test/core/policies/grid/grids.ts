import fc from 'fast-check';
import { FORBIDDEN_KEYS } from '../../../../src/core/path.js';
import { createDecisionPoint, type DecisionPoint } from '../../../../src/core/decision/decision-point.js';
import { Grid } from '../../../../src/core/policies/grid/grid-policy.js';
import { readSentences } from '../../../../src/core/policies/grid/texts.js';
import { narrowedTaskRules, taskRulesPolicy } from '../../../../src/core/policies/task-rules.js';
import { tenants } from '../../../../src/core/policies/tenants.js';
import { normaliseName } from '../../../../src/core/principal.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';
import { atOnce } from '../../../../src/core/in-steps.js';

/** The grid of these sentences. */
export function gridOf(text: string): Grid {
  return new Grid(PolicySet.EMPTY.with(1, atOnce(readSentences(text))));
}

/** The decision point of task rules, tenants and a grid, as a guard makes it. */
export function pointOf(grid: Grid): DecisionPoint {
  const { narrowing } = grid;
  return createDecisionPoint([
    narrowing === undefined ? taskRulesPolicy : narrowedTaskRules(narrowing),
    tenants,
    grid.policy,
  ]);
}

const name = fc.oneof(
  fc.constantFrom('Expense Claim', 'task_1', 'all', 'as "x"', 'a\\b', 'Ünïcode', '{', '#'),
  fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed() && text.trim() !== ''),
);
const trimmed = name.map(normaliseName).filter((text) => text !== undefined);
const label = fc.constantFrom('Author', 'Fact checker', 'Zweitprüfer');
const condition = fc.constantFrom<Record<string, unknown>>(
  { 'data.store': '$user.store' },
  { 'data.note': 'a } "quoted" { text', 'roles.Author': { $ne: '$user.userName' } },
  { $or: [{ 'data.amount': { $lt: 1000 } }, { 'user.level': { $gte: 3 } }] },
  { 'data.topic': { $in: ['a,b', 'c\nd'] } },
);
const users = fc.oneof(
  fc.constant('all' as const),
  trimmed.map((group) => ({ group })),
  trimmed.map((user) => ({ user })),
  label.map((role) => ({ role })),
  fc.constantFrom(
    { where: { 'user.region': 'north' } },
    { where: { 'user.shift': { $in: ['day', 'night'] } } },
  ),
);
const task = fc.record({ process: trimmed, task: trimmed });
const event = fc.record({ process: trimmed, event: trimmed });
const process = fc.record({ process: trimmed });

/** Rules as an administrator may write them, in the object form. */
export const anyRule: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    effect: fc.constantFrom('Allow', 'Restrict'),
    users,
    privilege: fc.constantFrom('View', 'Perform', 'Assign', 'Re-Assign'),
    on: fc.oneof(fc.constant('system' as const), process, task, event),
    for: fc.option(condition, { nil: undefined }),
    as: fc.option(label, { nil: undefined }),
    handOn: fc.boolean(),
    says: fc.option(name, { nil: undefined }),
  })
  .map(({ for: when, as, handOn, says, ...rule }) => {
    const on =
      rule.privilege.endsWith('ssign') && typeof rule.on === 'object' && 'event' in rule.on
        ? 'system'
        : rule.on;
    const labels =
      rule.effect === 'Allow' && rule.privilege === 'Perform' && on !== 'system' && as !== undefined;
    return {
      ...rule,
      on,
      ...(when !== undefined && { for: when }),
      ...(labels && { as, ...(handOn && { handOn: true }) }),
      ...(says !== undefined && { says }),
    };
  });

/** A grid in the object form. */
export const anyGrid = fc.record({
  labels: fc.constant({
    Author: { multiple: 1, says: 'writes' },
    'Fact checker': { multiple: 12 },
    Zweitprüfer: {},
  }),
  rules: fc.dictionary(
    trimmed.filter((id) => !FORBIDDEN_KEYS.has(id)),
    anyRule,
    { minKeys: 1, maxKeys: 6 },
  ),
});
