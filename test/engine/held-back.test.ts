import type { Guard } from 'bpmn-guard';
import { Child } from '../support/child.js';
import { ADMIN_USER, eventually, Guards, person, refusal, waitingTask } from '../support/guards.js';
import {
  call,
  catching,
  end,
  message,
  model,
  service,
  start,
  task,
  throwing,
  timer,
} from '../support/models.js';
import { onMongo, onStores, type Place } from '../support/stores.js';
import { main } from '../../src/cli/main.js';

const ann = person('ann');
const M = { messages: ['m'] };

onStores('Background work that ends the process', (kind) => {
  const guards = new Guards(kind);
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
  });
  const models = {
    Timed: model([start(), catching('c', timer('timeDuration', 'PT0.2S')), service('s', 'die'), end()]),
    Background: model([start(), service('s', 'die'), end()]),
    Good: model([start(), catching('g', timer('timeDuration', 'PT0.2S')), end()]),
  };

  /** A process on the place until it is ended by what it does. */
  async function dies(place: Place, more: object = {}): Promise<void> {
    const child = new Child('deadly.mjs', { store: place.options, ...more });
    children.push(child);
    expect(await child.ended()).toMatchObject({ signal: 'SIGKILL' });
  }

  async function prepared(): Promise<Place> {
    const place = guards.place();
    await (await guards.make({ place, models, services: { die: () => undefined } })).close();
    return place;
  }

  const isEnded = async (guard: Guard, name: string): Promise<boolean> =>
    (await guard.store.instances.find({ filter: { name } })).every(({ status }) => status === 'end');

  test.each([
    ['a timer', 'Timed', { start: 'Timed' }, 1, { work: 'timer', elementId: 'c' }],
    [
      'work in the background',
      'Background',
      { start: 'Background', noWait: true },
      1,
      { work: 'background' },
    ],
  ] as const)(
    'is held back after two ends, listed, and retried on request: %s',
    async (_what, name, first, resumed, expected) => {
      const place = await prepared();
      await dies(place, first);
      for (let at = 0; at < resumed; at++) await dies(place);
      const called: string[] = [];
      const { guard, log } = await guards.open({ place, services: { die: () => void called.push('') } });
      await eventually(async () => (await guard.health()).held === 1);
      const good = await guard.api.engine.start('Good', {}, ann);
      await eventually(async () => (await guard.store.instances.load(good.id))?.status === 'end');
      expect(called).toEqual([]);
      const held = await guard.api.work.list({}, ADMIN_USER);
      expect(held).toMatchObject([{ modelName: name, ended: 2, ...expected }]);
      expect(await guard.api.work.list({}, ann)).toEqual([]);
      expect(log.filter(({ level }) => level === 'error')).toMatchObject([
        { message: 'work is held back because processes ended while it was running', facts: { ended: 2 } },
      ]);
      const { instanceId } = held[0] as { instanceId: string };
      expect((await refusal(guard.api.work.retry(instanceId, ann))).code).toMatch(/not-found|forbidden/);
      await guard.api.work.retry(instanceId, ADMIN_USER);
      await eventually(() => isEnded(guard, name));
      expect(called).toHaveLength(1);
      expect(await guard.health()).toMatchObject({ held: 0, stuck: 0 });
      expect((await refusal(guard.api.work.retry(instanceId, ADMIN_USER))).code).toBe('wrong-state');
    },
  );

  test('can be listed, stopped and retried from the command line', async () => {
    const place = await prepared();
    await dies(place, { start: 'Timed' });
    await dies(place);
    const first = await guards.make({ place, services: { die: () => undefined } });
    await eventually(async () => (await first.health()).held === 1);
    await first.close();
    const { folder, url, name } = place.options as { folder?: string; url?: string; name?: string };
    const where =
      folder === undefined ? ['--url', url as string, '--name', name as string] : ['--folder', folder];
    const said: string[] = [];
    const io = {
      env: {},
      out: (line: string) => void said.push(line),
      err: (line: string) => void said.push(line),
    } as never;
    expect(await main(['work', 'list', '--json', ...where], io)).toBe(0);
    const { instanceId } = JSON.parse(said[0] as string) as { instanceId: string };
    expect(await main(['work', 'retry', instanceId, ...where], io)).toBe(0);
    expect(await main(['work', 'retry', instanceId, ...where], io)).toBe(1);
    expect(await main(['work', 'stop', instanceId, ...where], io)).toBe(0);
    expect(await main(['work', 'stop', instanceId, ...where], io)).toBe(1);
    const second = await guards.make({ place });
    expect(await second.store.instances.load(instanceId)).toMatchObject({ status: 'terminated' });
    expect(await second.health()).toMatchObject({ held: 0, stuck: 0 });
  });
});

const ticking = model([start({}, timer('timeDuration', 'PT0.5S'), 'tick'), service('s', 'die'), end()]);

onStores('A model whose timer start ends the process', (kind) => {
  const guards = new Guards(kind);

  test('is held back after two ends, listed, and starts at its next time when it is told to or saved anew', async () => {
    const place = guards.place();
    await (
      await guards.make({ place, models: { Ticks: ticking }, services: { die: () => undefined } })
    ).close();
    for (const _ of [1, 2])
      expect(await new Child('deadly.mjs', { store: place.options }).ended()).toMatchObject({
        signal: 'SIGKILL',
      });
    const called: string[] = [];
    const { guard, log } = await guards.open({ place, services: { die: () => void called.push('') } });
    await eventually(async () => (await guard.health()).held === 1);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(called).toEqual([]);
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([
      {
        message: 'work is held back because processes ended while it was running',
        facts: { model: 'Ticks', element: 'tick', work: 'start', ended: 2 },
      },
    ]);
    const [held] = await guard.api.work.list({}, ADMIN_USER);
    expect(held).toEqual({
      id: expect.stringMatching(/^start:/),
      modelName: 'Ticks',
      work: 'start',
      elementId: 'tick',
      since: expect.any(Date),
      ended: 2,
    });
    const { id } = held as { id: string };
    expect(await guard.api.work.list({}, ann)).toEqual([]);
    expect((await refusal(guard.api.work.retry(id, ann))).code).toBe('forbidden');
    expect((await refusal(guard.api.work.stop(id, ADMIN_USER))).code).toBe('not-found');
    await guard.api.work.retry(id, ADMIN_USER);
    expect((await refusal(guard.api.work.retry(id, ADMIN_USER))).code).toBe('wrong-state');
    await eventually(() => called.length > 1);
    await guard.api.model.delete('Ticks', ADMIN_USER);
    expect(await guard.health()).toMatchObject({ held: 0 });
  });

  test('starts again when it is saved again', async () => {
    const called: string[] = [];
    const { guard } = await guards.open({ services: { die: () => void called.push('') } });
    const never = ticking.replace('PT0.5S', 'P30D');
    await guard.api.model.save('Ticks', never, null, ADMIN_USER);
    const { guard: own } = (await guard.store.models.get('Ticks', null)) as { guard: { rev: number } };
    const attempt = {
      work: 'start' as const,
      by: 'one that ended',
      at: new Date(0),
      ended: 2,
      held: true,
      elementId: 'tick',
    };
    const held = { ...own, rev: own.rev + 1, attempts: [attempt], held: true };
    expect(await guard.store.models.update('Ticks', null, own.rev, { guard: held })).toBe(true);
    expect(await guard.health()).toMatchObject({ held: 1 });
    await guard.api.model.save('Ticks', ticking, null, ADMIN_USER);
    expect(await guard.health()).toMatchObject({ held: 0 });
    await eventually(() => called.length > 0);
  });
});

onMongo('Work over which one of two running processes ends', () => {
  const guards = new Guards('mongo');
  const models = {
    Timed: model([start(), catching('c', timer('timeDuration', 'PT0.2S')), service('s', 'die'), end()]),
    Background: model([start(), service('s', 'die'), end()]),
    Ticks: ticking,
    Catches: model([start(), catching('c', message('m')), service('s', 'die'), end()], M),
    Throws: model([start(), throwing('t', message('m')), end()], M),
  };

  test.each([
    ['a message to another instance', 'Catches', { start: 'Throws', atOnce: true }],
    ['a timer', 'Timed', { start: 'Timed' }],
    ['work in the background', 'Background', { start: 'Background', noWait: true }],
    ['a start by a timer', 'Ticks', {}],
  ] as const)(
    'is held back by the other, and tried once more by the next that starts: %s',
    async (_what, name, first) => {
      const place = guards.place();
      const beside: string[] = [];
      const services = { die: () => void beside.push('') };
      const other = await guards.make({ place, services, takeOverEvery: 200 });
      for (const saved of new Set([name, 'Throws'] as const))
        await other.api.model.save(saved, models[saved], null, ADMIN_USER);
      if (name === 'Catches') await other.api.engine.start(name, {}, ADMIN_USER);
      const dies = new Child('deadly.mjs', { store: place.options, ...first });
      expect(await dies.ended()).toMatchObject({ signal: 'SIGKILL' });
      await eventually(async () => (await other.health()).held === 1);
      const before = beside.length;
      // Of both, either may have been the first whose timer started the model.
      if (name !== 'Ticks') expect(before).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(beside).toHaveLength(before);
      expect(await other.api.work.list({}, ADMIN_USER)).toMatchObject([{ modelName: name, ended: 1 }]);
      const called: string[] = [];
      const next = await guards.make({ place, services: { die: () => void called.push('') } });
      await eventually(() => called.length > 0);
      await eventually(async () => (await next.health()).held === 0);
    },
  );

  test('is not taken for that while its process is at work on it: a start that takes longer than its timer', async () => {
    const place = guards.place();
    const slow = { die: () => new Promise((resolve) => setTimeout(resolve, 1500)) };
    const both = [
      await guards.open({ place, services: slow, takeOverEvery: 200 }),
      await guards.open({ place, services: slow, takeOverEvery: 200 }),
    ];
    const [{ guard }] = both as [(typeof both)[0]];
    await guard.api.model.save('Ticks', ticking, null, ADMIN_USER);
    const count = (): Promise<number> => guard.store.instances.count({ filter: { name: 'Ticks' } });
    await eventually(async () => (await count()) >= 4);
    const model = await guard.store.models.get('Ticks', null);
    expect(model?.guard?.attempts ?? []).not.toContainEqual(expect.objectContaining({ held: true }));
    expect((await guard.health()).held).toBe(0);
    expect(both.flatMap(({ log }) => log.filter(({ level }) => level !== 'info'))).toEqual([]);
  });
});

onStores('An instance that is stopped', (kind) => {
  const guards = new Guards(kind);
  const models = {
    M: model([start(), task('t', { assignee: 'ann' }), service('s', 'never'), end()]),
    Parent: model([start(), call('c', 'Child'), end()]),
    Child: model([start(), task('inner'), end()]),
  };

  test('is free at once while a service runs: the caller is answered, and nothing it does is stored', async () => {
    let isRunning = false;
    const never = (): Promise<never> => ((isRunning = true), new Promise(() => undefined));
    const guard = await guards.make({ services: { never }, models });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const { id: itemId } = await waitingTask(guard, 't', id);
    const completing = refusal(guard.api.tasks.complete(itemId, {}, ann));
    await eventually(() => isRunning);
    expect(await guard.store.locks.list()).toHaveLength(1);
    expect(await guard.api.work.stop(id, ADMIN_USER)).toEqual([id]);
    expect(await completing).toMatchObject({ code: 'conflict' });
    expect(await guard.store.instances.load(id)).toMatchObject({ status: 'terminated' });
    expect(await guard.store.locks.list()).toEqual([]);
    expect(await guard.api.data.getPendingUserTasks({}, ADMIN_USER)).toEqual([]);
    expect((await refusal(guard.api.work.stop(id, ADMIN_USER))).code).toBe('wrong-state');
  });

  test('ends with what it has called, by administrators only', async () => {
    const guard = await guards.make({ models });
    const { id } = await guard.api.engine.start('Parent', {}, ann);
    expect((await refusal(guard.api.work.stop(id, ann))).code).toBe('forbidden');
    expect((await refusal(guard.api.work.stop(id, person('eve')))).code).toBe('not-found');
    expect(await guard.api.work.stop(id, ADMIN_USER)).toHaveLength(2);
    expect((await guard.store.instances.find({ filter: {} })).map(({ status }) => status)).toEqual([
      'terminated',
      'terminated',
    ]);
  });
});
