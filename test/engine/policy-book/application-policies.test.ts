import { taskRulesPolicy } from '../../../src/core/policies/task-rules.js';
import { tenants } from '../../../src/core/policies/tenants.js';
import { PolicySet, type PolicyChange } from '../../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../../src/core/principal.js';
import { compilerWith } from '../../../src/engine/policy-book/application-policies.js';
import type { Compiled } from '../../../src/engine/policy-book/policy-book.js';

const PROCESSES = 20;
const RULES = 1_000;

const rule = (at: number, limit = 5): PolicyChange => ({
  kind: 'grid-rule',
  id: `r${at}`,
  value: {
    effect: at % 5 === 0 ? 'Restrict' : 'Allow',
    users: { group: `g${at % 10}` },
    privilege: 'Perform',
    on: { process: `P${at % PROCESSES}`, task: `t${at}` },
    for: { 'data.x': { $lt: limit } },
  },
});
const ofAll: PolicyChange = {
  kind: 'grid-rule',
  id: 'all',
  value: { effect: 'Restrict', users: { group: 'g1' }, privilege: 'View', on: 'system' },
};
const section = (id: string): PolicyChange => ({ kind: 'section', id, value: {} });
const RULES_ONLY = Array.from({ length: RULES }, (_, at) => rule(at));

/** What was compiled, and the steps that it took, with those of what lists need. */
function counted(compiling: Iterator<void, Compiled>): { compiled: Compiled; steps: number } {
  let steps = 0;
  let next = compiling.next();
  for (; next.done !== true; next = compiling.next()) steps++;
  for (const _step of next.value.preparing ?? []) steps++;
  return { compiled: next.value, steps };
}

describe.each([
  ['each about one process', RULES_ONLY],
  ['one of them about all processes', [...RULES_ONLY, ofAll]],
])('In a grid of a thousand rules, %s,', (_what, rules) => {
  const first = PolicySet.EMPTY.with(1, [section('ROOT'), ...rules]);

  function afterChange(changes: readonly PolicyChange[]) {
    const compile = compilerWith([taskRulesPolicy, tenants]);
    const before = counted(compile(first));
    const set = first.with(2, changes);
    const after = counted(compile(set, { set: first, ...before.compiled }));
    return { before, after, fresh: counted(compilerWith([taskRulesPolicy, tenants])(set)).compiled };
  }

  test('a change of another kind of entry compiles no rule again', () => {
    const { before, after } = afterChange([section('hr')]);
    expect(before.steps).toBeGreaterThan(RULES);
    expect(after.steps).toBeLessThan(RULES / 10);
  });

  test('a change of one rule compiles only the rules about its process again', () => {
    const { before, after } = afterChange([rule(7, 9)]);
    // One step for each is left: what lists need of a version is put together from all of them.
    expect(after.steps).toBeLessThan(before.steps / 2);
    expect(after.steps).toBeLessThan(4 * RULES);
  });

  test('decisions after a change are those of a fresh compilation', () => {
    const changes = [rule(7, 9), { ...rule(13), value: null }, rule(RULES + 7), section('hr')];
    const { after, fresh } = afterChange(changes);
    const answers = new Set<boolean>();
    for (const group of ['g1', 'g3', 'g7'])
      for (const at of [7, 13, 27, RULES + 7, 5])
        for (const x of [4, 7]) {
          const user = new SecureUser({ userName: 'kim', userGroups: [group] });
          const item = { elementId: `t${at}`, type: 'bpmn:UserTask', status: 'wait' };
          const instance = { name: `P${at % PROCESSES}`, data: { x }, items: [item], guard: {} };
          for (const operation of ['task:read', 'task:take', 'instance:read'] as const) {
            const expected = fresh.point.allows(user, operation, { item, instance });
            expect(after.compiled.point.allows(user, operation, { item, instance })).toBe(expected);
            const { reasons, allowed } = after.compiled.point.decide(user, operation, { item, instance });
            expect(allowed).toBe(expected);
            expect(reasons.map(({ rule: id }) => id).sort()).toEqual(
              fresh.point
                .decide(user, operation, { item, instance })
                .reasons.map(({ rule: id }) => id)
                .sort(),
            );
            answers.add(expected);
          }
        }
    expect(answers.size).toBe(2);
  });
});
