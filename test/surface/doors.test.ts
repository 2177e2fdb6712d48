import { ADMIN, OPERATIONS, type Guard, type Operation, type PoliciesApi } from 'bpmn-guard';
import { sample } from '../support/cases.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../support/guards.js';
import { catching, end, message, model, signal, start, task } from '../support/models.js';
import { holdBack } from '../support/held.js';
import { onStores } from '../support/stores.js';
import { switchedOff, switches } from '../support/switched-off.js';

interface Ids {
  readonly instance: string;
  /** Unclaimed, assigned to the asker, lent by the asker to another, lent to the asker. */
  readonly open: string;
  readonly mine: string;
  readonly lent: string;
  readonly borrowed: string;
}

type Door = (guard: Guard, ids: Ids) => Promise<unknown>;

const root = person('root', ADMIN);
const dee = person('dee', 'DESIGNER');
const ann = person('ann');
const bob = person('bob');

/** What a command returns, of one that can be given again. */
const prioritised = (guard: Guard, id: string) =>
  guard.api.engine.assign({ 'items.id': id }, {}, { priority: 1 }, ann);

/** What a door answers where nothing comes of it; a door that is refused throws. */
const empty = async (work: Promise<unknown>): Promise<void> => {
  const [outcome] = await Promise.allSettled([work]);
  if (outcome?.status === 'rejected') {
    expect((outcome.reason as { code?: unknown }).code).toMatch(/^(forbidden|not-found)$/);
    return;
  }
  expect(outcome?.value ?? []).toEqual([]);
};

const DUTY = { duty: 'not-initiator', model: 'Simple', tasks: ['t'] } as const;
const CHANGE = [{ kind: 'duty', id: 'd', value: DUTY }];
const inSection = async ({ sections }: PoliciesApi): Promise<{ section: string }> => {
  await sections.create('s');
  return { section: 's' };
};
const withRole = async ({ securityRoles }: PoliciesApi): Promise<string> => {
  await securityRoles.save('r', { rights: [] });
  return 'r';
};
/** What reads or changes the policies. What a door needs is made by it, which is refused as well. */
const POLICY_DOORS: Readonly<Record<string, (policies: PoliciesApi) => Promise<unknown>>> = {
  read: (policies) => policies.read(),
  history: async (policies) => [await policies.history()],
  export: (policies) => policies.export(),
  lint: (policies) => policies.lint(),
  diff: (policies) => policies.diff(CHANGE),
  apply: (policies) => policies.apply(CHANGE),
  import: (policies) => policies.import('{ duties: {} }'),
  'duties.list': async (policies) => [await policies.duties.list()],
  'duties.save': (policies) => policies.duties.save('d', DUTY),
  'grid.list': async (policies) => [await policies.grid.list()],
  'grid.labels': async (policies) => [await policies.grid.labels()],
  'grid.export': (policies) => policies.grid.export('csv'),
  'caseOperations.list': (policies) => policies.caseOperations.list(),
  'caseOperations.text': async (policies) => [await policies.caseOperations.text()],
  'caseFields.list': async (policies) => [await policies.caseFields.list()],
  'securityRoles.list': async (policies) => [await policies.securityRoles.list()],
  'securityRoles.save': (policies) => policies.securityRoles.save('r', { rights: [] }),
  'securityRoles.give': async (policies) =>
    policies.securityRoles.give(await withRole(policies), { user: 'bob' }),
  'securityRoles.remove': async (policies) => policies.securityRoles.remove(await withRole(policies)),
  'sections.create': (policies) => policies.sections.create('s'),
  'sections.rename': async (policies) => policies.sections.rename((await inSection(policies)).section, 'S'),
  'sections.delete': async (policies) => policies.sections.delete((await inSection(policies)).section),
  'sections.permissions.list': async (policies) =>
    policies.sections.permissions.list(await inSection(policies)),
  'sections.permissions.give': async (policies) =>
    policies.sections.permissions.give(await inSection(policies), { user: 'ann' }, ['read']),
  'sections.effective': async (policies) =>
    policies.sections.effective({ userName: 'ann' }, await inSection(policies)),
};

/** The doors of each operation: refused, or finding nothing, while it is off; open while it is on. */
const DOORS: Partial<Record<Operation, Readonly<Record<string, Door>>>> = {
  'task:read': {
    'data.findItems': (guard) => guard.api.data.findItems({ 'items.type': 'bpmn:UserTask' }, ann),
    'data.getPendingUserTasks': (guard) => guard.api.data.getPendingUserTasks({}, ann),
    'data.findItem': async (guard, { open }) => guard.api.data.findItem({ 'items.id': open }, ann),
    'data.find': async (guard) =>
      (await guard.api.data.find({ filter: { 'items.status': 'wait' } }, ann)).data,
    'the items of data.findInstances': async (guard) =>
      (await guard.api.data.findInstances({}, root)).flatMap(({ items }) => items),
    'the items of engine.get': async (guard, { instance }) =>
      (await guard.api.engine.get({ id: instance }, root)).items,
    'tasks.count': async (guard) => [...Array<unknown>(await guard.api.tasks.count(undefined, ann))],
    'tasks.take': (guard, { open }) => guard.api.tasks.take(open, ann),
    'tasks.complete': (guard, { mine }) => guard.api.tasks.complete(mine, {}, ann),
    'tasks.delegate': (guard, { mine }) => guard.api.tasks.delegate(mine, 'bob', ann),
    'dataStore.findItems': (guard) =>
      guard.runAs(ann, () => (guard.server.dataStore as any).findItems({ 'items.type': 'bpmn:UserTask' })),
  },
  'task:assignees': {
    'tasks.candidates': async (guard, { open }) => (await guard.api.tasks.candidates(open, ann)).users,
    'candidates in data.findItems': async (guard, { open }) =>
      (await guard.api.data.findItems({ 'items.id': open }, ann)).flatMap(
        (item) => item.candidateUsers ?? [],
      ),
    'the assignee in data.findItems': async (guard, { lent }) =>
      (await guard.api.data.findItems({ 'items.id': lent }, ann)).flatMap((item) => item.assignee ?? []),
    'the assignee in data.find': async (guard, { lent }) =>
      (await guard.api.data.find({ filter: { 'items.id': lent } }, ann)).data.flatMap(
        (row: any) => row.items.assignee ?? [],
      ),
    'the assignee in data.findInstances': async (guard) =>
      (await guard.api.data.findInstances({}, ann))
        .flatMap(({ items }) => items)
        .flatMap((item) => (item.assignee === 'bob' ? ['bob'] : [])),
    'a filter by assignee': (guard) => guard.api.data.findItems({ 'items.assignee': 'bob' }, ann),
    'a filter by candidates': (guard) => guard.api.data.findItems({ 'items.candidateUsers': 'bob' }, ann),
    'a filter of instances': (guard) => guard.api.data.findInstances({ 'items.assignee': 'bob' }, ann),
    'a filter of instances, by one item': (guard) =>
      guard.api.data.findInstances({ items: { $elemMatch: { assignee: 'bob' } } }, ann),
    'a count by assignee': async (guard) => [
      ...Array<unknown>(await guard.api.tasks.count({ 'items.assignee': 'bob' }, ann)),
    ],
    'what a command returns': async (guard, { mine }) =>
      (await prioritised(guard, mine)).items.flatMap((item) => item.candidateGroups ?? []),
  },
  'task:take': {
    'tasks.take': (guard, { open }) => guard.api.tasks.take(open, ann),
    'tasks.release': (guard, { mine }) => guard.api.tasks.release(mine, ann),
    'engine.assign to oneself': (guard, { open }) =>
      guard.api.engine.assign({ 'items.id': open }, {}, { assignee: 'ann' }, ann),
    'engine.assign to nobody': (guard, { mine }) =>
      guard.api.engine.assign({ 'items.id': mine }, {}, { assignee: null }, ann),
    'engine.assign to oneself, with more': (guard, { open }) =>
      guard.api.engine.assign({ 'items.id': open }, {}, { assignee: 'ann', priority: 1 }, ann),
  },
  'task:assign': {
    'tasks.assign': (guard, { mine }) => guard.api.tasks.assign(mine, 'bob', ann),
    ...Object.fromEntries(
      (
        [
          { assignee: 'bob' },
          { candidateUsers: ['eve'] },
          { candidateGroups: ['eve'] },
          { dueDate: new Date(0) },
          { followUpDate: new Date(0) },
          { priority: 99 },
          { colour: 'red' },
          { assignee: 'ann', priority: 99 },
          { assignee: null, candidateUsers: ['eve'] },
        ] as const
      ).map((assignment) => [
        `engine.assign ${JSON.stringify(assignment)}`,
        (guard: Guard, { mine, open }: Ids) =>
          guard.api.engine.assign(
            { 'items.id': 'assignee' in assignment && assignment.assignee === 'ann' ? open : mine },
            {},
            assignment,
            ann,
          ),
      ]),
    ),
    'server.engine.assign': (guard, { mine }) =>
      guard.runAs(ann, () => (guard.server.engine as any).assign({ 'items.id': mine }, {}, { priority: 1 })),
  },
  'task:execute': {
    'engine.invoke': (guard, { mine }) => guard.api.engine.invoke({ 'items.id': mine }, {}, ann),
    'tasks.complete': (guard, { mine }) => guard.api.tasks.complete(mine, {}, ann),
    'engine.assign with data': (guard, { mine }) =>
      guard.api.engine.assign({ 'items.id': mine }, { amount: 1 }, { priority: 1 }, ann),
    'server.engine.invoke': (guard, { mine }) =>
      guard.runAs(ann, () => (guard.server.engine as any).invoke({ 'items.id': mine }, {})),
    'server.engine.invokeItem': (guard, { mine }) =>
      guard.runAs(ann, () => (guard.server.engine as any).invokeItem({ 'items.id': mine }, {})),
  },
  'task:delegate': {
    'tasks.delegate': (guard, { mine }) => guard.api.tasks.delegate(mine, 'bob', ann),
    'tasks.resolve by who borrowed it': (guard, { borrowed }) => guard.api.tasks.resolve(borrowed, ann),
    'tasks.resolve by who lent it': (guard, { lent }) => guard.api.tasks.resolve(lent, ann),
  },
  'task:reject': {
    'tasks.reject': (guard, { open }) => guard.api.tasks.reject(open, ann).then(() => 'rejected'),
    'tasks.undoReject': async (guard, { open }) => {
      await guard.api.tasks.reject(open, ann);
      return guard.api.tasks.undoReject(open, ann);
    },
  },
  'task:escalate': {
    'tasks.escalate': (guard, { mine }) => guard.api.tasks.escalate(mine, 'bob', ann),
  },
  'task:suspend': {
    'tasks.suspend': (guard, { mine }) => guard.api.tasks.suspend(mine, root),
    'tasks.resume': async (guard, { mine }) => {
      await guard.api.tasks.suspend(mine, root);
      return guard.api.tasks.resume(mine, root);
    },
  },
  'instance:suspend': {
    'engine.suspend': (guard, { instance }) => guard.api.engine.suspend(instance, root),
    'engine.resume': async (guard, { instance }) => {
      await guard.api.engine.suspend(instance, root);
      return guard.api.engine.resume(instance, root);
    },
  },
  'instance:start': {
    'engine.addProcess': (guard, { instance }) => guard.api.engine.addProcess(instance, 'Simple', {}, root),
    'engine.start': (guard) => guard.api.engine.start('Doors', {}, ann),
    'engine.throwMessage': (guard) => guard.api.engine.throwMessage('begin', {}, {}, ann),
    'engine.throwSignal': (guard) => guard.api.engine.throwSignal('go', {}, {}, ann),
    'model.findStartEvents': (guard) => guard.api.model.findStartEvents({ name: 'Doors' }, ann),
    'server.engine.start': (guard) => guard.runAs(ann, () => (guard.server.engine as any).start('Doors', {})),
  },
  'instance:message': {
    'engine.throwMessage to a start event': (guard) => guard.api.engine.throwMessage('begin', {}, {}, ann),
    'engine.throwMessage to what waits': (guard, { instance }) =>
      guard.api.engine.throwMessage('paid', {}, { id: instance }, ann),
    'server.engine.throwMessage': (guard) =>
      guard.runAs(ann, () => (guard.server.engine as any).throwMessage('begin', {})),
  },
  'instance:signal': {
    'engine.throwSignal to a start event': (guard) => guard.api.engine.throwSignal('go', {}, {}, ann),
    'engine.throwSignal to what waits': (guard) => guard.api.engine.throwSignal('all', {}, {}, ann),
  },
  'instance:read': {
    'data.findInstances': (guard) => guard.api.data.findInstances({}, root),
    'data.find': async (guard) => (await guard.api.data.find({}, root)).data,
    'engine.get': (guard, { instance }) => guard.api.engine.get({ id: instance }, root),
    'the data in data.findItems': async (guard, { open }) =>
      (await guard.api.data.findItems({ 'items.id': open }, root)).flatMap((item) => item.instanceData ?? []),
    'a filter of items by data': (guard) => guard.api.data.findItems({ 'data.amount': 1 }, root),
    'the data in what a command returns': async (guard, { mine }) => {
      const { data } = await prioritised(guard, mine);
      return Object.keys(data);
    },
    'engine.startEvent': (guard, { instance }) => guard.api.engine.startEvent(instance, 'late', {}, root),
    'dataStore.findInstances': (guard) =>
      guard.runAs(root, () => (guard.server.dataStore as any).findInstances({})),
    'dataStore.loadInstance': (guard, { instance }) =>
      guard.runAs(root, () => (guard.server.dataStore as any).loadInstance(instance)),
  },
  'instance:event': {
    'engine.addTask': (guard, { instance }) =>
      guard.api.engine.addTask(instance, { name: 'x', assignee: 'bob' }, root),
    'engine.addProcess': (guard, { instance }) => guard.api.engine.addProcess(instance, 'Simple', {}, root),
    'engine.startEvent': (guard, { instance }) => guard.api.engine.startEvent(instance, 'late', {}, root),
  },
  'instance:migrate': {
    'engine.migrate': (guard, { instance }) => guard.api.engine.migrate(instance, 'Waits', root),
    'engine.upgrade': (guard) => guard.api.engine.upgrade('Doors', [], root),
    'server.engine.upgrade': (guard) =>
      guard.runAs(root, () => (guard.server.engine as any).upgrade('Doors', [])),
  },
  'instance:delete': {
    'data.deleteInstances': (guard, { instance }) => guard.api.data.deleteInstances({ id: instance }, root),
    'dataStore.deleteInstances': (guard, { instance }) =>
      guard.runAs(root, () => (guard.server.dataStore as any).deleteInstances({ id: instance })),
    'dataStore.archive': (guard, { instance }) =>
      guard.runAs(root, () => (guard.server.dataStore as any).archive({ id: instance })),
  },
  'model:read': {
    'model.get': (guard) => guard.api.model.get({}, dee),
    'model.list': (guard) => guard.api.model.list({}, dee),
    'model.load': (guard) => guard.api.model.load('Doors', dee),
    'model.getSource': (guard) => guard.api.model.getSource('Doors', dee),
    'model.findEvents': (guard) => guard.api.model.findEvents({}, dee),
    'model.findStartEvents': (guard) => guard.api.model.findStartEvents({}, dee),
    'model.delete': (guard) => guard.api.model.delete('Doors', root),
    'model.rename': (guard) => guard.api.model.rename('Doors', 'Gates', dee),
    'the source in data.findInstances': async (guard) =>
      (await guard.api.data.findInstances({}, root, 'full')).flatMap((view: any) => view.source ?? []),
    'the definition of what a command returns': async (guard, { mine }) => {
      const view = await prioritised(guard, mine);
      return (view as { definition?: { source: string } }).definition?.source;
    },
    'definitions.getSource': (guard) =>
      guard.runAs(dee, () => (guard.server.definitions as any).getSource('Doors')),
  },
  'model:create': {
    'model.save': (guard) => guard.api.model.save('New', SIMPLE, null, dee),
    'definitions.save': (guard) =>
      guard.runAs(dee, () => (guard.server.definitions as any).save('New', SIMPLE, null)),
    'definitions.import': (guard) =>
      guard.runAs(dee, () => (guard.server.definitions as any).import({ name: 'New', source: SIMPLE })),
    'definitions.saveModel': (guard) =>
      guard.runAs(dee, () => (guard.server.definitions as any).saveModel({ name: 'New', source: SIMPLE })),
  },
  'model:write': {
    'model.save': (guard) => guard.api.model.save('Simple', SIMPLE, null, dee),
    'model.rename': (guard) => guard.api.model.rename('Simple', 'Easy', dee),
    'model.export': (guard) => guard.api.model.export({}, '/nowhere', dee).catch(unlessNoFolder),
    'definitions.save': (guard) =>
      guard.runAs(dee, () => (guard.server.definitions as any).save('Simple', SIMPLE, null)),
    'definitions.renameModel': (guard) =>
      guard.runAs(dee, () => (guard.server.definitions as any).renameModel('Simple', 'Easy')),
  },
  'model:delete': {
    'model.delete': (guard) => guard.api.model.delete('Simple', root),
    'definitions.deleteModel': (guard) =>
      guard.runAs(root, () => (guard.server.definitions as any).deleteModel('Simple')),
  },
  'instance:cancel': {
    'work.list': async (guard, { instance }) => {
      await holdBack(guard, instance);
      return guard.api.work.list({}, root);
    },
    'work.orphans': async (guard) => {
      const { securityRoles } = guard.as(root).policies;
      await securityRoles.save('unheld', { rights: [] });
      return (await guard.api.work.orphans({}, root)).data;
    },
    'work.retry': async (guard, { instance }) => {
      await holdBack(guard, instance);
      return guard.api.work.retry(instance, root);
    },
    'engine.terminate': (guard, { instance }) => guard.api.engine.terminate(instance, root),
    'work.stop': (guard, { instance }) => guard.api.work.stop(instance, root),
  },
  'system:policy': {
    'dataStore.install': (guard) => guard.runAs(root, () => (guard.server.dataStore as any).install()),
    'definitions.install': (guard) => guard.runAs(root, () => (guard.server.definitions as any).install()),
    ...Object.fromEntries(
      Object.entries(POLICY_DOORS).map(([name, door]) => [
        `policies.${name}`,
        (guard: Guard) => door(guard.as(root).policies),
      ]),
    ),
  },
};

/** Operations whose doors other tests try, or that have none yet; `can` asks them all the same. */
const ELSEWHERE: readonly string[] = [
  'model:code',
  'model:deploy',
  'model:report',
  'instance:data',
  'instance:roles',
  'instance:comment',
  'instance:restart',
  'system:audit',
  'system:expression',
];

const SIMPLE = model([start(), task('t', { assignee: 'ann' }), end()]);
const MODELS = {
  Doors: model(
    [
      start(),
      task('t', { candidateUsers: 'ann,bob', candidateGroups: 'clerks' }),
      task('u', { candidateUsers: 'ann', candidateGroups: 'clerks' }),
      end(),
    ],
    { id: 'doors' },
  ),
  Waits: model(
    [
      start(),
      task('w', { assignee: 'ann' }),
      catching('c', message('paid')),
      end(),
      { ...start({}, '', 'late'), flow: false },
    ],
    { messages: ['paid'] },
  ),
  Listens: model([start(), task('w', { assignee: 'ann' }), catching('s', signal('all')), end()], {
    signals: ['all'],
  }),
  ByMessage: model([start({}, message('begin')), end()], { messages: ['begin'] }),
  BySignal: model([start({}, signal('go')), end()], { signals: ['go'] }),
  Simple: SIMPLE,
};

/** Looking for the folder comes after the decision. */
function unlessNoFolder(error: { code?: unknown }): string {
  if (error.code === 'bad-request') return 'decided';
  throw error;
}

/**
 * Each operation of the catalogue is switched off by a policy, and then every door is tried that has its effect: one
 * operation for each effect, whichever method brings it about.
 */
onStores('every operation at every door', (kind) => {
  const guards = new Guards(kind);

  async function prepared(): Promise<{ guard: Guard; ids: Ids }> {
    switches.off = undefined;
    const guard = await guards.make({ models: MODELS, policies: [switchedOff] });
    const begin = async (): Promise<{ id: string; task: string }> => {
      const { id } = await guard.api.engine.start('Doors', { amount: 1 }, ann);
      return { id, task: (await waitingTask(guard, 't', id)).id };
    };
    const [open, mine, lent, borrowed] = [await begin(), await begin(), await begin(), await begin()];
    await guard.api.tasks.take(mine.task, ann);
    await guard.api.tasks.take(lent.task, ann);
    await guard.api.tasks.delegate(lent.task, 'bob', ann);
    await guard.api.tasks.take(borrowed.task, bob);
    await guard.api.tasks.delegate(borrowed.task, 'ann', bob);
    for (const name of ['Waits', 'Listens']) {
      const { id } = await guard.api.engine.start(name, {}, ann);
      await guard.api.tasks.complete((await waitingTask(guard, 'w', id)).id, {}, ann);
    }
    const [waits] = await guard.api.data.findInstances({ name: 'Waits' }, ADMIN_USER);
    return {
      guard,
      ids: {
        instance: waits?.id as string,
        open: open.task,
        mine: mine.task,
        lent: lent.task,
        borrowed: borrowed.task,
      },
    };
  }

  const table = Object.entries(DOORS).flatMap(([operation, doors]) =>
    Object.keys(doors).map((door) => [operation as Operation, door] as const),
  );

  test.each(kind === 'mongo' ? sample(table, 4) : table)(
    '%s is refused and permitted at %s',
    async (operation, name) => {
      const { guard, ids } = await prepared();
      const door = (DOORS[operation] as Record<string, Door>)[name] as Door;
      switches.off = operation;
      await empty(door(guard, ids).then(unlessDeleted));
      switches.off = undefined;
      const opened = await door(guard, ids);
      expect(opened === undefined || (Array.isArray(opened) && opened.length === 0)).toBe(VOID.has(name));
    },
  );

  test('whom a task is for cannot be sorted by where not all who read it see that', async () => {
    const { guard } = await prepared();
    switches.off = 'task:assignees';
    for (const field of ['assignee', 'candidateUsers', 'candidateGroups', 'completedBy'])
      expect(await refusal(guard.api.data.find({ sort: { [`items.${field}`]: 1 } }, ann))).toMatchObject({
        code: 'hidden-field',
        status: 400,
      });
    switches.off = undefined;
    await guard.api.data.find({ sort: { 'items.assignee': 1 } }, ann);
  });

  test('their own tasks are found by their assignee all the same, and those of others are not told by a negation', async () => {
    const { guard, ids } = await prepared();
    const found = async (filter: object): Promise<string[]> =>
      (await guard.api.data.findItems({ 'items.elementId': 't', ...filter }, ann)).map(({ id }) => id).sort();
    switches.off = 'task:assignees';
    expect(await found({ 'items.assignee': 'ann' })).toEqual([ids.mine, ids.borrowed].sort());
    expect(await found({ 'items.assignee': { $ne: 'bob' } })).toEqual(await found({}));
    expect(await found({ 'items.candidateUsers': { $exists: false } })).toEqual(await found({}));
  });
});

/** A deletion of nothing is nothing. */
const unlessDeleted = (value: unknown): unknown =>
  (value as { deletedCount?: number } | undefined)?.deletedCount === 0 ? [] : value;

/** Doors that return nothing when they are open. */
const VOID: ReadonlySet<string> = new Set([
  'dataStore.install',
  'definitions.install',
  'definitions.import',
  'work.retry',
]);

test('every operation has its doors in the table, or is named among those whose doors are elsewhere', () => {
  expect([...Object.keys(DOORS), ...ELSEWHERE].sort()).toEqual(
    expect.arrayContaining(Object.keys(OPERATIONS).sort()),
  );
});
