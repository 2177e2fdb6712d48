import { serialize } from 'bson';
import { createGuard, openStore, type Guard } from 'bpmn-guard';
import { ADMIN_USER, eventually, person, SILENT, waitingTask } from '../support/guards.js';
import {
  call,
  catching,
  end,
  message,
  model,
  script,
  start,
  task,
  throwing,
  timer,
} from '../support/models.js';
import { lastingPlace, onMongo, type Place } from '../support/stores.js';
import { heard } from '../support/watched-driver.js';

const ann = person('ann');
const LARGE = 'x'.repeat(100_000);

onMongo('A command on an instance with 100 KB of data', () => {
  let place: Place;
  let guard: Guard;
  beforeAll(async () => {
    place = lastingPlace('mongo');
    guard = await createGuard({ env: {}, store: await openStore(place.options), logger: SILENT });
    const flow = [start(), task('t', { assignee: 'ann' }), task('u', { assignee: 'ann' }), end()];
    await guard.api.model.save('M', model(flow), null, ADMIN_USER);
  });
  afterAll(async () => {
    await guard.close();
    await place.remove();
  });

  async function sentBy(work: () => Promise<unknown>): Promise<number> {
    heard.updates = [];
    await work();
    const sent = heard.updates;
    heard.updates = undefined;
    return serialize({ sent }).length;
  }

  test('sends what it changed', async () => {
    const { id } = await guard.api.engine.start('M', { large: LARGE, kept: 1 }, ann);
    const first = await waitingTask(guard, 't', id);
    expect(await sentBy(() => guard.api.tasks.delegate(first.id, 'bob', ADMIN_USER))).toBeLessThan(10_000);
    expect(await sentBy(() => guard.api.tasks.assign(first.id, 'ann', ADMIN_USER))).toBeLessThan(10_000);
    expect(await sentBy(() => guard.api.tasks.complete(first.id, { said: 'yes' }, ann))).toBeLessThan(15_000);
    const second = await waitingTask(guard, 'u', id);
    expect(await sentBy(() => guard.api.tasks.complete(second.id, { kept: 2 }, ann))).toBeLessThan(15_000);
    expect(await guard.store.instances.load(id)).toMatchObject({
      status: 'end',
      data: { large: LARGE, said: 'yes', kept: 2 },
    });
  });

  test('sends what changed of other instances: of one that called the process, and of one that gets a message', async () => {
    const flow = [start(), call('sub', 'Called'), task('u', { assignee: 'ann' }), end()];
    await guard.api.model.save('Calls', model(flow), null, ADMIN_USER);
    const called = [start(), task('t', { assignee: 'ann' }), end()];
    await guard.api.model.save('Called', model(called), null, ADMIN_USER);
    const { id } = await guard.api.engine.start('Calls', { large: LARGE }, ann);
    const { id: taskId } = await eventually(() => waitingTask(guard, 't').catch(() => undefined));
    const told = await sentBy(async () => {
      await guard.api.tasks.complete(taskId, { said: 'yes' }, ann);
      await eventually(() => waitingTask(guard, 'u', id).catch(() => undefined));
    });
    expect(told).toBeLessThan(40_000);
    expect(await guard.store.instances.load(id)).toMatchObject({ data: { large: LARGE } });

    const waits = [start(), catching('m', message('news')), task('v', { assignee: 'ann' }), end()];
    await guard.api.model.save('Waits', model(waits, { messages: ['news'] }), null, ADMIN_USER);
    const throws = [start(), task('w', { assignee: 'ann' }), throwing('n', message('news')), end()];
    await guard.api.model.save('Throws', model(throws, { messages: ['news'] }), null, ADMIN_USER);
    const { id: receiver } = await guard.api.engine.start('Waits', { large: LARGE }, ann);
    const { id: sender } = await guard.api.engine.start('Throws', { large: LARGE }, ann);
    const { id: before } = await waitingTask(guard, 'w', sender);
    const received = await sentBy(async () => {
      await guard.api.tasks.complete(before, {}, ann);
      await eventually(() => waitingTask(guard, 'v', receiver).catch(() => undefined));
    });
    expect(received).toBeLessThan(40_000);
  });

  test('sends what it changed after it has recorded that it begins: a timer, and work in the background', async () => {
    const flow = [
      start(),
      catching('later', timer('timeDuration', 'PT1S')),
      task('t', { assignee: 'ann' }),
      script('s', 'this.token.execution.instance.data.done = true;'),
      task('u', { assignee: 'ann' }),
      end(),
    ];
    await guard.api.model.save('Later', model(flow), null, ADMIN_USER);
    let id = '';
    const fired = await sentBy(async () => {
      ({ id } = await guard.api.engine.start('Later', { large: LARGE }, ann));
      heard.updates = [];
      await eventually(() => waitingTask(guard, 't', id).catch(() => undefined));
    });
    expect(fired).toBeLessThan(20_000);
    const background = await sentBy(async () => {
      const { id: itemId } = await waitingTask(guard, 't', id);
      await guard.api.engine.invoke({ 'items.id': itemId }, { said: 'yes' }, ann, { noWait: true });
      await eventually(() => waitingTask(guard, 'u', id).catch(() => undefined));
    });
    expect(background).toBeLessThan(20_000);
    expect(await guard.store.instances.load(id)).toMatchObject({
      status: 'running',
      data: { large: LARGE, done: true, said: 'yes' },
    });
  });
});
