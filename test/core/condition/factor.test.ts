import fc from 'fast-check';
import { byCases } from '../../../src/core/condition/cases.js';
import {
  and,
  eq,
  EVERYTHING,
  exists,
  isIn,
  ne,
  not,
  NOTHING,
  or,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { compileForAll } from '../../../src/core/evaluation/evaluate.js';
import { factored, factoredWithin, restricted } from '../../../src/core/condition/factor.js';
import { SecureUser } from '../../../src/core/principal.js';
import { CASES } from '../../support/cases.js';
import { condition, principal, resource } from '../arbitraries.js';

const TASK = eq('item.type', 'task');
const [A, B, C] = ['a', 'b', 'c'].map((name) => eq(`item.${name}`, 1)) as [Condition, Condition, Condition];

describe('alternatives', () => {
  test.each<[what: string, alternatives: Condition[], expected: Condition]>([
    ['that begin alike are asked once for it', [and(TASK, A), and(TASK, B)], and(TASK, or(A, B))],
    ['that stand apart are put together', [and(TASK, A), C, and(TASK, B)], or(and(TASK, or(A, B)), C)],
    ['of which one is only the beginning come to the beginning', [and(TASK, A), TASK], TASK],
    ['that begin differently stay as they are', [and(A, C), and(B, C)], or(and(A, C), and(B, C))],
    ['of which one always holds always hold', [A, EVERYTHING], EVERYTHING],
    ['of which there are none never hold', [], NOTHING],
    ['of which one never holds come to the others', [NOTHING, A], A],
  ])('%s', (_what, alternatives, expected) => {
    expect(factored(alternatives)).toEqual(expected);
  });

  const [VACATION, INVOICE] = [eq('instance.name', 'Vacation'), eq('instance.name', 'Invoice')];
  test.each<[what: string, alternatives: Condition[], expected: Condition]>([
    [
      'for different models are told apart by a hash',
      [and(A, VACATION), and(INVOICE, B)],
      byCases('instance.name', [
        ['Vacation', A],
        ['Invoice', B],
      ]),
    ],
    [
      'for different models, else alike, are one',
      [and(TASK, VACATION), and(TASK, INVOICE)],
      and(TASK, isIn('instance.name', ['Vacation', 'Invoice'])),
    ],
    [
      'for elements of models are told apart by both',
      [
        and(VACATION, eq('item.elementId', 'ask'), A),
        and(VACATION, eq('item.elementId', 'approve'), A),
        and(INVOICE, eq('item.elementId', 'pay'), B),
      ],
      byCases('instance.name', [
        ['Vacation', and(A, isIn('item.elementId', ['ask', 'approve']))],
        ['Invoice', and(eq('item.elementId', 'pay'), B)],
      ]),
    ],
    [
      'that compare one field with values are one',
      [eq('item.a', 1), C, eq('item.a', 2)],
      or(isIn('item.a', [1, 2]), C),
    ],
  ])('%s', (_what, alternatives, expected) => {
    expect(factored(alternatives)).toEqual(expected);
  });

  test('are looked up in nested hash tables, even 10,000 of them', () => {
    const rules = Array.from({ length: 10_000 }, (_, i) =>
      and(TASK, eq('instance.name', `m${i % 100}`), eq('item.elementId', `e${i}`), eq('item.a', i % 7)),
    );
    const all = factored(rules);
    expect(all).toMatchObject({ op: 'cases', field: 'instance.name' });
    const holds = compileForAll(all);
    const who = new SecureUser({ userName: 'alice' });
    for (const [i, a, expected] of [
      [0, 0, true],
      [9_999, 9_999 % 7, true],
      [9_999, 0, false],
    ] as const)
      expect(
        holds({ item: { type: 'task', elementId: `e${i}`, a }, instance: { name: `m${i % 100}` } }, who),
      ).toBe(expected);
    expect(holds({ item: { type: 'task', elementId: 'e1', a: 1 }, instance: { name: 'm2' } }, who)).toBe(
      false,
    );
  });

  test('keep their meaning, for any conditions, principal and resource', () => {
    let held = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), condition), { maxLength: 5 }),
        principal,
        resource,
        (parts, who, one) => {
          const alternatives = parts.map(([ofTask, part]) =>
            ofTask ? and(eq('item.type', 'bpmn:UserTask'), part) : part,
          );
          for (const [, part] of parts)
            alternatives.push(
              and(eq('instance.name', 'a'), part),
              and(part, eq('item.elementId', 'e'), isIn('instance.name', ['a', 'b'])),
              and(eq('item.elementId', 'f'), part),
            );
          const expected = alternatives.some((part) => compileForAll(part)(one, who));
          expect(compileForAll(factored(alternatives))(one, who)).toBe(expected);
          if (expected) held++;
        },
      ),
      { numRuns: 1000 },
    );
    expect(held).toBeGreaterThan(0);
  });
});

test('choices inside a condition are rewritten too, to an equal one', () => {
  const open = and(or(and(TASK, A), and(TASK, B)), C);
  expect(factoredWithin(or(open, and(TASK, eq('item.d', 1))))).toEqual(
    and(TASK, or(and(or(A, B), C), eq('item.d', 1))),
  );
  fc.assert(
    fc.property(condition, resource, principal, (said, one, who) => {
      expect(compileForAll(factoredWithin(said))(one, who)).toBe(compileForAll(said)(one, who));
    }),
    { numRuns: 1_000 * CASES },
  );
});

const [N, P, Q, R] = ['item.n', 'item.p', 'item.q', 'item.r'].map((field) => eq(field, 1)) as [
  Condition,
  Condition,
  Condition,
  Condition,
];
const named = (name: string): Condition => eq('instance.name', name);
const unlessNamed = (name: string, otherwise: Condition): Condition =>
  or(ne('instance.name', name), otherwise);

describe('alternatives', () => {
  test.each<[what: string, given: Condition[], expected: Condition]>([
    ['none', [], NOTHING],
    ['one', [P], P],
    ['that always hold', [P, EVERYTHING], EVERYTHING],
    ['about one field', [eq('item.p', 1), Q, isIn('item.p', [2, 3])], or(isIn('item.p', [1, 2, 3]), Q)],
    ['about one field and one value', [P, Q], or(P, Q)],
    ['that begin alike', [and(P, Q), and(P, R), N], or(and(P, or(Q, R)), N)],
    [
      'that begin with equal tests of two values',
      [and(P, Q), and(eq('item.p', 2), Q)],
      or(and(P, Q), and(eq('item.p', 2), Q)),
    ],
    ['of one name', [and(named('A'), P), Q], or(and(named('A'), P), Q)],
    [
      'of two names',
      [and(named('A'), P), Q, and(R, named('B'), N)],
      or(
        Q,
        byCases('instance.name', [
          ['A', P],
          ['B', and(R, N)],
        ]),
      ),
    ],
    [
      'of a name twice',
      [and(named('A'), P), and(named('A'), Q), and(named('B'), R)],
      byCases('instance.name', [
        ['A', or(P, Q)],
        ['B', R],
      ]),
    ],
    [
      'of two names with the same rest',
      [and(named('A'), P), and(named('B'), P), and(P, Q)],
      and(P, or(Q, isIn('instance.name', ['A', 'B']))),
    ],
    ['about a list', [some('item.l', or(and(P, Q), and(P, R))), N], or(some('item.l', and(P, or(Q, R))), N)],
    [
      'about a list and more',
      [and(N, some('item.l', or(and(P, Q), and(P, R))))],
      and(N, some('item.l', and(P, or(Q, R)))),
    ],
    ['with alternatives of their own', [or(P, Q), R], or(P, Q, R)],
  ])('%s', (_what, given, expected) => {
    expect(factored(given)).toEqual(expected);
  });

  test('that speak of no list stay the same objects', () => {
    const both = and(P, Q);
    expect((factored([both, N]) as unknown as { of: Condition[] }).of[0]).toBe(both);
  });
});

describe('choices inside a condition', () => {
  const choice = or(and(P, Q), and(P, R));
  const better = and(P, or(Q, R));

  test.each<[string, Condition, Condition]>([
    ['in a negation', not(choice), not(better)],
    ['in a test of elements', some('item.l', choice), some('item.l', better)],
    ['beside another condition', and(N, choice), and(N, better)],
    ['in a choice', or(N, choice), or(N, better)],
  ])('%s', (_what, given, expected) => {
    expect(factoredWithin(given)).toEqual(expected);
  });

  test('leave the rest as it is', () => {
    for (const same of [P, and(P, Q)]) expect(factoredWithin(same)).toBe(same);
  });
});

describe('conditions that must all hold', () => {
  test.each<[what: string, given: Condition[], expected: Condition[]]>([
    ['none', [], []],
    ['two', [P, and(Q, R)], [P, Q, R]],
    ['one exclusion', [P, not(Q)], [P, not(Q)]],
    ['two exclusions', [not(and(P, Q)), N, not(and(P, R))], [N, not(and(P, or(Q, R)))]],
    ['a requirement of one model', [unlessNamed('A', P), Q], [unlessNamed('A', P), Q]],
    [
      'requirements of two models',
      [unlessNamed('A', P), N, or(Q, ne('instance.name', 'B'))],
      [
        N,
        or(exists('instance.name'), and(P, Q)),
        not(
          byCases('instance.name', [
            ['A', not(P)],
            ['B', not(Q)],
          ]),
        ),
      ],
    ],
    [
      'requirements of two models with the same rest',
      [unlessNamed('A', P), unlessNamed('B', P)],
      [or(exists('instance.name'), P), not(and(not(P), isIn('instance.name', ['A', 'B'])))],
    ],
    [
      'two models that are ruled out',
      [ne('instance.name', 'A'), ne('instance.name', 'B')],
      [exists('instance.name'), not(isIn('instance.name', ['A', 'B']))],
    ],
    [
      'requirements about another field',
      [or(ne('item.x', 'A'), P), or(ne('item.x', 'B'), Q)],
      [or(ne('item.x', 'A'), P), or(ne('item.x', 'B'), Q)],
    ],
    [
      'requirements about what is no text',
      [
        or(ne('instance.name', 1), P),
        or(ne('instance.name', { ref: 'data', path: 'x' }), Q),
        or(ne('instance.name', 2), Q),
      ],
      [
        or(ne('instance.name', 1), P),
        or(ne('instance.name', { ref: 'data', path: 'x' }), Q),
        or(ne('instance.name', 2), Q),
      ],
    ],
  ])('%s', (_what, given, expected) => {
    expect(restricted(given)).toEqual(expected);
  });

  test('keep their meaning, for any conditions, principal and resource', () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 4 }), principal, resource, (given, who, one) => {
        const list = given.flatMap((of, at) => [not(of), unlessNamed('AB'[at % 2] as string, of)]);
        expect(compileForAll(and(...restricted(list)))(one, who)).toBe(compileForAll(and(...list))(one, who));
      }),
    );
  });
});
