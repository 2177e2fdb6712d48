import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withoutPasswords } from '../../src/cli/redact.js';
import type { Io } from '../../src/cli/io.js';
import { run } from './running.js';

/** Passwords as they are typed, escaped or not. */
const PASSWORDS = [
  'secret-1',
  's3:cr@t/word',
  'p%40ss%3Aword',
  'x',
  'two words here',
  "a'b&c(d)[e]",
  'ä€$1$&',
];
/** What is written about an error where the command line has these URLs. */
function redactor(urls: readonly string[]): (text: string) => string {
  const lines: string[] = [];
  const streams = { err: (line: string) => void lines.push(line) } as Io;
  const { err } = withoutPasswords(urls, streams, undefined);
  return (text) => (err(text), lines.at(-1) as string);
}
const url = (password: string, rest = '127.0.0.1:1/?serverSelectionTimeoutMS=50'): string =>
  `mongodb://user:${password}@${rest}`;
const words = (password: string): string[] => [
  password,
  decodeURIComponent(password),
  ...password.split(' '),
];

/** Command lines that end in every kind of error and output. */
const lines = (given: string): string[][] => [
  ['verify', '--url', given, 'more'],
  ['verify', `--url=${given}`, given],
  ['verify', given],
  ['verify', '--folder', given],
  ['verify', `--folder=${given}`],
  ['backup', given, '--folder', '/nowhere/at/all'],
  [given],
  ['user', given],
  ['user', 'disable', given],
  ['user', 'add', 'a', `--attribute=${given}`],
  ['key', 'create', given, '--expires', given],
  ['key', 'create', 'k', '--expires', given],
  ['verify', `--${given}`],
  ['verify', '--url', given, '--folder', given],
];

describe.each(PASSWORDS)('the password %j of a URL', (password) => {
  test('never appears in output or errors', async () => {
    for (const args of lines(url(password))) {
      const { code, out, err } = await run(args);
      expect([args, code]).not.toEqual([args, 0]);
      const text = [...out, ...err].join('\n').split(/[^\p{L}\p{N}'&()[\]$@:/€-]+/u);
      for (const word of words(password))
        expect([args, text]).not.toEqual([args, expect.arrayContaining([word])]);
      if (password.length >= 4) expect([...out, ...err].join('\n')).not.toContain(password);
    }
  });

  test('never appears even if the shell has split the URL at blanks', async () => {
    const { out, err } = await run(['verify', '--folder', '/nowhere', '--url', ...url(password).split(' ')]);
    for (const word of words(password).filter((entry) => entry.length >= 4))
      expect([...out, ...err].join('\n')).not.toContain(word);
  });
});

test('an unresponsive database is reported without the password', async () => {
  const given = url('s3cret:w@rd');
  for (const [args, env] of [
    [['verify', '--url', given], {}],
    [['verify'], { MONGO_DB_URL: given }],
  ] as const) {
    const { code, out, err } = await run(args, { env });
    expect(code).toBe(1);
    expect([...out, ...err].join('\n')).not.toMatch(/s3cret|w@rd/);
  }
});

test('results keep texts that equal the password', async () => {
  const env = { MONGO_DB_URL: 'mongodb://admin:admin@127.0.0.1' };
  const folder = mkdtempSync(join(tmpdir(), 'cli-redact-'));
  await run(['install', '--folder', folder], { env });
  const added = await run(['user', 'add', 'admin', '--without-password', '--folder', folder], { env });
  expect(added.out).toEqual(['Added admin.']);
  const named = await run(['user', 'add', url('pass word'), '--without-password', '--folder', folder]);
  expect(named.out.join()).not.toContain('pass word');
  rmSync(folder, { recursive: true });
});

describe('a URL in what is stored', () => {
  const STORED = 'see https://wiki.example/?token=abc123&x=1 and postgres://ann:pw@db.example/leave';
  const own = 'mongodb://root:s3cret:w@rd@127.0.0.1/?tlsCertificateKeyFilePassword=topsecret';
  const env = { MONGO_DB_URL: own };
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cli-redact-'));
    await run(['install', '--folder', folder]);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is printed as it is, and that of the store in use without its secrets', async () => {
    for (const says of [STORED, own, 'root:s3cret:w@rd@there'])
      await run([
        ...['user', 'add', `u${says.length}`, '--without-password', '--folder', folder],
        ...['--attribute', `says=${says}`],
      ]);
    const { out } = await run(['user', 'list', '--json', '--folder', folder], { env });
    const text = out.join('\n');
    expect(text).toContain(JSON.stringify(STORED));
    expect(text).not.toMatch(/s3cret|topsecret/);
  });

  test('is in the policies that are printed, which are equal to those that are stored', async () => {
    const file = join(folder, 'p.yaml');
    writeFileSync(file, `securityRoles:\n  desk:\n    says: ${STORED}\n    rights: [Todo:Process]\n`);
    expect((await run(['policy', 'apply', file, '--folder', folder], { env })).code).toBe(0);
    const { out } = await run(['policy', 'export', '--folder', folder], { env });
    expect(out.join('\n')).toContain(STORED);
    writeFileSync(file, `${out.join('\n')}\n`);
    expect(await run(['policy', 'diff', file, '--folder', folder], { env })).toMatchObject({ code: 0 });
  });
});

test('secrets in options of a connection string are removed too', () => {
  const given =
    'mongodb://h/?tlsCertificateKeyFilePassword=topsecret&authMechanismProperties=AWS_SESSION_TOKEN:abcdef&x=1';
  const redact = redactor([given]);
  expect(redact(`cannot open ${given}`)).toBe(
    'cannot open mongodb://h/?tlsCertificateKeyFilePassword=…&authMechanismProperties=…&x=1',
  );
  expect(redact('topsecret was not right')).toBe('… was not right');
});

test('URLs without a password and other text are unchanged', () => {
  const redact = redactor(['mongodb://user@h:27017/x', 'https://h/a:b']);
  for (const text of [
    'Unknown command x',
    'mongodb://user@h:27017/x',
    'mongodb://h:27017',
    'a:b@c',
    'user 7',
  ])
    expect(redact(text)).toBe(text);
});
