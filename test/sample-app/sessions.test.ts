import { eventually } from '../support/guards.js';
import { demoPassword } from './demo-password.js';
import { startSample, type Started } from './started.js';
import type { Visitor } from './visitor.js';

interface Kept {
  readonly text: string;
  readonly end: string;
  readonly userName: string | null;
}
const { readConfig } = require('../../sample-app/config.js') as {
  readConfig(env: object): { readonly sessionTimes: { readonly idle: number; readonly longest: number } };
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Behind a proxy that is trusted; the tests come from addresses of their own. */
let app: Started;
beforeAll(async () => {
  app = await startSample({ TRUST_PROXY: '1' });
});
afterAll(() => app?.remove());

const sessions = () => app.guard.store.values('sessions');
const uses = () => app.guard.store.values('sessions-used');

async function login(userName: string, address = '10.1.0.1'): Promise<Visitor> {
  const visitor = app.visitor({ 'x-forwarded-for': address });
  await visitor.login(userName);
  return visitor;
}

/** The sessions of a user in the store, once their use is written. */
const storedOf = (userName: string): Promise<[key: string, kept: Kept][]> =>
  eventually(async () => {
    const own = ((await sessions().entries()) as [string, Kept][]).filter(
      ([, kept]) => kept.userName === userName,
    );
    const used = await Promise.all(own.map(([key]) => uses().get(key)));
    return used.every((use) => use !== undefined) && own;
  });

/** Makes it so long since the sessions of a user were last used. */
async function idleFor(userName: string, ms: number): Promise<void> {
  for (const [key] of await storedOf(userName)) {
    const use = (await uses().get(key)) as object;
    await uses().set(key, { ...use, at: new Date(Date.now() - ms) }, new Date(Date.now() + HOUR));
  }
}

/** Makes it so long since the sessions of a user began; they were used just now. */
async function beganBefore(userName: string, ms: number): Promise<void> {
  for (const [key, kept] of await storedOf(userName)) {
    const began = new Date(Date.now() - ms).toISOString();
    const text = JSON.stringify({ ...(JSON.parse(kept.text) as object), began });
    await sessions().set(key, { ...kept, text }, new Date(kept.end));
  }
}

describe('a session that is idle', () => {
  test('for half an hour is over, and leads to the login and back', async () => {
    const visitor = await login('user1');
    await idleFor('user1', 30 * MINUTE);
    expect((await visitor.get('/instances')).path).toBe('/login');
    expect((await visitor.post('/login', { userName: 'user1', password: demoPassword('user1') })).path).toBe(
      '/instances',
    );
  });

  test('for less goes on, and the time begins anew', async () => {
    const visitor = await login('user2');
    await idleFor('user2', 29 * MINUTE);
    expect((await visitor.get('/tasks')).path).toBe('/tasks');
    const [[key] = ['']] = await storedOf('user2');
    const lastUse = async () => ((await uses().get(key)) as { at: Date }).at;
    const at = await eventually(async () => {
      const time = await lastUse();
      return Date.now() - time.getTime() < MINUTE ? time : undefined;
    });
    expect(at).toBeInstanceOf(Date);
  });

  test('for too long is over for good, also when the clock is set back', async () => {
    const visitor = await login('baker');
    await idleFor('baker', 31 * MINUTE);
    const [[key] = ['']] = await storedOf('baker');
    expect((await visitor.get('/tasks')).path).toBe('/login');
    expect(await sessions().get(key)).toBeUndefined();
    expect(await uses().get(key)).toBeUndefined();
  });
});

describe('a session that is used all the time', () => {
  test('is over 8 hours after the login', async () => {
    const visitor = await login('designer');
    await beganBefore('designer', 8 * HOUR);
    expect((await visitor.get('/tasks')).path).toBe('/login');
  });

  test('is not prolonged by what is stored in it', async () => {
    const visitor = await login('reviewer');
    await beganBefore('reviewer', 7 * HOUR);
    // A page whose address is kept in the session.
    await visitor.get('/instances');
    const [[, kept] = ['', undefined]] = await storedOf('reviewer');
    expect(kept?.text).toContain('/instances');
    expect(Date.parse(kept?.end ?? '')).toBeLessThan(Date.now() + HOUR + MINUTE);
  });
});

test('a session of which it is not known when it began is over', async () => {
  const visitor = await login('user1');
  for (const [key, kept] of await storedOf('user1')) {
    const { began: _began, ...value } = JSON.parse(kept.text) as Record<string, unknown>;
    await sessions().set(key, { ...kept, text: JSON.stringify(value) }, new Date(kept.end));
    await uses().delete(key);
  }
  expect((await visitor.get('/tasks')).path).toBe('/login');
});

test('how long sessions last is set in minutes and hours', () => {
  expect(readConfig({}).sessionTimes).toEqual({ idle: 30 * MINUTE, longest: 8 * HOUR });
  expect(readConfig({ SESSION_IDLE_MINUTES: '5', SESSION_HOURS: '24' }).sessionTimes).toEqual({
    idle: 5 * MINUTE,
    longest: 24 * HOUR,
  });
});

test.each([
  { SESSION_IDLE_MINUTES: '0' },
  { SESSION_IDLE_MINUTES: '-1' },
  { SESSION_IDLE_MINUTES: '0.5' },
  { SESSION_IDLE_MINUTES: '1e3' },
  { SESSION_IDLE_MINUTES: '1441' },
  { SESSION_IDLE_MINUTES: 'never' },
  { SESSION_HOURS: '0' },
  { SESSION_HOURS: '721' },
  { SESSION_HOURS: 'Infinity' },
])('%j is refused: no session lasts for ever', (env) => {
  expect(() => readConfig(env)).toThrow(`${Object.keys(env)[0]} must be a whole number from 1 to`);
});

describe('the page of their own sessions', () => {
  const rows = (text: string): string[] => text.match(/<th scope="row">[\s\S]*?<\/tr>/g) ?? [];

  test('says of each since when, from where, and which is the present one; those of others are not on it', async () => {
    await login('boss', '10.2.0.1');
    const here = await login('boss', '10.2.0.2');
    await login('user2', '10.2.0.3');
    await storedOf('boss');
    const { text } = await here.get('/account/sessions');
    expect(rows(text)).toHaveLength(2);
    const [present, ...others] = [
      ...rows(text).filter((row) => row.includes('this one')),
      ...rows(text).filter((row) => !row.includes('this one')),
    ];
    expect(present).toContain('10.2.0.2');
    expect(others).toHaveLength(1);
    expect(others[0]).toContain('10.2.0.1');
    for (const row of rows(text)) expect(row.match(/<time datetime/g)).toHaveLength(2);
    expect((await here.get('/account')).text).toContain('href="/account/sessions"');
  });

  test('shows the address of the last use, so that a copied cookie is noticed', async () => {
    const here = await login('baker', '10.3.0.2');
    const thief = app.visitor({ 'x-forwarded-for': '10.3.0.66' });
    for (const [name, value] of here.cookies) thief.cookies.set(name, value);
    await thief.get('/tasks');
    await eventually(async () => (await here.get('/account/sessions')).text.includes('10.3.0.66'));
  });

  test('leaves out sessions that are over', async () => {
    await login('designer', '10.4.0.1');
    await idleFor('designer', HOUR);
    const here = await login('designer', '10.4.0.2');
    await storedOf('designer');
    expect(rows((await here.get('/account/sessions')).text)).toHaveLength(1);
  });

  test('signs out everywhere, here too, and nobody else; that is recorded', async () => {
    const [here, elsewhere, other] = [await login('reviewer'), await login('reviewer'), await login('user1')];
    await here.get('/account/sessions');
    expect((await here.post('/account/sessions/end')).path).toBe('/login');
    for (const visitor of [here, elsewhere]) expect((await visitor.get('/tasks')).path).toBe('/login');
    expect((await other.get('/tasks')).path).toBe('/tasks');
    expect(await storedOf('reviewer')).toEqual([]);
    const [entry] = await app.guard.store.audit.find({ userName: 'reviewer', limit: 1 });
    expect(entry).toMatchObject({ operation: 'logout', answer: 'allowed', address: '10.1.0.1' });
  });

  test('signs nobody out by a form of another page', async () => {
    const here = await login('user1');
    expect((await here.post('/account/sessions/end', {}, null)).status).toBe(403);
    expect((await here.get('/tasks')).path).toBe('/tasks');
  });

  test('is for who has signed in', async () => {
    expect((await app.visitor().get('/account/sessions')).path).toBe('/login');
  });
});

test('after a new password only the session that set it is left, in the store too', async () => {
  const [here, elsewhere] = [await login('user2'), await login('user2')];
  await here.get('/account');
  const fields = { old: demoPassword('user2'), password: 'a fine new word', again: 'a fine new word' };
  expect((await here.post('/account/password', fields)).text).toContain('Your password is changed.');
  expect((await elsewhere.get('/tasks')).path).toBe('/login');
  expect(await storedOf('user2')).toHaveLength(1);
  expect((await here.get('/account/sessions')).text).toContain('<span class="count">1</span>');
});
