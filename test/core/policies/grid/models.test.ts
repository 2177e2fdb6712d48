import { EVERYTHING } from '../../../../src/core/condition/condition.js';
import { createDecisionPoint } from '../../../../src/core/decision/decision-point.js';
import type { Policy } from '../../../../src/core/policy.js';
import { SecureUser } from '../../../../src/core/principal.js';
import { gridOf, pointOf } from './grids.js';

const RESTRICTED = 'r: Restrict user kim to Monitor on system';
const RULES = `s: Allow group Staff to Monitor on system\n${RESTRICTED}`;
const [staff, kim, other] = [
  new SecureUser({ userName: 'sam', userGroups: ['Staff'] }),
  new SecureUser({ userName: 'kim', userGroups: ['Staff'] }),
  new SecureUser({ userName: 'olga' }),
];
const PERMITTING: Policy = {
  name: 'rights',
  answer: () => ({ permissive: [{ id: 'all', says: 'it is permitted', when: EVERYTHING }] }),
};
const ASKED = [
  ['the audit trail', 'system:audit', {}],
  ['reports', 'model:report', { model: { name: 'P' } }],
] as const;

describe.each(ASKED)('Monitor on system, of %s', (_what, operation, resource) => {
  test('is kept by a Restrict rule from its users, whom another rule allows it', () => {
    const point = pointOf(gridOf(RULES));
    const may = [staff, kim].map((who) => point.allows(who, operation, resource));
    expect(may).toEqual([true, false]);
  });

  test('is closed by an Allow rule to all others, also where another policy permits it', () => {
    const point = createDecisionPoint([PERMITTING, gridOf(RULES).policy]);
    const may = [staff, kim, other].map((who) => point.allows(who, operation, resource));
    expect(may).toEqual([true, false, false]);
  });

  test('is not closed to others by a Restrict rule alone', () => {
    const point = createDecisionPoint([PERMITTING, gridOf(RESTRICTED).policy]);
    expect([other, kim].map((who) => point.allows(who, operation, resource))).toEqual([true, false]);
  });
});
