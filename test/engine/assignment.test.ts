import type { Guard, ItemView } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../support/guards.js';
import {
  call,
  catching,
  end,
  lanes,
  listener,
  message,
  model,
  properties,
  script,
  start,
  subProcess,
  task,
  timer,
  type Part,
} from '../support/models.js';
import { eventually } from '../support/guards.js';
import { onStores } from '../support/stores.js';

const STARTER = person('starter');
const DAY = 86_400_000;

onStores('The assignment of a task', (kind) => {
  const guards = new Guards(kind);
  const services = {
    async: async (name: string) => `${name}-later`,
    sync: (name: string) => `${name}-now`,
    nothing: async () => undefined,
    fails: async () => {
      throw new Error('the secret of the directory');
    },
  };

  /** Starts a model of one task and gives the task, as an administrator sees it. */
  async function started(
    guard: Guard,
    attrs: Record<string, string>,
    data: Record<string, unknown> = {},
    inner = '',
  ): Promise<ItemView> {
    await guard.api.model.save('M', model([start(), task('t', attrs, inner), end()]), null, ADMIN_USER);
    const { id } = await guard.api.engine.start('M', data, STARTER);
    return waitingTask(guard, 't', id);
  }

  const CASES: readonly [
    what: string,
    attrs: Record<string, string>,
    data: Record<string, unknown>,
    expected: Record<string, unknown>,
  ][] = [
    [
      'static texts',
      { assignee: 'ann', candidateUsers: 'bob', candidateGroups: 'hr' },
      {},
      { assignee: 'ann', candidateUsers: ['bob'], candidateGroups: ['hr'], state: 'assigned' },
    ],
    [
      'comma lists, trimmed',
      { candidateUsers: ' bob , carl,bob', candidateGroups: 'hr, it ,, *' },
      {},
      { assignee: null, candidateUsers: ['bob', 'carl'], candidateGroups: ['hr', 'it'], state: 'unclaimed' },
    ],
    [
      'an expression over data',
      { assignee: '$(this.data.who)' },
      { who: 'ann' },
      { assignee: 'ann', state: 'assigned' },
    ],
    ['an expression without this', { assignee: '$(data.who)' }, { who: 'ann' }, { assignee: 'ann' }],
    ['a synchronous service', { assignee: "$(appServices.sync('ann'))" }, {}, { assignee: 'ann-now' }],
    [
      'an asynchronous service',
      { assignee: '$(appServices.async(this.data.who))' },
      { who: 'ann' },
      { assignee: 'ann-later' },
    ],
    [
      'an array',
      { candidateUsers: "$(['bob', 'carl'])", candidateGroups: '$(data.groups)' },
      { groups: ['hr', 'it'] },
      { candidateUsers: ['bob', 'carl'], candidateGroups: ['hr', 'it'] },
    ],
    [
      'a text with commas out of an expression',
      { candidateGroups: '$(data.groups)' },
      { groups: 'hr, it' },
      { candidateGroups: ['hr', 'it'] },
    ],
    ['a script', { assignee: "#data.who + '-x'" }, { who: 'ann' }, { assignee: 'ann-x' }],
    ['a number as a name', { assignee: '$(data.who)' }, { who: 7 }, { assignee: '7' }],
    ['the instance', { assignee: '$(instance.name)' }, {}, { assignee: 'M' }],
    [
      'a name in another Unicode form',
      { assignee: '$(data.who)' },
      { who: ' A\u030Ake ' },
      { assignee: '\u00C5ke' },
    ],
    ['nothing declared', {}, {}, { assignee: null, candidateUsers: [], candidateGroups: [], state: 'open' }],
    [
      'a date, a duration and a priority',
      { dueDate: '2030-01-02', priority: '7' },
      {},
      { priority: 7, dueDate: new Date('2030-01-02') },
    ],
    [
      'dates and numbers from data',
      { dueDate: '$(data.due)', followUpDate: '$(new Date(0))', priority: '$(data.much)' },
      { due: '2031-05-05T10:00:00Z', much: 3 },
      { dueDate: new Date('2031-05-05T10:00:00Z'), followUpDate: new Date(0), priority: 3 },
    ],
  ];

  test.each(CASES)('is evaluated from %s', async (_what, attrs, data, expected) => {
    const guard = await guards.make({ services });
    expect(await started(guard, attrs, data)).toMatchObject(expected);
  });

  test('stores lists, a single name and dates, whatever the expression returns', async () => {
    const guard = await guards.make({ services });
    const { id, instanceId } = await started(
      guard,
      { assignee: '$(data.who)', candidateUsers: 'bob', dueDate: 'P10D', priority: '5' },
      { who: ['ann'] },
    );
    const item = (await guard.store.instances.load(instanceId))?.items?.find((entry) => entry.id === id);
    expect(item).toMatchObject({
      assignee: 'ann',
      candidateUsers: ['bob'],
      candidateGroups: [],
      priority: 5,
      status: 'wait',
    });
    expect(item?.dueDate).toBeInstanceOf(Date);
    expect(Math.abs((item?.dueDate as Date).getTime() - Date.now() - 10 * DAY)).toBeLessThan(60_000);
  });

  const CLOSED: readonly [
    what: string,
    attrs: Record<string, string>,
    data: Record<string, unknown>,
    why: string,
  ][] = [
    ['undefined', { assignee: '$(data.nobody)' }, {}, 'assignee evaluated to nothing'],
    ['null', { assignee: '$(null)' }, {}, 'assignee evaluated to nothing'],
    ['an empty text', { assignee: "$('')" }, {}, 'assignee evaluated to nothing'],
    ['an empty list', { candidateGroups: '$([])' }, {}, 'candidateGroups evaluated to nothing'],
    [
      'a promise of nothing',
      { candidateUsers: '$(appServices.nothing())' },
      {},
      'candidateUsers evaluated to nothing',
    ],
    ['an object', { assignee: '$(data)' }, { a: 1 }, 'assignee evaluated to nothing'],
    ['a star', { candidateGroups: '*' }, {}, 'candidateGroups="*" is not understood'],
    ['a star of an expression', { candidateGroups: "$('*')" }, {}, 'candidateGroups evaluated to nothing'],
    ['several assignees', { assignee: 'ann, bob' }, {}, 'assignee evaluated to several names'],
    ['an expression that throws', { assignee: '$(this.data.a.b.c)' }, {}, 'assignee failed'],
    ['a service that rejects', { assignee: '$(appServices.fails())' }, {}, 'assignee failed'],
    [
      'a service that is not there',
      { candidateUsers: '$(appServices.missing())' },
      {},
      'candidateUsers failed',
    ],
    ['a text that is no expression', { assignee: '$((' }, {}, 'assignee failed'],
  ];

  test.each(CLOSED)(
    'that evaluates to %s closes the task and records the reason',
    async (_what, attrs, data, why) => {
      const guard = await guards.make({ services });
      const found = await started(guard, attrs, data);
      expect(found).toMatchObject({ state: 'closed', why: expect.stringContaining(why) });
      for (const anybody of [person('ann'), person('x', 'hr'), person('d', 'DESIGNER')]) {
        expect(await guard.api.data.findItems({ 'items.id': found.id }, anybody)).toEqual([]);
        expect(await refusal(guard.api.tasks.take(found.id, anybody))).toMatchObject({ code: 'not-found' });
        expect(await refusal(guard.api.tasks.complete(found.id, {}, anybody))).toMatchObject({
          code: 'not-found',
        });
      }
      const [stuck] = await guard.api.data.findItems({ 'items.id': found.id }, STARTER);
      expect(stuck).toMatchObject({ state: 'closed', why: expect.stringContaining(why) });
      expect(await refusal(guard.api.tasks.take(found.id, STARTER))).toMatchObject({ code: 'forbidden' });
      expect(await refusal(guard.api.tasks.complete(found.id, {}, STARTER))).toMatchObject({
        code: 'forbidden',
      });
      const [entry] = (await guard.store.audit.find({ answer: 'failed', limit: 5 })).filter(
        (line) => line.operation === 'system:expression',
      );
      expect(entry).toMatchObject({
        userName: 'starter',
        reason: expect.stringContaining(why),
        resource: { id: found.id, instanceId: found.instanceId },
      });
      expect(JSON.stringify(entry)).not.toContain('secret');
      await guard.api.tasks.assign(found.id, 'ann', ADMIN_USER);
      expect(await guard.api.data.getPendingUserTasks({}, person('ann'))).toMatchObject([
        { id: found.id, state: 'assigned' },
      ]);
      expect((await guard.api.tasks.complete(found.id, {}, person('ann'))).status).toBe('end');
    },
  );

  test('is not closed if one property names nobody and another names somebody', async () => {
    const guard = await guards.make({ services });
    expect(await started(guard, { assignee: '$(data.nobody)', candidateGroups: 'hr' })).toMatchObject({
      state: 'unclaimed',
      candidateGroups: ['hr'],
    });
    expect(await guard.api.data.getPendingUserTasks({}, person('x', 'hr'))).toHaveLength(1);
  });

  test('drops and records an invalid date or priority, and keeps the task', async () => {
    const guard = await guards.make({ services });
    const found = await started(
      guard,
      { assignee: 'ann', dueDate: 'soon', followUpDate: '$(data.when)', priority: 'high' },
      { when: 'never' },
    );
    expect(found).toMatchObject({ assignee: 'ann', state: 'assigned' });
    expect(
      [found.dueDate, found.followUpDate, found.priority].filter(
        (value) => value !== undefined && value !== null,
      ),
    ).toEqual([]);
    const reasons = (await guard.store.audit.find({ answer: 'failed', limit: 5 }))
      .map((entry) => entry.reason)
      .join();
    for (const property of ['dueDate', 'followUpDate', 'priority'])
      expect(reasons).toContain(`${property} is not usable`);
    expect((await guard.api.tasks.complete(found.id, {}, person('ann'))).status).toBe('end');
  });

  test('never evaluates data: a text that looks like code stays a text', async () => {
    const guard = await guards.make({ services });
    const text = '$(process.exit())';
    const found = await started(
      guard,
      { assignee: '$(data.who)', candidateGroups: '$(data.groups)' },
      { who: text, groups: ['#process.exit()'] },
    );
    expect(found).toMatchObject({ assignee: text, candidateGroups: ['#process.exit()'] });
    await guard.api.engine.assign(
      { 'items.id': found.id },
      { note: text },
      { assignee: '#process.exit()', candidateUsers: [text] },
      ADMIN_USER,
    );
    const [again] = await guard.api.data.findItems({ 'items.id': found.id }, ADMIN_USER);
    expect(again).toMatchObject({
      assignee: '#process.exit()',
      candidateUsers: [text],
      data: { note: text },
    });
  });

  describe('by a start listener', () => {
    test('counts if the model declares none', async () => {
      const guard = await guards.make({ services });
      expect(await started(guard, {}, {}, listener('start', "item.assignee = 'ann'"))).toMatchObject({
        assignee: 'ann',
        state: 'assigned',
      });
      expect(await guard.api.data.getPendingUserTasks({}, person('ann'))).toHaveLength(1);
      expect(await guard.api.data.getPendingUserTasks({}, person('bob'))).toEqual([]);
    });

    test("is awaited, and overridden by the model's own assignment", async () => {
      const guard = await guards.make({ services });
      expect(
        await started(
          guard,
          {},
          {},
          listener('start', "item.candidateGroups = [await appServices.async('hr')]"),
        ),
      ).toMatchObject({ candidateGroups: ['hr-later'], state: 'unclaimed' });
      expect(
        await started(guard, { assignee: 'bob' }, {}, listener('start', "item.assignee = 'ann'")),
      ).toMatchObject({ assignee: 'bob' });
    });
  });

  describe('by lanes and pools', () => {
    const parts: readonly Part[] = [start(), task('a', { candidateGroups: 'extra' }), task('b'), end()];
    const inLanes = (options: Parameters<typeof model>[1]): string => model(parts, options);
    const first = async (guard: Guard, source: string): Promise<ItemView> => {
      await guard.api.model.save('L', source, null, ADMIN_USER);
      const { id } = await guard.api.engine.start('L', {}, ADMIN_USER);
      return waitingTask(guard, 'a', id);
    };

    test('adds the name of the lane to the candidates and guards the start', async () => {
      const guard = await guards.make();
      const source = inLanes({ inner: lanes({ clerks: ['start', 'a'], bosses: ['b', 'end'] }) });
      const found = await first(guard, source);
      expect(found).toMatchObject({ candidateGroups: ['extra', 'clerks'], state: 'unclaimed' });
      expect(await refusal(guard.api.engine.start('L', {}, person('x', 'bosses')))).toMatchObject({
        code: 'not-found',
      });
      expect((await guard.api.engine.start('L', {}, person('x', 'clerks'))).status).toBe('running');
      expect(await guard.api.data.getPendingUserTasks({}, person('y', 'bosses'))).toEqual([]);
      await guard.api.tasks.complete(
        (await guard.api.tasks.take(found.id, person('x', 'clerks')))?.id as string,
        {},
        person('x', 'clerks'),
      );
      expect(await guard.api.data.getPendingUserTasks({}, person('y', 'bosses'))).toMatchObject([
        { elementId: 'b', candidateGroups: ['bosses'] },
      ]);
    });

    test('uses the innermost lane, and for a sub-process the lane around it', async () => {
      const guard = await guards.make();
      expect(
        await first(
          guard,
          inLanes({ inner: lanes({ house: { clerks: ['start', 'a'], bosses: ['b', 'end'] } }) }),
        ),
      ).toMatchObject({ candidateGroups: ['extra', 'clerks'] });
      await guard.api.model.save(
        'S',
        model([start(), subProcess('sub', [start({}, '', 'inner'), task('deep'), end('out')]), end()], {
          inner: lanes({ clerks: ['start', 'sub', 'end'] }),
        }),
        null,
        ADMIN_USER,
      );
      const { id } = await guard.api.engine.start('S', {}, ADMIN_USER);
      expect(await waitingTask(guard, 'deep', id)).toMatchObject({ candidateGroups: ['clerks'] });
    });

    test('uses the pool if there are no lanes', async () => {
      const guard = await guards.make();
      expect(await first(guard, inLanes({ pool: 'staff' }))).toMatchObject({
        candidateGroups: ['extra', 'staff'],
      });
      expect(await refusal(guard.api.engine.start('L', {}, person('x')))).toMatchObject({
        code: 'not-found',
      });
      expect((await guard.api.engine.start('L', {}, person('x', 'staff'))).status).toBe('running');
    });

    test('ignores lanes and pools if the process sets lanesAsRoles=false', async () => {
      const guard = await guards.make();
      const off = properties({ lanesAsRoles: 'false' });
      const found = await first(
        guard,
        inLanes({ inner: `${off}${lanes({ clerks: ['start', 'a'], bosses: ['b', 'end'] })}` }),
      );
      expect(found).toMatchObject({ candidateGroups: ['extra'] });
      expect((await guard.api.engine.start('L', {}, person('x'))).status).toBe('running');
      expect(await first(guard, inLanes({ inner: off, pool: 'staff' }))).toMatchObject({
        candidateGroups: ['extra'],
      });
    });

    test('starts a process with a lane and a single candidate group, which the host cannot', async () => {
      const guard = await guards.make();
      const found = await first(guard, inLanes({ inner: lanes({ clerks: ['start', 'a', 'b', 'end'] }) }));
      expect(found.candidateGroups).toEqual(['extra', 'clerks']);
    });
  });

  describe('of the initiator', () => {
    const source = (startInner = '', messages: string[] = []): string =>
      model(
        [
          start({ initiator: 'who' }, startInner),
          task('t', { assignee: '$(this.data.who)' }),
          task('u'),
          end(),
        ],
        { messages },
      );

    test('is the starter, whatever the start data contain', async () => {
      const guard = await guards.make({ models: { I: source() } });
      const { data, instance } = await guard.api.engine.start('I', { who: 'boss' }, STARTER);
      expect(data.who).toBe('starter');
      expect(instance.startedBy).toBe('starter');
    });

    test('is the sender of the message', async () => {
      const guard = await guards.make({ models: { I: source(message('go'), ['go']) } });
      const thrown = await guard.api.engine.throwMessage('go', { who: 'boss' }, null, STARTER);
      expect(thrown).toMatchObject({ data: { who: 'starter' }, instance: { startedBy: 'starter' } });
    });

    test('is the system for a timer, and never an element', async () => {
      const guard = await guards.make({ models: { I: source(timer('timeDuration', 'PT1S')) } });
      const [instance] = await eventually(async () => {
        const found = await guard.api.data.findInstances({ name: 'I' }, ADMIN_USER);
        return found.length > 0 && found;
      });
      expect(instance).toMatchObject({ startedBy: 'system', data: { who: 'system' } });
      await guard.api.model.delete('I', ADMIN_USER);
    });

    test("is the caller's in a called process, also when it is called later", async () => {
      const guard = await guards.make({
        models: { Child: source(), Parent: model([start(), task('first'), call('c', 'Child'), end()]) },
      });
      const { id } = await guard.api.engine.start('Parent', {}, STARTER);
      await guard.api.tasks.complete(
        (await guard.api.tasks.take((await waitingTask(guard, 'first', id)).id, person('other')))
          ?.id as string,
        {},
        person('other'),
      );
      const [child] = await guard.api.data.findInstances({ name: 'Child' }, ADMIN_USER);
      expect(child).toMatchObject({ startedBy: 'other', data: { who: 'other' } });
    });

    test.each([
      ['that waits', [task('inner')]],
      ['that ends at once', [script('s', "data.who = 'boss'")]],
    ])('cannot be overwritten by a called process %s', async (_what, parts) => {
      const entries: string[] = [];
      const guard = await guards.make({
        audit: ({ operation, reason }) => void (operation === 'system:expression' && entries.push(reason)),
        models: {
          Child: model([start(), ...parts, end()]),
          Parent: model([
            start({ initiator: 'who' }),
            call('c', 'Child'),
            task('t', { assignee: '$(this.data.who)' }),
            end(),
          ]),
        },
      });
      const { id } = await guard.api.engine.start('Parent', {}, STARTER);
      if (parts[0]?.id === 'inner') {
        const boss = person('boss');
        const inner = await guard.api.tasks.take((await waitingTask(guard, 'inner')).id, boss);
        await guard.api.tasks.complete(inner?.id as string, { who: 'boss', more: 1 }, boss);
      }
      expect(await eventually(() => waitingTask(guard, 't', id).catch(() => undefined))).toMatchObject({
        assignee: 'starter',
        instanceData: { who: 'starter' },
      });
      expect(entries).toEqual(['c: who holds the initiator and was not set']);
    });

    test('cannot be overwritten by task input, by assignment data, or by a message', async () => {
      const guard = await guards.make({
        models: {
          I: model(
            [
              start({ initiator: 'who' }),
              task('t', { assignee: '$(this.data.who)' }),
              catching('c', message('go')),
              task('u', { assignee: '$(this.data.who)' }),
              end(),
            ],
            { messages: ['go'] },
          ),
        },
      });
      const { id } = await guard.api.engine.start('I', {}, STARTER);
      const { id: taskId } = await waitingTask(guard, 't', id);
      for (const work of [
        guard.api.tasks.complete(taskId, { who: 'boss' }, STARTER),
        guard.api.engine.assign({ 'items.id': taskId }, { who: 'boss' }, {}, STARTER),
        guard.api.engine.invoke({ 'items.id': taskId }, { who: 'boss' }, ADMIN_USER),
      ]) {
        expect(await refusal(work)).toMatchObject({
          code: 'protected-variable',
          status: 400,
          message: expect.stringContaining('"who"'),
        });
      }
      expect(
        (await guard.api.tasks.complete(taskId, { who: 'starter', more: 1 }, STARTER)).data,
      ).toMatchObject({ who: 'starter', more: 1 });
      expect(
        await refusal(guard.api.engine.throwMessage('go', { who: 'boss' }, { id }, STARTER)),
      ).toMatchObject({ code: 'protected-variable' });
      await guard.api.engine.throwMessage('go', { other: 'fine' }, { id }, STARTER);
      expect(await waitingTask(guard, 'u', id)).toMatchObject({ assignee: 'starter' });
    });
  });
});
