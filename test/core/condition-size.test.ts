import { calculateObjectSize } from 'bson';
import fc from 'fast-check';
import { bind } from '../../src/core/bind.js';
import { and, eq, isIn, NOTHING, or } from '../../src/core/condition.js';
import { conditionSize, MOST_STATED, stepsOf } from '../../src/core/condition-size.js';
import { byCases } from '../../src/core/cases.js';
import { toFilter } from '../../src/store/query/filter.js';
import { CASES } from '../support/cases.js';
import { condition, principal } from './arbitraries.js';

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
