import type { Guard, GuardError, GuardOptions, Policy } from 'bpmn-guard';
import { eq } from '../../../src/core/condition/condition.js';
import type { Operation } from '../../../src/core/operation.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { catching, end, message, model, signal, start, task } from '../../support/models.js';
import { switchedOff, switches } from '../../support/switched-off.js';

const ann = person('ann');
const MODELS = {
  Task: model([
    start(),
    task('t', { candidateUsers: 'ann,bob' }),
    end(),
    { ...start({}, '', 'late'), flow: false },
  ]),
  Short: model([start(), task('t', { assignee: 'ann' }), end()]),
  Hears: model([start(), catching('c', message('paid')), end()], { messages: ['paid'] }),
  Sees: model([start(), catching('s', signal('all')), end()], { signals: ['all'] }),
};

interface Ids {
  readonly task: { readonly id: string; readonly item: string };
  readonly mine: { readonly id: string; readonly item: string };
  readonly ended: { readonly id: string; readonly item: string };
}

type Command = (guard: Guard, ids: Ids) => Promise<unknown>;

/** Each command with the operation that is asked again under the lock. */
const COMMANDS: Readonly<Record<string, readonly [Operation, Command]>> = {
  'tasks.take': ['task:take', ({ api }, { task: { item } }) => api.tasks.take(item, ann)],
  'tasks.release': ['task:take', ({ api }, { mine: { item } }) => api.tasks.release(item, ann)],
  'tasks.assign': ['task:assign', ({ api }, { mine: { item } }) => api.tasks.assign(item, 'bob', ann)],
  'tasks.delegate': ['task:delegate', ({ api }, { mine: { item } }) => api.tasks.delegate(item, 'bob', ann)],
  'tasks.complete': ['task:execute', ({ api }, { mine: { item } }) => api.tasks.complete(item, {}, ann)],
  'engine.invoke': [
    'task:execute',
    ({ api }, { mine: { item } }) => api.engine.invoke({ 'items.id': item }, {}, ann),
  ],
  'engine.assign': [
    'task:assign',
    ({ api }, { mine: { item } }) => api.engine.assign({ 'items.id': item }, {}, { priority: 1 }, ann),
  ],
  'engine.startEvent': [
    'instance:event',
    ({ api }, { task: { id } }) => api.engine.startEvent(id, 'late', {}, ADMIN_USER),
  ],
  'engine.restart': [
    'instance:restart',
    ({ api }, { ended: { item } }) => api.engine.restart({ 'items.id': item }, {}, ADMIN_USER),
  ],
  'engine.upgrade': ['instance:migrate', ({ api }) => api.engine.upgrade('Task', [], ADMIN_USER)],
  'engine.throwMessage': [
    'instance:message',
    ({ api }) => api.engine.throwMessage('paid', {}, {}, ADMIN_USER),
  ],
  'engine.throwSignal': ['instance:signal', ({ api }) => api.engine.throwSignal('all', {}, {}, ADMIN_USER)],
  'data.deleteInstances': [
    'instance:delete',
    ({ api }, { task: { id } }) => api.data.deleteInstances({ id }, ADMIN_USER),
  ],
};

const guards = new Guards('embedded');

async function prepared(options: Pick<GuardOptions, 'directory'> = {}): Promise<{ guard: Guard; ids: Ids }> {
  switches.off = undefined;
  const guard = await guards.make({
    models: MODELS,
    policies: [switchedOff],
    keep: { savePoints: true },
    ...options,
  });
  const begin = async (name: string): Promise<{ id: string; item: string }> => {
    const { id } = await guard.api.engine.start(name, {}, ann);
    return { id, item: (await waitingTask(guard, 't', id)).id };
  };
  const ids = { task: await begin('Task'), mine: await begin('Task'), ended: await begin('Short') };
  await guard.api.tasks.take(ids.mine.item, ann);
  await guard.api.tasks.complete(ids.ended.item, {}, ann);
  for (const name of ['Hears', 'Sees']) await guard.api.engine.start(name, {}, ann);
  return { guard, ids };
}

/** A signal is for all: whom it may not reach is passed over. */
const PASSES_OVER = 'engine.throwSignal';
/** What a call for many may not do to one of them is left out. */
const LEAVES_OUT: ReadonlySet<string> = new Set([PASSES_OVER, 'engine.upgrade']);

/** The code of a refusal; `nothing` of a call that reached nobody. */
const outcome = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => (Array.isArray(value) && value.length === 0 ? 'nothing' : value),
    ({ code }: GuardError) => code,
  );

const stored = async ({ store }: Guard): Promise<string> =>
  JSON.stringify(await store.instances.find({ filter: {} }));

/** Something happens while the next command waits for the lock of its instance. */
function whileWaiting({ store: { locks } }: Guard, happens: () => void): jest.SpyInstance {
  const acquire = locks.acquire.bind(locks);
  return jest.spyOn(locks, 'acquire').mockImplementationOnce((...args) => {
    happens();
    return acquire(...args);
  });
}

test.each(Object.entries(COMMANDS))(
  '%s is refused if the policy changed while it waited for the lock',
  async (name, [operation, command]) => {
    const { guard, ids } = await prepared();
    const before = await stored(guard);
    const acquired = whileWaiting(guard, () => (switches.off = operation));
    expect(await outcome(command(guard, ids))).toBe(LEAVES_OUT.has(name) ? 'nothing' : 'forbidden');
    expect(acquired).toHaveBeenCalled();
    expect(await stored(guard)).toBe(before);
    switches.off = undefined;
    await command(guard, ids);
    expect(await stored(guard)).not.toBe(before);
  },
);

test.each(Object.entries(COMMANDS))(
  '%s is refused if the user was disabled while it waited for the lock',
  async (name, [, command]) => {
    let disabled = false;
    const changed: ((userName: string) => void)[] = [];
    const groups: Readonly<Record<string, string[]>> = { admin: ['ADMIN'] };
    const directory = {
      find: async (userName: string) => ({ userName, userGroups: groups[userName] ?? [], disabled }),
      onChanged: (listener: (userName: string) => void) => {
        changed.push(listener);
        return () => undefined;
      },
    };
    const { guard, ids } = await prepared({ directory });
    const before = await stored(guard);
    whileWaiting(guard, () => {
      disabled = true;
      for (const tell of changed) for (const name of ['ann', 'admin']) tell(name);
    });
    expect(await outcome(command(guard, ids))).toBe(name === PASSES_OVER ? 'nothing' : 'unauthenticated');
    expect(await stored(guard)).toBe(before);
  },
);

test('of the instances of a model, each is upgraded only where its own migration is allowed', async () => {
  const others: Policy = {
    name: 'own-instances',
    waivable: false,
    answer: (_principal, operation) =>
      operation === 'instance:migrate'
        ? { restrictive: [{ id: 'own', says: 'of ann', when: eq('instance.guard.startedBy', 'ann') }] }
        : {},
  };
  const guard = await guards.make({ models: MODELS, policies: [others] });
  const { id } = await guard.api.engine.start('Task', {}, person('bob'));
  const before = await stored(guard);
  await guard.api.model.save('Task', MODELS.Short, null, ADMIN_USER);
  expect(await guard.api.engine.upgrade('Task', [], ADMIN_USER)).toEqual([]);
  expect(await stored(guard)).toBe(before);
  const refused = await guard.store.audit.find({ userName: 'admin', answer: 'refused', limit: 9 });
  expect(refused).toMatchObject([{ operation: 'instance:migrate', reason: 'forbidden', resource: { id } }]);
  const { id: own } = await guard.api.engine.start('Task', {}, ann);
  expect(await guard.api.engine.upgrade('Task', [], ADMIN_USER)).toEqual([own]);
});

test('a model that its author may not read is neither replaced by a save nor by a renaming', async () => {
  const hidden: Policy = {
    name: 'hidden-model',
    waivable: false,
    answer: ({ userName }, operation) =>
      operation === 'model:read' && userName === 'dee'
        ? { restrictive: [{ id: 'not', says: 'not Task', when: eq('model.name', 'Short') }] }
        : {},
  };
  const guard = await guards.make({ models: MODELS, policies: [hidden] });
  const dee = person('dee', 'DESIGNER');
  const sourceOf = async (name: string): Promise<unknown> =>
    (await guard.store.models.get(name, null))?.source;
  const before = await sourceOf('Task');
  for (const replaces of [
    () => guard.api.model.save('Task', MODELS.Short, null, dee),
    () => guard.api.model.rename('Short', 'Task', dee),
  ])
    expect(await refusal(replaces())).toMatchObject({ code: 'conflict', status: 409 });
  expect(await sourceOf('Task')).toBe(before);
  expect(await sourceOf('Short')).toBeDefined();
});

test('the indexes of the store are made for administrators only', async () => {
  const guard = await guards.make();
  const install = (user: typeof ann): Promise<void> =>
    guard.runAs(user, () => (guard.server.dataStore as unknown as { install(): Promise<void> }).install());
  expect((await refusal(install(ann))).code).toBe('forbidden');
  await install(ADMIN_USER);
});
