import { bitsOf, ROOT } from '../../../../src/core/policies/sections/permissions.js';
import { grantId, modelId } from '../../../../src/core/policies/sections/section-entries.js';
import { groupKey, SectionIndex, userKey } from '../../../../src/core/policies/sections/section-index.js';
import { changedSet, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { Entries } from '../../../../src/core/policy-set/entries.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';

const { entries } = Entries.prototype;
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

describe('the index of the next version', () => {
  const users = Array.from({ length: 1500 }, (_, at) => grant({ section: 'hr' }, { user: `u${at}` }));
  const set = changedSet(
    PolicySet.EMPTY,
    readChanges([section(ROOT), section('hr'), ...users, grant({ model: 'Order' }, { group: 'sales' })]),
  );
  const index = new SectionIndex(set);
  const next = (...changes: object[]) => {
    const changed = changedSet(set, readChanges(changes));
    return { changed, made: new SectionIndex(changed, index) };
  };
  const removed = (of: { kind: string; id: string }) => ({ kind: of.kind, id: of.id, value: null });

  test('shares all nodes where only permissions change, and knows the new ones', () => {
    const { made } = next(
      grant({ section: 'hr' }, { user: 'new' }),
      removed(grant({ section: 'hr' }, { user: 'u7' })),
    );
    expect(made.nodes).toBe(index.nodes);
    expect(made.holders(['new', 'u7', 'u8', 'nobody'].map(userKey))).toEqual(['new', 'u8'].map(userKey));
    expect(index.holders(['new', 'u7'].map(userKey))).toEqual([userKey('u7')]);
  });

  test('has a node for a model that is given its first permission, and none after the last is withdrawn', () => {
    const more = next(grant({ model: 'Claim' }, { user: 'kim' })).made;
    expect([...more.models.keys()].sort()).toEqual(['Claim', 'Order'].map((model) => modelId({ model })));
    const second = next(grant({ model: 'Order' }, { user: 'kim' })).made;
    expect(second.nodes).toBe(index.nodes);
    const none = next(removed(grant({ model: 'Order' }, { group: 'sales' }))).made;
    expect([none.models.size, none.find({ model: 'Order' })]).toEqual([0, none.root]);
    const other = next(
      removed(grant({ model: 'Order' }, { group: 'sales' })),
      grant({ model: 'Claim' }, { user: 'kim' }),
    ).made;
    expect([...other.models.keys()]).toEqual([modelId({ model: 'Claim' })]);
  });

  test('neither a new section nor new permissions walk over the permissions of all', () => {
    index.givenTo(userKey('u1'));
    let walked = 0;
    const walk = jest.spyOn(Entries.prototype, 'entries').mockImplementation(function* (
      this: Entries,
    ): MapIterator<[string, unknown]> {
      for (const entry of entries.call(this)) {
        walked++;
        yield entry;
      }
      return undefined;
    });
    try {
      for (const change of [section('new', { parent: 'hr' }), grant({ section: 'hr' }, { user: 'new' })]) {
        const { made } = next(change);
        made.givenTo(userKey('u1'));
        expect(made.find({ section: 'hr' })?.parent).toBe(made.root);
      }
    } finally {
      walk.mockRestore();
    }
    // The three sections.
    expect(walked).toBeLessThan(10);
  });
});

test('a place of a model is read with what is said of it, and nothing more', () => {
  const read = (value: object) =>
    readChanges([{ kind: 'section-model', id: modelId({ model: 'M' }), value: { model: 'M', ...value } }])[0]
      ?.value;
  expect(read({ section: 'hr', inherit: false, gone: true })).toStrictEqual({
    model: 'M',
    section: 'hr',
    inherit: false,
    gone: true,
  });
  expect(read({ section: ROOT, inherit: true, gone: false })).toStrictEqual({ model: 'M' });
  expect(read({})).toStrictEqual({ model: 'M' });
  expect(() => read({ gone: 'yes' })).toThrow('gone of the place of a model');
  expect(() => read({ inherit: 'no' })).toThrow('inherit of the place of a model');
});
