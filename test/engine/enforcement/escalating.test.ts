import type { Directory, Guard, ItemView, TaskCommand } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask, type GuardParts } from '../../support/guards.js';
import {
  boundary,
  catching,
  end,
  model,
  parallel,
  properties,
  signal,
  start,
  task,
} from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, bob, carl, sam] = [person('ann'), person('bob', 'managers'), person('carl'), person('sam')];
const PEOPLE = [ann, bob, carl, sam, ADMIN_USER];
const directory: Directory = {
  find: async (name) => PEOPLE.find(({ userName }) => userName === name),
  hasMembers: async (group) => PEOPLE.some((user) => user.inGroup(group)),
};
const superior = (value: string): string => properties({ escalateTo: value });
const escalation = '<bpmn:escalationEventDefinition id="raised" />';

const MODELS = {
  Plain: model([start(), task('t', { assignee: 'ann', candidateGroups: 'clerks' }), end()]),
  Superior: model([
    start(),
    task('t', { assignee: 'ann' }, superior('$(appServices.superior(this.assignee))')),
    end(),
  ]),
  ToGroup: model([start(), task('t', { assignee: 'ann' }, superior('group:managers')), end()]),
  Nothing: model([start(), task('t', { assignee: 'ann' }, superior('$(undefined)')), end()]),
  Caught: model([
    start(),
    task('t', { assignee: 'ann' }),
    boundary('raise', 't', escalation, false, [task('told', { assignee: 'carl' }), end('e2')]),
    end(),
  ]),
  Signalled: model(
    [
      start(),
      parallel('p', [task('t', { assignee: 'ann' })], [catching('c', signal('escalation')), task('told')]),
      end(),
    ],
    { signals: ['escalation'] },
  ),
};

onStores('Escalating a task', (kind) => {
  const guards = new Guards(kind);

  async function begun(
    name: keyof typeof MODELS,
    parts: GuardParts = { directory },
  ): Promise<{ guard: Guard; id: string }> {
    const services = { superior: async (of: string) => (of === 'ann' ? 'bob' : undefined) };
    const guard = await guards.make({ models: MODELS, services, ...parts });
    const { id } = await guard.api.engine.start(name, {}, sam);
    return { guard, id: (await waitingTask(guard, 't', id)).id };
  }
  const seen = async (guard: Guard, id: string): Promise<ItemView | undefined> =>
    guard.api.data.findItem({ 'items.id': id }, ADMIN_USER);

  test('hands it to a user, and is recorded on the task', async () => {
    const { guard, id } = await begun('Plain');
    const events: unknown[] = [];
    guard.on('escalated', ({ assignee, userName }) => void events.push([userName, assignee]));
    expect(await guard.api.tasks.escalate(id, 'bob', ann)).toBeUndefined();
    expect(await seen(guard, id)).toMatchObject({
      assignee: 'bob',
      state: 'assigned',
      escalation: { by: 'ann', to: { user: 'bob' }, times: 1, at: expect.any(Date) },
    });
    expect(await guard.api.tasks.escalate(id, { user: 'carl' }, bob)).toBeUndefined();
    expect(await seen(guard, id)).toMatchObject({ assignee: 'carl', escalation: { by: 'bob', times: 2 } });
    expect(events).toEqual([
      ['ann', 'bob'],
      ['bob', 'carl'],
    ]);
    const [entry] = await guard.store.audit.find({ userName: 'bob', limit: 1 });
    expect(entry).toMatchObject({ operation: 'task:escalate', answer: 'allowed', resource: { id } });
  });

  test('hands it to a group, whose members then take it', async () => {
    const { guard, id } = await begun('Plain');
    await guard.api.tasks.escalate(id, { group: 'managers' }, ann);
    expect(await seen(guard, id)).toMatchObject({
      state: 'unclaimed',
      assignee: null,
      candidateUsers: [],
      candidateGroups: ['managers'],
    });
    expect(await guard.api.tasks.take(id, bob)).toMatchObject({ assignee: 'bob' });
  });

  test('hands it to the target in the model if the call names none', async () => {
    const service = await begun('Superior');
    await service.guard.api.tasks.escalate(service.id, undefined, ann);
    expect(await seen(service.guard, service.id)).toMatchObject({ assignee: 'bob' });
    const group = await begun('ToGroup');
    await group.guard.api.tasks.escalate(group.id, null, ann);
    expect(await seen(group.guard, group.id)).toMatchObject({ candidateGroups: ['managers'] });
    for (const name of ['Plain', 'Nothing'] as const) {
      const { guard, id } = await begun(name);
      expect(await refusal(guard.api.tasks.escalate(id, undefined, ann))).toMatchObject({
        code: 'bad-assignment',
      });
      expect(await seen(guard, id)).toMatchObject({ assignee: 'ann' });
    }
  });

  test('is for the assignee, the lender and the starter, and for nobody else', async () => {
    const { guard, id } = await begun('Plain');
    expect(await refusal(guard.api.tasks.escalate(id, 'bob', carl))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.delegate(id, 'carl', ann);
    await guard.api.tasks.escalate(id, 'bob', ann);
    expect(await seen(guard, id)).toMatchObject({ assignee: 'bob', state: 'assigned' });
    expect(await refusal(guard.api.tasks.resolve(id, carl))).toMatchObject({ status: 404 });
    expect(await guard.api.tasks.escalate(id, 'carl', sam)).toBeUndefined();
    expect(await seen(guard, id)).toMatchObject({ assignee: 'carl', escalation: { by: 'sam' } });
    expect(await refusal(guard.api.tasks.escalate(id, 'sam', sam))).toMatchObject({ code: 'bad-assignment' });
    await guard.api.tasks.complete(id, {}, carl);
    expect(await refusal(guard.api.tasks.escalate(id, 'bob', sam))).toMatchObject({ code: 'wrong-state' });
  });

  test('refuses an unknown target and changes nothing', async () => {
    const { guard, id } = await begun('Plain');
    for (const to of [
      'nobody',
      { group: 'none' },
      { user: '' },
      { user: 'bob', group: 'managers' },
      {},
      7,
      '*',
    ])
      expect(await refusal(guard.api.tasks.escalate(id, to as string, ann))).toMatchObject({
        code: 'bad-assignment',
      });
    expect(await seen(guard, id)).toMatchObject({ assignee: 'ann' });
  });

  test.each([
    ['lists the members of groups', true],
    ['does not', false],
  ])('to a group is refused where nobody in it may perform it, if the directory %s', async (_how, lists) => {
    const people = [...PEOPLE, person('ivy', 'interns'), person('cleo', 'clerks', 'interns')];
    const groups: Directory = {
      find: async (name) => people.find(({ userName }) => userName === name),
      hasMembers: async (group) => people.some((user) => user.inGroup(group)),
      ...(lists && {
        members: async (group) =>
          people.filter((user) => user.inGroup(group)).map(({ userName }) => userName),
      }),
    };
    const { guard, id } = await begun('Plain', { directory: groups });
    const { grid, duties } = guard.as(ADMIN_USER).policies;
    const allow = (users: { user: string } | { group: string }): Promise<unknown> =>
      grid.save('r', { effect: 'Allow', users, privilege: 'Perform', on: { process: 'Plain', task: 't' } });
    const to = (group: string): Promise<unknown> => guard.api.tasks.escalate(id, { group }, ann);
    await allow({ user: 'ann' });
    for (const group of ['interns', 'managers'])
      expect(await refusal(to(group))).toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('cannot be given to anybody in this group') as unknown,
      });
    expect(await refusal(to('nobodies'))).toMatchObject({ code: 'bad-assignment' });
    expect(await seen(guard, id)).toMatchObject({ assignee: 'ann' });
    // Of one in both groups, only a list of the members tells.
    await allow({ group: 'clerks' });
    if (lists) await to('interns');
    else expect(await refusal(to('interns'))).toMatchObject({ code: 'forbidden' });
    await guard.api.tasks.assign(id, 'cleo', ADMIN_USER);
    await grid.remove('r');
    await duties.save('d', { duty: 'not-initiator', model: 'Plain', tasks: ['t'] });
    people.splice(people.indexOf(sam), 1, person('sam', 'starters'));
    const outcome = guard.api.tasks.escalate(id, { group: 'starters' }, person('cleo', 'clerks', 'interns'));
    if (lists) expect(await refusal(outcome)).toMatchObject({ code: 'forbidden' });
    else await outcome;
  });

  test('triggers the escalation event of the task, otherwise the signal escalation, where the model has one', async () => {
    for (const name of ['Caught', 'Signalled'] as const) {
      const { guard, id } = await begun(name);
      await guard.api.tasks.escalate(id, 'bob', ann);
      expect(await waitingTask(guard, 'told')).toMatchObject({ elementId: 'told' });
      expect(await seen(guard, id)).toMatchObject({
        assignee: 'bob',
        status: 'wait',
        escalation: { times: 1 },
      });
      expect(await guard.api.tasks.complete(id, {}, bob)).toMatchObject({ status: 'running' });
    }
  });

  test('to a group that its starter is in is refused, unless the starter could take it anyway', async () => {
    const { guard, id } = await begun('Plain', {});
    const starter = person('sam', 'managers');
    const to = (group: string, user = starter): Promise<unknown> =>
      guard.api.tasks.escalate(id, { group }, user);
    expect(await refusal(to('managers'))).toMatchObject({ code: 'bad-assignment' });
    expect(await refusal(guard.api.tasks.take(id, starter))).toMatchObject({ code: 'not-found' });
    // Who has it gains nothing.
    await guard.api.tasks.assign(id, 'bob', ADMIN_USER);
    await to('managers', bob);
    expect(await seen(guard, id)).toMatchObject({ candidateGroups: ['managers'] });
    await to('managers');
    // An administrator decides for others.
    await to('managers', person('admin', 'ADMIN', 'managers'));
  });

  test('to a group of its starter works where the model says so', async () => {
    const { guard, id } = await begun('ToGroup', {});
    await guard.api.tasks.escalate(id, undefined, person('sam', 'managers'));
    expect(await seen(guard, id)).toMatchObject({ candidateGroups: ['managers'] });
  });

  test('a hundred times at once by its assignee happens once', async () => {
    const { guard, id } = await begun('Plain', {});
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, at) => guard.api.tasks.escalate(id, `boss${at}`, ann)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await seen(guard, id)).toMatchObject({ escalation: { times: 1 } });
  });
});

onStores('What is allowed on a page of tasks', (kind) => {
  const guards = new Guards(kind);

  test('equals what the commands would do, and discloses nothing else', async () => {
    const guard = await guards.make({ models: MODELS });
    const { id: first } = await guard.api.engine.start('Plain', {}, sam);
    const { id: second } = await guard.api.engine.start('Plain', {}, sam);
    const [mine, lent] = [await waitingTask(guard, 't', first), await waitingTask(guard, 't', second)];
    await guard.api.tasks.release(mine.id, ann);
    await guard.api.tasks.delegate(lent.id, 'carl', ann);
    const ids = [mine.id, lent.id, 'none'];
    const clerk = person('kim', 'clerks');
    const asked = async (user: Parameters<typeof person>[0] | typeof ann): Promise<TaskCommand[][]> =>
      Object.values(await guard.api.tasks.allowed(ids, typeof user === 'string' ? person(user) : user));
    expect(await asked(clerk)).toEqual([['take', 'assign', 'reject'], ['assign'], []]);
    expect(await asked(ann)).toEqual([[], ['assign', 'resolve', 'escalate'], []]);
    expect(await asked(carl)).toEqual([[], ['assign', 'resolve', 'escalate'], []]);
    expect(await asked(sam)).toEqual([['escalate'], ['escalate'], []]);
    expect(await asked('stranger')).toEqual([[], [], []]);
    const [ofAdmin] = await asked(ADMIN_USER);
    expect(ofAdmin).toEqual(['take', 'assign', 'reject', 'escalate', 'suspend', 'complete']);
    await guard.api.tasks.reject(mine.id, clerk);
    expect((await asked(clerk))[0]).toEqual(['undoReject']);
    await guard.api.tasks.undoReject(mine.id, clerk);
    await guard.api.engine.suspend(first, ADMIN_USER);
    for (const user of [clerk, sam, ADMIN_USER]) expect((await asked(user))[0]).toEqual([]);
    await guard.api.engine.terminate(first, ADMIN_USER);
    expect((await asked(ADMIN_USER))[0]).toEqual([]);
  });

  test('refuses anything but a list of ids, and more than one page', async () => {
    const guard = await guards.make({ models: MODELS });
    for (const given of ['t', [7], [''], [null]])
      expect(await refusal(guard.api.tasks.allowed(given as string[], ann))).toMatchObject({
        code: 'bad-request',
      });
    const many = Array.from({ length: 1001 }, (_, at) => `${at}`);
    expect(await refusal(guard.api.tasks.allowed(many, ann))).toMatchObject({
      code: 'too-large',
      status: 413,
    });
    expect(await guard.api.tasks.allowed([], ann)).toEqual({});
  });
});
