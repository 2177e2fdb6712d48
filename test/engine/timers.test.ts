import type { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Guard, ItemView } from 'bpmn-guard';
import { Timers } from '../../src/engine/execution/timers.js';
import { ADMIN_USER, beforeDue, eventually, Guards, person, waitingTask } from '../support/guards.js';
import {
  boundary,
  call,
  catching,
  chain,
  element,
  end,
  loop,
  model,
  parallel,
  service,
  start,
  task,
  timer,
} from '../support/models.js';
import { onStores } from '../support/stores.js';

const ann = person('ann');
const all = (guard: Guard, query: Record<string, unknown>): Promise<ItemView[]> =>
  guard.api.data.findItems(query, ADMIN_USER);
const ends = (guard: Guard, id: string): Promise<true> =>
  eventually(async () => (await guard.store.instances.load(id))?.status === 'end');

onStores('Timers', (kind) => {
  const guards = new Guards(kind);
  const nap = (seconds: number) => () => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

  test('an intermediate timer continues when it is due, as the system', async () => {
    const guard = await guards.make({
      models: {
        M: model([start(), catching('c', timer('timeDuration', '$(data.after)')), task('t'), end()]),
      },
    });
    const { id: waits } = await guard.api.engine.start('M', { after: 'P1D' }, ann);
    expect(await all(guard, { id: waits, 'items.elementId': 'c' })).toMatchObject([
      { status: 'wait', timeDue: expect.any(Date) },
    ]);
    const { id } = await guard.api.engine.start('M', { after: 'PT1S' }, ann);
    const [waiting] = await eventually(async () => {
      const found = await all(guard, { id, 'items.elementId': 't' });
      return found.length > 0 && found;
    });
    expect(waiting).toMatchObject({ status: 'wait', userName: 'system' });
    expect(await guard.store.locks.list()).toEqual([]);
  });

  test('an interrupting boundary timer ends the task, one of a task that was completed does nothing', async () => {
    const guard = await guards.make({
      models: {
        M: model([
          start(),
          task('t', { assignee: 'ann' }),
          boundary('late', 't', timer('timeDuration', 'PT1S'), true, [
            task('after', { assignee: 'ann' }),
            end('e2'),
          ]),
          task('next'),
          end(),
        ]),
      },
    });
    const late = await guard.api.engine.start('M', {}, ann);
    const done = await beforeDue(async () => {
      const { id } = await guard.api.engine.start('M', {}, ann);
      await guard.api.tasks.complete((await waitingTask(guard, 't', id)).id, {}, ann);
      return id;
    });
    await eventually(
      async () =>
        (await all(guard, { id: late.id, 'items.elementId': 'after', 'items.status': 'wait' })).length === 1,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(
      (await guard.api.data.getPendingUserTasks({ id: late.id }, ADMIN_USER)).map(
        ({ elementId }) => elementId,
      ),
    ).toEqual(['after']);
    expect(
      (await guard.api.data.getPendingUserTasks({ id: done }, ADMIN_USER)).map(({ elementId }) => elementId),
    ).toEqual(['next']);
  });

  test('a cycle fires as often as it says, beside its task, and ends with it', async () => {
    const cycling = (cycle: string): string =>
      model([
        start(),
        task('t', { assignee: 'ann' }),
        boundary('again', 't', timer('timeCycle', cycle), false, [service('s', 'note'), end('e2')]),
        end(),
      ]);
    const notes: number[] = [];
    const guard = await guards.make({
      services: { note: () => void notes.push(Date.now()) },
      models: { Three: cycling('R3/PT1S'), Many: cycling('R99/PT1S') },
    });
    const { id } = await guard.api.engine.start('Three', {}, ann);
    await eventually(() => notes.length === 3);
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(notes).toHaveLength(3);
    expect(await all(guard, { id, 'items.elementId': 'again', 'items.status': 'wait' })).toEqual([]);
    expect((await guard.api.tasks.complete((await waitingTask(guard, 't', id)).id, {}, ann)).status).toBe(
      'end',
    );

    const many = await guard.api.engine.start('Many', {}, ann);
    await eventually(() => notes.length >= 5);
    expect(
      (await guard.api.tasks.complete((await waitingTask(guard, 't', many.id)).id, {}, ann)).status,
    ).toBe('end');
    const fired = notes.length;
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(notes).toHaveLength(fired);
  });

  test('fire within the command that armed them while that still works, and lose nothing between', async () => {
    const guard = await guards.make({
      services: { slow: nap(2.2) },
      models: {
        Child: model([start(), catching('c', timer('timeDuration', 'PT1S')), end()]),
        M: model([
          start(),
          parallel(
            'p',
            [service('s', 'slow')],
            [catching('c1', timer('timeDuration', 'PT1S')), catching('c2', timer('timeDuration', 'PT1S'))],
          ),
          end(),
        ]),
        Calls: model([start(), parallel('p', [service('s', 'slow')], [call('k', 'Child')]), end()]),
      },
    });
    const [one, two] = await Promise.all([
      guard.api.engine.start('M', {}, ann),
      guard.api.engine.start('Calls', {}, ann),
    ]);
    await ends(guard, one.id);
    await ends(guard, two.id);
    expect((await guard.health()).stuck).toBe(0);
  });

  test('each element of a loop has its own time', async () => {
    const guard = await guards.make({
      models: {
        M: model([
          start(),
          task('t', {}, loop('$(data.times)')),
          boundary('late', 't', timer('timeDuration', '$(item.itemKey)'), false, [end('e2')]),
          end(),
        ]),
      },
    });
    const { id } = await guard.api.engine.start('M', { times: ['PT1000S', 'P2D'] }, ann);
    const due = (await all(guard, { id, 'items.elementId': 'late' })).map((item) =>
      Math.round(((item.timeDue as Date).getTime() - Date.now()) / 1_000_000),
    );
    expect(due).toEqual([1, 173]);
  });

  test('forceTimersDelay shortens every timer', async () => {
    const guard = await guards.make({
      config: { timers: { forceTimersDelay: 200 } },
      models: { M: model([start(), catching('c', timer('timeDuration', 'P10D')), end()]) },
    });
    const { id } = await guard.api.engine.start('M', {}, ann);
    await ends(guard, id);
  });

  test('a timer without a valid time makes the start fail, with its name', async () => {
    const guard = await guards.make({
      models: { M: model([start(), catching('c', timer('timeDate', '$(data.when)')), end()]) },
    });
    await expect(guard.api.engine.start('M', { when: 'never' }, ann)).rejects.toMatchObject({
      code: 'failed',
      message: 'c: the timer has no valid time: its timeDate is "$(data.when)". Nothing was stored.',
    });
    expect(await guard.store.instances.count({ filter: {} })).toBe(0);
  });

  test('survive the end of the guard: what was due meanwhile fires at once, the rest in its time', async () => {
    const place = guards.place();
    const models = {
      M: model([
        start(),
        task('t', { assignee: 'ann' }),
        boundary('again', 't', timer('timeCycle', 'R2/PT1S'), false, [service('s', 'note'), end('e2')]),
        end(),
      ]),
      Late: model([start(), catching('c', timer('timeDuration', 'PT3S')), end()]),
    };
    const notes: string[] = [];
    const services = { note: () => void notes.push('') };
    const first = await guards.make({ place, models, services });
    await first.api.engine.start('M', {}, ann);
    const late = await first.api.engine.start('Late', {}, ann);
    await first.close();
    const fired = notes.length;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(notes).toHaveLength(fired);
    const second = await guards.make({ place, services });
    await eventually(() => notes.length === 2);
    await ends(second, late.id);
  });

  test('of a failed command are gone, and a failing timer leaves its element waiting', async () => {
    const failing = { on: true };
    const { guard, log } = await guards.open({
      services: {
        fail: () => {
          if (failing.on) throw new Error('broken');
        },
      },
      models: {
        A: model([
          start(),
          parallel(
            'p',
            [catching('c', timer('timeDuration', 'PT1S'))],
            [task('x'), service('s', 'fail')].slice(1),
          ),
          end(),
        ]),
        B: model([start(), catching('c', timer('timeDuration', 'PT1S')), service('s', 'fail'), end()]),
      },
    });
    await expect(guard.api.engine.start('A', {}, ann)).rejects.toThrow('broken');
    const { id } = await guard.api.engine.start('B', {}, ann);
    await eventually(() => log.find(({ message }) => message === 'a timer failed'));
    expect(log.filter(({ message }) => message === 'a timer failed')).toMatchObject([
      { facts: { error: 'broken' } },
    ]);
    expect(await all(guard, { id, 'items.elementId': 'c' })).toMatchObject([{ status: 'wait' }]);
    expect(await guard.store.instances.count({ filter: {} })).toBe(1);
    failing.on = false;
    expect((await guard.api.engine.invoke({ id, 'items.elementId': 'c' }, {}, ADMIN_USER)).status).toBe(
      'end',
    );
  });

  test('of an instance that was restarted fire again, and a task that waits again has nobody who completed it', async () => {
    const guard = await guards.make({
      keep: { savePoints: true },
      models: {
        M: model([
          start(),
          parallel('p', [task('a')], [catching('c', timer('timeDuration', 'PT1S')), task('b')]),
          end(),
        ]),
      },
    });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const a = await waitingTask(guard, 'a', id);
    await guard.api.tasks.complete(a.id, {}, ADMIN_USER);
    const b = (): Promise<ItemView> => eventually(() => waitingTask(guard, 'b', id).catch(() => undefined));
    await guard.api.tasks.complete((await b()).id, {}, ADMIN_USER);
    await guard.api.engine.restart({ 'items.id': a.id }, {}, ADMIN_USER);
    expect((await waitingTask(guard, 'a', id)).completedBy).toBeUndefined();
    await b();
  });

  test('of an element that ended, or of an instance that ended or was deleted, are armed no longer', async () => {
    const armed = (): number =>
      process.getActiveResourcesInfo().filter((entry) => entry === 'Timeout').length;
    const guard = await guards.make({
      models: {
        M: model([
          start(),
          task('t', { assignee: 'ann' }),
          boundary('late', 't', timer('timeDuration', 'P1D'), true, [end('e2')]),
          task('u', { assignee: 'ann' }),
          boundary('later', 'u', timer('timeDuration', 'P2D'), true, [end('e3')]),
          end(),
        ]),
      },
    });
    const MANY = 20;
    const before = armed();
    const ids: string[] = [];
    for (let at = 0; at < MANY; at++) ids.push((await guard.api.engine.start('M', {}, ann)).id);
    await eventually(() => armed() >= before + MANY);
    for (const id of ids) await guard.api.tasks.complete((await waitingTask(guard, 't', id)).id, {}, ann);
    await eventually(() => armed() < before + 1.5 * MANY);
    for (const id of ids.slice(0, MANY / 2))
      await guard.api.tasks.complete((await waitingTask(guard, 'u', id)).id, {}, ann);
    await eventually(() => armed() < before + 0.75 * MANY);
    await guard.api.data.deleteInstances({ id: { $in: ids.slice(MANY / 2) } }, ADMIN_USER);
    await eventually(() => armed() < before + 0.25 * MANY);
  });

  test('of an instance that was deleted are no failure', async () => {
    const { guard, log } = await guards.open({
      models: { M: model([start(), catching('c', timer('timeDuration', 'PT1S')), end()]) },
    });
    const { id } = await guard.api.engine.start('M', {}, ann);
    await guard.api.data.deleteInstances({ id }, ADMIN_USER);
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(log).toEqual([]);
  });

  test('do not keep the live execution that armed them', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const guard = await guards.make({
      models: { M: model([start(), catching('c', timer('timeDuration', 'P30D')), end()]) },
    });
    const live: WeakRef<object>[] = [];
    const note = ({ context }: { context: object }): void => void live.push(new WeakRef(context));
    const { listener } = guard.server as unknown as { listener: EventEmitter };
    listener.on('process.wait', note);
    await guard.api.engine.start('M', {}, ann);
    listener.off('process.wait', note);
    expect(live).toHaveLength(1);
    await eventually(() => (gc(), live[0]?.deref() === undefined));
  });

  test('are gone after close', async () => {
    const place = guards.place();
    const notes: string[] = [];
    const { guard, log } = await guards.open({
      place,
      services: { note: () => void notes.push('') },
      models: {
        M: model([start(), catching('c', timer('timeDuration', 'PT1S')), service('s', 'note'), end()]),
        T: model([start({}, timer('timeDuration', 'PT1S')), service('s', 'note'), end()]),
      },
    });
    await guard.api.engine.start('M', {}, ann);
    await guard.close();
    const fired = notes.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(notes).toHaveLength(fired);
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  describe('at the start of a model', () => {
    const ticking = model([start({ initiator: 'who' }, timer('timeDuration', 'PT1S')), task('t'), end()]);
    const count = (guard: Guard, name: string): Promise<number> =>
      guard.store.instances.count({ filter: { name } });

    test('start it again and again, as the system, until it is deleted', async () => {
      const guard = await guards.make({ models: { T: ticking } });
      await eventually(async () => (await count(guard, 'T')) >= 2);
      const [instance] = await guard.api.data.findInstances({ name: 'T' }, ADMIN_USER);
      expect(instance).toMatchObject({ startedBy: 'system', data: { who: 'system' } });
      await guard.api.model.delete('T', ADMIN_USER);
      const then = await count(guard, 'T');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(await count(guard, 'T')).toBeLessThanOrEqual(then + 1);
      expect(await count(guard, 'T')).toBeGreaterThanOrEqual(then);
    });

    test('are not those of an event sub-process: they belong to a running instance', async () => {
      const inner = chain(
        [
          element('startEvent', 'es_start', { isInterrupting: false }, timer('timeDuration', 'PT1S')),
          task('b'),
          end('e2'),
        ],
        'es_',
      );
      const guard = await guards.make({
        models: {
          E: model([
            start(),
            {
              id: 'es',
              flow: false,
              xml: `<bpmn:subProcess id="es" triggeredByEvent="true">${inner}</bpmn:subProcess>`,
            },
            task('a'),
            end(),
          ]),
        },
      });
      const { id } = await guard.api.engine.start('E', {}, ann);
      expect(await all(guard, { id, 'items.elementId': 'a', 'items.status': 'wait' })).toHaveLength(1);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(await count(guard, 'E')).toBe(1);
    });

    test('go with the model when it is renamed, and survive the end of the guard', async () => {
      const place = guards.place();
      const first = await guards.make({ place, models: { T: ticking } });
      await first.api.model.rename('T', 'U', ADMIN_USER);
      await eventually(async () => (await count(first, 'U')) >= 1);
      // One that was due before it was renamed may be there.
      const [old, now] = [await count(first, 'T'), await count(first, 'U')];
      await eventually(async () => (await count(first, 'U')) > now);
      expect(await count(first, 'T')).toBe(old);
      await first.close();
      const second = await guards.make({ place });
      const then = await count(second, 'U');
      await eventually(async () => (await count(second, 'U')) > then);
    });

    if (kind === 'mongo') {
      test('start it once, whichever of two guards on one database comes first', async () => {
        const place = guards.place();
        const began = Date.now();
        const saver = await guards.make({ place, models: { T: ticking } });
        await saver.close();
        const pair = await Promise.all([guards.make({ place }), guards.make({ place })]);
        await eventually(async () => (await count(pair[0], 'T')) >= 6);
        const seconds = (Date.now() - began) / 1000;
        await Promise.all(pair.map((guard) => guard.api.model.delete('T', ADMIN_USER).catch(() => false)));
        expect(await count(pair[0], 'T')).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
      });
    }
  });
});

describe('A timer that is longer than setTimeout can hold', () => {
  afterEach(() => jest.useRealTimers());

  test('is armed in steps and fires once, at its time', () => {
    jest.useFakeTimers();
    const outside = <T>(fn: () => T): T => fn();
    const timers = new Timers(
      { contexts: { outside } } as never,
      {} as never,
      {} as never,
      { attempt: (_what: string, work: () => Promise<unknown>) => work() } as never,
      {} as never,
    );
    const fired: number[] = [];
    const began = Date.now();
    const DAY = 86_400_000;
    timers.arm(new Date(began + 100 * DAY), async () => void fired.push(Date.now()));
    const cancel = timers.arm(new Date(began + 60 * DAY), async () => void fired.push(-1));
    jest.advanceTimersByTime(50 * DAY);
    cancel();
    jest.advanceTimersByTime(49 * DAY);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(2 * DAY);
    expect(fired).toEqual([began + 100 * DAY]);
    timers.arm(new Date(Date.now() + 60 * DAY), async () => void fired.push(-2));
    timers.stop();
    timers.arm(new Date(Date.now()), async () => void fired.push(-3));
    jest.advanceTimersByTime(100 * DAY);
    expect(fired).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
