import type { Guard, ItemView, SecureUser } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../support/guards.js';
import { boundary, catching, end, message, model, receive, start, task, timer } from '../support/models.js';
import { onStores } from '../support/stores.js';

const [ann, bob, carl, dora, starter] = [
  person('ann', 'hr'),
  person('bob', 'hr'),
  person('carl'),
  person('dora'),
  person('starter'),
];

onStores('The life of a task', (kind) => {
  const guards = new Guards(kind);
  const source = model([start(), task('t', { candidateGroups: 'hr', candidateUsers: 'carl' }), end()]);

  async function begun(
    attrs?: Record<string, string>,
  ): Promise<{ guard: Guard; id: string; instanceId: string }> {
    const guard = await guards.make({
      models: { M: attrs === undefined ? source : model([start(), task('t', attrs), end()]) },
    });
    const { id: instanceId } = await guard.api.engine.start('M', {}, starter);
    return { guard, id: (await waitingTask(guard, 't', instanceId)).id, instanceId };
  }

  const seen = async (guard: Guard, user: SecureUser): Promise<ItemView | undefined> =>
    (await guard.api.data.findItems({ 'items.elementId': 't' }, user))[0];

  test('goes from unclaimed to assigned by a take, and back by a release', async () => {
    const { guard, id } = await begun();
    expect(await seen(guard, bob)).toMatchObject({ state: 'unclaimed', assignee: null });
    expect(await guard.api.tasks.take(id, ann)).toMatchObject({
      id,
      state: 'assigned',
      assignee: 'ann',
      candidateGroups: ['hr'],
    });
    expect(await refusal(guard.api.tasks.take(id, bob))).toMatchObject({
      code: 'wrong-state',
      status: 409,
      message: expect.stringContaining('assigned'),
    });
    expect(await refusal(guard.api.tasks.take(id, ann))).toMatchObject({ code: 'wrong-state' });
    expect(await refusal(guard.api.tasks.release(id, bob))).toMatchObject({ code: 'forbidden', status: 403 });
    expect(await refusal(guard.api.tasks.complete(id, {}, bob))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.api.tasks.take(id, dora))).toMatchObject({ code: 'not-found', status: 404 });
    expect(await guard.api.tasks.release(id, ann)).toMatchObject({ state: 'unclaimed', assignee: null });
    expect(await refusal(guard.api.tasks.release(id, ann))).toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('unclaimed'),
    });
    expect(await guard.api.tasks.take(id, carl)).toMatchObject({ assignee: 'carl' });
  });

  test('can be completed by its assignee only, not by a candidate who has not taken it', async () => {
    const { guard, id } = await begun();
    expect(await refusal(guard.api.tasks.complete(id, {}, ann))).toMatchObject({
      code: 'forbidden',
      status: 403,
    });
    expect(await refusal(guard.api.engine.invoke({ 'items.id': id }, {}, carl))).toMatchObject({
      code: 'forbidden',
    });
    await guard.api.tasks.take(id, ann);
    const done = await guard.api.tasks.complete(id, { x: 1 }, ann);
    expect(done).toMatchObject({ status: 'end', data: { x: 1 } });
    expect(done.item).toMatchObject({ state: 'done', completedBy: 'ann' });
  });

  test.each([[undefined], [null], [''], [7]])(
    'cannot be assigned to %j: the call is refused and changes nothing',
    async (nobody) => {
      const { guard, id } = await begun({ assignee: 'dora' });
      expect(await refusal(guard.api.tasks.assign(id, nobody as never, dora))).toMatchObject({
        code: 'bad-assignment',
        status: 400,
      });
      expect(await seen(guard, dora)).toMatchObject({ assignee: 'dora' });
    },
  );

  test('gives a former assignee no more rights than the candidates', async () => {
    const { guard, id } = await begun({ candidateGroups: 'hr' });
    await guard.api.tasks.assign(id, 'dora', ADMIN_USER);
    expect(await seen(guard, dora)).toMatchObject({ assignee: 'dora' });
    expect(await guard.api.tasks.release(id, dora)).toBeUndefined();
    expect(await seen(guard, dora)).toBeUndefined();
    expect(await refusal(guard.api.tasks.take(id, dora))).toMatchObject({ code: 'not-found' });
    expect(await seen(guard, bob)).toMatchObject({ state: 'unclaimed' });
  });

  test('stays open to all after a release where the model restricts it to nobody', async () => {
    const { guard, id } = await begun({});
    expect(await guard.api.tasks.take(id, dora)).toMatchObject({ state: 'assigned' });
    expect(await guard.api.tasks.release(id, dora)).toMatchObject({ state: 'open' });
    expect(await guard.api.tasks.take(id, carl)).toMatchObject({ assignee: 'carl' });
  });

  test('is closed after a release where nobody else may do it; the starter sees that it is stuck', async () => {
    const { guard, id } = await begun({ assignee: 'dora' });
    expect(await guard.api.tasks.release(id, dora)).toBeUndefined();
    expect(await seen(guard, dora)).toBeUndefined();
    expect(await seen(guard, ann)).toBeUndefined();
    expect(await seen(guard, starter)).toMatchObject({ state: 'closed' });
    expect(await refusal(guard.api.tasks.take(id, starter))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.api.tasks.assign(id, 'ann', starter))).toMatchObject({ code: 'forbidden' });
    expect(await guard.api.tasks.assign(id, 'ann', ADMIN_USER)).toMatchObject({
      assignee: 'ann',
      state: 'assigned',
    });
    expect(await seen(guard, starter)).toBeUndefined();
  });

  test('is lent by its assignee, who keeps reading it and may recall it; it is completed when it is back', async () => {
    const { guard, id } = await begun();
    expect(await refusal(guard.api.tasks.delegate(id, 'dora', ann))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.api.tasks.delegate(id, 'dora', dora))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.take(id, ann);
    expect(await refusal(guard.api.tasks.delegate(id, 'ann', ann))).toMatchObject({ code: 'bad-assignment' });
    expect(await guard.api.tasks.delegate(id, 'dora', ann)).toMatchObject({
      state: 'delegated',
      assignee: 'dora',
      owner: 'ann',
    });
    expect(await seen(guard, ann)).toMatchObject({ state: 'delegated', owner: 'ann' });
    expect(await refusal(guard.api.tasks.complete(id, {}, dora))).toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('delegated'),
    });
    expect(await refusal(guard.api.tasks.complete(id, {}, ann))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.api.tasks.delegate(id, 'carl', dora))).toMatchObject({ code: 'wrong-state' });
    expect(await refusal(guard.api.tasks.resolve(id, bob))).toMatchObject({ code: 'forbidden' });
    expect(
      (await guard.api.engine.assign({ 'items.id': id }, {}, { assignee: 'dora', priority: 3 }, dora)).item,
    ).toMatchObject({ state: 'delegated', owner: 'ann', priority: 3 });
    expect(await refusal(guard.api.tasks.complete(id, {}, dora))).toMatchObject({ code: 'wrong-state' });
    await guard.api.tasks.resolve(id, dora);
    expect(await seen(guard, dora)).toBeUndefined();
    expect(await seen(guard, ann)).toMatchObject({ state: 'assigned', assignee: 'ann' });
    expect((await seen(guard, ann))?.owner).toBeUndefined();
    expect(await refusal(guard.api.tasks.resolve(id, ann))).toMatchObject({ code: 'wrong-state' });
    await guard.api.tasks.delegate(id, 'dora', ann);
    expect(await guard.api.tasks.resolve(id, ann)).toMatchObject({ state: 'assigned', assignee: 'ann' });
    expect((await guard.api.tasks.complete(id, {}, ann)).item).toMatchObject({ completedBy: 'ann' });
  });

  test('can be neither executed nor assigned when it is finished, by nobody', async () => {
    const { guard, id } = await begun({ assignee: 'ann' });
    await guard.api.tasks.complete(id, { x: 1 }, ann);
    const before = JSON.stringify(await guard.store.instances.find({ filter: {} }));
    for (const user of [ann, ADMIN_USER]) {
      for (const work of [
        guard.api.tasks.complete(id, { x: 2 }, user),
        guard.api.engine.invoke({ 'items.id': id }, { x: 2 }, user),
        guard.api.engine.assign({ 'items.id': id }, {}, { priority: 2 }, user),
        guard.api.tasks.release(id, user),
        guard.api.tasks.assign(id, 'bob', user),
        guard.api.tasks.delegate(id, 'bob', user),
      ]) {
        expect(await refusal(work)).toMatchObject({
          code: 'wrong-state',
          status: 409,
          message: expect.stringContaining('done'),
        });
      }
    }
    expect(JSON.stringify(await guard.store.instances.find({ filter: {} }))).toBe(before);
  });

  test('answers a former assignee with a conflict for an outdated page', async () => {
    const { guard, id } = await begun();
    await guard.api.tasks.take(id, ann);
    await guard.api.tasks.assign(id, 'dora', ADMIN_USER);
    expect(await refusal(guard.api.tasks.complete(id, {}, ann))).toMatchObject({ code: 'forbidden' });
    await guard.api.tasks.assign(id, 'bob', ADMIN_USER);
    expect(await refusal(guard.api.tasks.complete(id, {}, dora))).toMatchObject({ code: 'not-found' });
  });

  test('may be completed by an administrator in any waiting state, who is recorded', async () => {
    for (const prepare of [
      async () => undefined,
      async (guard: Guard, id: string) => guard.api.tasks.take(id, ann),
      async (guard: Guard, id: string) => (
        await guard.api.tasks.take(id, ann),
        guard.api.tasks.delegate(id, 'dora', ann)
      ),
    ]) {
      const { guard, id } = await begun();
      await prepare(guard, id);
      const done = await guard.api.tasks.complete(id, {}, ADMIN_USER);
      expect(done).toMatchObject({ status: 'end', item: { completedBy: 'admin', state: 'done' } });
      const [entry] = (await guard.store.audit.find({ userName: 'admin', limit: 20 })).filter(
        (line) => line.operation === 'task:execute',
      );
      expect(entry).toMatchObject({ answer: 'allowed', resource: { kind: 'task', id, name: 't' } });
    }
    const { guard, id } = await begun({ assignee: '$(data.nobody)' });
    expect((await guard.api.tasks.complete(id, {}, ADMIN_USER)).status).toBe('end');
  });

  describe('assign', () => {
    test("takes with one's own name, releases with null, and hands over with another's", async () => {
      const { guard, id } = await begun();
      const assign = (assignment: Record<string, unknown>, user: SecureUser) =>
        guard.api.engine.assign({ 'items.id': id }, {}, assignment, user);
      expect((await assign({ assignee: 'ann' }, ann)).item).toMatchObject({ assignee: 'ann' });
      expect(await refusal(assign({ assignee: 'bob' }, bob))).toMatchObject({ code: 'wrong-state' });
      expect(await refusal(assign({ assignee: null }, bob))).toMatchObject({ code: 'forbidden' });
      expect((await assign({ assignee: 'dora' }, ann)).item).toMatchObject({ assignee: 'dora' });
      expect((await assign({ assignee: null }, dora)).item).toBeUndefined();
      expect((await assign({ assignee: 'ann' }, ann)).item).toMatchObject({ assignee: 'ann' });
      expect((await assign({ assignee: null }, ADMIN_USER)).item).toMatchObject({
        assignee: null,
        state: 'unclaimed',
      });
    });

    test('sets candidates, dates, priority and plain extras, and nothing else', async () => {
      const { guard, id, instanceId } = await begun({ assignee: 'ann' });
      const assign = (assignment: unknown) =>
        guard.api.engine.assign({ 'items.id': id }, {}, assignment as Record<string, unknown>, ann);
      const { item } = await assign({
        candidateUsers: ' bob, carl',
        candidateGroups: ['it'],
        dueDate: '2030-01-01',
        followUpDate: new Date(0),
        priority: '3',
        costCentre: 'X1',
      });
      expect(item).toMatchObject({
        assignee: 'ann',
        candidateUsers: ['bob', 'carl'],
        candidateGroups: ['it'],
        dueDate: new Date('2030-01-01'),
        followUpDate: new Date(0),
        priority: 3,
        costCentre: 'X1',
      });
      expect(await guard.api.data.findItems({ 'items.id': id }, carl)).toMatchObject([{ costCentre: 'X1' }]);
      const before = JSON.stringify(await guard.store.instances.load(instanceId));
      const REFUSED: unknown[] = [
        { status: 'end' },
        { id: 'x' },
        { userName: 'x' },
        { seq: 1 },
        { startedAt: new Date() },
        { type: 'x' },
        { elementId: 'x' },
        { guard: {} },
        { completedBy: 'x' },
        { owner: 'x' },
        { open: true },
        { token: 1 },
        { 'a.b': 1 },
        { $set: 1 },
        JSON.parse('{"__proto__": 1}'),
        { constructor: 1 },
        { extra: { deep: 1 } },
        { extra: ['x'] },
        { assignee: ['ann'] },
        { assignee: { $ne: '' } },
        { assignee: 7 },
        { assignee: '*' },
        { assignee: ' ' },
        { candidateUsers: [null] },
        { candidateGroups: {} },
        { candidateGroups: ['*'] },
        { dueDate: 'soon' },
        { priority: 'high' },
        { priority: NaN },
        'text',
        ['x'],
      ];
      for (const assignment of REFUSED)
        expect({ assignment, code: (await refusal(assign(assignment))).code }).toEqual({
          assignment,
          code: 'bad-assignment',
        });
      expect(JSON.stringify(await guard.store.instances.load(instanceId))).toBe(before);
    });

    test('writes data that come with it for who may complete the task only', async () => {
      const { guard, id, instanceId } = await begun();
      expect(
        await refusal(guard.api.engine.assign({ 'items.id': id }, { x: 1 }, { assignee: 'ann' }, ann)),
      ).toMatchObject({ code: 'forbidden', message: expect.stringContaining('task:execute') });
      await guard.api.tasks.take(id, ann);
      await guard.api.engine.assign({ 'items.id': id }, { x: 1 }, { priority: 1 }, ann);
      expect((await guard.store.instances.load(instanceId))?.data).toEqual({ x: 1 });
      expect(
        await refusal(guard.api.engine.assign({ 'items.id': id }, { x: 2 }, { priority: 2 }, bob)),
      ).toMatchObject({ code: 'forbidden' });
      await guard.api.engine.assign({ 'items.id': id }, { x: 3 }, {}, ADMIN_USER);
      expect((await guard.store.instances.load(instanceId))?.data).toEqual({ x: 3 });
    });

    test('names only people whom the directory knows, enabled and of the tenant', async () => {
      const people: Record<string, object> = {
        ann: { userName: 'ann' },
        gone: { userName: 'gone', disabled: true },
        far: { userName: 'far', tenantId: 'other' },
        bob: { userName: 'bob' },
        admin: { userName: 'admin', userGroups: ['ADMIN'] },
      };
      const guard = await guards.make({
        directory: { find: async (name) => people[name] as never },
        models: { M: model([start(), task('t', { assignee: 'ann' }), end()]) },
      });
      const { id } = await guard.api.engine.start('M', {}, ann);
      const { id: taskId } = await waitingTask(guard, 't', id);
      for (const name of ['nobody', 'gone', 'far']) {
        expect(await refusal(guard.api.tasks.assign(taskId, name, person('ann')))).toMatchObject({
          code: 'bad-assignment',
          message: 'The user to whom the task would be assigned is not known.',
        });
        expect(await refusal(guard.api.tasks.delegate(taskId, name, person('ann')))).toMatchObject({
          code: 'bad-assignment',
        });
      }
      await guard.api.tasks.assign(taskId, 'bob', person('ann'));
      expect(await guard.api.data.getPendingUserTasks({}, person('bob'))).toHaveLength(1);
    });

    test('refuses an ambiguous query and one that finds nothing', async () => {
      const { guard } = await begun();
      await guard.api.engine.start('M', {}, starter);
      expect(
        await refusal(guard.api.engine.assign({ 'items.elementId': 't' }, {}, { assignee: 'ann' }, ann)),
      ).toMatchObject({ code: 'ambiguous', status: 409 });
      expect(await refusal(guard.api.engine.invoke({ 'items.elementId': 't' }, {}, ann))).toMatchObject({
        code: 'ambiguous',
      });
      expect(await refusal(guard.api.engine.invoke({ 'items.elementId': 'x' }, {}, ann))).toMatchObject({
        code: 'not-found',
      });
      expect(await refusal(guard.api.engine.invoke({ 'items.elementId': 't' }, {}, dora))).toMatchObject({
        code: 'not-found',
      });
    });
  });

  test('leaves events, receive tasks and timers to messages and to administrators', async () => {
    const guard = await guards.make({
      models: {
        E: model(
          [
            start(),
            task('t', { assignee: 'ann' }),
            boundary('late', 't', timer('timeDuration', 'P1D'), true, [end('e1')]),
            boundary('stop', 't', message('stop'), true, [end('e2')]),
            end(),
          ],
          { messages: ['stop'] },
        ),
        R: model([start(), receive('r', 'go'), catching('c', timer('timeDuration', 'P1D')), end()], {
          messages: ['go'],
        }),
      },
    });
    const { id } = await guard.api.engine.start('E', {}, ann);
    const { id: other } = await guard.api.engine.start('R', {}, ann);
    const before = JSON.stringify(await guard.store.instances.find({ filter: {} }));
    for (const [instance, elementId] of [
      [id, 'late'],
      [id, 'stop'],
      [other, 'r'],
    ] as const) {
      expect(
        await refusal(
          guard.api.engine.invoke(
            { id: instance, 'items.elementId': elementId, 'items.status': 'wait' },
            {},
            ann,
          ),
        ),
      ).toMatchObject({ code: 'forbidden' });
      expect(
        await refusal(
          guard.api.engine.assign(
            { id: instance, 'items.elementId': elementId, 'items.status': 'wait' },
            {},
            { assignee: 'ann' },
            ADMIN_USER,
          ),
        ),
      ).toMatchObject({ code: 'wrong-state', message: 'Only a user task can be assigned.' });
    }
    expect(JSON.stringify(await guard.store.instances.find({ filter: {} }))).toBe(before);
    await guard.api.engine.throwMessage('go', {}, { id: other }, ann);
    expect(
      await refusal(guard.api.engine.invoke({ id: other, 'items.elementId': 'c' }, {}, ann)),
    ).toMatchObject({ code: 'forbidden' });
    expect(
      (await guard.api.engine.invoke({ id: other, 'items.elementId': 'c' }, {}, ADMIN_USER)).status,
    ).toBe('end');
    expect((await guard.api.engine.invoke({ id, 'items.elementId': 'late' }, {}, ADMIN_USER)).status).toBe(
      'end',
    );
    expect(
      await refusal(guard.api.engine.invoke({ id, 'items.elementId': 'late' }, {}, ADMIN_USER)),
    ).toMatchObject({ code: 'wrong-state' });
  });
});
