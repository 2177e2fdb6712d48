import fc from 'fast-check';
import { createGuard, type Guard, type GuardError, type SecureUser } from 'bpmn-guard';
import { deriveGuard } from '../../src/engine/model/derive.js';
import type { InstanceGuard, StoredInstance } from '../../src/store/port.js';
import { CASES } from '../support/cases.js';
import { ADMIN_USER, person } from '../support/guards.js';
import { caseModel } from '../support/case-models.js';
import { task } from '../support/models.js';
import { Sizes } from './asking.js';
import { policySets } from './policy-sets.js';
import { lastingPlace, memoryPlace, onStores, type Place } from '../support/stores.js';

type Fields = Record<string, unknown>;
/** `ann` sees pay where she owns the case, `hr` everywhere it is limited to them; `ben` only takes part. */
const PEOPLE = [person('ann'), person('ben'), person('hal', 'staff')];

const pay = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.record(
    { net: fc.integer({ min: 0, max: 2 }), tax: fc.integer({ min: 0, max: 2 }) },
    { requiredKeys: [] },
  ),
  fc.array(fc.record({ net: fc.integer({ min: 0, max: 2 }) }), { maxLength: 2 }),
  fc.constant(null),
);
interface Draft {
  readonly data: Fields;
  readonly roles: Record<string, { users: string[]; groups: string[] }> | undefined;
}
const holders = fc.record({
  users: fc.subarray(['ann', 'ben']),
  groups: fc.subarray(['staff']),
});
const draft: fc.Arbitrary<Draft> = fc.record({
  data: fc.record({ open: fc.integer({ min: 0, max: 3 }), pay, list: pay }, { requiredKeys: ['open'] }),
  roles: fc.option(fc.record({ owner: holders, hr: holders, participant: holders }), { nil: undefined }),
});

const FIELDS = [
  'data.open',
  'data.pay',
  'data.pay.net',
  'data.pay.0.net',
  'data.list',
  'data.list.net',
  'data.list.tax',
];
const leaf: fc.Arbitrary<Fields> = fc
  .tuple(
    fc.constantFrom(...FIELDS),
    fc.oneof<fc.Arbitrary<unknown>[]>(
      fc.integer({ min: 0, max: 3 }),
      fc.constant(null),
      fc.record({ $gt: fc.integer({ min: 0, max: 2 }) }),
      fc.record({ $ne: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ $exists: fc.boolean() }),
      fc.record({ $in: fc.constant([0, 1, null]) }),
      fc.record({ $nin: fc.constant([0, 1]) }),
      fc.record({ $not: fc.record({ $lt: fc.integer({ min: 0, max: 3 }) }) }),
    ),
  )
  .map(([field, test]) => ({ [field]: test }));
const query = fc.oneof(
  leaf,
  fc.array(leaf, { minLength: 1, maxLength: 2 }).map((of): Fields => ({ $nor: of })),
  fc.array(leaf, { minLength: 2, maxLength: 2 }).map((of): Fields => ({ $or: of })),
);

/** What an item of strangers looks like; nobody who asks is one of them. */
function stored({ data, roles }: Draft, at: number): StoredInstance {
  const instance: StoredInstance = {
    id: `case-${at}`,
    name: nameOf(at),
    status: 'running',
    data,
    items: [{ id: `item-${at}`, elementId: 'flow', type: 'bpmn:SequenceFlow', status: 'wait', seq: 1 }],
    tokens: [],
  };
  const guard: InstanceGuard = {
    rev: 1,
    startedBy: 'ben',
    items: {},
    ...(roles !== undefined && { caseRoles: roles }),
  };
  deriveGuard(instance, guard);
  return instance;
}

/** Policies that decide beside those that hide fields. */
const others = policySets({
  models: ['Claim', 'Other'],
  elements: ['flow', 't'],
  users: ['ann', 'ben'],
  groups: ['staff'],
});

const isIn = (who: SecureUser, { users, groups }: { users: string[]; groups: string[] }): boolean =>
  users.includes(who.userName) || groups.some((group) => who.userGroups.includes(group));
type Limits = Readonly<
  Record<string, { readonly roles: readonly string[]; readonly models?: readonly string[] }>
>;
/** The roles for which the fields are: one after the other in force. */
const LIMITS = [
  { 'data.pay': { roles: ['owner', 'hr'] }, 'data.list.net': { roles: ['hr'], models: ['Claim'] } },
  { 'data.pay': { roles: ['hr'], models: ['Claim'] }, 'data.list.net': { roles: ['owner', 'participant'] } },
  { 'data.pay': { roles: [] } },
  { 'data.list.net': { roles: [] } },
] as const satisfies readonly Limits[];
const nameOf = (at: number): string => (at % 3 === 0 ? 'Other' : 'Claim');

/** Which of the two fields the draft hides: the rules, said again. */
function hides(
  limits: Limits,
  who: SecureUser,
  { roles }: Draft,
  at: number,
): { pay: boolean; net: boolean } {
  const isHidden = (field: string): boolean => {
    const limit = limits[field];
    if (roles === undefined || limit?.models?.includes(nameOf(at)) === false) return false;
    return limit !== undefined && !limit.roles.some((role) => isIn(who, roles[role] as never));
  };
  return { pay: isHidden('data.pay'), net: isHidden('data.list.net') };
}

const withoutNet = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withoutNet)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'net'))
      : value;
/** The draft as one in which what is hidden never was. */
function bare(limits: Limits, who: SecureUser, one: Draft, at: number): Draft {
  const hidden = hides(limits, who, one, at);
  const data = { ...one.data };
  if (hidden.pay) delete data.pay;
  if (hidden.net && 'list' in data) data.list = withoutNet(data.list);
  return { ...one, data };
}
/** The same with something else where it is hidden. */
function disguised(limits: Limits, who: SecureUser, one: Draft, at: number, other: Fields): Draft {
  const hidden = hides(limits, who, one, at);
  const shown = bare(limits, who, one, at).data;
  return {
    ...one,
    data: {
      ...shown,
      ...(hidden.pay && 'pay' in other && { pay: other.pay }),
      ...(hidden.net &&
        typeof shown.list === 'object' &&
        shown.list !== null &&
        !Array.isArray(shown.list) && { list: { ...shown.list, net: 7 } }),
    },
  };
}

onStores('fields of cases for some roles only', (kind) => {
  let place: Place;
  let guard: Guard;
  beforeAll(async () => {
    place = kind === 'embedded' ? memoryPlace() : lastingPlace(kind);
    guard = await createGuard({ store: place.options, env: {} });
    const source = caseModel('owner, hr, participant', [task('t', { assignee: 'owner' })]);
    await guard.api.model.save('Claim', source, null, ADMIN_USER);
    await govern({});
  });
  afterAll(async () => {
    await guard.close();
    await place.remove();
  });

  /** Puts these policies in force, and those that hide the fields. */
  async function govern(others: Fields, fields: Limits = LIMITS[0]): Promise<void> {
    await guard.as(ADMIN_USER).policies.import(JSON.stringify({ ...others, cases: { fields } }), {
      replace: true,
      switchOffSections: true,
      allowUnknownModels: true,
    });
  }

  async function put(all: readonly Draft[]): Promise<void> {
    const ids = (await guard.store.instances.find({ filter: {} })).map(({ id }) => id);
    await guard.store.instances.remove(ids, {});
    for (const [at, one] of all.entries()) await guard.store.instances.insert(stored(one, at));
  }

  /** Everything that lists tell. */
  async function learnt(who: SecureUser, asked: readonly Fields[]): Promise<unknown> {
    const { data, tasks } = guard.as(who);
    const all: unknown[] = [];
    for (const filter of asked) {
      const instances = await data.findInstances(filter);
      const items = await data.findItems(filter);
      const page = await data.find({ filter, limit: 50, getTotalCount: true });
      const projected = await data.findInstances(filter, undefined, {
        projection: ['id', 'data.pay', 'data.list'],
      });
      all.push(
        instances.map(({ id, data: shown }) => [id, shown]),
        items.map(({ id, data: shown, instanceData }) => [id, shown, instanceData]),
        [page.totalCount, page.data.map(({ id, data: shown }) => [id, shown])],
        projected.map(({ id, data: shown }) => [id, shown]),
        await tasks.count(filter),
      );
    }
    return all;
  }

  const UNDER: [string, typeof others][] = [
    ['alone', fc.constant<Fields>({})],
    ['under all other policies', others],
  ];
  test.each(UNDER)(
    'T18 a hidden field tells nothing, %s: not by filter, negation, count, projection or in what is shown',
    async (_under, given) => {
      let changed = 0;
      const sizes = new Sizes();
      const step = fc.record({
        policies: given,
        limits: fc.constantFrom<Limits>(...LIMITS),
        who: fc.constantFrom(...PEOPLE),
        asked: fc.array(query, { minLength: 2, maxLength: 2 }),
        other: fc.record({ pay }, { requiredKeys: [] }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(draft, { minLength: 3, maxLength: 5 }),
          fc.array(step, { minLength: 2, maxLength: 2 }),
          async (made, steps) => {
            let all: readonly Draft[] = made;
            await put(all);
            // The policies change, and with them what is hidden; what is stored stays.
            for (const { policies, limits, who, asked, other } of steps) {
              await govern(policies, limits);
              const before = await learnt(who, asked);
              // As if it never was there, except that a field above a hidden one counts as hidden, too.
              const instead = all.map((one, at) => disguised(limits, who, one, at, other));
              await put(instead);
              expect(await learnt(who, asked)).toEqual(before);
              const rows = await guard.as(who).data.findInstances({});
              for (const { id, data } of rows) {
                const at = Number(String(id).slice('case-'.length));
                expect(data).toEqual(bare(limits, who, all[at] as Draft, at).data);
              }
              if (JSON.stringify(instead) !== JSON.stringify(all)) changed++;
              sizes.note(rows.length, all.length);
              all = instead;
            }
          },
        ),
        { numRuns: 5 * CASES },
      );
      expect(changed).toBeGreaterThan(0);
      sizes.check();
      await govern({});
    },
  );

  test('users who see a field can filter by it; for others it does not exist', async () => {
    const roles = { owner: { users: ['ann'], groups: [] }, hr: { users: [], groups: [] } };
    const one = {
      data: { open: 1, pay: 3 },
      roles: { ...roles, participant: { users: ['ben'], groups: [] } },
    };
    await put([one, { ...one, data: { open: 2 } }]);
    const ids = async (who: SecureUser, filter: Fields) =>
      (await guard.as(who).data.findInstances(filter)).map(({ id }) => id).sort();
    const [ann, ben] = PEOPLE as [SecureUser, SecureUser];
    expect(await ids(ann, { 'data.pay': 3 })).toEqual(['case-0']);
    expect(await ids(ben, { 'data.pay': 3 })).toEqual([]);
    expect(await ids(ben, { 'data.pay': { $ne: 3 } })).toEqual(['case-0', 'case-1']);
    expect(await ids(ann, { 'data.pay': { $ne: 3 } })).toEqual(['case-1']);
    expect(await ids(ben, { 'data.pay': null })).toEqual(['case-0', 'case-1']);
    expect(await ids(ADMIN_USER, { 'data.pay': 3 })).toEqual(['case-0']);
  });

  test('users from whom it may be hidden cannot sort by it, above it or below it', async () => {
    const { data } = guard.as(PEOPLE[0] as SecureUser);
    const fields = [
      'data.pay',
      'data.pay.net',
      'data.pay.0',
      'data.list',
      'data.list.net',
      'data.list.1.net',
    ];
    const codes = await Promise.all(
      fields.map(async (field) => {
        const sort = { [field]: 1 } as const;
        const work = [data.find({ sort }), data.findInstances({}, undefined, { sort })];
        return (await Promise.allSettled(work)).map((one) =>
          one.status === 'rejected' ? ((one.reason as GuardError).code as string) : 'sorted',
        );
      }),
    );
    expect(codes).toEqual(fields.map(() => ['hidden-field', 'hidden-field']));
    await data.find({ sort: { 'data.open': 1, 'data.payment': 1 } });
    await guard.as(ADMIN_USER).data.find({ sort: { 'data.pay': 1 } });
  });
});
