import type { Directory, Guard, ItemView, SecureUser } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask, type GuardParts } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, bob, carl, dora, sam] = [
  person('ann', 'hr'),
  person('bob', 'hr'),
  person('carl'),
  person('dora'),
  person('sam'),
];
const EVERYBODY = [ann, bob, carl, dora, sam];

/** A directory that knows exactly these people, and who is in a group. */
const directory: Directory = {
  find: async (name) => EVERYBODY.find(({ userName }) => userName === name),
  hasMembers: async (group) => EVERYBODY.some((user) => user.inGroup(group)),
  members: async (group) => EVERYBODY.filter((user) => user.inGroup(group)).map(({ userName }) => userName),
};
const asAdmin: Directory = {
  ...directory,
  find: async (name) => (name === 'admin' ? ADMIN_USER : directory.find(name)),
};

const M = {
  Shared: model([start(), task('t', { candidateGroups: 'hr', candidateUsers: 'carl' }), end()]),
  Named: model([start(), task('t', { candidateUsers: 'carl,dora' }), end()]),
  Open: model([start(), task('t'), end()]),
};

onStores('Rejecting a task', (kind) => {
  const guards = new Guards(kind);

  async function begun(name: keyof typeof M, parts: GuardParts = {}): Promise<{ guard: Guard; id: string }> {
    const guard = await guards.make({ models: { [name]: M[name] }, ...parts });
    const { id } = await guard.api.engine.start(name, {}, sam);
    return { guard, id: (await waitingTask(guard, 't', id)).id };
  }

  /** The task in the list, the single read, the count and the decision, which must agree. */
  async function seen(guard: Guard, id: string, user: SecureUser): Promise<ItemView | undefined> {
    const query = { 'items.id': id };
    const [pending, item, count, can] = await Promise.all([
      guard.api.data.getPendingUserTasks(query, user),
      guard.api.data.findItem(query, user),
      guard.api.tasks.count(query, user),
      guard.can(user, 'task:read', { item: { id } }),
    ]);
    expect([item === undefined ? 0 : 1, count, can ? 1 : 0]).toEqual(Array(3).fill(pending.length));
    return pending[0];
  }

  test("removes it from the caller's list and leaves it to the others", async () => {
    const { guard, id } = await begun('Shared');
    expect(await seen(guard, id, ann)).toMatchObject({ state: 'unclaimed' });
    expect(await guard.api.tasks.reject(id, ann)).toBeUndefined();
    expect(await seen(guard, id, ann)).toBeUndefined();
    expect(await guard.api.data.findInstances({}, ann)).toEqual([]);
    for (const user of [bob, carl]) expect(await seen(guard, id, user)).toMatchObject({ state: 'unclaimed' });
    expect(await seen(guard, id, sam)).toBeUndefined();
    expect(await seen(guard, id, ADMIN_USER)).toMatchObject({ rejectedBy: ['ann'] });
  });

  test('prevents the person who rejected it from taking, completing or being assigned it', async () => {
    const { guard, id } = await begun('Shared');
    await guard.api.tasks.reject(id, carl);
    expect(await refusal(guard.api.tasks.take(id, carl))).toMatchObject({ code: 'not-found' });
    expect(await refusal(guard.api.tasks.assign(id, 'bob', carl))).toMatchObject({ code: 'not-found' });
    expect(await guard.can(carl, 'task:take', { item: { id } })).toBe(false);
    expect(await guard.api.tasks.take(id, bob)).toMatchObject({ assignee: 'bob' });
  });

  test('is undone by the same person and by nobody else', async () => {
    const { guard, id } = await begun('Shared');
    await guard.api.tasks.reject(id, ann);
    expect(await refusal(guard.api.tasks.reject(id, ann))).toMatchObject({ code: 'wrong-state' });
    expect(await refusal(guard.api.tasks.undoReject(id, bob))).toMatchObject({
      code: 'wrong-state',
      status: 409,
    });
    expect(await refusal(guard.api.tasks.undoReject(id, dora))).toMatchObject({ code: 'not-found' });
    expect(await guard.api.tasks.undoReject(id, ann)).toMatchObject({ id, state: 'unclaimed' });
    expect(await seen(guard, id, ann)).toBeDefined();
    expect(await refusal(guard.api.tasks.undoReject(id, ann))).toMatchObject({ code: 'wrong-state' });
  });

  test('is for candidates of unassigned tasks only', async () => {
    const { guard, id } = await begun('Shared');
    expect(await refusal(guard.api.tasks.reject(id, dora))).toMatchObject({ code: 'not-found', status: 404 });
    expect(await refusal(guard.api.tasks.reject(id, sam))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.take(id, ann);
    expect(await refusal(guard.api.tasks.reject(id, bob))).toMatchObject({ code: 'wrong-state' });
    expect(await refusal(guard.api.tasks.reject('none', ann))).toMatchObject({ code: 'not-found' });
  });

  test('applies to open tasks too, which never become stuck', async () => {
    const { guard, id } = await begun('Open');
    await guard.api.tasks.reject(id, dora);
    expect(await seen(guard, id, dora)).toBeUndefined();
    expect(await seen(guard, id, ann)).toMatchObject({ state: 'open' });
  });

  test('by all named candidates leaves it stuck: its starter and administrators see it', async () => {
    const { guard, id } = await begun('Named');
    await guard.api.tasks.reject(id, carl);
    expect(await seen(guard, id, sam)).toBeUndefined();
    await guard.api.tasks.reject(id, dora);
    for (const user of [sam, ADMIN_USER])
      expect(await seen(guard, id, user)).toMatchObject({ state: 'rejected' });
    for (const user of [carl, dora]) expect(await seen(guard, id, user)).toBeUndefined();
    await guard.api.tasks.undoReject(id, carl);
    expect(await seen(guard, id, sam)).toBeUndefined();
    expect(await seen(guard, id, carl)).toMatchObject({ state: 'unclaimed' });
  });

  test('by all members of a group leaves it stuck where the directory lists them', async () => {
    const withMembers = await begun('Shared', { directory: asAdmin });
    const { members: _, ...others } = asAdmin;
    const without = await begun('Shared', { directory: others });
    for (const { guard, id } of [withMembers, without])
      for (const user of [ann, bob, carl]) await guard.api.tasks.reject(id, user);
    expect(await seen(withMembers.guard, withMembers.id, sam)).toMatchObject({ state: 'rejected' });
    expect(await seen(without.guard, without.id, sam)).toBeUndefined();
    expect(await seen(without.guard, without.id, ADMIN_USER)).toMatchObject({ state: 'unclaimed' });
  });

  test('is forgotten when an administrator gives the task to who rejected it', async () => {
    const { guard, id } = await begun('Named');
    for (const user of [carl, dora]) await guard.api.tasks.reject(id, user);
    await guard.api.tasks.assign(id, 'carl', ADMIN_USER);
    expect(await seen(guard, id, carl)).toMatchObject({ state: 'assigned', assignee: 'carl' });
    await guard.api.tasks.release(id, carl);
    expect(await seen(guard, id, carl)).toMatchObject({ state: 'unclaimed' });
    expect(await seen(guard, id, dora)).toBeUndefined();
  });

  test('is in the audit trail and notified', async () => {
    const events: string[] = [];
    const { guard, id } = await begun('Named');
    guard.on('rejected', ({ userName, itemId }) => void events.push(`${String(userName)} ${String(itemId)}`));
    await guard.api.tasks.reject(id, carl);
    const [entry] = await guard.store.audit.find({ userName: 'carl', limit: 10 });
    expect(entry).toMatchObject({ operation: 'task:reject', answer: 'allowed', resource: { id } });
    expect(events).toEqual([`carl ${id}`]);
  });

  test('needs the right Todo:Reject, and undoing it Todo:Undo_Reject, once there are security roles', async () => {
    const { guard, id } = await begun('Named');
    const { securityRoles } = guard.as(ADMIN_USER).policies;
    await securityRoles.save('rejecter', { rights: ['Todo:Reject', 'Todo:Read_Own'] });
    await securityRoles.give('rejecter', { user: 'carl' });
    expect(await refusal(guard.api.tasks.reject(id, dora))).toMatchObject({ status: 404 });
    await guard.api.tasks.reject(id, carl);
    expect(await refusal(guard.api.tasks.undoReject(id, carl))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Todo:Undo_Reject') as string,
    });
    await securityRoles.save('rejecter', { rights: ['Todo:Undo_Reject', 'Todo:Read_Own'] });
    expect(await guard.api.tasks.undoReject(id, carl)).toMatchObject({ id });
    expect(await refusal(guard.api.tasks.reject(id, carl))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Todo:Reject'),
    });
  });

  test('is neither offered nor carried out where another rule hides the task: it is as if it did not exist', async () => {
    const { guard, id } = await begun('Shared');
    const { grid, duties } = guard.as(ADMIN_USER).policies;
    const on = { process: 'Shared', task: 't' };
    const none = await refusal(guard.api.tasks.reject('none', carl));
    const isUnknown = async (user: SecureUser): Promise<void> => {
      expect(await guard.api.tasks.allowed([id], user)).toEqual({ [id]: [] });
      for (const act of ['reject', 'undoReject', 'take', 'release', 'resolve', 'suspend', 'resume'] as const)
        expect(await refusal(guard.api.tasks[act](id, user))).toMatchObject({
          code: 'not-found',
          message: none.message,
        });
      for (const act of [
        () => guard.api.tasks.escalate(id, 'bob', user),
        () => guard.api.tasks.assign(id, 'bob', user),
        () => guard.api.tasks.delegate(id, 'bob', user),
        () => guard.api.tasks.complete(id, {}, user),
        () => guard.api.engine.invoke({ 'items.id': id }, {}, user),
        () => guard.api.engine.assign({ 'items.id': id }, {}, { priority: 1 }, user),
      ])
        expect(await refusal(act())).toMatchObject({ code: 'not-found' });
    };
    for (const user of ['carl', 'sam'])
      await grid.save(`not ${user}`, { effect: 'Restrict', users: { user }, privilege: 'View', on });
    // A candidate, and the starter, who may otherwise escalate it.
    for (const user of [carl, sam]) await isUnknown(user);
    for (const user of ['carl', 'sam']) await grid.remove(`not ${user}`);
    await guard.api.tasks.reject(id, carl);
    await grid.save('not carl', { effect: 'Restrict', users: { user: 'carl' }, privilege: 'View', on });
    await isUnknown(carl);
    await grid.remove('not carl');
    await guard.api.tasks.undoReject(id, carl);
    expect(await guard.api.tasks.allowed([id], sam)).toEqual({ [id]: ['escalate'] });
    await duties.save('four eyes', { duty: 'not-initiator', model: 'Shared', tasks: ['t'] });
    await isUnknown(sam);
    expect(
      (await guard.store.instances.load((await waitingTask(guard, 't')).instanceId))?.items,
    ).toContainEqual(
      expect.objectContaining({ id, guard: expect.not.objectContaining({ rejectedBy: ['sam'] }) as unknown }),
    );
  });

  test.each([
    ['one person', () => 'user0', 1],
    ['different people', (at: number) => `user${at}`, 100],
  ])('by %s a hundred times at once counts once each', async (_who, name, each) => {
    const guard = await guards.make({
      models: {
        Crowd: model([start(), task('t', { candidateGroups: 'crowd', candidateUsers: 'carl' }), end()]),
      },
    });
    const { id: instanceId } = await guard.api.engine.start('Crowd', {}, sam);
    const { id } = await waitingTask(guard, 't', instanceId);
    const people = Array.from({ length: 100 }, (_, at) => person(name(at), 'crowd'));
    const outcomes = await Promise.allSettled(people.map((user) => guard.api.tasks.reject(id, user)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(each);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'wrong-state' });
    const { rejectedBy = [] } = (await guard.api.data.findItem({ 'items.id': id }, ADMIN_USER)) ?? {};
    expect([...rejectedBy].sort()).toEqual([...new Set(people.map(({ userName }) => userName))].sort());
    expect(await guard.api.data.getPendingUserTasks({}, carl)).toHaveLength(1);
  });
});
