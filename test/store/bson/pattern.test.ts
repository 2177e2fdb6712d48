import { toPattern } from '../../../src/store/bson/pattern.js';

/** What PCRE, as MongoDB calls it, answers; by its manual. */
const CASES: readonly [
  source: string,
  options: string,
  hits: readonly string[],
  misses: readonly string[],
][] = [
  ['a.c', '', ['abc', 'a\rc', 'a\u2028c', 'a\u{1f600}c'], ['a\nc', 'ac']],
  ['a.c', 's', ['abc', 'a\nc'], ['ac']],
  ['^b', '', ['b', 'bc'], ['a\nb', 'ab']],
  ['^b', 'm', ['b', 'a\nb'], ['a\rb', 'a\u2028b', 'ab']],
  ['^$', 'm', ['', '\n', 'a\n\nb'], ['a', 'a\n']],
  ['^(?:^a)', 'm', ['x\na'], ['xa']],
  ['a$', '', ['a', 'ba', 'a\n'], ['a\n\n', 'a\nb', 'a\r']],
  ['a$', 'm', ['a', 'a\nb', 'a\n\n'], ['a\rb', 'a\u2028b']],
  ['^\\s$', '', [' ', '\t', '\n', '\v', '\f', '\r'], ['\u00a0', '\u2003', 'a']],
  ['^\\S$', '', ['a', '\u00a0', '\u2003', '\u{1f600}'], [' ', '\t']],
  ['^[\\s]$', '', [' ', '\t'], ['\u00a0', 's', '\\']],
  ['^[\\Sx]$', '', ['a', 'x', '\u00a0', '\u{1f600}'], [' ', '\n']],
  ['^[^\\S]$', '', [' ', '\t'], ['a', '\u00a0']],
  ['^[.$^]+$', '', ['.$^'], ['a', '']],
  ['^\\.\\$\\^$', 'm', ['.$^'], ['a$^']],
  ['^\\w$', '', ['a', '_', '9'], ['é', 'ä', '-']],
  ['ALICE', 'i', ['alice', 'Alice'], ['alicf']],
  ['^É$', 'i', ['é', 'É'], ['e']],
  ['^.$', '', ['a', '\u{1f600}'], ['', 'ab']],
  ['^a\\-b$', '', ['a-b'], ['ab']],
];

test.each(CASES)('%s with options "%s" has the meaning of PCRE', (source, options, hits, misses) => {
  const pattern = toPattern(source, options);
  expect(hits.filter((text) => !pattern.test(text))).toEqual([]);
  expect(misses.filter((text) => pattern.test(text))).toEqual([]);
});

test('JavaScript-only options are dropped, unknown ones are refused', () => {
  const pattern = toPattern('a', 'gyu');
  expect([pattern.test('xa'), pattern.test('xa')]).toEqual([true, true]);
  expect(() => toPattern('a', 'x')).toThrow(new TypeError('$options "x" is not supported'));
});

test('an invalid regular expression is refused', () => {
  expect(() => toPattern('(', '')).toThrow(TypeError);
  expect(() => toPattern('(', '')).toThrow('$regex "(" is not a regular expression');
});
