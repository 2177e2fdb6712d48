import type { Guard, GuardApi, SectionPermission } from 'bpmn-guard';
import type { StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { caseModel } from '../../support/case-models.js';
import { call, end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

/** Ways around a policy that were found by looking for them. */
const guards = new Guards('embedded');
const [ann, kim] = [person('ann', 'DESIGNER'), person('kim', 'clerks')];
const M = model([start(), task('t', { candidateGroups: 'clerks' }), end()]);
const TWO = model([
  start(),
  task('t', { candidateGroups: 'clerks' }),
  end(),
  { ...start({}, '', 'late'), flow: false },
]);
const grid = (guard: Guard, text: string) =>
  guard.as(ADMIN_USER).policies.grid.import('text', text, { allowUnknownModels: true });
const code = async (work: Promise<unknown>): Promise<string> => (await refusal(work)).code;

test('a text of policies is not read for somebody who may not change them', async () => {
  const guard = await guards.make();
  const { policies } = guard.as(kim);
  const long = `a: Allow all to View on system for {"${'\\"'.repeat(60_000)}`;
  expect(await code(policies.grid.import('text', long))).toBe('forbidden');
  expect(await code(policies.grid.save('a', long))).toBe('forbidden');
  expect(await code(policies.import(`a: [${'[],'.repeat(50_000)}]`))).toBe('forbidden');
  // Who may change them is told what is wrong, and does not wait for it either.
  expect(await code(grid(guard, long))).toBe('bad-policy');
});

test('a repeated key is an error, and so is a row that is too short', async () => {
  const guard = await guards.make();
  const { policies } = guard.as(ADMIN_USER);
  const twice = 'a: Allow all to View on system for {"data.amount":{"$gt":10},"data.amount":{"$lt":100}}';
  expect((await refusal(grid(guard, twice))).message).toContain('appears twice');
  const json = '{"rules":{"a":"Restrict all to View on system","a":"Allow all to View on system"}}';
  expect((await refusal(policies.grid.import('json', json))).message).toContain('appears twice');
  const csv = 'id,effect,users,privilege,on,for\na,Allow,all,View,system\n';
  expect((await refusal(policies.grid.import('csv', csv))).message).toContain('Expected 6 cells');
});

test('a user who terminates an instance learns nothing of subordinate ones that they may not read', async () => {
  const outer = model([start(), call('below', 'Inner'), end()]);
  const inner = model([start(), task('t', { assignee: 'ann' }), end()], { id: 'inner' });
  const guard = await guards.make({ models: { Outer: outer, Inner: inner } });
  const { policies } = guard.as(ADMIN_USER);
  await policies.securityRoles.save('stopper', { rights: ['ModelInstance:Terminate', 'ModelInstance:Read'] });
  await policies.securityRoles.give('stopper', { user: 'kim' });
  await grid(guard, 'a: Allow group auditors to View on process Inner');
  const { id } = await guard.as(ADMIN_USER).engine.start('Outer');
  await policies.grid.save('o', 'Allow group clerks to View on process Outer');
  expect(await guard.as(kim).engine.terminate(id)).toEqual([id]);
  const ended = await guard.as(ADMIN_USER).data.findInstances({ status: 'terminated' });
  expect(ended.map(({ name }) => name).sort()).toEqual(['Inner', 'Outer']);
});

test('a user who may terminate every instance sees held work and orphans only in those that they may read', async () => {
  const directory = {
    find: async (name: string) => [ann, kim, ADMIN_USER].find((one) => one.userName === name),
  };
  const left = model([start(), task('t', { assignee: 'gone' }), end()]);
  const guard = await guards.make({ models: { Left: left }, directory });
  const admin = guard.as(ADMIN_USER);
  const { id } = await admin.engine.start('Left');
  const stored = (await guard.store.instances.load(id)) as StoredInstance;
  const attempt = { held: true, work: 'background', by: 'x', at: new Date(), ended: 3 } as const;
  const guarded = { ...stored.guard, rev: 9, held: true, unfinished: true, attempts: { [id]: attempt } };
  await guard.store.instances.update(id, stored.guard?.rev, { guard: guarded });
  await admin.policies.securityRoles.save('stopper', {
    rights: ['ModelInstance:Terminate', 'ModelInstance:Read', 'Todo:Read_Own'],
  });
  await admin.policies.securityRoles.give('stopper', { user: 'kim' });
  expect(await guard.as(kim).work.list()).toEqual([]);
  expect((await guard.as(kim).work.orphans()).data).toEqual([]);
  expect(await admin.work.list()).toMatchObject([{ instanceId: id }]);
  expect((await admin.work.orphans()).data).toMatchObject([{ instanceId: id }]);
});

test('an instance that was terminated is not upgraded', async () => {
  const guard = await guards.make({ models: { M } });
  const { engine } = guard.as(ADMIN_USER);
  const [ended, running] = [await engine.start('M'), await engine.start('M')];
  await engine.terminate(ended.id);
  expect(await engine.upgrade('M', [])).toEqual([running.id]);
});

test('what is entered for a hidden initiator is refused alike, whether or not it is right', async () => {
  const named = caseModel('owner, helper', [task('a', { candidateUsers: 'helper' })]).replace(
    '<bpmn:startEvent id="start"',
    '<bpmn:startEvent id="start" camunda:initiator="requester"',
  );
  const guard = await guards.make({ models: { Pay: named } });
  await guard.as(ADMIN_USER).policies.caseFields.save('data.requester', { roles: ['owner'] });
  const caseRoles = { owner: { users: ['own'] }, helper: { users: ['hal'] } };
  const { id } = await guard.as(person('own')).engine.start('Pay', {}, undefined, { caseRoles });
  const { id: itemId } = await waitingTask(guard, 'a', id);
  const { tasks } = guard.as(person('hal'));
  await tasks.take(itemId);
  const [right, wrong] = [
    await refusal(tasks.complete(itemId, { requester: 'own' })),
    await refusal(tasks.complete(itemId, { requester: 'eve' })),
  ];
  expect([right.code, right.message]).toEqual([wrong.code, wrong.message]);
  expect(right.code).toBe('forbidden');
});

test('an instance does not begin twice at the event at which it began', async () => {
  const guard = await guards.make({ models: { Two: TWO } });
  const { engine } = guard.as(ADMIN_USER);
  const { id } = await engine.start('Two');
  expect(await refusal(engine.startEvent(id, 'start'))).toMatchObject({ code: 'wrong-state', status: 409 });
  await engine.startEvent(id, 'late');
});

test('a rule about an event is evaluated on the data of the event', async () => {
  const guard = await guards.make({ models: { Two: TWO } });
  await grid(guard, 'z: Allow all to Perform on event late of process Two for {"data.amount":{"$lte":1000}}');
  const { engine } = guard.as(kim);
  const { id } = await engine.start('Two', { amount: 5 });
  expect(await code(engine.startEvent(id, 'late', { amount: 5000 }))).toBe('forbidden');
  await engine.startEvent(id, 'late', { amount: 7 });
});

test('what is added to an instance wins and reserves its labels, and no rule about another object is in the way', async () => {
  const guard = await guards.make({ models: { Main: M, Pay: M } });
  await grid(
    guard,
    `Label Payer held by 1
     Label toString held by 1
     s: Allow all to Perform on event start of process Pay as Payer
     a: Allow group clerks to Perform on process Main as toString`,
  );
  const admin = guard.as(ADMIN_USER);
  const { id } = await admin.engine.start('Main', {});
  const rolesOf = async (of: string) => (await guard.store.instances.load(of))?.guard?.roles;
  const { id: added } = await admin.engine.addProcess(id, 'Pay', {});
  expect(await rolesOf(added)).toEqual({ Payer: ['admin'] });
  await guard.as(kim).tasks.take((await waitingTask(guard, 't', id)).id);
  expect(Object.entries((await rolesOf(id)) ?? {})).toEqual([['toString', ['kim']]]);
});

onStores('The name of a model', (kind) => {
  const guards = new Guards(kind);
  const named = async (): Promise<{ guard: Guard; api: GuardApi }> => {
    const guard = await guards.make({ models: { D: M, Copy: M } });
    const { policies } = guard.as(ADMIN_USER);
    await policies.duties.save('own', { duty: 'not-initiator', model: 'D', strict: true });
    return { guard, api: guard.as(ann) };
  };

  test('is not changed while policies depend on it, nor is an instance moved away from them', async () => {
    const { guard, api } = await named();
    expect(await refusal(api.model.rename('D', 'D2'))).toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('Policies name this model') as unknown,
    });
    const { id } = await guard.as(kim).engine.start('D', {});
    expect(await code(guard.as(ADMIN_USER).engine.migrate(id, 'Copy'))).toBe('forbidden');
    await guard.as(ADMIN_USER).policies.duties.remove('own');
    await guard.as(ADMIN_USER).engine.migrate(id, 'Copy');
    await api.model.rename('D', 'D2');
  });

  test('that instances have is given away again by administrators alone', async () => {
    const { guard, api } = await named();
    const { sections } = guard.as(ADMIN_USER).policies;
    await guard.as(ADMIN_USER).policies.duties.remove('own');
    await sections.create('mine');
    await sections.permissions.give({ section: 'mine' }, { user: 'ann' }, [
      'read',
      'write',
      'bpmn-section-create-process-def',
      'bpmn-process-instance-read',
    ]);
    await sections.place('D', 'mine');
    const { id } = await guard
      .as(kim)
      .engine.start('Copy', {})
      .catch(() => guard.as(ADMIN_USER).engine.start('Copy', {}));
    await guard.as(ADMIN_USER).model.delete('Copy');
    expect(await code(api.model.save('Copy', M, null, undefined, { section: 'mine' }))).toBe('forbidden');
    expect(await code(api.model.rename('D', 'Copy'))).toBe('forbidden');
    expect(await api.data.findInstances({ id })).toEqual([]);
  });

  test('that only instances without marks have is not given away either', async () => {
    const { guard, api } = await named();
    const { sections } = guard.as(ADMIN_USER).policies;
    await sections.create('mine');
    await sections.permissions.give({ section: 'mine' }, { user: 'ann' }, [
      'read',
      'write',
      'bpmn-section-create-process-def',
    ]);
    const section = { section: 'mine' };
    await guard.store.instances.insert({ id: 'old', name: 'Old', status: 'end', items: [], data: {} });
    expect(await code(api.model.save('Old', M, null, undefined, section))).toBe('forbidden');
    await guard.store.instances.insert({ id: 'other', name: 'Of', tenantId: 'acme', items: [], data: {} });
    await api.model.save('Of', M, null, undefined, section);
  });
});

test('who moves a section, or a model, gains nothing on it', async () => {
  const guard = await guards.make({ models: { Other: M } });
  const { sections } = guard.as(ADMIN_USER).policies;
  for (const id of ['mine', 'other']) await sections.create(id);
  await sections.place('Other', 'other');
  await sections.permissions.give({ section: 'other' }, { user: 'ann' }, ['write', 'read']);
  await sections.permissions.give({ section: 'mine' }, { user: 'ann' }, [
    'bpmn-section-create-subsection',
    'bpmn-section-create-process-def',
    'bpmn-process-instance-read',
  ]);
  const mine = guard.as(ann).policies.sections;
  expect((await refusal(mine.move('other', 'mine'))).message).toContain('bpmn-process-instance-read');
  expect(await code(mine.place('Other', 'mine'))).toBe('forbidden');
  await sections.permissions.give({ section: 'other' }, { user: 'ann' }, [
    'write',
    'read',
    'bpmn-process-instance-read',
  ]);
  await mine.place('Other', 'mine');
});

test('who moves a section, or a model, gives others nothing on it that the mover does not hold', async () => {
  const guard = await guards.make({ models: { Other: M } });
  const admin = guard.as(ADMIN_USER);
  const { sections } = admin.policies;
  for (const id of ['from', 'to']) await sections.create(id);
  await sections.place('Other', 'from');
  const give = (section: string, user: string, ...permissions: SectionPermission[]) =>
    sections.permissions.give({ section }, { user }, permissions);
  await give('from', 'ann', 'read', 'write');
  await give('to', 'ann', 'read', 'bpmn-section-create-subsection', 'bpmn-section-create-process-def');
  await give('to', 'zoe', 'read', 'bpmn-process-instance-read');
  const { id } = await admin.engine.start('Other');
  const mine = guard.as(ann).policies.sections;
  for (const move of [() => mine.place('Other', 'to'), () => mine.move('from', 'to')]) {
    expect(await refusal(move())).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('others the section permission bpmn-process-instance-read') as unknown,
    });
    expect(await guard.as(person('zoe')).data.findInstances({ id })).toEqual([]);
  }
  await give('from', 'ann', 'bpmn-process-instance-read');
  await mine.place('Other', 'to');
  expect((await guard.as(person('zoe')).data.findInstances({ id })).length).toBe(1);
  await mine.move('from', 'to');
});

test('a hidden field is hidden below a position too, and a suspended case takes neither data nor comments', async () => {
  const guard = await guards.make({
    models: { Pay: caseModel('owner, helper', [task('a', { candidateUsers: 'helper' })]) },
  });
  const admin = guard.as(ADMIN_USER);
  await admin.policies.caseFields.save('data.years.salary', { roles: ['owner'] });
  const caseRoles = { owner: { users: ['own'] }, helper: { users: ['hal'] } };
  const data = { years: { 2024: { salary: 5, days: 1 } } };
  const { id } = await guard.as(person('own')).engine.start('Pay', data, undefined, { caseRoles });
  const hal = guard.as(person('hal'));
  expect((await hal.engine.get({ id })).instance.data).toEqual({ years: { 2024: { days: 1 } } });
  await admin.engine.suspend(id);
  expect(await code(hal.cases.setData(id, { x: 2 }))).toBe('wrong-state');
  expect(await code(hal.cases.comment(id, 'now?'))).toBe('wrong-state');
  await admin.engine.resume(id);
  await hal.cases.comment(id, 'now');
});
