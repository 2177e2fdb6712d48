import type { Guard, ItemView } from 'bpmn-guard';
import {
  ADMIN_USER,
  beforeDue,
  eventually,
  Guards,
  person,
  refusal,
  waitingTask,
} from '../../support/guards.js';
import {
  boundary,
  call,
  catching,
  end,
  message,
  model,
  parallel,
  properties,
  signal,
  start,
  task,
  throwing,
  timer,
} from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, bob] = [person('ann'), person('bob')];
const MINE = { assignee: 'ann' };
const WRONG = { code: 'wrong-state', status: 409 };

const MODELS = {
  Plain: model([start(), task('t', MINE), end()]),
  Waits: model(
    [start(), parallel('p', [catching('c', message('paid'))], [catching('s', signal('all'))]), end()],
    {
      messages: ['paid'],
      signals: ['all'],
    },
  ),
  Timed: model([
    start(),
    task('t', MINE),
    boundary('late', 't', timer('timeDuration', 'PT1S'), true, [task('after', MINE), end('e2')]),
    end(),
  ]),
  Outer: model([start(), call('below', 'Inner'), task('then', MINE), end()]),
  Inner: model([start(), task('t', MINE), end()], { id: 'inner' }),
  Sender: model([start(), task('t', MINE), throwing('send', message('paid')), end()], { messages: ['paid'] }),
  Given: model([
    start(),
    task('t', MINE, properties({ suspendable: 'true' })),
    boundary('late', 't', timer('timeDuration', 'PT1S'), true, [task('after', MINE), end('e2')]),
    end(),
  ]),
};

onStores('The life of an instance', (kind) => {
  const guards = new Guards(kind);

  async function begun(...names: (keyof typeof MODELS)[]): Promise<{ guard: Guard; ids: string[] }> {
    const guard = await guards.make({ models: MODELS });
    const ids: string[] = [];
    for (const name of names) ids.push((await guard.api.engine.start(name, {}, ann)).id);
    return { guard, ids };
  }
  const tasks = (guard: Guard, query: object = {}): Promise<ItemView[]> =>
    guard.api.data.getPendingUserTasks({ ...query }, ann);
  const nap = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  test('a suspended one accepts no command; a resumed one is as before', async () => {
    const { guard, ids } = await begun('Plain');
    const [id] = ids as [string];
    const { id: t } = await waitingTask(guard, 't');
    const before = await tasks(guard);
    expect(await guard.api.engine.suspend(id, ADMIN_USER)).toMatchObject({ id, suspension: { by: 'admin' } });
    expect(await tasks(guard)).toMatchObject([{ id: t, state: 'suspended' }]);
    for (const refused of [
      () => guard.api.tasks.complete(t, {}, ann),
      () => guard.api.tasks.complete(t, {}, ADMIN_USER),
      () => guard.api.tasks.release(t, ann),
      () => guard.api.tasks.assign(t, 'bob', ann),
      () => guard.api.tasks.delegate(t, 'bob', ann),
      () => guard.api.tasks.escalate(t, 'bob', ann),
      () => guard.api.engine.assign({ 'items.id': t }, {}, { priority: 1 }, ann),
      () => guard.api.tasks.suspend(t, ADMIN_USER),
      () => guard.api.tasks.resume(t, ADMIN_USER),
      () => guard.api.engine.suspend(id, ADMIN_USER),
      () => guard.api.engine.startEvent(id, 'start', {}, ADMIN_USER),
    ])
      expect(await refusal(refused())).toMatchObject(WRONG);
    const view = await guard.api.engine.resume(id, ADMIN_USER);
    expect(view.suspension).toBeUndefined();
    const { instanceVersion: _, ...rest } = before[0] as ItemView;
    expect(await tasks(guard)).toMatchObject([rest]);
    expect(await refusal(guard.api.engine.resume(id, ADMIN_USER))).toMatchObject(WRONG);
    expect((await guard.api.tasks.complete(t, {}, ann)).status).toBe('end');
    for (const act of ['suspend', 'resume', 'terminate'] as const)
      expect(await refusal(guard.api.engine[act](id, ADMIN_USER))).toMatchObject(WRONG);
  });

  test('is suspended, resumed and terminated by administrators and holders of the rights, and found only by its readers', async () => {
    const { guard, ids } = await begun('Plain');
    const [id] = ids as [string];
    for (const act of ['suspend', 'resume', 'terminate'] as const) {
      expect(await refusal(guard.api.engine[act](id, ann))).toMatchObject({ code: 'forbidden', status: 403 });
      expect(await refusal(guard.api.engine[act](id, bob))).toMatchObject({ code: 'not-found', status: 404 });
    }
    const { securityRoles } = guard.as(ADMIN_USER).policies;
    const rights = ['ModelInstance:Read', 'ModelInstance:Suspend', 'ModelInstance:Terminate'] as const;
    await securityRoles.save('operator', { rights: [...rights] });
    await securityRoles.give('operator', { user: 'ann' });
    await guard.api.engine.suspend(id, ann);
    await guard.api.engine.resume({ id }, ann);
    expect(await guard.api.engine.terminate(id, ann)).toEqual([id]);
    const trail = await guard.store.audit.find({ userName: 'ann', answer: 'allowed', limit: 3 });
    expect(trail.map(({ operation }) => operation)).toEqual([
      'instance:cancel',
      'instance:suspend',
      'instance:suspend',
    ]);
  });

  test('neither messages nor signals reach a suspended one', async () => {
    const { guard, ids } = await begun('Waits', 'Waits');
    const [id, other] = ids as [string, string];
    await guard.api.engine.suspend(id, ADMIN_USER);
    expect(await refusal(guard.api.engine.throwMessage('paid', {}, { id }, ADMIN_USER))).toMatchObject(WRONG);
    const reached = await guard.api.engine.throwSignal('all', {}, {}, ADMIN_USER);
    expect(reached).toMatchObject([{ instanceId: other }]);
    const { items } = await guard.api.engine.resume(id, ADMIN_USER);
    expect(items.filter(({ status }) => status === 'wait')).toHaveLength(2);
    await guard.api.engine.throwMessage('paid', {}, { id }, ADMIN_USER);
  });

  test('what another instance sends to a suspended one arrives after it is resumed', async () => {
    const { guard, ids } = await begun('Waits', 'Sender');
    const [id] = ids as [string];
    await guard.api.engine.suspend(id, ADMIN_USER);
    await guard.api.tasks.complete((await waitingTask(guard, 't')).id, {}, ann);
    const waiting = async (): Promise<number> =>
      (await guard.api.data.findItems({ id, 'items.messageId': 'paid', 'items.status': 'wait' }, ADMIN_USER))
        .length;
    expect(await waiting()).toBe(1);
    expect((await guard.health()).stuck).toBe(1);
    await guard.api.engine.resume(id, ADMIN_USER);
    await eventually(async () => (await waiting()) === 0);
    await eventually(async () => (await guard.health()).stuck === 0);
  });

  test('its timers do not fire while it is suspended, and fire once it is resumed', async () => {
    const { guard } = await begun();
    const id = await beforeDue(async () => {
      const timed = await guard.api.engine.start('Timed', {}, ann);
      await guard.api.engine.suspend(timed.id, ADMIN_USER);
      await waitingTask(guard, 't', timed.id);
      return timed.id;
    });
    await nap(1500);
    expect(await tasks(guard, { id })).toMatchObject([{ elementId: 't', state: 'suspended' }]);
    await guard.api.engine.resume(id, ADMIN_USER);
    await eventually(async () => (await tasks(guard, { id }))[0]?.elementId === 'after');
  });

  test('a task is suspended by administrators, and by its assignee where the model says so', async () => {
    const { guard, ids } = await begun('Plain');
    const [plain] = ids as [string];
    const other = await waitingTask(guard, 't', plain);
    expect(await refusal(guard.api.tasks.suspend(other.id, ann))).toMatchObject({ code: 'forbidden' });
    const t = await beforeDue(async () => {
      const { id } = await guard.api.engine.start('Given', {}, ann);
      const task = await waitingTask(guard, 't', id);
      expect(await refusal(guard.api.tasks.suspend(task.id, bob))).toMatchObject({ code: 'not-found' });
      expect(await guard.api.tasks.suspend(task.id, ann)).toMatchObject({ state: 'suspended' });
      return task;
    });
    const given = t.instanceId;
    expect(await refusal(guard.api.tasks.complete(t.id, {}, ann))).toMatchObject(WRONG);
    expect(await refusal(guard.api.tasks.suspend(t.id, ann))).toMatchObject(WRONG);
    await nap(1500);
    expect(await tasks(guard, { id: given })).toMatchObject([{ id: t.id, state: 'suspended' }]);
    expect(await guard.api.tasks.resume(t.id, ann)).toMatchObject({ state: 'assigned', assignee: 'ann' });
    await eventually(async () => (await tasks(guard, { id: given }))[0]?.elementId === 'after');
  });

  test('the processes that it has called are suspended, resumed and terminated with it', async () => {
    const { guard, ids } = await begun('Outer', 'Outer');
    const [id, other] = ids as [string, string];
    const below = async (of: string): Promise<ItemView> => {
      const caller = await guard.api.data.findItem({ id: of, 'items.elementId': 'below' }, ADMIN_USER);
      const [child] = await guard.api.data.findInstances({ parentItemId: caller?.id }, ADMIN_USER);
      return (child?.items ?? []).find(({ elementId }) => elementId === 't') as ItemView;
    };
    await guard.api.engine.suspend(id, ADMIN_USER);
    const t = await below(id);
    expect(t.state).toBe('suspended');
    expect(await refusal(guard.api.tasks.complete(t.id, {}, ann))).toMatchObject(WRONG);
    expect(await refusal(guard.api.engine.resume(t.instanceId, ADMIN_USER))).toMatchObject(WRONG);
    await guard.api.engine.resume(id, ADMIN_USER);
    await guard.api.tasks.complete(t.id, {}, ann);
    await waitingTask(guard, 'then', id);

    const mine = await below(other);
    await guard.api.engine.suspend(mine.instanceId, ADMIN_USER);
    await guard.api.engine.suspend(other, ADMIN_USER);
    await guard.api.engine.resume(other, ADMIN_USER);
    expect((await below(other)).state).toBe('suspended');
    expect((await guard.api.engine.terminate(other, ADMIN_USER)).sort()).toEqual(
      [other, mine.instanceId].sort(),
    );
    for (const one of [other, mine.instanceId])
      expect(await guard.api.data.findInstances({ id: one }, ADMIN_USER)).toMatchObject([
        { status: 'terminated' },
      ]);
    expect(await tasks(guard)).toMatchObject([{ elementId: 'then' }]);
    expect((await guard.health()).stuck).toBe(0);
  });

  test('stays suspended over a restart, and what was not carried on before it is carried on after it', async () => {
    const place = guards.place();
    const first = await guards.make({ models: MODELS, place });
    const { id } = await first.api.engine.start('Outer', {}, ann);
    await first.api.engine.suspend(id, ADMIN_USER);
    const child = await waitingTask(first, 't');
    // As a crash leaves it between the write of the instance and those of the processes below.
    const [above, below] = await Promise.all([
      first.store.instances.load(id),
      first.store.instances.load(child.instanceId),
    ]);
    const { suspension: _, ...guard } = below?.guard as { rev: number; suspension: unknown };
    const items = below?.items?.map((item) => ({ ...item, guard: { ...item.guard, suspended: undefined } }));
    await first.store.instances.update(child.instanceId, guard.rev, { guard, items });
    const rev = above?.guard?.rev as number;
    const left = { ...above?.guard, unfinished: true, spread: { root: id, rev } };
    await first.store.instances.update(id, rev, { guard: left });
    expect((await tasks(first))[0]?.state).toBe('assigned');
    await first.close();
    const second = await guards.make({ place });
    await eventually(async () => (await tasks(second))[0]?.state === 'suspended');
    await eventually(async () => (await second.health()).stuck === 0);
    expect(await refusal(second.api.tasks.complete(child.id, {}, ann))).toMatchObject(WRONG);
    await second.api.engine.resume(id, ADMIN_USER);
    await second.api.tasks.complete(child.id, {}, ann);
  });

  test('of a hundred concurrent suspensions, resumptions or terminations one succeeds', async () => {
    const { guard, ids } = await begun('Plain');
    for (const act of ['suspend', 'resume', 'terminate'] as const) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: act === 'suspend' ? 100 : 10 }, (_, at) =>
          guard.api.engine[act](ids[0] as string, person(`admin${at}`, 'ADMIN')),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(WRONG);
    }
    expect(await tasks(guard)).toEqual([]);
  });
});
