import type { Guard, GuardApi, SecurityRolesApi } from 'bpmn-guard';
import { openStore, parseCondition, userDirectory } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { CASES } from '../../support/cases.js';
import { onMongo, onStores } from '../../support/stores.js';

const MODEL = model([
  start(),
  task('t', { assignee: 'ann' }),
  task('u', { candidateUsers: 'ann,ben' }),
  end(),
]);
const [ann, ben, zoe] = [person('ann'), person('ben'), person('zoe')];
const SYSTEM = person('root', 'SYSTEM');

/** The security roles as an administrator changes them. */
const rolesOf = (guard: Guard): SecurityRolesApi => guard.as(ADMIN_USER).policies.securityRoles;

async function give(guard: Guard, name: string, rights: readonly string[], ...to: string[]): Promise<void> {
  await rolesOf(guard).save(name, { rights } as never);
  for (const user of to) await rolesOf(guard).give(name, { user });
}

onStores('security roles', (kind) => {
  const guards = new Guards(kind);

  test('once there is one, each call needs one of its rights; what changes counts at the next call', async () => {
    const guard = await guards.make({ models: { M: MODEL } });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const { id: taskId } = await waitingTask(guard, 't', id);
    await give(guard, 'starters', ['ModelInstance:Create', 'ModelInstance:Read', 'Todo:Read_Own'], 'ann');
    expect((await guard.api.data.findItems({ 'items.id': taskId }, ann)).length).toBe(1);
    const refused = await refusal(guard.api.tasks.complete(taskId, {}, ann));
    expect(refused).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Todo:Process') as unknown,
    });
    expect(await refusal(guard.api.engine.start('M', {}, ben))).toMatchObject({ code: 'not-found' });
    expect(await guard.api.data.findInstances({}, ben)).toEqual([]);

    await give(guard, 'workers', ['Todo:Process'], 'ann');
    await guard.api.tasks.complete(taskId, {}, ann);
    await rolesOf(guard).remove('workers');
    const { id: next } = await waitingTask(guard, 'u', id);
    expect(await refusal(guard.api.tasks.take(next, ann))).toMatchObject({ code: 'forbidden' });
    await rolesOf(guard).remove('starters');
    await guard.api.tasks.take(next, ann);
  });

  test('a right for all opens what nobody else would, lists included, and inside the tenant only', async () => {
    const guard = await guards.make({ models: { M: MODEL } });
    const acme = (name: string, ...groups: string[]) => ({
      userName: name,
      userGroups: groups,
      tenantId: 'acme',
    });
    await guard.api.model.save('M', MODEL, null, acme('admin', 'ADMIN'));
    const { id } = await guard.api.engine.start('M', {}, ann);
    await guard.api.engine.start('M', {}, acme('ann'));
    await give(guard, 'overseers', ['Todo:Read_All', 'ModelInstance:Read', 'Todo:Reassign'], 'zoe');
    const seen = await guard.api.data.getPendingUserTasks({}, zoe);
    expect(seen.map(({ instanceId, elementId }) => [instanceId, elementId])).toEqual([[id, 't']]);
    expect(await guard.api.tasks.count(undefined, zoe)).toBe(1);
    // Whom it is for takes a right of its own, and data the right to read the instance.
    expect(seen[0]).not.toHaveProperty('assignee');
    await give(guard, 'pickers', ['Todo:Read_Assignees'], 'zoe');
    await guard.api.tasks.assign((seen[0] as { id: string }).id, 'ben', zoe);
    // The roles are those of one tenant.
    expect(await guard.as(acme('zoe')).data.getPendingUserTasks({})).toEqual([]);
    expect((await guard.as(acme('ann')).data.getPendingUserTasks({})).length).toBe(1);
  });

  test('who reads every task sees who may do it with the right for that, in single reads, filters and sorts', async () => {
    const guard = await guards.make({ models: { M: MODEL } });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const { id: taskId } = await waitingTask(guard, 't', id);
    const { data, tasks } = guard.as(zoe);
    await give(guard, 'overseers', ['Todo:Read_All'], 'zoe');
    expect(await data.findItems({ 'items.id': taskId })).toHaveLength(1);
    expect(await data.findItems({ 'items.assignee': 'ann' })).toEqual([]);
    expect(await refusal(data.find({ sort: { 'items.assignee': 1 } }))).toMatchObject({
      code: 'hidden-field',
    });
    expect(await refusal(tasks.candidates(taskId))).toMatchObject({ code: 'forbidden' });
    await give(guard, 'pickers', ['Todo:Read_Assignees'], 'zoe');
    expect(await data.findItems({ 'items.assignee': 'ann' })).toMatchObject([
      { id: taskId, assignee: 'ann' },
    ]);
    expect((await data.find({ sort: { 'items.assignee': 1 } })).data).toMatchObject([
      { items: { assignee: 'ann' } },
    ]);
    expect(await tasks.candidates(taskId)).toEqual({ users: [], groups: [] });
  });

  test('what is an own task may be lent with the right for own tasks, another only with the one for all', async () => {
    const guard = await guards.make({ models: { M: MODEL } });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const { id: taskId } = await waitingTask(guard, 't', id);
    const all = ['Todo:Read_Own', 'Todo:Read_All', 'Todo:Read_Assignees', 'ModelInstance:Read'];
    await give(guard, 'lenders', [...all, 'Todo:Delegate_Own'], 'ann', 'zoe');
    expect(await refusal(guard.api.tasks.delegate(taskId, 'ben', zoe))).toMatchObject({ code: 'forbidden' });
    await guard.api.tasks.delegate(taskId, 'ben', ann);
    await guard.api.tasks.resolve(taskId, ann);
    await give(guard, 'all', ['Todo:Delegate_All'], 'zoe');
    await guard.api.tasks.delegate(taskId, 'ben', zoe);
  });

  test('of two administrators at once one wins, the other gets the newest version', async () => {
    const guard = await guards.make();
    const { policies } = guard.as(ADMIN_USER);
    const { version } = await policies.securityRoles.save('a', { rights: ['Signal:Send'] });
    const options = { expectedVersion: version, reason: 'both' };
    const [one, two] = await Promise.allSettled(
      ['b', 'c'].map((name) => policies.securityRoles.save(name, { rights: [] }, options)),
    );
    expect([one?.status, two?.status].sort()).toEqual(['fulfilled', 'rejected']);
    const lost = [one, two].find((outcome) => outcome?.status === 'rejected') as PromiseRejectedResult;
    expect(lost.reason).toMatchObject({
      code: 'conflict',
      status: 409,
      message: expect.stringContaining(`the newest version is ${version + 1}`) as unknown,
    });
    expect(await policies.version()).toBe(version + 1);
    expect(await policies.history({ limit: 1 })).toMatchObject([
      { version: version + 1, userName: 'admin', reason: 'both', source: 'api', count: 1 },
    ]);
  });

  test('every version can be read again; each change is in the audit trail', async () => {
    const guard = await guards.make();
    const { policies } = guard.as(ADMIN_USER);
    await policies.securityRoles.save('a', { rights: ['Signal:Send'], says: 'sends' });
    await policies.securityRoles.give('a', { group: 'hr' });
    await policies.securityRoles.save('a', { rights: [] });
    expect((await policies.read({ version: 1 })).entries).toEqual([
      { kind: 'security-role', id: 'a', value: { rights: ['Signal:Send'], says: 'sends' } },
    ]);
    expect(await policies.securityRoles.list()).toEqual([
      { name: 'a', rights: [], holders: [{ group: 'hr' }] },
    ]);
    expect((await policies.history({ before: 3 })).map(({ version }) => version)).toEqual([2, 1]);
    expect(await refusal(policies.read({ version: 4 }))).toMatchObject({ code: 'not-found' });
    const trail = await guard.store.audit.find({ limit: 10, answer: 'allowed' });
    expect(trail.filter(({ operation }) => operation === 'system:policy')).toMatchObject([
      { resource: { name: 'policies', id: '3' }, after: { changes: ['+ security-role a'] } },
      { resource: { id: '2' }, userName: 'admin' },
      { resource: { id: '1' } },
    ]);
  });
});

onMongo('two processes on one database', () => {
  const guards = new Guards('mongo');

  test('what one changes, the very next call of the other knows, while others read', async () => {
    const place = guards.place();
    const one = await guards.make({ place, models: { M: MODEL } });
    const other = await guards.make({ place });
    await other.api.engine.start('M', {}, ann);
    await give(one, 'seers', ['Todo:Read_Own', 'ModelInstance:Read']);
    const count = (): Promise<number> => other.api.tasks.count(undefined, ann);
    const readers = { running: true };
    const reading = (async () => {
      while (readers.running) await count();
    })();
    const seen: unknown[] = [];
    const rounds = 20 * CASES;
    for (let round = 0; round < rounds; round++) {
      await rolesOf(one).give('seers', { user: 'ann' });
      const given = await count();
      await rolesOf(other).withdraw('seers', { user: 'ann' });
      seen.push([given, await one.api.tasks.count(undefined, ann)]);
    }
    readers.running = false;
    await reading;
    expect(seen).toEqual(Array(rounds).fill([1, 0]));
    expect(await one.as(ADMIN_USER).policies.version()).toBe(1 + 2 * rounds);
  });
});

describe('who may give what', () => {
  const guards = new Guards('embedded');
  const as = async (guard: Guard, rights: readonly string[]): Promise<GuardApi['policies']> => {
    await give(guard, 'managers', rights, 'mia');
    return guard.as(person('mia')).policies;
  };

  test('nobody manages without the right, whatever else they hold', async () => {
    const guard = await guards.make();
    const { policies } = guard.as(ben);
    for (const call of [
      policies.version(),
      policies.read(),
      policies.history(),
      policies.apply([]),
      policies.securityRoles.list(),
      policies.securityRoles.save('a', { rights: [] }),
      policies.securityRoles.remove('a'),
      policies.securityRoles.give('a', { user: 'ben' }),
      policies.securityRoles.withdraw('a', { user: 'ben' }),
    ])
      expect(await refusal(call)).toMatchObject({ code: 'forbidden' });
    expect(await policies.securityRoles.mine()).toEqual([]);
    const manager = await as(guard, ['SecurityRole:Read']);
    expect(await manager.securityRoles.list()).toHaveLength(1);
    expect(await manager.version()).toBe(2);
    expect(await refusal(manager.securityRoles.save('a', { rights: [] }))).toMatchObject({
      code: 'forbidden',
    });
    expect(await refusal(manager.read())).toMatchObject({ code: 'forbidden' });
  });

  test('nobody gives a right that they do not hold, by none of the ways; taking away is always possible', async () => {
    const guard = await guards.make();
    await give(guard, 'senders', ['Signal:Send'], 'ben');
    const { securityRoles } = await as(guard, ['SecurityRole:Manage', 'Todo:Process']);
    for (const call of [
      securityRoles.save('new', { rights: ['Signal:Send'] }),
      securityRoles.save('managers', { rights: ['SecurityRole:Manage', 'Todo:Process', 'Person:Manage'] }),
      securityRoles.give('senders', { user: 'mia' }),
      securityRoles.give('senders', { group: 'hr' }),
    ])
      expect(await refusal(call)).toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('do not hold it') as unknown,
      });
    await securityRoles.save('workers', { rights: ['Todo:Process'] });
    await securityRoles.give('workers', { user: 'ben' });
    // A role that keeps what it had, with less.
    await securityRoles.withdraw('senders', { user: 'ben' });
    await securityRoles.save('senders', { rights: [] });
  });

  test('only SYSTEM gives an internal right, and only with the option', async () => {
    const guard = await guards.make();
    const [admin, system] = [rolesOf(guard), guard.as(SYSTEM).policies.securityRoles];
    const testers = { rights: ['Testing:All'] } as const;
    expect(await refusal(admin.save('testers', testers, { allowInternal: true }))).toMatchObject({
      code: 'forbidden',
    });
    expect(await refusal(system.save('testers', testers))).toMatchObject({
      message: expect.stringContaining('allowInternal') as unknown,
    });
    await system.save('testers', testers, { allowInternal: true });
    expect(await refusal(system.give('testers', { user: 'ben' }))).toMatchObject({ code: 'forbidden' });
    await system.give('testers', { user: 'ben' }, { allowInternal: true });
    expect(await guard.as(ben).policies.securityRoles.mine()).toEqual(['Testing:All']);
  });

  test('somebody must be left who may manage; a group without members is nobody', async () => {
    const store = await openStore({ memory: true });
    const directory = userDirectory(store);
    for (const userName of ['mia', 'max', 'ben', 'admin'])
      await directory.add({ userName, userGroups: userName === 'admin' ? ['ADMIN'] : [] });
    const { guard } = await guards.open({
      directory,
      place: { kind: 'embedded', options: store as never, remove: async () => undefined },
    });
    await give(guard, 'managers', ['SecurityRole:Manage'], 'mia', 'max');
    const roles = rolesOf(guard);
    await roles.give('managers', { group: 'empty' });
    const both = await Promise.allSettled(
      ['mia', 'max'].map((name) =>
        guard.as(person(name)).policies.securityRoles.withdraw('managers', { user: name }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const left = both[0]?.status === 'rejected' ? 'mia' : 'max';
    for (const call of [
      roles.withdraw('managers', { user: left }),
      roles.remove('managers'),
      roles.save('managers', { rights: [] }),
    ])
      expect(await refusal(call)).toMatchObject({ code: 'wrong-state', status: 409 });
    await directory.change('ben', { userGroups: ['empty'] });
    await roles.withdraw('managers', { user: left });
  });

  test('the rights of roles are what requireRight asks', async () => {
    const guard = await guards.make();
    await give(guard, 'readers', ['Document:Read'], 'ann');
    const { identity } = guard;
    expect(await identity.requireRight(ann, 'Document:Read')).toMatchObject({ userName: 'ann' });
    expect(await refusal(identity.requireRight(ben, 'Document:Read'))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(identity.requireRight(ADMIN_USER, 'Testing:All'))).toMatchObject({
      code: 'forbidden',
    });
  });

  test('an unknown option, entry or name is refused, and nothing of the change is stored', async () => {
    const guard = await guards.make();
    const { policies } = guard.as(ADMIN_USER);
    const wrong = { expectedVersoin: 1 } as never;
    expect(await refusal(policies.securityRoles.save('a', { rights: [] }, wrong))).toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('expectedVersion') as unknown,
    });
    const good = { kind: 'security-role', id: 'a', value: { rights: [] } };
    for (const bad of [
      { kind: 'security-role', id: 'b', value: { rights: ['Todo:Everything'] } },
      { kind: 'security-role-holder', id: '["z","user","ann"]', value: { role: 'z', user: 'ann' } },
    ])
      expect(await refusal(policies.apply([good, bad]))).toMatchObject({ code: 'bad-policy' });
    expect(await refusal(policies.apply([]))).toMatchObject({ code: 'bad-request' });
    expect(await policies.read()).toEqual({ version: 0, entries: [] });
    expect(await policies.apply([good])).toEqual({ version: 1 });
  });

  test('what a call returns does not lead to the set that decides', async () => {
    const guard = await guards.make();
    const { policies } = guard.as(ADMIN_USER);
    await give(guard, 'workers', ['Todo:Process'], 'ann');
    const [entry] = (await policies.read()).entries;
    const [role] = await policies.securityRoles.list();
    for (const { rights } of [entry?.value, role] as { rights: string[] }[])
      expect(() => rights.push('Person:Manage')).toThrow(TypeError);
    expect(await guard.as(ann).policies.securityRoles.mine()).toEqual(['Todo:Process']);
  });

  test('what is changed after the call does not count', async () => {
    const guard = await guards.make();
    const { policies } = guard.as(ADMIN_USER);
    const rights = ['Signal:Send'];
    const saving = policies.securityRoles.save('a', { rights } as never);
    rights.push('Person:Manage');
    await saving;
    const [to, entries] = [{ user: 'ann' }, [{ kind: 'security-role', id: 'b', value: { rights: [] } }]];
    const giving = policies.securityRoles.give('a', to);
    to.user = 'ben';
    await giving;
    const applying = policies.apply(entries);
    entries.length = 0;
    await applying;
    expect(await policies.securityRoles.list()).toEqual([
      { name: 'a', rights: ['Signal:Send'], holders: [{ user: 'ann' }] },
      { name: 'b', rights: [], holders: [] },
    ]);
  });

  test('who may change policies by a rule of the application needs the right for roles as well', async () => {
    const rule = { id: 'changers', says: 'changers change policies', when: parseCondition({}) };
    const guard = await guards.make({
      policies: [
        {
          name: 'changers',
          answer: ({ userGroups }, operation) =>
            operation === 'system:policy' && userGroups.includes('changers') ? { permissive: [rule] } : {},
        },
      ],
    });
    await give(guard, 'readers', ['SecurityRole:Read'], 'zoe');
    const { policies } = guard.as(person('zoe', 'changers'));
    expect((await policies.read()).version).toBe(2);
    const change = [{ kind: 'security-role', id: 'readers', value: { rights: [] } }];
    expect(await refusal(policies.apply(change))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('SecurityRole:Manage') as unknown,
    });
  });

  test('who holds an internal right does not pass it on', async () => {
    const guard = await guards.make();
    await give(guard, 'managers', ['SecurityRole:Manage'], 'mia');
    const mia = { userName: 'mia', attributes: { rights: ['Testing:All'] } };
    const { securityRoles } = guard.as(mia).policies;
    expect(
      await refusal(securityRoles.save('testers', { rights: ['Testing:All'] }, { allowInternal: true })),
    ).toMatchObject({ code: 'forbidden', message: expect.stringContaining('SYSTEM') as unknown });
  });

  test('what is to be removed must be there: a misspelt name takes nothing away in silence', async () => {
    const guard = await guards.make();
    const { policies } = guard.as(ADMIN_USER);
    await give(guard, 'caf\u00e9', ['Signal:Send'], 'ann');
    for (const [kind, id] of [
      ['security-role', 'cafe'],
      ['security-role-holder', '["caf\u00e9", "user", "ann"]'],
    ] as const)
      expect(await refusal(policies.apply([{ kind, id, value: null }]))).toMatchObject({
        code: 'bad-policy',
      });
    expect(await policies.version()).toBe(2);
    await policies.apply([
      { kind: 'security-role-holder', id: '["caf\u00e9","user","ann"]', value: null },
      { kind: 'security-role', id: ' cafe\u0301', value: null },
    ]);
    expect((await policies.read()).entries).toEqual([]);
  });

  test('the longest names can be given and taken back, by each of the ways; lists may have holes', async () => {
    const guard = await guards.make();
    const { policies } = guard.as(ADMIN_USER);
    const [role, user] = ['"'.repeat(200), '\\'.repeat(200)];
    await give(guard, role, ['Signal:Send'], user);
    const { entries } = await policies.read();
    const holder = entries.find(({ kind }) => kind === 'security-role-holder') as { id: string };
    await policies.apply([{ kind: 'security-role-holder', id: holder.id, value: null }]);
    expect((await policies.securityRoles.list())[0]?.holders).toEqual([]);
    expect(await refusal(policies.apply(Array(2) as never))).toMatchObject({ code: 'bad-policy' });
    expect(await refusal(policies.apply(Array(200_001) as never))).toMatchObject({ code: 'too-large' });
    const many = { rights: Array(1001).fill('Signal:Send') } as never;
    expect(await refusal(policies.securityRoles.save('a', many))).toMatchObject({ code: 'bad-policy' });
  });
});
