import { catching, end, model, start, task, timer } from '../support/models.js';
import { startSample, type Started } from './started.js';
import { linkTo } from './visitor.js';

let app: Started;
beforeAll(async () => {
  app = await startSample();
});
afterAll(() => app?.remove());

test.each([
  ['an event', catching('later', timer('timeDuration', 'PT1H')), 'It waits for something to happen: a time, a message or a signal.'],
  ['a task of somebody else', task('theirs', { assignee: 'boss' }), 'It waits for somebody else, whose task is not yours to see.'],
])('of an instance at %s is told what it waits for', async (_what, part, says) => {
  await app.guard.as({ userName: 'admin' }).model.save('waiting', model([start(), part, end()]));
  const visitor = await app.login('user1');
  await visitor.post('/start/waiting/start');
  expect((await visitor.get(linkTo(await visitor.get('/instances'), '/instances/', 'waiting'))).text).toContain(says);
});
