import fc from 'fast-check';
import {
  and,
  eq,
  exists,
  isIn,
  ne,
  not,
  or,
  some,
  type Condition,
} from '../../../../src/core/condition/condition.js';
import { parseCondition } from '../../../../src/core/condition/json.js';
import { compile } from '../../../../src/core/evaluation/evaluate.js';
import { possibly } from '../../../../src/core/policies/duties/possibly.js';
import { CASES } from '../../../support/cases.js';

/** Whether a condition possibly holds of these data. */
const may = (json: object, data: object): boolean =>
  compile(possibly(parseCondition(json)))({ instance: { data, guard: {} } });

test('a condition that holds, or cannot be evaluated, possibly holds', () => {
  const SURE = [
    [{ 'data.n': { $gt: 5 } }, { n: 6 }, { n: 5 }],
    [{ 'data.n': { $gte: 5 } }, { n: 5 }, { n: 4 }],
    [{ 'data.n': { $lt: 5 } }, { n: 4 }, { n: 5 }],
    [{ 'data.n': { $lte: 5 } }, { n: 5 }, { n: 6 }],
    [{ 'data.n': 5 }, { n: 5 }, { n: 6 }],
    [{ 'data.n': { $ne: 5 } }, { n: 6 }, { n: 5 }],
    [{ 'data.n': { $in: [5, 6] } }, { n: 6 }, { n: 7 }],
    [{ 'data.n': { $nin: [5, 6] } }, { n: 7 }, { n: 6 }],
    [{ $not: { 'data.n': { $gt: 5 } } }, { n: 5 }, { n: 6 }],
    [{ $nor: [{ 'data.n': 5 }, { 'data.n': { $lt: 3 } }] }, { n: 4 }, { n: 5 }],
    [{ 'data.n': '$data.m' }, { n: 1, m: 1 }, { n: 1, m: 2 }],
    [{ 'data.n': { $ne: '$data.m' } }, { n: 1, m: 2 }, { n: 1, m: 1 }],
  ] as const;
  for (const [json, yes, no] of SURE) {
    expect([JSON.stringify(json), may(json, yes), may(json, no)]).toEqual([
      JSON.stringify(json),
      true,
      false,
    ]);
    expect([JSON.stringify(json), may(json, {}), may(json, { n: null })]).toEqual([
      JSON.stringify(json),
      true,
      true,
    ]);
  }
  for (const [json] of SURE.slice(0, 4)) expect(may(json, { n: '5' })).toBe(true);
});

test('whether something is there can always be told', () => {
  expect([may({ 'data.n': { $exists: true } }, {}), may({ 'data.n': { $exists: false } }, { n: 1 })]).toEqual(
    [false, false],
  );
});

const field = fc.constantFrom('data.a', 'data.b');
const leaf = fc
  .tuple(field, fc.constantFrom('$eq', '$ne', '$lt', '$lte', '$gt', '$gte'), fc.integer({ min: 0, max: 3 }))
  .map(([name, op, value]) => ({ [name]: { [op]: value } }));
const { tree } = fc.letrec<{ tree: object }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map(($and) => ({ $and })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })),
    tie('tree').map(($not) => ({ $not })),
  ),
}));
const number = fc.integer({ min: 0, max: 3 });

test('with all values known it equals the condition; with one missing it holds if any value would satisfy it', () => {
  fc.assert(
    fc.property(tree, number, number, (json, a, b) => {
      const plain = compile(parseCondition(json))({ instance: { data: { a, b } } });
      expect(may(json, { a, b })).toBe(plain);
      if (plain)
        for (const data of [{ a }, { b }, {}, { a, b: 'x' }, { a: null, b }]) {
          const lacks = may(json, data);
          if (!('b' in data && data.b === 'x')) expect(lacks).toBe(true);
        }
    }),
    { numRuns: 300 * CASES },
  );
});

const [MINE, OURS, THEIRS] = [
  { ref: 'data', path: 'm' },
  { ref: 'role', path: 'owner' },
  { ref: 'user', path: 'name' },
] as const;
const A = eq('data.a', 1);

test.each<[Condition, Condition]>([
  [ne('data.a', 1), or(ne('data.a', 1), exists('data.a', false))],
  [ne('data.a', THEIRS), or(ne('data.a', THEIRS), exists('data.a', false))],
  [ne('data.a', MINE), or(ne('data.a', MINE), not(eq('data.a', MINE)))],
  [eq('data.a', MINE), or(eq('data.a', MINE), exists('data.a', false), exists('instance.data.m', false))],
  [
    eq('data.a', OURS),
    or(eq('data.a', OURS), exists('data.a', false), exists('instance.guard.roles.owner', false)),
  ],
  [eq('data.a', THEIRS), or(eq('data.a', THEIRS), exists('data.a', false))],
  [isIn('data.a', MINE), or(isIn('data.a', MINE), exists('data.a', false), exists('instance.data.m', false))],
  [exists('data.a'), exists('data.a')],
  [some('instance.items', A), some('instance.items', or(A, exists('data.a', false)))],
  [not(some('instance.items', not(A))), not(some('instance.items', not(or(A, exists('data.a', false)))))],
  [not(and(A, A)), not(and(A, A))],
  [not(or(A, A)), not(or(A, A))],
  [and(exists('data.a'), not(isIn('data.a', [1]))), not(isIn('data.a', [1]))],
  [and(exists('data.b'), not(isIn('data.a', [1]))), and(exists('data.b'), not(isIn('data.a', [1])))],
])('%j possibly holds where %j holds', (condition, expected) => {
  expect(possibly(condition)).toEqual(expected);
});

test('a condition of a duty cannot choose by cases', () => {
  expect(() => possibly({ op: 'cases', field: 'data.a', cases: [] })).toThrow(
    new TypeError('A condition of a duty cannot choose by cases'),
  );
});
