import type { Operation } from '../../../../src/core/operation.js';
import { GRID_RULE, type GridRule } from '../../../../src/core/policies/grid/grid.js';
import { Grid } from '../../../../src/core/policies/grid/grid-policy.js';
import { changedSet } from '../../../../src/core/policy-set/kinds.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../../../src/core/principal.js';

const ME = new SecureUser({ userName: 'ann', userGroups: ['g1'] });
const OPERATIONS: readonly Operation[] = [
  'task:read',
  'task:take',
  'task:execute',
  'task:reject',
  'task:assign',
  'task:delegate',
  'task:escalate',
];

const rule = (at: number, group: string): GridRule => ({
  effect: at % 4 === 3 ? 'Restrict' : 'Allow',
  users: { group },
  privilege: (['View', 'Perform', 'Assign', 'Re-Assign'] as const)[at % 4] as GridRule['privilege'],
  on: { process: `M${at % 5}`, task: `t${at}` },
});
const change = (at: number, group = 'g1') => ({ kind: GRID_RULE, id: `r${at}`, value: rule(at, group) });
const label = (multiple: number) => ({ kind: 'grid-label', id: 'owner', value: { multiple } });

const rulesOf = (grid: Grid, operation: Operation): ReadonlyMap<string, unknown> => {
  const { permissive = [], restrictive = [] } = grid.policy.answer(ME, operation, {});
  return new Map([...permissive, ...restrictive].map((one) => [one.id, one]));
};
const ofGrid = (id: string): boolean => /^r\d+$/.test(id);

describe('A grid that follows another one', () => {
  const before = changedSet(PolicySet.EMPTY, [
    label(1),
    ...Array.from({ length: 40 }, (_, at) => change(at)),
  ]);
  const changed = changedSet(before, [change(9, 'others'), { kind: GRID_RULE, id: 'r12', value: null }]);

  test.each(OPERATIONS)('keeps the rules that did not change, and only those, for %s', (operation) => {
    const first = new Grid(before);
    const was = rulesOf(first, operation);
    const next = rulesOf(new Grid(changed, first), operation);
    const alone = rulesOf(new Grid(changed), operation);
    expect([...next.keys()]).toEqual([...alone.keys()]);
    for (const [id, one] of next) {
      expect(one).toEqual(alone.get(id));
      if (ofGrid(id) && id !== 'r9') expect(one).toBe(was.get(id));
    }
    expect([...next.keys()].some(ofGrid)).toBe(true);
  });

  test('also when nothing was asked of a version between', () => {
    const first = new Grid(before);
    const was = rulesOf(first, 'task:read');
    const between = new Grid(changedSet(before, [change(9, 'others')]), first);
    const next = rulesOf(new Grid(changed, between), 'task:read');
    expect(next.get('r1')).toBe(was.get('r1'));
    expect(next.get('r9')).not.toBe(was.get('r9'));
  });

  test('makes all of them anew when a label changes, since what a rule wins may be full', () => {
    const first = new Grid(before);
    const was = rulesOf(first, 'task:read');
    const next = rulesOf(new Grid(changedSet(before, [label(2)]), first), 'task:read');
    expect(next.get('r1')).toEqual(was.get('r1'));
    expect(next.get('r1')).not.toBe(was.get('r1'));
  });
});
