import { startSample, type Started } from './started.js';

const PASSWORD = 'a long enough word';
const NEW = 'another long word';
/** Longer than these tests take on a busy machine. */
const soon = (limit: number) => ({ windowMs: 600_000, limit });
let app: Started;
beforeAll(async () => {
  app = await startSample({}, { loginsByName: soon(3), loginsByAddress: soon(4) });
  await app.users.add({ userName: 'kim', userGroups: [] }, PASSWORD);
});
afterAll(() => app?.remove());

const change = (old: string) => ({ old, password: NEW, again: NEW });

test('strangers who guess the password of a user do not keep that user from changing it', async () => {
  const kim = app.visitor();
  await kim.login('kim', PASSWORD);
  await kim.get('/account');
  const stranger = app.visitor();
  for (let i = 0; i < 4; i += 1) await stranger.login(i < 3 ? 'kim' : 'nobody', 'wrong');
  expect((await app.visitor().login('kim', PASSWORD)).status).toBe(429);
  const answer = await kim.post('/account/password', change(PASSWORD));
  expect([answer.status, answer.path]).toEqual([200, '/account']);
  expect(answer.text).toContain('Your password is changed.');
});

test('guesses of the old password are limited for each user, and do not keep others from signing in', async () => {
  // The first test has used up what strangers have.
  const here = await startSample({}, { loginsByName: soon(3), loginsByAddress: soon(4) });
  const lee = await here.login('user1');
  await lee.get('/account');
  const statuses: number[] = [];
  for (let i = 0; i < 5; i += 1) statuses.push((await lee.post('/account/password', change('wrong'))).status);
  expect(statuses).toEqual([403, 403, 403, 429, 429]);
  expect((await here.login('user2')).cookies.size).toBeGreaterThan(0);
  expect((await here.visitor().login('user1')).path).toBe('/tasks');
  await here.remove();
});

test('who may not change their password is told so, not that the old one is wrong', async () => {
  const here = await startSample();
  await here.users.add({ userName: 'pat', userGroups: [], tenantId: 'acme' }, PASSWORD);
  const chief = { userName: 'ada', userGroups: ['ADMIN'], tenantId: 'acme' };
  await here.users.add(chief, PASSWORD);
  await here.guard.as({ userName: 'ada' }).policies.securityRoles.save('desk', { rights: ['Todo:Process'] });
  const pat = here.visitor();
  await pat.login('pat', PASSWORD);
  await pat.get('/account');
  const answer = await pat.post('/account/password', change(PASSWORD));
  expect(answer.status).toBe(403);
  expect(answer.text).not.toContain('That is not your old password.');
  expect(answer.text).toContain('Person:Change_Own_Password');
  await here.remove();
});
