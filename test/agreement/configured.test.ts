import fc from 'fast-check';
import { isGuardError } from '../../src/core/errors.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import { readPolicyDocument } from '../../src/core/policy-files.js';
import { changedSet } from '../../src/core/policy-kinds.js';
import { PolicySet } from '../../src/core/policy-set.js';
import { deriveGuard } from '../../src/engine/model/derive.js';
import { compilerWith } from '../../src/engine/policies/application-policies.js';
import type { InstanceGuard, Store } from '../../src/store/port.js';
import { drafts, isQueryNotForJava, principal, query, rowsOf, type Draft } from './arbitraries.js';
import { ask, expected, fill, Sizes, sorted } from './asking.js';
import type { Row } from './corpus.js';
import { policySets } from './policy-sets.js';
import { describeComparison } from './stores.js';
import { tasksOf } from './truth.js';

type Fields = Readonly<Record<string, unknown>>;

const document = policySets({
  models: ['Invoice', 'Vacation'],
  elements: ['a', 'b'],
  users: ['alice', 'bob'],
  groups: ['hr', 'alice'],
});
const absentAtTimes = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(of, { nil: undefined });

/** Who belongs to an instance as a case: nobody asks where there is none. */
const caseRoles = absentAtTimes(
  fc.record({
    owner: fc.record({ users: fc.subarray(['alice', 'bob']), groups: fc.subarray(['hr']) }),
    viewer: fc.record({ users: fc.subarray(['bob']), groups: fc.subarray(['alice', 'hr']) }),
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

const compile = compilerWith([taskRulesPolicy, tenants]);

function pointOf(given: Fields): ReturnType<typeof compile>['point'] {
  const { entries, mistakes } = readPolicyDocument(given);
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

const runsOf = fc.record({
  drafts,
  roles: fc.array(caseRoles, { minLength: 3, maxLength: 3 }),
  asked: fc.array(fc.tuple(document, principal, query), { minLength: 4, maxLength: 4 }),
});

async function compare(stores: readonly Store[], runs: fc.Parameters<unknown>, java = false): Promise<void> {
  const sizes = new Sizes();
  await fc.assert(
    fc.asyncProperty(runsOf, async ({ drafts: made, roles, asked }) => {
      const rows = asCases(made, roles);
      await Promise.all(stores.map((store) => fill(store, rows)));
      // The policies change between the questions; what is stored stays.
      for (const [given, who, one] of asked.filter(([, , one]) => !java || !isQueryNotForJava(one))) {
        const point = pointOf(given);
        const right = expected(point, rows, who, one);
        for (const store of stores)
          for (const reindexed of [false, true]) {
            const found = await answered(() => ask(point, store, who, one, reindexed));
            if (found === undefined) continue;
            expect({ given, who, one, ...sorted(found) }).toEqual({ given, who, one, ...right });
          }
        sizes.note(right.items.length, tasksOf(rows).length);
        sizes.note(right.instances.length, rows.length);
      }
    }),
    { ...runs, numRuns: Math.ceil((runs.numRuns ?? 2) / 3) } as fc.Parameters<[unknown]>,
  );
  sizes.check();
}

describeComparison('Decision and list under all policies at once, which change in between', compare);
