import type { Guard } from 'bpmn-guard';
import { Child } from '../support/child.js';
import { ADMIN_USER, eventually, Guards, waitingTask } from '../support/guards.js';
import { call, end, model, service, start, task } from '../support/models.js';
import { onStores, type Place } from '../support/stores.js';

const ORDER = ['started', 'a', 'b'];

onStores('After kill -9', (kind) => {
  const guards = new Guards(kind);
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
  });

  /** The place with the models, and a process that works on it. */
  async function begun(
    mode: string,
    models: Record<string, string>,
    more: object = {},
  ): Promise<{ place: Place; child: Child }> {
    const place = guards.place();
    const maker = await guards.make({ place, models });
    await maker.close();
    const child = new Child('load.mjs', {
      store: place.options,
      mode,
      model: Object.keys(models)[0],
      ...more,
    });
    children.push(child);
    return { place, child };
  }

  const again = (place: Place, services = {}): Promise<Guard> =>
    guards.make({ place, services: { pause: () => undefined, slow: () => undefined, ...services } });

  test('under load, acknowledged writes are there, documents are complete, and running work continues', async () => {
    const { place, child } = await begun('load', {
      M: model([start(), task('a'), service('s', 'pause'), task('b'), end()]),
    });
    await child.said(60);
    await child.kill();
    const told = new Map<string, number>();
    for (const { id, step } of child.facts) told.set(id, Math.max(told.get(id) ?? 0, ORDER.indexOf(step)));

    const guard = await again(place);
    const stored = await guard.store.instances.find({ filter: {} });
    const byId = new Map(stored.map((instance) => [instance.id, instance]));
    for (const [id, reached] of told) {
      const instance = byId.get(id);
      expect(instance?.data ?? {}).toMatchObject(
        reached === 0 ? {} : reached === 1 ? { a: id } : { a: id, b: id },
      );
      if (reached === 2) expect(instance?.status).toBe('end');
    }
    const running = stored.filter(({ status }) => status === 'running');
    expect(running.length).toBeGreaterThan(0);
    for (const { items = [], tokens = [] } of running) {
      expect(items.filter(({ status }) => status !== 'end')).toMatchObject([
        { status: 'wait', type: 'bpmn:UserTask' },
      ]);
      expect(tokens).toHaveLength(1);
    }
    await Promise.all(
      running.map(async ({ id }) => {
        for (const elementId of ['a', 'b']) {
          const [item] = await guard.api.data.getPendingUserTasks(
            { id, 'items.elementId': elementId },
            ADMIN_USER,
          );
          if (item !== undefined) await guard.api.tasks.complete(item.id, {}, ADMIN_USER);
        }
      }),
    );
    expect(
      (await guard.store.instances.find({ filter: {} })).filter(({ status }) => status !== 'end'),
    ).toEqual([]);
    expect((await guard.health()).stuck).toBe(0);
  });

  test('a start acknowledged before its work was done is finished', async () => {
    const { place, child } = await begun('startNoWait', {
      M: model([
        start({ initiator: 'who' }),
        service('s', 'slow'),
        task('t', { assignee: '$(data.who)' }),
        end(),
      ]),
    });
    const [{ id }] = (await child.said(1)) as [{ id: string }];
    await child.kill();
    const called: unknown[] = [];
    const guard = await again(place, {
      slow: (_input: unknown, context: { item: { elementId: string } }) =>
        void called.push(context.item.elementId),
    });
    const found = await eventually(
      async () => (await guard.api.data.getPendingUserTasks({ id }, ADMIN_USER))[0],
    );
    expect(found).toMatchObject({
      elementId: 't',
      assignee: 'admin',
      userName: 'admin',
      data: { x: 1, who: 'admin' },
    });
    expect(called).toEqual(['s']);
    expect((await guard.api.tasks.complete(found.id, {}, ADMIN_USER)).status).toBe('end');
    expect((await guard.health()).stuck).toBe(0);
  });

  test('a task whose completion was acknowledged stays completed, and its work is finished', async () => {
    const { place, child } = await begun('invokeNoWait', {
      M: model([start(), task('a'), service('s', 'slow'), task('b'), end()]),
    });
    const [{ id, item, status }] = (await child.said(1)) as [{ id: string; item: string; status: string }];
    expect(status).toBe('end');
    await child.kill();
    const guard = await again(place);
    const found = await eventually(
      async () => (await guard.api.data.getPendingUserTasks({ id }, ADMIN_USER))[0],
    );
    expect(found).toMatchObject({ elementId: 'b', data: { answer: 42 } });
    expect(await guard.api.data.findItems({ 'items.id': item }, ADMIN_USER)).toMatchObject([
      { status: 'end', completedBy: 'admin' },
    ]);
    expect((await guard.api.tasks.complete(found.id, {}, ADMIN_USER)).status).toBe('end');
    expect((await guard.health()).stuck).toBe(0);
  });

  test('between a called process that ended and its caller, the caller continues', async () => {
    const { place, child } = await begun('dieBetween', {
      Parent: model([start(), call('c', 'Child'), task('t'), end()]),
      Child: model([start(), task('inner'), end()]),
    });
    const [{ id, child: called }] = (await child.said(1)) as [{ id: string; child: string }];
    expect(await child.ended()).toMatchObject({ signal: 'SIGKILL' });
    const guard = await again(place);
    expect(await guard.store.instances.load(called)).toMatchObject({ status: 'end' });
    const found = await eventually(
      async () => (await guard.api.data.getPendingUserTasks({ id }, ADMIN_USER))[0],
    );
    expect(found).toMatchObject({ elementId: 't', data: { answer: 42 } });
    await eventually(async () => (await guard.health()).stuck === 0);
  });

  const calling = {
    Parent: model([start(), task('first'), call('c', 'Child'), end()]),
    Child: model([start(), call('d', 'Deep'), end()]),
    Deep: model([start(), task('inner'), end()]),
  };

  /** Ends the called processes and with them the caller. */
  async function goesOn(guard: Guard, id: string): Promise<void> {
    await guard.api.tasks.complete((await waitingTask(guard, 'inner')).id, {}, ADMIN_USER);
    await eventually(async () => (await guard.store.instances.load(id))?.status === 'end');
    expect((await guard.store.instances.find({ filter: {} })).map(({ status }) => status)).toEqual([
      'end',
      'end',
      'end',
    ]);
    await eventually(async () => (await guard.health()).stuck === 0);
  }

  /** Makes the two called processes look as if they had been started long ago, by an unguarded host or not. */
  async function age({ store: { instances } }: Guard, unguarded: boolean): Promise<void> {
    const called = await instances.find({
      filter: { name: { $ne: 'Parent' }, startedAt: { $ne: new Date(0) } },
    });
    expect(called).toHaveLength(2);
    for (const { _id, guard, ...fields } of called) {
      await instances.remove([fields.id], {});
      await instances.insert({ ...fields, startedAt: new Date(0), ...(unguarded ? {} : { guard }) } as never);
    }
  }

  test('before a caller is stored, its called processes are absent, and it calls them again', async () => {
    const { place, child } = await begun('dieBefore', calling);
    const [{ id }] = (await child.said(1)) as [{ id: string }];
    expect(await child.ended()).toMatchObject({ signal: 'SIGKILL' });
    const guard = await again(place);
    expect(await guard.store.instances.count({ filter: {} })).toBe(1);
    await guard.api.tasks.complete((await waitingTask(guard, 'first', id)).id, {}, ADMIN_USER);
    await goesOn(guard, id);
  });

  test('after a caller is stored, its called processes are stored too', async () => {
    const { place, child } = await begun('dieHalfway', calling);
    const [{ id }] = (await child.said(1)) as [{ id: string }];
    expect(await child.ended()).toMatchObject({ signal: 'SIGKILL' });
    const guard = await again(place);
    await eventually(async () => (await guard.store.instances.count({ filter: {} })) === 3);
    await goesOn(guard, id);
  });

  test('of an unguarded host, a called process whose caller was never stored is ended with what it called', async () => {
    const { guard, place } = await guards.open({ place: guards.place(), models: calling });
    const { id } = await guard.api.engine.start('Parent', {}, ADMIN_USER);
    await guard.api.tasks.complete((await waitingTask(guard, 'first', id)).id, {}, ADMIN_USER);
    await age(guard, true);
    await guard.store.instances.remove([id], {});
    await guard.close();
    const next = await again(place);
    await eventually(
      async () => (await next.store.instances.count({ filter: { status: 'terminated' } })) === 2,
    );
    expect(await next.api.data.getPendingUserTasks({}, ADMIN_USER)).toEqual([]);
    const recorded = await eventually(async () => {
      const entries = await next.store.audit.find({ userName: 'system', limit: 10 });
      return entries.length === 2 && entries;
    });
    for (const entry of recorded)
      expect(entry).toMatchObject({
        operation: 'instance:cancel',
        answer: 'allowed',
        reason: 'a called process whose caller was never stored',
      });
  });

  test.each(['deleted', 'archived'])(
    'the called processes of a caller that was %s go on at the next start, also those of an unguarded host',
    async (how) => {
      const { guard, place } = await guards.open({ place: guards.place(), models: calling });
      type DataStore = Record<string, (query: Record<string, unknown>) => Promise<unknown>>;
      const remove = (id: string): Promise<unknown> =>
        guard.runAs(ADMIN_USER, () =>
          (guard.server.dataStore as unknown as DataStore)[
            how === 'deleted' ? 'deleteInstances' : 'archive'
          ]?.({
            id,
          }),
        );
      for (const unguarded of [false, true]) {
        const { id } = await guard.api.engine.start('Parent', {}, ADMIN_USER);
        await guard.api.tasks.complete((await waitingTask(guard, 'first', id)).id, {}, ADMIN_USER);
        await age(guard, unguarded);
        await remove(id);
        expect(await guard.store.instances.exists({ filter: { id } })).toBe(false);
      }
      await guard.close();
      // A guard that closes first finishes its start.
      await (await again(place)).close();
      const last = await guards.make({ place });
      expect(await last.store.instances.count({ filter: { status: 'running' } })).toBe(4);
    },
  );
});
