import { byAge, conjunction, leavingOut, markFilter, portions } from '../../../src/store/mongo/query.js';

describe('combined filters', () => {
  test('are elements of one $and, so that neither field nor operator of one replaces that of another', () => {
    expect(conjunction({ status: 'running' }, { status: 'end' })).toEqual({
      $and: [{ status: 'running' }, { status: 'end' }],
    });
  });

  test('that match everything are omitted', () => {
    expect(conjunction(undefined, {}, { a: 1 })).toEqual({ a: 1 });
    expect(conjunction(undefined, {})).toEqual({});
  });
});

describe('many marks', () => {
  const marks = (count: number) => ({
    field: 'guard.open' as const,
    anyOf: Array.from({ length: count }, (_, i) => `u:${i}`),
  });

  test('are split into portions that contain each mark once', () => {
    const all = marks(301);
    const parts = portions(all);
    expect(parts.map((part) => part?.anyOf.length)).toEqual([150, 150, 1]);
    expect(parts.flatMap((part) => part?.anyOf ?? [])).toEqual(all.anyOf);
  });

  test.each([1, 150])('make one portion when there are %s', (count) => {
    expect(portions(marks(count))).toEqual([marks(count)]);
  });

  test('no marks are one portion without a filter', () => {
    expect(portions(undefined)).toEqual([undefined]);
    expect(markFilter(undefined)).toBeUndefined();
  });
});

describe('rows merged from several walks', () => {
  test('come newest first and without duplicates', () => {
    const [a, b, c] = [{ _id: 'a' }, { _id: 'b' }, { _id: 'c' }];
    expect(byAge([[c, a], [c, b], []])).toEqual([c, b, a]);
  });

  test('come oldest first where they are asked for so', () => {
    const [a, b, c] = [{ _id: 'a' }, { _id: 'b' }, { _id: 'c' }];
    expect(byAge([[a, c], [b, c], []], 1)).toEqual([a, b, c]);
  });

  test('of a single walk keep their order', () => {
    const rows = [{ _id: 'a' }, { _id: 'b' }];
    expect(byAge([rows])).toEqual(rows);
  });
});

test('fields are omitted by name', () => {
  expect(leavingOut(['source', 'svg'])).toEqual({ source: 0, svg: 0 });
});
