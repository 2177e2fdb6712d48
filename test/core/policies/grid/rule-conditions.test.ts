import type { GridRule } from '../../../../src/core/policies/grid/grid.js';
import { canStart } from '../../../../src/core/policies/grid/rule-conditions.js';

const rule = (when: GridRule['for'], users: GridRule['users'] = 'all'): GridRule => ({
  effect: 'Allow',
  users,
  privilege: 'Perform',
  on: { process: 'P' },
  ...(when !== undefined && { for: when }),
});

test.each<[what: string, rule: GridRule, expected: boolean]>([
  ['without a condition', rule(undefined), true],
  ['on the data', rule({ 'data.amount': { $lt: 5 }, 'data.kind': 'a' }), true],
  ['on the data or the user', rule({ $or: [{ 'data.kind': 'a' }, { 'user.region': 'north' }] }), true],
  ['on what the data is not', rule({ $nor: [{ 'data.kind': 'a' }] }), true],
  ['on the data and the holders of a label', rule({ 'data.kind': 'a', 'roles.clerk': 'ann' }), false],
  [
    'on the data or the holders of a label',
    rule({ $or: [{ 'data.kind': 'a' }, { 'roles.clerk': 'ann' }] }),
    false,
  ],
  ['for those who have won a label', rule(undefined, { role: 'clerk' }), false],
])('a rule %s: can it be asked before there is a case?', (_what, asked, expected) => {
  expect(canStart(asked)).toBe(expected);
});
