import { type Guard, SecureUser } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../support/guards.js';
import {
  boundary,
  call,
  catching,
  element,
  end,
  lanes,
  listener,
  loop,
  message,
  model,
  parallel,
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

type Loose = any;
const OFF: readonly [string, Record<string, string>][] = [
  ['REQUIRE_AUTHENTICATION=false', { REQUIRE_AUTHENTICATION: 'false' }],
  ['ENFORCE_SECURITY=false', { ENFORCE_SECURITY: ' False ' }],
  ['both flags false', { REQUIRE_AUTHENTICATION: 'FALSE', ENFORCE_SECURITY: 'false' }],
];
const [ann, bob] = [person('ann'), person('bob')];

onStores('With the rules switched off', (kind) => {
  const guards = new Guards(kind);
  const M = model([
    start({ initiator: 'who' }),
    task('t', { assignee: 'ann' }),
    script('s', 'data.seen = data.x + 1'),
    task('u', { candidateGroups: 'hr' }),
    end(),
  ]);
  const api = (guard: Guard): Loose => guard.api;
  const server = (guard: Guard): Loose => guard.server;

  describe.each(OFF)('by %s', (_name, env) => {
    test('nothing is refused, live executions and whole documents are returned, and the actor is recorded', async () => {
      const { guard, log } = await guards.open({ env, models: { M } });
      expect((await guard.health()).bypass).toBe(true);
      expect(log.filter(({ level }) => level === 'warn')).toMatchObject([
        { message: expect.stringContaining('switched off') },
      ]);
      const execution = await api(guard).engine.start('M', { x: 1 }, ann);
      expect(execution.tokens).toBeInstanceOf(Map);
      expect(execution.instance.items.length).toBeGreaterThan(2);
      expect(execution.getNodeById('t').type).toBe('bpmn:UserTask');
      expect(execution.server.engine).toBe(server(guard).engine);
      expect(execution.instance.data).toEqual({ x: 1, who: 'ann' });
      const items = await api(guard).data.findItems({ 'items.status': 'wait' }, bob);
      expect(items).toMatchObject([
        { elementId: 't', assignee: 'ann', instanceData: { x: 1 }, processName: 'M' },
      ]);
      expect(await api(guard).data.getPendingUserTasks({}, bob)).toHaveLength(1);
      expect(await api(guard).data.findInstances({}, bob)).toMatchObject([{ name: 'M', status: 'running' }]);
      expect(JSON.stringify([items, await api(guard).data.findInstances({}, bob)])).not.toContain('"guard"');
      const next = await api(guard).engine.invoke(
        { id: execution.id, 'items.elementId': 't' },
        { y: 2 },
        bob,
      );
      expect(next.instance.data).toMatchObject({ x: 1, y: 2, seen: 2 });
      const assigned = await api(guard).engine.assign(
        { id: execution.id, 'items.elementId': 'u' },
        { z: 3 },
        { assignee: 'zoe', anything: 'goes' },
        bob,
      );
      expect(assigned.item).toMatchObject({ assignee: 'zoe', anything: 'goes' });
      expect(
        (await api(guard).engine.invoke({ id: execution.id, 'items.elementId': 'u' }, {}, bob)).status,
      ).toBe('end');
      expect(await guard.store.instances.load(execution.id)).toMatchObject({
        status: 'end',
        guard: { startedBy: 'ann' },
      });
      expect(await guard.can(bob, 'instance:delete', { instance: { id: execution.id } as never })).toBe(true);
    });

    test("the server is the host's own, and its calls need no user", async () => {
      const guard = await guards.make({ env, models: { M } });
      const { engine, dataStore, definitions } = server(guard);
      const { id } = await engine.start('M', { x: 4 }, null, 'carl');
      const item = await dataStore.findItem({ id, 'items.elementId': 't' });
      await engine.invoke({ 'items.id': item.id }, {}, 'carl');
      expect((await dataStore.findInstance({ id })).data).toEqual({ x: 4, who: 'carl', seen: 5 });
      expect((await engine.get({ id })).instance.id).toBe(id);
      expect(await definitions.getSource('M')).toBe(M);
      expect(await dataStore.findItems({ 'items.status': 'wait' })).toHaveLength(1);
      await expect(engine.invoke({ 'items.id': 'nothing' }, {})).rejects.toThrow();
    });
  });

  test('REQUIRE_AUTHENTICATION=false makes unnamed callers the developer; ENFORCE_SECURITY=false does not', async () => {
    const open = await guards.make({ env: { REQUIRE_AUTHENTICATION: 'false' }, models: { M } });
    expect((await api(open).engine.start('M', { x: 1 })).instance.data.who).toBe('developer');
    expect((await api(open).engine.start('M', { x: 1 }, bob)).instance.data.who).toBe('bob');
    const login = await guards.make({ env: { ENFORCE_SECURITY: 'false' }, models: { M } });
    expect(await refusal(login.api.engine.start('M', { x: 1 }))).toMatchObject({
      code: 'unauthenticated',
      status: 401,
    });
    expect(await refusal(login.api.data.findItems({}))).toMatchObject({ code: 'unauthenticated' });
  });

  test.each(['off', '0', 'no', 'FALSCH', 'true false', 'null'])(
    'an unknown flag value %j prevents the guard from starting',
    async (text) => {
      for (const name of ['REQUIRE_AUTHENTICATION', 'ENFORCE_SECURITY']) {
        expect(await refusal(guards.make({ env: { [name]: text } }))).toMatchObject({
          code: 'bad-environment',
          message: expect.stringContaining(name),
        });
      }
    },
  );

  test('an unset, empty or true flag leaves the rules on', async () => {
    for (const env of [
      {},
      { REQUIRE_AUTHENTICATION: '', ENFORCE_SECURITY: ' ' },
      { REQUIRE_AUTHENTICATION: 'true', ENFORCE_SECURITY: 'TRUE' },
    ]) {
      const guard = await guards.make({ env, models: { M } });
      await guard.api.engine.start('M', {}, ann);
      expect(await guard.api.data.findItems({}, bob)).toEqual([]);
      expect((await guard.health()).bypass).toBe(false);
    }
  });

  test('guards with different flags in one process do not influence each other', async () => {
    const before = process.env.ENFORCE_SECURITY;
    process.env.ENFORCE_SECURITY = 'false';
    try {
      const off = await guards.make({ env: undefined, models: { M } });
      process.env.ENFORCE_SECURITY = '';
      const on = await guards.make({ env: undefined, models: { M } });
      process.env.ENFORCE_SECURITY = 'false';
      new SecureUser({ userName: 'x', userGroups: [] });
      for (const guard of [off, on]) await guard.api.engine.start('M', { x: 1 }, ann);
      expect(await off.api.data.findItems({ 'items.elementId': 't' }, bob)).toHaveLength(1);
      expect(await on.api.data.findItems({ 'items.elementId': 't' }, bob)).toEqual([]);
      expect(await refusal(on.api.engine.invoke({ 'items.elementId': 't' }, {}, bob))).toMatchObject({
        code: 'not-found',
      });
      expect(
        ((await off.api.engine.invoke({ 'items.elementId': 't' }, {}, bob)) as Loose).tokens,
      ).toBeInstanceOf(Map);
    } finally {
      if (before === undefined) delete process.env.ENFORCE_SECURITY;
      else process.env.ENFORCE_SECURITY = before;
    }
  });

  describe("models of the kinds that upstream's samples show", () => {
    const off = { REQUIRE_AUTHENTICATION: 'false', ENFORCE_SECURITY: 'false' };
    const open = (models: Record<string, string>, more: Loose = {}): Promise<Guard> =>
      guards.make({ env: off, models, ...more });
    const push = async (guard: Guard, id: string, elementId: string, data: object = {}): Promise<Loose> =>
      server(guard).engine.invoke(
        { id, 'items.elementId': elementId, 'items.status': 'wait' },
        data,
        'someone',
      );
    const state = async (guard: Guard, id: string): Promise<[string, string[]]> => {
      const stored = await guard.store.instances.load(id);
      return [
        stored?.status as string,
        (stored?.items ?? [])
          .filter(({ status }) => status === 'wait')
          .map(({ elementId }) => elementId as string)
          .sort(),
      ];
    };
    const begin = async (guard: Guard, data: object = {}, name = 'M'): Promise<string> =>
      (await server(guard).engine.start(name, data, null, 'someone')).id;

    test('buying a car: conditions, listeners, a service and a loop back', async () => {
      const flow = (id: string, from: string, to: string, when = ''): string =>
        `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${when === '' ? '' : `<bpmn:conditionExpression>${when}</bpmn:conditionExpression>`}</bpmn:sequenceFlow>`;
      const car = model([
        {
          id: 'all',
          xml: [
            start({}, '', 'begin').xml,
            task('buy', {}, listener('end', 'data.bought = true')).xml,
            element('exclusiveGateway', 'clean').xml,
            task('repair').xml,
            service('paint', 'paint').xml,
            task('drive').xml,
            end('fin').xml,
            flow('a', 'begin', 'buy'),
            flow('b', 'buy', 'clean'),
            flow('c', 'clean', 'repair', "$(data.needsRepair === 'Yes')"),
            flow('d', 'clean', 'drive', "$(data.needsRepair !== 'Yes')"),
            flow('e', 'repair', 'paint'),
            flow('f', 'paint', 'drive'),
            flow('g', 'drive', 'fin'),
          ].join(''),
        },
      ]);
      const painted: unknown[] = [];
      const guard = await open(
        { M: car },
        {
          services: {
            paint: async (_input: unknown, context: Loose) => void painted.push(context.instance.data.color),
          },
        },
      );
      const repaired = await begin(guard, { color: 'red' });
      await push(guard, repaired, 'buy', { needsRepair: 'Yes' });
      expect(await state(guard, repaired)).toEqual(['running', ['repair']]);
      await push(guard, repaired, 'repair');
      expect(painted).toEqual(['red']);
      expect((await push(guard, repaired, 'drive')).instance.data).toMatchObject({
        bought: true,
        needsRepair: 'Yes',
      });
      expect(await state(guard, repaired)).toEqual(['end', []]);
      const clean = await begin(guard);
      await push(guard, clean, 'buy', { needsRepair: 'No' });
      expect(await state(guard, clean)).toEqual(['running', ['drive']]);
    });

    test('parallel branches, sub-processes, loops and called processes', async () => {
      const guard = await open({
        Child: model([start(), task('inner'), end()]),
        M: model([
          start(),
          parallel('p', [task('a')], [subProcess('sub', [start({}, '', 'in'), task('b'), end('out')])]),
          task('each', {}, loop('$(data.names)')),
          call('c', 'Child'),
          end(),
        ]),
      });
      const id = await begin(guard, { names: ['x', 'y'] });
      expect(await state(guard, id)).toEqual(['running', ['a', 'b', 'sub']]);
      await push(guard, id, 'a');
      await push(guard, id, 'b');
      expect((await state(guard, id))[1].filter((name) => name === 'each')).toHaveLength(2);
      for (const itemKey of ['x', 'y'])
        await server(guard).engine.invoke(
          { id, 'items.itemKey': itemKey, 'items.elementId': 'each' },
          { did: itemKey },
          'someone',
        );
      expect((await state(guard, id))[1]).toContain('c');
      await server(guard).engine.invoke(
        { 'items.elementId': 'inner', 'items.status': 'wait' },
        { done: 1 },
        'someone',
      );
      await eventually(async () => (await state(guard, id))[0] === 'end');
      expect((await guard.store.instances.load(id))?.data).toMatchObject({
        each: { x: { did: 'x' }, y: { did: 'y' } },
        done: 1,
      });
    });

    test('timers, messages and signals', async () => {
      const S = { signals: ['s'], messages: ['m'] };
      const guard = await open({
        M: model(
          [
            start(),
            task('t'),
            boundary('late', 't', timer('timeDuration', 'PT1S'), true, [
              catching('c', message('m')),
              throwing('th', signal('s')),
              end('e2'),
            ]),
            end(),
          ],
          S,
        ),
        W: model([start(), catching('ws', signal('s')), end()], S),
        X: model([start({}, signal('s')), task('x'), end()], S),
      });
      const [id, waiting] = [await begin(guard), await begin(guard, {}, 'W')];
      await eventually(async () => (await state(guard, id))[1].includes('c'));
      await server(guard).engine.throwMessage('m', { told: true }, { id });
      expect(await state(guard, id)).toEqual(['end', []]);
      expect(await state(guard, waiting)).toEqual(['end', []]);
      expect(await guard.store.instances.count({ filter: { name: 'X', status: 'running' } })).toBe(1);
    });

    test('lanes and assignment as upstream evaluates them: a text stays a text, an empty result leaves the task open', async () => {
      const guard = await open({
        M: model(
          [
            start(),
            task('t', { candidateUsers: 'ann', assignee: '$(data.nobody)', candidateGroups: 'a,b' }),
            task('u'),
            end(),
          ],
          { inner: lanes({ clerks: ['start', 'u', 'end'] }) },
        ),
      });
      const id = await begin(guard);
      const [first] = await api(guard).data.findItems({ id, 'items.elementId': 't' });
      expect(first).toMatchObject({ candidateUsers: 'ann', candidateGroups: ['a', 'b'] });
      expect(first.assignee ?? null).toBeNull();
      await push(guard, id, 't');
      expect((await api(guard).data.findItems({ id, 'items.elementId': 'u' }))[0]).toMatchObject({
        candidateGroups: ['clerks'],
      });
    });

    test('noWait returns before the work is done', async () => {
      let goOn = (): void => undefined;
      const slow = new Promise<void>((resolve) => (goOn = resolve));
      const guard = await open(
        { M: model([start(), task('t'), service('s', 'slow'), task('u'), end()]) },
        { services: { slow: () => slow } },
      );
      const id = await begin(guard);
      const execution = await api(guard).engine.invoke({ id, 'items.elementId': 't' }, {}, ADMIN_USER, {
        noWait: true,
      });
      expect(await state(guard, id)).toEqual(['running', []]);
      goOn();
      await execution.tillDone();
      await eventually(async () => (await state(guard, id))[1].includes('u'));
    });

    test('work done with the rules off is consistent after they are switched on', async () => {
      const place = guards.place();
      const off1 = await guards.make({
        place,
        env: off,
        models: { M: model([start(), task('t'), task('u', { assignee: 'ann' }), end()]) },
      });
      const id = (await api(off1).engine.start('M', {}, bob)).id as string;
      await off1.close();
      const on = await guards.make({ place });
      expect(await on.api.data.findInstances({ id }, bob)).toMatchObject([{ startedBy: 'bob' }]);
      const [open1] = await on.api.data.getPendingUserTasks({ id }, ann);
      expect(open1).toMatchObject({ elementId: 't', state: 'open' });
      await on.api.tasks.take(open1?.id as string, ann);
      expect((await on.api.tasks.complete(open1?.id as string, {}, ann)).items.length).toBeGreaterThan(0);
      expect(await on.api.data.getPendingUserTasks({ id }, ann)).toMatchObject([
        { elementId: 'u', state: 'assigned' },
      ]);
    });
  });
});
