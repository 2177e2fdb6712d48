import fc from 'fast-check';
import { CASE_OPERATIONS } from '../../src/core/policies/case-roles/operations.js';
import { RIGHTS } from '../../src/core/rights.js';

type Fields = Readonly<Record<string, unknown>>;

/** All rights about tasks, instances and models. */
const RIGHTS_OF_WORK = Object.keys(RIGHTS).filter((name) => /^(Todo|ModelInstance|Model):/.test(name));

/** The names that generated policies use. */
export interface Names {
  readonly models: readonly [string, ...string[]];
  readonly elements: readonly [string, ...string[]];
  readonly users: readonly [string, ...string[]];
  readonly groups: readonly [string, ...string[]];
}

const absentAtTimes = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(of, { nil: undefined });
const compact = <T extends Fields>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** A rule without what its privilege does not go with. */
function fitting({ effect, privilege, users, on, for: when, as }: Fields): Fields {
  if (privilege === 'Monitor') {
    const whole = on === 'system' ? on : { process: (on as Fields).process };
    const isRole = typeof users === 'object' && users !== null && 'role' in users;
    return { effect, privilege, users: isRole ? 'all' : users, on: whole };
  }
  const wins = effect === 'Allow' && privilege === 'Perform' && on !== 'system';
  return compact({ effect, privilege, users, on, for: when, as: wins ? as : undefined });
}

/** What of cases is for some roles only: operations, and fields of the data. */
export function casePolicies(roles: readonly string[], fields: readonly string[], models: readonly string[]) {
  const some = fc.subarray([...roles]);
  const operations = fc.dictionary(fc.constantFrom(...CASE_OPERATIONS), some, { maxKeys: 4 });
  const entry = fc
    .record({ roles: some, models: absentAtTimes(fc.subarray([...models], { minLength: 1, maxLength: 1 })) })
    .map(compact);
  return fc.record({
    operations,
    fields: fc.dictionary(fc.constantFrom(...fields), entry, { minKeys: 1, maxKeys: 3 }),
  });
}

/** Policy sets with rules of the grid, duties, sections and security roles, as policy files state them. */
export function policySets(names: Names): fc.Arbitrary<Fields> {
  const model = fc.constantFrom(...names.models);
  const element = fc.constantFrom(...names.elements);
  const holder = fc.constantFrom(
    ...names.users.map((user) => ({ user })),
    ...names.groups.map((group) => ({ group })),
  );
  const securityRoles = fc
    .array(
      fc.record({
        rights: fc.oneof(
          fc.subarray(['Todo:Read_Own', 'Todo:Read_All', 'Todo:Process', 'ModelInstance:Read', 'Model:Read']),
          fc.subarray(RIGHTS_OF_WORK),
        ),
        holders: fc.uniqueArray(holder, { maxLength: 3 }),
      }),
      { maxLength: 2 },
    )
    .map((roles) => Object.fromEntries(roles.map((role, at) => [`role ${at}`, role])));

  const rule = fc
    .record({
      effect: fc.constantFrom('Allow', 'Allow', 'Restrict'),
      users: fc.constantFrom<unknown>(
        'all',
        { group: names.groups[0] },
        { user: names.users[0] },
        { role: 'owner' },
        { where: { 'user.level': { $gte: 1 } } },
        { where: { 'user.requester': 'alice' } },
      ),
      privilege: fc.constantFrom('View', 'Perform', 'Assign', 'Re-Assign', 'Monitor'),
      on: fc.oneof(
        fc.constant('system' as unknown),
        fc.record({ process: model }),
        fc.record({ process: model, task: element }),
        fc.record({ process: model, task: element }),
      ),
      as: absentAtTimes(fc.constant('owner')),
      for: absentAtTimes(
        fc.constantFrom<unknown>(
          { 'data.requester': '$user.userName' },
          { 'roles.owner': { $ne: '$user.userName' } },
          { 'data.x': { $gte: '$user.level' } },
        ),
      ),
    })
    .map(fitting);
  const grid = fc.array(rule, { maxLength: 3 }).map((rules) => ({
    labels: { owner: { multiple: 2 } },
    rules: Object.fromEntries(rules.map((one, at) => [`r${at}`, one])),
  }));

  const duty = fc.oneof(
    fc.record({ duty: fc.constant('not-initiator'), model }),
    fc.record({ duty: fc.constantFrom('not-who-did', 'must-be-who-did'), model }).map((one) => ({
      ...one,
      task: names.elements[0],
      did: names.elements[1] ?? names.elements[0],
    })),
    fc.record({ duty: fc.constant('distinct'), model, tasks: fc.constant(names.elements.slice(0, 2)) }),
  );
  const duties = fc
    .array(duty, { maxLength: 2 })
    .map((all) => Object.fromEntries(all.map((one, at) => [`d${at}`, one])));

  const permissions = fc.array(
    fc.tuple(
      holder,
      fc.subarray(['read', 'bpmn-process-instance-read', 'bpmn-process-instance-edit'], { minLength: 1 }),
    ),
    { maxLength: 3 },
  );
  const grantsOf = (given: readonly (readonly [object, string[]])[]): object[] => [
    ...new Map(given.map(([to, names]) => [JSON.stringify(to), { ...to, permissions: names }])).values(),
  ];
  const sections = absentAtTimes(
    fc.record({
      inherit: absentAtTimes(fc.constant(false)),
      given: permissions,
      models: fc.subarray([...names.models]),
    }),
  ).map((one) =>
    one === undefined
      ? {}
      : { one: compact({ inherit: one.inherit, permissions: grantsOf(one.given), models: one.models }) },
  );

  return fc.record({ securityRoles, grid, duties, sections });
}
