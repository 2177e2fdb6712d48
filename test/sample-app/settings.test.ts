import { PRODUCTION, type startSample } from './started.js';
import { emptyFolder } from './application.js';

interface Config {
  readonly production: boolean;
  readonly trustProxy: unknown;
  readonly apiKey: string | undefined;
  readonly demoUsers: boolean;
}
const { readConfig } = require('../../sample-app/config.js') as { readConfig(env: object): Config };
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
  ['a short API key', { API_KEY: '12345' }, 'API_KEY is too short'],
  ['an API key of one letter', { API_KEY: 'k'.repeat(40) }, 'API_KEY is too easily guessed'],
  ['the placeholder as API key', { API_KEY: 'change-me' }, 'API_KEY is a placeholder'],
  ['demo users', { DEMO_USERS: 'true' }, 'DEMO_USERS=true adds users with known passwords'],
  ['no login', { REQUIRE_AUTHENTICATION: 'false' }, 'REQUIRE_AUTHENTICATION=false lets everybody in'],
  ['no rules', { ENFORCE_SECURITY: 'false' }, 'ENFORCE_SECURITY=false lets everybody do everything'],
])('production does not start with %s', (_what, env, message) => {
  expect(() => readConfig({ ...PRODUCTION, ...env })).toThrow(message);
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

test('a level of the log that is none is refused', () => {
  expect(() => readConfig({ LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL must be one of');
});

test('production does not start on the data of a demonstration while its known passwords work', async () => {
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
