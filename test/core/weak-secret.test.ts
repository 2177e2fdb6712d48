import { randomBytes, randomUUID } from 'node:crypto';
import { weaknessOf } from '../../src/core/weak-secret.js';
import { processorTime } from '../support/processor-time.js';

const WORDS = 'it consists of example words and sequences of the alphabet, the digits or the keyboard';

describe('a secret is weak', () => {
  test.each([
    ['', 'it has fewer than 16 characters'],
    ['1234', 'it has fewer than 16 characters'],
    ['12345', 'it has fewer than 16 characters'],
    ['omni-secret', 'it has fewer than 16 characters'],
    ['kT3x-9fQz_71LmP', 'it has fewer than 16 characters'],
    ['k'.repeat(40), 'it has fewer than 8 different characters'],
    ['abcABCabdABDabcd', 'it has fewer than 8 different characters'],
    ['0110100110010110100101100110100101', 'it has fewer than 8 different characters'],
    ['kT3x-9fQzkT3x-9fQz', 'it repeats itself'],
    ['omni-secret-omni-secret-omni', 'it repeats itself'],
    ['Change-Me-Change-Me', 'it repeats itself'],
    ['0123456789abcdef0123456789abcdef', 'it repeats itself'],
  ])('%j: %s', (secret, weakness) => {
    expect(weaknessOf(secret)).toBe(weakness);
  });

  test.each([
    'change-me-please-this-is-a-secret-key',
    'CHANGE_THIS_SECRET_IN_PRODUCTION',
    'your-super-secret-session-key',
    'my_api_key_for_this_server_2024',
    'bpmn-server-session-secret',
    'omni-secret-session-12345',
    'changeme12345678',
    'keyboard cat is a secret',
    '0123456789abcdefghijklmnopqrstuv',
    'zyxwvutsrqponmlkjihgfedcba98765',
    '1-2-3-4-5-6-7-8-9-0-1',
    '1234-5678-9012-3456-7890',
    'qwertyuiopasdfghjklzxcvbnm',
    'QWERTZUIOPyxcvbnm123456',
    '1q2w3e4r5t6y7u8i9o0p',
    'aaaabbbbccccddddeeeeffffgggghhhh',
  ])('as what everybody tries: %s', (secret) => {
    expect(weaknessOf(secret)).toBe(WORDS);
  });
});

test.each([
  'kT3x-9fQz_71LmPwC0aVbn4eRsYuJd8H',
  'otter lantern gravel symphony',
  '#%&^*@!~()_+{}|:<>?',
  'bg_0f1e2d3c4b5a6978_secret-kT3xQz71LmPwC0aVbn4eRs',
])('%s is none that this finds', (secret) => {
  expect(weaknessOf(secret)).toBeUndefined();
});

test('what is random is never weak', () => {
  const made = Array.from({ length: 500 }, () => [
    ...(['base64', 'base64url', 'hex'] as const).map((form) => randomBytes(32).toString(form)),
    randomBytes(16).toString('hex'),
    randomUUID(),
  ]).flat();
  expect(made.filter((secret) => weaknessOf(secret) !== undefined)).toEqual([]);
});

test('a text without end is judged at once', () => {
  const begun = processorTime();
  expect(weaknessOf(`${'ab'.repeat(500_000)}c`)).toBe('it has fewer than 8 different characters');
  weaknessOf(randomBytes(1_000_000).toString('base64'));
  expect(processorTime() - begun).toBeLessThan(30_000);
});

test.each<[string, string, boolean]>([
  ['a row of a keyboard', 'kT3x9fQz qwertyuiop', true],
  ['the row of another keyboard', 'kT3x9fQz ertzuiop', true],
  ['of a third', 'kT3x9fQz azertyuiop', true],
  ['the second row', 'kT3x9fQz asdfghjkl', true],
  ['the third row', 'kT3x9fQz zxcvbnm', true],
  ['the second row backwards', 'kT3x9fQz lkjhgfdsa', true],
  ['characters three times', 'kT3x9fQz 111aaa222', true],
  ['characters twice', 'kT3x-9fQz 1122aabb33', false],
])('%s beside eight others', (_what, secret, weak) => {
  expect(weaknessOf(secret) === undefined).toBe(!weak);
});

test.each([7, undefined, null, {}])('%j is no text', (secret) => {
  expect(() => weaknessOf(secret as never)).toThrow(new TypeError('weaknessOf takes a text.'));
});

test('what stands behind 1024 characters is not looked at', () => {
  expect(weaknessOf('k'.repeat(1024) + 'T3x-9fQz_71LmPwC0aVbn4eRsYuJd8H')).toBe(
    'it has fewer than 8 different characters',
  );
});
