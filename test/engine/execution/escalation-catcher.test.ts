import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import {
  boundary,
  catching,
  end,
  model,
  parallel,
  signal,
  start,
  subProcess,
  task,
} from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ann = person('ann');
const MINE = task('t', { assignee: 'ann' });
const OTHER = task('other', { assignee: 'bob' });
const ESCALATION = { signals: ['escalation'] };
const raised = (on: string, cancelActivity = true, then = 'instead') =>
  boundary('raise', on, signal('escalation'), cancelActivity, [task(then), end('e2')]);

const MODELS = {
  OnOther: model([start(), parallel('p', [MINE], [OTHER]), raised('other'), end()], ESCALATION),
  OnOtherAndFlow: model(
    [
      start(),
      parallel('p', [MINE], [OTHER], [catching('c', signal('escalation')), task('told')]),
      raised('other'),
      end(),
    ],
    ESCALATION,
  ),
  Around: model(
    [start(), subProcess('s', [start({}, '', 'inside'), MINE, end('e3')]), raised('s', false, 'told'), end()],
    ESCALATION,
  ),
};

onStores('The escalation of a task', (kind) => {
  const guards = new Guards(kind);

  async function begun(name: keyof typeof MODELS): Promise<Guard> {
    const guard = await guards.make({ models: MODELS });
    await guard.api.engine.start(name, {}, ADMIN_USER);
    return guard;
  }
  const escalate = async (guard: Guard): Promise<unknown> =>
    guard.api.tasks.escalate((await waitingTask(guard, 't')).id, 'carl', ann);

  test.each(['as it is', 'suspended'])('leaves another task with its boundary event %s', async (how) => {
    const guard = await begun('OnOther');
    const other = await waitingTask(guard, 'other');
    if (how === 'suspended') await guard.api.tasks.suspend(other.id, ADMIN_USER);
    await escalate(guard);
    expect(await waitingTask(guard, 't')).toMatchObject({ assignee: 'carl' });
    expect(await guard.api.data.findItem({ 'items.id': other.id }, ADMIN_USER)).toMatchObject({
      status: 'wait',
      state: how === 'suspended' ? 'suspended' : 'assigned',
    });
  });

  test('is caught in the flow beside such a boundary event', async () => {
    const guard = await begun('OnOtherAndFlow');
    await escalate(guard);
    expect(await waitingTask(guard, 'told')).toBeDefined();
    expect(await waitingTask(guard, 'other')).toBeDefined();
  });

  test('is caught on the boundary of the sub-process that contains it', async () => {
    const guard = await begun('Around');
    await escalate(guard);
    expect(await waitingTask(guard, 'told')).toBeDefined();
    expect(await waitingTask(guard, 't')).toMatchObject({ assignee: 'carl' });
  });
});
