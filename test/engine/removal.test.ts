import type { Guard } from 'bpmn-guard';
import { terminate } from '../../src/engine/execution/terminate.js';
import { deriveGuard } from '../../src/engine/model/derive.js';
import { ADMIN_USER, Guards, person, refusal } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';

const ann = person('ann');

onStores('Instances that are removed', (kind) => {
  const guards = new Guards(kind);
  const left = (guard: Guard): Promise<number> => guard.store.instances.count({ filter: {} });
  const archive = (guard: Guard, user: typeof ann, query?: object): Promise<{ deletedCount: number }> =>
    guard.runAs(user, () =>
      (guard.server.dataStore as { archive(query?: object): Promise<{ deletedCount: number }> }).archive(
        query,
      ),
    );

  test('are archived and deleted in any number, each in its current state', async () => {
    const guard = await guards.make({});
    for (let number = 0; number < 501; number++) {
      const data = { number };
      const instance = { id: `i${number}`, name: 'M', status: 'end', items: [], tokens: [], data };
      deriveGuard(instance as never, { rev: 1, startedBy: 'ann', items: {} });
      await guard.store.instances.insert(instance as never);
    }
    const copied = jest.spyOn(guard.store.instances, 'archive');
    expect(await archive(guard, ADMIN_USER, { name: 'M' })).toEqual({ deletedCount: 501 });
    expect(copied.mock.calls.flat(2)).toHaveLength(501);
    expect(await left(guard)).toBe(0);
  });

  test('are archived by administrators, and where they are said', async () => {
    const guard = await guards.make({ models: { M: model([start(), task('t'), end()]) } });
    await guard.api.engine.start('M', {}, ann);
    const copied = jest.spyOn(guard.store.instances, 'archive');
    expect(await refusal(archive(guard, ann, {}))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(archive(guard, ADMIN_USER))).toMatchObject({ code: 'bad-query' });
    expect(copied).not.toHaveBeenCalled();
    expect(await left(guard)).toBe(1);
    expect(await archive(guard, ADMIN_USER, {})).toEqual({ deletedCount: 1 });
  });

  test.each(['deleted', 'archived'] as const)(
    'are not %s when they were changed after the decision',
    async (how) => {
      const guard = await guards.make({ models: { M: model([start(), task('t'), end()]) } });
      const { id } = await guard.api.engine.start('M', {}, ann);
      const { instances } = guard.store;
      const remove = instances.remove.bind(instances);
      jest.spyOn(instances, 'remove').mockImplementationOnce(async (ids, filter) => {
        // Ending what is below an instance waits for no lock.
        await terminate(instances, id, () => undefined);
        return remove(ids, filter);
      });
      const removal =
        how === 'archived' ? archive(guard, ADMIN_USER, {}) : guard.api.data.deleteInstances({}, ADMIN_USER);
      expect(await refusal(removal)).toMatchObject({ code: 'conflict', status: 409 });
      expect(await instances.load(id)).toMatchObject({ status: 'terminated' });
      expect(await guard.api.data.deleteInstances({}, ADMIN_USER)).toEqual({ deletedCount: 1 });
    },
  );

  test('may be removed by two at a time', async () => {
    const guard = await guards.make({ models: { M: model([start(), task('t'), end()]) } });
    for (let number = 0; number < 8; number++) await guard.api.engine.start('M', {}, ann);
    const counts = await Promise.all([
      guard.api.data.deleteInstances({}, ADMIN_USER),
      guard.api.data.deleteInstances({}, ADMIN_USER),
    ]);
    expect(counts.reduce((sum, { deletedCount }) => sum + deletedCount, 0)).toBe(8);
  });
});
