import { BadInput } from '../../../../src/core/errors.js';
import { dutiesIn } from '../../../../src/core/policies/duties/duty.js';
import {
  policyDocumentOf,
  policyFileSchema,
  readPolicyDocument,
} from '../../../../src/core/policy-set/files.js';
import { changedSet, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';
import { setOf } from './histories.js';
import { atOnce } from '../../../../src/core/in-steps.js';

const APART = { duty: 'not-who-did', model: 'M', task: 'B', did: 'A' };

/** Why the duty is refused. */
function why(value: unknown): string {
  try {
    setOf({ d: value });
  } catch (error) {
    if (error instanceof BadInput && error.code === 'bad-policy') return error.message;
    throw error;
  }
  return 'accepted';
}

test.each([
  ['a type that is not one', { ...APART, duty: 'not-who-dit' }, 'Did you mean not-who-did?'],
  ['no type', { model: 'M' }, 'Unknown duty undefined'],
  ['nothing', undefined, 'must be an object'],
  ['a field of another type', { ...APART, tasks: ['A'] }, 'has no "tasks"'],
  ['a misspelt field', { ...APART, strickt: true }, 'Did you mean strict?'],
  ['no model', { ...APART, model: undefined }, 'The model of the duty "d" needs a name'],
  ['no task', { ...APART, task: '' }, 'needs a name'],
  ['blanks around a name, which no model has', { ...APART, did: ' A' }, 'without blanks'],
  ['a task of another model without its name', { ...APART, did: { model: 'N' } }, 'needs a name'],
  ['one task twice', { ...APART, did: 'B' }, 'names a task twice'],
  ['one task twice, once with its model', { ...APART, did: { model: 'M', task: 'B' } }, 'names a task twice'],
  ['strict as a text', { ...APART, strict: 'yes' }, 'must be true or false'],
  ['a description that is none', { ...APART, says: 5 }, 'description (says)'],
  ['no tasks', { duty: 'distinct', model: 'M', tasks: [] }, 'a list of 1 to 50 tasks'],
  [
    'too many',
    { duty: 'distinct', model: 'M', tasks: Array.from({ length: 51 }, (_, i) => `t${i}`) },
    'to 50',
  ],
  ['a list with a hole', { duty: 'distinct', model: 'M', tasks: new Array(2) }, 'needs a name'],
  ['what forbids nothing', { duty: 'distinct', model: 'M', tasks: ['A'], eachItem: false }, 'forbid nothing'],
  ['a condition that is none', { ...APART, when: { amount: 5 } }, 'must begin with one of'],
  ['an operator that is none', { ...APART, when: { 'data.x': { $regex: 'a' } } }, '$regex'],
  ['a condition on a model', { ...APART, when: { 'model.name': 'M' } }, 'cannot refer to model'],
  ['a condition on what lists lack', { ...APART, when: { 'instance.logs': 'x' } }, 'instance.logs'],
  ['a function as a condition', { ...APART, when: { 'data.x': () => true } }, 'not valid'],
])('%s is refused, and named', (_name, value, expected) => {
  expect(why(value)).toContain(expected);
});

test('an accepted duty is an immutable copy of the input', () => {
  const when = { 'data.amount': { $gt: 1000 } };
  const duties = {
    all: { duty: 'not-initiator', model: 'M' },
    some: { duty: 'not-initiator', model: 'M', tasks: ['A', { model: 'N', task: 'C' }], strict: true },
    apart: { ...APART, when, says: 'four eyes' },
    three: { duty: 'distinct', model: 'M', tasks: ['A', 'B'], eachItem: true },
  };
  const read = dutiesIn(setOf(duties));
  expect(Object.fromEntries(read)).toEqual(duties);
  when['data.amount'].$gt = 5;
  expect(read.get('apart')?.when).toEqual({ 'data.amount': { $gt: 1000 } });
  expect(Object.isFrozen(read.get('apart')?.when?.['data.amount'])).toBe(true);
});

test('duties are written to a policy file and read from it, each under its name', () => {
  const set = setOf({ one: APART, two: { duty: 'distinct', model: 'M', tasks: ['A', 'B'] } });
  const { entries, mistakes } = atOnce(readPolicyDocument(policyDocumentOf(set)));
  expect(mistakes).toEqual([]);
  const again = PolicySet.EMPTY.with(
    1,
    entries.map(({ change }) => change),
  );
  expect([...dutiesIn(again)]).toEqual([...dutiesIn(set)]);
  const wrong = atOnce(readPolicyDocument({ duties: { one: { ...APART, task: 5 } } }));
  expect(wrong.mistakes).toMatchObject([{ path: ['duties', 'one'], code: 'bad-policy' }]);
  expect(Object.keys((policyFileSchema().properties as { duties: object }).duties)).toContain(
    'additionalProperties',
  );
});

test('a set has at most 10,000 duties', () => {
  const many = (count: number) =>
    readChanges(Array.from({ length: count }, (_, at) => ({ kind: 'duty', id: `d${at}`, value: APART })));
  expect(changedSet(PolicySet.EMPTY, many(10_000)).size).toBe(10_000);
  expect(() => changedSet(PolicySet.EMPTY, many(10_001))).toThrow('at most 10000 duties');
});
