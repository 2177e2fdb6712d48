import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { applicationOfFile } from './application.js';
import { type Answer, linkTo, type Visitor } from './visitor.js';

const app = applicationOfFile();

/** A page for people: with a heading and a way on, without anything of the inside. */
function expectReadable(answer: Answer): void {
  expect(answer.text).toMatch(/<h1>[^<]{5,}<\/h1>/);
  expect(answer.text).toMatch(/<p class="notice error" role="alert">[^<]{10,}<\/p>/);
  expect(answer.text).not.toMatch(/node_modules|\.js:\d|Error:/);
}

async function orderedPizza(): Promise<{ baker: Visitor; bake: string }> {
  const [owner, baker] = [await app.login('user1'), await app.login('baker')];
  await owner.get('/start/Order%20Pizza/start_order');
  await owner.post('/start/Order%20Pizza/start_order', { pizza: 'funghi', pieces: '1', address: 'x' });
  return { baker, bake: linkTo(await baker.get('/tasks'), '/tasks/', 'Bake Pizza') };
}

test.each([
  ['/nowhere', 404],
  ['/tasks/absent', 404],
  ['/tasks/%00', 404],
  ['/tasks/%E0%A4%A', 404],
  ['/tasks/[object Object]', 404],
  ['/instances/absent', 404],
  ['/instances/%7B%22%24ne%22%3A1%7D', 404],
  ['/instances?after=nonsense', 400],
  ['/tasks?mine=nonsense', 400],
  ['/start/Nothing/start', 404],
  ['/start/..%2F..%2Fsecret/x', 404],
  ['/start/Order%20Pizza/task_bake', 404],
])('%s answers in words', async (path, status) => {
  const visitor = await app.login('user1');
  const answer = await visitor.get(path);
  expect(answer.status).toBe(status);
  expectReadable(answer);
});

test.each(['OPTIONS *', 'GET *', 'GET x'])('%s is no page, and no error of the application', async (line) => {
  const { hostname, port } = new URL(app.address);
  const socket = connect(Number(port), hostname);
  socket.write(`${line} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(app.output()).not.toContain('request failed');
});

test('an id that is too long is as absent as any other', async () => {
  const visitor = await app.login('user1');
  expect((await visitor.get(`/tasks/${'x'.repeat(3000)}`)).status).toBe(404);
});

test('who is a candidate and has not taken the task cannot complete it', async () => {
  const { baker, bake } = await orderedPizza();
  const answer = await baker.post(`${bake}/complete`);
  expect(answer.status).toBe(403);
  expectReadable(answer);
  expect(answer.text).toContain('Back to the task');
});

test('a stale page: the task was taken away meanwhile', async () => {
  const { baker, bake } = await orderedPizza();
  const admin = await app.login('admin');
  await baker.post(`${bake}/take`);
  await admin.get(bake);
  expect((await admin.post(`${bake}/assign`, { to: 'reviewer' })).text).toContain('is assigned to reviewer');
  for (const action of ['complete', 'release', 'delegate']) {
    const answer = await baker.post(`${bake}/${action}`, { to: 'user2' });
    expect([403, 409]).toContain(answer.status);
    expectReadable(answer);
  }
});

test('of two users who take a task concurrently one gets it, the other is told', async () => {
  const { baker, bake } = await orderedPizza();
  const admin = await app.login('admin');
  await Promise.all([baker.get(bake), admin.get(bake)]);
  const statuses = (await Promise.all([baker.post(`${bake}/take`), admin.post(`${bake}/take`)]))
    .map(({ status }) => status)
    .sort();
  expect(statuses).toEqual([200, 409]);
});

test('a form sent twice is processed once', async () => {
  const { baker, bake } = await orderedPizza();
  await baker.post(`${bake}/take`);
  const answers = await Promise.all([baker.post(`${bake}/complete`), baker.post(`${bake}/complete`)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test('a lent task is given back by who has it, and cannot be completed meanwhile', async () => {
  const { baker, bake } = await orderedPizza();
  const colleague = await app.login('user2');
  await baker.post(`${bake}/take`);
  expect((await baker.post(`${bake}/delegate`, { to: 'user2' })).text).toContain('is lent to user2');
  await colleague.get(bake);
  const early = await colleague.post(`${bake}/complete`);
  expect(early.status).toBe(409);
  expectReadable(early);
  expect((await colleague.post(`${bake}/resolve`)).text).toContain('is back with its owner');
  expect((await colleague.get(bake)).status).toBe(404);
  expect((await baker.post(`${bake}/complete`)).text).toContain('Bake Pizza is completed.');
});

test('a hand-over without a name, or to nobody who exists, is refused', async () => {
  const { baker, bake } = await orderedPizza();
  for (const to of ['', '*', 'nobody', '$(process.exit())']) {
    const answer = await baker.post(`${bake}/assign`, { to });
    expect(answer.status).toBe(400);
    expectReadable(answer);
  }
});

test('a task is assigned to nobody without a name, and nobody is told that it was', async () => {
  const { baker, bake } = await orderedPizza();
  await baker.get(bake);
  const answer = await baker.post(`${bake}/assign`);
  expect(answer.status).toBe(400);
  expectReadable(answer);
  expect((await baker.get(bake)).text).not.toContain('is assigned to');
});
