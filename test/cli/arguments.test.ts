import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HELP } from '../../src/cli/help.js';
import { storeOptions } from '../../src/cli/store.js';
import { run } from './running.js';

/** The commands that the help lists. */
const COMMANDS = HELP.split('\n')
  .flatMap((line) => /^ {2}([a-z]+(?: [a-z]+)?)(?= {2,}| [<[-])/.exec(line)?.[1] ?? [])
  .filter((name) => name !== 'help');
/** These name their stores as arguments, make one, or need none. */
const NEED_NO_STORE = ['install', 'move', 'restore', 'models check', 'policy check'];
const POLICIES = mkdtempSync(path.join(tmpdir(), 'guard-policies-'));
writeFileSync(path.join(POLICIES, 'empty.yaml'), '{}');
afterAll(() => rmSync(POLICIES, { recursive: true }));
/** Arguments that a command needs. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  backup: ['x'],
  archive: ['--ended-before', '2030-01-01'],
  'models import': [__filename],
  'models export': ['x'],
  'policy diff': [POLICIES],
  'policy apply': [POLICIES, '--reason', 'x'],
  'work retry': ['x'],
  'work stop': ['x'],
  'key create': ['x'],
  'key revoke': ['x'],
  'user add': ['x', '--without-password'],
  'user disable': ['x'],
  'user enable': ['x'],
  'user groups': ['x'],
  'user remove': ['x'],
  'user password': ['x'],
};
const HINT = 'bpmn-guard help lists the commands and options.';

test.each([[['help']], [['--help']], [['-h']], [['help', '--help']]])(
  '%j prints the help, exit code 0',
  async (args) => {
    const { code, out, err } = await run(args);
    expect([code, err]).toEqual([0, []]);
    for (const command of [
      'install',
      'reindex',
      'verify',
      'backup',
      'key create',
      'key list',
      'key revoke',
      'user add',
      'user disable',
      'user enable',
      'user list',
      'user password',
      'user groups',
      'user remove',
      'restore',
      'move',
      'archive',
      'models list',
      'models import',
      'models export',
      'models check',
    ])
      expect(out.join('\n')).toContain(`\n  ${command}`);
  },
);

test.each<[string[], string[], string[]]>([
  [
    ['help', 'user'],
    ['user add', 'user remove', '--folder <folder>'],
    ['key create', 'install'],
  ],
  [['help', 'user', 'add'], ['user add', '--attribute <name=value>', '--folder'], ['user remove']],
  [['user', 'add', '--help'], ['user add', '--attribute <name=value>'], ['user remove']],
  [['user', 'add', 'bob', '-h'], ['user add'], ['user remove']],
  [['user', '--help'], ['user add', 'user list'], ['key create']],
  [['verify', '--folder', 'x', '-h'], ['verify [--repair]', '--folder <folder>'], ['backup']],
  [
    ['help', 'check'],
    ['models check', '--json'],
    ['models list', '--folder <folder>'],
  ],
  [['help', 'move'], ['move <from> <to>', 'the next run goes on'], ['--folder <folder>']],
  [['help', 'help'], ['help [command]'], ['backup']],
])('%j prints the help for that alone', async (args, said, unsaid) => {
  const { code, out, err } = await run(args);
  expect([code, err]).toEqual([0, []]);
  for (const text of said) expect(out.join('\n')).toContain(text);
  for (const text of unsaid) expect(out.join('\n')).not.toContain(text);
});

test.each(COMMANDS.map((name) => [name]))('there is help for %s', async (name) => {
  const { code, out } = await run(['help', ...name.split(' ')]);
  expect([code, out.join('\n')]).toEqual([0, expect.stringContaining(`\n  ${name}`)]);
});

test.each([[['--version']], [['-v']], [['version']]])(
  '%j prints the version of the package',
  async (args) => {
    const { version } = require('../../package.json') as { version: string };
    expect(await run(args)).toEqual({ code: 0, out: [version], err: [] });
  },
);

test('without a command the help is printed, exit code 2', async () => {
  expect(await run([])).toMatchObject({ code: 2, err: [] });
});

test.each<[string[], string]>([
  [['nope'], 'Unknown command nope'],
  [['key'], 'The command key needs another word: key create, key list, key revoke.'],
  [['models', 'exprot'], 'Unknown command models exprot. Did you mean models export?'],
  [['--verson'], 'Unknown command --verson. Did you mean --version?'],
  [['instal'], 'Unknown command instal. Did you mean install?'],
  [['install', '--flder', 'x'], "Unknown option '--flder'. Did you mean --folder?"],
  [['install', '--flder=x'], "Unknown option '--flder'. Did you mean --folder?"],
  [['key', 'steal', 'x'], 'Unknown command key steal'],
  [['toString'], 'Unknown command toString'],
  [['help', 'usr'], 'Unknown command usr'],
  [['usr', '--help'], 'Unknown command usr'],
  [['help', 'user', 'ad'], 'Unknown command user ad. Did you mean user add?'],
  [['__proto__'], 'Unknown command __proto__'],
  [['install', '--nope'], "Unknown option '--nope'"],
  [['install', 'extra', '--folder', 'x'], 'Unexpected argument: extra'],
  [['backup', '--folder', 'x'], 'Missing: <target>'],
  [['key', 'create', '--folder', 'x'], 'Missing: <key name>'],
  [['user', 'disable', '--folder', 'x'], 'Missing: <user name>'],
  [['verify'], 'No store: give --url and --name, or --folder, or set MONGO_DB_URL or DATA_DIR'],
  [['verify', '--url', 'mongodb://x', '--folder', 'y'], 'Name one store: --url or --folder'],
  [['verify', '--name', 'x', '--folder', 'y'], '--name goes with a URL: a folder holds one store'],
  [
    ['key', 'create', 'k', '--folder', 'x', '--for-anyone', '--for-user', 'alice'],
    '--for-anyone excludes --for-user and --for-group',
  ],
  [
    ['key', 'create', 'k', '--folder', 'x', '--tenant', 'a', '--without-tenant'],
    '--tenant excludes --without-tenant',
  ],
  ...[
    'soon',
    '7',
    '90d',
    '1y',
    '2030',
    '2030-12',
    '2030-02-31',
    '2030-13-01',
    '2030-12-31x',
    '2030-12-31 12:00',
    '2030-12-31T12:00:00Z',
    '2030-12-31 (a comment)',
    ' 2030-12-31',
    '31.12.2030',
    '12/31/2030',
    '+002030-12-31',
    '',
  ].map((text): [string[], string] => [
    ['key', 'create', 'k', '--folder', 'x', `--expires=${text}`],
    '--expires must be a date, such as 2030-12-31',
  ]),
  [
    ['key', 'revoke', 'k', '--folder', 'x', '--tenant', 'a', '--any-tenant'],
    'Use only one of --tenant, --without-tenant and --any-tenant',
  ],
  [['user', 'add', 'u', '--folder', 'x', '--attribute', 'boss'], '--attribute must be name=value'],
  [['user', 'add', 'u', '--password', 'secret-secret'], "Unknown option '--password'"],
])('%j is an unknown command: exit code 2', async (args, message) => {
  const { code, out, err } = await run(args);
  expect([code, out]).toEqual([2, []]);
  expect(err.join('\n')).toContain(message);
  expect(err.join('\n')).toContain(HINT);
});

test.each<[string[], string]>([
  ...COMMANDS.filter((name) => !NEED_NO_STORE.includes(name)).map((name): [string[], string] => [
    [...name.split(' '), ...(ARGUMENTS[name] ?? []), '--folder', '/nowhere/at/all'],
    'There is no folder /nowhere/at/all; bpmn-guard install creates one',
  ]),
  ...['models check', 'check', 'models import'].map((name): [string[], string] => [
    [...name.split(' '), '/nowhere/at/all.bpmn'],
    'There is no file /nowhere/at/all.bpmn',
  ]),
  ...['policy check', 'policy diff', 'policy apply'].map((name): [string[], string] => [
    [...name.split(' '), '/nowhere/at/all.json', ...(ARGUMENTS[name]?.slice(1) ?? [])],
    '/nowhere/at/all.json',
  ]),
])('%j names what does not exist: exit code 1', async (args, message) => {
  const { code, out, err } = await run(args);
  expect([code, out]).toEqual([1, []]);
  expect(err.join('\n')).toContain(message);
  expect(err.join('\n')).not.toContain(HINT);
});

test.each([
  [['--url', 'mongodb://alice:hunter2@h', 'verify']],
  [['verify', 'mongodb://alice:hun@ter2@h/db', '--folder', 'x']],
  [['verify', '--folder', 'mongodb://alice:hunter2@h']],
])('%j does not repeat the password', async (args) => {
  const { code, err } = await run(args);
  expect([code > 0, err.join('\n')]).toEqual([true, expect.stringContaining('mongodb://alice:…@h')]);
  expect(err.join('\n')).not.toMatch(/hunter2|ter2/);
});

test('an unknown command creates no folder', async () => {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'cli-')), 'data');
  await run(['verify', '--folder', folder]);
  await run(['user', 'list', '--folder', folder]);
  expect(existsSync(folder)).toBe(false);
  rmSync(path.dirname(folder), { recursive: true });
});

test('a folder without a store is refused and left unchanged', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cli-'));
  const target = `${folder}-copy`;
  for (const args of [
    ['verify'],
    ['user', 'list'],
    ['user', 'add', 'alice', '--without-password'],
    ['key', 'create', 'erp'],
    ['backup', target],
    ['reindex'],
  ]) {
    const { code, out, err } = await run([...args, '--folder', folder]);
    expect([code, out, err[0]]).toEqual([1, [], expect.stringContaining(`There is no store in ${folder}`)]);
  }
  expect([readdirSync(folder), existsSync(target)]).toEqual([[], false]);
  expect((await run(['install', '--folder', folder])).code).toBe(0);
  expect((await run(['verify', '--folder', folder])).code).toBe(0);
  rmSync(folder, { recursive: true });
});

describe('the choice of the store', () => {
  test.each<[Parameters<typeof storeOptions>[0], Record<string, string>, unknown]>([
    [{ folder: 'f' }, { MONGO_DB_URL: 'mongodb://e', DATA_DIR: 'd' }, { folder: 'f' }],
    [
      { url: 'mongodb://o', name: 'n' },
      { MONGO_DB_URL: 'mongodb://e', MONGO_DB_NAME: 'e' },
      { url: 'mongodb://o', name: 'n' },
    ],
    [{ url: 'mongodb://o' }, { MONGO_DB_NAME: 'e' }, { url: 'mongodb://o', name: 'e' }],
    [
      {},
      { MONGO_DB_URL: 'mongodb://e', MONGO_DB_NAME: 'e', DATA_DIR: 'd' },
      { url: 'mongodb://e', name: 'e' },
    ],
    [{}, { MONGO_DB_URL: 'mongodb://e' }, { url: 'mongodb://e', name: 'bpmn' }],
    [{}, { DATA_DIR: ' d ', MONGO_DB_URL: '  ' }, { folder: 'd' }],
  ])('options %j in the environment %j: %j', (given, env, expected) => {
    expect(storeOptions(given, env)).toEqual(expected);
  });
});

test('an unresponsive store is reported by its code, without its URL, with exit code 1', async () => {
  const { code, err } = await run([
    'verify',
    '--url',
    'mongodb://user:secret@127.0.0.1:1/?serverSelectionTimeoutMS=50',
    '--name',
    'x',
  ]);
  expect(code).toBe(1);
  expect(err.join('\n')).toMatch(/\(store-unavailable\)$/);
  expect(err.join('\n')).not.toContain('secret');
});
