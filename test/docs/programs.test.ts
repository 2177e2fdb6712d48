import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { read, ROOT } from '../surface/sources.js';
import { isProgram, PAGES, snippetsOf, type Snippet } from './snippets.js';

const run = promisify(execFile);

let folder: string;
beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'build', '--', '--if-needed'], { cwd: ROOT });
  folder = mkdtempSync(path.join(tmpdir(), 'guard-readme-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules', 'bpmn-guard'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the first program of the README runs as it is written, in an empty folder', () => {
  const [first] = snippetsOf('README.md').filter(isProgram);
  const file = path.join(folder, 'first.mjs');
  writeFileSync(file, first?.code ?? '');
  const printed = execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', timeout: 30_000 });
  const ofTheHost = /^(bpmn-server version .*|server started\.\.)\n/gm;
  expect(printed.replaceAll(ofTheHost, '')).toBe('[]\nend\n');
});

/** Makes its own guard of nothing that an application would have to bring. */
const isComplete = ({ code }: Snippet): boolean =>
  /createGuard\(\{ configuration: \{\}, store: \{/.test(code);
const programs = PAGES.flatMap(snippetsOf).filter(isProgram).filter(isComplete);

test('the pages hold complete programs', () => {
  expect(programs.length).toBeGreaterThan(5);
});

test.each(programs)(
  'the program at $page:$line runs to its end',
  async ({ page, line, code }) => {
    const empty = mkdtempSync(path.join(folder, 'program-'));
    const file = path.join(empty, `${page.replaceAll('/', '_')}-${line}.mjs`);
    writeFileSync(file, code);
    const { stderr } = await run(process.execPath, [file], { cwd: empty, timeout: 60_000 });
    expect(stderr).toBe('');
  },
  90_000,
);

test('the README says what it is, how it is installed, what it does, and how to try and test it, in this order', () => {
  const commands = snippetsOf('README.md')
    .filter(({ language }) => language === 'sh')
    .map(({ code }) => code.trim());
  expect(commands).toEqual(['npm install bpmn-guard', 'npm install && npm start', 'npm test']);
  expect(read('README.md').split('\n').slice(0, 4).join('\n')).toContain('Security for applications');
});
