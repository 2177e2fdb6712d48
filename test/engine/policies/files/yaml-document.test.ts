import { parseYaml, type ParsedFile } from '../../../../src/engine/policies/files/parse-file.js';
import { readPolicyText } from '../../../../src/engine/policies/files/policy-text.js';
import { Turns } from '../../../../src/store/turns.js';
import { refusal } from '../../../support/guards.js';

const yaml = (text: string): Promise<ParsedFile> => parseYaml('a.yaml', text, new Turns());
const COUNT = 190_000;
const filled = (part: string): string => part.repeat(COUNT / part.length);
const indented = (count: number, part: string): string =>
  Array.from({ length: count }, (_, at) => `${' '.repeat(at)}${part}\n`).join('');
/** Anchors, each of which holds the one before some levels below. */
const chained = (count: number): string =>
  Array.from({ length: count }, (_, at) => `a${at}: &a${at} [[[${at === 0 ? '' : `*a${at - 1}`}]]]\n`).join(
    '',
  );

const DEEP: readonly [string, string][] = [
  ['lists in brackets', filled('[')],
  ['mappings in braces', filled('{')],
  ['mappings in braces with keys', filled('{a: ')],
  ['lists and mappings in turn', filled('[{a: ')],
  ['keys in brackets', filled('{? [')],
  ['lists on one line', filled('- ')],
  ['keys on one line', `${filled('? ')}a`],
  ['values on one line', filled('a: ')],
  ['values without keys', filled(': ')],
  ['lines, each further in than the last', indented(600, 'a:')],
  ['lists, each further in than the last', indented(600, '-')],
  ['lists that end at once', `${filled('- ').slice(0, -10)}a\nb: c\n`],
  ['a second document', `duties: {}\n---\n${filled('[')}`],
  ['a list within the policies', `duties:\n  a: ${'['.repeat(1000)}${']'.repeat(1000)}\n`],
  ['JSON that is valid', `{"duties": {"a": ${'['.repeat(1000)}${']'.repeat(1000)}}}`],
  ['JSON of objects', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`],
  ['references to anchors', chained(60)],
];

describe('A policy file that is nested too deeply', () => {
  test.each(DEEP)('is refused, however often: %s', async (_what, text) => {
    for (let time = 0; time < 3; time++) {
      const { mistakes, statements } = await yaml(text);
      expect(statements).toEqual([]);
      expect(mistakes.map(({ message }) => message)).toEqual([
        'It is nested too deeply: lists and mappings may be 100 levels deep.',
      ]);
    }
  });

  test('is refused with its line, and so is an import', async () => {
    const text = `duties:\n  a: {}\n  b: ${'['.repeat(1000)}`;
    expect((await yaml(text)).mistakes.map(({ line }) => line)).toEqual([3]);
    const error = await refusal(readPolicyText(text, new Turns()));
    expect([error.code, error.message.split('\n')[1]]).toEqual([
      'bad-policy',
      'text:3:1: It is nested too deeply: lists and mappings may be 100 levels deep.',
    ]);
  });

  test('may have 100 levels, of whose content it is judged then', async () => {
    for (const text of [
      `${'['.repeat(100)}${']'.repeat(100)}`,
      `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
    ]) {
      const { mistakes } = await yaml(text);
      expect(mistakes.length).toBeGreaterThan(0);
      expect(JSON.stringify(mistakes)).not.toContain('too deeply');
    }
  });
});

test('A policy file is one document', async () => {
  const { mistakes } = await yaml('duties: {}\n---\nsecurityRoles: {}\n');
  expect(mistakes).toEqual([
    { file: 'a.yaml', line: 2, column: 1, message: 'A policy file is one document' },
  ]);
});

describe('References to anchors in a policy file', () => {
  const roles = (count: number): string =>
    `securityRoles:\n  a: &a { rights: [] }\n${Array.from({ length: count }, (_, at) => `  r${at}: *a\n`).join('')}`;

  test('are read up to a hundred times', async () => {
    const { mistakes, statements } = await parseYaml('f.yaml', roles(100), new Turns());
    expect(mistakes).toEqual([]);
    expect(statements).toHaveLength(101);
  });

  test('are refused beyond that, with their line, before they are resolved', async () => {
    for (const count of [101, 9_000]) {
      const { mistakes, statements } = await parseYaml('f.yaml', roles(count), new Turns());
      expect(statements).toEqual([]);
      expect(mistakes).toEqual([
        {
          file: 'f.yaml',
          line: 103,
          column: 1,
          message: 'It has too many references to anchors: at most 100 are allowed.',
        },
      ]);
    }
  });

  test('are no texts that begin with an asterisk', async () => {
    const texts = Array.from({ length: 150 }, () => '      * one\n').join('');
    const said = `gridRules:\n  r:\n    says: |\n${texts}`;
    expect(JSON.stringify((await parseYaml('f.yaml', said, new Turns())).mistakes)).not.toContain('anchors');
    const quoted = `a: [${Array.from({ length: 150 }, () => '"*x"').join(', ')}]\n`;
    expect(JSON.stringify((await parseYaml('f.yaml', quoted, new Turns())).mistakes)).not.toContain(
      'anchors',
    );
  });
});
