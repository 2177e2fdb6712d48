import fc from 'fast-check';
import { byCases } from '../../src/core/cases.js';
import { and, eq, EVERYTHING, isIn, NOTHING, or, type Condition } from '../../src/core/condition.js';
import { compileForAll } from '../../src/core/evaluate.js';
import { factored, factoredWithin } from '../../src/core/factor.js';
import { SecureUser } from '../../src/core/principal.js';
import { CASES } from '../support/cases.js';
import { condition, principal, resource } from './arbitraries.js';

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
