import { PolicySet } from '../../src/core/policy-set.js';

const put = (kind: string, id: string, value: unknown = {}) => ({ kind, id, value });
const remove = (kind: string, id: string) => ({ kind, id, value: null });

test('a change creates a new set and leaves the old one unchanged', () => {
  const first = PolicySet.EMPTY.with(1, [put('rule', 'a', 1), put('rule', 'b', 2), put('role', 'a', 3)]);
  const second = first.with(2, [remove('rule', 'a'), put('rule', 'b', 4)]);
  expect([...first.of('rule')]).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect([...second.of('rule')]).toEqual([['b', 4]]);
  expect([first.version, first.size, second.version, second.size]).toEqual([1, 3, 2, 2]);
  expect(PolicySet.EMPTY.size).toBe(0);
});

test('unchanged kinds stay the same object, so that results derived from them can be cached', () => {
  const first = PolicySet.EMPTY.with(1, [put('rule', 'a'), put('role', 'a')]);
  const second = first.with(2, [put('rule', 'b')]);
  expect(second.of('role')).toBe(first.of('role'));
  expect(second.of('rule')).not.toBe(first.of('rule'));
  expect(second.of('section')).toBe(first.of('section'));
});

test('changes are applied in order', () => {
  const set = PolicySet.EMPTY.with(1, [put('rule', 'a', 1), remove('rule', 'a'), put('rule', 'a', 2)]);
  expect([...set.of('rule')]).toEqual([['a', 2]]);
});

test('all entries, applied as changes, recreate the same set', () => {
  const set = PolicySet.EMPTY.with(3, [put('rule', 'a', 1), put('role', 'a', 2), put('rule', 'b', 3)]);
  const again = PolicySet.EMPTY.with(3, [...set.changes()]);
  expect([...again.changes()]).toEqual([...set.changes()]);
});
