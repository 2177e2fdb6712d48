import type { Directory, Guard, ItemView } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { boundary, end, model, script, start, task, timer } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, bob] = [person('ann'), person('bob')];
const MINE = { assignee: 'ann' };
const ONE = model([start(), task('t', MINE), end()]);
const TWO = model([start(), task('t', MINE), task('more', { assignee: 'bob' }), end()]);
const OTHER_TYPE = model([start(), script('t', '1'), end()]);
const RENAMED = model([start(), task('u', MINE), end()]);
const WRONG = { code: 'wrong-state', status: 409 };

onStores('Migrating an instance', (kind) => {
  const guards = new Guards(kind);

  async function begun(): Promise<{ guard: Guard; id: string; t: string }> {
    const guard = await guards.make({
      models: { One: ONE, Two: TWO, Renamed: RENAMED, OtherType: OTHER_TYPE },
    });
    const { id } = await guard.api.engine.start('One', { x: 1 }, ann);
    return { guard, id, t: (await waitingTask(guard, 't', id)).id };
  }

  test('to the current version of its model, or to another model, continues with it', async () => {
    for (const to of ['One', 'Two']) {
      const { guard, id, t } = await begun();
      if (to === 'One') await guard.api.model.save('One', TWO, null, ADMIN_USER);
      expect(await guard.api.engine.migrate(id, to, ADMIN_USER)).toMatchObject({
        id,
        name: to,
        data: { x: 1 },
      });
      await guard.api.tasks.complete(t, {}, ann);
      expect(await waitingTask(guard, 'more', id)).toMatchObject({ assignee: 'bob', processName: to });
      expect(await guard.api.data.find({ filter: { name: to, 'items.status': 'wait' } }, bob)).toMatchObject({
        data: [{ id }],
      });
    }
  });

  test('is refused as a whole where an element is missing or of another type', async () => {
    const { guard, id, t } = await begun();
    const before = await guard.store.instances.load(id);
    for (const to of ['Renamed', 'OtherType'])
      expect(await refusal(guard.api.engine.migrate(id, to, ADMIN_USER))).toMatchObject({
        ...WRONG,
        message: expect.stringMatching(/: t\.$/),
      });
    expect(await refusal(guard.api.engine.migrate(id, 'None', ADMIN_USER))).toMatchObject({
      code: 'not-found',
    });
    expect(await guard.store.instances.load(id)).toEqual(before);
    await guard.api.tasks.complete(t, {}, ann);
    expect(await refusal(guard.api.engine.migrate(id, 'Two', ADMIN_USER))).toMatchObject(WRONG);
  });

  test('needs the right to, for the instance as it is and as it would be', async () => {
    const { guard, id } = await begun();
    expect(await refusal(guard.api.engine.migrate(id, 'Two', ann))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.api.engine.migrate(id, 'Two', bob))).toMatchObject({ code: 'not-found' });
    const asked: unknown[] = [];
    const only = await guards.make({
      models: { One: ONE, Two: TWO },
      policies: [
        {
          name: 'not-two',
          waivable: false,
          answer: (_principal, operation) => {
            asked.push(operation);
            return operation === 'instance:migrate'
              ? {
                  restrictive: [
                    { id: 'one', says: 'only One', when: { op: 'eq', field: 'instance.name', value: 'One' } },
                  ],
                }
              : {};
          },
        },
      ],
    });
    const { id: other } = await only.api.engine.start('One', {}, ann);
    expect(await refusal(only.api.engine.migrate(other, 'Two', ADMIN_USER))).toMatchObject({
      code: 'forbidden',
    });
    await only.api.engine.migrate(other, 'One', ADMIN_USER);
    expect(asked).toContain('instance:migrate');
  });

  test('keeps a suspended instance suspended, and its timers', async () => {
    const timed = model([
      start(),
      task('t', MINE),
      boundary('late', 't', timer('timeDuration', 'PT1H'), true, [task('after', MINE), end('e2')]),
      end(),
    ]);
    const guard = await guards.make({ models: { Timed: timed } });
    const { id } = await guard.api.engine.start('Timed', {}, ann);
    await guard.api.engine.suspend(id, ADMIN_USER);
    const before = await guard.store.instances.load(id);
    const view = await guard.api.engine.migrate(id, 'Timed', ADMIN_USER);
    expect(view.suspension).toMatchObject({ by: 'admin' });
    expect((await guard.store.instances.load(id))?.items).toEqual(before?.items);
  });

  test('concurrent completions and migrations happen completely or not at all', async () => {
    const { guard, id, t } = await begun();
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 20 }, () => guard.api.engine.migrate(id, 'Two', ADMIN_USER)),
      guard.api.tasks.complete(t, {}, ann),
    ]);
    expect(outcomes.at(-1)?.status).toBe('fulfilled');
    const stored = await guard.store.instances.load(id);
    expect([
      ['Two', 'running'],
      ['One', 'end'],
    ]).toContainEqual([stored?.name, stored?.status]);
    expect(stored?.source).toBe(stored?.name === 'Two' ? TWO : ONE);
  });
});

onStores('Adding to a running instance', (kind) => {
  const guards = new Guards(kind);
  const people = [ann, bob, person('kim', 'clerks'), ADMIN_USER];
  const directory: Directory = { find: async (name) => people.find(({ userName }) => userName === name) };

  async function begun(more: object = {}): Promise<{ guard: Guard; id: string; t: string }> {
    const guard = await guards.make({ models: { One: ONE, Two: TWO }, directory, ...more });
    const { id } = await guard.api.engine.start('One', {}, ann);
    return { guard, id, t: (await waitingTask(guard, 't', id)).id };
  }
  const tasks = (guard: Guard, user = ADMIN_USER): Promise<ItemView[]> =>
    guard.api.data.getPendingUserTasks({}, user);

  test('a task is assigned, found, done, and the instance ends after it', async () => {
    const { guard, id, t } = await begun();
    const added = await guard.api.engine.addTask(
      id,
      { name: 'Call <the> "customer" & note', assignee: 'bob', priority: 7, colour: 'red' },
      ADMIN_USER,
    );
    expect(added).toMatchObject({
      name: 'Call <the> "customer" & note',
      assignee: 'bob',
      state: 'assigned',
      priority: 7,
      colour: 'red',
      instanceId: id,
    });
    expect(await tasks(guard, bob)).toMatchObject([{ id: added?.id }]);
    await guard.api.tasks.complete(t, {}, ann);
    expect(await guard.store.instances.load(id)).toMatchObject({ status: 'running' });
    expect((await guard.api.tasks.complete(added?.id as string, {}, bob)).id).toBe(id);
    expect(await guard.store.instances.load(id)).toMatchObject({ status: 'end' });
    const [entry] = await guard.store.audit.find({ userName: 'admin', limit: 1 });
    expect(entry).toMatchObject({ operation: 'instance:event', answer: 'allowed' });
  });

  test('a task for a group is taken by its members; what looks like code in a name is a name', async () => {
    const { guard, id } = await begun();
    const added = await guard.api.engine.addTask(
      id,
      { name: '${1 + 1}', candidateGroups: ['clerks'] },
      ADMIN_USER,
    );
    expect(added).toMatchObject({ name: '${1 + 1}', state: 'unclaimed', candidateGroups: ['clerks'] });
    expect(await guard.api.tasks.take(added?.id as string, people[2])).toMatchObject({ assignee: 'kim' });
    const odd = await guard.api.engine.addTask(
      id,
      { name: 'odd', candidateUsers: ['$(process.exit(7))', '#throw 1'] },
      ADMIN_USER,
    );
    expect(odd).toMatchObject({ candidateUsers: ['$(process.exit(7))', '#throw 1'] });
  });

  test('is refused, and changes nothing, without the right, for nobody, for a stranger, and for what has ended', async () => {
    const { guard, id, t } = await begun();
    const before = await guard.store.instances.load(id);
    const add = (given: object, user = ADMIN_USER) =>
      refusal(guard.api.engine.addTask(id, given as never, user));
    expect(await add({ name: 'x', assignee: 'bob' }, ann)).toMatchObject({ code: 'forbidden' });
    expect(await add({ name: 'x', assignee: 'bob' }, bob)).toMatchObject({ code: 'not-found' });
    for (const given of [{}, { name: '' }, { name: 7 }, { name: 'x'.repeat(201) }])
      expect(await add({ assignee: 'bob', ...given })).toMatchObject({ code: 'bad-request' });
    for (const given of [
      {},
      { assignee: null },
      { candidateGroups: [] },
      { assignee: 'stranger' },
      { status: 'end' },
    ])
      expect(await add({ name: 'x', ...given })).toMatchObject({ code: 'bad-assignment' });
    expect(await guard.store.instances.load(id)).toEqual(before);
    await guard.api.engine.suspend(id, ADMIN_USER);
    expect(await add({ name: 'x', assignee: 'bob' })).toMatchObject(WRONG);
    expect(await refusal(guard.api.engine.addProcess(id, 'Two', {}, ADMIN_USER))).toMatchObject(WRONG);
    await guard.api.engine.resume(id, ADMIN_USER);
    await guard.api.tasks.complete(t, {}, ann);
    expect(await add({ name: 'x', assignee: 'bob' })).toMatchObject(WRONG);
    expect(await refusal(guard.api.engine.addProcess(id, 'Two', {}, ADMIN_USER))).toMatchObject(WRONG);
    const without = await begun({ keep: { source: false } });
    expect(
      await refusal(without.guard.api.engine.addTask(without.id, { name: 'x', assignee: 'bob' }, ADMIN_USER)),
    ).toMatchObject(WRONG);
  });

  test('a process runs on its own, and is suspended and terminated with the instance', async () => {
    const { guard, id, t } = await begun();
    const { id: added, name } = await guard.api.engine.addProcess(id, 'Two', { x: 1 }, ADMIN_USER);
    expect(name).toBe('Two');
    expect(await guard.store.instances.load(added)).toMatchObject({
      status: 'running',
      data: { x: 1 },
      guard: { addedTo: id, startedBy: 'admin' },
    });
    const below = await waitingTask(guard, 't', added);
    await guard.api.engine.suspend(id, ADMIN_USER);
    expect(await refusal(guard.api.tasks.complete(below.id, {}, ann))).toMatchObject(WRONG);
    await guard.api.engine.resume(id, ADMIN_USER);
    await guard.api.tasks.complete(below.id, {}, ann);
    await waitingTask(guard, 'more', added);
    expect(await guard.api.engine.terminate(id, ADMIN_USER)).toEqual([id, added]);
    expect(await tasks(guard)).toEqual([]);
    expect(await refusal(guard.api.tasks.complete(t, {}, ann))).toMatchObject(WRONG);
    expect(await refusal(guard.api.engine.addProcess(id, 'None', {}, ADMIN_USER))).toMatchObject(WRONG);
  });
});
