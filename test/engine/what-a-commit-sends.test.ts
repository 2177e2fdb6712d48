import { serialize } from 'bson';
import { createGuard, openStore, type Guard } from 'bpmn-guard';
import { ADMIN_USER, eventually, person, SILENT, waitingTask } from '../support/guards.js';
import { catching, end, model, script, start, task, timer } from '../support/models.js';
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
