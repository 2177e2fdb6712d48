interface FormValue {
  readForm(
    fields: readonly object[],
    body: object,
  ): { data: Record<string, unknown>; problems: Map<string, string> };
}
const { readForm } = require('../../sample-app/models/form-value.js') as FormValue;

const field = (kind: string, more: object = {}) => ({ id: 'x', label: 'X', kind, values: [], ...more });
const read = (kind: string, sent: unknown, more: object = {}) => {
  const { data, problems } = readForm([field(kind, more)], { x: sent });
  return problems.get('x') ?? data.x;
};

test.each([
  ['text', ' a ', {}, 'a'],
  ['number', '1.5', {}, 1.5],
  ['number', '-.5', {}, -0.5],
  ['whole', '42', {}, 42],
  ['date', '2028-02-29', {}, '2028-02-29'],
  ['boolean', 'true', {}, true],
  ['boolean', 'false', {}, false],
  ['boolean', undefined, {}, false],
  ['enum', 'a', { values: [{ id: 'a', name: 'A' }] }, 'a'],
  ['text', '', {}, undefined],
  ['text', ['a', 'b'], {}, undefined],
])('%s %j is read', (kind, sent, more, expected) => expect(read(kind, sent, more)).toBe(expected));

test.each([
  ['number', 'Infinity', {}, 'X must be a number.'],
  ['number', '1e999', {}, 'X must be a number.'],
  ['number', '0x10', {}, 'X must be a number.'],
  ['number', '3', { max: 2 }, 'X must be at most 2.'],
  ['number', '-3', { min: 0 }, 'X must be at least 0.'],
  ['whole', '1.5', {}, 'X must be a whole number.'],
  ['date', '2027-02-29', {}, 'X must be a date such as 2030-01-31.'],
  ['date', '2027-13-01', {}, 'X must be a date such as 2030-01-31.'],
  ['date', 'tomorrow', {}, 'X must be a date such as 2030-01-31.'],
  ['boolean', 'maybe', {}, 'X must be yes or no.'],
  ['boolean', undefined, { required: true }, 'X is required.'],
  ['enum', 'b', { values: [{ id: 'a', name: 'A' }] }, 'X must be one of the choices.'],
  ['text', '  ', { required: true }, 'X is required.'],
  ['text', 'abc', { maxlength: 2 }, 'X takes at most 2 characters.'],
  ['text', 'a', { minlength: 2 }, 'X needs at least 2 characters.'],
])('%s %j is refused', (kind, sent, more, expected) => expect(read(kind, sent, more)).toBe(expected));

test('inputs that the form lacks are omitted', () => {
  const { data } = readForm([field('text')], { x: 'a', y: 'b', __proto__: 'c' });
  expect(data).toEqual({ x: 'a' });
});

test('a read-only field is not read', () => {
  const { data } = readForm([field('text', { readonly: true })], { x: 'a' });
  expect(data).toEqual({});
});
