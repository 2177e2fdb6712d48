import type { Guard } from 'bpmn-guard';
import { SecureUser } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person, refusal, waitingTask } from '../support/guards.js';
import {
  boundary,
  call,
  catching,
  end,
  listener,
  loop,
  message,
  model,
  receive,
  script,
  service,
  signal,
  start,
  subProcess,
  task,
  throwing,
  type Part,
} from '../support/models.js';
import { onStores } from '../support/stores.js';

const [ann, bob, starter] = [person('ann'), person('bob'), person('starter')];
const inTenant = (userName: string, tenantId: string, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName, userGroups, tenantId });

const instances = (guard: Guard, name: string, user: SecureUser = ADMIN_USER) =>
  guard.api.data.findInstances({ name }, user);

onStores('Messages and signals', (kind) => {
  const guards = new Guards(kind);
  const M = { messages: ['m'] };
  const S = { signals: ['s'] };

  describe('from people', () => {
    test('a message starts a process only for senders whom its start event admits', async () => {
      const guard = await guards.make({
        models: {
          W: model(
            [start({ candidateGroups: 'hr' }, message('m')), task('t', { assignee: '$(data.who)' }), end()],
            M,
          ),
        },
      });
      expect(await refusal(guard.api.engine.throwMessage('m', {}, null, ann))).toMatchObject({
        code: 'not-found',
        message: 'No such receiver of the message, or it is not yours to see.',
      });
      expect(await instances(guard, 'W')).toEqual([]);
      const started = await guard.api.engine.throwMessage('m', { who: 'ann' }, null, person('h', 'hr'));
      expect(started).toMatchObject({ data: { who: 'ann' }, instance: { startedBy: 'h' } });
    });

    test('a message reaches the one waiting element if its sender may read the instance', async () => {
      const guard = await guards.make({
        models: {
          W: model([start(), catching('c', message('m')), task('t', { assignee: '$(data.who)' }), end()], M),
        },
      });
      const { id } = await guard.api.engine.start('W', {}, starter);
      expect(await refusal(guard.api.engine.throwMessage('m', {}, null, ann))).toMatchObject({
        code: 'not-found',
      });
      const reached = await guard.api.engine.throwMessage('m', { who: 'ann' }, null, starter);
      expect(reached).toMatchObject({ id, data: { who: 'ann' } });
      expect(await refusal(guard.api.engine.throwMessage('m', {}, null, starter))).toMatchObject({
        code: 'not-found',
      });
      const [entry] = (await guard.store.audit.find({ userName: 'starter', limit: 20 })).filter(
        (line) => line.operation === 'instance:message',
      );
      expect(entry).toMatchObject({ answer: 'refused', reason: 'not-found' });
    });

    test('several waiting receivers are ambiguous until a matching query names one', async () => {
      const guard = await guards.make({ models: { W: model([start(), receive('r', 'm'), end()], M) } });
      const one = await guard.api.engine.start('W', { caseId: 1 }, starter);
      await guard.api.engine.start('W', { caseId: 2 }, starter);
      await guard.api.engine.start('W', { caseId: 1 }, ann);
      expect(await refusal(guard.api.engine.throwMessage('m', {}, null, starter))).toMatchObject({
        code: 'ambiguous',
        status: 409,
      });
      expect(
        await refusal(guard.api.engine.throwMessage('m', {}, { 'data.caseId': 3 }, starter)),
      ).toMatchObject({ code: 'not-found' });
      expect(await guard.api.engine.throwMessage('m', {}, { 'data.caseId': 1 }, starter)).toMatchObject({
        id: one.id,
        status: 'end',
      });
      expect((await instances(guard, 'W')).filter((instance) => instance.status === 'running')).toHaveLength(
        2,
      );
    });

    test('several models that a message starts are ambiguous', async () => {
      const source = model([start({}, message('m')), task('t'), end()], M);
      const guard = await guards.make({ models: { A: source, B: source } });
      expect(await refusal(guard.api.engine.throwMessage('m', {}, null, ann))).toMatchObject({
        code: 'ambiguous',
      });
      expect(await instances(guard, 'A')).toEqual([]);
    });

    test('a message through a boundary event ends the task and goes its own way', async () => {
      const guard = await guards.make({
        models: {
          W: model(
            [
              start(),
              task('t', { assignee: 'ann' }),
              boundary('b', 't', message('m'), true, [task('after', { assignee: 'bob' }), end('e2')]),
              end(),
            ],
            M,
          ),
        },
      });
      const { id } = await guard.api.engine.start('W', {}, starter);
      await guard.api.engine.throwMessage('m', { why: 'late' }, { id }, starter);
      expect(await guard.api.data.getPendingUserTasks({}, ann)).toEqual([]);
      const [after] = await guard.api.data.getPendingUserTasks({}, bob);
      expect(after).toMatchObject({ elementId: 'after', data: { why: 'late' } });
      expect((await guard.api.tasks.complete(after?.id as string, {}, bob)).status).toBe('end');
    });

    test('a signal starts and reaches everything that its sender may, and reports which', async () => {
      const guard = await guards.make({
        models: {
          A: model([start({}, signal('s')), task('t'), end()], S),
          H: model([start({ candidateGroups: 'hr' }, signal('s')), task('t'), end()], S),
          W: model([start(), catching('c', signal('s')), end()], S),
        },
      });
      const mine = [
        await guard.api.engine.start('W', {}, starter),
        await guard.api.engine.start('W', {}, starter),
      ].map(({ id }) => id);
      const other = await guard.api.engine.start('W', {}, ann);
      const reached = await guard.api.engine.throwSignal('s', { x: 1 }, null, starter);
      const waiting = reached.filter((entry) => typeof entry === 'object');
      expect(waiting.map((entry) => entry.instanceId).sort()).toEqual([...mine].sort());
      expect(reached).toHaveLength(3);
      expect(await instances(guard, 'H')).toEqual([]);
      expect(await instances(guard, 'A')).toMatchObject([{ startedBy: 'starter', data: { x: 1 } }]);
      expect((await guard.api.engine.get({ id: other.id }, ann)).status).toBe('running');
      expect((await guard.api.engine.get({ id: mine[0] as string }, starter)).status).toBe('end');
      expect(await refusal(guard.api.engine.throwSignal('none', {}, null, starter))).toMatchObject({
        code: 'not-found',
        status: 404,
      });
    });

    test('a failing receiver does not keep a signal from the others; its failure is reported afterwards', async () => {
      const maybe = (_input: unknown, { item }: { item: { data: { bad?: boolean } } }): void => {
        if (item.data.bad === true) throw new Error('broken');
      };
      const guard = await guards.make({
        services: { maybe },
        models: { W: model([start(), catching('c', signal('s')), service('v', 'maybe'), end()], S) },
      });
      const ids: string[] = [];
      for (const bad of [false, true, false])
        ids.push((await guard.api.engine.start('W', { bad }, starter)).id);
      expect((await refusal(guard.api.engine.throwSignal('s', {}, null, starter))).message).toBe('broken');
      expect(
        await Promise.all(ids.map(async (id) => (await guard.api.engine.get({ id }, starter)).status)),
      ).toEqual(['end', 'running', 'end']);
      const failed = await guard.store.audit.find({ answer: 'failed', limit: 10 });
      expect(failed.map(({ resource }) => resource.instanceId)).toContain(ids[1]);
    });

    test('stay within the tenant', async () => {
      const guard = await guards.make();
      const source = {
        W: model([start(), catching('c', message('m')), end()], M),
        X: model([start({}, signal('s')), end()], S),
      };
      const [acme, beta] = [inTenant('admin', 'acme', 'ADMIN'), inTenant('admin', 'beta', 'ADMIN')];
      for (const admin of [acme, beta])
        for (const [name, xml] of Object.entries(source)) await guard.api.model.save(name, xml, null, admin);
      const { id } = await guard.api.engine.start('W', {}, acme);
      expect(await refusal(guard.api.engine.throwMessage('m', {}, null, beta))).toMatchObject({
        code: 'not-found',
      });
      expect(await refusal(guard.api.engine.throwMessage('m', {}, { id }, ADMIN_USER))).toMatchObject({
        code: 'not-found',
      });
      const [started] = await guard.api.engine.throwSignal('s', {}, null, beta);
      expect(await guard.store.instances.load(started as string)).toMatchObject({ tenantId: 'beta' });
      expect(await guard.api.engine.throwMessage('m', {}, null, acme)).toMatchObject({ id, status: 'end' });
    });
  });

  describe('from models', () => {
    test('a message starts a process for the person behind it', async () => {
      const guard = await guards.make({
        models: {
          T: model(
            [
              start(),
              task('go', { assignee: '$(instance.guard.startedBy)' }),
              throwing('th', message('m')),
              end(),
            ],
            M,
          ),
          W: model(
            [start({ initiator: 'who' }, message('m')), task('t', { assignee: '$(data.who)' }), end()],
            M,
          ),
        },
      });
      const { id } = await guard.api.engine.start('T', { secret: 1 }, starter);
      await guard.api.tasks.complete((await waitingTask(guard, 'go', id)).id, {}, starter);
      expect(await instances(guard, 'W')).toMatchObject([{ startedBy: 'starter', data: { who: 'starter' } }]);
      expect(await guard.api.data.getPendingUserTasks({}, starter)).toHaveLength(1);
    });

    test('a message reaches a waiting element of another instance, by its matching key', async () => {
      const thrower = `${'item.context.messageMatchingKey'} = { 'data.caseId': data.caseId }; item.output = { said: data.caseId }`;
      const guard = await guards.make({
        models: {
          W: model([start(), catching('c', message('m')), task('t'), end()], M),
          T: model([start(), { ...throwing('th', listener('start', thrower) + message('m')) }, end()], M),
        },
      });
      const waiting = [];
      for (const caseId of [1, 2, 3]) waiting.push(await guard.api.engine.start('W', { caseId }, ann));
      await guard.api.engine.start('T', { caseId: 2 }, starter);
      expect(await instances(guard, 'T')).toMatchObject([{ status: 'end' }]);
      const states = await Promise.all(
        waiting.map(async ({ id }) => (await guard.api.engine.get({ id }, ann)).data),
      );
      expect(states).toEqual([{ caseId: 1 }, { caseId: 2, said: 2 }, { caseId: 3 }]);
      expect((await guard.health()).stuck).toBe(0);
    });

    test('a signal reaches its own instance, others, and start events, of its tenant only', async () => {
      const guard = await guards.make();
      const models = {
        W: model([start(), catching('c', signal('s')), end()], S),
        A: model([start({}, signal('s')), end()], S),
        T: model([start(), task('t'), throwing('th', signal('s')), end()], S),
      };
      const [acme, beta] = [inTenant('admin', 'acme', 'ADMIN'), inTenant('admin', 'beta', 'ADMIN')];
      for (const admin of [acme, beta])
        for (const [name, xml] of Object.entries(models)) await guard.api.model.save(name, xml, null, admin);
      const inAcme = await guard.api.engine.start('W', {}, acme);
      const inBeta = await guard.api.engine.start('W', {}, beta);
      const { id } = await guard.api.engine.start('T', {}, acme);
      await guard.api.tasks.complete((await waitingTask(guard, 't', id, acme)).id, {}, acme);
      expect((await guard.api.engine.get({ id: inAcme.id }, acme)).status).toBe('end');
      expect((await guard.api.engine.get({ id: inBeta.id }, beta)).status).toBe('running');
      expect(await instances(guard, 'A', acme)).toMatchObject([{ startedBy: 'admin', tenantId: 'acme' }]);
      expect(await instances(guard, 'A', beta)).toEqual([]);
    });

    test('an element of the same instance gets it too', async () => {
      const fork = model([start(), task('t'), throwing('th', message('m')), end()], M)
        .replace(
          '<bpmn:startEvent id="start"></bpmn:startEvent>',
          '<bpmn:startEvent id="start" /><bpmn:parallelGateway id="g" /><bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition id="dc" messageRef="m" /></bpmn:intermediateCatchEvent><bpmn:endEvent id="e2" /><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="g" /><bpmn:sequenceFlow id="f2" sourceRef="g" targetRef="c" /><bpmn:sequenceFlow id="f3" sourceRef="c" targetRef="e2" />',
        )
        .replace('sourceRef="start" targetRef="t"', 'sourceRef="g" targetRef="t"');
      const guard = await guards.make({ models: { F: fork } });
      const { id } = await guard.api.engine.start('F', {}, ADMIN_USER);
      await guard.api.tasks.complete((await waitingTask(guard, 't', id)).id, {}, ADMIN_USER);
      expect((await guard.api.engine.get({ id }, ADMIN_USER)).status).toBe('end');
      expect((await guard.health()).stuck).toBe(0);
    });

    test('a message with a key passes an element of its own instance that does not match', async () => {
      const both = model(
        [
          start(),
          {
            id: 'g',
            xml:
              '<bpmn:parallelGateway id="g" /><bpmn:sequenceFlow id="own" sourceRef="g" targetRef="c" />' +
              catching('c', message('m')).xml,
          },
          task('t'),
          {
            ...throwing(
              'th',
              listener(
                'start',
                "item.context.messageMatchingKey = { 'data.caseId': 2 }; item.output = { got: true }",
              ) + message('m'),
            ),
          },
          end(),
        ],
        M,
      );
      const guard = await guards.make({
        models: { W: model([start(), catching('c', message('m')), end()], M), F: both },
      });
      const target = await guard.api.engine.start('W', { caseId: 2 }, ADMIN_USER);
      const { id } = await guard.api.engine.start('F', { caseId: 1 }, ADMIN_USER);
      await guard.api.tasks.complete((await waitingTask(guard, 't', id)).id, {}, ADMIN_USER);
      expect(await guard.api.engine.get({ id: target.id }, ADMIN_USER)).toMatchObject({
        status: 'end',
        data: { got: true },
      });
      expect((await guard.api.engine.get({ id }, ADMIN_USER)).status).toBe('running');
    });

    test('a message without a receiver does not stop its sender', async () => {
      const guard = await guards.make({
        models: { T: model([start(), throwing('th', message('m')), end()], M) },
      });
      expect((await guard.api.engine.start('T', {}, ann)).status).toBe('end');
    });
  });
});

onStores('Called processes, sub-processes and loops', (kind) => {
  const guards = new Guards(kind);

  test("a child that ends at once hands its data to the caller's item, in one piece", async () => {
    const guard = await guards.make({
      models: {
        Child: model([start(), script('s', 'data.answer = data.question + 1'), end()]),
        Parent: model([
          start(),
          call('c', 'Child', listener('start', 'item.input = { question: data.n }')),
          task('t', { assignee: '$(data.answer === 8 ? "ann" : "bob")' }),
          end(),
        ]),
      },
    });
    const { id, data } = await guard.api.engine.start('Parent', { n: 7 }, starter);
    expect(data).toMatchObject({ n: 7, answer: 8 });
    expect(await waitingTask(guard, 't', id)).toMatchObject({ assignee: 'ann' });
    expect(await instances(guard, 'Child')).toMatchObject([{ status: 'end', startedBy: 'starter' }]);
  });

  test('when a waiting child ends, its caller continues, whoever ended it; names and tenant are kept', async () => {
    const guard = await guards.make();
    const admin = inTenant('admin', 'acme', 'ADMIN');
    const [ed, flo] = [inTenant('ed', 'acme'), inTenant('flo', 'acme')];
    await guard.api.model.save(
      'Child',
      model([start({ initiator: 'who' }), task('inner', { assignee: 'flo' }), end()]),
      null,
      admin,
    );
    await guard.api.model.save(
      'Parent',
      model([start(), call('c', 'Child'), task('t', { assignee: 'ed' }), end()]),
      null,
      admin,
    );
    const { id } = await guard.api.engine.start('Parent', {}, ed);
    const [child] = await instances(guard, 'Child', admin);
    expect(child).toMatchObject({
      tenantId: 'acme',
      startedBy: 'ed',
      data: { who: 'ed' },
      status: 'running',
    });
    expect(await guard.api.data.getPendingUserTasks({}, ed)).toEqual([]);
    await guard.api.tasks.complete(
      (await waitingTask(guard, 'inner', child?.id, admin)).id,
      { answer: 42 },
      flo,
    );
    const [next] = await guard.api.data.getPendingUserTasks({}, ed);
    expect(next).toMatchObject({ elementId: 't', instanceId: id, data: { answer: 42 } });
    expect((await guard.api.tasks.complete(next?.id as string, {}, ed)).status).toBe('end');
    expect((await guard.health()).stuck).toBe(0);
    expect(await guard.store.locks.list()).toEqual([]);
  });

  test('processes call processes that call processes', async () => {
    const guard = await guards.make({
      models: {
        C: model([start(), task('deep'), end()]),
        B: model([start(), call('c', 'C'), end()]),
        A: model([start(), call('b', 'B'), end()]),
      },
    });
    const { id } = await guard.api.engine.start('A', {}, ADMIN_USER);
    const done = await guard.api.tasks.complete((await waitingTask(guard, 'deep')).id, { x: 1 }, ADMIN_USER);
    expect(done.status).toBe('end');
    expect((await guard.api.engine.get({ id }, ADMIN_USER)).status).toBe('end');
    expect((await guard.store.instances.find({ filter: {} })).map(({ status }) => status)).toEqual([
      'end',
      'end',
      'end',
    ]);
  });

  describe('a child whose model is not there is a failure of the model that calls it', () => {
    const error = {
      code: 'failed',
      status: 500,
      message: 'c: the model "Missing" that it calls does not exist. Nothing was stored.',
    };

    test('at a start: nothing is stored', async () => {
      const guard = await guards.make({ models: { Parent: model([start(), call('c', 'Missing'), end()]) } });
      expect(await refusal(guard.api.engine.start('Parent', {}, ADMIN_USER))).toMatchObject(error);
      expect(await guard.store.instances.count({ filter: {} })).toBe(0);
    });

    test('at the completion of a task: the task is there as before, and is completed once the model is', async () => {
      const parent = model([start(), task('t', { assignee: 'ann' }), call('c', 'Missing'), end()]);
      const guard = await guards.make({ models: { Parent: parent } });
      const { id } = await guard.api.engine.start('Parent', { kept: 1 }, ADMIN_USER);
      const before = await waitingTask(guard, 't', id);
      expect(await refusal(guard.api.tasks.complete(before.id, { kept: 2 }, ann))).toMatchObject(error);
      expect(await waitingTask(guard, 't', id)).toEqual(before);
      expect((await guard.api.engine.get({ id }, ADMIN_USER)).data).toEqual({ kept: 1 });
      expect(await guard.store.instances.count({ filter: {} })).toBe(1);
      await guard.api.model.save('Missing', model([start(), end()]), null, ADMIN_USER);
      expect((await guard.api.tasks.complete(before.id, { kept: 2 }, ann)).status).toBe('end');
    });
  });

  test('a sub-process holds its tasks and its boundary events', async () => {
    const guard = await guards.make({
      models: {
        M: model(
          [
            start(),
            subProcess('sub', [
              start({}, '', 'in'),
              task('a', { assignee: 'ann' }),
              task('b', { assignee: 'ann' }),
              end('out'),
            ]),
            boundary('stop', 'sub', message('m'), true, [task('stopped', { assignee: 'bob' }), end('e2')]),
            task('t', { assignee: 'bob' }),
            end(),
          ],
          { messages: ['m'] },
        ),
      },
    });
    const first = await guard.api.engine.start('M', {}, starter);
    await guard.api.tasks.complete((await waitingTask(guard, 'a', first.id)).id, { one: 1 }, ann);
    await guard.api.tasks.complete((await waitingTask(guard, 'b', first.id)).id, { two: 2 }, ann);
    expect(await waitingTask(guard, 't', first.id)).toMatchObject({ assignee: 'bob' });
    const second = await guard.api.engine.start('M', {}, starter);
    await guard.api.engine.throwMessage('m', {}, { id: second.id }, starter);
    expect(
      (await guard.api.data.getPendingUserTasks({ id: second.id }, ADMIN_USER)).map(
        ({ elementId }) => elementId,
      ),
    ).toEqual(['stopped']);
  });

  test('an ad-hoc sub-process starts all that nothing leads to, and what fails there fails the command', async () => {
    const adHoc = (...parts: Part[]): Part => ({
      id: 'ad',
      xml: `<bpmn:adHocSubProcess id="ad">${parts.map(({ xml }) => xml).join('')}</bpmn:adHocSubProcess>`,
    });
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));
    const fails = async (): Promise<never> => {
      await pause();
      throw new Error('the third of them failed');
    };
    const guard = await guards.make({
      services: { pause, fails },
      models: {
        A: model([start(), adHoc(task('a'), service('p', 'pause'), task('b')), end()]),
        F: model([start(), adHoc(task('a'), task('b'), service('f', 'fails')), end()]),
      },
    });
    const { id } = await guard.api.engine.start('A', {}, ADMIN_USER);
    expect(
      (await guard.api.data.getPendingUserTasks({ id }, ADMIN_USER)).map(({ elementId }) => elementId).sort(),
    ).toEqual(['a', 'b']);
    expect(await guard.api.data.findItems({ id, 'items.elementId': 'p' }, ADMIN_USER)).toMatchObject([
      { status: 'end' },
    ]);
    await expect(guard.api.engine.start('F', {}, ADMIN_USER)).rejects.toThrow('the third of them failed');
    expect(await guard.store.instances.count({ filter: { name: 'F' } })).toBe(0);
  });

  test.each([
    ['parallel', false],
    ['sequential', true],
  ] as const)('a %s loop gives each element a task with its own key and data', async (_name, sequential) => {
    const guard = await guards.make({
      models: {
        L: model([
          start(),
          task('t', { assignee: '$(item.itemKey)' }, loop('$(data.people)', sequential)),
          task('last', { assignee: 'starter' }),
          end(),
        ]),
      },
    });
    const { id } = await guard.api.engine.start('L', { people: ['ann', 'bob', 'cid'] }, starter);
    const names = async (): Promise<unknown[]> =>
      (await guard.api.data.getPendingUserTasks({ id, 'items.elementId': 't' }, ADMIN_USER))
        .map(({ assignee }) => assignee)
        .sort();
    expect(await names()).toEqual(sequential ? ['ann'] : ['ann', 'bob', 'cid']);
    for (const name of ['ann', 'bob', 'cid']) {
      const [mine] = await guard.api.data.getPendingUserTasks({ id }, person(name));
      expect(mine).toMatchObject({ itemKey: name, assignee: name });
      await guard.api.tasks.complete(mine?.id as string, { vote: `${name}!` }, person(name));
    }
    const [last] = await guard.api.data.getPendingUserTasks({ id }, starter);
    expect(last).toMatchObject({
      elementId: 'last',
      data: { t: { ann: { vote: 'ann!' }, bob: { vote: 'bob!' }, cid: { vote: 'cid!' } } },
    });
    expect((await guard.api.tasks.complete(last?.id as string, {}, starter)).status).toBe('end');
  });

  test.each(['__proto__', 'constructor', 'prototype', 'a.__proto__.b'])(
    'a collection that holds %s is refused, and nothing is polluted',
    async (entry) => {
      const guard = await guards.make({
        models: { L: model([start(), task('t', {}, loop('$(data.keys)')), end()]) },
      });
      expect(await refusal(guard.api.engine.start('L', { keys: ['ok', entry] }, ADMIN_USER))).toMatchObject({
        code: 'bad-data',
      });
      expect(({} as Record<string, unknown>).vote).toBeUndefined();
      expect(await guard.store.instances.count({ filter: {} })).toBe(0);
    },
  );

  test('a loop calls a process for each element, and continues when the last has ended', async () => {
    const guard = await guards.make({
      models: {
        Child: model([start(), task('inner', { candidateGroups: 'hr' }), end()]),
        Parent: model([
          start(),
          call('c', 'Child', loop('$(data.keys)')),
          task('t', { assignee: 'ann' }),
          end(),
        ]),
      },
    });
    const { id } = await guard.api.engine.start('Parent', { keys: ['a', 'b'] }, starter);
    const inner = await guard.api.data.getPendingUserTasks({ 'items.elementId': 'inner' }, ADMIN_USER);
    expect(inner).toHaveLength(2);
    await Promise.all(inner.map((item, at) => guard.api.tasks.complete(item.id, { at }, ADMIN_USER)));
    expect(
      await eventually(async () => (await guard.api.data.getPendingUserTasks({ id }, ann))[0]),
    ).toMatchObject({ elementId: 't' });
    expect((await guard.health()).stuck).toBe(0);
  });
});
