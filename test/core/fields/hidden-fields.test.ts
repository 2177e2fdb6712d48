import fc from 'fast-check';
import { eq, EVERYTHING, NOTHING, some } from '../../../src/core/condition/condition.js';
import { overlap, readFieldRules } from '../../../src/core/fields/field-rule.js';
import { HiddenFields } from '../../../src/core/fields/hidden-fields.js';
import { SecureUser } from '../../../src/core/principal.js';

const ann = new SecureUser({ userName: 'ann' });
const hiding = (...fields: string[]): HiddenFields =>
  HiddenFields.of(
    fields.map((field) => ({ field, unless: eq('instance.name', 'public') })),
    ann,
  ) as HiddenFields;

test('a field without a rule is never checked again', () => {
  expect(HiddenFields.of([{ field: 'data.x', unless: EVERYTHING }], ann)).toBeUndefined();
  expect(hiding('data.x').shows('data.y')).toBeUndefined();
  expect(hiding('data.x').shows('name')).toBeUndefined();
});

test('a hidden field is removed with everything below it, also in lists and under keys with dots', () => {
  const data = {
    salary: 5,
    'salary.base': 4,
    'a.b': 1,
    a: { b: 2, c: 3 },
    people: [{ name: 'x', pay: 1 }, [{ pay: 2, age: 3 }], 'text'],
    at: new Date(0),
  };
  const cut = hiding('data.salary', 'data.a.b', 'data.people.pay').cut({ name: 'M', data });
  expect(cut.data).toEqual({ a: { c: 3 }, people: [{ name: 'x' }, [{ age: 3 }], 'text'], at: new Date(0) });
  expect(data.salary).toBe(5);
});

test('the instance stays the same object if nothing in it is hidden', () => {
  const shown = { name: 'public', data: { salary: 5 } };
  expect(hiding('data.salary').cut(shown)).toBe(shown);
  const [bare, empty] = [{ name: 'M' }, { name: 'M', data: null }];
  expect(hiding('data.salary').cut(bare)).toBe(bare);
  expect(hiding('data.salary').cut(empty)).toBe(empty);
});

test('a field is shown only if all of its rules show it', () => {
  const rules = [
    { field: 'data.pay', unless: eq('instance.name', 'M') },
    { field: 'data.pay.net', unless: eq('instance.status', 'end') },
  ];
  const hidden = HiddenFields.of(rules, ann) as HiddenFields;
  const of = (status: string) => hidden.cut({ name: 'M', status, data: { pay: { net: 1, tax: 2 } } }).data;
  expect(of('end')).toEqual({ pay: { net: 1, tax: 2 } });
  expect(of('running')).toEqual({ pay: { tax: 2 } });
  expect(hidden.cut({ name: 'N', status: 'end', data: { pay: { net: 1 } } }).data).toEqual({});
});

test.each([
  ['data', true],
  ['data.pay', true],
  ['data.pay.net', true],
  ['data.pay.0.net', true],
  ['data.0.pay', true],
  ['data.pay[]', true],
  ['data.pay[].net', true],
  ['data..pay', true],
  ['data.payment', false],
  ['data.net', false],
  ['startedBy', false],
])('a query for %s asks for a hidden field: %s', (field, isHidden) => {
  expect(hiding('data.pay').shows(field) !== undefined).toBe(isHidden);
});

test('input is refused above, at and below a hidden field', () => {
  const hidden = hiding('data.pay.net');
  const at = (...paths: string[]) => hidden.hiddenIn({ name: 'M' }, paths);
  expect(at('x', 'pay')).toBe('pay');
  expect(at('pay.net.sum')).toBe('pay.net.sum');
  expect(at('pay.tax', 'net')).toBeUndefined();
  expect(hidden.hiddenIn({ name: 'public' }, ['pay'])).toBeUndefined();
});

test('two paths overlap either way round', () => {
  const path = fc.array(fc.constantFrom('a', 'b'), { maxLength: 4 });
  fc.assert(
    fc.property(path, path, path, (one, other, more) => {
      expect(overlap(one, other)).toBe(overlap(other, one));
      expect(overlap(one, [...one, ...more])).toBe(true);
    }),
  );
});

test.each([
  [undefined, 'a list'],
  [[{ field: 'salary', unless: NOTHING }], 'below data'],
  [[{ field: 'data.x' }], 'needs a condition'],
  [[null], 'below data'],
  [[{ field: 'data.x', unless: eq('item.assignee', 'ann') }], 'cannot refer to item.assignee'],
  [
    [{ field: 'data.x', unless: some('instance.items', eq('item.id', 'x')) }],
    'cannot refer to instance.items',
  ],
])('%j is not a list of field rules', (given, message) => {
  expect(() => readFieldRules(given)).toThrow(message);
});

test('what is not changed stays the same object, at every depth', () => {
  const shown = { list: [{ a: 1 }, [2]], deep: { b: { c: 1 } }, at: new Date(0) };
  const data = { pay: { net: 1 }, ...shown };
  const cut = hiding('data.pay.net', 'data.list.x', 'data.deep.b.x', 'data.at.x').cut({ name: 'M', data });
  expect(cut.data).toEqual({ pay: {}, ...shown });
  const { list, deep, at } = cut.data as typeof shown;
  expect(list).toBe(shown.list);
  expect(deep).toBe(shown.deep);
  expect(at).toBe(shown.at);
});

test('a list of which an entry is cut is another list', () => {
  const list = [{ a: 1 }, { a: 1, x: 2 }];
  const { data } = hiding('data.list.x').cut({ name: 'M', data: { list } });
  expect(data).toEqual({ list: [{ a: 1 }, { a: 1 }] });
});

test('fields are hidden if one of the rules does not always show its own', () => {
  const rules = [
    { field: 'data.x', unless: EVERYTHING },
    { field: 'data.y', unless: NOTHING },
  ];
  const hidden = HiddenFields.of(rules, ann) as HiddenFields;
  expect(hidden.cut({ name: 'M', data: { x: 1, y: 2 } }).data).toEqual({ x: 1 });
  expect(hidden.shows('data.x')).toBeUndefined();
  expect(hidden.shows('data.y')).toEqual(NOTHING);
  expect(HiddenFields.of([], ann)).toBeUndefined();
});

test('the data of an instance is cut once', () => {
  const [hidden, instance] = [hiding('data.x'), { name: 'M', data: { x: 1, y: 2 } }];
  expect(hidden.cut(instance).data).toBe(hidden.cut(instance).data);
});

test('two fields with the same condition are shown by it once', () => {
  expect(hiding('data.pay.net', 'data.pay.tax').shows('data.pay')).toEqual(eq('instance.name', 'public'));
});

test('another value with the fields of the data is cut as the data is', () => {
  expect(hiding('data.x').cutValue({ name: 'M' }, { x: 1, y: 2 })).toEqual({ y: 2 });
  expect(hiding('data.x').cutValue({ name: 'public' }, { x: 1 })).toEqual({ x: 1 });
  expect(hiding('data.x').cutValue({ name: 'M' }, 'text')).toBe('text');
});
