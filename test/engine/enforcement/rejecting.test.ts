import { SecureUser, type Directory, type Guard } from 'bpmn-guard';
import type { StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import { end, model, parallel, start, task } from '../../support/models.js';
import { told } from '../../support/told.js';

const [ann, bob] = [person('ann'), person('bob')];
const MODELS = {
  Shared: model([start(), task('t', { candidateUsers: 'ann,bob,carl' }), end()]),
  Both: model([
    start(),
    parallel('p', [task('t', { assignee: 'ann' })], [task('u', { assignee: 'ann' })]),
    end(),
  ]),
};
const guards = new Guards('embedded');

async function begun(name: keyof typeof MODELS, element = 't'): Promise<{ guard: Guard; id: string }> {
  const guard = await guards.make({ models: MODELS });
  const { id } = await guard.api.engine.start(name, {}, ADMIN_USER);
  return { guard, id: (await waitingTask(guard, element, id)).id };
}

/** What is kept of a task is as if these had rejected it. */
async function rejectedBy({ store }: Guard, itemId: string, names: readonly string[]): Promise<void> {
  const [{ id }] = (await store.instances.find({ filter: { 'items.id': itemId } })) as [StoredInstance];
  const { items = [], guard: kept } = (await store.instances.load(id)) as StoredInstance;
  const ofItem = { rejectedBy: names };
  await store.instances.update(id, kept?.rev, {
    guard: { ...kept, rev: (kept?.rev ?? 0) + 1, items: { [itemId]: ofItem } },
    items: items.map((item) =>
      item.id === itemId ? { ...item, guard: { ...item.guard, ...ofItem } } : item,
    ),
  } as never);
}

test('who takes a rejection back leaves those of the others', async () => {
  const { guard, id } = await begun('Shared');
  const { tasks } = guard.api;
  for (const user of [ann, bob]) await tasks.reject(id, user);
  expect(await tasks.undoReject(id, ann)).toMatchObject({ id, state: 'unclaimed' });
  expect(await waitingTask(guard, 't')).toMatchObject({ rejectedBy: ['bob'] });
});

test('a task is rejected by at most 1000 people', async () => {
  const { guard, id } = await begun('Shared');
  const { tasks } = guard.api;
  const names = Array.from({ length: 999 }, (_, at) => `user${at}`);
  await rejectedBy(guard, id, names);
  await tasks.reject(id, ann);
  expect(await told({ 'one more': () => tasks.reject(id, bob) })).toEqual({
    'one more': 'too-large: At most 1000 people may reject a task.',
  });
  expect(await waitingTask(guard, 't')).toMatchObject({ rejectedBy: [...names, 'ann'] });
});

test('of several tasks only the one that is named is rejected, suspended and escalated', async () => {
  const { guard, id } = await begun('Both');
  const { tasks } = guard.as(ADMIN_USER);
  const other = await waitingTask(guard, 'u');
  expect(await tasks.suspend(id)).toMatchObject({ id, state: 'suspended' });
  const [{ guard: kept } = {}] = await guard.store.instances.find({ filter: { name: 'Both' } });
  const suspension = { by: 'admin', at: expect.any(Date) as Date };
  expect(kept?.items).toEqual({ [id]: { suspension }, [other.id]: {} });
  expect(await tasks.resume(id)).toMatchObject({ id, state: 'assigned' });
  expect(await tasks.escalate(id, 'bob')).toMatchObject({ id, assignee: 'bob' });
  expect(await waitingTask(guard, 'u')).toMatchObject({ id: other.id, state: 'assigned', assignee: 'ann' });
});

test('the remaining people for a rejected or escalated task are looked up in its tenant', async () => {
  const of = (userName: string, ...userGroups: string[]) =>
    new SecureUser({ userName, userGroups, tenantId: 'acme' });
  const [admin, hal] = [of('admin', 'ADMIN'), of('hal', 'hr')];
  const asked: unknown[] = [];
  const directory: Directory = {
    find: async (name) => [admin, hal].find(({ userName }) => userName === name),
    members: async (...question) => {
      asked.push(question);
      return ['hal'];
    },
  };
  const guard = await guards.make({ directory });
  const source = model([start(), task('t', { candidateGroups: 'hr' }), end()]);
  await guard.api.model.save('M', source, null, admin);
  const { id: instance } = await guard.api.engine.start('M', {}, admin);
  const { id } = await waitingTask(guard, 't', instance, admin);
  await guard.api.tasks.reject(id, hal);
  expect(await waitingTask(guard, 't', instance, admin)).toMatchObject({ state: 'rejected' });
  expect(asked).toEqual([['hr', 'acme']]);
  asked.length = 0;
  await guard.api.tasks.escalate(id, { group: 'hr' }, admin);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked).toEqual(asked.map(() => ['hr', 'acme']));
});
