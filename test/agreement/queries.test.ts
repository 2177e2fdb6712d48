import fc from 'fast-check';
import { createDecisionPoint } from '../../src/core/decision/decision-point.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import type { Store } from '../../src/store/port.js';
import { drafts, isQueryNotForJava, principal, query, rowsOf } from './arbitraries.js';
import { ask, expected, fill, Sizes, sorted, type Answer } from './asking.js';
import { describeComparison } from './stores.js';
import { tasksOf } from './truth.js';

const point = createDecisionPoint([taskRulesPolicy, tenants]);
const cases = fc.record({
  drafts,
  asked: fc.array(fc.tuple(principal, query), { minLength: 6, maxLength: 6 }),
});

async function compare(stores: readonly Store[], runs: fc.Parameters<unknown>, java = false): Promise<void> {
  const sizes = new Sizes();
  await fc.assert(
    fc.asyncProperty(cases, async ({ drafts: made, asked }) => {
      const rows = rowsOf(made);
      await Promise.all(stores.map((store) => fill(store, rows)));
      for (const [who, one] of asked.filter(([, one]) => !java || !isQueryNotForJava(one))) {
        const right = expected(point, rows, who, one);
        sizes.note(right.items.length, tasksOf(rows).length);
        sizes.note(right.instances.length, rows.length);
        for (const reindexed of stores.length === 1 ? [true, false] : [true]) {
          const [first, ...others] = await Promise.all(
            stores.map((store) => ask(point, store, who, one, reindexed)),
          );
          expect({ who, one, ...sorted(first as Answer) }).toEqual({ who, one, ...right });
          for (const other of others) expect({ who, one, ...other }).toEqual({ who, one, ...first });
        }
      }
    }),
    runs as fc.Parameters<[unknown]>,
  );
  sizes.check();
}

describeComparison('A list is what the decision permits and the query finds in what may be seen', compare);
