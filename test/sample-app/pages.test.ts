import { catching, end, model, start, task, timer } from '../support/models.js';
import { startSample, type Started } from './started.js';
import { linkTo } from './visitor.js';

type Field = {
  readonly id: string;
  readonly label: string;
  readonly kind: string;
  readonly required: boolean;
  readonly defaultValue?: string;
  readonly values: object[];
};
const { formFields } = require('../../sample-app/pages/form.js') as {
  formFields(fields: readonly Field[], values?: object, problems?: Map<string, string>): object;
};

let app: Started;
beforeAll(async () => {
  app = await startSample();
});
afterAll(() => app?.remove());

test.each([
  [
    'an event',
    catching('later', timer('timeDuration', 'PT1H')),
    'It waits for an event: a time, a message or a signal.',
  ],
  [
    'a task of somebody else',
    task('theirs', { assignee: 'boss' }),
    'It waits for somebody else; you may not see that task.',
  ],
])('of an instance at %s is told what it waits for', async (_what, part, says) => {
  await app.guard.as({ userName: 'admin' }).model.save('waiting', model([start(), part, end()]));
  const visitor = await app.login('user1');
  await visitor.post('/start/waiting/start');
  expect(
    (await visitor.get(linkTo(await visitor.get('/instances'), '/instances/', 'waiting'))).text,
  ).toContain(says);
});

test('a form that comes back has the boxes as they were left, not as they were at first', () => {
  const fields: Field[] = [
    { id: 'news', label: 'News', kind: 'boolean', required: false, defaultValue: 'true', values: [] },
    { id: 'name', label: 'Name', kind: 'text', required: true, values: [] },
  ];
  expect(String(formFields(fields))).toMatch(/type="checkbox"[^>]* checked\s*\/?>/);
  expect(String(formFields(fields, { name: '' }, new Map([['name', 'Name is required.']])))).not.toContain(
    'checked',
  );
});

test('the page of a task gives true reasons in every state that the package knows', async () => {
  const { TRANSITIONS } = await import('bpmn-guard');
  const { STATES } = require('../../sample-app/web/format.js') as { STATES: object };
  const states = new Set(Object.values(TRANSITIONS).flat());
  expect([...states].filter((state) => !Object.hasOwn(STATES, state))).toEqual([]);

  const { model: models, engine, tasks } = app.guard.as({ userName: 'admin' });
  await models.save('Held', model([start(), task('held', { candidateUsers: 'user1' }), end()]));
  const user = await app.login('user1');
  const held = async (): Promise<string> => (await engine.start('Held')).items.at(-1)?.id ?? '';
  const pageOf = async (id: string): Promise<string> => (await user.get(`/tasks/${id}`)).text;

  const suspended = await held();
  await tasks.suspend(suspended);
  const page = await pageOf(suspended);
  expect(page).toContain('title="Nobody may work on it until it is resumed"');
  expect(page.match(/the task is suspended/g)).toHaveLength(6);
  expect(page).not.toMatch(/is lent|not free/);

  const rejected = await held();
  await app.guard.as({ userName: 'user1' }).tasks.reject(rejected);
  const admin = await app.login('admin');
  expect((await admin.get(`/tasks/${rejected}`)).text).toContain('all its candidates have rejected it');

  const taken = await held();
  await user.post(`/tasks/${taken}/take`);
  await user.post(`/tasks/${taken}/delegate`, { to: 'user2' });
  const lent = await pageOf(taken);
  expect(lent).not.toContain('the task is not assigned');
  expect(lent).toContain('the task is lent');
});
