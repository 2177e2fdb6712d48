import { show } from '../../src/core/show.js';
import { HOSTILE_VALUES } from './hostile.js';

const circular: Record<string, unknown> = {};
circular.self = circular;

test.each<[value: unknown, shown: string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  ['a', '"a"'],
  [{ $gt: '' }, '{"$gt":""}'],
  [10n, '10'],
  [() => 'secret', 'a function'],
  [circular, 'a value of type object'],
])('%p is shown as %s', (value, shown) => {
  expect(show(value)).toBe(shown);
});

test('what cannot be written as JSON is shown by its type', () => {
  const refuses = {
    toJSON: () => {
      throw new Error('no');
    },
  };
  expect(show(refuses)).toBe('a value of type object');
});

test('what was met is shown short, whatever it is', () => {
  for (const value of [...HOSTILE_VALUES, 'x'.repeat(10_000), Array.from({ length: 10_000 }, () => 'x')])
    expect(show(value).length).toBeLessThan(200);
});
