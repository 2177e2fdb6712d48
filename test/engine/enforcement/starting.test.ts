import type { Guard, GuardEvent, Policy } from 'bpmn-guard';
import { EVERYTHING } from '../../../src/core/condition/condition.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, message, model, service, signal, start, task } from '../../support/models.js';
import { told as refusals } from '../../support/told.js';

const [ann, hal] = [person('ann'), person('hal', 'hr')];
const TASK = task('t', { candidateUsers: 'ann' });
const MODELS = {
  M: model([start(), TASK, end()]),
  ForHr: model([start(), TASK, end()], { process: { candidateStarterGroups: 'hr' } }),
  ByMessage: model([start({}, message('begin')), TASK, end()], { messages: ['begin'] }),
  BySignal: model([start({}, signal('go')), TASK, end()], { signals: ['go'] }),
  Works: model([start(), service('s', 'work'), TASK, end()]),
};
const guards = new Guards('embedded');
const written = async ({ store }: Guard, userName: string): Promise<unknown[]> =>
  (await store.audit.find({ userName, limit: 10 }))
    .filter(({ answer }) => answer === 'allowed')
    .map(({ operation, resource }) => [operation, resource]);

test('a start is in the audit trail and told, by whatever it began', async () => {
  const guard = await guards.make({ models: MODELS });
  const told: GuardEvent[] = [];
  guard.on('started', (event) => void told.push(event));
  const plain = await guard.api.engine.start('M', {}, ann);
  expect(await written(guard, 'ann')).toEqual([['instance:start', target(plain.id, 'M')]]);
  const sent = await guard.api.engine.throwMessage('begin', {}, {}, hal);
  expect(await written(guard, 'hal')).toEqual([
    ['instance:message', target(sent?.id as string, 'ByMessage')],
    ['instance:start', target(sent?.id as string, 'ByMessage')],
  ]);
  const [signalled] = (await guard.api.engine.throwSignal('go', {}, {}, person('sue'))) as string[];
  expect(await written(guard, 'sue')).toEqual([
    ['instance:signal', target(signalled as string, 'BySignal')],
    ['instance:start', target(signalled as string, 'BySignal')],
  ]);
  await guard.close();
  expect(told.slice(0, 1)).toEqual([
    { event: 'started', userName: 'ann', operation: 'instance:start', instanceId: plain.id, modelName: 'M' },
  ]);
  expect(told.map(({ modelName }) => modelName)).toEqual(['M', 'ByMessage', 'BySignal']);
});

const target = (id: string, name: string): object => ({ kind: 'instance', id, instanceId: id, name });

test('the entry of a message that starts a model gives the reason for which it may be sent', async () => {
  const may: Policy = {
    name: 'may',
    answer: ({ userName }, operation) =>
      userName === 'hal' && (operation === 'instance:start' || operation === 'instance:message')
        ? { permissive: [{ id: operation, says: `hal has ${operation}`, when: EVERYTHING }] }
        : {},
  };
  const guard = await guards.make({ models: MODELS, policies: [may] });
  await guard.api.engine.throwMessage('begin', {}, {}, hal);
  const entries = await guard.store.audit.find({ userName: 'hal', limit: 2 });
  for (const { operation, reason } of entries) expect(reason).toContain(`may/${operation}`);
  expect(entries.map(({ operation }) => operation)).toEqual(['instance:message', 'instance:start']);
});

test('readers of a model learn what it lacks; for others the model does not exist', async () => {
  const guard = await guards.make({ models: { ...MODELS, None: model([TASK, end()]) } });
  const { start: begin } = guard.api.engine;
  const elsewhere = { startNodeId: 'none' };
  expect(
    await refusals({
      'no start, to an administrator': () => begin('None', {}, ADMIN_USER),
      'no start, to a stranger': () => begin('None', {}, ann),
      'another start, to an administrator': () => begin('M', {}, ADMIN_USER, elsewhere),
      'another start, to a stranger': () => begin('ForHr', {}, ann, elsewhere),
      'no model': () => begin('Nothing', {}, ADMIN_USER),
    }),
  ).toEqual({
    'no start, to an administrator': 'bad-model: The model has no start event.',
    'no start, to a stranger': 'not-found: No such model, or it is not yours to see.',
    'another start, to an administrator': 'bad-option: startNodeId does not name a start event of the model.',
    'another start, to a stranger': 'not-found: No such model, or it is not yours to see.',
    'no model': 'not-found: No such model, or it is not yours to see.',
  });
});

test('a start answers with the item that it has reached', async () => {
  const guard = await guards.make({ models: MODELS });
  expect((await guard.api.engine.start('M', {}, ann)).item).toMatchObject({ elementId: 't', status: 'wait' });
});

test('a user who may not start a model gets 403 if they may read it, and 404 otherwise', async () => {
  const guard = await guards.make({ models: MODELS });
  const begin = () => guard.api.engine.start('ForHr', {}, ann);
  const hidden = await refusal(begin());
  expect([hidden.code, hidden.message]).toEqual(['not-found', 'No such model, or it is not yours to see.']);
  await guard.api.engine.start('ForHr', {}, hal);
  await guard.api.tasks.take((await waitingTask(guard, 't')).id, ann);
  expect(await refusal(begin())).toMatchObject({
    code: 'forbidden',
    message: expect.stringMatching(/^You may not do this \(instance:start\): /) as string,
  });
});

test('a start that does not wait answers before the work is done', async () => {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const guard = await guards.make({ models: MODELS, services: { work: () => gate } });
  const view = await guard.api.engine.start('Works', {}, ann, { noWait: true });
  expect(view.items.map(({ elementId }) => elementId)).not.toContain('t');
  go();
  expect((await view.tillDone()).items.map(({ elementId }) => elementId)).toContain('t');
  expect(await waitingTask(guard, 't', view.id, ADMIN_USER)).toMatchObject({ state: 'unclaimed' });
});
