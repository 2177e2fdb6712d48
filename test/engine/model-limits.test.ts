import { openStore, type Guard, type Store } from 'bpmn-guard';
import {
  ADMIN_USER,
  beforeDue,
  eventually,
  Guards,
  person,
  refusal,
  waitingTask,
  type GuardParts,
} from '../support/guards.js';
import {
  boundary,
  call,
  catching,
  element,
  end,
  listener,
  loop,
  message,
  model,
  parallel,
  receive,
  script,
  service,
  signal,
  start,
  subProcess,
  task,
  throwing,
  timer,
  type Part,
} from '../support/models.js';
import { memoryPlace, onStores } from '../support/stores.js';

const ann = person('ann');
const count = (guard: Guard): Promise<number> => guard.store.instances.count({ filter: {} });
const flow = (from: string, to: string): Part => ({
  id: `${from}_${to}`,
  flow: false,
  xml: `<bpmn:sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}" />`,
});
/** Goes from the script back to the gateway, for ever. */
const endless = [element('exclusiveGateway', 'g'), script('again', '1'), flow('again', 'g')];

onStores('A loop over a collection from data', (kind) => {
  const guards = new Guards(kind);
  const votes = (inner: string): string => model([start(), task('vote', {}, inner), end()]);
  const models = {
    Together: votes(loop('$(this.data.voters)')),
    InTurn: votes(loop('$(this.data.voters)', true)),
    Inside: model([
      start(),
      subProcess('sub', [start({}, '', 'in'), task('vote'), end('out')], loop('$(this.data.voters)')),
      end(),
    ]),
    Later: model([
      start(),
      task('first', { assignee: 'ann' }),
      task('vote', {}, loop('$(this.data.voters)')),
      end(),
    ]),
  };
  const list = (length: number): string[] => Array.from({ length }, (_, index) => `v${index}`);

  test.each(['Together', 'InTurn', 'Inside'] as const)(
    'has at most 1000 passes, whatever says how many: %s',
    async (name) => {
      const guard = await guards.make({ models });
      for (const voters of [list(1001), 1001, 300_000_000, { length: 100_000_000 }, 'v'.repeat(1001)]) {
        const error = await refusal(guard.api.engine.start(name, { voters }, ann));
        expect(error).toMatchObject({ code: 'too-many-items', status: 413 });
      }
      expect(await count(guard)).toBe(0);
    },
  );

  test('has as many passes as the option says, and of fewer nothing is refused', async () => {
    const guard = await guards.make({ models, loopLimit: 3 });
    for (const voters of [list(3), 3, 0, []]) await guard.api.engine.start('Together', { voters }, ann);
    expect(await refusal(guard.api.engine.start('Together', { voters: 4 }, ann))).toMatchObject({
      code: 'too-many-items',
    });
  });

  test('that a task reaches leaves the task as it was', async () => {
    const guard = await guards.make({ models });
    const { id } = await guard.api.engine.start('Later', {}, ann);
    const first = await waitingTask(guard, 'first', id);
    const error = await refusal(guard.api.tasks.complete(first.id, { voters: 1e9 }, ann));
    expect(error.code).toBe('too-many-items');
    expect(await waitingTask(guard, 'first', id)).toMatchObject({ status: 'wait', data: {} });
    expect(await guard.store.locks.list()).toEqual([]);
  });
});

onStores('A model that never waits', (kind) => {
  const guards = new Guards(kind);
  const S = { messages: ['m'], signals: ['s'] };
  const models = {
    Circle: model([start(), ...endless]),
    Inside: model([start(), subProcess('sub', [start({}, '', 'in'), ...endless]), end()]),
    Standard: model([
      start(),
      element('scriptTask', 's', {}, '<bpmn:script>1</bpmn:script><bpmn:standardLoopCharacteristics />'),
      end(),
    ]),
    CallsItself: model([start(), call('c', 'CallsItself'), end()]),
    Messages: model([start({}, message('m')), throwing('t', message('m')), end()], S),
    Signals: model([start({}, signal('s')), throwing('t', signal('s')), end()], S),
  };

  test.each(Object.keys(models))('ends with too-many-steps, and nothing is stored: %s', async (name) => {
    const guard = await guards.make({
      models: { [name]: models[name as keyof typeof models] },
      stepLimit: 40,
    });
    const error = await refusal(guard.api.engine.start(name, {}, ann));
    expect(error).toMatchObject({
      code: 'too-many-steps',
      status: 500,
      message: expect.stringContaining('40'),
    });
    expect(await count(guard)).toBe(0);
    expect(await guard.store.locks.list()).toEqual([]);
  });

  test('after a task leaves the task as it was, in the background says so, and after a timer tries no more', async () => {
    const { guard, log } = await guards.open({
      stepLimit: 40,
      models: {
        Task: model([start(), task('t', { assignee: 'ann' }), ...endless]),
        Timed: model([start(), catching('c', timer('timeDuration', 'PT0.1S')), ...endless]),
      },
    });
    const { id } = await guard.api.engine.start('Task', {}, ann);
    const { id: itemId } = await waitingTask(guard, 't', id);
    expect((await refusal(guard.api.tasks.complete(itemId, { x: 1 }, ann))).code).toBe('too-many-steps');
    expect(await waitingTask(guard, 't', id)).toMatchObject({ status: 'wait', data: {} });
    const view = await guard.api.engine.invoke({ 'items.id': itemId }, {}, ann, { noWait: true });
    expect((await refusal(view.tillDone())).code).toBe('failed');
    await guard.api.engine.start('Timed', {}, ann);
    const failed = await eventually(() => log.find(({ message: text }) => text === 'a timer failed'));
    expect(failed.facts?.error).toContain('40 steps');
  });

  test('is not had by two instances that send each other messages for ever: the caller gets an answer', async () => {
    const answering = (asked: string, answer: string): string =>
      model(
        [
          start(),
          element('exclusiveGateway', 'g'),
          receive('r', asked),
          throwing('t', message(answer)),
          flow('t', 'g'),
        ],
        { messages: ['ping', 'pong'] },
      );
    const { guard, log } = await guards.open({
      stepLimit: 40,
      models: { Ping: answering('ping', 'pong'), Pong: answering('pong', 'ping') },
    });
    const ping = await guard.api.engine.start('Ping', {}, ann);
    await guard.api.engine.start('Pong', {}, ann);
    await guard.api.engine.throwMessage('ping', {}, {}, ADMIN_USER);
    const failed = log.find(({ message: text }) => text === 'a delivery between two instances failed');
    expect(failed?.facts?.error).toContain('40 steps');
    const { items } = (await guard.store.instances.load(ping.id)) ?? {};
    expect(items?.length).toBeLessThan(100);
    expect((await guard.health()).stuck).toBe(1);
    expect(await guard.store.locks.list()).toEqual([]);
  });

  test('may go as far as the limit, each command from nought', async () => {
    const guard = await guards.make({
      stepLimit: 4,
      models: { M: model([start(), task('a'), task('b'), task('c'), end()]) },
    });
    const { id } = await guard.api.engine.start('M', {}, ann);
    for (const name of ['a', 'b', 'c'])
      await guard.api.tasks.complete((await waitingTask(guard, name, id)).id, {}, ADMIN_USER);
    expect((await guard.store.instances.load(id))?.status).toBe('end');
  });
});

onStores('A script or service that never ends', (kind) => {
  const guards = new Guards(kind);
  const LIMIT = 1000;
  /** On one store: for what is meant to succeed, and with little time for each command. */
  type Pair = { readonly guard: Guard; readonly hasty: Guard };
  const stores: Store[] = [];
  afterEach(async () => void (await Promise.all(stores.splice(0).map((store) => store.close()))));
  async function pair({ models: made, ...parts }: GuardParts): Promise<Pair> {
    const place = kind === 'mongo' ? guards.place() : memoryPlace();
    const opened = await openStore(place.options);
    stores.push(opened);
    const store = { ...opened, close: async () => undefined };
    const guard = await guards.make({ ...parts, models: made ?? {}, place, store });
    return { guard, hasty: await guards.make({ ...parts, place, store, commandLimit: LIMIT }) };
  }
  const late: { go?: () => void } = {};
  const services = {
    never: () => new Promise(() => undefined),
    late: () => new Promise<void>((resolve) => (late.go = resolve)),
  };
  const models = {
    Service: model([start(), service('s', 'never'), end()]),
    Script: model([start(), script('s', 'await new Promise(() => undefined)'), end()]),
    Listener: model([start(), task('t', {}, listener('wait', 'await new Promise(() => undefined)')), end()]),
    Calls: model([start(), call('c', 'Service'), end()]),
    Parallel: model([start(), parallel('p', [task('t')], [service('s', 'never')]), end()]),
  };

  test.each(Object.keys(models))('ends with timed-out, and nothing is stored: %s', async (name) => {
    const guard = await guards.make({ services, models, commandLimit: LIMIT });
    const began = performance.now();
    const error = await refusal(guard.api.engine.start(name, {}, ann));
    expect(error).toMatchObject({
      code: 'timed-out',
      status: 504,
      message: expect.stringContaining('1000 ms'),
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(LIMIT - 5);
    expect(await count(guard)).toBe(0);
    expect(await guard.store.locks.list()).toEqual([]);
  });

  test('gives the instance free, and what it does afterwards is not stored and begins nothing', async () => {
    const began: string[] = [];
    const { guard, hasty }: Pair = await pair({
      services: {
        ...services,
        begin: async () => {
          await services.late();
          for (const work of [
            () => hasty.api.engine.start('Plain', {}, ann),
            () => hasty.as(ADMIN_USER).engine.invoke({ 'items.elementId': 't' }, {}),
          ])
            await work().then(
              () => began.push('began'),
              (error: { code: string }) => began.push(error.code),
            );
        },
      },
      models: {
        M: model([
          start(),
          task('t', { assignee: 'ann' }),
          service('s', 'begin'),
          task('u'),
          boundary('b', 'u', timer('timeDuration', 'PT0.1S'), true, [end('e2')]),
          end(),
        ]),
        Plain: model([start(), task('p'), end()]),
      },
    });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const { id: itemId } = await waitingTask(guard, 't', id);
    const before = JSON.stringify(await guard.store.instances.load(id));
    Object.assign(late, { go: undefined });
    // Again, where a slow machine had not come to the service by then.
    for (let left = 20; left > 0 && late.go === undefined; left--)
      expect((await refusal(hasty.api.tasks.complete(itemId, { x: 1 }, ann))).code).toBe('timed-out');
    expect(JSON.stringify(await guard.store.instances.load(id))).toBe(before);
    await guard.api.tasks.assign(itemId, 'bob', ADMIN_USER);
    const assigned = JSON.stringify(await guard.store.instances.load(id));
    late.go?.();
    await eventually(() => began.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(began).toEqual(['timed-out', 'timed-out']);
    expect(JSON.stringify(await guard.store.instances.load(id))).toBe(assigned);
    expect(await count(guard)).toBe(1);
  });

  test('in the background is recorded on the instance, which is free again', async () => {
    const { guard, hasty } = await pair({
      services,
      models: { M: model([start(), task('t', { assignee: 'ann' }), service('s', 'never'), end()]) },
    });
    const view = await beforeDue(async () => {
      const { id } = await guard.api.engine.start('M', {}, ann);
      return hasty.api.engine.invoke({ id, 'items.elementId': 't' }, {}, ann, { noWait: true });
    });
    expect(await refusal(view.tillDone())).toMatchObject({ message: 'work in the background took too long' });
    expect(await guard.store.locks.list()).toEqual([]);
    expect((await guard.health()).stuck).toBe(0);
  });

  test('after a timer frees the instance too', async () => {
    const { guard, log } = await guards.open({
      services,
      commandLimit: LIMIT,
      models: {
        M: model([start(), catching('c', timer('timeDuration', 'PT0.1S')), service('s', 'never'), end()]),
      },
    });
    const { id } = await beforeDue(() => guard.api.engine.start('M', {}, ann));
    await eventually(() => log.find(({ message: text }) => text === 'a timer failed'));
    await eventually(async () => (await guard.store.locks.list()).length === 0);
    expect((await guard.store.instances.load(id))?.status).toBe('running');
  });

  test.each(['commandLimit', 'stepLimit', 'loopLimit'])('%s is a whole number from 1 up', async (name) => {
    // What a timer takes ends before 2 ** 31 milliseconds.
    const tooMuch = name === 'commandLimit' ? [2 ** 31] : [];
    for (const value of [0, -1, 1.5, Number.NaN, Infinity, '5', ...tooMuch])
      expect(await refusal(guards.make({ [name]: value }))).toMatchObject({
        code: 'bad-configuration',
        message: expect.stringContaining(name),
      });
  });
});
