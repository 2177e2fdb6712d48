import { parseCondition, type Guard, type Policy } from 'bpmn-guard';
import { caseModel } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { told } from '../../support/told.js';

const [ann, own, hal] = [person('ann'), person('own'), person('hal')];
const TWO = model([
  start(),
  task('first', { candidateUsers: 'ann,bob' }),
  task('second', { candidateUsers: 'ann,bob' }),
  end(),
]);
const guards = new Guards('embedded');

test('a list can be sorted by visible fields, not by those hidden from its reader', async () => {
  const Pay = caseModel('owner, helper', [task('t', { candidateUsers: 'helper' })]);
  const guard = await guards.make({ models: { Pay } });
  await guard.as(ADMIN_USER).policies.caseFields.save('data.pay.net', { roles: ['owner'] });
  await guard.api.engine.start('Pay', { pay: { net: 5, tax: 1 } }, own, {
    caseRoles: { owner: { users: ['own'] }, helper: { users: ['hal'] } },
  });
  const sorted = (field: string) => guard.api.data.find({ sort: { [field]: 1 } as never }, hal);
  expect(await told({ net: () => sorted('data.pay.net'), pay: () => sorted('data.pay') })).toEqual({
    net: 'hidden-field: A list cannot be sorted by data.pay.net, because part of it is hidden from you.',
    pay: 'hidden-field: A list cannot be sorted by data.pay, because part of it is hidden from you.',
  });
  expect((await sorted('data.pay.tax')).data).toHaveLength(1);
  // Also for who holds the role in this case: it is hidden in others.
  expect(await refusal(guard.api.data.find({ sort: { 'data.pay': 1 } }, own))).toMatchObject({
    code: 'hidden-field',
  });
  const ofItems = (user: typeof own) =>
    guard.api.data.find({ filter: { 'items.status': 'wait' }, sort: { 'data.pay': 1 } }, user);
  expect(await refusal(ofItems(hal))).toMatchObject({ code: 'hidden-field' });
  expect((await ofItems(ADMIN_USER)).data).toHaveLength(1);
});

async function begun(policies: readonly Policy[]): Promise<{ guard: Guard; id: string; item: string }> {
  const guard = await guards.make({ models: { Two: TWO }, policies });
  const { id } = await guard.api.engine.start('Two', {}, ADMIN_USER);
  return { guard, id, item: (await waitingTask(guard, 'first', id)).id };
}

test('a rule about the other items is evaluated on all that still exist', async () => {
  const other = parseCondition({
    $nor: [{ items: { $elemMatch: { 'item.guard.completedBy': '$user.userName' } } }],
  } as never);
  const policy: Policy = {
    name: 'apart',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'task:assignees' ? { restrictive: [{ id: 'other', says: 'other', when: other }] } : {},
  };
  const { guard, id, item } = await begun([policy]);
  await guard.api.tasks.take(item, ann);
  await guard.api.tasks.complete(item, {}, ann);
  const { id: second } = await waitingTask(guard, 'second', id);
  expect(await refusal(guard.api.tasks.candidates(second, ann))).toMatchObject({ code: 'forbidden' });
  expect(await guard.api.tasks.candidates(second, person('bob'))).toMatchObject({ users: ['ann', 'bob'] });
  jest.spyOn(guard.store.instances, 'find').mockResolvedValueOnce([]);
  expect(await refusal(guard.api.tasks.candidates(second, person('bob')))).toMatchObject({
    code: 'not-found',
    message: 'No such task, or it is not yours to see.',
  });
});

test('a command needs a query that matches one, among those that its caller finds', async () => {
  const { guard, id, item } = await begun([]);
  await guard.api.engine.start('Two', {}, ADMIN_USER);
  const { engine } = guard.as(ann);
  expect(
    await told({
      'no item': () => engine.invoke({ 'items.id': 'none' }),
      'several items': () => engine.invoke({ 'items.elementId': 'first' }),
      'no instance': () => engine.get({ id: 'none' }),
      'no query': () => engine.get(null as never),
      'no query of an item': () => engine.invoke(null as never),
    }),
  ).toEqual({
    'no item': 'not-found: No such task, or it is not yours to see.',
    'several items': 'ambiguous: The query matches several items; a command needs exactly one.',
    'no instance': 'not-found: No such instance, or it is not yours to see.',
    'no query': 'bad-query: This needs a query that matches one instance.',
    'no query of an item': 'bad-query: A command needs a query that matches one item.',
  });
  expect(await told({ several: () => guard.api.engine.get({ name: 'Two' }, ADMIN_USER) })).toEqual({
    several: 'ambiguous: The query matches several instances; exactly one is needed.',
  });
  expect(await guard.api.data.findItem({ id, 'items.elementId': 'first' }, ann)).toMatchObject({ id: item });
});
