import { jsonObjectAt, jsonObjectIn } from '../../src/core/json-text.js';

describe('a text that is one JSON object', () => {
  test.each<[string, object]>([
    ['{}', {}],
    [' \n{ "a": 1 } \n', { a: 1 }],
    ['{"a": {"b": [{"c": 1}, {"c": 2}]}}', { a: { b: [{ c: 1 }, { c: 2 }] } }],
    ['{"a": "}"}', { a: '}' }],
    ['{"a": "{"}', { a: '{' }],
    ['{"a": ":"}', { a: ':' }],
    ['{"a": "\\""}', { a: '"' }],
    ['{"a": "\\\\"}', { a: '\\' }],
    ['{"a:": 1}', { 'a:': 1 }],
  ])('%s is read', (text, value) => {
    expect(jsonObjectIn(text)).toEqual(value);
  });

  test.each(['', '  ', '[1]', '"{}"', 'a {}', '1'])('%j begins as something else', (text) => {
    expect(jsonObjectIn(text)).toBeUndefined();
  });

  test.each(['{"a": 1} x', '{} {}', '{}}'])('%s goes on behind the object', (text) => {
    expect(() => jsonObjectIn(text)).toThrow(new SyntaxError('Unexpected text after the end of the object'));
  });

  test.each(['{"a": 1, "a": 2}', '{"x": [{"a": 1, "a": 1}]}', '{"x": {"a": 1, "\\u0061": 2}}'])(
    '%s has a key twice',
    (text) => {
      expect(() => jsonObjectIn(text)).toThrow(new SyntaxError('A key appears twice in one object'));
    },
  );

  test.each(['{', '{"a": 1', '{"a" 1}', '{a: 1}', '{"a": "}'])('%s is no JSON', (text) => {
    expect(() => jsonObjectIn(text)).toThrow(SyntaxError);
  });
});

test('an object inside a text is read with the position behind it', () => {
  const text = 'where {"a": {"b": 1}} holds';
  expect(jsonObjectAt(text, 6)).toEqual({ value: { a: { b: 1 } }, end: 21 });
  expect(text.slice(21)).toBe(' holds');
});
