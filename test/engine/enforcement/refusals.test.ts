import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import { catching, end, message, model, start, task } from '../../support/models.js';
import { switchedOff, switches } from '../../support/switched-off.js';
import { any, told } from '../../support/told.js';

const [ann, bob] = [person('ann'), person('bob')];
const TASK = task('t', { candidateUsers: 'ann,bob' });
const MODELS = {
  Task: model([start(), TASK, end()]),
  Hears: model([start(), catching('c', message('paid')), end()], { messages: ['paid'] }),
  First: model([start({}, message('begin')), end()], { messages: ['begin'] }),
  Second: model([start({}, message('begin')), end()], { messages: ['begin'] }),
  NoStart: model([TASK, end()]),
};

const guards = new Guards('embedded');

test('a refused command on tasks says what is wrong', async () => {
  const guard = await guards.make({ models: MODELS });
  const { tasks, engine } = guard.api;
  const begin = async (): Promise<string> =>
    (await waitingTask(guard, 't', (await engine.start('Task', {}, ADMIN_USER)).id)).id;
  const [open, mine, lent, rejected] = [await begin(), await begin(), await begin(), await begin()];
  await tasks.take(mine, ann);
  await tasks.take(lent, ann);
  await tasks.delegate(lent, 'bob', ann);
  await tasks.reject(rejected, bob);
  const { id: hears } = await engine.start('Hears', {}, ADMIN_USER);
  const receiver = (await waitingTask(guard, 'c', hears)).id;
  expect(
    await told({
      'no id': () => tasks.take(any(7), ann),
      'assigned to no name': () => tasks.assign(mine, any(7), ADMIN_USER),
      'lent to no name': () => tasks.delegate(mine, any(undefined), ann),
      'lent to who has it': () => tasks.delegate(mine, 'ann', ann),
      'lent, and not free': () => tasks.take(lent, bob),
      'completed while lent': () => tasks.complete(lent, {}, bob),
      'released by another': () => tasks.release(lent, bob),
      'escalated to oneself': () => tasks.escalate(mine, 'ann', ann),
      'rejected again': () => tasks.reject(rejected, bob),
      'not rejected': () => tasks.undoReject(open, bob),
      'none named': () => engine.invoke(any(undefined), {}, ann),
      'several named': () => engine.invoke({ 'items.elementId': 't' }, {}, ann),
      'no list': () => tasks.allowed(any('t'), ann),
      'a list of others': () => tasks.allowed(any([open, 7]), ann),
      'suspended, and no task': () => tasks.suspend(receiver, ADMIN_USER),
      'escalated, and no task': () => tasks.escalate(receiver, 'ann', ADMIN_USER),
      'assigned, and no task': () => tasks.assign(receiver, 'ann', ADMIN_USER),
      'too many': () => tasks.allowed(Array<string>(1001).fill(open), ann),
    }),
  ).toEqual({
    'no id': 'bad-request: The id of the task must be a text.',
    'assigned to no name': 'bad-assignment: A task must be assigned to a user name.',
    'lent to no name': 'bad-assignment: A task must be delegated to a user name.',
    'lent to who has it': 'bad-assignment: A task cannot be delegated to the user who has it.',
    'lent, and not free':
      'wrong-state: The task is delegated; this needs one that is open or unclaimed or rejected or closed.',
    'completed while lent':
      'wrong-state: The task is delegated; this needs one that is open or unclaimed or rejected or assigned or closed.',
    'released by another': 'wrong-state: The task is delegated; this needs one that is assigned.',
    'escalated to oneself': 'bad-assignment: A task cannot be escalated to oneself.',
    'rejected again': 'wrong-state: You have already rejected this task.',
    'not rejected': 'wrong-state: You have not rejected this task.',
    'none named': 'bad-query: A command needs a query that matches one item.',
    'several named': 'ambiguous: The query matches several items; a command needs exactly one.',
    'no list': 'bad-request: The tasks must be a list of their ids.',
    'a list of others': 'bad-request: The id of each task must be a text.',
    'suspended, and no task': 'wrong-state: Only a user task can be treated like this.',
    'escalated, and no task': 'wrong-state: Only a user task can be escalated.',
    'assigned, and no task': 'wrong-state: Only a user task can be assigned.',
    'too many': 'too-large: A call may ask about at most 1000 tasks.',
  });
  expect(await tasks.allowed(Array<string>(1000).fill(open), bob)).toMatchObject({
    [open]: ['take', 'assign', 'reject'],
  });
});

test('a refused command on instances says what is wrong', async () => {
  const guard = await guards.make({ models: MODELS });
  const { engine, data, work } = guard.api;
  const { id } = await engine.start('Task', {}, ADMIN_USER);
  const { id: ended } = await engine.start('Task', {}, ADMIN_USER);
  await engine.terminate(ended, ADMIN_USER);
  for (let at = 0; at < 2; at++) await engine.start('Hears', {}, ADMIN_USER);
  const { id: suspended } = await engine.start('Task', {}, ADMIN_USER);
  await engine.suspend(suspended, ADMIN_USER);
  const start_ = `start:${Buffer.from(JSON.stringify([null, 'Task', 'start'])).toString('base64url')}`;
  const add = (given: unknown) => engine.addTask(id, any(given), ADMIN_USER);
  expect(
    await told({
      'none named': () => engine.get(any(undefined), ADMIN_USER),
      'several named': () => engine.get({}, ADMIN_USER),
      'resumed while it runs': () => engine.resume(id, ADMIN_USER),
      'suspended again': () => engine.suspend(suspended, ADMIN_USER),
      'suspended after its end': () => engine.suspend(ended, ADMIN_USER),
      'a message that starts several': () => engine.throwMessage('begin', {}, {}, ADMIN_USER),
      'a message for several': () => engine.throwMessage('paid', {}, {}, ADMIN_USER),
      'a message for nobody': () => engine.throwMessage('gone', {}, {}, ADMIN_USER),
      'a message without a name': () => engine.throwMessage(any(7), {}, {}, ADMIN_USER),
      'a signal for nobody': () => engine.throwSignal('gone', {}, {}, ADMIN_USER),
      'a signal without a name': () => engine.throwSignal('', {}, {}, ADMIN_USER),
      'an event without a name': () => engine.startEvent(id, any(undefined), {}, ADMIN_USER),
      'an event that it does not have': () => engine.startEvent(id, 't', {}, ADMIN_USER),
      'no start event': () => engine.start('NoStart', {}, ADMIN_USER),
      'another start event': () => engine.start('Task', {}, ADMIN_USER, { startNodeId: 't' }),
      'no task': () => add('t'),
      'a task without a name': () => add({ name: ' ', assignee: 'ann' }),
      'a task for nobody': () => add({ name: 'x' }),
      'nothing to delete': () => data.deleteInstances(any(undefined), ADMIN_USER),
      'deleted by who may delete none': () => data.deleteInstances({ name: 'None' }, ann),
      'upgraded after no list': () => engine.upgrade('Task', any('t'), ADMIN_USER),
      'upgraded after no element': () => engine.upgrade('Task', any([7]), ADMIN_USER),
      'stopped after its end': () => work.stop(ended, ADMIN_USER),
      'nothing held': () => work.retry(id, ADMIN_USER),
      'no instance': () => work.stop('none', ADMIN_USER),
      'no id': () => work.stop(any(7), ADMIN_USER),
      'no held start': () => work.retry(start_, ADMIN_USER),
    }),
  ).toEqual({
    'none named': 'bad-query: This needs a query that matches one instance.',
    'several named': 'ambiguous: The query matches several instances; exactly one is needed.',
    'resumed while it runs': 'wrong-state: The instance is not suspended.',
    'suspended again': 'wrong-state: The instance is suspended already.',
    'suspended after its end': 'wrong-state: The instance has ended.',
    'a message that starts several': 'ambiguous: The message starts several models; it must name one.',
    'a message for several':
      'ambiguous: Several elements wait for the message; select one with a matching query.',
    'a message for nobody': 'not-found: No such receiver of the message, or it is not yours to see.',
    'a message without a name': 'bad-request: messageId must be a text.',
    'a signal for nobody': 'not-found: No such receiver of the signal, or it is not yours to see.',
    'a signal without a name': 'bad-request: signalId must be a text.',
    'an event without a name': 'bad-request: elementId must be a text.',
    'an event that it does not have': 'bad-request: elementId does not name a start event of the instance.',
    'no start event': 'bad-model: The model has no start event.',
    'another start event': 'bad-option: startNodeId does not name a start event of the model.',
    'no task': 'bad-request: A task must be a plain object with a name.',
    'a task without a name': 'bad-request: A task needs a name of at most 200 characters.',
    'a task for nobody': 'bad-assignment: An added task must name an assignee or candidates.',
    'nothing to delete': 'bad-query: Deleting instances needs a query; {} selects all.',
    'deleted by who may delete none': 'forbidden: You may not delete instances.',
    'upgraded after no list': 'bad-request: afterNodeIds must be a list of element ids.',
    'upgraded after no element': 'bad-request: afterNodeIds must be a list of element ids.',
    'stopped after its end': 'wrong-state: The instance is not running.',
    'nothing held': 'wrong-state: This instance has no held work.',
    'no instance': 'not-found: No such instance, or it is not yours to see.',
    'no id': 'bad-request: The id of the instance must be a text.',
    'no held start': 'wrong-state: No starts by this timer are held.',
  });
});

test('what a policy takes from everybody is refused before anything is looked for', async () => {
  const guard = await guards.make({ models: MODELS, policies: [switchedOff] });
  const api = guard.as(ADMIN_USER);
  switches.off = 'instance:delete';
  const none = { name: 'None' };
  expect(await told({ delete: () => api.data.deleteInstances(none) })).toEqual({
    delete: 'forbidden: You may not delete instances.',
  });
  switches.off = 'instance:cancel';
  expect(await told({ orphans: () => api.work.orphans() })).toEqual({
    orphans: 'forbidden: You may not list orphaned tasks and roles.',
  });
  switches.off = undefined;
  expect(await api.data.deleteInstances(none)).toEqual({ deletedCount: 0 });
  expect(await api.work.orphans()).toEqual({ data: [], nextCursor: null });
});
