import type { Guard } from 'bpmn-guard';
import { CouldNotTell } from '../../../src/core/errors.js';
import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const [ann, own] = [person('ann'), person('own')];
const guards = new Guards('embedded');
const MODELS = { M: model([start(), task('t', { assignee: 'ann' }), end()]), Claim: CLAIM };
const FORBIDDEN = { code: 'forbidden', message: 'You may not delete instances.' };

async function begun(): Promise<{ guard: Guard; ids: string[] }> {
  const guard = await guards.make({ models: MODELS });
  const ids: string[] = [];
  for (let n = 0; n < 2; n++) ids.push((await guard.api.engine.start('M', { n }, ann)).id);
  return { guard, ids };
}
type Archive = { archive(query: object): Promise<{ deletedCount: number }> };

test('what is archived has the log too, and what is deleted is not archived', async () => {
  const { guard, ids } = await begun();
  const archived = jest.spyOn(guard.store.instances, 'archive');
  await guard.api.data.deleteInstances({ id: ids[0] }, ADMIN_USER);
  expect(archived).not.toHaveBeenCalled();
  await guard.runAs(ADMIN_USER, () => (guard.server.dataStore as unknown as Archive).archive({ id: ids[1] }));
  const [[[copy] = []] = []] = archived.mock.calls;
  expect(copy).toMatchObject({ id: ids[1], data: { n: 1 }, guard: { startedBy: 'ann' } });
  expect(copy?.logs).toContainEqual(expect.objectContaining({ message: expect.any(String) as string }));
  expect(await guard.store.instances.find({ filter: {} })).toEqual([]);
});

test('an instance that is already gone is skipped, and any other failure is reported', async () => {
  const { guard, ids } = await begun();
  const { locks, instances } = guard.store;
  const [first = ''] = ids;
  const acquire = locks.acquire.bind(locks);
  const acquired = jest.spyOn(locks, 'acquire').mockImplementation(async (...args) => {
    if (args[0] === first) await instances.remove([first], {});
    return acquire(...args);
  });
  expect(await guard.api.data.deleteInstances({ name: 'M' }, ADMIN_USER)).toEqual({ deletedCount: 1 });
  const { id } = await guard.api.engine.start('M', {}, ann);
  acquired.mockRejectedValueOnce(new CouldNotTell('store-unavailable', 'No answer.'));
  expect(await refusal(guard.api.data.deleteInstances({ id }, ADMIN_USER))).toMatchObject({
    code: 'store-unavailable',
  });
});

test('nothing is deleted where one of them may not be', async () => {
  const { guard } = await begun();
  const { id } = await guard.api.engine.start('Claim', {}, own);
  await guard.api.engine.start('M', {}, own);
  const count = (): Promise<number> => guard.store.instances.count({ filter: {} });
  const before = await count();
  expect(await refusal(guard.api.data.deleteInstances({}, own))).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('(instance:delete)') as string,
  });
  expect(await count()).toBe(before);
  expect(await guard.api.data.deleteInstances({ id }, own)).toEqual({ deletedCount: 1 });
});

test('a user who may delete none is refused, whether or not there are any', async () => {
  const { guard } = await begun();
  for (const query of [{ name: 'None' }, { name: 'Claim' }])
    expect(await refusal(guard.api.data.deleteInstances(query, ann))).toMatchObject(FORBIDDEN);
  expect(await guard.api.data.deleteInstances({ name: 'None' }, ADMIN_USER)).toEqual({ deletedCount: 0 });
  const empty = await guards.make();
  expect(await empty.api.data.deleteInstances({}, ADMIN_USER)).toEqual({ deletedCount: 0 });
  expect(await refusal(empty.api.data.deleteInstances({}, ann))).toMatchObject(FORBIDDEN);
});
