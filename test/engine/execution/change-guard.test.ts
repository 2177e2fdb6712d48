import type { Guard } from 'bpmn-guard';
import { changeGuard } from '../../../src/engine/execution/change-guard.js';
import { ADMIN_USER, Guards, refusal } from '../../support/guards.js';
import { holdBack } from '../../support/held.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const M = model([start(), task('t'), end()]);

onStores('a change of what the guard keeps of an instance', (kind) => {
  const guards = new Guards(kind);

  const begun = async (): Promise<{ guard: Guard; id: string }> => {
    const guard = await guards.make({ models: { M } });
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    return { guard, id };
  };
  /** Others write the instance before each of the next writes. */
  const othersWrite = ({ store }: Guard, times: number): void => {
    const update = store.instances.update.bind(store.instances);
    let left = times;
    jest.spyOn(store.instances, 'update').mockImplementation(async (id, rev, ...rest) => {
      if (left-- > 0) {
        const guard = (await store.instances.load(id))?.guard;
        await update(id, guard?.rev, { guard: { ...guard, rev: (guard?.rev ?? 0) + 1, failure: 'theirs' } });
      }
      return update(id, rev, ...rest);
    });
  };

  test('is made on top of what others have written meanwhile', async () => {
    const { guard, id } = await begun();
    othersWrite(guard, 2);
    await changeGuard(guard.store, id, (before) => ({ ...before, untold: true }));
    jest.restoreAllMocks();
    expect((await guard.store.instances.load(id))?.guard).toMatchObject({ failure: 'theirs', untold: true });
  });

  test('that others undo each time is a conflict, and the call that made it is not recorded as allowed', async () => {
    const { guard, id } = await begun();
    await holdBack(guard, id);
    othersWrite(guard, 10);
    expect(await refusal(guard.api.work.retry(id, ADMIN_USER))).toMatchObject({
      status: 409,
      code: 'conflict',
    });
    jest.restoreAllMocks();
    expect((await guard.store.instances.load(id))?.guard).toMatchObject({ held: true });
    const trail = await guard.store.audit.find({ userName: 'admin', limit: 50 });
    const answers = trail
      .filter(({ operation }) => operation === 'instance:cancel')
      .map(({ answer }) => answer);
    expect(answers).not.toContain('allowed');
  });

  test('of an instance that is gone does nothing', async () => {
    const { guard, id } = await begun();
    await guard.store.instances.remove([id], {});
    await changeGuard(guard.store, id, (before) => ({ ...before, untold: true }));
    expect(await guard.store.instances.load(id)).toBeUndefined();
  });
});
