import { PlacedRows } from '../../../src/store/query/placed-rows.js';

/** The rows of a page of six places, each of its size; they are added in this order. */
function page(bytes: number | undefined, ...rows: [at: number, size: number][]): [number[], boolean] {
  const placed = new PlacedRows<number>(6, bytes);
  const sizes = new Map(rows);
  for (const [at] of rows) placed.add(at, at, (row) => sizes.get(row) as number);
  return [placed.rows, placed.isCut];
}

test('rows come in the order of their places, and a place may stay empty', () => {
  expect(page(undefined, [3, 1], [0, 1], [5, 1])).toEqual([[0, 3, 5], false]);
  expect(page(3, [3, 1], [0, 1], [5, 1])).toEqual([[0, 3, 5], false]);
});

test('a page is cut where its bytes end, in whichever order the rows were added', () => {
  expect(page(10, [0, 4], [4, 4], [1, 4], [2, 4])).toEqual([[0, 1], true]);
  expect(page(10, [0, 4], [1, 4], [2, 4], [4, 4])).toEqual([[0, 1], true]);
  // A later row might fit, but the page has ended.
  expect(page(10, [0, 4], [1, 8], [2, 1])).toEqual([[0], true]);
});

test('the first row is always taken', () => {
  expect(page(10, [2, 90])).toEqual([[2], false]);
  expect(page(10, [5, 90], [1, 90], [3, 1])).toEqual([[1], true]);
});
