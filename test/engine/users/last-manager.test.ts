import { openStore, userAdmin, userDirectory, type Guard, type Store, type UserAdmin } from 'bpmn-guard';
import { named, run } from '../../cli/running.js';
import { CASES } from '../../support/cases.js';
import { Guards, person, refusal } from '../../support/guards.js';
import { onMongo, onStores, type Place } from '../../support/stores.js';

const ROOT = person('root', 'SYSTEM');

interface Side {
  readonly guard: Guard;
  readonly admin: UserAdmin;
}

/** Two administrations of the same users; of one guard, or of two processes as far as the store knows. */
interface Sides {
  readonly one: Side;
  readonly other: Side;
  readonly store: Store;
}

const still = async ({ store }: Sides, group: string): Promise<string[]> =>
  userDirectory(store).members(group, null);

/** Each pair of changes that both are admitted alone, and together leave nobody. Ann and bob are in `managers`. */
const PAIRS: Readonly<Record<string, (sides: Sides) => readonly Promise<unknown>[]>> = {
  'each disables the other': ({ one, other }) => [
    one.admin.disable('bob', person('ann')),
    other.admin.disable('ann', person('bob')),
  ],
  'both are disabled by a third': ({ one, other }) => [
    one.admin.disable('bob', ROOT),
    other.admin.disable('ann', ROOT),
  ],
  'each gives up the group': ({ one, other }) => [
    one.admin.setGroups('ann', ['ADMIN'], ROOT),
    other.admin.setGroups('bob', ['ADMIN'], ROOT),
  ],
  'one is disabled, and the other gives up the group': ({ one, other }) => [
    one.admin.disable('ann', ROOT),
    other.admin.setGroups('bob', ['ADMIN'], ROOT),
  ],
};

/** Holders by name: one role is withdrawn while the other holder is disabled. */
const WITHDRAWN: Readonly<Record<string, (side: Side) => Promise<unknown>>> = {
  'withdrawing the role': ({ guard }) =>
    guard.as(ROOT).policies.securityRoles.withdraw('by name', { user: 'bob' }),
  'taking the right out of the role': ({ guard }) =>
    guard.as(ROOT).policies.securityRoles.save('by name', { rights: [] }),
  'removing the role': ({ guard }) => guard.as(ROOT).policies.securityRoles.remove('by name'),
};

async function prepared(guard: Guard, store: Store, withRole: boolean): Promise<void> {
  const directory = userDirectory(store);
  await directory.add({ userName: 'root', userGroups: ['SYSTEM'] });
  for (const userName of ['ann', 'bob']) await directory.add({ userName, userGroups: ['ADMIN', 'managers'] });
  if (!withRole) return;
  const roles = guard.as(ROOT).policies.securityRoles;
  await roles.save('managers', { rights: ['SecurityRole:Manage', 'Person:Manage'] });
  await roles.give('managers', { group: 'managers' });
}

async function oneWins(work: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const [lost] = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(['wrong-state', 'unauthenticated', 'conflict']).toContain(
    (lost as { reason: { code: string } }).reason.code,
  );
}

const byName = async ({ one, store }: Sides): Promise<void> => {
  const roles = one.guard.as(ROOT).policies.securityRoles;
  await roles.save('named', { rights: ['SecurityRole:Manage'] });
  await roles.give('named', { user: 'ann' });
  await roles.save('by name', { rights: ['SecurityRole:Manage'] });
  await roles.give('by name', { user: 'bob' });
  await roles.remove('managers');
  await userDirectory(store).change('ann', { userGroups: [] });
};

function pairs(make: (withRole: boolean) => Promise<Sides>): void {
  test.each(Object.keys(PAIRS))('of two last managers one stays when %s', async (name) => {
    for (let round = 0; round < CASES; round++) {
      const sides = await make(true);
      await oneWins((PAIRS[name] as (sides: Sides) => Promise<unknown>[])(sides));
      expect(await still(sides, 'managers')).toHaveLength(1);
    }
  });

  test.each(Object.keys(WITHDRAWN))(
    'one stays when %s of one meets the disabling of the other',
    async (name) => {
      const sides = await make(true);
      await byName(sides);
      await oneWins([
        sides.one.admin.disable('ann', ROOT),
        (WITHDRAWN[name] as (side: Side) => Promise<unknown>)(sides.other),
      ]);
    },
  );

  test('of two last administrators one stays, without any security role', async () => {
    const sides = await make(false);
    const { one, other, store } = sides;
    const directory = userDirectory(store);
    await directory.remove('root');
    await oneWins([one.admin.setGroups('ann', [], person('ann')), other.admin.disable('bob', person('bob'))]);
    const [left] = await still(sides, 'ADMIN');
    for (const work of [
      () => one.admin.disable(left as string, person(left as string)),
      () => one.admin.setGroups(left as string, ['managers'], person(left as string)),
    ])
      expect(await refusal(work())).toMatchObject({ code: 'wrong-state', status: 409 });
  });
}

onStores('one guard', (kind) => {
  const guards = new Guards(kind);
  pairs(async (withRole) => {
    const { guard } = await withDirectory(guards);
    const side = { guard, admin: userAdmin(guard, userDirectory(guard.store)) };
    await prepared(guard, guard.store, withRole);
    return { one: side, other: side, store: guard.store };
  });
});

async function withDirectory(guards: Guards, place?: Place) {
  const at = place ?? guards.place();
  const store = await openStore(at.options);
  const directory = userDirectory(store);
  const guard = await guards.make({ store, directory });
  return { guard, admin: userAdmin(guard, directory) };
}

onMongo('two guards on one database', () => {
  const guards = new Guards('mongo');
  let place: Place;
  const make = async (withRole: boolean): Promise<Sides> => {
    place = guards.place();
    const one = await withDirectory(guards, place);
    const other = await withDirectory(guards, place);
    await prepared(one.guard, one.guard.store, withRole);
    return { one, other, store: one.guard.store };
  };
  pairs(make);

  test('the command line takes part: one stays when it removes one and a guard disables the other', async () => {
    const { one, store } = await make(true);
    const at = named(place.options);
    const [removed, disabled] = await Promise.allSettled([
      run(['user', 'remove', 'ann', ...at]),
      one.admin.disable('bob', ROOT),
    ]);
    const done = [
      removed.status === 'fulfilled' && removed.value.code === 0,
      disabled.status === 'fulfilled',
    ];
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await userDirectory(store).members('managers', null)).toHaveLength(1);
  });
});
