import { Work } from '../../../../src/core/policies/lint/work.js';

test('work is done as long as its steps are left, and what was left out is named once', () => {
  const work = new Work(10);
  expect([
    work.spend(6, 'first'),
    work.spend(5, 'second'),
    work.spend(4, 'third'),
    work.spend(1, 'second'),
  ]).toEqual([true, false, true, false]);
  work.leaveOut('fourth');
  expect(work.leftOut).toEqual(['second', 'fourth']);
  expect(Object.isFrozen(work.leftOut)).toBe(true);
  expect(new Work(0).spend(0, 'nothing')).toBe(true);
  expect(new Work(0).leftOut).toEqual([]);
});
