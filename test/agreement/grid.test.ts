import fc from 'fast-check';
import { isGuardError } from '../../src/core/errors.js';
import { Grid } from '../../src/core/policies/grid/grid-policy.js';
import { readGridObject } from '../../src/core/policies/grid/texts.js';
import { PolicySet } from '../../src/core/policy-set/policy-set.js';
import type { Store } from '../../src/store/port.js';
import { pointOf } from '../core/policies/grid/grids.js';
import { drafts, isQueryNotForJava, principal, query, rowsOf, type Draft } from './arbitraries.js';
import { ask, expected, fill, Sizes, sorted } from './asking.js';
import type { Row } from './corpus.js';
import { describeComparison } from './stores.js';
import { tasksOf } from './truth.js';
import { atOnce } from '../../src/core/in-steps.js';

const process = fc.constantFrom('Invoice', 'Vacation');
const element = fc.constantFrom('a', 'b');
const rule = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Restrict'),
    users: fc.constantFrom<unknown>(
      'all',
      { group: 'hr' },
      { user: 'alice' },
      { role: 'owner' },
      { role: 'list' },
      { where: { 'user.level': { $gte: 1 } } },
      { where: { $not: { 'user.level': { $in: [1, 'alice'] } } } },
    ),
    privilege: fc.constantFrom('View', 'Perform', 'Perform', 'Assign', 'Re-Assign'),
    on: fc.oneof(
      { weight: 1, arbitrary: fc.constant('system' as unknown) },
      { weight: 2, arbitrary: fc.record({ process }) },
      { weight: 4, arbitrary: fc.record({ process, task: element }) },
    ),
    for: fc.option(
      fc.constantFrom<unknown>(
        { 'data.requester': '$user.userName' },
        { 'data.list': { $in: '$user.list' } },
        { 'data.x': { $gte: '$user.level' } },
        { 'roles.owner': { $ne: '$user.userName' } },
        { $nor: [{ 'data.requester': 'bob' }, { 'user.userGroups': 'hr' }] },
        { items: { $elemMatch: { 'item.assignee': 'alice' } } },
      ),
      { nil: undefined },
    ),
    as: fc.option(fc.constantFrom('owner', 'list'), { nil: undefined }),
  })
  .map(({ as, for: when, ...one }) => ({
    ...one,
    ...(when !== undefined && { for: when }),
    ...(as !== undefined &&
      one.effect === 'Allow' &&
      one.privilege === 'Perform' &&
      one.on !== 'system' && { as }),
  }));
const grid = fc.array(rule, { minLength: 1, maxLength: 6 }).map((rules) => ({
  labels: { owner: { multiple: 1 }, list: { multiple: 2 } },
  rules: Object.fromEntries(rules.map((one, at) => [`r${at}`, one])),
}));

/** Labels are counted, as they are when they are won; some counts lie. */
function counted(made: readonly Draft[]): Row[] {
  const rows = rowsOf(made);
  for (const [at, { document }] of rows.entries())
    if (document.guard !== undefined && at % 3 > 0)
      document.guard.roleCounts = { owner: at % 3, list: (at % 4) + 1 };
  return rows;
}

const cases = fc.record({
  drafts,
  asked: fc.array(fc.tuple(grid, principal, query), { minLength: 4, maxLength: 4 }),
});

async function answered<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (isGuardError(error) && error.message.includes('cannot be combined with the rules in force'))
      return undefined;
    throw error;
  }
}

async function compare(stores: readonly Store[], runs: fc.Parameters<unknown>, java = false): Promise<void> {
  const sizes = new Sizes();
  const counts = { refused: 0, answered: 0 };
  await fc.assert(
    fc.asyncProperty(cases, async ({ drafts: made, asked }) => {
      const rows = counted(made);
      await Promise.all(stores.map((store) => fill(store, rows)));
      for (const [given, who, one] of asked.filter(([, , one]) => !java || !isQueryNotForJava(one))) {
        const point = pointOf(new Grid(PolicySet.EMPTY.with(1, atOnce(readGridObject(given)))));
        const found = await Promise.all(
          stores.map((store) => answered(() => ask(point, store, who, one, true))),
        );
        const [first] = found;
        for (const other of found)
          expect({ given, who, one, ...other }).toEqual({ given, who, one, ...first });
        if (first === undefined) {
          counts.refused++;
          continue;
        }
        counts.answered++;
        expect({ given, who, one, ...sorted(first) }).toEqual({
          given,
          who,
          one,
          ...expected(point, rows, who, one),
        });
        sizes.note(first.items.length, tasksOf(rows).length);
        sizes.note(first.instances.length, rows.length);
      }
    }),
    { ...runs, numRuns: Math.ceil((runs.numRuns ?? 2) / 3) } as fc.Parameters<[unknown]>,
  );
  sizes.check();
  expect(counts.refused).toBeLessThan(counts.answered / 2);
}

describeComparison('Decision and list under generated grids', compare);
