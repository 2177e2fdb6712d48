import type { PolicyChange } from '../../src/core/policy-set/policy-set.js';
import { changesOfPart, storedPart } from '../../src/store/policy-parts.js';
import { decode, encode } from '../../src/store/bson/codec.js';

const change = (value: unknown): PolicyChange => ({ kind: 'k', id: 'one', value });
const stored = (changes: readonly PolicyChange[]): Record<string, unknown> =>
  decode(encode(storedPart(changes)));

test('changes are stored as one text, and are the same when they are read', () => {
  const changes = [
    change({ list: [1, -2.5, 'ü"\n', true, null, {}], deep: { a: { b: [] } } }),
    change(null),
    { ...change('x'), file: 'grid.yaml' },
  ];
  expect(Object.keys(stored(changes))).toEqual(['text']);
  expect(changesOfPart(stored(changes))).toEqual(changes);
});

test.each([new Date(5), -0, [undefined], { toJSON: 1, at: new Date(6) }])(
  'what JSON would change is stored as a field: %p',
  (value) => {
    expect(Object.keys(stored([change(value)]))).toEqual(['changes']);
    const expected = JSON.stringify(value) === '[null]' ? [null] : value;
    expect(changesOfPart(stored([change(value)]))).toEqual([change(expected)]);
  },
);

test('a text that would be longer than a document may be is stored as fields', () => {
  const many = [change('"'.repeat(600_000))];
  expect(Object.keys(stored(many))).toEqual(['changes']);
  expect(changesOfPart(stored(many))).toEqual(many);
});

test.each([
  { text: '[{"kind":' },
  { text: '{}' },
  { text: 5 },
  {},
  { changes: 'no list' },
  { text: '[null]' },
  { text: '[{"kind":"k","id":"one"}]' },
  { changes: [{ kind: 'k', value: 1 }] },
])('a part that is damaged is not taken for an empty one: %p', (part) => {
  expect(() => changesOfPart(part)).toThrow(expect.objectContaining({ code: 'store-damaged' }));
});
