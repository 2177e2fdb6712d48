import type { Guard, GuardApi } from 'bpmn-guard';
import { caseModel, CLAIM, properties } from '../../support/case-models.js';
import { ADMIN_USER, eventually, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { call, end, model, start, task, timer } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, ben, cat, out] = [person('ann'), person('ben'), person('cat', 'sales'), person('out')];
const OPEN = model([start(), task('t', { assignee: 'out' }), end()]);

/** Everything by which a caller can learn of an instance, by name. */
const waysToSee = (api: GuardApi, id: string, itemId: string): Record<string, () => Promise<unknown>> => ({
  get: () => api.engine.get({ id }),
  findInstances: async () => nonEmpty(await api.data.findInstances({ id })),
  findItems: async () => nonEmpty(await api.data.findItems({ id })),
  findItem: async () => nonEmpty([await api.data.findItem({ 'items.id': itemId })].filter(Boolean)),
  pending: async () => nonEmpty(await api.data.getPendingUserTasks({ id })),
  page: async () => nonEmpty((await api.data.find({ filter: { id }, getTotalCount: true })).data),
  total: async () => nonZero((await api.data.find({ filter: { id }, getTotalCount: true })).totalCount),
  itemTotal: async () =>
    nonZero(
      (await api.data.find({ filter: { id, 'items.id': { $exists: true } }, getTotalCount: true }))
        .totalCount,
    ),
  count: async () => nonZero(await api.tasks.count({ 'items.id': itemId })),
  roles: () => api.cases.roles(id),
  comments: () => api.cases.listComments(id),
});
const nonEmpty = (rows: readonly unknown[]): void => {
  if (rows.length === 0) throw new Error('empty');
};
const nonZero = (count: number | undefined): void => nonEmpty(count === 0 ? [] : [count]);

async function seenBy(api: GuardApi, id: string, itemId: string): Promise<string[]> {
  const seen: string[] = [];
  for (const [name, look] of Object.entries(waysToSee(api, id, itemId)))
    await look().then(
      () => seen.push(name),
      () => undefined,
    );
  return seen;
}

onStores('cases', (kind) => {
  const guards = new Guards(kind);
  const make = (env: Record<string, string> = {}): Promise<Guard> =>
    guards.make({ models: { Claim: CLAIM, Open: OPEN }, env });

  test('a case is invisible to users without a role in it, even to assignees of its tasks', async () => {
    const guard = await make();
    const { id } = await guard.api.engine.start('Claim', {}, ann, {
      caseRoles: { contact: { users: ['ben'], groups: ['sales'] } },
    });
    const { id: askId } = await waitingTask(guard, 'ask', id);
    await guard.api.tasks.take(askId, ben);
    await guard.api.tasks.complete(askId, {}, ben);
    const { id: lookId } = await waitingTask(guard, 'look', id);

    expect(await seenBy(guard.as(out), id, lookId)).toEqual([]);
    expect(await refusal(guard.api.tasks.complete(lookId, {}, out))).toMatchObject({ code: 'not-found' });
    const all = Object.keys(waysToSee(guard.api, id, lookId));
    expect(await seenBy(guard.as(ADMIN_USER), id, lookId)).toEqual(all);
    // Who has a role reads the case; its tasks are for those whom they name.
    const ofTask = ['findItem', 'pending', 'count'];
    for (const one of [ann, ben, cat])
      expect(await seenBy(guard.as(one), id, lookId)).toEqual(all.filter((way) => !ofTask.includes(way)));
    // With a role, the person sees the task.
    await guard.api.cases.addToRole(id, 'participant', { users: ['out'] }, ann);
    expect(await seenBy(guard.as(out), id, lookId)).toEqual(all);
    await guard.api.tasks.complete(lookId, {}, out);
  });

  test('instances of models without roles are unaffected', async () => {
    const guard = await make();
    const { id } = await guard.api.engine.start('Open', {}, ann);
    const { id: itemId } = await waitingTask(guard, 't', id);
    expect(await seenBy(guard.as(out), id, itemId)).toContain('pending');
    expect(await refusal(guard.api.cases.roles(id, ann))).toMatchObject({ code: 'bad-request' });
    expect(
      await refusal(guard.api.engine.start('Open', {}, ann, { caseRoles: { owner: { users: ['ann'] } } })),
    ).toMatchObject({ code: 'bad-option' });
  });

  test('CASE_AUTH_ENABLED=false switches off visibility, but not restricted operations', async () => {
    const guard = await make({ CASE_AUTH_ENABLED: ' False ' });
    const { id } = await guard.api.engine.start('Claim', {}, ann, {
      caseRoles: { owner: { users: ['ben'] }, contact: { users: ['cat'] } },
    });
    // The starter has no role, and sees it by the task rules.
    expect((await guard.api.data.findInstances({ id }, ann)).length).toBe(1);
    expect(await guard.api.data.findInstances({ id }, out)).toEqual([]);
    expect(await refusal(guard.api.cases.setRole(id, 'contact', { users: ['ann'] }, ann))).toMatchObject({
      code: 'forbidden',
    });
    await guard.api.cases.setRole(id, 'contact', { users: ['ann'] }, ben);
    expect(await refusal(guards.make({ env: { CASE_AUTH_ENABLED: 'off' } }))).toMatchObject({
      code: 'bad-environment',
      message: expect.stringContaining('CASE_AUTH_ENABLED') as unknown,
    });
  });

  test('a task for a role goes to its holders at its start; later changes do not affect it', async () => {
    const guard = await make();
    const { id } = await guard.api.engine.start('Claim', {}, ann, {
      caseRoles: { contact: { users: ['ben'], groups: ['sales'] } },
    });
    const { id: askId } = await waitingTask(guard, 'ask', id);
    const candidates = { users: ['ben'], groups: ['sales'] };
    expect(await guard.api.tasks.candidates(askId, ADMIN_USER)).toEqual(candidates);
    await guard.api.cases.setRole(id, 'contact', { users: ['out'] }, ann);
    expect(await guard.api.tasks.candidates(askId, ADMIN_USER)).toEqual(candidates);
    expect(await refusal(guard.api.tasks.take(askId, out))).toMatchObject({ code: 'not-found' });
    // Who left the case no longer sees it, whatever the task says.
    expect(await refusal(guard.api.tasks.take(askId, ben))).toMatchObject({ code: 'not-found' });
  });

  test('a user and a group of one name are two holders', async () => {
    const guard = await make();
    const { id } = await guard.api.engine.start('Claim', {}, ann, {
      caseRoles: { contact: { groups: ['ben'] } },
    });
    expect(await guard.api.data.findInstances({ id }, ben)).toEqual([]);
    expect((await guard.api.data.findInstances({ id }, person('zoe', 'ben'))).length).toBe(1);
    expect(await guard.api.data.findInstances({ id }, person('zoe', 'ann'))).toEqual([]);
  });

  test('a task for a role below its minimum starts closed and names the role', async () => {
    const guard = await make();
    const two = caseModel('owner:1, judge:2..3, jury', [
      task('judge', { candidateUsers: 'judge, ann' }),
      task('jury', { candidateGroups: 'jury' }),
    ]);
    await guard.api.model.save('Trial', two, null, ADMIN_USER);
    const { id } = await guard.api.engine.start('Trial', {}, ann, {
      caseRoles: { judge: { users: ['ben'] } },
    });
    const judge = await waitingTask(guard, 'judge', id);
    expect(judge).toMatchObject({
      state: 'closed',
      candidateUsers: [],
      why: 'the role judge needs 2 holders and has 1',
    });
    expect(await refusal(guard.api.tasks.take(judge.id, ben))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.assign(judge.id, 'ben', ADMIN_USER);
    await guard.api.tasks.complete(judge.id, {}, ben);
    expect(await waitingTask(guard, 'jury', id)).toMatchObject({
      state: 'closed',
      why: 'nobody holds the role jury',
    });
  });

  test('the starter becomes the owner where nobody is given, and a case without a person has none', async () => {
    const guard = await make();
    const given = await guard.api.engine.start('Claim', {}, ann, {
      caseRoles: { owner: { users: ['ben'] } },
    });
    expect(await guard.api.data.findInstances({ id: given.id }, ann)).toEqual([]);
    expect((await guard.api.cases.roles(given.id, ben)).slice(0, 2)).toEqual([
      { name: 'owner', min: 0, max: 1, users: ['ben'], groups: [] },
      { name: 'contact', min: 0, max: 2, users: [], groups: [] },
    ]);
    const own = await guard.api.engine.start('Claim', {}, ann);
    expect((await guard.api.cases.roles(own.id, ann))[0]?.users).toEqual(['ann']);
    const byTimer = model([start({}, timer('timeDuration', 'PT0.1S')), task('t'), end()], {
      inner: properties({ caseRoles: 'owner' }),
    });
    await guard.api.model.save('Timed', byTimer, null, ADMIN_USER);
    const { instanceId } = await eventually(() => waitingTask(guard, 't').catch(() => undefined));
    expect((await guard.api.cases.roles(instanceId, ADMIN_USER))[0]?.users).toEqual([]);
  });

  test('roles that are not declared, too many holders and other shapes are refused, and nothing starts', async () => {
    const guard = await make();
    const bad: [unknown, string][] = [
      [{ ownr: { users: ['ann'] } }, 'Did you mean owner?'],
      [{ owner: { users: ['ann', 'ben'] } }, 'at most 1'],
      [{ owner: { users: ['ann'], groups: ['ann'] } }, 'at most 1'],
      [{ owner: ['ann'] }, 'an object of users and groups'],
      [{ owner: { user: ['ann'] } }, 'Did you mean users?'],
      [{ owner: { users: 'ann' } }, 'list of names'],
      [{ owner: { users: [' '] } }, 'names'],
      [[], 'caseRoles'],
    ];
    for (const [caseRoles, says] of bad)
      expect(await refusal(guard.api.engine.start('Claim', {}, ann, { caseRoles } as never))).toMatchObject({
        status: 400,
        message: expect.stringContaining(says) as unknown,
      });
    expect(await guard.api.data.findInstances({}, ADMIN_USER)).toEqual([]);
    const { id } = await guard.api.engine.start('Claim', {}, ann);
    const { cases } = guard.as(ann);
    expect(await refusal(cases.setRole(id, 'boss', { users: [] }))).toMatchObject({ code: 'bad-request' });
    expect(await refusal(cases.addToRole(id, 'owner', { users: ['ben'] }))).toMatchObject({
      code: 'bad-assignment',
    });
    expect(await refusal(cases.setRole(id, 'owner', {}))).toMatchObject({ code: 'wrong-state' });
    expect(await refusal(cases.setRole(id, 'owner', {}))).toMatchObject({ code: 'wrong-state' });
    expect((await cases.roles(id))[0]?.users).toEqual(['ann']);
  });

  test('concurrent additions never exceed the maximum of a role', async () => {
    const guard = await make();
    const { id } = await guard.api.engine.start('Claim', {}, ann);
    const names = Array.from({ length: 8 }, (_, at) => `user${at}`);
    const outcomes = await Promise.allSettled(
      names.map((name) => guard.api.cases.addToRole(id, 'contact', { users: [name] }, ann)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(2);
    const contact = (await guard.api.cases.roles(id, ann)).find(({ name }) => name === 'contact');
    expect(contact?.users.length).toBe(2);
    const added = names.filter((_, at) => outcomes[at]?.status === 'fulfilled');
    expect([...(contact?.users ?? [])].sort()).toEqual(added.sort());
  });

  test('a called process gets the roles that its call passes on, and no others', async () => {
    const guard = await make();
    const child = caseModel(
      'requester, adviser:1, owner',
      [task('child', { candidateUsers: 'requester' })],
      'called',
    );
    const parent = caseModel('owner:1, contact, adviser', [
      call('sub', 'Child', properties({ caseRoles: 'requester = contact, adviser, judge=owner' })),
    ]);
    await guard.api.model.save('Child', child, null, ADMIN_USER);
    await guard.api.model.save('Parent', parent, null, ADMIN_USER);
    await guard.api.engine.start('Parent', {}, ann, {
      caseRoles: { contact: { users: ['ben'], groups: ['sales'] }, adviser: { users: ['cat', 'out'] } },
    });
    const { instanceId, id: childTask } = await waitingTask(guard, 'child');
    const roles = await guard.api.cases.roles(instanceId, ADMIN_USER);
    expect(Object.fromEntries(roles.map(({ name, users, groups }) => [name, [users, groups]]))).toEqual({
      requester: [['ben'], ['sales']],
      // Two are more than the called process admits: nobody holds it.
      adviser: [[], []],
      owner: [['ann'], []],
    });
    await guard.api.tasks.take(childTask, cat);
    const failures = (await guard.store.audit.find({ limit: 100 })).filter(
      ({ answer }) => answer === 'failed',
    );
    expect(failures.map(({ reason }) => reason).join()).toMatch(/judge.*at most 1|at most 1.*judge/s);
  });
});
