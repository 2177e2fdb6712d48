import { bitsOf, ROOT } from '../../../../src/core/policies/sections/permissions.js';
import { grantId, type SectionPlace } from '../../../../src/core/policies/sections/section-entries.js';
import { Sections } from '../../../../src/core/policies/sections/sections.js';
import { changedSet, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../../../src/core/principal.js';

const grant = (section: string, to: { user: string } | { group: string }): PolicyChange => ({
  kind: 'section-permission',
  id: grantId({ section }, to),
  value: { section, ...to, permissions: ['read'] },
});
const section = (id: string, value: object = {}): PolicyChange => ({ kind: 'section', id, value });
const SECTIONS = [section(ROOT), section('hr'), section('pay', { parent: 'hr' }), section('sales')];
const kim = new SecureUser({ userName: 'kim', userGroups: ['staff', 'clerks'] });

const byName = (one: SectionPlace, other: SectionPlace): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

function reached(...grants: PolicyChange[]): { places: SectionPlace[]; sales: boolean } {
  const sections = new Sections(changedSet(PolicySet.EMPTY, readChanges([...SECTIONS, ...grants])));
  const reach = sections.reachOf(kim);
  return {
    places: [...reach.nodes(bitsOf(['read']))].map(({ place }) => place).sort(byName),
    sales: sections.holds(kim, { section: 'sales' }, 'read'),
  };
}

const HR_AND_PAY = [{ section: 'hr' }, { section: 'pay' }];

test.each<[what: string, ...grants: PolicyChange[]]>([
  ['one grant', grant('hr', { user: 'kim' })],
  ['several holders on one section', grant('hr', { user: 'kim' }), grant('hr', { group: 'staff' })],
  ['a grant below another', grant('pay', { group: 'clerks' }), grant('hr', { group: 'staff' })],
])('a section is reached once, with those below it, by %s', (_what, ...grants) => {
  expect(reached(...grants)).toEqual({ places: HR_AND_PAY, sales: false });
});

test('sections that are apart are each reached by their own grant', () => {
  expect(reached(grant('pay', { user: 'kim' }), grant('sales', { group: 'staff' }))).toEqual({
    places: [{ section: 'pay' }, { section: 'sales' }],
    sales: true,
  });
});

test('what holders reach is kept for a few thousand of them; the oldest is dropped first', () => {
  const users = Array.from({ length: 5_002 }, (_, at) => `u${at}`);
  const sections = new Sections(
    changedSet(PolicySet.EMPTY, readChanges([...SECTIONS, ...users.map((user) => grant('hr', { user }))])),
  );
  const of = (at: number) => sections.reachOf(new SecureUser({ userName: `u${at}` }));
  const [first, second] = [of(0), of(1)];
  for (let at = 2; at < 5_000; at++) of(at);
  expect([of(0), of(1)]).toEqual([first, second]);
  expect(of(0)).toBe(first);
  const newest = of(5_000);
  expect(of(5_000)).toBe(newest);
  expect(of(1)).toBe(second);
  expect(of(0)).not.toBe(first);
});

test('nothing is reached by what others are given', () => {
  expect(reached(grant('hr', { user: 'ann' }), grant(ROOT, { group: 'admins' }))).toEqual({
    places: [],
    sales: false,
  });
});
