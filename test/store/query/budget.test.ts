import { Budget, isCut, markCut } from '../../../src/store/query/budget.js';
import type { Turns } from '../../../src/store/turns.js';

const size = (row: number): number => row;

test.each<[bytes: number, rows: number[], taken: number[], cut: boolean]>([
  [10, [4, 6], [4, 6], false],
  [10, [4, 7], [4], true],
  [10, [11, 1], [11], true],
  [10, [11], [11], false],
  [10, [4, 7, 1], [4], true],
  [2, [0, 0, 0], [0, 0], true],
  [10, [], [], false],
])('within %d bytes, of rows of %j the first are taken: %j', (bytes, rows, taken, cut) => {
  const found = new Budget(bytes).within(rows, size);
  expect([...found]).toEqual(taken);
  expect(isCut(found)).toBe(cut);
});

test('without a limit all rows are taken, and none is measured', () => {
  const budget = new Budget();
  const measured = (): number => {
    throw new Error('measured');
  };
  expect(budget.isLimited).toBe(false);
  expect(new Budget(1).isLimited).toBe(true);
  expect(budget.within([1, 2], measured)).toEqual([1, 2]);
  expect(budget.isSpent).toBe(false);
});

test('what is spent on one list is not left for the next', () => {
  const budget = new Budget(10);
  expect(budget.within([6], size)).toEqual([6]);
  expect(budget.within([4, 1], size)).toEqual([4]);
  expect(budget.isSpent).toBe(true);
  expect(budget.take(() => 0)).toBe(false);
});

test('rows that are converted are cut in the same way, with turns for other work', async () => {
  let turns = 0;
  const often: Turns = {
    isOver: () => true,
    next: () => {
      turns++;
      return Promise.resolve();
    },
  } as unknown as Turns;
  const found = await new Budget(10).copied([4, 6, 1], size, String, often);
  expect([...found]).toEqual(['4', '6']);
  expect(isCut(found)).toBe(true);
  expect(turns).toBe(2);
  const never = { isOver: () => false, next: () => Promise.reject(new Error('next')) } as unknown as Turns;
  const whole = await new Budget(10).copied([4], size, String, never);
  expect(whole).toEqual(['4']);
  expect(isCut(whole)).toBe(false);
});

test('the mark of a list that was cut is not seen in it', () => {
  const rows = [1];
  expect(markCut(rows)).toBe(rows);
  expect(Object.keys(rows)).toEqual(['0']);
  expect(isCut(rows)).toBe(true);
});
