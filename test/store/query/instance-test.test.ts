import { eq, EVERYTHING, not } from '../../../src/core/condition/condition.js';
import { scopeOf, testOf } from '../../../src/core/decision/scope.js';
import { parseQuery, type CallerQuery, type Leaf } from '../../../src/store/query/caller-query.js';
import type { Hidden } from '../../../src/store/query/hidden.js';
import { exactQuery } from '../../../src/store/query/instance-test.js';
import { INSTANCE_FIELDS } from '../../../src/store/query/query-fields.js';

const leaf = (on: Leaf['on'], field: string, value: unknown = 1): Leaf =>
  ({ kind: 'test', on, field, test: { $eq: value } }) as Leaf;
const absent = (on: Leaf['on'], field: string): Leaf => ({ kind: 'absent', on, field });
const several = (kind: 'and' | 'or' | 'nor', ...of: CallerQuery[]): CallerQuery => ({ kind, of });
const element = (where: CallerQuery): CallerQuery => ({ kind: 'element', where });
const [N, A, B] = [leaf('row', 'n'), leaf('item', 'a'), leaf('item', 'b')];
const VISIBLE = testOf(scopeOf(eq('item.shown', true)));
const item = (fields: object) => ({ id: 'i', shown: true, ...fields });

function answer(query: CallerQuery, row: object, hidden?: Hidden): boolean {
  return exactQuery(query, VISIBLE, hidden)(() => undefined)({ id: 'x', ...row } as never);
}

test.each<[string, CallerQuery, object, boolean]>([
  ['a field of the instance', N, { n: 1 }, true],
  ['another value of it', N, { n: 2 }, false],
  ['no value', absent('row', 'n'), {}, true],
  ['a value', absent('row', 'n'), { n: 1 }, false],
  ['a field of an item', A, { items: [item({ a: 2 }), item({ a: 1 })] }, true],
  ['of no item', A, { items: [item({ a: 2 })] }, false],
  ['of an item that is not visible', A, { items: [{ id: 'i', a: 1 }] }, false],
  ['of no items', A, {}, false],
  ['two of two items', several('and', A, B), { items: [item({ a: 1 }), item({ b: 1 })] }, true],
  ['two of one', several('and', A, B), { items: [item({ a: 1 })] }, false],
  ['one of two', several('or', A, N), { n: 1, items: [item({ a: 2 })] }, true],
  ['neither', several('or', A, N), { n: 2, items: [item({ a: 2 })] }, false],
  ['neither, as asked', several('nor', A, N), { n: 2, items: [item({ a: 2 })] }, true],
  ['one, though not asked', several('nor', A, N), { n: 1 }, false],
  ['an element with both', element(several('and', A, B)), { items: [item({ a: 1, b: 1 })] }, true],
  [
    'elements with one each',
    element(several('and', A, B)),
    { items: [item({ a: 1 }), item({ b: 1 })] },
    false,
  ],
])('%s', (_what, query, row, expected) => {
  expect(answer(query, row)).toBe(expected);
});

describe('what is hidden', () => {
  const hidden: Hidden = {
    shows: (on, field) =>
      on === 'item' && field === 'a'
        ? eq('item.open', true)
        : on === 'row' && field === 'n'
          ? eq('instance.open', true)
          : undefined,
  };

  test.each<[string, CallerQuery, object, boolean]>([
    ['is not found', A, { items: [item({ a: 1 })] }, false],
    ['is found where it is shown', A, { items: [item({ a: 1, open: true })] }, true],
    ['is not found in the instance', N, { n: 1 }, false],
    ['is found in an instance that shows it', N, { n: 1, open: true }, true],
    ['is absent', absent('item', 'a'), { items: [item({ a: 1 })] }, true],
    ['is not absent where it is shown', absent('item', 'a'), { items: [item({ a: 1, open: true })] }, false],
    ['is absent in the instance', absent('row', 'n'), { n: 1 }, true],
    ['is not absent in an instance that shows it', absent('row', 'n'), { n: 1, open: true }, false],
    ['is not found in an element', element(several('and', A, B)), { items: [item({ a: 1, b: 1 })] }, false],
    [
      'is found in an element that shows it',
      element(several('and', A, B)),
      { items: [item({ a: 1, b: 1, open: true })] },
      true,
    ],
  ])('%s', (_what, query, row, expected) => {
    expect(answer(query, row, hidden)).toBe(expected);
  });
});

test('each item costs the steps of the rules', () => {
  const spent: number[] = [];
  const test = { ...testOf(scopeOf(not(EVERYTHING))), steps: 5 };
  exactQuery(A, test, undefined)((steps) => void spent.push(steps))({
    id: 'x',
    items: [item({}), item({})],
  } as never);
  expect(spent[0]).toBe(11);
});

test('whether a task has candidates is told by no question to somebody from whom they are hidden', () => {
  const hidden: Hidden = {
    shows: (_on, field) => (field === 'candidateUsers' ? eq('item.open', true) : undefined),
  };
  const asked = (query: object, ...candidates: unknown[]): boolean[] =>
    candidates.map((candidateUsers) =>
      answer(parseQuery(query, INSTANCE_FIELDS), { items: [item({ candidateUsers })] }, hidden),
    );
  const all = [['ann'], [], null, undefined, 'ann'];
  // As of any other field, nobody sees a value there.
  expect(asked({ 'items.candidateUsers': null }, ...all)).toEqual([true, true, true, true, true]);
  expect(asked({ $nor: [{ 'items.candidateUsers': null }] }, ...all)).toEqual(all.map(() => false));
  expect(asked({ 'items.candidateUsers': { $ne: null } }, ...all)).toEqual(all.map(() => false));
  expect(asked({ 'items.candidateUsers': { $in: ['ann', null] } }, ...all)).toEqual(all.map(() => true));
});
