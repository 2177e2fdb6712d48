import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { catching, end, message, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ann = person('ann');
const M = model([start(), task('t', { assignee: 'ann' }), catching('c', message('paid')), end()], {
  messages: ['paid'],
});

onStores('An instance with a source of its own', (kind) => {
  const guards = new Guards(kind);

  test.each<[what: string, change: (guard: Guard) => Promise<unknown>]>([
    ['deleted', ({ api }) => api.model.delete('M', ADMIN_USER)],
    ['renamed', ({ api }) => api.model.rename('M', 'N', ADMIN_USER)],
  ])('goes on after its model was %s, with a picture or without', async (_what, change) => {
    const guard = await guards.make();
    const { engine, tasks } = guard.api;
    for (const picture of [null, '<svg/>']) {
      await guard.api.model.save('M', M, picture, ADMIN_USER);
      const { id } = await engine.start('M', {}, ann);
      await change(guard);
      await guard.api.model.delete('N', ADMIN_USER).catch(() => undefined);
      expect(await engine.get({ id }, ann)).toMatchObject({ id, status: 'running' });
      const { id: item } = await waitingTask(guard, 't', id);
      await engine.assign({ 'items.id': item }, {}, { priority: 1 }, ADMIN_USER);
      await engine.suspend(id, ADMIN_USER);
      await engine.resume(id, ADMIN_USER);
      await tasks.complete(item, {}, ann);
      await engine.throwMessage('paid', {}, { id }, ADMIN_USER);
      expect(await guard.store.instances.load(id)).toMatchObject({ status: 'end', source: M });
    }
  });

  test('is what an instance needs whose model is deleted: others are not found', async () => {
    const guard = await guards.make({ models: { M }, keep: { source: false } });
    const { id } = await guard.api.engine.start('M', {}, ann);
    await guard.api.model.delete('M', ADMIN_USER);
    const { id: item } = await waitingTask(guard, 't', id);
    expect(await refusal(guard.api.tasks.complete(item, {}, ann))).toMatchObject({ code: 'not-found' });
  });
});
