import fc from 'fast-check';
import { and, eq, EVERYTHING, NOTHING, or, type Condition } from '../../src/core/condition.js';
import { compileForAll } from '../../src/core/evaluate.js';
import { factored } from '../../src/core/factor.js';
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

  test('mean the same as before, for any conditions, principal and resource', () => {
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
