import { changedSet, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../../../src/core/policy-set/policy-set.js';

const duties = (count: number, of: (at: number) => object): PolicyChange[] =>
  readChanges(Array.from({ length: count }, (_, at) => ({ kind: 'duty', id: `d${at}`, value: of(at) })));
const saved = (changes: readonly PolicyChange[], before = PolicySet.EMPTY): PolicySet =>
  changedSet(before, changes);

const apart = { duty: 'not-who-did', model: 'M', task: 'A', did: 'B' };
const above = (at: number) => ({ ...apart, when: { [`data.f${at}`]: { $gt: at } } });
const together = (at: number) => ({ ...apart, duty: 'must-be-who-did', did: `B${at}` });

test('the conditions of the duties on one task have at most 200 comparisons together', () => {
  const full = saved(duties(200, above));
  expect(() => saved(duties(201, above))).toThrow(
    expect.objectContaining({
      code: 'too-large',
      kind: 'duty',
      id: 'd200',
      message: expect.stringContaining('201 comparisons in total; at most 200 are allowed') as string,
    }),
  );
  const more = readChanges([{ kind: 'duty', id: 'more', value: above(500) }]);
  expect(() => saved(more, full)).toThrow('The duties on the task "A" have conditions');
  // What is about another task, or has a condition that is there already, is no more work.
  const other = { ...above(500), task: 'C', did: 'D' };
  expect(saved(readChanges([{ kind: 'duty', id: 'more', value: other }]), full).size).toBe(201);
  expect(saved(readChanges([{ kind: 'duty', id: 'more', value: above(3) }]), full).size).toBe(201);
  expect(saved(readChanges([{ kind: 'duty', id: 'd7', value: null }]), full).size).toBe(199);
});

test('the duties on one task come to at most 10 different statements', () => {
  expect(saved(duties(10, together)).size).toBe(10);
  expect(() => saved(duties(11, together))).toThrow('11 different statements; at most 10 are allowed');
  // Tasks that another person must have done are one statement.
  expect(saved(duties(500, (at) => ({ ...apart, did: `B${at}` }))).size).toBe(500);
});

test('the duties on all tasks of a model are limited as those on one', () => {
  const starters = (at: number) => ({ duty: 'not-initiator', model: 'M', when: above(at).when });
  expect(() => saved(duties(201, starters))).toThrow('The duties on the tasks of "M" have conditions');
});
