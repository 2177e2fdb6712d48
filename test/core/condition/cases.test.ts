import { byCases, mapCases, Outcomes } from '../../../src/core/condition/cases.js';
import {
  and,
  eq,
  EVERYTHING,
  isIn,
  NOTHING,
  not,
  or,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { compile } from '../../../src/core/evaluation/evaluate.js';

const [A, B] = [eq('item.a', 1), eq('item.b', 1)];
const NAME = 'instance.name';

describe('conditions told apart by the text at a field', () => {
  test.each<[what: string, cases: [string, Condition][], expected: Condition]>([
    ['none: nothing holds', [], NOTHING],
    ['none that can hold: nothing holds', [['x', NOTHING]], NOTHING],
    ['one: a comparison beside it', [['x', A]], and(eq(NAME, 'x'), A)],
    [
      'all with one outcome: a list of texts',
      [
        ['x', A],
        ['y', eq('item.a', 1)],
      ],
      and(isIn(NAME, ['x', 'y']), A),
    ],
    [
      'one text twice: either',
      [
        ['x', A],
        ['x', B],
      ],
      and(eq(NAME, 'x'), or(A, B)),
    ],
  ])('%s', (_what, cases, expected) => expect(byCases(NAME, cases)).toEqual(expected));

  test.each<[found: unknown, item: Record<string, number>, holds: boolean]>([
    ['x', { a: 1 }, true],
    ['x', { b: 1 }, false],
    ['y', { b: 1 }, true],
    ['z', { a: 1, b: 1 }, false],
    [['z', 'y'], { b: 1 }, true],
    [['x', 'z'], { b: 1 }, false],
    [undefined, { a: 1, b: 1 }, false],
    [7, { a: 1, b: 1 }, false],
    ['constructor', { a: 1, b: 1 }, false],
  ])('%j with %j: %s', (name, item, holds) => {
    const cases = byCases(NAME, [
      ['x', A],
      ['y', B],
    ]);
    expect(compile(cases)({ item, instance: { name } })).toBe(holds);
    expect(compile(not(cases))({ item, instance: { name } })).toBe(!holds);
  });

  test('are frozen, but single conditions can be replaced', () => {
    const cases = byCases(NAME, [
      ['x', A],
      ['y', B],
    ]);
    expect(cases).toMatchObject({ op: 'cases', field: NAME });
    expect(Object.isFrozen(cases)).toBe(true);
    if (cases.op !== 'cases') throw new Error('no cases');
    expect(cases.cases.every((one) => Object.isFrozen(one))).toBe(true);
    expect(mapCases(cases, (when) => (when === A ? NOTHING : EVERYTHING))).toEqual(eq(NAME, 'y'));
  });
});

test('equal outcomes are one object, and a case has the outcome of its text', () => {
  const made = byCases(NAME, [
    ['x', A],
    ['y', B],
    ['z', eq('item.a', 1)],
  ]) as Extract<Condition, { op: 'cases' }>;
  expect(made.cases.map(({ value, when }) => [value, when])).toEqual([
    ['x', A],
    ['y', B],
    ['z', A],
  ]);
  expect(made.cases[2]?.when).toBe(made.cases[0]?.when);
  expect(new Outcomes(made.cases).list).toEqual([
    { when: A, values: ['x', 'z'] },
    { when: B, values: ['y'] },
  ]);
});

test('a choice none of whose conditions is changed stays the same object', () => {
  const choice = byCases(NAME, [
    ['x', A],
    ['y', B],
  ]);
  if (choice.op !== 'cases') throw new Error(choice.op);
  expect(mapCases(choice, (when) => when)).toBe(choice);
  expect(mapCases(choice, (when) => (when === A ? B : when))).toEqual(and(isIn(NAME, ['x', 'y']), B));
});
