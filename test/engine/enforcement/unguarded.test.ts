import { openStore, type Guard, type GuardApi } from 'bpmn-guard';
import type { StoredInstance } from '../../../src/store/port.js';
import { reindex } from '../../../src/engine/upkeep/reindex.js';
import type { HostDefinition } from '../../../src/engine/model/host.js';
import { caseModel } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { call, end, model, start, task } from '../../support/models.js';

const ann = person('ann');
const T = task('t', { candidateUsers: 'ann,bob' });
const MODELS = {
  M: model([start(), T, end(), { ...start({}, '', 'late'), flow: false }]),
  Claim: caseModel('owner, helper', [T]),
  Outer: model([start(), call('below', 'M'), end()], { id: 'outer' }),
};
const guards = new Guards('embedded');

interface Stored {
  readonly guard: Guard;
  readonly id: string;
  /** The task `t` of the instance. */
  readonly item: string;
  readonly stored: () => Promise<StoredInstance>;
}

/** What a host without a guard leaves: neither its instances nor its models have anything of the guard. */
async function unguarded(name: keyof typeof MODELS = 'M'): Promise<Stored> {
  const maker = await guards.make({ models: MODELS });
  const { id } = await maker.api.engine.start(name, { x: 1 }, ann);
  const { id: item } = await waitingTask(maker, 't');
  const store = await openStore({ memory: true });
  for (const { id: of } of await maker.store.instances.find({ filter: {} })) {
    const {
      guard: _ours,
      _id,
      items = [],
      ...bare
    } = (await maker.store.instances.load(of)) as StoredInstance;
    const own = items.map(({ guard: _kept, ...fields }) => fields);
    await store.instances.insert({ ...bare, items: own } as never);
  }
  for (const [of, source] of Object.entries(MODELS)) await store.models.put({ name: of, source } as never);
  const guard = await guards.make({ store });
  const stored = async (): Promise<StoredInstance> => (await store.instances.load(id)) as StoredInstance;
  return { guard, id, item, stored };
}
const load = async (): Promise<HostDefinition> => ({ nodes: new Map(), processes: new Map() }) as never;

type Command = (api: GuardApi, of: Stored) => Promise<unknown>;
const itemOf = async ({ item, stored }: Stored): Promise<unknown> =>
  (await stored()).items?.find(({ id }) => id === item);

test.each<[what: string, command: Command, task: object]>([
  ['taken', ({ tasks }, { item }) => tasks.take(item), { assignee: 'admin' }],
  ['assigned', ({ tasks }, { item }) => tasks.assign(item, 'bob'), { assignee: 'bob' }],
  ['rejected', ({ tasks }, { item }) => tasks.reject(item), { guard: { rejectedBy: ['admin'] } }],
  [
    'escalated',
    ({ tasks }, { item }) => tasks.escalate(item, 'bob'),
    { assignee: 'bob', guard: { escalation: { by: 'admin', times: 1 } } },
  ],
  ['suspended', ({ tasks }, { item }) => tasks.suspend(item), { guard: { suspended: true } }],
  ['completed', ({ tasks }, { item }) => tasks.complete(item), { guard: { completedBy: 'admin' } }],
])(
  'a task that a host without a guard has stored is %s, and its instance has a starter',
  async (_what, command, task_) => {
    const of = await unguarded();
    await command(of.guard.as(ADMIN_USER), of);
    expect(await itemOf(of)).toMatchObject(task_);
    expect(await of.stored()).toMatchObject({ guard: { startedBy: 'ann' } });
  },
);

test.each<[what: string, command: Command, instance: object]>([
  ['suspended', ({ engine }, { id }) => engine.suspend(id), { guard: { suspension: { by: 'admin' } } }],
  ['migrated', ({ engine }, { id }) => engine.migrate(id, 'M'), { name: 'M', source: MODELS.M }],
  [
    'continued at another event',
    ({ engine }, { id }) => engine.startEvent(id, 'late', { y: 2 }),
    { data: { x: 1, y: 2 } },
  ],
  ['given a task', ({ engine }, { id }) => engine.addTask(id, { name: 'more', assignee: 'bob' }), {}],
  [
    'given a process',
    ({ engine }, { id }) => engine.addProcess(id, 'M'),
    { guard: { processes: [expect.any(String) as string] } },
  ],
])(
  'an instance that a host without a guard has stored is %s, and has a starter',
  async (_what, command, instance) => {
    const of = await unguarded();
    await command(of.guard.as(ADMIN_USER), of);
    expect(await of.stored()).toMatchObject({ status: 'running', ...instance });
    expect(await of.stored()).toMatchObject({ guard: { startedBy: 'ann' } });
  },
);

test.each<[what: string, command: Command]>([
  ['terminated', ({ engine }, { id }) => engine.terminate(id)],
  ['stopped', ({ work }, { id }) => work.stop(id)],
])('one that is %s is found by its starter, once it is reindexed', async (_what, command) => {
  const of = await unguarded();
  expect(await command(of.guard.as(ADMIN_USER), of)).toEqual([of.id]);
  expect(await of.stored()).toMatchObject({ status: 'terminated', endedAt: expect.any(Date) as Date });
  expect(await itemOf(of)).toMatchObject({ status: 'end' });
  await reindex(of.guard.store, { load });
  expect(await of.guard.api.data.findInstances({}, ann)).toMatchObject([{ id: of.id, startedBy: 'ann' }]);
});

test('one that ends takes with it what it has called', async () => {
  const of = await unguarded('Outer');
  const [child] = await of.guard.store.instances.find({ filter: { name: 'M' } });
  expect(await of.guard.api.engine.terminate(of.id, ADMIN_USER)).toEqual([of.id, child?.id]);
  expect(await of.stored()).toMatchObject({ status: 'terminated' });
  expect(await of.guard.store.instances.load(child?.id as string)).toMatchObject({ status: 'terminated' });
});

test('an instance that others change meanwhile still ends, and nothing is stored if they continue it', async () => {
  const of = await unguarded();
  const { instances } = of.guard.store;
  const update = jest.spyOn(instances, 'update').mockResolvedValue(false);
  expect(await refusal(of.guard.api.engine.terminate(of.id, ADMIN_USER))).toMatchObject({
    code: 'conflict',
    message: 'The instance was repeatedly changed by others; nothing was stored.',
  });
  expect(update).toHaveBeenCalledTimes(10);
  update.mockRestore();
  jest.spyOn(instances, 'update').mockResolvedValueOnce(false);
  expect(await of.guard.api.engine.terminate(of.id, ADMIN_USER)).toEqual([of.id]);
});

test('a comment on a case, and a role of it, leave its starter and its tasks to it', async () => {
  for (const change of [
    ({ cases }: GuardApi, id: string) => cases.comment(id, 'seen'),
    ({ cases }: GuardApi, id: string) => cases.setRole(id, 'helper', { users: ['hal'] }),
  ]) {
    const of = await unguarded('Claim');
    await change(of.guard.as(ADMIN_USER), of.id);
    expect(await of.stored()).toMatchObject({ guard: { startedBy: 'ann' } });
    expect(await itemOf(of)).toMatchObject({ guard: { startedBy: 'ann' } });
  }
});

test('its data and its source are changed, and it stays as its host knows it', async () => {
  const of = await unguarded();
  const { cases, engine } = of.guard.as(ADMIN_USER);
  await cases.setData(of.id, { y: 2 });
  await cases.removeData(of.id, ['x']);
  expect(await engine.upgrade('M', [])).toEqual([of.id]);
  expect(await of.stored()).toMatchObject({ data: { y: 2 } });
  expect(await of.stored()).not.toHaveProperty('guard');
});

test('it has no held work and no roles, is suspended by nobody, and its tasks offer what they would', async () => {
  const { guard, id, item } = await unguarded();
  const { work, cases, engine, tasks, data } = guard.as(ADMIN_USER);
  for (const [refused, message] of [
    [() => work.retry(id), 'This instance has no held work.'],
    [() => engine.resume(id), 'The instance is not suspended.'],
    [() => cases.roles(id), 'The model of this instance declares no roles.'],
    [() => tasks.undoReject(item), 'You have not rejected this task.'],
    [() => tasks.resume(item), 'The task is unclaimed; this needs one that is suspended.'],
    [() => tasks.escalate(item), 'The model names nobody to escalate to; name a user or a group.'],
  ] as const)
    expect((await refusal(refused())).message).toBe(message);
  expect(await work.list()).toEqual([]);
  expect(await work.orphans()).toEqual({ data: [], nextCursor: null });
  expect(await tasks.allowed([item])).toEqual({
    [item]: ['take', 'assign', 'reject', 'escalate', 'suspend', 'complete'],
  });
  expect(await tasks.candidates(item)).toEqual({ users: ['ann', 'bob'], groups: [] });
  expect(await data.deleteInstances({ id })).toEqual({ deletedCount: 1 });
});
