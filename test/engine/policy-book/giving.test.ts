import { PolicySet, type PolicyChange } from '../../../src/core/policy-set/policy-set.js';
import {
  holderId,
  SECURITY_ROLE,
  SECURITY_ROLE_HOLDER,
  type Holder,
} from '../../../src/core/policies/security-roles.js';
import { assertManagerStays, hasManager } from '../../../src/engine/policy-book/giving.js';

const role = (id: string, ...rights: string[]): PolicyChange => ({
  kind: SECURITY_ROLE,
  id,
  value: { rights },
});
const held = (of: string, holder: Holder, value: unknown = { role: of, ...holder }): PolicyChange => ({
  kind: SECURITY_ROLE_HOLDER,
  id: holderId(of, holder),
  value,
});
const withdrawn = (of: string, holder: Holder): PolicyChange => held(of, holder, null);
const gone = (count: number): Holder[] =>
  Array.from({ length: count }, (_none, at) => ({ user: `gone${at}` }));

/** A directory that knows these as active, and counts what it is asked. */
function directory(...active: string[]) {
  const asked: string[] = [];
  let [now, most] = [0, 0];
  const tell = async (name: string): Promise<boolean> => {
    asked.push(name);
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    return active.includes(name);
  };
  return { asked, most: () => most, people: { isUser: tell, hasMembers: tell } };
}

const managers = (...holders: Holder[]): PolicySet =>
  PolicySet.EMPTY.with(1, [
    role('managers', 'SecurityRole:Manage'),
    ...holders.map((one) => held('managers', one)),
  ]);
const REFUSED = { code: 'wrong-state', status: 409 };

test('whether somebody may manage security roles is told of the first holders, and supposed of more', async () => {
  const { asked, people } = directory('mia');
  const set = managers(...gone(1000), { user: 'mia' });
  expect([await hasManager(set, people), await hasManager(set, people, true)]).toEqual([false, true]);
  expect(asked).toHaveLength(2000);
  expect(await hasManager(managers(...gone(999), { user: 'mia' }), people)).toBe(true);
  expect(await hasManager(managers(...gone(1000)), people, true)).toBe(false);
});

describe('That somebody may manage security roles after a change', () => {
  test('one look-up suffices if the first holder is active', async () => {
    const before = managers({ user: 'mia' }, ...gone(500), { user: 'max' });
    const { asked, people } = directory('mia', 'max');
    await assertManagerStays(before, before.with(2, [withdrawn('managers', { user: 'max' })]), people);
    expect(asked).toEqual(['mia']);
  });

  test('is asked of nobody where no holder is removed, and of each once, by however many roles', async () => {
    const before = managers(...gone(5)).with(2, [
      role('others', 'SecurityRole:Manage'),
      ...gone(5).map((one) => held('others', one)),
    ]);
    const { asked, people } = directory();
    await assertManagerStays(before, before.with(3, [held('others', { user: 'new' })]), people);
    await assertManagerStays(before, before.with(3, [withdrawn('others', { user: 'gone1' })]), people);
    expect(asked).toEqual([]);
    await assertManagerStays(before, managers(...gone(4)), people);
    expect(asked.sort()).toEqual(['gone0', 'gone1', 'gone2', 'gone3', 'gone4']);
  });

  test('is refused with the last active one, user or group, also where its role loses the right', async () => {
    const before = managers(...gone(3), { group: 'heads' });
    const { people } = directory('heads');
    for (const change of [
      withdrawn('managers', { group: 'heads' }),
      role('managers', 'SecurityRole:Read'),
      { ...role('managers'), value: null },
    ])
      await expect(assertManagerStays(before, before.with(2, [change]), people)).rejects.toMatchObject(
        REFUSED,
      );
    await assertManagerStays(before, before.with(2, [withdrawn('managers', { user: 'gone0' })]), people);
  });

  test('is asked of a limited number of holders, in portions', async () => {
    const before = managers(...gone(5000), { user: 'mia' });
    const { asked, most, people } = directory('mia');
    const after = before.with(2, [withdrawn('managers', { user: 'mia' })]);
    await expect(assertManagerStays(before, after, people)).rejects.toMatchObject(REFUSED);
    expect(asked).toHaveLength(1001);
    expect(most()).toBe(32);
    // Some of those who are gone can be removed; so many that not all can be looked up cannot.
    await assertManagerStays(before, before.with(2, [withdrawn('managers', { user: 'gone7' })]), people);
    const many = gone(1001).map((one) => withdrawn('managers', one));
    await expect(assertManagerStays(before, before.with(2, many), people)).rejects.toMatchObject(REFUSED);
  });
});
