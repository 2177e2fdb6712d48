import { BadInput } from '../../../src/core/errors.js';
import { INSTANCE_FIELDS, MODEL_FIELDS } from '../../../src/store/query/query-fields.js';
import {
  badQuery,
  checkScalar,
  describe as shown,
  entriesOf,
  hint,
  isPathPart,
  QUERY_LIMITS,
} from '../../../src/store/query/query-input.js';

const refused = (what: () => unknown, message: string): void => {
  expect(what).toThrow(BadInput);
  expect(what).toThrow(expect.objectContaining({ code: 'bad-query', message }));
};

test('a query is refused with a message', () => {
  refused(() => badQuery('No such thing.'), 'No such thing.');
});

test('the limits of a query', () => {
  expect(QUERY_LIMITS).toEqual({ depth: 10, nodes: 200, list: 500, text: 2000, segments: 12 });
});

test.each<[unknown, string]>([
  ['x', '"x"'],
  [7, '7'],
  [null, 'null'],
  [[1], 'a list'],
  [{}, 'a value of type object'],
  [undefined, 'a value of type undefined'],
  [true, 'a value of type boolean'],
  ['x'.repeat(58), `"${'x'.repeat(58)}"`],
  ['x'.repeat(59), `"${'x'.repeat(59)}…`],
])('%j is described as %s', (value, text) => {
  expect(shown(value)).toBe(text);
});

test.each([
  ['data', " Ask for its fields one by one, such as { 'data.caseId': 1 }."],
  ['items.vars.x', " Ask for the data of the instance ('data.<name>'), or look at the items that you find."],
  ['items.data', " Ask for the data of the instance ('data.<name>'), or look at the items that you find."],
  ['items.data.x', " Ask for the data of the instance ('data.<name>'), or look at the items that you find."],
  ['items.assignees', ' Did you mean items.assignee?'],
  ['items.elementid', ' Did you mean items.elementId?'],
  ['assignee', ' Did you mean items.assignee?'],
  ['statuss', ' Did you mean status?'],
  ['nothing', ''],
])('who asks instances for %s is told%s', (name, text) => {
  expect(hint(name, INSTANCE_FIELDS, false)).toBe(text);
});

test('inside an element its fields are meant, without the list in front', () => {
  expect(hint('assignees', INSTANCE_FIELDS, true)).toBe(' Did you mean assignee?');
  expect(hint('startedBye', INSTANCE_FIELDS, true)).toBe('');
});

test('of models there is no data to ask for', () => {
  expect(hint('data', MODEL_FIELDS, false)).toBe('');
  expect(hint('events.subtype', MODEL_FIELDS, false)).toBe(' Did you mean events.subType?');
});

test('keys of a query are texts', () => {
  expect(entriesOf({ a: 1, b: 2 })).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  refused(() => entriesOf({ a: 1, [Symbol('s')]: 2 }), 'Key Symbol(s) is not allowed in a query.');
});

test.each<[string, boolean]>([
  ['a', true],
  ['a$b', true],
  ['', false],
  ['$a', false],
  ['a\0', false],
  ['\ud800', false],
  ['__proto__', false],
  ['constructor', false],
])('%j is a name in a path: %s', (part, expected) => {
  expect(isPathPart(part)).toBe(expected);
});

test('a value is a scalar, and a text not too long', () => {
  const date = new Date(5);
  expect(['x', 1, false].map((value) => checkScalar(value, 'Field a'))).toEqual(['x', 1, false]);
  expect(checkScalar(date, 'Field a')).toEqual(date);
  expect(checkScalar(date, 'Field a')).not.toBe(date);
  expect(checkScalar('x'.repeat(2000), 'Field a')).toHaveLength(2000);
  refused(() => checkScalar('x'.repeat(2001), 'Field a'), 'Field a takes a text of at most 2000 characters.');
  refused(
    () => checkScalar({}, 'Field a'),
    'Field a takes a text, number, boolean or date, got a value of type object.',
  );
  refused(() => checkScalar(null, 'Field a'), 'Field a takes a text, number, boolean or date, got null.');
});
