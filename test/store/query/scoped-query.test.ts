import { parseCondition } from '../../../src/core/condition/json.js';
import {
  and,
  eq,
  EVERYTHING,
  ne,
  NOTHING,
  or,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { createDecisionPoint, type DecisionPoint } from '../../../src/core/decision/decision-point.js';
import type { Rule } from '../../../src/core/policy.js';
import { taskRulesPolicy } from '../../../src/core/policies/task-rules.js';
import { tenants } from '../../../src/core/policies/tenants.js';
import { SecureUser } from '../../../src/core/principal.js';
import { scopeOf } from '../../../src/core/decision/scope.js';
import { parseQuery, type CallerQuery } from '../../../src/store/query/caller-query.js';
import { INSTANCE_FIELDS, MODEL_FIELDS } from '../../../src/store/query/query-fields.js';
import { free } from '../../../src/store/bson/budget.js';
import { compileMatch } from '../../../src/store/bson/match.js';
import { matchExactly } from '../../../src/store/query/exact.js';
import type { Filter, InstancePlan, ItemPlan, MarkFilter, Paging } from '../../../src/store/port.js';
import {
  instancePlan,
  itemPlan,
  listedFilter,
  looksInside,
  modelPlan,
} from '../../../src/store/query/scoped-query.js';

const USER_TASK = 'bpmn:UserTask';
const parse = (input: unknown): CallerQuery => parseQuery(input, INSTANCE_FIELDS);
const ALL = parse({});
const [everything, nothing] = [scopeOf(EVERYTHING), scopeOf(NOTHING)];
const mine = scopeOf(eq('item.assignee', 'alice'));
const OPTIONS = { reindexed: true };

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const entry of Object.values(Object.freeze(value))) deepFreeze(entry);
  return value;
}

/** An instance with a task of alice's, one of bob's and a start event. */
const INSTANCE = Object.freeze({
  id: 'i1',
  name: 'Vacation',
  status: 'running',
  data: { x: 1 },
  guard: { startedBy: 'sam' },
  items: [
    { id: 'a', type: USER_TASK, status: 'wait', assignee: 'alice', seq: 1 },
    { id: 'b', type: USER_TASK, status: 'end', assignee: 'bob', seq: 2, priority: 5 },
    { id: 's', type: 'bpmn:StartEvent', status: 'end', seq: 0 },
  ],
});

/** What a plan admits, as a store tells it. */
const admitted = (plan: InstancePlan | undefined): ((row: unknown) => boolean) =>
  matchExactly(plan?.filter as Filter, plan?.exact, free);

/** Whether alice, who sees one of the items, finds the instance by the query. */
const finds = (query: unknown): boolean =>
  compileMatch(instancePlan(everything, mine, parse(query), {}, OPTIONS)?.filter as Filter)(INSTANCE);

describe('a scope that is nothing', () => {
  test('sends no query, whatever the caller asks', () => {
    for (const query of [ALL, parse({ $nor: [{ status: 'x' }] }), parse({ 'items.status': 'wait' })]) {
      expect(itemPlan(nothing, everything, query, {}, OPTIONS)).toBeUndefined();
      expect(instancePlan(nothing, everything, query, {}, OPTIONS)).toBeUndefined();
    }
    expect(modelPlan(nothing, parseQuery({}, MODEL_FIELDS))).toBeUndefined();
  });

  test('of instances sends none where a list of items looks inside them', () => {
    expect(itemPlan(everything, nothing, parse({ 'data.x': 1 }), {}, OPTIONS)).toBeUndefined();
    expect(itemPlan(everything, nothing, ALL, { sort: [['data.x', 1]] }, OPTIONS)).toBeUndefined();
    expect(
      itemPlan(
        everything,
        nothing,
        parse({ name: 'x', 'items.status': 'wait' }),
        { sort: [['items.seq', 1]] },
        OPTIONS,
      ),
    ).toBeDefined();
  });

  test('and one that a pinned field leaves empty sends none', () => {
    expect(
      itemPlan(
        scopeOf(ne('item.type', USER_TASK)),
        everything,
        parse({ 'items.type': USER_TASK }),
        {},
        OPTIONS,
      ),
    ).toBeUndefined();
  });

  test('of tasks: no item is seen, so that none satisfies a condition and all negations hold', () => {
    const filter = (query: unknown): boolean =>
      compileMatch(instancePlan(everything, nothing, parse(query), {}, OPTIONS)?.filter as Filter)(INSTANCE);
    for (const query of [
      { 'items.status': 'wait' },
      { 'items.priority': null },
      { 'items.status': { $exists: true } },
      { items: { $elemMatch: {} } },
      { 'items.status': { $not: { $ne: 'wait' } } },
    ])
      expect(filter(query)).toBe(false);
    for (const query of [
      { 'items.status': { $ne: 'wait' } },
      { 'items.status': { $exists: false } },
      { $nor: [{ items: { $elemMatch: {} } }] },
    ])
      expect(filter(query)).toBe(true);
  });
});

describe('the query of a list', () => {
  test('stands beside the scope in one $and, unchanged', () => {
    const plan = instancePlan(
      scopeOf(eq('instance.status', 'running')),
      everything,
      parse({ status: 'end', $or: [{ name: 'x' }] }),
      {},
      OPTIONS,
    );
    expect(plan?.filter).toEqual({
      $and: [
        { status: { $eq: 'running' } },
        { $and: [{ status: { $eq: 'end' } }, { $or: [{ name: { $eq: 'x' } }] }] },
      ],
    });
  });

  test("cannot name its way out: what it says of the scope's own fields is asked as well", () => {
    const scope = scopeOf(eq('instance.tenantId', 'acme'));
    for (const query of [
      { tenantId: 'globex' },
      { $or: [{ tenantId: 'globex' }, {}] },
      { $nor: [{ tenantId: 'acme' }] },
      { tenantId: { $ne: 'acme' } },
    ]) {
      expect(
        compileMatch(instancePlan(scope, everything, parse(query), {}, OPTIONS)?.filter as Filter)({
          tenantId: 'globex',
        }),
      ).toBe(false);
    }
  });

  test('scope, query and paging are not changed, and frozen ones work', () => {
    const who = new SecureUser({ userName: 'alice', userGroups: ['hr'], tenantId: 'acme' });
    const point = createDecisionPoint([taskRulesPolicy, tenants]);
    const query = parse({
      'items.status': 'wait',
      'data.x': { $ne: null },
      items: { $elemMatch: { $nor: [{ assignee: 'bob' }] } },
    });
    const paging: Paging = { sort: [['items.seq', 1]], limit: 5 };
    const copy = structuredClone({ query, paging });
    const [tasks, instances] = deepFreeze([
      point.scope(who, 'task:read'),
      point.scope(who, 'instance:read'),
    ] as const);
    const plans = [
      itemPlan(tasks, instances, deepFreeze(query), deepFreeze(paging), OPTIONS),
      instancePlan(instances, tasks, query, paging, OPTIONS),
    ];
    expect({ query, paging }).toEqual(copy);
    for (const plan of plans) expect(plan).toMatchObject(copy.paging);
  });
});

describe('a condition on items in a list of instances', () => {
  test.each<[query: object, found: boolean]>([
    [{ 'items.assignee': 'alice' }, true],
    [{ 'items.assignee': 'bob' }, false],
    [{ 'items.assignee': { $ne: 'alice' } }, false],
    [{ 'items.assignee': { $ne: 'bob' } }, true],
    [{ 'items.assignee': { $nin: ['bob'] } }, true],
    [{ 'items.assignee': { $not: { $regex: '^b' } } }, true],
    [{ 'items.priority': { $exists: true } }, false],
    [{ 'items.priority': { $exists: false } }, true],
    [{ 'items.priority': { $gt: 1 } }, false],
    [{ 'items.priority': null }, true],
    [{ 'items.assignee': null }, false],
    [{ 'items.assignee': { $ne: null } }, true],
    [{ $nor: [{ 'items.assignee': 'bob' }] }, true],
    [{ $nor: [{ $nor: [{ 'items.assignee': 'bob' }] }] }, false],
    [{ items: { $elemMatch: { status: 'end' } } }, false],
    [{ items: { $elemMatch: { status: 'wait', assignee: 'alice' } } }, true],
    [{ items: { $elemMatch: { $nor: [{ assignee: 'bob' }] } } }, true],
    [{ items: { $elemMatch: { $nor: [{ assignee: 'alice' }] } } }, false],
    [{ $nor: [{ items: { $elemMatch: { status: 'end' } } }] }, true],
    [
      {
        $or: [
          { 'items.assignee': 'bob' },
          { $and: [{ $nor: [{ items: { $elemMatch: { assignee: { $ne: 'alice' } } } }] }] },
        ],
      },
      true,
    ],
    [{ 'items.type': 'bpmn:StartEvent' }, false],
  ])('%j is asked of those alone that are seen: %s', (query, found) => expect(finds(query)).toBe(found));

  test('is asked where the visibility depends on the instance: whether that holds or not', () => {
    const visible = scopeOf(
      or(and(ne('item.type', USER_TASK), eq('instance.guard.startedBy', 'sam')), eq('item.assignee', 'bob')),
    );
    const found = (query: unknown, startedBy: string): boolean =>
      compileMatch(instancePlan(everything, visible, parse(query), {}, OPTIONS)?.filter as Filter)({
        ...INSTANCE,
        guard: { startedBy },
      });
    expect([
      found({ 'items.type': 'bpmn:StartEvent' }, 'sam'),
      found({ 'items.type': 'bpmn:StartEvent' }, 'zoe'),
    ]).toEqual([true, false]);
    expect([found({ 'items.assignee': 'bob' }, 'sam'), found({ 'items.assignee': 'bob' }, 'zoe')]).toEqual([
      true,
      true,
    ]);
    expect([
      found({ 'items.type': { $ne: 'bpmn:StartEvent' } }, 'sam'),
      found({ 'items.type': { $ne: 'bpmn:StartEvent' } }, 'zoe'),
    ]).toEqual([false, true]);
  });

  test('two parts of a visibility that only look the same are two', () => {
    const parts = [new Date(0), '1970-01-01T00:00:00.000Z', Infinity, -Infinity].map((value, i) =>
      and(eq('instance.data.x', value), eq('item.seq', i)),
    );
    const filter = compileMatch(
      instancePlan(everything, scopeOf(or(...parts)), parse({ items: { $elemMatch: {} } }), {}, OPTIONS)
        ?.filter as Filter,
    );
    const rows = [new Date(0), '1970-01-01T00:00:00.000Z', Infinity, -Infinity].flatMap((x) =>
      [0, 1, 2, 3].map((seq) => filter({ data: { x }, items: [{ id: 'a', seq }] })),
    );
    expect(rows.map(Number).join('')).toBe('1000010000100001');
  });

  test('is asked however many rules speak of the instance and of its items', () => {
    const said = Array.from({ length: 300 }, (_, i) => and(eq('instance.data.x', i), eq('item.seq', i)));
    const filter = admitted(
      instancePlan(everything, scopeOf(or(...said)), parse({ 'items.status': 'wait' }), {}, OPTIONS),
    );
    for (const [x, seq, status, found] of [
      [7, 7, 'wait', true],
      [299, 299, 'wait', true],
      [7, 8, 'wait', false],
      [7, 7, 'end', false],
    ] as const)
      expect(filter({ data: { x }, items: [{ id: 'a', seq, status }] })).toBe(found);
  });

  test('is answered row by row where the rules compare an item with its instance', () => {
    const mine = scopeOf(parseCondition({ 'item.assignee': '$data.requester' }));
    const row = (requester: string, status = 'wait'): object => ({
      id: 'i1',
      data: { requester },
      items: [
        { id: 'a', status, assignee: 'alice' },
        { id: 'b', status: 'end', assignee: 'bob', seq: 2 },
      ],
    });
    const asked = (query: object): boolean[] => {
      const plan = instancePlan(everything, mine, parse(query), {}, OPTIONS);
      expect(plan?.exact).toBeDefined();
      return [row('alice'), row('alice', 'end'), row('bob'), row('zoe')].map(admitted(plan));
    };
    expect(asked({ 'items.status': 'wait' })).toEqual([true, false, false, false]);
    expect(asked({ 'items.status': { $ne: 'wait' } })).toEqual([false, true, true, true]);
    expect(asked({ $nor: [{ 'items.seq': 2 }, { 'items.status': 'wait' }] })).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(asked({ items: { $elemMatch: { status: 'end', seq: null } } })).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(asked({ $or: [{ 'items.status': 'wait' }, { id: 'i1', 'items.seq': 2 }] })).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(instancePlan(everything, mine, parse({ status: 'running' }), {}, OPTIONS)?.exact).toBeUndefined();
    expect(itemPlan(mine, everything, parse({ 'items.status': 'wait' }), {}, OPTIONS)?.exact).toBeUndefined();
  });

  test('and where they multiply out', () => {
    const eitherOf = (i: number): Condition => or(eq(`instance.data.x${i}`, 1), eq(`item.x${i}`, 1));
    const many = scopeOf(and(...Array.from({ length: 12 }, (_, i) => eitherOf(i))));
    const plan = instancePlan(everything, many, parse({ 'items.status': 'wait' }), {}, OPTIONS);
    const ones = (of: readonly number[]): object => Object.fromEntries(of.map((i) => [`x${i}`, 1]));
    const row = (data: readonly number[], item: readonly number[], status = 'wait'): object => ({
      data: ones(data),
      items: [{ id: 'a', status, ...ones(item) }],
    });
    const [even, odd] = [0, 1].map((from) => Array.from({ length: 6 }, (_, i) => 2 * i + from)) as [
      number[],
      number[],
    ];
    expect(
      [
        row(even, odd),
        row(even, even),
        row(odd, even),
        row([], [...even, ...odd]),
        row(even, odd, 'end'),
      ].map(admitted(plan)),
    ).toEqual([true, false, true, true, false]);
  });
});

describe('a list of items', () => {
  const found = (query: unknown, visible: Condition = EVERYTHING): string[] => {
    const plan = itemPlan(scopeOf(visible), everything, parse(query), {}, OPTIONS);
    if (plan === undefined || !compileMatch(plan.before)(INSTANCE)) return [];
    return INSTANCE.items
      .filter((item) => compileMatch(plan.each)({ ...INSTANCE, items: item, all: INSTANCE.items }))
      .map(({ id }) => id);
  };

  test.each<[query: object, ids: string[]]>([
    [{}, ['a', 'b', 's']],
    [{ 'items.status': 'end', 'items.assignee': 'bob' }, ['b']],
    [{ 'items.status': 'end', 'items.assignee': 'alice' }, []],
    [{ 'items.assignee': { $ne: 'alice' } }, ['b', 's']],
    [{ 'items.assignee': null }, ['s']],
    [{ $nor: [{ items: { $elemMatch: { status: 'end' } } }] }, ['a']],
    [
      { $nor: [{ $and: [{ items: { $elemMatch: { status: 'end' } } }, { 'items.assignee': 'bob' }] }] },
      ['a', 's'],
    ],
    [
      { $or: [{ items: { $elemMatch: { assignee: 'alice' } } }, { items: { $elemMatch: { seq: 0 } } }] },
      ['a', 's'],
    ],
    [{ $or: [{ status: 'end' }, { 'items.assignee': 'bob' }] }, ['b']],
    [{ $nor: [{ name: 'Vacation' }] }, []],
    [{ id: 'i1', 'items.id': 'b' }, ['b']],
  ])('%j is asked of one item at a time', (query, ids) => {
    expect(found(query)).toEqual(ids);
    expect(found(query, eq('item.type', USER_TASK))).toEqual(ids.filter((id) => id !== 's'));
  });

  test('has nothing in it that is no item', () => {
    const plan = itemPlan(everything, everything, ALL, {}, OPTIONS);
    const [before, each] = [compileMatch(plan?.before as Filter), compileMatch(plan?.each as Filter)];
    expect([[], [{ id: 'a' }]].map((items) => before({ items }))).toEqual([true, true]);
    expect([undefined, null, 'x', 5, { id: 'a' }].map((items) => before({ items }))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect([{ id: 'a' }, { id: 'a', x: [[]] }].map((items) => each({ items }))).toEqual([true, true]);
    expect(
      [undefined, null, 'x', 5, {}, { id: 5 }, { id: ['a'] }, [{ id: 'a' }], []].map((items) =>
        each({ items }),
      ),
    ).toEqual(Array.from({ length: 9 }, () => false));
  });

  test('asks for the right to read the instance where the query or the order looks inside it', () => {
    const instances = scopeOf(eq('instance.guard.startedBy', 'alice'));
    const each = (query: unknown, paging: Paging = {}): boolean =>
      compileMatch(itemPlan(everything, instances, parse(query), paging, OPTIONS)?.each as Filter)({
        ...INSTANCE,
        items: INSTANCE.items[0],
      });
    for (const query of [
      { 'data.x': 1 },
      { status: 'running' },
      { 'data.y': null },
      { $or: [{ 'items.id': 'a' }, { 'data.x': 2 }] },
      { startedBy: 'sam' },
    ])
      expect(each(query)).toBe(false);
    for (const sort of [
      [['data.x', 1]],
      [
        ['items.seq', 1],
        ['guard.startedBy', -1],
      ],
    ] as const)
      expect(each({}, { sort })).toBe(false);
    for (const query of [{}, { id: 'i1', name: 'Vacation', 'items.id': 'a' }])
      for (const sort of [
        [['items.seq', 1]],
        [
          ['name', 1],
          ['id', 1],
        ],
      ] as const)
        expect(each(query, { sort })).toBe(true);
    expect([
      looksInside(ALL, {}),
      looksInside(parse({ $nor: [{ $or: [{ version: 1 }] }] }), {}),
      looksInside(ALL, { sort: [['saved', 1]] }),
    ]).toEqual([false, true, true]);
  });

  test('brings the whole list along only where the rules ask of it', () => {
    const needsAll = (condition: Condition, query: unknown = {}): boolean | undefined =>
      itemPlan(scopeOf(condition), everything, parse(query), {}, OPTIONS)?.needsAll;
    const withInstance = or(
      eq('item.assignee', 'alice'),
      and(ne('item.type', USER_TASK), some('instance.items', eq('item.assignee', 'alice'))),
    );
    expect([
      needsAll(eq('item.assignee', 'alice')),
      needsAll(withInstance),
      needsAll(withInstance, { 'items.type': USER_TASK }),
      needsAll(withInstance, { items: { $elemMatch: { type: USER_TASK } } }),
      needsAll(withInstance, { $or: [{ 'items.type': USER_TASK }, {}] }),
    ]).toEqual([false, true, false, false, true]);
  });

  test('a pinned field does not stand for a list of values, nor for a date that only is another object', () => {
    const item = { id: 'a', type: ['bpmn:ServiceTask', USER_TASK], dueDate: new Date(5) };
    const each = (condition: Condition, query: unknown): boolean => {
      const plan = itemPlan(scopeOf(condition), everything, parse(query), {}, OPTIONS);
      return plan !== undefined && compileMatch(plan.each)({ items: item });
    };
    expect(each(ne('item.type', USER_TASK), { 'items.type': 'bpmn:ServiceTask' })).toBe(false);
    expect(each(eq('item.type', USER_TASK), { 'items.type': 'bpmn:ServiceTask' })).toBe(true);
    expect(each(ne('item.dueDate', new Date(5)), { 'items.dueDate': new Date(5) })).toBe(false);
    expect(each(eq('item.dueDate', new Date(5)), { 'items.dueDate': new Date(5) })).toBe(true);
  });
});

describe('marks', () => {
  const who = new SecureUser({ userName: 'alice', userGroups: ['hr'], tenantId: 'acme' });
  const admin = new SecureUser({ userName: 'root', userGroups: ['ADMIN'], tenantId: 'acme' });
  const pointWith = (...permissive: readonly Rule[]): DecisionPoint =>
    createDecisionPoint([taskRulesPolicy, tenants, { name: 'own', answer: () => ({ permissive }) }]);
  const rule = (when: Condition, search?: Rule['search']): Rule => ({ id: 'r', says: 'r', when, search });
  const point = pointWith();
  const marks = (query: unknown, from = point, user = who, reindexed = true): unknown =>
    itemPlan(from.scope(user, 'task:read'), everything, parse(query), {}, { reindexed })?.marks;
  const WAITING = { 'items.status': 'wait', 'items.type': USER_TASK };
  const mine = ['acme|o:', 'acme|u:alice', 'acme|g:hr'];
  const sorted = (found: unknown): unknown => {
    const { field, anyOf } = found as MarkFilter;
    return { field, anyOf: [...anyOf].sort() };
  };

  test('of what waits are enough where the query pins the status, else those of all that may be read', () => {
    for (const query of [
      WAITING,
      { $and: [WAITING, { 'items.status': { $eq: 'wait' } }, { name: { $in: ['x'] } }] },
      { items: { $elemMatch: { status: 'wait', type: USER_TASK } } },
      { 'items.status': 'wait' },
    ])
      expect(sorted(marks(query))).toEqual({ field: 'guard.open', anyOf: [...mine].sort() });
    for (const query of [
      {},
      { 'items.status': 'end' },
      { 'items.status': { $ne: 'wait' } },
      { $or: [{ 'items.status': 'wait' }] },
      { $or: [{ 'items.status': 'wait' }, {}] },
      { 'items.status': { $in: ['wait'] } },
      { $nor: [{ 'items.status': 'wait' }] },
      { status: 'wait' },
    ])
      expect(sorted(marks(query))).toEqual({ field: 'guard.read', anyOf: [...mine].sort() });
    const ofInstances = instancePlan(
      point.scope(who, 'instance:read'),
      everything,
      parse({ 'items.status': 'wait' }),
      {},
      OPTIONS,
    );
    expect(sorted(ofInstances?.marks)).toEqual({ field: 'guard.read', anyOf: [...mine].sort() });
  });

  test('are the tenant for an administrator of it, and none for the system across tenants', () => {
    expect(marks(WAITING, point, admin)).toEqual({ field: 'guard.open', anyOf: ['acme|t:'] });
    expect(marks({}, point, admin)).toEqual({ field: 'guard.read', anyOf: ['acme|t:'] });
    const nobodys = new SecureUser({ userName: 'root', userGroups: ['ADMIN'] });
    expect(marks({}, point, nobodys)).toEqual({ field: 'guard.read', anyOf: ['|t:'] });
    expect(marks({}, point, new SecureUser({ userName: 'job', userGroups: ['SYSTEM'] }))).toBeUndefined();
  });

  test('follow from the query as well, where it asks for fewer', () => {
    expect(marks({ ...WAITING, 'items.assignee': 'bob' }, point, admin)).toEqual({
      field: 'guard.open',
      anyOf: ['acme|u:bob'],
    });
    expect(marks({ ...WAITING, name: 'Invoice', 'items.elementId': 'pay' }, point, admin)).toEqual({
      field: 'guard.open',
      anyOf: ['acme|e:Invoice/pay'],
    });
  });

  test('follow from the conditions of an own rule, or are those that it names', () => {
    const model = eq('instance.name', 'Invoice');
    expect(sorted(marks(WAITING, pointWith(rule(model))))).toEqual({
      field: 'guard.open',
      anyOf: [...mine, 'acme|m:Invoice'].sort(),
    });
    expect(sorted(marks(WAITING, pointWith(rule(and(model, eq('item.elementId', 'pay'))))))).toEqual({
      field: 'guard.open',
      anyOf: [...mine, 'acme|e:Invoice/pay'].sort(),
    });
    expect(sorted(marks(WAITING, pointWith(rule(eq('instance.guard.startedBy', 'alice')))))).toEqual({
      field: 'guard.open',
      anyOf: [...mine, 'acme|s:alice'].sort(),
    });
    const byData = eq('instance.data.requester', 'alice');
    expect(sorted(marks({}, pointWith(rule(byData, ['u:alice', 'g:it']))))).toEqual({
      field: 'guard.read',
      anyOf: [...mine, 'acme|g:it'].sort(),
    });
    // What a rule names is of the instance as a whole.
    expect(marks(WAITING, pointWith(rule(byData, ['u:sam'])))).toMatchObject({ field: 'guard.read' });
    expect(marks(WAITING, pointWith(rule(byData, ['m:Invoice'])))).toMatchObject({ field: 'guard.open' });
    expect(marks({}, pointWith(rule(byData)))).toEqual({ field: 'guard.read', anyOf: ['acme|t:'] });
  });

  test('are none until every instance has them, nor where the tenant is not known', () => {
    expect(marks(WAITING, point, who, false)).toBeUndefined();
    expect(
      itemPlan(scopeOf(eq('item.assignee', 'alice')), everything, ALL, {}, OPTIONS)?.marks,
    ).toBeUndefined();
    expect(itemPlan(everything, everything, ALL, {}, OPTIONS)?.marks).toBeUndefined();
  });

  test('are not asked for one instance: its id has an index', () => {
    expect(marks({ id: 'i', 'items.elementId': 'pay' })).toBeUndefined();
    const scope = point.scope(who, 'instance:read');
    const ofInstance = (query: unknown): unknown =>
      instancePlan(scope, everything, parse(query), {}, OPTIONS)?.marks;
    expect([ofInstance({ id: 'i' }), ofInstance({ name: 'i' })]).toEqual([undefined, expect.anything()]);
    expect(marks({ id: { $in: ['i', 'j'] } })).toBeDefined();
    expect(marks({ $or: [{ id: 'i' }, { 'items.status': 'wait' }] })).toBeDefined();
    expect(marks({ 'items.id': 'i' })).toBeDefined();
  });

  test('are coarser where 10,000 rules name more than can be searched by, and the query stays small', () => {
    const rules = Array.from({ length: 10_000 }, (_, i) =>
      rule(and(eq('instance.name', `m${i % 20}`), eq('item.elementId', `element-${i}`))),
    );
    const plan = itemPlan(
      pointWith(...rules).scope(who, 'task:read'),
      everything,
      parse(WAITING),
      {},
      OPTIONS,
    ) as ItemPlan;
    expect(plan.marks?.anyOf).toHaveLength(20 + mine.length);
    expect(JSON.stringify([plan.before, plan.each]).length).toBeLessThan(64 * 1024);
    // The query names the models; the elements are too many for it.
    const row = (name: string, elementId: string): object => ({
      tenantId: 'acme',
      name,
      items: { id: 'a', type: USER_TASK, status: 'wait', elementId },
    });
    const rows = [row('m1', 'element-1'), row('m1', 'element-2'), row('other', 'element-1')];
    expect(rows.map(compileMatch(plan.each))).toEqual([true, true, false]);
    expect(rows.map(matchExactly(plan.each, plan.exact, free))).toEqual([true, false, false]);
  });
});

describe('models', () => {
  const filter = (query: unknown, condition: Condition = EVERYTHING): ((model: unknown) => boolean) =>
    compileMatch(modelPlan(scopeOf(condition), parseQuery(query, MODEL_FIELDS))?.filter as Filter);
  const model = {
    name: 'm',
    owner: 'acme',
    events: [{ elementId: 'a', subType: 'timer' }, { elementId: 'b' }],
  };

  test('are asked of with their events, one at a time or any', () => {
    expect(
      [
        { 'events.elementId': 'a' },
        { events: { $elemMatch: { elementId: 'b', subType: 'timer' } } },
        { 'events.elementId': 'b', 'events.subType': 'timer' },
        { $nor: [{ events: { $elemMatch: { elementId: 'c' } } }] },
      ].map((query) => filter(query)(model)),
    ).toEqual([true, false, true, true]);
    expect(filter({ owner: 'globex' }, eq('model.owner', 'acme'))({ ...model, owner: 'globex' })).toBe(false);
  });

  test('a query for events is asked of one event in the place of the list', () => {
    const match = compileMatch(
      listedFilter(
        parseQuery({ name: 'm', $nor: [{ events: { $elemMatch: { subType: 'timer' } } }] }, MODEL_FIELDS),
        'events',
      ),
    );
    expect(model.events.map((events) => match({ ...model, events }))).toEqual([false, true]);
  });
});
