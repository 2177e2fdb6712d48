import type { Guard } from 'bpmn-guard';
import { Conflict } from '../../../src/core/errors.js';
import { ADMIN_USER, eventually, Guards, refusal } from '../../support/guards.js';
import { end, model, start, task, timer } from '../../support/models.js';

const SOON = model([start({}, timer('timeDuration', 'PT1S')), task('do'), end()]);
const guards = new Guards('embedded');
const started = async ({ store }: Guard): Promise<number> =>
  (await store.instances.find({ filter: { name: 'Old' } })).length;

test.each([
  ['renaming', 'rename', ({ model: models }: Guard['api']) => models.rename('Old', 'New', ADMIN_USER)],
  ['deletion', 'remove', ({ model: models }: Guard['api']) => models.delete('Old', ADMIN_USER)],
] as const)(
  'a model goes on to start by its timer where a %s of it is refused',
  async (_what, change, run) => {
    const guard = await guards.make();
    await guard.api.model.save('Old', SOON, null, ADMIN_USER);
    jest
      .spyOn(guard.store.models, change)
      .mockRejectedValueOnce(new Conflict('conflict', 'A model with this name exists.'));
    expect(await refusal(run(guard.api))).toMatchObject({ code: 'conflict' });
    const before = await started(guard);
    await eventually(async () => (await started(guard)) > before);
  },
);
