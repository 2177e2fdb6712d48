import fc from 'fast-check';
import { bind } from '../../src/core/evaluation/bind.js';
import { byCases } from '../../src/core/condition/cases.js';
import {
  and,
  eq,
  exists,
  isIn,
  ne,
  or,
  overlaps,
  some,
  type Condition,
} from '../../src/core/condition/condition.js';
import { compile } from '../../src/core/evaluation/evaluate.js';
import { inTenant } from '../../src/core/marks/mark.js';
import { marksOf, type MarkList } from '../../src/core/marks/search.js';
import { condition, itemCondition } from '../core/arbitraries.js';
import { drafts, principal, rowsOf } from './arbitraries.js';
import { itemsOf } from './truth.js';
import type { Row } from './corpus.js';
import { deriveFacts } from '../../src/engine/model/derive.js';
import type { InstanceGuard } from '../../src/store/port.js';

const USER_TASK = 'bpmn:UserTask';
const ME = { ref: 'user', path: 'userName' } as const;
const name = fc.constantFrom('alice', 'bob', 'hr', 'acme');

/** Comparisons from which marks follow, beside any others. */
const ofItem: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('assignee', 'candidateUsers', 'candidateGroups', 'guard.owner', 'guard.completedBy'),
      name,
    )
    .map(([field, value]) => eq(`item.${field}`, value)),
  fc.constantFrom<Condition>(
    eq('item.type', USER_TASK),
    ne('item.type', USER_TASK),
    eq('item.status', 'wait'),
    eq('item.guard.open', true),
    eq('item.guard.closed', true),
    eq('item.guard.startedBy', ME),
    eq('item.elementId', 'a'),
    isIn('item.elementId', ['a', 'b']),
    overlaps('item.candidateGroups', { ref: 'user', path: 'userGroups' }),
    byCases('item.elementId', [
      ['a', eq('item.assignee', ME)],
      ['b', eq('item.candidateUsers', ME)],
    ]),
  ),
  itemCondition,
);
/** The paths below `data` for which instances are marked: each for none, one, or more of them. */
const PATHS = ['requester', 'list', 'list.0', 'x.y'];
const marked = ({ document }: Row, at: number): Row['document'] => {
  const copy = structuredClone(document);
  if (copy.guard?.format !== undefined)
    deriveFacts(copy, Object.assign(copy.guard as InstanceGuard, { dataPaths: PATHS.slice(0, at % 5) }));
  return copy;
};
const ofData: fc.Arbitrary<Condition> = fc
  .tuple(
    fc.constantFrom(...PATHS, 'x'),
    fc.oneof(name, fc.constantFrom<string | number | boolean>('', 0, -0, 1, 5, true, false)),
  )
  .chain(([path, value]) => {
    const field = `instance.data.${path}`;
    return fc.constantFrom(eq(field, value), isIn(field, [value, 'bob']), overlaps(field, [value]));
  });
const ofInstance: fc.Arbitrary<Condition> = fc.oneof(
  ofData,
  fc.constantFrom<Condition>(
    eq('instance.name', 'Invoice'),
    isIn('instance.name', ['Invoice', 'Vacation']),
    eq('instance.guard.startedBy', ME),
    eq('instance.items.assignee', ME),
    exists('instance.tenantId', false),
  ),
  ofItem.map((where) => some('instance.items', where)),
  condition,
);
const several = fc.array(fc.oneof(ofItem, ofItem, ofData, ofInstance), { minLength: 1, maxLength: 4 });
const asked = fc.oneof(
  several.map((of) => and(...of)),
  fc.array(several, { minLength: 1, maxLength: 3 }).map((of) => or(...of.map((parts) => and(...parts)))),
  fc.tuple(several, several).map(([one, other]) =>
    byCases('instance.name', [
      ['Invoice', and(...one)],
      ['Vacation', or(...other)],
    ]),
  ),
);

test('What satisfies a condition, or has a waiting item that does, carries one of the marks that follow from it', () => {
  const counts = { narrowed: 0, unknown: 0, read: 0, open: 0, data: 0 };
  fc.assert(
    fc.property(drafts, asked, principal, (made, any, who) => {
      const bound = bind(any, who);
      const holds = compile(bound);
      const lists = {
        read: marksOf(bound, 'read', { dataPaths: PATHS }),
        open: marksOf(bound, 'open', { dataPaths: PATHS }),
      };
      for (const document of rowsOf(made).map(marked)) {
        const tenant = (document.tenantId as string | null | undefined) ?? undefined;
        const assertFound = (list: MarkList): void => {
          const marks = lists[list];
          if (marks === undefined) return void counts.unknown++;
          counts.narrowed++;
          counts[list]++;
          if (marks.some((mark) => mark.startsWith('d:') && !mark.endsWith('bob'))) counts.data++;
          const stored = document.guard?.[list] ?? [];
          expect({ any, list, found: marks.some((mark) => stored.includes(inTenant(tenant, mark))) }).toEqual(
            {
              any,
              list,
              found: true,
            },
          );
        };
        if (holds({ instance: document })) assertFound('read');
        for (const item of itemsOf(document)) {
          if (!holds({ instance: document, item })) continue;
          assertFound('read');
          if (item.status === 'wait') assertFound('open');
        }
      }
    }),
    { numRuns: 3_000 },
  );
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(200);
});
