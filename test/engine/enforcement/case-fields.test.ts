import type { Guard, Policy, SecureUser } from 'bpmn-guard';
import { parseCondition } from 'bpmn-guard';
import { caseModel } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, receive, start, task } from '../../support/models.js';
import { properties } from '../../support/case-models.js';
import { onStores } from '../../support/stores.js';

const [own, hal] = [person('own'), person('hal')];
const PAY = caseModel('owner, helper', [
  task('first', { candidateUsers: 'helper' }),
  task('second', { candidateUsers: 'helper' }),
]);
const TOLD = model([start(), receive('wait', 'told'), task('after', { assignee: 'owner' }), end()], {
  messages: ['told'],
  inner: properties({ caseRoles: 'owner, helper' }),
});

onStores('fields for some roles only', (kind) => {
  const guards = new Guards(kind);

  async function make(policies: readonly Policy[] = []): Promise<{ guard: Guard; id: string; told: string }> {
    const guard = await guards.make({ models: { Pay: PAY, Told: TOLD }, policies });
    const caseRoles = { owner: { users: ['own'] }, helper: { users: ['hal'] } };
    await guard.as(ADMIN_USER).policies.caseFields.save('data.pay.net', { roles: ['owner'] });
    const { id } = await guard.api.engine.start('Pay', { pay: { net: 5, tax: 1 } }, own, { caseRoles });
    const { id: told } = await guard.api.engine.start('Told', { pay: { net: 5 } }, own, { caseRoles });
    return { guard, id, told };
  }

  test('a hidden field is absent from reads and results of commands, except for its roles', async () => {
    const { guard, id } = await make();
    const { id: first } = await waitingTask(guard, 'first', id);
    const whole = { net: 5, tax: 1 };
    expect((await guard.api.engine.get({ id }, own)).data).toEqual({ pay: whole });
    expect((await guard.api.engine.get({ id }, hal)).data).toEqual({ pay: { tax: 1 } });
    const taken = await guard.api.tasks.take(first, hal);
    expect(taken).toMatchObject({ data: { pay: { tax: 1 } }, instanceData: { pay: { tax: 1 } } });
    const done = await guard.api.tasks.complete(first, { x: 1 }, hal);
    expect(done.data).toEqual({ pay: { tax: 1 }, x: 1 });
    expect(JSON.stringify(done)).not.toContain('"net"');
    expect((await guard.api.data.findItem({ 'items.elementId': 'second' }, hal))?.data).toEqual({
      pay: { tax: 1 },
      x: 1,
    });
    // Hidden is not removed.
    expect((await guard.api.engine.get({ id }, own)).data).toEqual({ pay: whole, x: 1 });
    await guard.as(ADMIN_USER).policies.caseFields.remove('data.pay.net');
    expect((await guard.api.engine.get({ id }, hal)).data).toEqual({ pay: whole, x: 1 });
  });

  test('the reasons of an answer do not tell on which side of a rule a hidden value is', async () => {
    const { guard } = await make();
    const { policies } = guard.as(ADMIN_USER);
    const rule = (users: object, when: object): object => ({
      effect: 'Restrict',
      users,
      privilege: 'Re-Assign',
      on: { process: 'Pay', task: 'first' },
      for: when,
    });
    await policies.grid.save('low', rule('all' as never, { 'data.pay.net': { $lt: 50 } }) as never);
    const told = async (net: number, by: SecureUser, starter = own): Promise<unknown[]> => {
      const caseRoles = { owner: { users: ['own'] }, helper: { users: ['hal', 'own'] } };
      const { id } = await guard.api.engine.start('Pay', { pay: { net, tax: 1 } }, starter, { caseRoles });
      const { id: item } = await waitingTask(guard, 'first', id);
      const { reasons } = await guard.explain(by, 'task:escalate', { item: { id: item } });
      const { message } = await refusal(guard.as(by).tasks.escalate(item, 'mia'));
      return [reasons.filter(({ policy }) => policy === 'grid'), message];
    };
    // Nothing permits it, so that one rule about it would be the only difference.
    const alone = [await told(5, hal), await told(90, hal)];
    expect(alone[0]).toEqual(alone[1]);
    expect(JSON.stringify(alone)).not.toMatch(/net|low|50|hidden/);
    await policies.grid.save('high', rule('all' as never, { 'data.pay.net': { $gte: 50 } }) as never);
    const [low, high] = [await told(5, hal, hal), await told(90, hal, hal)];
    expect(low).toEqual(high);
    expect(JSON.stringify(low)).not.toMatch(/net|low|high|50/);
    expect(JSON.stringify(low)).toContain('a rule that compares what is hidden from you');
    expect(await told(5, own)).not.toEqual(await told(90, own));
  });

  test('a user cannot write a field that is hidden from them, in whole or in part', async () => {
    const { guard, id, told } = await make();
    const { id: first } = await waitingTask(guard, 'first', id);
    await guard.api.tasks.take(first, hal);
    const { engine, tasks, cases } = guard.as(hal);
    for (const data of [{ pay: { tax: 2 } }, { 'pay.net': 9 }, { pay: null }, { 'vars.pay': 1 }])
      for (const [door, work] of Object.entries({
        complete: () => tasks.complete(first, data),
        invoke: () => engine.invoke({ 'items.id': first }, data),
        assign: () => engine.assign({ 'items.id': first }, data, {}),
        message: () => engine.throwMessage('told', data, { id: told }),
        ...(Object.keys(data).some((key) => key.includes('.'))
          ? {}
          : { setData: () => cases.setData(id, data) }),
      }))
        expect([door, await refusal(work())]).toEqual([
          door,
          expect.objectContaining({
            code: 'forbidden',
            message: expect.stringContaining('hidden') as unknown,
          }),
        ]);
    expect(await refusal(cases.removeData(id, ['pay']))).toMatchObject({ code: 'forbidden' });
    expect((await guard.api.engine.get({ id }, own)).data).toEqual({ pay: { net: 5, tax: 1 } });
    await guard.api.cases.setData(id, { pay: { net: 6 } }, own);
    await tasks.complete(first, { other: 1 });
  });

  test("a policy of the application's own hides fields too; one that fails is no yes", async () => {
    let broken = false;
    const night: Policy = {
      name: 'night',
      answer: () => ({}),
      fields: () => {
        if (broken) throw new Error('no clock');
        return [{ field: 'data.x', unless: parseCondition({ 'instance.name': 'Told' }) }];
      },
    };
    const { guard, id } = await make([night]);
    await guard.api.cases.setData(id, { x: 1 }, ADMIN_USER);
    expect((await guard.api.engine.get({ id }, own)).data).not.toHaveProperty('x');
    expect(await refusal(guard.api.cases.setData(id, { x: 2 }, own))).toMatchObject({ code: 'forbidden' });
    broken = true;
    for (const work of [
      guard.api.engine.get({ id }, own),
      guard.api.data.findInstances({}, own),
      guard.api.data.findItems({ id }, own),
      guard.api.cases.setData(id, { y: 2 }, own),
    ])
      expect(await refusal(work)).toMatchObject({ code: 'could-not-tell', status: 503 });
    const wrong = { ...night, fields: () => [{ field: 'x', unless: parseCondition({}) }] };
    broken = false;
    expect(await refusal(guards.make({ policies: [wrong] }))).toMatchObject({ code: 'bad-configuration' });
  });
});
