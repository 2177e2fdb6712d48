import { parseCondition, type Guard, type Policy } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { catching, end, loop, message, model, script, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ann = person('ann');
const bob = person('bob');
const when = (condition: object) => parseCondition(condition as never);

/** Who did the element of that name in the same instance. */
const did = (elementId: string) => ({
  items: {
    $elemMatch: { 'item.elementId': elementId, 'item.guard.completedBy': '$user.userName' },
  },
});
const duty = (name: string, condition: object, ...operations: string[]): Policy => ({
  name,
  answer: (_principal, operation) =>
    operations.includes(operation) ? { restrictive: [{ id: name, says: name, when: when(condition) }] } : {},
});

const TWO = model([
  start(),
  task('first', { candidateUsers: 'ann,bob' }),
  task('second', { candidateUsers: 'ann,bob' }),
  end(),
]);

onStores('One call, one decision on the whole resource', (kind) => {
  const guards = new Guards(kind);

  /** The second task of an instance of which ann did the first. */
  async function second(guard: Guard): Promise<string> {
    const { id } = await guard.api.engine.start('Two', {}, ann);
    const first = (await waitingTask(guard, 'first', id)).id;
    await guard.api.tasks.take(first, ann);
    await guard.api.tasks.complete(first, {}, ann);
    return (await waitingTask(guard, 'second', id)).id;
  }

  test('"not who did the first task" is enforced at every entry point, even if only one item was found', async () => {
    const policy = duty('other-hand', { $nor: [did('first')] }, 'task:assignees', 'task:take', 'task:assign');
    const guard = await guards.make({ models: { Two: TWO }, policies: [policy] });
    const id = await second(guard);
    expect(await refusal(guard.api.tasks.candidates(id, ann))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.api.tasks.take(id, ann))).toMatchObject({ code: 'forbidden' });
    expect(await guard.can(ann, 'task:take', { item: { id } })).toBe(false);
    expect(await guard.api.tasks.candidates(id, bob)).toMatchObject({ users: ['ann', 'bob'] });
    expect(await guard.api.tasks.take(id, bob)).toMatchObject({ assignee: 'bob' });
  });

  test('"must be who did the first task" lets that person complete the second, and nobody else', async () => {
    const guard = await guards.make({
      models: { Two: TWO },
      policies: [duty('same-hand', { $or: [{ 'item.elementId': 'first' }, did('first')] }, 'task:execute')],
    });
    const id = await second(guard);
    await guard.api.tasks.take(id, bob);
    expect(await refusal(guard.api.tasks.complete(id, {}, bob))).toMatchObject({ code: 'forbidden' });
    await guard.api.tasks.release(id, bob);
    await guard.api.tasks.take(id, ann);
    expect((await guard.api.tasks.complete(id, {}, ann)).status).toBe('end');
  });

  test('a policy for all task operations alike hides no assignee: lists can be sorted by it', async () => {
    const alike: Policy = {
      name: 'alike',
      answer: (_principal, operation) =>
        operation.startsWith('task:')
          ? { restrictive: [{ id: 'small', says: 'small', when: when({ 'data.amount': { $lt: 10 } }) }] }
          : {},
    };
    const guard = await guards.make({ models: { Two: TWO }, policies: [alike] });
    await guard.api.engine.start('Two', { amount: 1 }, ann);
    const { data } = await guard.api.data.find({ sort: { 'items.assignee': 1 } }, ann);
    expect(data.length).toBeGreaterThan(0);
  });

  test("a caller's description of a resource is ignored, except for its ids", async () => {
    const guard = await guards.make({ models: { Two: TWO } });
    const { id: instanceId } = await guard.api.engine.start('Two', {}, ann);
    const { id } = await waitingTask(guard, 'first', instanceId);
    const forged = { id, type: 'bpmn:UserTask', status: 'wait', assignee: 'bob', guard: { open: true } };
    const instance = { id: instanceId, items: [forged], guard: { startedBy: 'bob' } };
    expect(await guard.can(bob, 'task:execute', { item: forged, instance })).toBe(false);
    expect(await guard.can(bob, 'instance:delete', { instance })).toBe(false);
    const start = { elementId: 'mine', open: true };
    expect(await guard.can(bob, 'instance:start', { model: { name: 'Two' }, start })).toBe(false);
    expect(await guard.can(bob, 'instance:start', { model: { name: 'Two' } })).toBe(true);
    expect(await guard.can(bob, 'model:read', { model: { name: 'None', guard: { starts: [start] } } })).toBe(
      false,
    );
  });

  test('a policy whose condition can never be asked is refused when the guard is made, by name', async () => {
    const policies = [duty('of-model', { 'model.name': 'Two' }, 'task:execute')];
    expect(await refusal(guards.make({ policies }))).toMatchObject({
      code: 'bad-configuration',
      message: expect.stringMatching(/policy of-model .*task:execute.*cannot refer to model/),
    });
  });

  test('a command of a user who was disabled while waiting for the lock is refused', async () => {
    const people = new Map<string, object>([ann, bob, ADMIN_USER].map((user) => [user.userName, user]));
    const changed = new Set<(name: string) => void>();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let reach: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const guard = await guards.make({
      directory: {
        find: async (name) => people.get(name) as never,
        onChanged: (handler) => (changed.add(handler), () => changed.delete(handler)),
      },
      services: { hold: () => (reach(), held) },
      models: {
        Slow: model([
          start(),
          task('t', { candidateUsers: 'ann,bob' }, ''),
          script('hold', 'return appServices.hold()'),
          end(),
        ]),
      },
    });
    const { id } = await guard.api.engine.start('Slow', {}, ann);
    const { id: taskId } = await waitingTask(guard, 't', id);
    await guard.api.tasks.take(taskId, bob);
    const inFront = guard.api.tasks.complete(taskId, {}, bob);
    await reached;
    const inLine = refusal(guard.api.engine.assign({ 'items.id': taskId }, {}, { priority: 9 }, ann));
    await new Promise((resolve) => setTimeout(resolve, 100));
    people.set('ann', { userName: 'ann', disabled: true });
    for (const tell of changed) tell('ann');
    release();
    await inFront;
    expect(await inLine).toMatchObject({ code: 'unauthenticated', status: 401 });
  });

  test('the result of background work is shown by the rights at its end, not at its start', async () => {
    const people = new Map<string, object>([ann, ADMIN_USER].map((user) => [user.userName, user]));
    const changed = new Set<(name: string) => void>();
    const guard = await guards.make({
      directory: {
        find: async (name) => people.get(name) as never,
        onChanged: (handler) => (changed.add(handler), () => changed.delete(handler)),
      },
      models: { Two: TWO },
    });
    const view = await guard.api.engine.start('Two', { salary: 1 }, ann, { noWait: true });
    people.delete('ann');
    for (const tell of changed) tell('ann');
    expect(await refusal(view.tillDone())).toMatchObject({ code: 'unauthenticated' });
  });

  test('a changed answer of a policy takes effect at the next call', async () => {
    let open = true;
    const changing: Policy = {
      name: 'changing',
      answer: (_principal, operation) =>
        operation === 'instance:delete' && open
          ? { permissive: [{ id: 'all', says: 'everybody', when: when({}) }] }
          : {},
    };
    const guard = await guards.make({ models: { Two: TWO }, policies: [changing] });
    const { id } = await guard.api.engine.start('Two', {}, ann);
    expect(await guard.can(ann, 'instance:delete', { instance: { id } })).toBe(true);
    open = false;
    expect(await guard.can(ann, 'instance:delete', { instance: { id } })).toBe(false);
    expect(await refusal(guard.api.data.deleteInstances({ id }, ann))).toMatchObject({ code: 'forbidden' });
  });

  test('a decision and the run use one version of the model', async () => {
    const before = model([start({ candidateUsers: 'ann' }), task('old'), end()]);
    const after = model([start({ candidateUsers: 'bob' }), task('new'), end()]);
    const guard = await guards.make({ models: { M: before } });
    for (let round = 0; round < 20; round++) {
      await guard.api.model.save('M', before, null, ADMIN_USER);
      const [started] = await Promise.allSettled([
        guard.api.engine.start('M', {}, ann),
        guard.api.model.save('M', after, null, ADMIN_USER),
      ]);
      if (started?.status === 'fulfilled')
        expect(started.value.items.map(({ elementId }) => elementId)).not.toContain('new');
      else expect(started?.reason).toMatchObject({ code: expect.stringMatching(/^(forbidden|not-found)$/) });
    }
  });
});

onStores('Failures deny access and are reported', (kind) => {
  const guards = new Guards(kind);

  test('a policy that throws or rejects: "could not tell", one log line with the cause, a count in health', async () => {
    const mode = { value: 'fine' };
    const failing: Policy = {
      name: 'failing',
      answer: () => {
        if (mode.value === 'throws') throw new Error('the rules are gone');
        if (mode.value === 'rejects') return Promise.reject(new Error('the rules are gone')) as never;
        return {};
      },
    };
    const { guard, log } = await guards.open({ models: { Two: TWO }, policies: [failing] });
    for (const value of ['throws', 'rejects']) {
      mode.value = value;
      log.length = 0;
      const before = (await guard.health()).incidents.policy ?? 0;
      expect(await refusal(guard.api.data.findItems({}, ann))).toMatchObject({
        code: 'could-not-tell',
        status: 503,
      });
      expect(await refusal(guard.can(ann, 'instance:start', { model: { name: 'Two' } }))).toMatchObject({
        code: 'could-not-tell',
      });
      expect((await guard.health()).incidents.policy).toBeGreaterThan(before);
      const told = log.filter(({ facts }) => facts?.policy === 'failing');
      expect(told[0]).toMatchObject({ level: 'error', facts: { operation: expect.any(String) } });
      if (value === 'throws') expect(told[0]?.facts?.error).toBe('the rules are gone');
    }
    mode.value = 'fine';
    expect(await guard.api.data.findItems({}, ann)).toEqual([]);
    const entries = await guard.store.audit.find({ limit: 100 });
    expect(entries.some(({ answer, reason }) => answer === 'failed' && reason === 'could-not-tell')).toBe(
      true,
    );
  });

  test('a sink, handler or logger that throws, rejects or hangs neither fails nor delays calls', async () => {
    const seen: string[] = [];
    const never = new Promise<never>(() => undefined);
    const guard = await guards.make({
      models: { Two: TWO },
      audit: () => never,
      logger: {
        info: () => undefined,
        warn: () => undefined,
        error: () => {
          throw new Error('the log is full');
        },
      },
    });
    guard.on('started', () => never);
    guard.on('started', () => {
      throw new Error('no');
    });
    guard.on('started', async ({ modelName }) => void seen.push(String(modelName)));
    for (let i = 0; i < 3; i++) await guard.api.engine.start('Two', {}, ann);
    await eventually(() => seen.length === 3);
    expect((await guard.health()).incidents.notification).toBeGreaterThan(0);
  });

  test('event handlers run without a principal', async () => {
    const guard = await guards.make({ models: { Two: TWO } });
    const found: unknown[] = [];
    guard.on('started', () => void found.push(guard.current()));
    await guard.runAs(ann, () => guard.api.engine.start('Two', {}, undefined as never));
    await eventually(() => found.length === 1);
    expect(found).toEqual([undefined]);
  });
});

onStores('What commands write and ask', (kind) => {
  const guards = new Guards(kind);

  test('data of an assignment is written where completing would write it', async () => {
    const guard = await guards.make({
      models: {
        Vote: model([
          start(),
          task('vote', { assignee: '$(this.itemKey)' }, loop('$(this.data.voters)')),
          end(),
        ]),
      },
    });
    const { id } = await guard.api.engine.start('Vote', { voters: ['ann', 'bob'], amount: 10 }, ann);
    const mine = async (user: typeof ann): Promise<string> =>
      (await guard.api.data.getPendingUserTasks({}, user))[0]?.id as string;
    const [ofAnn, ofBob] = [await mine(ann), await mine(bob)];
    await guard.api.tasks.complete(ofBob, { decision: 'no' }, bob);
    const forged = { amount: 1_000_000, vote: { bob: { decision: 'yes' } }, decision: 'yes' };
    await guard.api.engine.assign({ 'items.id': ofAnn }, forged, {}, ann);
    const data = (await guard.store.instances.load(id))?.data as {
      amount: number;
      vote: Record<string, any>;
    };
    expect(data.amount).toBe(10);
    expect(data.vote.bob).toEqual({ decision: 'no' });
    expect(data.vote.ann).toMatchObject({ decision: 'yes' });
  });

  test('matching of a message uses only readable data, so it discloses nothing', async () => {
    const sends: Policy = {
      name: 'sends',
      answer: (_principal, operation) =>
        operation === 'instance:message'
          ? { permissive: [{ id: 'all', says: 'everybody sends', when: when({ 'instance.name': 'Paid' }) }] }
          : {},
    };
    const guard = await guards.make({
      models: { Paid: model([start(), catching('c', message('paid')), end()], { messages: ['paid'] }) },
      policies: [sends],
    });
    await guard.api.engine.start('Paid', { salary: 5000 }, ann);
    for (const salary of [5000, 1])
      expect(
        await refusal(guard.api.engine.throwMessage('paid', {}, { 'data.salary': salary }, bob)),
      ).toMatchObject({
        code: 'not-found',
      });
    expect((await guard.api.engine.throwMessage('paid', {}, {}, bob))?.id).toEqual(expect.any(String));
  });

  test('a folder is not accessed for callers who may not export', async () => {
    const guard = await guards.make({ models: { Two: TWO } });
    for (const folder of ['/', '/there-is-none'])
      expect(await refusal(guard.api.model.export({}, folder, ann))).toMatchObject({ code: 'forbidden' });
  });
});
