import { bitsOf, ROOT } from '../../../../src/core/policies/sections/permissions.js';
import { grantId, modelId } from '../../../../src/core/policies/sections/section-entries.js';
import { groupKey, SectionIndex, userKey } from '../../../../src/core/policies/sections/section-index.js';
import { changedSet, readChanges } from '../../../../src/core/policy-kinds.js';
import { PolicySet } from '../../../../src/core/policy-set.js';

const section = (id: string, value: object = {}) => ({ kind: 'section', id, value });
const grant = (on: { section: string } | { model: string }, to: { user: string } | { group: string }) => ({
  kind: 'section-permission',
  id: grantId(on, to),
  value: { ...on, ...to, permissions: ['read'] },
});
const INDEX = new SectionIndex(
  changedSet(
    PolicySet.EMPTY,
    readChanges([
      section(ROOT),
      section('hr', { name: 'Personnel' }),
      section('pay', { parent: 'hr', inherit: false }),
      { kind: 'section-model', id: modelId({ model: 'Claim' }), value: { model: 'Claim', section: 'pay' } },
      grant({ section: 'hr' }, { user: 'kim' }),
      grant({ section: 'pay' }, { user: 'kim' }),
      grant({ model: 'Order' }, { group: 'kim' }),
    ]),
  ),
);

test('a node knows what it inherits from, unless it inherits nothing', () => {
  const [root, hr, pay, claim] = [
    INDEX.root,
    INDEX.find({ section: 'hr' }),
    INDEX.find({ section: 'pay' }),
    INDEX.find({ model: 'Claim' }),
  ];
  expect([hr?.parent, pay?.parent, claim?.parent]).toEqual([root, hr, pay]);
  expect([hr?.inherits, pay?.inherits, claim?.inherits]).toEqual([true, false, true]);
  expect([hr?.section?.name, claim?.section]).toEqual(['Personnel', undefined]);
});

test('a model without an entry has what ROOT has; one that is only given permissions is in ROOT', () => {
  expect(INDEX.find({ model: 'Unknown' })).toBe(INDEX.root);
  expect(INDEX.find({ section: 'unknown' })).toBeUndefined();
  expect(INDEX.find({ model: 'Order' })).toMatchObject({ place: { model: 'Order' }, parent: INDEX.root });
});

test('permissions are found by their holder, users and groups of one name apart', () => {
  const given = (key: string) => INDEX.givenTo(key).map(({ node, bits }) => [node.place, bits]);
  const bits = bitsOf(['read']);
  expect(given(userKey('kim'))).toEqual([
    [{ section: 'hr' }, bits],
    [{ section: 'pay' }, bits],
  ]);
  expect(given(groupKey('kim'))).toEqual([[{ model: 'Order' }, bits]]);
  expect(given(userKey('lee'))).toEqual([]);
  expect(INDEX.holders([userKey('lee'), groupKey('kim'), groupKey('lee')])).toEqual([groupKey('kim')]);
});
