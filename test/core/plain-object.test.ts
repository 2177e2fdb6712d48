import { runInNewContext } from 'node:vm';
import { isPlainObject } from '../../src/core/plain-object.js';

test.each<[what: string, value: unknown]>([
  ['a literal', { a: 1 }],
  ['an object without prototype', Object.create(null)],
  ['parsed JSON', JSON.parse('{"__proto__": 1}')],
  ['a literal of another realm', runInNewContext('({a: 1})')],
])('%s is a plain object', (_what, value) => {
  expect(isPlainObject(value)).toBe(true);
});

test.each<[what: string, value: unknown]>([
  ['null', null],
  ['undefined', undefined],
  ['a text', 'a'],
  ['a list', []],
  ['a date', new Date()],
  ['a promise', Promise.resolve()],
  ['a map', new Map()],
  ['a regular expression', /a/],
  ['an error', new Error('a')],
  ['a function', () => 1],
  ['an instance of a class', new (class {})()],
  ['what inherits from a literal', Object.create({ a: 1 })],
])('%s is not a plain object', (_what, value) => {
  expect(isPlainObject(value)).toBe(false);
});
