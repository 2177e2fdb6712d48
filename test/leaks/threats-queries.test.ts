import type { Guard, SecureUser } from 'bpmn-guard';
import { NOTHING } from '../../src/core/condition/condition';
import { ADMIN_USER, Guards, person, refusal } from '../support/guards';
import { onStores } from '../support/stores';
import { guardedStage } from './guarded-stage';
import { CLAIM, end, model, OPEN_TASK, start, task } from './models';

const [alice, bob, eve] = [person('alice'), person('bob', 'hr'), person('eve')];
const SHARED = model([start('begin'), task('work', 'camunda:candidateUsers="alice, bob"'), end('over')]);

/** The query as it may stand deep inside another one. */
const NESTINGS: Record<string, (query: object) => object> = {
  'at the top': (query) => query,
  'in $and': (query) => ({ $and: [{ status: 'running' }, query] }),
  'in $or': (query) => ({ $or: [{ id: 'x' }, query] }),
  'in $nor': (query) => ({ $nor: [query] }),
  'in $and of $or of $nor': (query) => ({ $and: [{ $or: [{ $nor: [{ $and: [query] }] }] }] }),
};

/** Every verb that takes a query, with the query in its place. */
const verbs = ({ api }: Guard, user: SecureUser): Record<string, (query: never) => Promise<unknown>> => ({
  findItems: (query) => api.data.findItems(query, user),
  findItem: (query) => api.data.findItem(query, user),
  getPendingUserTasks: (query) => api.data.getPendingUserTasks(query, user),
  findInstances: (query) => api.data.findInstances(query, user),
  find: (query) => api.data.find({ filter: query }, user),
  count: (query) => api.tasks.count(query, user),
  invoke: (query) => api.engine.invoke(query, {}, user),
  assign: (query) => api.engine.assign(query, {}, { assignee: 'eve' }, user),
  get: (query) => api.engine.get(query, user),
  startEvent: (query) => api.engine.startEvent(query, 'begin', {}, user),
  restart: (query) => api.engine.restart(query, {}, user),
  deleteInstances: (query) => api.data.deleteInstances(query, ADMIN_USER),
  throwMessage: (query) => api.engine.throwMessage('paid', {}, query, user),
  throwSignal: (query) => api.engine.throwSignal('paid', {}, query, user),
});

async function allRefuse(guard: Guard, query: object, says: RegExp): Promise<void> {
  for (const [verb, call] of Object.entries(verbs(guard, alice))) {
    const error = await refusal(call(query as never));
    expect([verb, error.code, error.status]).toEqual([verb, 'bad-query', 400]);
    expect(error.message).toMatch(says);
  }
}

/** Where a stage can be set up; that MongoDB is missing is said by the tests on stores. */
const STAGES: [string, string | undefined][] = [
  ['the embedded store', undefined],
  ...(process.env.MONGO_DB_URL ? [['MongoDB', process.env.MONGO_DB_URL] as [string, string]] : []),
];

beforeAll(() => jest.spyOn(console, 'log').mockImplementation(() => undefined));

onStores('queries of callers', (kind) => {
  const guards = new Guards(kind);
  const open = (): Promise<Guard> =>
    guards.make({ models: { Claim: CLAIM, Open: OPEN_TASK, Shared: SHARED } });

  test.each([
    'guard',
    'guard.startedBy',
    'guard.read',
    'logs',
    'savePoints',
    'source',
    'tokens',
    'data',
    'items',
    'all',
    '_id',
    'items.guard',
    'items.guard.owner',
    'items.userName',
    'items.data.x',
    'items.vars',
    'items.output',
    'items.statusDetails',
  ])('T1 nobody filters or sorts by the field %s', async (field) => {
    const guard = await open();
    await allRefuse(guard, { [field]: 'x' }, /is not allowed|takes/);
    if (field === '_id') return;
    expect((await refusal(guard.api.data.find({ sort: { [field]: 1 } }, alice))).code).toBe('bad-query');
    expect((await refusal(guard.api.data.findInstances({}, alice, { sort: { [field]: 1 } }))).code).toBe(
      'bad-query',
    );
  });

  test('T1 who may read a task but not its instance learns nothing of the data by filtering, sorting or counting', async () => {
    const guard = await open();
    const { data, engine, tasks } = guard.api;
    const { id } = await engine.start('Open', { salary: 5000 }, alice);
    await engine.assign({ id, 'items.elementId': 'work' }, {}, { assignee: 'alice' }, alice);
    await engine.invoke({ id, 'items.elementId': 'work' }, {}, alice);
    const [row] = await data.findItems({ 'items.elementId': 'work' }, eve);
    expect(row).toMatchObject({ elementId: 'work', state: 'done', completedBy: 'alice' });
    expect(JSON.stringify(row)).not.toContain('5000');
    for (const query of [
      { 'data.salary': 5000 },
      { 'data.salary': { $gt: 1 } },
      { $nor: [{ 'data.salary': 1 }] },
      { $or: [{ 'items.elementId': 'work' }, { 'data.salary': 1 }] },
      { startedBy: 'alice' },
      { status: 'end' },
    ]) {
      expect(await data.findItems({ ...query }, eve)).toEqual([]);
      expect(await tasks.count(query, eve)).toBe(0);
      expect(await data.findItems({ ...query }, alice)).not.toEqual([]);
    }
    expect(
      (await data.find({ filter: { 'items.elementId': 'work' }, sort: { 'data.salary': 1 } }, eve)).data,
    ).toEqual([]);
  });

  test('T1 an unknown parameter of a list is refused, for a slip would find all', async () => {
    const { data } = (await open()).api;
    for (const request of [
      { filtr: {} },
      { filter: {}, lastItem: { elementId: 'work' } },
      { pipeline: [] },
      { collation: {} },
    ]) {
      const error = await refusal(data.find(request as never, alice));
      expect(error.code).toBe('bad-query');
      expect(error.message).toMatch(/^Parameter ".*" is not allowed\. (Known are filter,|Did you mean )/);
    }
    for (const options of [1, () => 1, 'all', { hint: {} }])
      expect((await refusal(data.findInstances({}, alice, options as never))).code).toBe('bad-query');
    expect((await refusal(data.find('filter' as never, alice))).message).toMatch(
      /^Parameters must be an object/,
    );
  });

  test.each(Object.keys(NESTINGS))(
    'T2 a hidden field and a foreign operator are refused %s',
    async (nesting) => {
      const guard = await open();
      const nest = NESTINGS[nesting] as (query: object) => object;
      await allRefuse(guard, nest({ 'guard.startedBy': 'alice' }), /"guard\.startedBy" is not allowed/);
      await allRefuse(guard, nest({ $where: '1' }), /\$where" is not allowed/);
      await allRefuse(
        guard,
        nest({ name: { $not: { $elemMatch: {} } } }),
        /\$elemMatch" at "name" is not allowed/,
      );
      await allRefuse(
        guard,
        nest({ items: { $elemMatch: { $or: [{ 'guard.owner': 'x' }] } } }),
        /"guard\.owner" is not allowed|items takes/,
      );
    },
  );

  test('T3 a dotted path does not slip past the list of fields, from either side', async () => {
    const guard = await open();
    for (const field of [
      'items.guard.owner.x',
      'items.0.guard',
      'items.elementId.x',
      'startedBy.x',
      'data.',
      'data..x',
      'data.$where',
      'data.__proto__.x',
      'guard',
      'id.guard',
      'data.x\u0000',
      'DATA.x',
      'items.items.guard',
    ])
      await allRefuse(guard, { [field]: 'x' }, /is not allowed/);
  });

  test('T4 an operand of an unexpected shape is refused, and a list is a real list', async () => {
    const guard = await open();
    const pretender: any = [{ status: 'running' }];
    pretender.map = () => [{ kind: 'test', on: 'row', field: 'guard.rev', test: { $exists: true } }];
    const filtering: any = ['nobody'];
    filtering.filter = () => ({ length: 1, map: () => [/./] });
    for (const query of [
      { name: { $in: 'x' } },
      { name: { $in: { length: 1, 0: 'Claim' } } },
      { name: { $eq: {} } },
      { name: { $gt: [] } },
      { name: { $ne: { $gt: '' } } },
      { name: {} },
      { name: [] },
      { name: { $exists: 1 } },
      { $or: {} },
      { $and: [] },
      { name: { $regex: {} } },
      { name: () => 'Claim' },
      [],
      7,
    ]) {
      for (const [verb, call] of Object.entries(verbs(guard, alice)))
        expect([verb, JSON.stringify(query), (await refusal(call(query as never))).code]).toEqual([
          verb,
          JSON.stringify(query),
          'bad-query',
        ]);
    }
    await guard.api.engine.start('Claim', {}, alice);
    expect((await guard.api.data.findInstances({ $or: pretender as never }, alice)).length).toBe(1);
    expect(await guard.api.data.findInstances({ name: { $in: filtering } }, alice)).toEqual([]);
  });

  test('T5 counts and totals equal the rows that can be seen', async () => {
    const guard = await open();
    for (const user of [alice, bob, eve]) await guard.api.engine.start('Claim', { of: user.userName }, user);
    await guard.api.engine.start('Shared', {}, alice);
    // Everybody may read the task of this one, and its instance only as long as the task waits.
    const { id } = await guard.api.engine.start('Open', {}, alice);
    await guard.api.engine.assign({ id, 'items.elementId': 'work' }, {}, { assignee: 'alice' }, alice);
    await guard.api.engine.invoke({ id, 'items.elementId': 'work' }, {}, alice);
    for (const [user, instances] of [
      [alice, 3],
      [bob, 2],
      [eve, 1],
      [ADMIN_USER, 5],
    ] as const) {
      const { data, tasks } = guard.as(user);
      const page = await data.find({ filter: {}, limit: 1, getTotalCount: true });
      const items = await data.find({
        filter: { 'items.type': { $exists: true } },
        limit: 1,
        getTotalCount: true,
      });
      expect([user.userName, page.totalCount, (await data.findInstances()).length]).toEqual([
        user.userName,
        instances,
        instances,
      ]);
      expect(items.totalCount).toBe((await data.findItems({})).length);
      expect(await tasks.count()).toBe((await data.getPendingUserTasks()).length);
      expect(await tasks.count({ $nor: [{ 'items.elementId': 'begin' }] })).toBe(
        (await data.findItems({ 'items.elementId': { $ne: 'begin' } })).length,
      );
    }
  });

  test('T7 an item comes without its siblings, logs, save points, source and what the guard keeps', async () => {
    const guard = await guards.make({ models: { Claim: CLAIM }, keep: { savePoints: true } });
    const { data, engine } = guard.api;
    const { id } = await engine.start('Claim', {}, alice);
    await engine.invoke({ id, 'items.elementId': 'request' }, { reason: 'sun' }, alice);
    const mine = { id, 'items.elementId': 'approve' };
    const answers = [
      await data.findItems(mine, bob),
      await data.find({ filter: mine }, bob),
      await data.findInstances({ id }, bob, 'summary'),
      await engine.get({ id }, bob),
    ];
    for (const answer of answers) {
      expect(JSON.stringify(answer)).toContain('approve');
      expect(JSON.stringify(answer)).not.toMatch(
        /"elementId":"request"|"savePoints"|"logs":(?!\[\])|"guard"|"source"|"loops"/,
      );
    }
    expect(JSON.stringify(await data.findInstances({ id }, bob, 'full'))).not.toMatch(
      /"elementId":"request"|"savePoints"|"logs":(?!\[\])|"guard"/,
    );
    expect(JSON.stringify(await data.findItems(mine, alice))).toBe('[]');
  });

  test('T15 the query of the caller is left as it was, and cannot widen the scope', async () => {
    const guard = await open();
    await guard.api.engine.start('Claim', {}, alice);
    const freeze = (value: object): object =>
      Object.freeze(
        Object.fromEntries(
          Object.entries(value).map(([key, entry]) => [
            key,
            typeof entry === 'object' && entry !== null && !Array.isArray(entry)
              ? freeze(entry)
              : Object.freeze(entry),
          ]),
        ),
      );
    for (const query of [
      {},
      { $or: [{ 'items.status': { $exists: true } }, { $nor: [{ id: 'x' }] }] },
      { startedBy: 'alice' },
      { tenantId: null },
      { $nor: [{ id: 'x' }] },
      { 'items.assignee': 'alice' },
      { items: { $elemMatch: { assignee: 'alice' } } },
    ]) {
      const frozen = freeze(query) as never;
      const before = JSON.stringify(query);
      expect(await guard.api.data.findItems(frozen, eve)).toEqual([]);
      expect(await guard.api.data.findInstances(frozen, eve)).toEqual([]);
      expect(await guard.api.data.getPendingUserTasks(frozen, eve)).toEqual([]);
      expect((await guard.api.data.find({ filter: frozen, getTotalCount: true }, eve)).totalCount).toBe(0);
      expect((await guard.api.data.findItems(frozen, alice)).length).toBeGreaterThan(0);
      expect(JSON.stringify(query)).toBe(before);
    }
  });

  test('T21 what runs code in the store is refused wherever it stands', async () => {
    const guard = await open();
    for (const code of [
      { $where: 'true' },
      { $expr: { $gt: ['$data.salary', 1] } },
      { $function: {} },
      { $accumulator: {} },
      { $jsonSchema: {} },
      { $text: {} },
      { $comment: 'x' },
    ]) {
      await allRefuse(guard, code, /is not allowed in a query/);
      await allRefuse(guard, { name: code }, /is not allowed in a query/);
    }
  });

  test('T22 only the operators of the list reach the store', async () => {
    const guard = await open();
    const letters = [
      'mod',
      'size',
      'type',
      'all',
      'bitsAllSet',
      'geoWithin',
      'near',
      'rand',
      'meta',
      'slice',
      'sampleRate',
      'elemMatch',
      'GT',
      'gt ',
      '$gt',
      '',
      'eq\u0000',
      'natural',
      'query',
      'orderby',
      'lookup',
    ];
    for (const name of letters) await allRefuse(guard, { name: { [`$${name}`]: 1 } }, /is not allowed|takes/);
  });

  test('T25 a projection names fields; it cannot alias, compute or reach what is hidden', async () => {
    const guard = await open();
    await guard.api.engine.start('Claim', { salary: 5000 }, alice);
    for (const projection of [
      { salary: '$data.salary' },
      { data: { $slice: 1 } },
      ['$data'],
      { $where: 1 },
      { data: 2 },
      'data',
      [{ data: 1 }],
      { 'a.$': 1 },
      ['_id'],
      { _id: 1 },
    ]) {
      expect((await refusal(guard.api.data.find({ projection: projection as never }, alice))).code).toBe(
        'bad-query',
      );
      expect(
        (await refusal(guard.api.data.findInstances({}, alice, { projection: projection as never }))).code,
      ).toBe('bad-query');
    }
    const [row] = await guard.api.data.findInstances({}, alice, {
      projection: ['guard', 'logs', 'source', 'items', 'data'],
    });
    expect(Object.keys(row as object).sort()).toEqual(['data', 'id', 'items']);
  });
});

describe.each(STAGES)('what reaches the store, on %s', (_name, url) => {
  test('T16 where nothing is allowed, the store is not asked', async () => {
    const nobody = {
      name: 'closed-on-sundays',
      answer: () => ({ restrictive: [{ id: 'closed', says: 'closed', when: NOTHING }] }),
    };
    const stage = await guardedStage(url, { policies: [nobody] });
    try {
      await stage.api.model.save('Open', OPEN_TASK, null, ADMIN_USER);
      const before = stage.asked.length;
      expect(await stage.api.data.findItems({}, alice)).toEqual([]);
      expect(await stage.api.data.findInstances({}, alice)).toEqual([]);
      expect((await stage.api.data.find({ getTotalCount: true }, alice)).totalCount).toBe(0);
      expect((await refusal(stage.api.data.deleteInstances({}, alice))).code).toBe('forbidden');
      expect(stage.asked.length).toBe(before);
    } finally {
      await stage.close();
    }
  });

  test('T28 null is asked of nothing that a dotted path reaches through a list', async () => {
    const stage = await guardedStage(url);
    try {
      await stage.api.model.save('Claim', CLAIM, null, ADMIN_USER);
      await stage.api.engine.start('Claim', {}, alice);
      const before = stage.asked.length;
      for (const query of [
        {},
        { 'items.assignee': null },
        { 'data.x': null },
        { 'items.assignee': { $in: [null, 'x'] } },
        { items: { $elemMatch: { assignee: null } } },
        { endedAt: null },
        { 'items.dueDate': { $ne: null } },
      ]) {
        await stage.api.data.findItems(query, alice);
        await stage.api.data.findInstances(query, alice);
        await stage.api.data.find({ filter: query, getTotalCount: true }, bob);
      }
      const asked = stage.asked.slice(before);
      expect(asked.length).toBeGreaterThan(10);
      const nulls = (value: unknown, path = ''): string[] =>
        value === null
          ? [path]
          : typeof value === 'object' && value !== null && !(value instanceof Date)
            ? Object.entries(value).flatMap(([key, entry]) => nulls(entry, `${path}/${key}`))
            : [];
      expect(asked.flatMap((args) => nulls(args)).filter((path) => /items|data|guard/.test(path))).toEqual(
        [],
      );
    } finally {
      await stage.close();
    }
  });
});
