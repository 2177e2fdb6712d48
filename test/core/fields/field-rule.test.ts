import { byCases } from '../../../src/core/condition/cases.js';
import { and, eq, EVERYTHING, not, or, type Condition } from '../../../src/core/condition/condition.js';
import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { tryPolicies } from '../../../src/core/decision/tried-policies.js';
import {
  FieldsFailed,
  isDataField,
  isFixedList,
  namesOfPath,
  overlap,
  readFieldRules,
} from '../../../src/core/fields/field-rule.js';
import type { Policy } from '../../../src/core/policy.js';
import { SecureUser } from '../../../src/core/principal.js';

test.each([
  ['data.salary', true],
  ['data.list.name', true],
  ['data.a b', true],
  [`data.${'a.'.repeat(10)}b`, true],
  [`data.${'a'.repeat(495)}`, true],
  [`data.${'a.'.repeat(11)}b`, false],
  [`data.${'a'.repeat(496)}`, false],
  ['data', false],
  ['data.', false],
  ['data..a', false],
  ['data. a', false],
  ['data.a\0', false],
  ['data.$a', false],
  ['data.a[]', false],
  ['data.0', false],
  ['data.a.12.b', false],
  ['data.__proto__', false],
  ['data.a\ud800', false],
  ['item.salary', false],
  ['salary', false],
  [7, false],
  [undefined, false],
])('%j is a field that a query can ask for: %s', (field, is) => {
  expect(isDataField(field)).toBe(is);
});

const A = eq('instance.name', 'A');
const ITEM = eq('item.assignee', 'ann');
const CASES = (when: Condition): Condition =>
  byCases('instance.status', [
    ['end', A],
    ['running', when],
  ]);

test.each<[what: string, unless: Condition]>([
  ['of the instance', A],
  ['that always holds', EVERYTHING],
  ['put together of others', or(and(A, not(eq('instance.status', 'end'))), CASES(eq('instance.data.x', 1)))],
])('a field is hidden unless a condition %s holds', (_what, unless) => {
  const rules = [{ field: 'data.x', unless }];
  expect(readFieldRules(rules)).toBe(rules);
});

test.each<[what: string, unless: Condition]>([
  ['in an and', and(A, ITEM)],
  ['in an or', or(A, ITEM)],
  ['in a negation', not(ITEM)],
  ['in a case', CASES(ITEM)],
  ['by its path', eq('instance.items.assignee', 'ann')],
])('a condition that speaks of an item is refused: %s', (_what, unless) => {
  expect(() => readFieldRules([{ field: 'data.x', unless }])).toThrow('cannot refer to');
});

describe('the fields of all policies', () => {
  const hiding = (name: string, field: string, more: Partial<Policy> = {}): Policy => ({
    name,
    answer: () => ({}),
    fields: () => [{ field, unless: A }],
    ...more,
  });
  const ann = new SecureUser({ userName: 'ann' });
  const fieldsFor = (principal: SecureUser, ...policies: Policy[]): string[] =>
    createDecisionPoint(policies)
      .fields(principal)
      .map(({ field }) => field);
  const silent: Policy = { name: 'silent', answer: () => ({}) };

  test('are put together; policies that hide none say nothing', () => {
    expect(fieldsFor(ann, hiding('one', 'data.a'), silent, hiding('two', 'data.b'))).toEqual([
      'data.a',
      'data.b',
    ]);
    expect(fieldsFor(ann, silent)).toEqual([]);
  });

  test('hide from administrators only what a policy does not waive for them, and nothing from the system', () => {
    const policies = [hiding('one', 'data.a'), hiding('two', 'data.b', { waivable: false })];
    const admin = new SecureUser({ userName: 'root', userGroups: ['ADMIN'] });
    expect(fieldsFor(admin, ...policies)).toEqual(['data.b']);
    expect(fieldsFor(new SecureUser({ userName: 'job', userGroups: ['SYSTEM'] }), ...policies)).toEqual([]);
  });

  test('could not be told if a policy fails: the error names it, and the start refuses it', () => {
    const cause = new Error('no table');
    const broken = hiding('broken', 'data.a', {
      fields: () => {
        throw cause;
      },
    });
    const point = createDecisionPoint([hiding('one', 'data.a'), broken]);
    expect(() => point.fields(ann)).toThrow(new FieldsFailed('broken', cause));
    expect(tryPolicies([silent, broken])).toEqual([{ policy: 'broken', cause, operation: 'instance:read' }]);
    expect(tryPolicies([silent])).toEqual([]);
  });
});

test.each([
  ['data.pay.net', ['data', 'pay', 'net']],
  ['data.0.pay', ['data', 'pay']],
  ['data.pay[].net', ['data', 'pay', 'net']],
  ['data.12x.x12', ['data', '12x', 'x12']],
  ['data..pay.', ['data', 'pay']],
])('the names of %s are %j', (path, names) => {
  expect(namesOfPath(path)).toEqual(names);
});

test.each([
  [['a'], ['a'], true],
  [['a'], ['a', 'b'], true],
  [['a', 'b'], ['a'], true],
  [['a', 'b'], ['a', 'c'], false],
  [['b'], ['a', 'b'], false],
  [['a', 'b'], ['c', 'b'], false],
  [[], ['a'], true],
])('%j and %j overlap: %s', (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
});

test.each<[unknown, string]>([
  [undefined, 'A policy must return fields as a list, got undefined'],
  [{ length: 1, 0: { field: 'data.x', unless: A } }, 'A policy must return fields as a list, got {"0"'],
  [[null], 'A field rule must name a field below data, got undefined'],
  [['data.x'], 'A field rule must name a field below data, got undefined'],
  [[{ unless: A }], 'A field rule must name a field below data, got undefined'],
  [[{ field: 'item.x', unless: A }], 'A field rule must name a field below data, got "item.x"'],
  [
    [Object.assign(() => 1, { field: 'data.x', unless: A })],
    'A field rule must name a field below data, got "data.x"',
  ],
  [[{ field: 'data.x' }], 'A field rule needs a condition, got undefined'],
  [[{ field: 'data.x', unless: 'always' }], 'A field rule needs a condition, got "always"'],
  [[{ field: 'data.x', unless: ITEM }], 'a field rule cannot refer to item.assignee'],
])('%j is no list of rules about fields', (given, message) => {
  expect(() => readFieldRules(given)).toThrow(TypeError);
  expect(() => readFieldRules(given)).toThrow(message);
});

test('a list can change no more if it, its rules and their conditions are frozen', () => {
  const { freeze } = Object;
  const rule = freeze({ field: 'data.x', unless: A });
  expect(isFixedList(freeze([rule]))).toBe(true);
  expect(isFixedList(freeze([]))).toBe(true);
  expect(isFixedList([rule])).toBe(false);
  expect(isFixedList(freeze([rule, { ...rule }]))).toBe(false);
  expect(isFixedList(freeze([rule, freeze({ ...rule, unless: { ...A } })]))).toBe(false);
});
