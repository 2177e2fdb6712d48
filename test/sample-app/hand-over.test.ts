import { end, model, start, task } from '../support/models.js';
import { startSample, type Started } from './started.js';
import { linkTo, type Visitor } from './visitor.js';

let app: Started;
beforeAll(async () => {
  app = await startSample();
  const { model: models } = app.guard.as({ userName: 'admin' });
  await models.save('Open', model([start(), task('free'), end()]));
  await models.save('Only', model([start(), task('only', { candidateUsers: 'user1' }), end()]));
});
afterAll(() => app?.remove());

const vacation = async (visitor: Visitor): Promise<string> =>
  (await visitor.post('/start/Request%20Vacation/start_vacation')).path;
/** The names in the list of people of a task's page. */
const names = (text: string): string[] =>
  [...(/<datalist[^>]*>([\s\S]*?)<\/datalist>/.exec(text)?.[1] ?? '').matchAll(/value="([^"]*)"/g)].map(
    ([, name]) => name as string,
  );
const asked = async (requester: Visitor): Promise<void> => {
  const task = await vacation(requester);
  await requester.post(`${task}/complete`, { from: '2030-01-01', to: '2030-01-02' });
};

test('releasing a task that nobody else may take shows a warning first', async () => {
  const user = await app.login('user1');
  const mine = await vacation(user);
  const warned = await user.post(`${mine}/release`);
  expect(warned.text).toContain('Nobody else may take this task');
  expect(warned.text).toContain('not even you may take it back');
  expect((await user.get(mine)).text).toContain('assigned to you');
  const released = await user.post(`${mine}/release`, { confirmed: 'yes' });
  expect(released.text).toMatch(
    /Request belongs to nobody now: an administrator must assign it\.|you may no longer see it/,
  );
  const admin = await app.login('admin');
  expect((await admin.get(mine)).text).toContain('nobody yet: an administrator has to assign it');
});

test('the only candidate is warned that the task will wait for nobody else', async () => {
  const user = await app.login('user1');
  await user.post('/start/Only/start');
  const only = linkTo(await user.get('/tasks'), '/tasks/', 'only');
  await user.post(`${only}/take`);
  expect((await user.post(`${only}/release`)).text).toContain('You are the only one who may do it');
  expect((await user.post(`${only}/release`, { confirmed: 'yes' })).text).toContain('only is free again.');
});

test('a task that others may take is released with one click and a correct notice', async () => {
  const [user, baker] = [await app.login('user1'), await app.login('baker')];
  await user.post('/start/Open/start');
  const free = linkTo(await user.get('/tasks'), '/tasks/', 'free');
  await user.post(`${free}/take`);
  expect((await user.post(`${free}/release`)).text).toContain('free is free again: anybody may take it.');
  expect((await baker.post(`${free}/take`)).text).toContain('free is yours now.');
});

test('a borrower sees the form of a task but cannot send it', async () => {
  const [user, boss, other] = [await app.login('user1'), await app.login('boss'), await app.login('user2')];
  await asked(user);
  const approve = linkTo(await boss.get('/tasks'), '/tasks/', 'Approve');
  await boss.post(`${approve}/delegate`, { to: 'user2' });
  const page = await other.get(approve);
  expect(page.text).toMatch(
    /<fieldset class="plain" disabled>[\s\S]*Approved[\s\S]*Comment[\s\S]*<\/fieldset>/,
  );
  expect(page.text).toContain('boss has lent you this task.');
  expect(page.text).not.toContain('/complete"');
  expect((await boss.get(approve)).text).not.toContain('has lent you');
  await other.post(`${approve}/resolve`);
  expect((await boss.get(approve)).text).toContain('/complete"');
});

test('the list of people has those who may do the task, else all colleagues, and never who has it', async () => {
  const [user, boss, baker] = [await app.login('user1'), await app.login('boss'), await app.login('baker')];
  await asked(user);
  const approve = linkTo(await boss.get('/tasks'), '/tasks/', 'Approve');
  expect(names((await boss.get(approve)).text)).toEqual([
    'admin',
    'baker',
    'designer',
    'reviewer',
    'user1',
    'user2',
  ]);
  await user.post('/start/Order%20Pizza/start_order', { pizza: 'funghi', pieces: '1', address: 'x' });
  const bake = linkTo(await baker.get('/tasks'), '/tasks/', 'Bake Pizza');
  expect(names((await baker.get(bake)).text)).toEqual(['baker']);
});

test('the list of people leaves out members of a group to whom a duty forbids the task', async () => {
  const { model: models, policies } = app.guard.as({ userName: 'admin' });
  await models.save(
    'Judged',
    model([start(), task('judge', { candidateGroups: 'Reviewer, Pizzeria Staff' }), end()]),
  );
  const duty = { duty: 'not-initiator', model: 'Judged', tasks: ['judge'] } as const;
  await policies.duties.save('no-own-case', duty);
  const admin = await app.login('admin');
  const judged = async (who: string): Promise<string[]> => {
    await (await app.login(who)).post('/start/Judged/start');
    return names((await admin.get(linkTo(await admin.get('/tasks'), '/tasks/', 'judge'))).text);
  };
  expect(await judged('reviewer')).toEqual(['baker']);
});

test('the search for names ignores case', async () => {
  const [user, boss] = [await app.login('user1'), await app.login('boss')];
  await asked(user);
  const approve = linkTo(await boss.get('/tasks'), '/tasks/', 'Approve');
  expect((await boss.post(`${approve}/delegate`, { to: ' USER2 ' })).text).toContain(
    'Approve is lent to user2.',
  );
});

test('a form that is sent twice at once starts one instance, and both are answered alike', async () => {
  const user = await app.login('designer');
  const page = await user.get('/start/Order%20Pizza/start_order');
  const once = /name="_once" value="([^"]+)"/.exec(page.text)?.[1] as string;
  const form = { pizza: 'funghi', pieces: '1', address: 'x', _once: once };
  const answers = await Promise.all([1, 2, 3].map(() => user.post('/start/Order%20Pizza/start_order', form)));
  expect(new Set(answers.map(({ path }) => path)).size).toBe(1);
  expect(answers[0]?.path).toMatch(/^\/instances\//);
  const count = async () =>
    (await app.guard.as({ userName: 'admin' }).data.find({ filter: { startedBy: 'designer' }, limit: 50 }))
      .data.length;
  expect(await count()).toBe(1);
  await user.post('/start/Order%20Pizza/start_order', form);
  expect(await count()).toBe(1);
  const again = await user.get('/start/Order%20Pizza/start_order');
  const other = /name="_once" value="([^"]+)"/.exec(again.text)?.[1] as string;
  await user.post('/start/Order%20Pizza/start_order', { ...form, _once: other });
  expect(await count()).toBe(2);
  expect(await app.guard.store.locks.list()).toEqual([]);
});

test('a form that was refused may be sent again', async () => {
  const user = await app.login('reviewer');
  const page = await user.get('/start/Order%20Pizza/start_order');
  const once = /name="_once" value="([^"]+)"/.exec(page.text)?.[1] as string;
  const wrong = await user.post('/start/Order%20Pizza/start_order', { pizza: 'stone', _once: once });
  expect(wrong.status).toBe(400);
  const right = await user.post('/start/Order%20Pizza/start_order', {
    pizza: 'funghi',
    pieces: '1',
    address: 'x',
    _once: once,
  });
  expect(right.path).toMatch(/^\/instances\//);
});
