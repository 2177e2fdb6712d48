import { DefaultAppDelegate } from 'bpmn-server';
import { isGuardError } from 'bpmn-guard';
import { Child } from '../support/child.js';
import {
  ADMIN_USER,
  eventually,
  Guards,
  person,
  refusal,
  TestDelegate,
  waitingTask,
} from '../support/guards.js';
import {
  call,
  catching,
  element,
  end,
  listener,
  loop,
  message,
  model,
  script,
  service,
  signal,
  start,
  subProcess,
  task,
  throwing,
  timer,
} from '../support/models.js';
import { onStores } from '../support/stores.js';

const ann = person('ann');

class ServiceError extends Error {
  readonly code = 'E_SERVICE';
}

onStores('A failure inside a model', (kind) => {
  const guards = new Guards(kind);
  const services = { fails: async () => Promise.reject(new ServiceError('the service failed')) };
  const M = model([start(), task('t', { assignee: 'ann' }), service('s', 'fails'), end()]);

  test('that leaves a value which cannot be stored gets its own error, not that of an outage', async () => {
    const bad = "class A { toBSON() { throw new Error('unstorable'); } } data.x = new A()";
    const { guard, log } = await guards.open({
      models: {
        Now: model([start(), script('s', bad), task('t'), end()]),
        Timed: model([start(), catching('c', timer('timeDuration', 'PT0.1S')), script('s', bad), end()]),
      },
    });
    const error = await refusal(guard.api.engine.start('Now', {}, ann));
    expect(error).toMatchObject({ code: 'bad-data', status: 400 });
    expect(await guard.store.instances.count({ filter: { name: 'Now' } })).toBe(0);
    await guard.api.engine.start('Timed', {}, ann);
    const failed = await eventually(() => log.find(({ message: text }) => text === 'a timer failed'));
    expect(failed.facts?.error).toContain('cannot be stored');
    expect(log.filter(({ message: text }) => text === 'a timer will be retried')).toEqual([]);
  });

  test('reaches the caller as thrown, and nothing is stored', async () => {
    const guard = await guards.make({
      services,
      models: {
        M,
        Early: model([start(), service('s', 'fails'), end()]),
        Script: model([
          start(),
          script('s', "throw Object.assign(new RangeError('too far'), { code: 'E_RANGE' })"),
          end(),
        ]),
      },
    });
    for (const [name, code, text] of [
      ['Early', 'E_SERVICE', 'the service failed'],
      ['Script', 'E_RANGE', 'too far'],
    ] as const) {
      const error = await refusal(guard.api.engine.start(name, {}, ann));
      expect(error).toMatchObject({ code, message: text });
      expect(isGuardError(error)).toBe(false);
    }
    expect(await guard.store.instances.count({ filter: {} })).toBe(0);

    const { id } = await guard.api.engine.start('M', { x: 0 }, ann);
    const before = JSON.stringify(await guard.store.instances.load(id));
    const error = await refusal(
      guard.api.tasks.complete((await waitingTask(guard, 't', id)).id, { x: 1 }, ann),
    );
    expect(error).toBeInstanceOf(ServiceError);
    expect(JSON.stringify(await guard.store.instances.load(id))).toBe(before);
    expect(await guard.store.locks.list()).toEqual([]);
    expect(await waitingTask(guard, 't', id)).toMatchObject({
      state: 'assigned',
      assignee: 'ann',
      data: { x: 0 },
    });
    const [entry] = (await guard.store.audit.find({ userName: 'ann', answer: 'failed', limit: 10 })).filter(
      (line) => line.operation === 'task:execute',
    );
    expect(entry).toMatchObject({ answer: 'failed', reason: 'failed' });
    expect(JSON.stringify(entry)).not.toContain('the service failed');
  });

  test('causes no notification, since nothing was stored', async () => {
    const guard = await guards.make({ services, models: { M } });
    const events: string[] = [];
    for (const event of ['started', 'assigned', 'completed'] as const)
      guard.on(event, ({ event: what }) => void events.push(what));
    const { id } = await guard.api.engine.start('M', {}, ann);
    await refusal(guard.api.tasks.complete((await waitingTask(guard, 't', id)).id, {}, ann));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events).toEqual(['started']);
  });

  test("of what a called process does fails its caller's command, of what it does later its own", async () => {
    const guard = await guards.make({
      services,
      models: {
        Child: model([start(), service('s', 'fails'), end()]),
        Parent: model([start(), call('c', 'Child'), end()]),
        Late: model([start(), task('inner'), service('s', 'fails'), end()]),
        Patient: model([start(), call('c', 'Late'), end()]),
      },
    });
    expect(await refusal(guard.api.engine.start('Parent', {}, ann))).toMatchObject({ code: 'E_SERVICE' });
    expect(await guard.store.instances.count({ filter: {} })).toBe(0);
    const { id } = await guard.api.engine.start('Patient', {}, ann);
    expect(
      await refusal(guard.api.tasks.complete((await waitingTask(guard, 'inner')).id, {}, ADMIN_USER)),
    ).toMatchObject({ code: 'E_SERVICE' });
    expect((await guard.store.instances.find({ filter: {} })).map(({ status }) => status)).toEqual([
      'running',
      'running',
    ]);
    expect(await waitingTask(guard, 'inner')).toMatchObject({ status: 'wait' });
    expect(id).toBeDefined();
  });

  test('after a message was thrown reaches nobody: the receiver gets nothing', async () => {
    const guard = await guards.make({
      services,
      models: {
        W: model([start(), catching('c', message('m')), end()], { messages: ['m'] }),
        S: model([start({}, message('n')), task('t'), end()], { messages: ['n'] }),
        T: model(
          [
            start(),
            throwing('one', message('m')),
            throwing('two', message('n')),
            service('s', 'fails'),
            end(),
          ],
          { messages: ['m', 'n'] },
        ),
      },
    });
    const { id } = await guard.api.engine.start('W', {}, ann);
    expect(await refusal(guard.api.engine.start('T', {}, ann))).toMatchObject({ code: 'E_SERVICE' });
    expect(
      (await guard.store.instances.find({ filter: {} })).map((instance) => [instance.id, instance.status]),
    ).toEqual([[id, 'running']]);
  });

  test('of a process that a signal starts fails its sender: no partial instance is stored', async () => {
    const S = { signals: ['s'] };
    const guard = await guards.make({
      services,
      models: {
        R: model([start({}, signal('s')), task('x', {}, listener('start', '')), end()], S),
        Bad: model([start({}, signal('s')), service('s1', 'fails'), end()], S),
        T: model([start(), throwing('th', signal('s')), task('t'), end()], S),
      },
    });
    expect(await refusal(guard.api.engine.start('T', {}, ann))).toMatchObject({
      code: 'E_SERVICE',
      message: 'the service failed',
    });
    expect(await guard.store.instances.count({ filter: {} })).toBe(0);
  });

  test('of a receiver does not fail the sender, is recorded on the receiver, and is counted', async () => {
    const { guard, log } = await guards.open({
      services,
      models: {
        W: model([start(), catching('c', message('m')), service('s', 'fails'), end()], { messages: ['m'] }),
        T: model([start(), throwing('one', message('m')), end()], { messages: ['m'] }),
      },
    });
    const { id } = await guard.api.engine.start('W', {}, ann);
    expect((await guard.api.engine.start('T', {}, ann)).status).toBe('end');
    expect((await guard.store.instances.load(id))?.status).toBe('running');
    expect(await eventually(() => log.find(({ level }) => level === 'error'))).toMatchObject({
      facts: { error: 'the service failed' },
    });
    expect((await guard.health()).stuck).toBe(1);
  });

  describe('in the background', () => {
    test('is recorded on the instance, which tillDone tells, and a later command is not held up', async () => {
      const guard = await guards.make({
        services,
        models: { M: model([start(), task('t', { assignee: 'ann' }), service('s', 'fails'), end()]) },
      });
      const { id } = await guard.api.engine.start('M', {}, ann);
      const view = await guard.api.engine.invoke({ id, 'items.elementId': 't' }, { x: 1 }, ann, {
        noWait: true,
      });
      expect(view.item).toMatchObject({ status: 'end', completedBy: 'ann' });
      expect(await refusal(view.tillDone())).toMatchObject({
        code: 'failed',
        message: 'work in the background failed',
      });
      expect(await guard.store.instances.load(id)).toMatchObject({
        status: 'running',
        guard: { failure: 'work in the background failed' },
      });
      expect((await guard.store.instances.load(id))?.guard?.busy).toBeUndefined();
      expect(await guard.store.locks.list()).toEqual([]);
      expect((await guard.health()).stuck).toBe(0);
      const failures = (await guard.store.audit.find({ answer: 'failed', limit: 10 })).map(
        ({ reason }) => reason,
      );
      expect(failures).toContain('work in the background failed');
    });

    test('before anything could be stored fails the call itself', async () => {
      const guard = await guards.make({
        services,
        models: { M: model([start({}, listener('start', "throw new Error('not even begun')")), end()]) },
      });
      await expect(guard.api.engine.start('M', {}, ann, { noWait: true })).rejects.toThrow('not even begun');
      expect(await guard.store.instances.count({ filter: {} })).toBe(0);
      expect(await guard.store.locks.list()).toEqual([]);
    });

    test('and what goes well there is stored when it has settled; until then the instance is held', async () => {
      const gate: { open?: () => void } = {};
      const guard = await guards.make({
        lockWait: 200,
        services: { wait: () => new Promise<void>((resolve) => (gate.open = resolve)) },
        models: {
          M: model([
            start({ initiator: 'who' }),
            service('s', 'wait'),
            task('t', { assignee: '$(data.who)' }),
            end(),
          ]),
        },
      });
      const view = await guard.api.engine.start('M', { x: 1 }, ann, { noWait: true });
      expect(view).toMatchObject({ status: 'running', data: { x: 1, who: 'ann' } });
      expect(view.items.map(({ elementId }) => elementId)).toEqual(['start']);
      await eventually(() => gate.open);
      expect(await guard.api.data.findInstances({ id: view.id }, ann)).toMatchObject([
        { status: 'running', startedBy: 'ann' },
      ]);
      expect(await refusal(guard.api.data.deleteInstances({ id: view.id }, ADMIN_USER))).toMatchObject({
        code: 'busy',
      });
      gate.open?.();
      expect(await view.tillDone()).toMatchObject({ status: 'running' });
      expect(await guard.api.data.getPendingUserTasks({}, ann)).toMatchObject([
        { elementId: 't', assignee: 'ann' },
      ]);
      expect(await guard.store.locks.list()).toEqual([]);
    });

    test('delivers nothing when it fails', async () => {
      const guard = await guards.make({
        services,
        models: {
          W: model([start(), catching('c', message('m')), end()], { messages: ['m'] }),
          T: model(
            [
              start(),
              task('t', { assignee: 'ann' }),
              throwing('one', message('m')),
              service('s', 'fails'),
              end(),
            ],
            { messages: ['m'] },
          ),
        },
      });
      const { id } = await guard.api.engine.start('W', {}, ann);
      const thrower = await guard.api.engine.start('T', {}, ann);
      const view = await guard.api.engine.invoke({ id: thrower.id, 'items.elementId': 't' }, {}, ann, {
        noWait: true,
      });
      await refusal(view.tillDone());
      expect((await guard.store.instances.load(id))?.status).toBe('running');
    });
  });

  test("in the application's own unawaited methods is recorded, and stops nothing", async () => {
    class Failing extends TestDelegate {
      override async executionStarted(): Promise<void> {
        throw new Error('no start for you');
      }
      override async signalThrown(): Promise<void> {
        throw new Error('no signal for you');
      }
    }
    const { guard, log } = await guards.open({
      delegate: Failing,
      models: { M: model([start(), throwing('th', signal('s')), end()], { signals: ['s'] }) },
    });
    expect((await guard.api.engine.start('M', {}, ann)).status).toBe('end');
    const errors = log.filter(({ level }) => level === 'error').map(({ facts }) => facts?.error);
    expect(errors).toEqual(expect.arrayContaining(['no start for you', 'no signal for you']));
    const reasons = (await guard.store.audit.find({ answer: 'failed', limit: 10 })).map(
      ({ reason }) => reason,
    );
    expect(reasons).toEqual(
      expect.arrayContaining([
        'executionStarted of the application failed',
        'signalThrown of the application failed',
      ]),
    );
  });

  test('ids of instances and items are random and reveal nothing about each other', async () => {
    const guard = await guards.make({ models: { M: model([start(), task('t'), end()]) } });
    const ids: string[] = [];
    for (let at = 0; at < 5; at++) {
      const view = await guard.api.engine.start('M', {}, ADMIN_USER);
      ids.push(view.id, ...view.items.map((item) => item.id));
    }
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // The host's own ids share 15 of 16 bytes with the one before, shifted.
    const bytes = ids.map((id) => id.replaceAll('-', ''));
    for (const [at, one] of bytes.entries())
      for (const other of bytes.slice(at + 1))
        expect(other.includes(one.slice(0, 10)) || one.includes(other.slice(0, 10))).toBe(false);
  });
});

describe('A process with a guard and without handlers of its own', () => {
  const children: Child[] = [];
  const run = (argument: object): Child => {
    const child = new Child('process.mjs', argument);
    children.push(child);
    return child;
  };
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
  });
  const S = { signals: ['s'], messages: ['m'] };

  test("does not have the host's listener that swallows every error", async () => {
    const child = run({ mode: 'listeners' });
    await child.ended();
    expect(child.facts).toEqual([{ uncaught: 0, unhandled: 0 }, { alive: true }]);
  });

  test('survives any failure in a model and reports it', async () => {
    const models: Record<string, string> = {
      service: model([start(), service('s', 'fails'), end()]),
      script: model([start(), script('s', 'throw new Error("x")'), end()]),
      listener: model([start(), task('t', {}, listener('start', 'throw new Error("x")')), end()]),
      processStart: model([start(), task('t'), end()], {
        inner:
          '<bpmn:extensionElements><camunda:executionListener event="start"><camunda:script>throw new Error("x")</camunda:script></camunda:executionListener></bpmn:extensionElements>',
      }),
      processEnd: model([start(), end()], {
        inner:
          '<bpmn:extensionElements><camunda:executionListener event="end"><camunda:script>await 1; throw new Error("x")</camunda:script></camunda:executionListener></bpmn:extensionElements>',
      }),
      condition: model([start(), element('exclusiveGateway', 'g'), end()]).replace(
        /<bpmn:sequenceFlow id="flow_1"([^>]*)\/>/,
        '<bpmn:sequenceFlow id="flow_1"$1><bpmn:conditionExpression>$(nothing.at.all)</bpmn:conditionExpression></bpmn:sequenceFlow>',
      ),
      collection: model([start(), task('t', {}, loop('$(data.nothing.at.all)')), end()]),
      inSubProcess: model([
        start(),
        subProcess('sub', [start({}, '', 'in'), service('s', 'fails'), end('out')]),
        end(),
      ]),
      calls: model([start(), call('c', 'service'), end()]),
      callsEnd: model([start(), call('c', 'processEnd'), end()]),
      noModel: model([start(), call('c', 'nothing'), end()]),
      throwsSignal: model([start(), throwing('th', signal('s')), end()], S),
      startedBySignal: model([start({}, signal('s')), service('s1', 'fails'), end()], S),
    };
    const child = run({ mode: 'failing', models });
    expect(await child.ended()).toMatchObject({ code: 0, signal: null });
    expect(child.facts.at(-1)).toEqual({ alive: true });
    const told = Object.fromEntries(
      child.facts.slice(0, -1).map(({ name, ...fact }) => [name as string, fact]),
    );
    expect(Object.keys(told)).toEqual(Object.keys(models));
    for (const name of Object.keys(models).filter((entry) => entry !== 'throwsSignal')) {
      expect({ name, failed: typeof told[name]?.message, stored: told[name]?.stored }).toEqual({
        name,
        failed: 'string',
        stored: 0,
      });
    }
    for (const name of ['service', 'inSubProcess', 'calls', 'startedBySignal'])
      expect(told[name]).toMatchObject({ code: 'E_SERVICE' });
  });

  test("lives on when the application's delegate and listeners fail, and they are logged", async () => {
    const child = run({
      mode: 'delegate',
      models: { M: model([start(), throwing('th', signal('s')), end()], S) },
    });
    expect(await child.ended()).toMatchObject({ code: 0 });
    expect(child.facts).toEqual([
      { name: 'M', status: 'end' },
      { log: ['executionEvent failed', 'executionStarted failed', 'signalThrown failed'] },
      { alive: true },
    ]);
    const listening = run({ mode: 'appListener', models: { M: model([start(), task('t'), end()]) } });
    expect(await listening.ended()).toMatchObject({ code: 0 });
    expect(listening.facts).toEqual([
      { status: 'running' },
      { message: 'a listener failed at once', code: null },
      { log: ['an asynchronous listener failed'] },
      { alive: true },
    ]);
  });

  test('close refuses new commands, lets running ones finish, and a second guard works after it', async () => {
    const models = {
      Slow: model([start(), service('s', 'slow'), end()]),
      M: model([start(), task('t'), end()]),
    };
    const child = run({ mode: 'close', models });
    expect(await child.ended()).toMatchObject({ code: 0 });
    expect(child.facts).toEqual([
      { message: 'The guard was closed.', code: 'closed' },
      { status: 'end' },
      { message: expect.any(String), code: 'closed' },
      { status: 'running' },
      { alive: true },
    ]);
  });

  test('ends once its guard is closed', async () => {
    const { timer } = await import('../support/models.js');
    const models = {
      Slow: model([start(), service('s', 'slow'), end()]),
      Timed: model([start(), catching('c', timer('timeDuration', 'P1D')), end()]),
      Ticks: model([start({}, timer('timeDuration', 'P1D')), task('t'), end()]),
    };
    const child = run({ mode: 'leave', models });
    expect(await child.ended()).toMatchObject({ code: 0, signal: null });
    expect(child.facts).toEqual([{ closed: true }, { alive: true }]);
  });
});

test("the host's own delegate is what these tests stand on", () => {
  expect(Object.getOwnPropertyNames(DefaultAppDelegate.prototype)).toEqual(
    expect.arrayContaining(['executionStarted', 'executionEvent', 'signalThrown', 'messageThrown']),
  );
});
