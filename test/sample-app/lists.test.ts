import { end, model, start, task } from '../support/models.js';
import { startSample, type Started } from './started.js';
import { linkTo, type Visitor } from './visitor.js';

let app: Started;
beforeAll(async () => {
  app = await startSample();
  const { model: models } = app.guard.as({ userName: 'admin' });
  await models.save(
    'Urgent',
    model([
      start(),
      task('act', { candidateGroups: 'managers', dueDate: '2030-05-06', priority: '80' }),
      end(),
    ]),
  );
  await models.save('Calm', model([start(), task('rest', { candidateGroups: 'managers' }), end()]));
});
afterAll(() => app?.remove());

const claim = (visitor: Visitor, purpose: string) =>
  visitor.post('/start/Expense%20Claim/start_claim', {
    amount: '12.5',
    category: 'meals',
    spentOn: '2030-01-02',
    purpose,
  });
const rowsOf = (text: string): string[] =>
  [...text.matchAll(/<tbody>([\s\S]*?)<\/tbody>/g)].flatMap(([, body]) =>
    [...(body ?? '').matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
      (row ?? '')
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    ),
  );

test('a row of the tasks says process, requester, key fields, due date and priority', async () => {
  const [user, boss] = [await app.login('user1'), await app.login('boss')];
  await claim(user, 'lunch');
  await user.post('/start/Urgent/start');
  const { text } = await boss.get('/tasks');
  const rows = rowsOf(text);
  expect(rows.find((row) => row.includes('Expense Claim'))).toMatch(
    /^Approve Claim Expense Claim user1 Amount: 12\.5 Category: Meals Spent on: 2 Jan 2030 .*managers/,
  );
  expect(rows.find((row) => row.includes('Urgent'))).toMatch(/user1 .*6 May 2030 80/);
});

test('tasks are narrowed to a process and sorted, and the way back keeps that', async () => {
  const [user, boss] = [await app.login('user1'), await app.login('boss')];
  await user.post('/start/Calm/start');
  await user.post('/start/Urgent/start');
  const narrowed = await boss.get('/tasks?process=Calm&sort=oldest');
  expect(rowsOf(narrowed.text).every((row) => row.includes('Calm'))).toBe(true);
  expect(narrowed.text).toMatch(/<option value="Calm" +selected/);
  expect(narrowed.text).toMatch(/<option value="oldest" +selected/);
  const one = await boss.get(linkTo(narrowed, '/tasks/', 'rest'));
  expect(linkTo(one, '/tasks?', 'Back to the list')).toBe('/tasks?process=Calm&amp;sort=oldest');
  const due = rowsOf((await boss.get('/tasks?sort=due')).text);
  expect(due.length).toBeGreaterThan(0);
  expect(due.every((row) => row.includes('6 May 2030'))).toBe(true);
  const byPriority = rowsOf((await boss.get('/tasks?sort=priority')).text);
  expect(byPriority[0]).toContain('Urgent');
  expect(rowsOf((await boss.get('/tasks?process=No+such+process')).text)).toEqual([]);
  expect((await boss.get('/tasks?process=No+such+process')).text).toContain('Nothing matches the filter.');
});

test.each([
  '?sort=toString',
  '?sort=__proto__',
  '?process=%00',
  '?notices=x',
  '?notices=-3',
  '?process[]=a&sort=1',
])('a list takes %s as if it said nothing', async (query) => {
  const boss = await app.login('boss');
  expect((await boss.get(`/tasks${query}`)).status).toBe(200);
  expect((await boss.get(`/instances${query}&state=constructor`)).status).toBe(200);
});

test('instances are narrowed by process and status, sorted, paged, and lead back', async () => {
  const user = await app.login('user2');
  for (let count = 0; count < 27; count++) await user.post('/start/Calm/start');
  await claim(user, 'dinner');
  const first = await user.get('/instances?process=Calm&sort=oldest&state=running');
  expect(rowsOf(first.text)).toHaveLength(25);
  const second = await user.get(linkTo(first, '/instances?', 'More instances').replaceAll('&amp;', '&'));
  expect(rowsOf(second.text)).toHaveLength(2);
  expect(rowsOf((await user.get('/instances?state=ended&process=Calm')).text)).toEqual([]);
  const claims = await user.get('/instances?process=Expense%20Claim');
  expect(rowsOf(claims.text)[0]).toContain('Amount: 12.5 Category: Meals');
  const one = await user.get(linkTo(claims, '/instances/', 'Expense Claim'));
  expect(linkTo(one, '/instances?', 'Back to the list')).toBe('/instances?process=Expense+Claim');
});

test('times have a time zone', async () => {
  const boss = await app.login('boss');
  expect((await boss.get('/tasks')).text).toMatch(
    /<time [^>]*>\d{1,2} \w+ \d{4},? (?:at )?\d\d:\d\d [A-Z]{2,4}[+\d:]*</,
  );
});
