import { byCases } from '../../../src/core/condition/cases.js';
import {
  and,
  eq,
  EVERYTHING,
  isIn,
  not,
  NOTHING,
  or,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { disjunctive, type Term } from '../../../src/store/query/disjunctive.js';

const [N, D] = [eq('instance.name', 'M'), eq('instance.data.x', 1)];
const [S, T] = [eq('item.status', 'wait'), eq('item.type', 'task')];
const both = eq('item.assignee', { ref: 'data', path: 'requester' });
const term = (instance: Condition, item: Condition): Term => ({ instance, item });

test.each<[what: string, condition: Condition, terms: Term[]]>([
  ['of the instance', N, [term(N, EVERYTHING)]],
  ['of the item', S, [term(EVERYTHING, S)]],
  ['of neither', EVERYTHING, [term(EVERYTHING, EVERYTHING)]],
  ['that never holds', NOTHING, []],
  ['of all items of the instance', some('instance.items', S), [term(some('instance.items', S), EVERYTHING)]],
  ['of both', and(N, S), [term(N, S)]],
  ['of one or the other', or(N, S), [term(N, EVERYTHING), term(EVERYTHING, S)]],
  ['that excludes both together', not(and(N, S)), [term(not(N), EVERYTHING), term(EVERYTHING, not(S))]],
  ['that excludes either', not(or(N, S)), [term(not(N), not(S))]],
  ['that excludes an exclusion', not(and(not(and(N, S)), T)), [term(N, S), term(EVERYTHING, not(T))]],
  ['with alternatives for one item', or(and(N, S), and(D, S)), [term(or(N, D), S)]],
  ['with alternatives for one instance', or(and(N, S), and(N, T)), [term(N, or(S, T))]],
  [
    'with two choices',
    and(or(N, S), or(D, T)),
    [term(and(N, D), EVERYTHING), term(N, T), term(D, S), term(EVERYTHING, and(S, T))],
  ],
  ['with alternatives of which one never holds', or(and(NOTHING, S), and(N, T)), [term(N, T)]],
  [
    'by cases',
    byCases('instance.name', [
      ['A', S],
      ['B', S],
      ['C', T],
    ]),
    [term(isIn('instance.name', ['A', 'B']), S), term(isIn('instance.name', ['C']), T)],
  ],
])('a condition %s', (_what, condition, terms) => {
  expect(disjunctive(condition)).toEqual(terms);
});

test.each<[string, Condition]>([
  ['alone', both],
  ['in an and', and(N, both)],
  ['in an or', or(S, both)],
  ['in a negation', not(both)],
])('a comparison of an item with its instance has no such form, %s', (_what, condition) => {
  expect(disjunctive(condition)).toBeUndefined();
});

const choices = (count: number): Condition =>
  or(
    ...Array.from({ length: count }, (_, at) =>
      and(eq('instance.data.x', at), eq('item.elementId', `e${at}`)),
    ),
  );

test('a hundred alternatives are the most', () => {
  expect(disjunctive(choices(100))).toHaveLength(100);
  expect(disjunctive(choices(101))).toBeUndefined();
});

test('what would be more along the way is not tried', () => {
  const three = [30, 30].map((count) => choices(count));
  expect(disjunctive(and(...three))).toBeUndefined();
  expect(disjunctive(and(choices(10), or(N, S)))).toHaveLength(20);
});

test('an error of another kind is not taken for "no such form"', () => {
  expect(() =>
    disjunctive({
      op: 'and',
      of: [
        S,
        {
          get op() {
            throw new RangeError('broken');
          },
        },
      ],
    } as never),
  ).toThrow(RangeError);
});
