import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../../support/guards.js';
import { end, model, start, task } from '../../../support/models.js';
import { onStores } from '../../../support/stores.js';

const [kim, lou] = [person('kim', 'clerks'), person('lou')];
/** Nothing of it is understood, so the model leaves the task to administrators. */
const CLOSED = model([start(), task('pay', { candidateGroups: '#{approvers}' }), end()]);

onStores('A task that its model leaves to nobody', (kind) => {
  const guards = new Guards(kind);

  test('is offered to users who may perform it by a grid rule; they take, release and complete it', async () => {
    const guard = await guards.make({ models: { Invoice: CLOSED } });
    const [admin, clerk] = [guard.as(ADMIN_USER), guard.as(kim)];
    const { id: instanceId } = await guard.as(lou).engine.start('Invoice');
    const { id, state } = await waitingTask(guard, 'pay', instanceId);
    expect(state).toBe('closed');
    expect(await refusal(clerk.tasks.take(id))).toMatchObject({ code: 'not-found' });
    await admin.policies.grid.save('pay', 'Allow group clerks to Perform on task pay of process Invoice');
    expect(await clerk.data.getPendingUserTasks({})).toMatchObject([{ id }]);
    expect(await clerk.tasks.allowed([id])).toMatchObject({ [id]: expect.arrayContaining(['take']) });
    expect(await clerk.tasks.take(id)).toMatchObject({ state: 'assigned', assignee: 'kim' });
    expect(await clerk.tasks.release(id)).toMatchObject({ state: 'closed' });
    await clerk.tasks.take(id);
    expect(await clerk.tasks.complete(id)).toMatchObject({ status: 'end' });
  });

  test('is not taken by the person who started it, who sees it', async () => {
    const guard = await guards.make({ models: { Invoice: CLOSED } });
    const { id: instanceId } = await guard.as(lou).engine.start('Invoice');
    const { id } = await waitingTask(guard, 'pay', instanceId);
    expect(await guard.as(lou).data.getPendingUserTasks({})).toMatchObject([{ id, state: 'closed' }]);
    expect(await refusal(guard.as(lou).tasks.take(id))).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.as(lou).tasks.reject(id))).toMatchObject({ code: 'forbidden' });
    expect(await guard.as(ADMIN_USER).tasks.take(id)).toMatchObject({ assignee: 'admin' });
  });
});
