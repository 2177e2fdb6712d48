import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Guard, GuardError, GuardEvent } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../support/guards';
import { onStores } from '../support/stores';
import { guardedStage } from './guarded-stage';
import { caught, CLAIM, end, message, messageEvent, model, OPEN_TASK, start, task } from './models';

const [alice, bob, eve] = [person('alice'), person('bob', 'hr'), person('eve')];
const OWN = model([
  start('begin', 'camunda:initiator="requester" camunda:candidateUsers="alice"'),
  task('work', 'camunda:assignee="$(this.data.requester)"'),
  end('over'),
]);
const WAITS = model([start('begin'), caught('paid', 'paid'), end('over')], { roots: message('paid') });
const ABSENT = '00000000-0000-4000-8000-000000000000';

/** What is said of something by each command: of a hidden one, and of one that is not there. */
const SAYINGS: Record<
  string,
  (guard: Guard, of: { id: string; itemId: string; model: string }) => Promise<unknown>
> = {
  invoke: ({ api }, { itemId }) => api.engine.invoke({ 'items.id': itemId }, {}, eve),
  assign: ({ api }, { itemId }) => api.engine.assign({ 'items.id': itemId }, {}, { assignee: 'eve' }, eve),
  'assign with data': ({ api }, { itemId }) => api.engine.assign({ 'items.id': itemId }, { a: 1 }, {}, eve),
  get: ({ api }, { id }) => api.engine.get({ id }, eve),
  startEvent: ({ api }, { id }) => api.engine.startEvent(id, 'begin', {}, eve),
  restart: ({ api }, { itemId }) => api.engine.restart({ 'items.id': itemId }, {}, eve),
  upgrade: ({ api }, { model: name }) => api.engine.upgrade(name, [], eve),
  start: ({ api }, { model: name }) => api.engine.start(name, {}, eve),
  'start at an event': ({ api }, { model: name }) =>
    api.engine.start(name, {}, eve, { startNodeId: 'begin' }),
  'start at no event': ({ api }, { model: name }) =>
    api.engine.start(name, {}, eve, { startNodeId: 'nowhere' }),
  throwMessage: ({ api }, { id }) => api.engine.throwMessage('paid', {}, { id }, eve),
  throwSignal: ({ api }, { id }) => api.engine.throwSignal('paid', {}, { id }, eve),
  deleteInstances: ({ api }, { id }) => api.data.deleteInstances({ id }, eve),
  take: ({ api }, { itemId }) => api.tasks.take(itemId, eve),
  release: ({ api }, { itemId }) => api.tasks.release(itemId, eve),
  'assign to': ({ api }, { itemId }) => api.tasks.assign(itemId, 'bob', eve),
  delegate: ({ api }, { itemId }) => api.tasks.delegate(itemId, 'bob', eve),
  resolve: ({ api }, { itemId }) => api.tasks.resolve(itemId, eve),
  complete: ({ api }, { itemId }) => api.tasks.complete(itemId, {}, eve),
  candidates: ({ api }, { itemId }) => api.tasks.candidates(itemId, eve),
  'retry work': ({ api }, { id }) => api.work.retry(id, eve),
  'stop work': ({ api }, { id }) => api.work.stop(id, eve),
  getSource: ({ api }, { model: name }) => api.model.getSource(name, eve),
  load: ({ api }, { model: name }) => api.model.load(name, eve),
  save: ({ api }, { model: name }) => api.model.save(name, OPEN_TASK, null, eve),
  rename: ({ api }, { model: name }) => api.model.rename(name, 'Mine', eve),
  'rename to': ({ api }, { model: name }) => api.model.rename('Open', name, eve),
  delete: ({ api }, { model: name }) => api.model.delete(name, eve),
  findItem: ({ api }, { itemId }) => api.data.findItem({ 'items.id': itemId }, eve),
  count: ({ api }, { itemId }) => api.tasks.count({ 'items.id': itemId }, eve),
  can: (guard, { itemId, id }) => guard.can(eve, 'task:execute', { item: { id: itemId }, instance: { id } }),
  explain: (guard, { itemId, id }) =>
    guard.explain(eve, 'task:execute', { item: { id: itemId }, instance: { id } }),
  'explain a model': (guard, { model: name }) => guard.explain(eve, 'instance:start', { model: { name } }),
};

/** Where a stage can be set up; that MongoDB is missing is said by the tests on stores. */
const STAGES: [string, string | undefined][] = [
  ['the embedded store', undefined],
  ...(process.env.MONGO_DB_URL ? [['MongoDB', process.env.MONGO_DB_URL] as [string, string]] : []),
];

beforeAll(() => jest.spyOn(console, 'log').mockImplementation(() => undefined));

onStores('commands', (kind) => {
  const guards = new Guards(kind);
  const open = (options = {}): Promise<Guard> =>
    guards.make({ models: { Claim: CLAIM, Own: OWN, Open: OPEN_TASK, Waits: WAITS }, ...options });
  const stateOf = async (guard: Guard): Promise<string> =>
    JSON.stringify([
      await guard.store.instances.find({ filter: {} }),
      await guard.store.models.find({}),
      await guard.store.locks.list(),
    ]);

  test('T6 each argument of each member is checked: what is no text, query or user is refused before anything is done', async () => {
    const guard = await open();
    await guard.api.engine.start('Own', {}, alice);
    const before = await stateOf(guard);
    const hostile: unknown[] = [
      7,
      true,
      () => 'x',
      [],
      ['x'],
      { $ne: null },
      { $gt: '' },
      { toString: () => 'Own' },
      new Map([['id', 'x']]),
    ];
    const places: Record<string, Record<string, number[]>> = {
      engine: {
        start: [0, 1],
        invoke: [0, 1],
        assign: [0, 1, 2],
        throwMessage: [0, 1, 2],
        throwSignal: [0, 1, 2],
        startEvent: [0, 1, 2],
        restart: [0, 1],
        upgrade: [0, 1],
        get: [0],
        suspend: [0],
        resume: [0],
        terminate: [0],
        migrate: [0, 1],
        addTask: [0, 1],
        addProcess: [0, 1, 2],
      },
      data: {
        getPendingUserTasks: [0],
        findItems: [0],
        findItem: [0],
        findInstances: [0],
        deleteInstances: [0],
        find: [0],
      },
      model: {
        get: [0],
        list: [0],
        save: [0, 1],
        check: [0],
        load: [0],
        getSource: [0],
        findEvents: [0],
        findStartEvents: [0],
        delete: [0],
        rename: [0, 1],
        export: [0, 1],
      },
      tasks: {
        take: [0],
        release: [0],
        assign: [0, 1],
        delegate: [0, 1],
        resolve: [0],
        complete: [0, 1],
        reject: [0],
        undoReject: [0],
        escalate: [0, 1],
        suspend: [0],
        resume: [0],
        allowed: [0],
        count: [0],
        candidates: [0],
      },
      work: { list: [], orphans: [0], retry: [0], stop: [0] },
      audit: { find: [0] },
      policies: {
        version: [],
        read: [0],
        history: [0],
        apply: [0, 1],
        diff: [0],
        export: [0],
        import: [0, 1],
        lint: [0],
      },
      duties: { list: [], save: [0, 1, 2], remove: [0, 1] },
      sections: {
        tree: [],
        list: [0],
        create: [0, 1, 2],
        rename: [0, 1, 2],
        move: [0, 1, 2],
        delete: [0, 1],
        place: [0, 1, 2],
        effective: [0, 1],
      },
      sectionPermissions: { list: [0], give: [0, 1, 2, 3], withdraw: [0, 1, 2, 3], inherit: [0, 1, 2] },
      grid: {
        list: [],
        save: [0, 1, 2],
        remove: [0, 1],
        labels: [],
        saveLabel: [0, 1, 2],
        removeLabel: [0, 1],
        export: [0],
        import: [0, 1, 2],
      },
      caseOperations: { list: [], save: [0, 1, 2], reset: [0, 1], load: [0, 1], text: [] },
      caseFields: { list: [], save: [0, 1, 2], remove: [0, 1] },
      cases: {
        roles: [0],
        setRole: [0, 1, 2],
        addToRole: [0, 1, 2],
        comment: [0, 1, 2],
        changeComment: [0, 1, 2],
        removeComment: [0, 1],
        listComments: [0],
        setData: [0, 1],
        removeData: [0, 1],
      },
      securityRoles: {
        list: [],
        mine: [],
        save: [0, 1, 2],
        remove: [0, 1],
        give: [0, 1, 2],
        withdraw: [0, 1, 2],
      },
    };
    const good: Record<string, unknown[]> = {
      start: ['Own', {}],
      upgrade: ['Absent', []],
      migrate: [ABSENT, 'Own'],
      addTask: [ABSENT, { name: 'x', assignee: 'bob' }],
      addProcess: [ABSENT, 'Own', {}],
      save: ['Mine', OWN, null],
      rename: ['Absent', 'Other'],
      export: [{}, '/nowhere'],
      startEvent: [ABSENT, 'begin', {}],
      throwMessage: ['none', {}, {}],
      throwSignal: ['none', {}, {}],
      assign: [{ id: ABSENT }, {}, {}],
      invoke: [{ id: ABSENT }, {}],
      restart: [{ id: ABSENT }, {}],
      apply: [[{ kind: 'security-role', id: 'a', value: { rights: [] } }], { expectedVersion: 7 }],
      'policies.export': [{}],
      'policies.import': ['', {}],
      'securityRoles.save': ['absent', { rights: [] }, { expectedVersion: 7 }],
      'duties.save': ['absent', { duty: 'not-initiator', model: 'Own' }, { expectedVersion: 7 }],
      'sections.create': ['absent', {}, { expectedVersion: 7 }],
      'sections.rename': ['absent', 'name', {}],
      'sections.move': ['absent', 'other', {}],
      'sections.delete': ['absent', {}],
      'sections.place': ['Own', 'absent', {}],
      'sections.effective': [{ userName: 'bob' }, { section: 'absent' }],
      'sectionPermissions.give': [{ model: 'Own' }, { user: 'bob' }, ['read'], { expectedVersion: 7 }],
      'sectionPermissions.withdraw': [{ model: 'Own' }, { user: 'bob' }, ['read'], {}],
      'sectionPermissions.inherit': [{ model: 'Own' }, false, {}],
      'grid.save': ['absent', 'Allow all to View on system', { expectedVersion: 7 }],
      'grid.export': ['xml'],
      'grid.import': ['text', 'r: Allow all to View on system', { expectedVersion: 7 }],
      saveLabel: ['absent', {}, { expectedVersion: 7 }],
      removeLabel: ['absent', {}],
      'caseOperations.save': ['ADD_DATA', ['owner'], { expectedVersion: 7 }],
      reset: ['ADD_DATA', {}],
      load: ['ADD_DATA=owner', { expectedVersion: 7 }],
      'caseFields.save': ['data.absent', { roles: ['owner'] }, { expectedVersion: 7 }],
      roles: [ABSENT],
      setRole: [ABSENT, 'owner', { users: ['bob'] }],
      addToRole: [ABSENT, 'owner', { users: ['bob'] }],
      comment: [ABSENT, 'text', {}],
      changeComment: [ABSENT, ABSENT, 'text'],
      removeComment: [ABSENT, ABSENT],
      listComments: [ABSENT],
      setData: [ABSENT, { x: 1 }],
      removeData: [ABSENT, ['x']],
      remove: ['absent', {}],
      give: ['absent', { user: 'bob' }, {}],
      withdraw: ['absent', { user: 'bob' }, {}],
    };
    // Data may have any names, and a list of texts may be one of elements.
    const fits = (member: string, place: number, value: unknown): boolean =>
      (member === 'start' && place === 1 && /^{"\$/.test(JSON.stringify(value) ?? '')) ||
      (member === 'upgrade' && place === 1 && Array.isArray(value));
    // These take lists, which may be empty or of texts that are no names yet.
    const lists = new Set(['tasks.allowed 0', 'policies.diff 0', 'caseOperations.save 1']);
    const { policies, ...parts } = guard.api;
    const { securityRoles, duties, caseOperations, caseFields, grid, ...others } = policies;
    const { sections: allOfSections, ...ofPolicies } = others;
    const { permissions: sectionPermissions, ...sections } = allOfSections;
    const ofKinds = { securityRoles, duties, sections, sectionPermissions, grid, caseOperations, caseFields };
    const api = { ...parts, policies: ofPolicies, ...ofKinds } as unknown as Record<
      string,
      Record<string, (...args: unknown[]) => Promise<unknown>>
    >;
    expect(Object.keys(api).filter((group) => !(group in places))).toEqual([]);
    const accepted: string[] = [];
    for (const [group, members] of Object.entries(places)) {
      expect(Object.keys(api[group] as object).sort()).toEqual(Object.keys(members).sort());
      for (const [member, at] of Object.entries(members)) {
        for (const place of at) {
          for (const value of hostile.filter(
            (each) =>
              !fits(member, place, each) &&
              !(lists.has(`${group}.${member} ${place}`) && Array.isArray(each)),
          )) {
            const args =
              group === 'tasks'
                ? [ABSENT, member === 'complete' ? {} : 'bob'].slice(0, at.length)
                : [
                    ...((group === 'data' ? undefined : (good[`${group}.${member}`] ?? good[member])) ?? [
                      {},
                    ]),
                  ];
            args[place] = value;
            const [outcome] = await Promise.allSettled([
              Promise.resolve().then(() => api[group]?.[member]?.(...args, ADMIN_USER)),
            ]);
            const status =
              outcome?.status === 'rejected' ? (outcome.reason.status ?? outcome.reason.name) : 'carried out';
            if (status !== 400 && status !== 404)
              accepted.push(
                `${group}.${member} [${place}] ${typeof value} ${JSON.stringify(value)}: ${status}`,
              );
          }
        }
      }
    }
    expect(accepted).toEqual([]);
    expect(await stateOf(guard)).toBe(before);
  });

  test('T8 what reaches the store past the rules refuses administrators too, and says so', async () => {
    const guard = await open();
    const { dataStore, engine, definitions, cache } = guard.server as never as Record<
      string,
      Record<string, any>
    >;
    const doors: (() => Promise<unknown>)[] = [
      () => dataStore?.db.find('any', 'wf_instances', {}),
      () => dataStore?.db.remove('any', 'wf_instances', {}),
      () => dataStore?.db.getClient(),
      () => dataStore?.locker.delete({}),
      () => dataStore?.save({ id: 'x' }),
      () => dataStore?.saveInstance({ id: 'x' }),
      () => engine?.restore(ABSENT),
      () => engine?.lock(ABSENT),
      () => engine?.startRepeatTimerEvent(ABSENT, {}),
      () => definitions?.updateTimer('Own'),
      () => definitions?.rebuild(),
      () => cache?.add({}),
      () => cache?.shutdown(),
    ];
    for (const door of doors) {
      const error = await refusal(guard.runAs(ADMIN_USER, door));
      expect([error.code, error.status]).toEqual(['forbidden', 403]);
      expect(error.message).toMatch(/is not available to callers: it /);
    }
    expect([
      engine?.server,
      dataStore?.server,
      dataStore?.engine,
      dataStore?.db.client,
      engine?.dataStore,
    ]).toEqual(Array.from({ length: 5 }));
  });

  test('T8 who may read models does not write files on the server by exporting them', async () => {
    const guard = await open();
    const folder = mkdtempSync(path.join(tmpdir(), 'export-'));
    try {
      const error = await refusal(guard.api.model.export({}, folder, eve));
      expect([error.code, error.message]).toEqual([
        'forbidden',
        expect.stringMatching(/^You may not do this \(model:write\)/),
      ]);
      expect(readdirSync(folder)).toEqual([]);
      expect(await guard.api.model.export({ name: 'Own' }, folder, ADMIN_USER)).toEqual(['Own']);
      expect(readdirSync(folder)).toEqual(['Own.bpmn']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('T14 data and assignments do not reach what decides about access', async () => {
    const guard = await open();
    const { engine, data } = guard.api;
    const inside = {
      guard: { startedBy: 'eve', open: true, read: ['|o:'] },
      startedBy: 'eve',
      tenantId: 'acme',
      items: [{ assignee: 'eve' }],
      candidateUsers: ['eve'],
      assignee: 'eve',
      'guard.startedBy': 'eve',
      'items.0.assignee': 'eve',
      $set: { 'guard.startedBy': 'eve' },
    };
    const { id } = await engine.start('Own', inside, alice);
    const work = { id, 'items.elementId': 'work' };
    await engine.assign(work, inside, { priority: 1 }, alice);
    expect(await guard.store.instances.load(id)).toMatchObject({
      guard: { startedBy: 'alice' },
      tenantId: null,
    });
    expect([await data.findItems(work, eve), await data.findInstances({ id }, eve)]).toEqual([[], []]);
    for (const key of [
      'guard',
      'open',
      'closed',
      'owner',
      'startedBy',
      'completedBy',
      'rejectedBy',
      'state',
      'status',
      'id',
      'userName',
      'tokenId',
      'why',
      'instanceId',
      'type',
      '__proto__x.y',
      'guard.open',
      'items',
      '$set',
    ].filter((name) => name !== 'items')) {
      const error = await refusal(engine.assign(work, {}, { [key]: 'eve' } as never, alice));
      expect([key, error.code, error.message]).toEqual([
        key,
        'bad-assignment',
        `${JSON.stringify(key)} cannot be assigned.`,
      ]);
    }
    for (const key of ['__proto__', 'constructor', 'prototype', 'vars.__proto__'])
      expect([
        key,
        (
          await refusal(
            engine.invoke(
              work,
              { a: [Object.defineProperty({}, key, { value: {}, enumerable: true })] },
              alice,
            ),
          )
        ).code,
      ]).toEqual([key, 'bad-data']);
    expect((await refusal(engine.invoke(work, { requester: 'eve' }, alice))).code).toBe('protected-variable');
    expect((await engine.invoke(work, inside, alice)).status).toBe('end');
    expect(await data.findInstances({ id }, eve)).toEqual([]);
  });

  test('T20 operators in the place of ids and names are refused', async () => {
    const guard = await open();
    const { engine, tasks, model: models } = guard.api;
    for (const operator of [{ $ne: null }, { $gt: '' }, ['x'], { toString: () => 'Own' }]) {
      for (const call of [
        () => tasks.take(operator as never, alice),
        () => tasks.complete(operator as never, {}, alice),
        () => tasks.delegate(ABSENT, operator as never, alice),
        () => tasks.assign(ABSENT, operator as never, alice),
        () => engine.start(operator as never, {}, alice),
        () => engine.throwMessage(operator as never, {}, {}, alice),
        () => engine.throwSignal(operator as never, {}, {}, alice),
        () => models.getSource(operator as never, alice),
        () => models.delete(operator as never, ADMIN_USER),
        () => engine.startEvent(ABSENT, operator as never, {}, alice),
      ]) {
        expect((await refusal(call())).status).toBe(400);
      }
    }
  });

  test('T20 data that holds operators does not choose who gets the message of a model', async () => {
    const throws = (id: string, name: string): string =>
      `<bpmn:intermediateThrowEvent id="${id}" name="${id}"><bpmn:extensionElements><camunda:executionListener event="start"><camunda:script scriptFormat="javascript">this.context.messageMatchingKey = { 'data.order': this.data.order };</camunda:script></camunda:executionListener></bpmn:extensionElements>${messageEvent(name)}</bpmn:intermediateThrowEvent>`;
    const guard = await open();
    await guard.api.model.save(
      'Pays',
      model([start('begin'), throws('pay', 'paid'), end('over')], { roots: message('paid') }),
      null,
      ADMIN_USER,
    );
    const { engine } = guard.api;
    const first = await engine.start('Waits', { order: 'A1' }, alice);
    const second = await engine.start('Waits', { order: 'B2' }, bob);
    const statusOf = async (id: string) => (await guard.store.instances.load(id))?.status;
    const error = await refusal(engine.start('Pays', { order: { $gt: '' } }, eve));
    expect([error.code, error.message]).toEqual([
      'bad-query',
      'A thrown event can match "data.order" only by a plain value.',
    ]);
    expect([await statusOf(first.id), await statusOf(second.id)]).toEqual(['running', 'running']);
    await engine.start('Pays', { order: 'B2' }, eve);
    expect([await statusOf(first.id), await statusOf(second.id)]).toEqual(['running', 'end']);
  });

  test('T24 what is too deep, too large or too slow is refused', async () => {
    const guard = await open();
    const { engine, data } = guard.api;
    const deep = (levels: number, of: (inner: object) => object): object =>
      Array.from({ length: levels }).reduce((inner: object) => of(inner), {});
    const wide = deep(30, (inner) => ({ a: inner, b: inner }));
    const large: [Promise<unknown>, string][] = [
      [data.findItems({ $and: Array.from({ length: 300 }, () => ({ id: 'x' })) }, alice), 'bad-query'],
      [data.findItems(deep(20, (inner) => ({ $and: [inner] })) as never, alice), 'bad-query'],
      [data.findItems({ id: { $in: Array.from({ length: 501 }, String) } }, alice), 'bad-query'],
      [data.findItems({ name: 'x'.repeat(3000) }, alice), 'bad-query'],
      [data.findItems({ [`data${'.x'.repeat(50)}`]: 1 }, alice), 'bad-query'],
      [data.find({ limit: 1001 }, alice), 'bad-query'],
      [data.find({ limit: Infinity }, alice), 'bad-query'],
      [data.find({ sort: { id: 1, name: 1, status: 1, saved: 1, version: 1 } }, alice), 'bad-query'],
      [engine.start('Own', deep(50, (inner) => ({ a: inner })) as never, alice), 'bad-data'],
      [engine.start('Own', wide as never, alice), 'too-large'],
      [engine.start('Own', { a: 'x'.repeat(5_000_000) }, alice), 'too-large'],
      [
        engine.assign(
          { id: 'x' },
          {},
          { candidateUsers: Array.from({ length: 501 }, (_, at) => `user${at}`) },
          alice,
        ),
        'bad-assignment',
      ],
      [engine.assign({ id: 'x' }, {}, { note: 'x'.repeat(3000) } as never, alice), 'bad-assignment'],
      [guard.api.model.getSource('x'.repeat(201), alice), 'bad-model'],
    ];
    expect(await Promise.all(large.map(async ([work]) => (await refusal(work)).code))).toEqual(
      large.map(([, code]) => code),
    );
    await engine.start('Own', { text: 'a'.repeat(30_000) }, alice);
    for (const pattern of [
      '(a+)+b',
      '(a|a)*b',
      `${'a?'.repeat(40)}${'a'.repeat(40)}b`,
      `${'a{0,99}'.repeat(15)}b`,
      'a*a*a*a*b',
      '(?=a)b',
      '\\1',
    ]) {
      expect([
        pattern,
        await data.findInstances({ 'data.text': { $regex: pattern } }, alice).then(
          () => 'done',
          (error: GuardError) => error.code,
        ),
      ]).toEqual([pattern, 'bad-query']);
    }
  });

  test.each(Object.keys(SAYINGS))('T27 hidden is answered as absent: %s', async (name) => {
    const guard = await open();
    const { id, items } = await guard.api.engine.start('Own', {}, alice);
    await guard.api.engine.start('Waits', {}, alice);
    const hidden = {
      id,
      itemId: items.find(({ elementId }) => elementId === 'work')?.id as string,
      model: 'Own',
    };
    const absent = { id: ABSENT, itemId: ABSENT, model: 'Owl' };
    const say = SAYINGS[name] as (typeof SAYINGS)[string];
    const told = async (of: typeof hidden) =>
      say(guard, of).then(
        (value) => ({ value }),
        (error: GuardError) => ({
          name: error.name,
          code: error.code,
          status: error.status,
          message: error.message,
        }),
      );
    const before = await stateOf(guard);
    expect(await told(hidden)).toEqual(await told(absent));
    expect(await stateOf(guard)).toBe(before);
  });

  test('T27 the audit trail and the notifications of a refusal hold ids and codes, no data', async () => {
    const heard: GuardEvent[] = [];
    const guard = await open();
    guard.on('denied', (event) => void heard.push(event));
    const { id } = await guard.api.engine.start('Own', { salary: 'five-thousand' }, alice);
    await refusal(guard.api.engine.invoke({ id, 'items.elementId': 'work' }, { note: 'of-eve' }, eve));
    await eventually(() => heard.length > 0);
    const trail = JSON.stringify([heard, await guard.store.audit.find({ limit: 10 })]);
    expect(heard.map(({ userName, operation }) => [userName, operation])).toEqual([['eve', 'task:execute']]);
    expect(trail).toContain('"not-found"');
    expect(trail).not.toMatch(/five-thousand|of-eve|requester/);
  });

  test('T29 who lost a task cannot complete, release, lend or keep it from a page that is old', async () => {
    const guard = await open();
    const { engine, tasks } = guard.api;
    const { id } = await engine.start('Own', {}, alice);
    const [page] = await guard.api.data.findItems({ id, 'items.elementId': 'work' }, alice);
    const itemId = page?.id as string;
    await tasks.assign(itemId, 'bob', ADMIN_USER);
    const before = await stateOf(guard);
    for (const late of [
      () => tasks.complete(itemId, { late: true }, alice),
      () => engine.invoke({ id, 'items.elementId': 'work' }, {}, alice),
      () => tasks.release(itemId, alice),
      () => tasks.delegate(itemId, 'eve', alice),
      () => tasks.assign(itemId, 'alice', alice),
      () => tasks.take(itemId, alice),
    ])
      expect((await refusal(late())).code).toBe('not-found');
    expect(await stateOf(guard)).toBe(before);
    expect((await tasks.complete(itemId, {}, bob)).item?.completedBy).toBe('bob');
  });
});

describe.each(STAGES)('between the look and the lock, on %s', (_name, url) => {
  test('T29 a task that is taken away after it was found is not completed: it is looked at again under the lock', async () => {
    const stage = await guardedStage(url);
    try {
      const { guard } = stage;
      await guard.api.model.save('Own', OPEN_TASK, null, ADMIN_USER);
      const { id, items } = await guard.api.engine.start('Own', {}, alice);
      const itemId = items.find(({ elementId }) => elementId === 'work')?.id as string;
      await guard.api.tasks.take(itemId, alice);
      const acquire = jest.spyOn(guard.store.locks, 'acquire').mockImplementationOnce(async (...args) => {
        const document = await guard.store.instances.load(id);
        const taken = document?.items?.map((item) =>
          item.id === itemId ? { ...item, assignee: 'bob' } : item,
        );
        await guard.store.instances.update(id, document?.guard?.rev, {
          items: taken,
          guard: { ...document?.guard, rev: (document?.guard?.rev ?? 0) + 1 },
        });
        return guard.store.locks.acquire(...args);
      });
      const error = await refusal(guard.api.tasks.complete(itemId, { late: true }, alice));
      expect(acquire).toHaveBeenCalled();
      expect([error.code, error.status]).toEqual(['forbidden', 403]);
      expect(await stage.stored(id)).toMatchObject({ status: 'running', data: {} });
      expect((await stage.stored(id)).data.late).toBeUndefined();
      expect((await guard.api.tasks.complete(itemId, {}, bob)).status).toBe('end');
    } finally {
      await stage.close();
    }
  });
});
