import { calculateObjectSize } from 'bson';
import fc from 'fast-check';
import { bind } from '../../../src/core/evaluation/bind.js';
import {
  and,
  eq,
  exists,
  isAmong,
  isIn,
  ne,
  not,
  NOTHING,
  or,
  overlaps,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { conditionSize, isTooLong, MOST_STATED, stepsOf } from '../../../src/core/condition/size.js';
import { byCases } from '../../../src/core/condition/cases.js';
import { toFilter } from '../../../src/store/query/filter.js';
import { CASES } from '../../support/cases.js';
import { condition, principal } from '../arbitraries.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

describe('the size of a condition', () => {
  test('is at least that of its filter, and not many times as much', () => {
    let [sum, real] = [0, 0];
    fc.assert(
      fc.property(condition, principal, (said, who) => {
        const bound = bind(said, who);
        const bytes = calculateObjectSize(toFilter(bound, 'unwound'));
        expect(conditionSize(bound)).toBeGreaterThanOrEqual(bytes);
        // Names that are too many to state are not counted one by one.
        if (conditionSize(bound) > MOST_STATED) return;
        sum += conditionSize(bound);
        real += bytes;
      }),
      { numRuns: 1_000 * CASES },
    );
    expect(sum).toBeLessThan(3 * real);
  });

  test('counts long texts and lists, in whatever script', () => {
    for (const text of ['x'.repeat(1_000), 'é'.repeat(1_000), '\u{1f600}'.repeat(1_000)])
      for (const said of [
        eq('item.x', text),
        isIn('item.x', [text, `${text}!`]),
        byCases('item.x', [
          [text, and()],
          ['a', eq('item.y', text)],
        ]),
      ]) {
        const bytes = calculateObjectSize(toFilter(said, 'element'));
        expect(conditionSize(said)).toBeGreaterThanOrEqual(bytes);
        expect(conditionSize(said)).toBeLessThan(2 * bytes);
      }
    expect(conditionSize(NOTHING)).toBeLessThan(100);
  });
});

describe('a condition that is larger than there is room', () => {
  const texts = numbers(5_000).map((at) => `value ${at}`);
  const part = (at: number): Condition => and(eq('item.x', `value ${at}`), eq('item.y', at));
  test.each<[what: string, condition: Condition]>([
    ['many alternatives', or(...numbers(5_000).map(part))],
    ['many parts', and(...numbers(5_000).map((at) => eq(`item.x${at}`, at)))],
    [
      'many cases',
      byCases(
        'item.z',
        texts.map((text, at) => [text, part(at)] as const),
      ),
    ],
    ['a long list', isIn('item.x', texts)],
    ['an item with a long list', some('instance.items', isIn('item.x', texts))],
    ['no item with a long list', not(some('instance.items', isIn('item.x', texts)))],
  ])('counts as larger, and is not read to its end: %s', (_what, said) => {
    const size = conditionSize(said, Infinity);
    for (const room of [100, 5_000, 40_000]) {
      expect(conditionSize(said, room)).toBeGreaterThan(room);
      expect(conditionSize(said, room)).toBeLessThan(room + 500);
    }
    expect(conditionSize(said, size)).toBe(size);
    expect(conditionSize(said)).toBeGreaterThan(MOST_STATED);
  });
});

test('the steps of a condition count alternatives, and of cases those of one', () => {
  const alternatives = numbers(100).map((at) => eq('item.x', at));
  expect(stepsOf(or(...alternatives))).toBe(101);
  expect(
    stepsOf(
      byCases(
        'item.name',
        numbers(1_000).map((at) => [`n${at}`, eq('item.x', at)] as const),
      ),
    ),
  ).toBe(2);
});

const [B1, C2] = [eq('item.b', 1), eq('item.c', 2)];
const among = (most: number, list: () => string[]): Condition =>
  isAmong('item.a', { most, has: () => true, list });

test.each<[what: string, condition: Condition, size: number, steps: number]>([
  ['a text', eq('item.a', 'x'), 55, 1],
  ['the last character of one byte', eq('item.a', '\x7f'), 55, 1],
  ['another character', eq('item.a', '\x80'), 57, 1],
  ['a number', B1, 54, 1],
  ['inequality', ne('item.a', 1), 308, 1],
  ['existence', exists('item.a'), 222, 1],
  ['a list', isIn('item.a', ['x', 1]), 87, 1],
  ['an intersection', overlaps('item.a', ['x', 1]), 87, 1],
  ['a value of the principal', eq('item.a', { ref: 'user', path: 'name' }), 150, 1],
  ['a list of the principal', overlaps('item.a', { ref: 'user', path: 'groups' }), 150, 1],
  ['another field', eq('item.a', { ref: 'data', path: 'm' }), 1012, 1],
  ['a negation', not(B1), 86, 1],
  ['a negation of two', not(and(B1, C2)), 204, 3],
  ['an element of a list', some('item.l', B1), 108, 8],
  ['two at once', and(B1, C2), 172, 3],
  ['one of two', or(B1, exists('item.a')), 340, 3],
  [
    'two cases',
    byCases('item.a', [
      ['x', B1],
      ['y', and(B1, C2)],
    ]),
    432,
    4,
  ],
  [
    'two cases that are the same',
    { op: 'cases', field: 'item.a', cases: ['x', 'y'].map((value) => ({ value, when: B1 })) },
    190,
    2,
  ],
  ['a few names', among(2, () => ['x']), 71, 1],
  ['as many names as a query can state', among(2048, () => ['x']), 71, 1],
])('%s', (_what, condition, size, steps) => {
  expect(conditionSize(condition)).toBe(size);
  expect(stepsOf(condition)).toBe(steps);
});

test('names that no query can state are not listed to tell their size', () => {
  const list = (): never => {
    throw new Error('listed');
  };
  expect(conditionSize(among(2049, list))).toBe(2049 * 16);
  expect([2048, 2049].map((most) => isTooLong({ most, has: () => true, list }))).toEqual([false, true]);
});
