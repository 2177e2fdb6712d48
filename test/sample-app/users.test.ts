import { eventually } from '../support/guards.js';
import { end, model, script, start } from '../support/models.js';
import { startSample, type Started } from './started.js';
import { Visitor } from './visitor.js';

let app: Started;
beforeAll(async () => {
  app = await startSample();
});
afterAll(() => app?.remove());

test('a user who is disabled is out at the next request, and back when enabled', async () => {
  const visitor = new Visitor(app.address);
  await visitor.login('user2');
  await app.users.change('user2', { disabled: true });
  expect((await visitor.get('/tasks')).path).toBe('/login');
  expect((await visitor.login('user2')).status).toBe(401);
  await app.users.change('user2', { disabled: false });
  expect((await visitor.login('user2')).path).toBe('/tasks');
});

test('a change of groups takes effect at the next request', async () => {
  const visitor = new Visitor(app.address);
  await visitor.login('boss');
  expect((await visitor.get('/start')).text).not.toContain('Expense Claim');
  await app.users.change('boss', { userGroups: ['managers', 'employees'] });
  expect((await visitor.get('/start')).text).toContain('Expense Claim');
});

test('passwords are kept as salted scrypt hashes only', async () => {
  const users = await app.guard.store.users.list();
  expect(users.length).toBeGreaterThan(3);
  for (const { passwordHash } of users)
    expect(passwordHash).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
  expect(JSON.stringify(users)).not.toMatch(/demo-[a-z]+-\d/);
  expect(new Set(users.map(({ passwordHash }) => passwordHash)).size).toBe(users.length);
});

test('a request that is answered after a logout does not bring the session back', async () => {
  const held: { goOn?: () => void } = {};
  Object.assign(globalThis, { held });
  const slow = model([
    start(),
    script('wait', 'await new Promise(function (resolve) { globalThis.held.goOn = resolve; });'),
    end(),
  ]);
  await app.guard.as({ userName: 'admin' }).model.save('slow', slow);
  const [visitor, copy] = [await app.login('user1'), app.visitor()];
  const cookies = [...visitor.cookies];
  const running = visitor.post('/start/slow/start');
  await eventually(() => held.goOn);
  for (const [name, value] of cookies) copy.cookies.set(name, value);
  await copy.post('/logout', {}, visitor.csrf);
  held.goOn?.();
  expect((await running).path).toBe('/login');
  for (const [name, value] of cookies) copy.cookies.set(name, value);
  expect((await copy.get('/tasks')).path).toBe('/login');
});

test('session ids are not in the store', async () => {
  const visitor = new Visitor(app.address);
  await visitor.login('user1');
  const id = decodeURIComponent([...visitor.cookies.values()][0]!)
    .slice(2)
    .split('.')[0]!;
  const kept = JSON.stringify(await app.guard.store.values('sessions').entries());
  expect(kept).toContain('user1');
  expect(kept).not.toContain(id);
});
