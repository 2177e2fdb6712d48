import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

/** Licences that may come along with this package: permissive ones, which ask for no more than their notice. */
const ADMITTED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
]);

interface Locked {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly license?: string;
}
interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

const json = <T>(file: string): T => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;

/** An SPDX expression holds when one side of an OR, or both of an AND, are admitted. */
function admits(expression: string): boolean {
  const text = expression.replace(/[()]/g, '').trim();
  if (text.includes(' OR ')) return text.split(' OR ').some(admits);
  if (text.includes(' AND ')) return text.split(' AND ').every(admits);
  return ADMITTED.has(text);
}

const production = Object.entries(json<Lock>('package-lock.json').packages).filter(
  ([name, entry]) => name !== '' && entry.dev !== true && entry.link !== true,
);

test('the lock file knows the packages that come along with this one', () => {
  const { dependencies } = json<{ dependencies: Record<string, string> }>('package.json');
  expect(production.map(([name]) => name)).toEqual(
    expect.arrayContaining(Object.keys(dependencies).map((name) => `node_modules/${name}`)),
  );
});

/** Older packages have a list of licences, which lock files leave out. */
function listed(name: string): string | undefined {
  const { licenses } = json<{ licenses?: readonly { type: string }[] }>(`${name}/package.json`);
  return licenses?.map(({ type }) => type).join(' AND ');
}

test.each(production)('%s comes under an admitted licence', (name, entry) => {
  const license = entry.license ?? listed(name);
  expect(license).toEqual(expect.any(String));
  expect([license, admits(license as string)]).toEqual([license, true]);
});

test.each([
  ['GPL-3.0', false],
  ['AGPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE', false],
  ['UNLICENSED', false],
  ['', false],
  ['MIT', true],
  ['(MIT OR GPL-3.0)', true],
  ['(MIT AND Zlib)', false],
  ['(MIT AND CC0-1.0)', true],
])('the expression %j is admitted: %s', (expression, expected) => {
  expect(admits(expression)).toBe(expected);
});

test('this package itself is under MIT, and its text comes along', () => {
  expect(json<{ license: string }>('package.json').license).toBe('MIT');
  expect(readFileSync(path.join(ROOT, 'LICENSE'), 'utf8')).toContain('bpmn-guard contributors');
});
