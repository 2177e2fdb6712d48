import { EVERYTHING } from '../../src/core/condition.js';
import { readAnswer } from '../../src/core/rule-lists.js';
import { HOSTILE_VALUES, polluted } from './hostile.js';

const RULE = { id: 'all', says: 'all may', when: EVERYTHING };

test('a missing list is one without rules', () => {
  expect(readAnswer({})).toEqual({ permissive: [], restrictive: [] });
  expect(readAnswer({ permissive: [RULE], restrictive: undefined })).toEqual({
    permissive: [RULE],
    restrictive: [],
  });
});

test.each<[what: string, answer: unknown, message: RegExp]>([
  ['nothing', undefined, /object, got undefined/],
  ['true', true, /object, got true/],
  ['a list of rules', [RULE], /object, got/],
  ['a promise', Promise.resolve({ restrictive: [] }), /synchronously, not with a promise/],
  ['a misspelt list', { restrict: [RULE] }, /met "restrict"/],
  ['a list of another system', { permissive: [RULE], deny: [RULE] }, /met "deny"/],
  ['a text as list', { permissive: 'all' }, /permissive must be a list of rules, got "all"/],
  ['null as list', { restrictive: null }, /restrictive must be a list of rules, got null/],
  ['one rule as list', { restrictive: RULE }, /restrictive must be a list/],
])('%s is refused', (_what, answer, message) => {
  expect(() => readAnswer(answer)).toThrow(TypeError);
  expect(() => readAnswer(answer)).toThrow(message);
});

test('no hostile value is accepted as an answer without restrictions', () => {
  for (const value of HOSTILE_VALUES.filter(
    (one) =>
      Object.keys(Object(one) as object).length > 0 ||
      typeof one !== 'object' ||
      one === null ||
      Array.isArray(one),
  ))
    expect(() => readAnswer(value)).toThrow(TypeError);
});

test('inherited lists are not an answer', () => {
  expect(polluted({ permissive: [RULE] }, () => readAnswer({}))).toEqual({ permissive: [], restrictive: [] });
});
