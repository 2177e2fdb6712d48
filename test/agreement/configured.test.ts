import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { isGuardError } from '../../src/core/errors.js';
import { OPERATIONS, type Operation } from '../../src/core/operation.js';
import type { SecureUser } from '../../src/core/principal.js';
import { isPlainObject } from '../../src/core/value.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import { readPolicyDocument } from '../../src/core/policy-set/files.js';
import { changedSet } from '../../src/core/policy-set/kinds.js';
import { PolicySet } from '../../src/core/policy-set/policy-set.js';
import { deriveGuard } from '../../src/engine/model/derive.js';
import { compilerWith } from '../../src/engine/policy-book/application-policies.js';
import { hiddenParts, hiddenPeople } from '../../src/engine/enforcement/hidden-parts.js';
import { parseQuery } from '../../src/store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../src/store/query/query-fields.js';
import { instancePlan } from '../../src/store/query/scoped-query.js';
import type { InstanceGuard, Store, StoredInstance, StoredItem } from '../../src/store/port.js';
import { drafts, isQueryNotForJava, principal, query, rowsOf, type Draft } from './arbitraries.js';
import { ask, expected, fill, Sizes, sorted, type Cut } from './asking.js';
import { CERTAIN } from './certain.js';
import type { Row } from './corpus.js';
import { casePolicies, policySets } from './policy-sets.js';
import { describeComparison } from './stores.js';
import { instancesOf, keys, permitted, tasksOf } from './truth.js';
import { atOnce } from '../../src/core/in-steps.js';

type Fields = Readonly<Record<string, unknown>>;

const MODELS = ['Invoice', 'Vacation'] as const;
const FIELDS = ['data.requester', 'data.list', 'data.x', 'data.x.y'];
const document = fc
  .tuple(
    policySets({ models: MODELS, elements: ['a', 'b'], users: ['alice', 'bob'], groups: ['hr', 'alice'] }),
    casePolicies(['owner', 'viewer'], FIELDS, MODELS),
  )
  .map(([others, cases]): Fields => ({ ...others, cases }));
const absentAtTimes = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(of, { nil: undefined });

/** Who belongs to an instance as a case: nobody asks where there is none. */
const caseRoles = absentAtTimes(
  fc.record({
    owner: fc.record({ users: fc.subarray(['alice', 'bob']), groups: fc.subarray(['hr']) }),
    // Most take part in most cases, and are not shown all of them.
    viewer: fc.record({
      users: fc.subarray(['alice', 'bob'], { minLength: 1 }),
      groups: fc.constant(['hr']),
    }),
  }),
);

function asCases(made: readonly Draft[], roles: readonly unknown[]): Row[] {
  const rows = rowsOf(made);
  for (const [at, { document: instance }] of rows.entries()) {
    const given = roles[at % roles.length];
    if (given !== undefined) deriveGuard(instance, { ...instance.guard, caseRoles: given } as InstanceGuard);
  }
  return rows;
}

const steps = compilerWith([taskRulesPolicy, tenants]);
function compile(set: PolicySet) {
  for (const compiling = steps(set); ;) {
    const { done, value } = compiling.next();
    if (done === true) return value;
  }
}

type Point = ReturnType<typeof compile>['point'];

function pointOf(given: Fields): Point {
  const { entries, mistakes } = atOnce(readPolicyDocument(given));
  expect(mistakes).toEqual([]);
  return compile(
    changedSet(
      PolicySet.EMPTY,
      entries.map(({ change }) => change),
    ),
  ).point;
}

/** What the package says it cannot ask of the database, rather than list too little or too much. */
async function answered<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (isGuardError(error) && error.message.includes('cannot be combined with the rules in force'))
      return undefined;
    throw error;
  }
}

type CaseFields = Readonly<
  Record<string, { readonly roles: readonly string[]; readonly models?: readonly string[] }>
>;
type Holders = Readonly<Record<string, { users: readonly string[]; groups: readonly string[] }>>;

/** The value without what a path leads to, also through lists: the rule, said again. */
function without(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => without(entry, [name as string, ...rest]));
  if (!isPlainObject(value) || !Object.hasOwn(value, name as string)) return value;
  const { [name as string]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [name as string]: without(inner, rest) };
}

const PEOPLE = ['assignee', 'candidateUsers', 'candidateGroups', 'completedBy'];

/** What a principal is shown of rows, said again: fields for roles of a case, and who else has a task. */
function cutFor(point: Point, who: SecureUser, given: Fields): Cut {
  const { fields } = given.cases as { readonly fields: CaseFields };
  const sees = (roles: readonly string[], held: Holders): boolean =>
    roles.some((role) => {
      const { users = [], groups = [] } = held[role] ?? {};
      return users.includes(who.userName) || groups.some((group) => who.userGroups.includes(group));
    });
  const own = (named: unknown): boolean => [named].flat().includes(who.userName);
  const namesPeople = (instance: StoredInstance, item: StoredItem): boolean =>
    point.allows(who, 'task:assignees', { instance, item });
  return {
    isHidden: (instance, item, field) =>
      PEOPLE.includes(field) &&
      !namesPeople(instance, item) &&
      !(field === 'assignee' && own(item.assignee)) &&
      !(field === 'completedBy' && own(item.guard?.completedBy)),
    instance(instance) {
      const held = instance.guard?.caseRoles as Holders | undefined;
      if (held === undefined || who.isAdmin()) return instance;
      const hidden = Object.entries(fields).filter(
        ([, { roles, models }]) => models?.includes(instance.name ?? '') !== false && !sees(roles, held),
      );
      return hidden.reduce(
        (left, [field]) => without(left, field.split('.')) as StoredInstance,
        instance as StoredInstance,
      );
    },
    item(instance, item) {
      if (namesPeople(instance, item)) return item;
      const { candidateUsers: _users, candidateGroups: _groups, assignee, guard, ...rest } = item;
      const { completedBy, ...kept } = guard ?? {};
      return {
        ...rest,
        ...(own(assignee) && { assignee }),
        guard: { ...kept, ...(own(completedBy) && { completedBy }) },
      } as StoredItem;
    },
  };
}

/** The operations that may be for some roles of a case only: in which instances, by the store and one by one. */
async function compareOperations(
  point: Point,
  store: Store,
  rows: readonly Row[],
  who: SecureUser,
  sizes: Sizes,
): Promise<void> {
  for (const operation of ON_CASES) {
    const right = keys(permitted(point, who, operation, instancesOf(rows)));
    const plan = instancePlan(
      point.scope(who, operation),
      point.scope(who, 'task:read'),
      parseQuery({}, INSTANCE_FIELDS),
      {},
      { reindexed: false },
    );
    const found = plan === undefined ? [] : await store.instances.find(plan);
    expect({ operation, who, found: found.map(({ id }) => id).sort() }).toEqual({
      operation,
      who,
      found: right,
    });
    sizes.note(right.length, rows.length);
  }
}

const ON_CASES = (Object.keys(OPERATIONS) as Operation[]).filter(
  (name) => OPERATIONS[name].kind === 'instance' && OPERATIONS[name].cases.length > 0,
);

/** Questions about what may be hidden, positive ones and negations. */
const aboutHidden: fc.Arbitrary<Fields> = fc
  .tuple(
    fc.constantFrom(...FIELDS.slice(0, 2), 'data.x.y', 'items.assignee', 'items.candidateUsers'),
    fc.constantFrom<unknown>(
      'alice',
      null,
      { $ne: 'alice' },
      { $exists: true },
      { $nin: ['alice', 'bob', null] },
      { $not: { $gte: 'a' } },
    ),
    fc.boolean(),
  )
  .map(([field, test, denied]) => (denied ? { $nor: [{ [field]: test }] } : { [field]: test }));

const runsOf = fc.record({
  drafts,
  roles: fc.array(caseRoles, { minLength: 3, maxLength: 3 }),
  asked: fc.array(fc.tuple(document, principal, fc.oneof(query, aboutHidden)), {
    minLength: 4,
    maxLength: 4,
  }),
});

async function compare(stores: readonly Store[], runs: fc.Parameters<unknown>, java = false): Promise<void> {
  const [sizes, operations] = [new Sizes(), new Sizes()];
  let differing = 0;
  await fc.assert(
    fc.asyncProperty(runsOf, async ({ drafts: made, roles, asked }) => {
      const rows = asCases(made, roles);
      await Promise.all(stores.map((store) => fill(store, rows)));
      // The policies change between the questions; what is stored stays.
      for (const [given, who, one] of asked.filter(([, , one]) => !java || !isQueryNotForJava(one))) {
        const point = pointOf(given);
        const right = expected(point, rows, who, one, cutFor(point, who, given));
        const hidden = hiddenParts(
          hiddenPeople(point.scope(who, 'task:assignees'), who.userName),
          point.hidden(who),
        );
        for (const store of stores) {
          for (const reindexed of [false, true]) {
            const found = await answered(() => ask(point, store, who, one, reindexed, hidden));
            if (found === undefined) continue;
            expect({ given, who, one, ...sorted(found) }).toEqual({ given, who, one, ...right });
          }
          await compareOperations(point, store, rows, who, operations);
        }
        // What is hidden must matter, too: to some the answer would be another one with it.
        const open = expected(point, rows, who, one);
        if (!isDeepStrictEqual(open, right)) differing++;
        sizes.note(right.items.length, tasksOf(rows).length);
        sizes.note(right.instances.length, rows.length);
      }
    }),
    {
      ...runs,
      examples: [[CERTAIN]],
      numRuns: Math.ceil((runs.numRuns ?? 2) / 3),
    } as unknown as fc.Parameters<[unknown]>,
  );
  sizes.check();
  operations.check();
  expect(differing).toBeGreaterThan(0);
}

describeComparison('Decision and list under all policies at once, which change in between', compare);
