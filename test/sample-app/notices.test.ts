import { startSample, type Started } from './started.js';
import { linkTo, type Visitor } from './visitor.js';

let app: Started;
let user: Visitor;
let boss: Visitor;
beforeAll(async () => {
  app = await startSample();
  [user, boss] = [await app.login('user1'), await app.login('boss')];
});
afterAll(() => app?.remove());

const ask = async (): Promise<void> => {
  const { path } = await user.post('/start/Request%20Vacation/start_vacation');
  await user.post(`${path}/complete`, { from: '2030-01-01', to: '2030-01-02' });
};
const shown = (text: string): number => [...text.matchAll(/asks for vacation/g)].length;
const total = (text: string): string | undefined => /Notices <span class="count">(\d+)</.exec(text)?.[1];

test('notices are paged, newest first', async () => {
  for (let count = 0; count < 7; count++) await ask();
  const first = await boss.get('/tasks');
  expect([shown(first.text), total(first.text)]).toEqual([5, '7']);
  const second = await boss.get(linkTo(first, '/tasks?', 'Older notices').replace(/#.*/, ''));
  expect(shown(second.text)).toBe(2);
  expect(shown((await boss.get('/tasks?notices=99')).text)).toBe(2);
  expect(second.text).toContain('Newer notices');
});

test('a notice goes when its task is done, whoever did it', async () => {
  const before = Number(total((await boss.get('/tasks')).text));
  const approve = linkTo(await boss.get('/tasks'), '/tasks/', 'Approve');
  await boss.post(`${approve}/assign`, { to: 'admin' });
  expect(total((await boss.get('/tasks')).text)).toBe(String(before - 1));
  const admin = await app.login('admin');
  await admin.post(`${approve}/complete`, { approved: 'true' });
  expect(total((await boss.get('/tasks')).text)).toBe(String(before - 1));
  const next = linkTo(await boss.get('/tasks'), '/tasks/', 'Approve');
  await boss.post(`${next}/complete`, { approved: 'false' });
  expect(total((await boss.get('/tasks')).text)).toBe(String(before - 2));
});

test('a notice older than a minute without a task is removed from the store', async () => {
  const values = app.guard.store.values('notices:boss');
  await values.set('gone', { text: 'x', itemId: 'gone', time: new Date(Date.now() - 120_000) });
  await values.set('young', { text: 'x', itemId: 'young', time: new Date() });
  await boss.get('/tasks');
  expect([await values.get('gone'), (await values.get('young')) !== undefined]).toEqual([undefined, true]);
});
