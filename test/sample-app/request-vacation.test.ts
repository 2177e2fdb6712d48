import { type Application, emptyFolder, startApplication } from './application.js';
import { linkTo, Visitor } from './visitor.js';

let app: Application;
let remove: () => Promise<void>;
const people = new Map<string, Visitor>();
const as = (userName: string): Visitor => people.get(userName)!;

beforeAll(async () => {
  const place = await emptyFolder();
  remove = place.remove;
  app = await startApplication(place.folder);
  for (const userName of ['user1', 'user2', 'boss', 'baker', 'reviewer', 'admin']) {
    const visitor = new Visitor(app.address);
    await visitor.login(userName);
    people.set(userName, visitor);
  }
});
afterAll(async () => {
  await app?.stop();
  await remove?.();
});

const VACATION = '/start/Request%20Vacation/start_vacation';

async function request(
  fields = { from: '2030-07-01', to: '2030-07-14', reason: 'sea & sun' },
): Promise<{ request: string; instance: string }> {
  const task = await as('user1').post(VACATION);
  expect(task.status).toBe(200);
  expect(task.path).toMatch(/^\/tasks\//);
  const instance = linkTo(task, '/instances/', 'Show the whole instance');
  const done = await as('user1').post(`${task.path}/complete`, fields);
  expect(done.text).toContain('Request is completed.');
  return { request: task.path, instance };
}

test('a vacation is requested, decided by the supervisor, and seen by the requester', async () => {
  const { request: task, instance } = await request();

  const other = await as('user2').get('/tasks');
  expect(other.text).not.toContain('Request Vacation');
  expect((await as('user2').get('/instances')).text).not.toContain('Request Vacation');

  const pending = await as('boss').get('/tasks');
  expect(pending.text).toContain('user1 asks for vacation from 2030-07-01 to 2030-07-14.');
  const approve = linkTo(pending, '/tasks/', 'Approve');
  const page = await as('boss').get(approve);
  expect(page.text).toContain('sea &amp; sun');
  expect(page.text).toContain('assigned to you');

  const hidden = [task, approve, instance];
  for (const path of hidden) {
    const answer = await as('user2').get(path);
    const absent = await as('user2').get(path.replace(/[^/]+$/, 'no-such-thing'));
    expect(answer.status).toBe(404);
    expect(withoutTokens(answer.text)).toBe(withoutTokens(absent.text));
  }

  const decided = await as('boss').post(`${approve}/complete`, { approved: 'true', comment: 'Enjoy!' });
  expect(decided.text).toContain('Approve is completed.');
  expect(decided.text).not.toContain('asks for vacation');

  const outcome = await as('user1').get(instance);
  expect(outcome.text).toContain('Outcome');
  expect(outcome.text).toMatch(/<dt>Approved<\/dt>\s*<dd>yes<\/dd>/);
  expect(outcome.text).toContain('Enjoy!');
  expect(outcome.text).toContain('Vacation decided');
});

const withoutTokens = (text: string): string => text.replace(/name="_csrf" value="[^"]+"/g, '');
const ACTIONS = ['take', 'release', 'assign', 'delegate', 'resolve', 'complete'];

test.each(ACTIONS)('%s on a hidden task answers as on an absent one', async (action) => {
  const { instance } = await request();
  const approve = linkTo(await as('boss').get(instance), '/tasks/', 'Approve');
  const hidden = await as('user2').post(`${approve}/${action}`, { to: 'user2', approved: 'true' });
  const absent = await as('user2').post(`/tasks/absent/${action}`, { to: 'user2', approved: 'true' });
  expect([hidden.status, withoutTokens(hidden.text)]).toEqual([404, withoutTokens(absent.text)]);
});

test('the requester sees that the approval waits, and cannot give it', async () => {
  const { instance } = await request();
  const page = await as('user1').get(instance);
  expect(page.text).not.toContain('>Approve<');
  const approve = linkTo(await as('boss').get(instance), '/tasks/', 'Approve');
  expect((await as('user1').post(`${approve}/complete`, { approved: 'true' })).status).toBe(404);
});

test('a stale page cannot complete a finished task and explains why', async () => {
  const { request: task } = await request();
  const again = await as('user1').post(`${task}/complete`, { from: '2031-01-01', to: '2031-01-02' });
  expect(again.status).toBe(409);
  expect(again.text).toContain('That is no longer possible');
  expect(again.text).toContain('Back to the task');
  expect(again.text).not.toMatch(/ at .*\.js:\d/);
});

test('wrong input comes back with the form and what was typed', async () => {
  const task = await as('user1').post(VACATION);
  const answer = await as('user1').post(`${task.path}/complete`, {
    from: '2030-02-31',
    to: '2030-03-01',
    reason: '<b>',
  });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('First day must be a date');
  expect(answer.text).toContain('value="2030-03-01"');
  expect(answer.text).toContain('&lt;b&gt;');
});

test('only the fields of the form are stored', async () => {
  const { instance } = await request({
    from: '2030-07-01',
    to: '2030-07-02',
    reason: 'x',
    requester: 'boss',
    hack: '1',
  } as never);
  const page = await as('user1').get(instance);
  expect(page.text).toMatch(/<dt>Requester<\/dt>\s*<dd>user1<\/dd>/);
  expect(page.text).not.toContain('hack');
});

test('users may start only their processes', async () => {
  const starts = async (userName: string) =>
    [...(await as(userName).get('/start')).text.matchAll(/<h2>([^<]+)<\/h2>/g)]
      .map(([, name]) => name)
      .sort();
  expect(await starts('user1')).toEqual(['Expense Claim', 'Order Pizza', 'Request Vacation']);
  expect(await starts('boss')).toEqual(['Order Pizza', 'Request Vacation']);
  expect(
    (
      await as('boss').post('/start/Expense%20Claim/start_claim', {
        amount: '1',
        category: 'travel',
        spentOn: '2030-01-01',
        purpose: 'x',
      })
    ).status,
  ).toBe(404);
});
