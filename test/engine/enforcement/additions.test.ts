import { parseCondition, type Guard, type GuardEvent, type Policy } from 'bpmn-guard';
import { eq } from '../../../src/core/condition/condition.js';
import type { StoredInstance } from '../../../src/store/port.js';
import { AD_HOC_TASK } from '../../../src/engine/model/ad-hoc.js';
import { ADMIN_USER, Guards, person, waitingTask, type GuardParts } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { any, told } from '../../support/told.js';

const ann = person('ann');
const MINE = task('t', { assignee: 'ann' });
const MODELS = {
  M: model([start(), MINE, end()]),
  Never: model([MINE, end()]),
  ForHr: model([start(), MINE, end()], { process: { candidateStarterGroups: 'hr' } }),
};
const guards = new Guards('embedded');

async function begun(parts: GuardParts = {}): Promise<{ guard: Guard; id: string }> {
  const guard = await guards.make({ models: MODELS, ...parts });
  const { id } = await guard.api.engine.start('M', {}, ann);
  return { guard, id };
}
const more = { name: 'more', assignee: 'bob' };

test('what cannot be added is refused with the reason', async () => {
  const { guard, id } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  const { id: suspended } = await engine.start('M', {});
  await engine.suspend(suspended);
  const { id: ended } = await engine.start('M', {});
  await engine.terminate(ended);
  const without = await begun({ keep: { source: false } });
  expect(
    await told({
      'a task to a suspended one': () => engine.addTask(suspended, more),
      'a process to a suspended one': () => engine.addProcess(suspended, 'M'),
      'a task to one that has ended': () => engine.addTask(ended, more),
      'a task without a source': () => without.guard.api.engine.addTask(without.id, more, ADMIN_USER),
      'no model': () => engine.addProcess(id, 'None'),
      'a model that does not start': () => engine.addProcess(id, 'Never'),
      'no name of a model': () => engine.addProcess(id, any(7)),
      'no data': () => engine.addProcess(id, 'M', any('x')),
      'a long name': () => engine.addTask(id, { ...more, name: 'x'.repeat(201) }),
    }),
  ).toEqual({
    'a task to a suspended one': 'wrong-state: The instance is suspended.',
    'a process to a suspended one': 'wrong-state: The instance is suspended.',
    'a task to one that has ended': 'wrong-state: The instance has ended.',
    'a task without a source':
      'wrong-state: The instance keeps no source of its own, so no element can be added.',
    'no model': 'not-found: No such model, or it is not yours to see.',
    'a model that does not start': 'not-found: No such model, or it is not yours to see.',
    'no name of a model': expect.stringMatching(/^bad-/) as string,
    'no data': expect.stringMatching(/^bad-data: /) as string,
    'a long name': 'bad-request: A task needs a name of at most 200 characters.',
  });
});

test('a task is not added by whom a policy keeps from giving tasks, or from taking them, in that way', async () => {
  const eve = person('eve', 'ADMINS');
  const withheld = new Set<string>();
  const policies: Policy[] = [
    {
      name: 'adders',
      answer: ({ userName }, operation) => ({
        permissive:
          userName === 'eve' && ['instance:event', 'instance:read'].includes(operation)
            ? [{ id: 'eve', says: 'eve adds', when: parseCondition({}) }]
            : [],
        restrictive: withheld.has(operation)
          ? [{ id: operation, says: 'only bills', when: eq('instance.name', 'Bill') }]
          : [],
      }),
    },
  ];
  const { guard, id } = await begun({ policies });
  const { engine } = guard.as(eve);
  const tasks = {
    another: more,
    candidates: { name: 'more', candidateGroups: 'hr' },
    'oneself, with a date': { name: 'more', assignee: 'eve', dueDate: '2030-01-01' },
    oneself: { name: 'more', assignee: 'eve' },
  };
  const outcome = async (): Promise<object> => {
    const found: Record<string, string> = {};
    for (const [name, given] of Object.entries(tasks))
      found[name] = await engine.addTask(id, given).then(
        () => 'added',
        ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
      );
    return found;
  };
  const added = { another: 'added', candidates: 'added', 'oneself, with a date': 'added', oneself: 'added' };
  expect(await outcome()).toEqual(added);
  withheld.add('task:assign');
  const no = 'forbidden: You may not do this (task:assign): only bills.';
  expect(await outcome()).toEqual({ ...added, another: no, candidates: no, 'oneself, with a date': no });
  withheld.clear();
  withheld.add('task:take');
  const untaken = no.replace('assign', 'take');
  expect(await outcome()).toEqual({ ...added, 'oneself, with a date': untaken, oneself: untaken });
});

test('a task is added with all that is said of it, and one that candidates share', async () => {
  const { guard, id } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  expect(await engine.addTask(id, { ...more, name: ' more ', desk: 'a', priority: 3 })).toMatchObject({
    name: 'more',
    assignee: 'bob',
    desk: 'a',
    priority: 3,
    state: 'assigned',
  });
  const shared = await engine.addTask(id, { name: 'x'.repeat(200), candidateUsers: 'bob,cleo' });
  expect(shared).toMatchObject({ state: 'unclaimed', candidateUsers: ['bob', 'cleo'] });
  const [entry] = await guard.store.audit.find({ userName: 'admin', limit: 1 });
  expect(entry).toMatchObject({
    operation: 'instance:event',
    resource: { kind: 'instance', id, instanceId: id, name: shared?.elementId },
  });
});

test('a process that is added is written, told, and knows what it belongs to', async () => {
  const { guard, id } = await begun();
  const events: GuardEvent[] = [];
  guard.on('started', (event) => void events.push(event));
  const added = await guard.api.engine.addProcess(id, 'ForHr', { x: 1 }, ADMIN_USER);
  const again = await guard.api.engine.addProcess(id, 'M', {}, ADMIN_USER);
  expect(added).toMatchObject({ name: 'ForHr', data: { x: 1 }, item: { elementId: 't' } });
  const above = (await guard.store.instances.load(id)) as StoredInstance;
  expect(above.guard?.processes).toEqual([added.id, again.id]);
  expect(await guard.store.instances.load(added.id)).toMatchObject({ guard: { addedTo: id } });
  expect(await waitingTask(guard, 't', added.id)).toMatchObject({ assignee: 'ann' });
  const entries = await guard.store.audit.find({ userName: 'admin', limit: 4 });
  const target = (of: string, name: string) => ({ kind: 'instance', id: of, instanceId: of, name });
  expect(entries.map(({ operation, resource }) => [operation, resource])).toEqual([
    ['instance:start', target(again.id, 'M')],
    ['instance:event', target(id, 'M')],
    ['instance:start', target(added.id, 'ForHr')],
    ['instance:event', target(id, 'ForHr')],
  ]);
  await guard.close();
  expect(events).toEqual(
    [added, again].map(({ id: instanceId, name: modelName }) => ({
      event: 'started',
      userName: 'admin',
      operation: 'instance:start',
      instanceId,
      modelName,
    })),
  );
});

test('an instance that has a hundred tasks and a thousand processes takes no more', async () => {
  const { guard, id } = await begun();
  const { engine } = guard.as(ADMIN_USER);
  const change = async (fields: (instance: StoredInstance) => Partial<StoredInstance>): Promise<void> => {
    const instance = (await guard.store.instances.load(id)) as StoredInstance;
    const rev = instance.guard?.rev ?? 0;
    const { guard: ours, ...others } = fields(instance);
    const next = { ...instance.guard, ...ours, rev: rev + 1 };
    await guard.store.instances.update(id, rev, { ...others, guard: next });
  };
  const [item] = ((await guard.store.instances.load(id)) as StoredInstance).items ?? [];
  const had = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ ...item, id: `a${at}`, elementId: `${AD_HOC_TASK}${at}` }));
  await change(({ items = [] }) => ({ items: [...items, ...had(100)] as never }));
  await change(({ guard: kept }) => ({
    guard: { ...kept, processes: Array<string>(1000).fill('p') } as never,
  }));
  expect(
    await told({
      task: () => engine.addTask(id, more),
      process: () => engine.addProcess(id, 'M'),
    }),
  ).toEqual({
    task: 'instance-full: At most 100 of these can be added to an instance.',
    process: 'instance-full: At most 1000 of these can be added to an instance.',
  });
});

test('nothing is added to a source that cannot take it, and nothing is changed', async () => {
  const { guard, id } = await begun();
  const stored = async () => (await guard.store.instances.load(id)) as StoredInstance;
  for (const source of ['<x/>', '']) {
    const { guard: kept } = await stored();
    const next = { ...kept, rev: (kept?.rev ?? 0) + 1 };
    await guard.store.instances.update(id, kept?.rev, { source, guard: next } as never);
    const before = await stored();
    expect(await told({ added: () => guard.api.engine.addTask(id, more, ADMIN_USER) })).toEqual({
      added: 'wrong-state: No element can be added to the source of the instance.',
    });
    expect(await stored()).toEqual(before);
  }
});

test('a task is added for whom it names: an assignee, users or groups', async () => {
  const { guard, id } = await begun();
  const add = (given: object) => guard.api.engine.addTask({ id }, { name: 'n', ...given }, ADMIN_USER);
  for (const given of [{ candidateUsers: ['bob'] }, { candidateGroups: ['hr'] }, { assignee: 'bob' }])
    expect(await add(given)).toMatchObject(given);
  expect(
    await told({ nobody: () => add({ candidateUsers: [], candidateGroups: [], assignee: null }) }),
  ).toEqual({
    nobody: 'bad-assignment: An added task must name an assignee or candidates.',
  });
});
