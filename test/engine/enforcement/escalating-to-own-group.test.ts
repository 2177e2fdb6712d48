import type { Guard, SecureUser } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ann = person('ann');
const MODELS = { P: model([start(), task('t', { assignee: 'ann', candidateGroups: 'clerks' }), end()]) };

onStores('Escalating a task to a group that one is in', (kind) => {
  const guards = new Guards(kind);

  async function begun(): Promise<{ guard: Guard; id: string }> {
    const guard = await guards.make({ models: MODELS });
    await guard.api.engine.start('P', {}, person('sam'));
    return { guard, id: (await waitingTask(guard, 't')).id };
  }
  const seen = (guard: Guard, id: string): Promise<unknown> =>
    guard.api.data.findItem({ 'items.id': id }, ADMIN_USER);

  test('is refused to those to whom the task is only lent, and not to its lender', async () => {
    const { guard, id } = await begun();
    const { tasks } = guard.api;
    await tasks.delegate(id, 'carl', ann);
    for (const group of ['clerks', 'managers'])
      expect(
        await refusal(tasks.escalate(id, { group }, person('carl', 'clerks', 'managers'))),
      ).toMatchObject({ code: 'bad-assignment' });
    expect(await seen(guard, id)).toMatchObject({ state: 'delegated', owner: 'ann', assignee: 'carl' });
    await tasks.escalate(id, { group: 'clerks' }, person('ann', 'clerks'));
    expect(await seen(guard, id)).toMatchObject({ state: 'unclaimed', candidateGroups: ['clerks'] });
  });

  test('is refused to candidates while somebody else has the task', async () => {
    const { guard, id } = await begun();
    const starter = person('sam', 'clerks');
    const escalate = (user: SecureUser): Promise<unknown> =>
      guard.api.tasks.escalate(id, { group: 'clerks' }, user);
    expect(await refusal(guard.api.tasks.take(id, starter))).toMatchObject({ code: 'wrong-state' });
    expect(await refusal(escalate(starter))).toMatchObject({ code: 'bad-assignment' });
    expect(await seen(guard, id)).toMatchObject({ state: 'assigned', assignee: 'ann' });
    await guard.api.tasks.release(id, ann);
    await escalate(starter);
    expect(await seen(guard, id)).toMatchObject({ state: 'unclaimed', candidateGroups: ['clerks'] });
  });
});
