import type { Guard, Policy, SecureUser } from 'bpmn-guard';
import { parseCondition } from 'bpmn-guard';
import { caseModel } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask, type GuardParts } from '../../support/guards.js';
import { call, end, model, properties, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, hank] = [person('ann'), person('hank')];
const MODELS = {
  Child: caseModel('owner, participant', [task('c', { assignee: 'ann' })], 'child'),
  Middle: model([start(), call('middle', 'Child'), end()], { id: 'middle_process' }),
  Outer: model([start(), call('outer', 'Middle'), task('then', { assignee: 'hank' }), end()], {
    id: 'outer_process',
  }),
  Case: model([start(), call('passing', 'Child', properties({ caseRoles: 'participant=friend' })), end()], {
    id: 'case_process',
    inner: properties({ caseRoles: 'owner, friend' }),
  }),
  Plain: model([start(), task('t', { assignee: 'ann' }), end()], { id: 'plain' }),
  AroundPlain: model([start(), call('around', 'Plain'), end()], {
    id: 'around_process',
    inner: properties({ caseRoles: 'owner' }),
  }),
};
/** Rights that open what is tried here on whatever their holder reads. */
const RIGHTS = [
  'ModelInstance:Read',
  'ModelInstance:Terminate',
  'ModelInstance:Suspend',
  'ModelInstance:Write',
  'ModelInstance:Update_Model',
  'ModelInstance:Create',
  'Model:Delete',
  'Model:Read',
  'Todo:Read_All',
  'Todo:Process',
] as const;

type Door = (guard: Guard, id: string, user?: SecureUser) => Promise<unknown>;
const [TERMINATE, STOP, SUSPEND, RESUME]: readonly [Door, Door, Door, Door] = [
  (guard, id, user) => guard.api.engine.terminate(id, user),
  (guard, id, user) => guard.api.work.stop(id, user),
  (guard, id, user) => guard.api.engine.suspend(id, user),
  (guard, id, user) => guard.api.engine.resume(id, user),
];

onStores('What an operation on an instance does to the processes below it', (kind) => {
  const guards = new Guards(kind);

  /** An instance that `hank` started, two levels above a case of `ann`; he holds all the rights and no role in it. */
  async function aboveForeignCase(
    parts: GuardParts = {},
  ): Promise<{ guard: Guard; id: string; below: string }> {
    const guard = await guards.make({ models: MODELS, ...parts });
    const { id } = await guard.api.engine.start('Outer', {}, hank);
    const { instanceId: below } = await waitingTask(guard, 'c');
    await guard.api.cases.setRole(below, 'owner', { users: ['ann'] }, ADMIN_USER);
    const { securityRoles } = guard.as(ADMIN_USER).policies;
    await securityRoles.save('operator', { rights: [...RIGHTS] });
    await securityRoles.give('operator', { user: 'hank' });
    await securityRoles.give('operator', { user: 'ann' });
    return { guard, id, below };
  }
  async function stateOf(guard: Guard, id: string): Promise<string> {
    const { status, guard: kept } = (await guard.store.instances.load(id)) ?? {};
    return kept?.suspension === undefined ? String(status) : 'suspended';
  }

  test('nobody ends, suspends or resumes through it a case whose roles refuse them, and nothing has changed', async () => {
    const { guard, id, below } = await aboveForeignCase();
    for (const door of [TERMINATE, STOP, SUSPEND]) {
      expect(await refusal(door(guard, below, hank))).toMatchObject({ code: 'not-found' });
      const { code, message } = await refusal(door(guard, id, hank));
      expect(code).toBe('forbidden');
      expect(message).toMatch(
        /it would also (end|suspend) a process below it that you may not see \(case-roles\)/,
      );
      expect(await Promise.all([id, below].map((one) => stateOf(guard, one)))).toEqual([
        'running',
        'running',
      ]);
    }
    await SUSPEND(guard, id, ADMIN_USER);
    expect(await refusal(RESUME(guard, id, hank))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('it would also resume') as unknown,
    });
    expect(await stateOf(guard, below)).toBe('suspended');
    await RESUME(guard, id, ADMIN_USER);
    expect(await stateOf(guard, below)).toBe('running');
    await TERMINATE(guard, id, ADMIN_USER);
    expect(await stateOf(guard, below)).toBe('terminated');
  });

  test('the same person does so once the case below gives them the role', async () => {
    const { guard, id, below } = await aboveForeignCase();
    await guard.api.cases.addToRole(below, 'participant', { users: ['hank'] }, ADMIN_USER);
    await SUSPEND(guard, id, hank);
    expect(await stateOf(guard, below)).toBe('suspended');
    await RESUME(guard, id, hank);
    // A participant may not cancel the case; who reads it is told which roles may.
    const { message } = await refusal(TERMINATE(guard, id, hank));
    expect(message).toContain('it would also end the process "Child" below it: ');
    expect(message).toContain('CANCEL_CASE: owner, admin');
    await guard.as(ADMIN_USER).policies.caseOperations.save('CANCEL_CASE', ['participant']);
    await TERMINATE(guard, id, hank);
    expect(await stateOf(guard, below)).toBe('terminated');
  });

  test('roles that a call passes on count below; a process that is no case ends with the case above it', async () => {
    const guard = await guards.make({ models: MODELS });
    const caseRoles = { owner: { users: ['hank'] }, friend: { users: ['hank'] } };
    const { id } = await guard.api.engine.start('Case', {}, ann, { caseRoles });
    expect(await refusal(TERMINATE(guard, id, hank))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('CANCEL_CASE: owner, admin') as unknown,
    });
    await guard.as(ADMIN_USER).policies.caseOperations.save('CANCEL_CASE', ['owner', 'participant']);
    await TERMINATE(guard, id, hank);
    const { id: around } = await guard.api.engine.start('AroundPlain', {}, ann);
    const { instanceId: plain } = await waitingTask(guard, 't');
    expect(await refusal(TERMINATE(guard, plain, ann))).toMatchObject({ code: 'forbidden' });
    await TERMINATE(guard, around, ann);
    expect(await stateOf(guard, plain)).toBe('terminated');
  });

  test('a process that was added counts like a called one, and what was suspended on its own is not reached', async () => {
    const { guard, below } = await aboveForeignCase();
    const { id } = await guard.api.engine.start('Plain', {}, hank);
    const { id: added } = await guard.api.engine.addProcess(id, 'Child', {}, ADMIN_USER);
    await guard.api.cases.setRole(added, 'owner', { users: ['ann'] }, ADMIN_USER);
    for (const door of [TERMINATE, STOP, SUSPEND])
      expect(await refusal(door(guard, id, hank))).toMatchObject({ code: 'forbidden' });
    await SUSPEND(guard, added, ann);
    await SUSPEND(guard, id, hank);
    await RESUME(guard, id, hank);
    expect(await Promise.all([id, added, below].map((one) => stateOf(guard, one)))).toEqual([
      'running',
      'suspended',
      'running',
    ]);
    expect(await refusal(TERMINATE(guard, id, hank))).toMatchObject({ code: 'forbidden' });
  });

  test('deleting, migrating and restarting it leave the case below as it is', async () => {
    const { guard, id, below } = await aboveForeignCase({ keep: { savePoints: true } });
    await guard.api.engine.migrate(id, 'Outer', hank);
    expect(await stateOf(guard, below)).toBe('running');
    await guard.api.tasks.complete((await waitingTask(guard, 'c')).id, {}, ann);
    await guard.api.tasks.complete((await waitingTask(guard, 'then')).id, {}, hank);
    const before = await guard.store.instances.load(below);
    expect(before?.status).toBe('end');
    await guard.api.engine.restart({ id, 'items.elementId': 'then' }, {}, hank);
    expect(await stateOf(guard, id)).toBe('running');
    expect(await guard.store.instances.load(below)).toEqual(before);
    expect(await guard.api.data.deleteInstances({ id }, hank)).toEqual({ deletedCount: 1 });
    expect(await guard.store.instances.load(below)).toEqual(before);
  });

  test('a policy of the application withholds what is below as well, in its own words', async () => {
    const closed: Policy = {
      name: 'closed-month',
      answer: (_principal, operation) =>
        operation === 'instance:cancel'
          ? {
              restrictive: ['its month is open', 'its year is open'].map((says) => ({
                id: says,
                says,
                when: parseCondition({ 'instance.name': { $ne: 'Plain' } }),
              })),
            }
          : {},
    };
    const guard = await guards.make({ models: MODELS, policies: [closed] });
    const { id } = await guard.api.engine.start('AroundPlain', {}, ann);
    const { instanceId: below } = await waitingTask(guard, 't');
    expect((await refusal(TERMINATE(guard, id, ann))).message).toContain(
      'it would also end the process "Plain" below it: its month is open; its year is open.',
    );
    expect(await stateOf(guard, below)).toBe('running');
  });
});
