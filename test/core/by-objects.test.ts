import { ByLists } from '../../src/core/by-objects.js';

const objects = (count: number): object[] => Array.from({ length: count }, (_, at) => ({ at }));

describe.each([
  ['short', 3],
  ['long', 500],
])('values made of %s lists of objects', (_what, count) => {
  test('are made once for the same objects in the same order', () => {
    const lists = new ByLists<object>();
    const some = objects(count);
    const make = jest.fn(() => ({}));
    const first = lists.of(some, make);
    expect(lists.of([...some], make)).toBe(first);
    expect(make).toHaveBeenCalledTimes(1);
  });

  test('are made anew for other objects, another order and another length', () => {
    const lists = new ByLists<object>();
    const some = objects(count);
    const first = lists.of(some, () => ({}));
    const others = [[...some.slice(0, -1), {}], [...some].reverse(), some.slice(0, -1), [...some, {}]];
    for (const other of others) expect(lists.of(other, () => ({}))).not.toBe(first);
  });

  test('are not those of a list that the caller has changed since', () => {
    const lists = new ByLists<object>();
    const some = objects(count);
    const first = lists.of(some, () => ({}));
    some[count - 1] = {};
    expect(lists.of(some, () => ({}))).not.toBe(first);
  });
});

test('of long lists with the same first object the latest four are kept', () => {
  const lists = new ByLists<object>();
  const [first, ...rest] = objects(200) as [object, ...object[]];
  const variant = (at: number): object[] => [first, ...rest.slice(0, 100 + at)];
  const made = [0, 1, 2, 3, 4].map((at) => lists.of(variant(at), () => ({})));
  expect(lists.of(variant(4), () => ({}))).toBe(made[4]);
  expect(lists.of(variant(1), () => ({}))).toBe(made[1]);
  expect(lists.of(variant(0), () => ({}))).not.toBe(made[0]);
});
