import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../surface/sources.js';

const { bin } = require('../../package.json') as { bin: Record<string, string> };
const COMMAND = path.join(ROOT, bin['bpmn-guard'] as string);

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function call(
  args: readonly string[],
  {
    stdin = '',
    env = {},
    command = COMMAND,
  }: { stdin?: string; env?: Record<string, string>; command?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const { PATH } = process.env;
    const child = execFile(
      process.execPath,
      [command, ...args],
      { env: { PATH, ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end(stdin);
  });
}

describe('the command as it is installed', () => {
  let folder: string;
  beforeAll(() => {
    execFileSync('npm', ['run', '--silent', 'build', '--', '--if-needed'], { cwd: ROOT });
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'cli-')), 'data');
  });
  afterAll(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

  test('passes its exit code to the shell, and ends by itself', async () => {
    expect((await call(['help'])).code).toBe(0);
    expect((await call(['nope'])).code).toBe(2);
    expect((await call(['user', 'list'], { env: { DATA_DIR: folder } })).code).toBe(1);
    expect(await call(['install'], { env: { DATA_DIR: folder } })).toEqual({
      code: 0,
      out: 'All indexes exist.\n',
      err: '',
    });
    expect(
      await call(['user', 'add', 'alice'], { env: { DATA_DIR: folder }, stdin: 'correct horse battery\n' }),
    ).toEqual({
      code: 0,
      out: 'Added alice.\n',
      err: expect.stringContaining('no administrator yet') as unknown,
    });
    expect(
      (await call(['user', 'add', 'alice'], { env: { DATA_DIR: folder }, stdin: 'correct horse battery\n' }))
        .code,
    ).toBe(1);
  });

  test('prints a key alone on the standard output, for a shell to take', async () => {
    const { code, out } = await call(['key', 'create', 'erp', '--folder', folder]);
    expect([code, /^bg_[0-9a-f]{16}_[A-Za-z0-9_-]{43}\n$/.test(out)]).toEqual([0, true]);
  });

  test('leaves no key in use that could not be printed', async () => {
    const keys = async (): Promise<string> => (await call(['key', 'list', '--folder', folder])).out;
    for (const [name, both] of [
      ['unread', false],
      ['unheard', true],
    ] as const) {
      const child = spawn(process.execPath, [COMMAND, 'key', 'create', name, '--folder', folder], {
        env: { PATH: process.env.PATH } as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      if (both) child.stderr.destroy();
      else child.stderr.resume();
      expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
      expect(await keys()).toMatch(new RegExp(`^${name} .* revoked `, 'm'));
    }
  });

  test('ends with 1, and without a stack, when nobody reads what it lists', async () => {
    const child = spawn(process.execPath, [COMMAND, 'help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (text) => (said += String(text)));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect(said).toBe('');
  });

  test('works as an ES module too', async () => {
    const esm = COMMAND.replace(`${path.sep}cjs${path.sep}`, `${path.sep}esm${path.sep}`);
    expect((await call(['user', 'list', '--folder', folder], { command: esm })).out).toContain('alice');
  });

  test('reads a password from a pipe that stays open after the line', async () => {
    const child = spawn(process.execPath, [COMMAND, 'user', 'password', 'alice', '--folder', folder], {
      env: { PATH: process.env.PATH } as NodeJS.ProcessEnv,
    });
    child.stdin.write('another long password\n');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    child.stdin.destroy();
    expect(code).toBe(0);
  });
});
