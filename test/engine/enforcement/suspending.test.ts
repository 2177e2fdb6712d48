import type { Guard } from 'bpmn-guard';
import { Conflict } from '../../../src/core/errors.js';
import type { StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, eventually, Guards, person, waitingTask } from '../../support/guards.js';
import { call, end, model, start, task } from '../../support/models.js';
import { told } from '../../support/told.js';

const ann = person('ann');
const MINE = { assignee: 'ann' };
const MODELS = {
  Outer: model([start(), call('below', 'Inner'), end()], { id: 'outer' }),
  Inner: model([start(), task('t', MINE), end()], { id: 'inner' }),
};
const guards = new Guards('embedded');

async function begun(): Promise<{ guard: Guard; above: string; below: string }> {
  const guard = await guards.make({ models: MODELS });
  const { id: above } = await guard.api.engine.start('Outer', {}, ann);
  return { guard, above, below: (await waitingTask(guard, 't')).instanceId };
}
const kept = async ({ store }: Guard, id: string): Promise<StoredInstance['guard']> =>
  (await store.instances.load(id))?.guard;

test('what is suspended with an instance above is resumed with that one alone, while that is there', async () => {
  const { guard, above, below } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  await engine.suspend(above);
  expect(await kept(guard, below)).toMatchObject({ suspension: { by: 'admin', with: above } });
  // Who reads this one need not read the one above.
  const [view] = await guard.api.data.findInstances({ id: below }, ann);
  expect(view?.suspension).toEqual({
    by: 'admin',
    at: expect.any(Date) as Date,
  });
  expect(await told({ below: () => engine.resume(below), again: () => engine.suspend(above) })).toEqual({
    below: 'wrong-state: The instance is suspended with the one above it; resume that one.',
    again: 'wrong-state: The instance is suspended already.',
  });
  await guard.store.instances.remove([above], {});
  expect((await engine.resume(below)).suspension).toBeUndefined();
  expect(await told({ again: () => engine.resume(below) })).toEqual({
    again: 'wrong-state: The instance is not suspended.',
  });
});

test('an instance with nothing below it keeps no note, and one with something does not keep it', async () => {
  const { guard, above, below } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  const noted: unknown[] = [];
  const update = guard.store.instances.update.bind(guard.store.instances);
  jest.spyOn(guard.store.instances, 'update').mockImplementation((...args) => {
    const { spread } = (args[2].guard ?? {}) as { spread?: { root: string } };
    noted.push([args[0] === above ? 'above' : 'below', spread?.root === above]);
    return update(...args);
  });
  await engine.suspend(above);
  expect(noted).toContainEqual(['above', true]);
  expect(await kept(guard, above)).not.toHaveProperty('spread');
  await engine.resume(above);
  noted.length = 0;
  await engine.suspend(below);
  expect(noted).toEqual([['below', false]]);
});

test.each(['suspend', 'resume'] as const)(
  'what fails at first to %s below an instance is tried again, and the command does not fail by it',
  async (act) => {
    const { guard, above, below } = await begun();
    const { engine } = guard.as(ADMIN_USER);
    if (act === 'resume') await engine.suspend(above);
    const { locks } = guard.store;
    const acquire = locks.acquire.bind(locks);
    let failed = false;
    jest.spyOn(locks, 'acquire').mockImplementation(async (...args) => {
      if (args[0] === below && !failed) {
        failed = true;
        throw new Conflict('conflict', 'It is held.');
      }
      return acquire(...args);
    });
    const view = await engine[act](above);
    expect(view.suspension === undefined).toBe(act === 'resume');
    expect(failed).toBe(true);
    await eventually(
      async () => ((await kept(guard, below))?.suspension === undefined) === (act === 'resume'),
    );
  },
);

test('to terminate an instance answers with it and what may be known of what has ended with it', async () => {
  const { guard, above, below } = await begun();
  expect(await guard.api.engine.terminate(above, ADMIN_USER)).toEqual([above, below]);
  expect(await told({ again: () => guard.api.engine.terminate(above, ADMIN_USER) })).toEqual({
    again: 'wrong-state: The instance has ended.',
  });
});
