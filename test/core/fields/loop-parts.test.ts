import { withoutLoops } from '../../../src/core/fields/loop-parts.js';

const token = (
  id: number,
  dataPath: string,
  parentToken: number,
  startNodeId: string,
  itemsKey?: string,
) => ({
  id,
  dataPath,
  parentToken,
  startNodeId,
  itemsKey: itemsKey ?? null,
});
const TOKENS = [
  { id: 1, dataPath: '', startNodeId: 'start', itemsKey: null },
  token(2, 'outer.a', 1, 'outer', 'a'),
  token(3, 'outer.a.inner.x.y', 2, 'inner', 'a.x.y'),
];
const DATA = { total: 3, outer: { a: { note: 1, inner: { x: { y: { done: true } } } } } };

test('data is shown without the parts of its loops, whose keys are elements of collections', () => {
  expect(withoutLoops(DATA, TOKENS)).toEqual({ total: 3 });
});

test('the part of one element is shown without the loops within it', () => {
  expect(withoutLoops(DATA.outer.a, TOKENS, 'outer.a')).toEqual({ note: 1 });
  const own = DATA.outer.a.inner.x.y;
  expect(withoutLoops(own, TOKENS, 'outer.a.inner.x.y')).toBe(own);
});

test.each([[undefined], [null], [[]], [[null, 1, {}]], [[token(2, 'n.a', 1, 'not-there', 'a')]]])(
  'with %j as tokens, data stays the same object',
  (tokens) => {
    expect(withoutLoops(DATA, tokens)).toBe(DATA);
  },
);
