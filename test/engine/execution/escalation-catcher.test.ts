import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import {
  boundary,
  catching,
  chain,
  element,
  end,
  model,
  parallel,
  signal,
  start,
  subProcess,
  task,
  type Part,
} from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ann = person('ann');
const MINE = task('t', { assignee: 'ann' });
const OTHER = task('other', { assignee: 'bob' });
const ESCALATION = { signals: ['escalation'] };
const raised = (on: string, cancelActivity = true, then = 'instead') =>
  boundary('raise', on, signal('escalation'), cancelActivity, [task(then), end('e2')]);

let definitions = 0;
const raisedEscalation = (): string => `<bpmn:escalationEventDefinition id="raised_${++definitions}" />`;
/** An event sub-process that leads to a task. */
const eventSub = (id: string, then: string): Part => {
  const begin = element('startEvent', `${id}_start`, { isInterrupting: false }, raisedEscalation());
  return {
    id,
    flow: false,
    xml: `<bpmn:subProcess id="${id}" triggeredByEvent="true">${chain([begin, task(then), end(`${id}_end`)], `${id}_`)}</bpmn:subProcess>`,
  };
};
const sub = (id: string, ...parts: Part[]): Part =>
  subProcess(id, [start({}, '', `${id}_start`), ...parts, end(`${id}_end`)]);

const MODELS = {
  BesideSub: model([start(), parallel('p', [MINE], [sub('s', OTHER, eventSub('es', 'wrong'))]), end()]),
  BesideSubAndProcess: model([
    start(),
    parallel('p', [MINE], [sub('s', OTHER, eventSub('es', 'wrong'))]),
    end(),
    eventSub('ep', 'told'),
  ]),
  Nearest: model([
    start(),
    sub('s', MINE, eventSub('es', 'told')),
    boundary('raise', 's', raisedEscalation(), false, [task('wrong'), end('e4')]),
    end(),
    eventSub('ep', 'wrong2'),
  ]),
  OnSub: model([
    start(),
    sub('s', MINE),
    boundary('raise', 's', raisedEscalation(), false, [task('told'), end('e4')]),
    end(),
    eventSub('ep', 'wrong'),
  ]),
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
  const waiting = async (guard: Guard): Promise<unknown[]> => {
    const query = { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' };
    return (await guard.api.data.findItems(query, ADMIN_USER)).map(({ elementId }) => elementId).sort();
  };
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

  test('leaves the event sub-process of something that does not contain the task', async () => {
    const guard = await begun('BesideSub');
    await escalate(guard);
    expect(await waitingTask(guard, 't')).toMatchObject({ assignee: 'carl' });
    expect(await waiting(guard)).toEqual(['other', 't']);
  });

  test.each([
    ['BesideSubAndProcess', ['other', 't', 'told']],
    ['Nearest', ['t', 'told']],
    ['OnSub', ['t', 'told']],
  ] as const)('is caught by the nearest event around the task: %s', async (name, tasks) => {
    const guard = await begun(name);
    await escalate(guard);
    expect(await waiting(guard)).toEqual(tasks);
  });

  test('is caught on the boundary of the sub-process that contains it', async () => {
    const guard = await begun('Around');
    await escalate(guard);
    expect(await waitingTask(guard, 'told')).toBeDefined();
    expect(await waitingTask(guard, 't')).toMatchObject({ assignee: 'carl' });
  });
});
