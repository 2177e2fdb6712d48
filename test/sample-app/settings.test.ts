import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { PRODUCTION, startSample } from './started.js';
import { emptyFolder } from './application.js';

interface Config {
  readonly production: boolean;
  readonly trustProxy: unknown;
  readonly apiKey: string | undefined;
  readonly demoUsers: boolean;
  readonly requireAuthentication: boolean;
  readonly enforceSecurity: boolean;
  readonly developmentUser: string;
  readonly allowedHosts: readonly string[];
  readonly guardEnvironment: object;
}
const { readConfig } = require('../../sample-app/config.js') as { readConfig(env: object): Config };
const { warnOfSecrets } = require('../../sample-app/config/secrets.js') as {
  warnOfSecrets(config: { sessionSecret?: string }, logger: { warn(message: string): void }): void;
};
const { startApp } = require('../../sample-app/app.js') as { startApp(options: object): Promise<unknown> };
const { DEMO_USERS } = require('../../sample-app/users/demo.js') as { DEMO_USERS: { userName: string }[] };

const LONG = PRODUCTION.SESSION_SECRET;

test('production starts with secrets of its own, and has no demo users', () => {
  expect(readConfig({ ...PRODUCTION, API_KEY: LONG })).toMatchObject({
    production: true,
    demoUsers: false,
    apiKey: LONG,
  });
});

test.each([
  ['no session secret', { SESSION_SECRET: undefined }, 'SESSION_SECRET must be set to a secret of your own'],
  ['an empty session secret', { SESSION_SECRET: ' ' }, 'SESSION_SECRET must be set to a secret of your own'],
  [
    'the session secret of the example',
    { SESSION_SECRET: 'change-me' },
    'SESSION_SECRET must be set to a secret of your own',
  ],
  [
    'a short session secret',
    { SESSION_SECRET: 'x'.repeat(8) + LONG.slice(0, 23) },
    'SESSION_SECRET is too short',
  ],
  [
    'a session secret of one letter',
    { SESSION_SECRET: 'x'.repeat(64) },
    'SESSION_SECRET is too easily guessed',
  ],
  [
    'a session secret of the words of examples',
    { SESSION_SECRET: 'change-me-please-this-is-a-secret-key' },
    'SESSION_SECRET is too easily guessed',
  ],
  [
    'a session secret that repeats itself, such as that of bpmn-web',
    { SESSION_SECRET: 'omni-secret'.repeat(4) },
    'SESSION_SECRET is too easily guessed',
  ],
  [
    'an API key of sequences',
    { API_KEY: '0123456789abcdefghijklmnopqrstuvwxyz' },
    'API_KEY is too easily guessed',
  ],
  ['a short API key', { API_KEY: '12345' }, 'API_KEY is too short'],
  ['an API key of one letter', { API_KEY: 'k'.repeat(40) }, 'API_KEY is too easily guessed'],
  ['the placeholder as API key', { API_KEY: 'change-me' }, 'API_KEY is a placeholder'],
  ['demo users', { DEMO_USERS: 'true' }, 'DEMO_USERS=true adds users with known passwords'],
  ['no login', { REQUIRE_AUTHENTICATION: 'false' }, 'REQUIRE_AUTHENTICATION=false turns the login off'],
  ['no rules', { ENFORCE_SECURITY: 'false' }, 'ENFORCE_SECURITY=false lets everybody do everything'],
  ['no names', { ALLOWED_HOSTS: undefined }, 'ALLOWED_HOSTS must be set'],
  ['blank names', { ALLOWED_HOSTS: ' ' }, 'ALLOWED_HOSTS must be set'],
])('production does not start with %s', (_what, env, message) => {
  expect(() => readConfig({ ...PRODUCTION, ...env })).toThrow(message);
});

test('a session secret that is easily guessed is warned of outside production, without repeating it', () => {
  const warnings: string[] = [];
  const warn = (sessionSecret?: string) =>
    warnOfSecrets(sessionSecret === undefined ? {} : { sessionSecret }, {
      warn: (message) => void warnings.push(message),
    });
  warn();
  warn(LONG);
  expect(warnings).toEqual([]);
  warn('omni-secret-omni-secret');
  expect(warnings).toEqual([
    'SESSION_SECRET is easily guessed: it repeats itself. NODE_ENV=production refuses it.',
  ]);
});

test('the log of the application has the warnings of both secrets', async () => {
  const app = await startSample({ SESSION_SECRET: 'omni-secret-omni-secret', API_KEY: '12345' });
  try {
    expect(app.log.filter((line) => line.includes('"warn"'))).toEqual([
      expect.stringContaining('SESSION_SECRET is easily guessed: it repeats itself'),
      expect.stringContaining('API_KEY is easily guessed: it has fewer than 16 characters'),
    ]);
    expect(app.log.join('\n')).not.toMatch(/omni-secret|12345/);
  } finally {
    await app.remove();
  }
});

test('what is refused is not in the message', () => {
  expect(() => readConfig({ ...PRODUCTION, API_KEY: 'hunter2-hunter2' })).toThrow(/^(?!.*hunter2).*$/s);
});

test.each([
  [undefined, false],
  ['', false],
  ['false', false],
  ['1', 1],
  ['loopback', ['loopback']],
  ['loopback, 10.0.0.0/8, ::1', ['loopback', '10.0.0.0/8', '::1']],
])('TRUST_PROXY=%s', (value, expected) => {
  expect(readConfig({ TRUST_PROXY: value }).trustProxy).toEqual(expected);
});

test.each(['true', 'yes', '*', '0.0.0.0/0', '10.0.0.0/33', 'example.org', '99', '-1', 'loopback;'])(
  'TRUST_PROXY=%s is refused: everybody could write any address',
  (value) => {
    expect(() => readConfig({ TRUST_PROXY: value })).toThrow('TRUST_PROXY must be false');
  },
);

test.each(['prod', 'Production', 'PRODUCTION', 'staging', 'production,', 'live', 'undefined', 'dev'])(
  'NODE_ENV=%s is refused: it could have been meant for production',
  (mode) => {
    expect(() => readConfig({ ...PRODUCTION, NODE_ENV: mode })).toThrow(
      'NODE_ENV must be one of development, test, production',
    );
  },
);

test.each([undefined, '', ' ', 'development', 'test', ' development '])('NODE_ENV=%p starts', (mode) => {
  expect(readConfig({ NODE_ENV: mode })).toMatchObject({ production: false, demoUsers: true });
});

const OPEN: [string, object, string][] = [
  ['no login', { REQUIRE_AUTHENTICATION: 'false' }, 'REQUIRE_AUTHENTICATION=false turns the login off'],
  ['no rules', { ENFORCE_SECURITY: 'FALSE' }, 'ENFORCE_SECURITY=false lets everybody do everything'],
  ['demo users', { DEMO_USERS: 'true' }, 'DEMO_USERS=true adds users with known passwords'],
];
describe.each(OPEN)('%s', (_what, env, message) => {
  test.each([
    { HOST: '0.0.0.0' },
    { HOST: '::' },
    { HOST: '192.168.1.5' },
    { HOST: 'app.example.com' },
    { HOST: '0.0.0.0', ALLOWED_HOSTS: 'localhost' },
    { ALLOWED_HOSTS: 'app.example.com' },
    { HOST: '127.0.0.1', ALLOWED_HOSTS: 'localhost, app.example.com' },
  ])('is refused where other machines get in: %j', (reach) => {
    expect(() => readConfig({ ...env, ...reach })).toThrow(message);
  });

  test.each([{}, { HOST: '127.0.0.9' }, { HOST: '::1' }, { HOST: 'localhost', ALLOWED_HOSTS: 'localhost' }])(
    'is fine on this machine: %j',
    (reach) => {
      expect(() => readConfig({ ...env, ...reach })).not.toThrow();
    },
  );
});

test('where other machines get in there are no demo users, unless they are asked for, and then it does not start', () => {
  expect(readConfig({ HOST: '0.0.0.0', ALLOWED_HOSTS: 'app.example.com' })).toMatchObject({
    demoUsers: false,
    allowedHosts: ['app.example.com'],
  });
});

test.each(['*', 'http://app.example.com', 'app.example.com:3000', 'a,,b', 'a b'])(
  'ALLOWED_HOSTS=%s is refused',
  (names) => {
    expect(() => readConfig({ ALLOWED_HOSTS: names })).toThrow('ALLOWED_HOSTS must be names without ports');
  },
);

describe('the example of the settings', () => {
  const text = readFileSync(path.resolve(__dirname, '../../.env.example'), 'utf8');

  test('switches nothing off when it is copied as it is', () => {
    const { guardEnvironment: _copied, ...copied } = readConfig(parseEnv(text));
    const { guardEnvironment: _unset, ...unset } = readConfig({});
    expect(copied).toEqual(unset);
    expect(readConfig(parseEnv(text))).toMatchObject({ requireAuthentication: true, enforceSecurity: true });
  });

  test('its DEV settings do what it says once the # before them is gone', () => {
    const without = (name: string) => parseEnv(text.replace(new RegExp(`^# (?=${name}=false)`, 'm'), ''));
    expect(readConfig(without('REQUIRE_AUTHENTICATION'))).toMatchObject({
      requireAuthentication: false,
      developmentUser: 'user1',
    });
    expect(readConfig(without('ENFORCE_SECURITY'))).toMatchObject({
      requireAuthentication: true,
      enforceSecurity: false,
    });
  });

  test('names every setting that is read', () => {
    const read = new Set<string>();
    const recording = new Proxy({}, { get: (_none, name) => void read.add(String(name)) });
    readConfig(recording);
    expect([...read].filter((name) => !new RegExp(`^(# )?${name}=`, 'm').test(text))).toEqual([]);
  });
});

test('a level of the log that is none is refused', () => {
  expect(() => readConfig({ LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL must be one of');
});

test('neither in production nor for other machines does it start on data in which a known password works', async () => {
  const { folder, remove } = await emptyFolder();
  const quiet = { info() {}, warn() {}, error() {} };
  const start = (env: object) =>
    startApp({ port: 0, env: { DATA_DIR: folder, ...env }, logger: quiet }) as ReturnType<typeof startSample>;
  try {
    const demonstration = await start({});
    await demonstration.close();
    await expect(start(PRODUCTION)).rejects.toThrow(
      'The demo user user1 still has the password that everybody knows',
    );
    await expect(start({ ALLOWED_HOSTS: 'app.example.com' })).rejects.toThrow(
      'The demo user user1 still has the password that everybody knows',
    );
    const again = await start({});
    for (const { userName } of DEMO_USERS) await again.users.change(userName, { disabled: true });
    await again.users.setPassword('admin', 'a password of its own');
    await again.users.change('admin', { disabled: false });
    await again.close();
    const real = await start(PRODUCTION);
    await real.close();
  } finally {
    await remove();
  }
});
