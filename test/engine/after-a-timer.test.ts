import type { Guard } from 'bpmn-guard';
import type { StoredInstance } from '../../src/store/port.js';
import { ADMIN_USER, eventually, Guards, person, waitingTask, type GuardParts } from '../support/guards.js';
import {
  call,
  catching,
  end,
  message,
  model,
  parallel,
  service,
  signal,
  start,
  task,
  throwing,
  timer,
} from '../support/models.js';
import { onStores } from '../support/stores.js';

const ann = person('ann');
const SOON = timer('timeDuration', 'PT0.2S');
const E = { messages: ['m'], signals: ['s'] };
const initiated = (inner = ''): string =>
  model([start({ initiator: 'who' }, inner), task('t', { assignee: '$(data.who)' }), end()], E);

onStores('Work after a timer', (kind) => {
  const guards = new Guards(kind);
  const models = {
    Called: initiated(),
    OnMessage: initiated(message('m')),
    OnSignal: initiated(signal('s')),
    Deep: model([start(), call('c', 'Called'), end()]),
  };

  /** The instance of the model that is started after the timer of another, when it is stored. */
  async function follows(guard: Guard, name: string): Promise<StoredInstance> {
    const { id } = await eventually(async () => (await guard.store.instances.find({ filter: { name } }))[0]);
    return (await guard.store.instances.load(id)) as StoredInstance;
  }

  const open = (first: string, more: GuardParts = {}): Promise<Guard> =>
    guards.make({ models: { ...models, First: first }, ...more });

  test.each([
    ['a called process', call('c', 'Called'), 'Called'],
    ['a process called by a called process', call('c', 'Deep'), 'Called'],
    ['a process that a message starts', throwing('th', message('m')), 'OnMessage'],
    ['a process that a signal starts', throwing('th', signal('s')), 'OnSignal'],
  ])(
    'has the starter of the instance as its starter and the system as its actor: %s',
    async (_what, part, name) => {
      const guard = await open(model([start(), catching('c0', SOON), part, task('later'), end()], E));
      await guard.api.engine.start('First', {}, ann);
      const { guard: kept, data, items = [] } = await follows(guard, name);
      expect(kept).toMatchObject({ startedBy: 'ann', causedBy: 'system' });
      expect(data).toMatchObject({ who: 'ann' });
      expect(items.filter(({ type }) => type === 'bpmn:UserTask')).toMatchObject([
        { assignee: 'ann', userName: 'system' },
      ]);
      expect(
        (await guard.api.data.getPendingUserTasks({ name }, ann)).map(({ elementId }) => elementId),
      ).toEqual(['t']);
    },
  );

  test("keeps the starter of the instance within another user's command", async () => {
    const guard = await open(
      model([
        start(),
        task('t0'),
        parallel(
          'p',
          [service('s', 'slow')],
          [catching('c0', timer('timeDuration', 'PT0.1S')), call('c', 'Called')],
        ),
        end(),
      ]),
      { services: { slow: () => new Promise((resolve) => setTimeout(resolve, 1500)) } },
    );
    const { id } = await guard.api.engine.start('First', {}, ann);
    await guard.api.tasks.complete((await waitingTask(guard, 't0', id)).id, {}, ADMIN_USER);
    const { guard: kept, data } = await follows(guard, 'Called');
    expect(kept).toMatchObject({ startedBy: 'ann', causedBy: 'system' });
    expect(data).toMatchObject({ who: 'ann' });
  });

  test('that sends a message keeps the starter, with the system as the actor', async () => {
    const guard = await open(
      model([start(), catching('c0', SOON), throwing('th', message('x')), end()], { messages: ['x'] }),
    );
    await guard.api.model.save(
      'Waits',
      model([start(), catching('w', message('x')), task('next'), call('c', 'Called'), end()], {
        messages: ['x'],
      }),
      null,
      ADMIN_USER,
    );
    const { id } = await guard.api.engine.start('Waits', {}, person('bob'));
    await guard.api.engine.start('First', {}, ann);
    const next = await eventually(() => waitingTask(guard, 'next', id).catch(() => undefined));
    expect(next).toMatchObject({ userName: 'system' });
    await eventually(async () => (await guard.health()).stuck === 0);
  });
});
