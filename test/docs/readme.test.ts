import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { read, ROOT } from '../surface/sources.js';
import { isProgram, snippetsOf } from './snippets.js';

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

test('the README says what it is, how it is installed, what it does, and how to try and test it, in this order', () => {
  const commands = snippetsOf('README.md')
    .filter(({ language }) => language === 'sh')
    .map(({ code }) => code.trim());
  expect(commands).toEqual(['npm install bpmn-guard', 'npm install && npm start', 'npm test']);
  expect(read('README.md').split('\n').slice(0, 4).join('\n')).toContain('Security for applications');
});
