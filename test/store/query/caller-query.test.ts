import fc from 'fast-check';
import { isGuardError } from '../../../src/core/errors.js';
import { parseField, parseQuery, type CallerQuery } from '../../../src/store/query/caller-query.js';
import { QUERY_LIMITS } from '../../../src/store/query/query-input.js';
import { INSTANCE_FIELDS, MODEL_FIELDS } from '../../../src/store/query/query-fields.js';
import { HOSTILE_VALUES, polluted } from '../../core/hostile.js';

const parse = (input: unknown): CallerQuery => parseQuery(input, INSTANCE_FIELDS);
const row = (field: string, test: Record<string, unknown>): CallerQuery => ({
  kind: 'test',
  on: 'row',
  field,
  test,
});
const item = (field: string, test: Record<string, unknown>): CallerQuery => ({
  kind: 'test',
  on: 'item',
  field,
  test,
});
const nor = (...of: CallerQuery[]): CallerQuery => ({ kind: 'nor', of });
const own = (json: string): unknown => JSON.parse(json);

function refusal(input: unknown, fields = INSTANCE_FIELDS): string {
  try {
    parseQuery(input, fields);
  } catch (error) {
    if (isGuardError(error) && error.code === 'bad-query' && error.status === 400) return error.message;
    throw error;
  }
  return 'admitted';
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const entry of Object.values(value)) deepFreeze(entry);
  }
  return value;
}

describe('an operator', () => {
  const ABSENT: CallerQuery = { kind: 'absent', on: 'row', field: 'status' };
  test.each<[condition: unknown, query: CallerQuery]>([
    ['wait', row('status', { $eq: 'wait' })],
    [5, row('status', { $eq: 5 })],
    [false, row('status', { $eq: false })],
    [Infinity, row('status', { $eq: Infinity })],
    [new Date(7), row('status', { $eq: new Date(7) })],
    [null, ABSENT],
    [{ $eq: 'wait' }, row('status', { $eq: 'wait' })],
    [{ $eq: null }, ABSENT],
    [{ $ne: 'wait' }, nor(row('status', { $eq: 'wait' }))],
    [{ $ne: null }, nor(ABSENT)],
    [{ $gt: 1 }, row('status', { $gt: 1 })],
    [{ $gte: 'a' }, row('status', { $gte: 'a' })],
    [{ $lt: new Date(7) }, row('status', { $lt: new Date(7) })],
    [{ $lte: true }, row('status', { $lte: true })],
    [
      { $gt: 1, $lt: 5 },
      { kind: 'and', of: [row('status', { $gt: 1 }), row('status', { $lt: 5 })] },
    ],
    [{ $in: ['a', 1] }, row('status', { $in: ['a', 1] })],
    [{ $in: [] }, row('status', { $in: [] })],
    [{ $in: ['a', null] }, { kind: 'or', of: [row('status', { $in: ['a'] }), ABSENT] }],
    [{ $nin: ['a'] }, nor(row('status', { $in: ['a'] }))],
    [{ $nin: [null] }, nor({ kind: 'or', of: [row('status', { $in: [] }), ABSENT] })],
    [{ $exists: true }, row('status', { $exists: true })],
    [{ $exists: false }, nor(row('status', { $exists: true }))],
    [{ $regex: '^a' }, row('status', { $regex: '^a', $options: '' })],
    [{ $regex: '^a', $options: 'i' }, row('status', { $regex: '^a', $options: 'i' })],
    [{ $options: 'i', $regex: '^a' }, row('status', { $regex: '^a', $options: 'i' })],
    [{ $regex: /^a/i }, row('status', { $regex: '^a', $options: 'i' })],
    [{ $regex: /^a/i, $options: 'm' }, row('status', { $regex: '^a', $options: 'm' })],
    [/^a/im, row('status', { $regex: '^a', $options: 'im' })],
    [{ $not: { $gt: 5 } }, nor(row('status', { $gt: 5 }))],
    [{ $not: /a/ }, nor(row('status', { $regex: 'a', $options: '' }))],
    [{ $not: { $not: { $ne: 'a' } } }, nor(nor(nor(row('status', { $eq: 'a' }))))],
  ])('%j is read', (condition, query) => {
    expect(parse({ status: condition })).toEqual(query);
    const ofItem = JSON.parse(JSON.stringify(query).replaceAll('"row"', '"item"')) as unknown;
    expect(JSON.parse(JSON.stringify(parse({ 'items.status': condition })))).toEqual(ofItem);
    expect(JSON.parse(JSON.stringify(parse({ items: { $elemMatch: { status: condition } } })))).toEqual({
      kind: 'element',
      where: ofItem,
    });
  });

  test.each([
    '$where',
    '$expr',
    '$function',
    '$accumulator',
    '$jsonSchema',
    '$text',
    '$mod',
    '$type',
    '$size',
    '$all',
    '$elemMatch',
    '$comment',
    '$geoWithin',
    '$bitsAllSet',
    '$rand',
    '$natural',
    '$lookup',
    '$options',
    '$set',
    '$',
    '$EQ',
    '$eq ',
    '$and.$or',
  ])('%s is refused by name, wherever it stands', (operator) => {
    const named = `Operator ${JSON.stringify(operator)}`;
    for (const inner of [
      { status: { [operator]: 'x' } },
      { 'items.status': { $not: { [operator]: 'x' } } },
      { 'data.x': { $eq: 'x', [operator]: 'x' } },
      { items: { $elemMatch: { status: { [operator]: 'x' } } } },
    ]) {
      for (const outer of [inner, { $and: [inner] }, { $or: [{}, { $nor: [inner] }] }])
        expect(refusal(outer)).toContain(named);
    }
    for (const outer of [
      { [operator]: 'x' },
      { $and: [{ [operator]: 'x' }] },
      { items: { $elemMatch: { [operator]: [] } } },
    ]) {
      if (operator !== '$and') expect(refusal(outer)).toContain(named);
    }
  });

  test.each(['$and', '$or', '$nor'])('%s takes a list of queries, at every depth', (operator) => {
    expect(parse({ [operator]: [{ status: 'a' }, {}] })).toEqual({
      kind: operator.slice(1),
      of: [row('status', { $eq: 'a' }), { kind: 'and', of: [] }],
    });
    for (const value of [{}, [], 'x', null, undefined, 5, { 0: {}, length: 1 }, new Set([{}])]) {
      expect(refusal({ [operator]: value })).toMatch(new RegExp(`\\${operator} takes a list of queries`));
      expect(refusal({ items: { $elemMatch: { [operator]: value } } })).toMatch(
        new RegExp(`\\${operator} takes a list of queries`),
      );
    }
    for (const entry of ['x', null, undefined, [], 5, new Date(), /x/])
      expect(refusal({ [operator]: [{}, entry] })).toMatch(/A query is an object/);
    expect(refusal({ [operator]: new Array(2) })).toMatch(/A query is an object/);
  });

  test('an operator takes an operand of its kind only', () => {
    expect(refusal({ status: { $exists: 1 } })).toMatch(/status: \$exists takes true or false, got 1/);
    expect(refusal({ status: { $in: 'wait' } })).toMatch(/status: \$in takes a list of at most 500 values/);
    expect(refusal({ status: { $in: { length: 1, 0: 'wait' } } })).toMatch(/takes a list/);
    expect(refusal({ status: { $in: [['wait']] } })).toMatch(
      /status: \$in takes a text, number, boolean or date, got a list/,
    );
    expect(refusal({ status: { $in: [/wait/] } })).toMatch(/takes a text, number, boolean or date/);
    expect(refusal({ status: { $nin: [undefined] } })).toMatch(/takes a text, number, boolean or date/);
    expect(refusal({ status: { $in: new Array(3) } })).toMatch(/takes a text, number, boolean or date/);
    expect(refusal({ status: { $gt: null } })).toMatch(
      /status: \$gt takes a text, number, boolean or date, got null/,
    );
    expect(refusal({ status: { $regex: 5 } })).toMatch(/status: \$regex takes a text, got 5/);
    expect(refusal({ status: { $regex: 'a', $options: 5 } })).toMatch(
      /status: \$options takes a text, got 5/,
    );
    expect(refusal({ status: { $regex: 'a', $options: 'x' } })).toMatch(/options "x"/);
    expect(refusal({ status: /a/g })).toMatch(/options "g"/);
    expect(refusal({ status: { $regex: '(a+)+' } })).toMatch(/a repeated group/);
    expect(refusal({ status: {} })).toMatch(/Field "status" has an empty condition/);
    expect(refusal({ status: { $not: {} } })).toMatch(/Field "status" has an empty condition/);
    expect(refusal({ status: { a: 1 } })).toMatch(
      /Field "status" takes a plain value or operators, got the key "a"/,
    );
  });
});

describe('a field', () => {
  const ROW = {
    id: 'id',
    name: 'name',
    status: 'status',
    version: 'version',
    startedAt: 'startedAt',
    endedAt: 'endedAt',
    saved: 'saved',
    startedBy: 'guard.startedBy',
    parentItemId: 'parentItemId',
    tenantId: 'tenantId',
    'data.x': 'data.x',
    'data.a.0.b': 'data.a.0.b',
  };
  const ITEM = [
    'id',
    'elementId',
    'name',
    'type',
    'status',
    'seq',
    'itemKey',
    'assignee',
    'candidateUsers',
    'candidateGroups',
    'dueDate',
    'followUpDate',
    'priority',
    'messageId',
    'signalId',
  ];

  test.each(Object.entries(ROW))('%s is admitted, for a filter and a sort', (name, field) => {
    expect(parse({ [name]: 'x' })).toEqual(row(field, { $eq: 'x' }));
    expect(parseField(name, INSTANCE_FIELDS)).toEqual({ on: 'row', field });
  });

  test.each([...ITEM.map((name) => [name, name]), ['completedBy', 'guard.completedBy']] as [
    string,
    string,
  ][])('%s of an item is admitted, for a filter and a sort', (name, field) => {
    expect(parse({ [`items.${name}`]: 'x' })).toEqual(item(field, { $eq: 'x' }));
    expect(parse({ items: { $elemMatch: { [name]: 'x' } } })).toEqual({
      kind: 'element',
      where: item(field, { $eq: 'x' }),
    });
    expect(parseField(`items.${name}`, INSTANCE_FIELDS)).toEqual({ on: 'item', field });
  });

  test('no other fields are admitted', () => {
    expect(Object.keys(INSTANCE_FIELDS.row).sort()).toEqual(
      Object.keys(ROW)
        .filter((name) => !name.startsWith('data.'))
        .sort(),
    );
    expect(Object.keys(INSTANCE_FIELDS.item).sort()).toEqual([...ITEM, 'completedBy'].sort());
  });

  const HIDDEN = [
    'guard',
    'guard.read',
    'guard.open',
    'guard.startedBy',
    'guard.rev',
    'items.guard',
    'items.guard.open',
    'items.guard.completedBy',
    'items.guard.owner',
    'items.vars',
    'items.output',
    'items.userName',
    'items.tokenId',
    'items.items.id',
    'items.0.assignee',
    'items.data.x',
    'items.assignee.x',
    'all',
    'all.assignee',
    '_id',
    'logs',
    'savePoints',
    'source',
    'svg',
    'tokens',
    'tokens.data',
    'loops',
    'data',
    'datax',
    'Data.x',
    'id.x',
    'name.0',
    'items',
    'items.',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    '',
    '.',
    ' id',
    'id ',
    'ID',
    'data.',
    'data..x',
    'data.x.',
    'data.$x',
    'data.x.$gt',
    'data.__proto__',
    'data.x.__proto__.y',
    'data.constructor',
    'data.x.prototype',
    'data.x\u0000',
    'data.\ud800',
  ];
  test.each(HIDDEN)('"%s" is refused by name, wherever it stands', (name) => {
    const expected =
      name === 'items' ? /items takes \{\$elemMatch: query\}/ : /Field ".*" is not allowed in a query/s;
    for (const inner of [{ [name]: 'x' }, { [name]: { $ne: null } }, { status: 'x', [name]: null }].filter(
      (query) => name !== '__proto__' || Object.hasOwn(query, name),
    )) {
      for (const outer of [inner, { $and: [{}, inner] }, { $nor: [{ $or: [inner] }] }])
        expect(refusal(outer)).toMatch(expected);
    }
    expect(() => parseField(name, INSTANCE_FIELDS)).toThrow(/Field ".*" is not allowed in a query/s);
  });

  test.each(HIDDEN.filter((name) => name !== '__proto__'))('"%s" is refused inside $elemMatch', (name) => {
    if (!Object.hasOwn(INSTANCE_FIELDS.item, name))
      expect(refusal({ items: { $elemMatch: { [name]: 'x' } } })).toMatch(
        /Field ".*" is not allowed in a query/s,
      );
  });

  test('a path that is too long is refused', () => {
    const [deep, long] = [
      (parts: number) => `data${'.x'.repeat(parts - 1)}`,
      (length: number) => `data.${'x'.repeat(length - 5)}`,
    ];
    expect([
      refusal({ [deep(QUERY_LIMITS.segments)]: 1 }),
      refusal({ [long(QUERY_LIMITS.text)]: 1 }),
    ]).toEqual(['admitted', 'admitted']);
    for (const name of [deep(QUERY_LIMITS.segments + 1), long(QUERY_LIMITS.text + 1)])
      expect(refusal({ [name]: 1 })).toMatch(/^Field "data.{20,60} is not allowed in a query\.$/);
  });

  test('field names of the other level are refused', () => {
    expect(refusal({ items: { $elemMatch: { 'items.status': 'x' } } })).toMatch(
      /"items\.status" is not allowed/,
    );
    expect(refusal({ items: { $elemMatch: { 'data.x': 'x' } } })).toMatch(/"data\.x" is not allowed/);
    expect(refusal({ items: { $elemMatch: { startedBy: 'x' } } })).toMatch(/"startedBy" is not allowed/);
    expect(refusal({ items: { $elemMatch: { items: { $elemMatch: {} } } } })).toMatch(
      /"items" is not allowed/,
    );
    expect(refusal({ assignee: 'x' })).toMatch(/"assignee" is not allowed/);
  });

  test('a list takes one $elemMatch and nothing else', () => {
    for (const value of [
      'x',
      null,
      undefined,
      [],
      {},
      { status: 'x' },
      { $elemMatch: {}, $size: 1 },
      { $not: { $elemMatch: {} } },
      { $exists: true },
      { $size: 0 },
      /x/,
    ])
      expect(refusal({ items: value })).toMatch(/items takes \{\$elemMatch: query\}/);
    for (const value of ['x', null, undefined, [], 5])
      expect(refusal({ items: { $elemMatch: value } })).toMatch(/A query is an object/);
  });

  test('models have fields of their own', () => {
    expect(parseQuery({ name: 'm', owner: null, 'events.elementId': 'e' }, MODEL_FIELDS)).toEqual({
      kind: 'and',
      of: [
        row('name', { $eq: 'm' }),
        { kind: 'absent', on: 'row', field: 'owner' },
        item('elementId', { $eq: 'e' }),
      ],
    });
    for (const name of [
      'source',
      'svg',
      'guard.starts',
      'data.x',
      'processes',
      'items.id',
      'events.guard',
      'events',
    ])
      expect(refusal({ [name]: 'x' }, MODEL_FIELDS)).toMatch(/is not allowed|events takes/);
  });
});

describe('deceptive input', () => {
  class Query {
    status = 'wait';
  }
  test.each<[what: string, input: unknown]>([
    ['a list', []],
    ['a list of queries', [{ status: 'x' }]],
    ['a text', '{"status":"x"}'],
    ['a number', 5],
    ['a function', () => ({})],
    ['a Map', new Map([['status', 'x']])],
    ['an instance of a class', new Query()],
    ['a date', new Date()],
    ['a regular expression', /x/],
    ['one that inherits its fields', Object.create({ status: 'x' })],
  ])('%s is not a query', (_what, input) => {
    expect(refusal(input)).toMatch(/A query is an object, got/);
    expect(refusal({ $and: [input] })).toMatch(/A query is an object, got/);
    expect(refusal({ items: { $elemMatch: input } })).toMatch(/A query is an object, got/);
  });

  test('undefined and null match everything; an object without a prototype is accepted', () => {
    for (const input of [undefined, null, {}, Object.create(null)])
      expect(parse(input)).toEqual({ kind: 'and', of: [] });
    expect(parse(Object.assign(Object.create(null), { status: 'x' }))).toEqual(row('status', { $eq: 'x' }));
  });

  test.each(HOSTILE_VALUES.map((value) => [value]))(
    '%p as an operand is either admitted unchanged or refused',
    (value) => {
      const plain =
        value === null ||
        typeof value === 'boolean' ||
        (typeof value === 'string' && value.isWellFormed()) ||
        (typeof value === 'number' && !Number.isNaN(value)) ||
        (value instanceof Date && !Number.isNaN(value.getTime()));
      for (const query of [
        { status: value },
        { status: { $eq: value } },
        { status: { $ne: value } },
        { 'data.x': { $in: [value] } },
        { 'items.status': value },
      ]) {
        // What stands alone beside a field may also be an operator or a pattern.
        const bare = (query as { status?: unknown }).status === value || 'items.status' in query;
        expect(refusal(query) === 'admitted').toBe(
          plain || (bare && (value instanceof RegExp || Object.hasOwn(Object(value), '$gt'))),
        );
      }
    },
  );

  test('a key that leads to the prototype is refused, and inherited operators do not exist', () => {
    expect(refusal(own('{"__proto__": {"status": "x"}}'))).toMatch(/Field "__proto__" is not allowed/);
    expect(refusal(own('{"status": {"__proto__": {"$eq": "x"}}}'))).toMatch(/got the key "__proto__"/);
    expect(refusal(own('{"data.__proto__": 1}'))).toMatch(/is not allowed/);
    expect(refusal(own('{"items": {"__proto__": {}}}'))).toMatch(/items takes/);
    expect(refusal(own('{"items": {"$elemMatch": {"__proto__": 1}}}'))).toMatch(
      /Field "__proto__" is not allowed/,
    );
  });

  test('inherited properties have no effect', () => {
    const queries = [
      { status: { $gt: 'x' } },
      { 'items.status': { $regex: 'a' } },
      { items: { $elemMatch: { status: 'x' } } },
    ];
    for (const query of queries) {
      const before = parse(query);
      polluted({ $eq: 'x', $options: 'i', $regex: 'b', status: 'y', $elemMatch: {} }, () =>
        expect(parse(query)).toStrictEqual(before),
      );
    }
    expect(polluted({ $regex: 'a' }, () => refusal({ status: { $options: 'i' } }))).toMatch(
      /Operator "\$options"/,
    );
    expect(polluted({ secret: 'secret' }, () => refusal({ secret: 'x' }))).toMatch(
      /Field "secret" is not allowed/,
    );
  });

  test('a symbol key is refused, not dropped', () => {
    for (const query of [
      { [Symbol('or')]: [{}] },
      { status: { $eq: 'x', [Symbol('or')]: 1 } },
      { items: { $elemMatch: {}, [Symbol('or')]: 1 } },
    ])
      expect(refusal(query)).toMatch(/Key Symbol\(or\) is not allowed/);
  });

  test('a getter is read once, and its first value counts', () => {
    let reads = 0;
    const once = {
      get $eq(): unknown {
        return reads++ === 0 ? 'x' : { $gt: '' };
      },
    };
    expect(parse({ status: once })).toEqual(row('status', { $eq: 'x' }));
    expect(reads).toBe(1);
    let looks = 0;
    const element = {
      get $elemMatch(): unknown {
        return looks++ === 0 ? { status: 'x' } : { 'guard.open': true };
      },
    };
    expect(parse({ items: element })).toEqual({ kind: 'element', where: item('status', { $eq: 'x' }) });
    expect(looks).toBe(1);
  });

  test('each key of a proxy is read once', () => {
    const asked: PropertyKey[] = [];
    const proxy = new Proxy(
      { status: 'x', name: 'y' },
      { get: (target, key, receiver) => (asked.push(key), Reflect.get(target, key, receiver) as unknown) },
    );
    expect(parse(proxy)).toEqual({
      kind: 'and',
      of: [row('status', { $eq: 'x' }), row('name', { $eq: 'y' })],
    });
    expect(asked).toEqual(['status', 'name']);
    expect(refusal(new Proxy([{ status: 'x' }], {}))).toMatch(/A query is an object, got a list/);
  });
});

describe('the input', () => {
  const query = (): Record<string, unknown> => ({
    status: 'wait',
    startedAt: { $gte: new Date(0), $lt: new Date(9) },
    $or: [{ name: /a/i }, { 'data.x': { $in: [1, null] } }],
    items: { $elemMatch: { assignee: { $ne: null }, $nor: [{ status: { $not: { $regex: 'b' } } }] } },
  });

  test('is not changed, and a frozen one gives the same', () => {
    const input = query();
    const parsed = parse(input);
    expect(input).toStrictEqual(query());
    expect(parse(deepFreeze(query()))).toEqual(parsed);
  });

  test('may be changed afterwards without effect', () => {
    const date = new Date(5);
    const list = ['a'];
    const input = { saved: date, status: { $in: list } };
    const parsed = parse(input);
    date.setTime(9);
    list.push('b');
    input.status.$in = [];
    expect(parsed).toEqual({
      kind: 'and',
      of: [row('saved', { $eq: new Date(5) }), row('status', { $in: ['a'] })],
    });
  });

  test('a regular expression keeps its lastIndex', () => {
    const pattern = /a/;
    pattern.lastIndex = 3;
    parse({ status: pattern, name: { $regex: pattern } });
    expect(pattern.lastIndex).toBe(3);
  });
});

describe('limits', () => {
  const nested = (depth: number, leaf: unknown = { status: 'x' }): unknown =>
    Array.from({ length: depth }).reduce((inner) => ({ $and: [inner] }), leaf);

  test('depth counts every nesting', () => {
    expect(refusal(nested(QUERY_LIMITS.depth - 1))).toBe('admitted');
    expect(refusal(nested(QUERY_LIMITS.depth))).toMatch(/10 levels deep/);
    expect(refusal(nested(10_000))).toMatch(/10 levels deep/);
    expect(refusal(nested(QUERY_LIMITS.depth - 1, { items: { $elemMatch: { status: 'x' } } }))).toMatch(
      /10 levels deep/,
    );
    const nots = Array.from({ length: 20 }).reduce<unknown>((inner) => ({ $not: inner }), { $eq: 'x' });
    expect(refusal({ status: nots })).toMatch(/10 levels deep/);
  });

  test('the number of conditions', () => {
    const many = (count: number): unknown => ({
      $or: Array.from({ length: count }, () => ({ status: 'x' })),
    });
    expect(refusal(many(99))).toBe('admitted');
    expect(refusal(many(100))).toMatch(/200 conditions/);
    expect(refusal({ $and: Array.from({ length: 1000 }, () => ({})) })).toMatch(/200 conditions/);
    expect(refusal(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`data.x${i}`, 1])))).toMatch(
      /200 conditions/,
    );
  });

  test('the length of a list and of a text', () => {
    expect(refusal({ id: { $in: new Array(QUERY_LIMITS.list).fill('x') } })).toBe('admitted');
    expect(refusal({ id: { $in: new Array(QUERY_LIMITS.list + 1).fill('x') } })).toMatch(
      /at most 500 values/,
    );
    expect(refusal({ id: 'x'.repeat(QUERY_LIMITS.text) })).toBe('admitted');
    expect(refusal({ id: 'x'.repeat(QUERY_LIMITS.text + 1) })).toMatch(/at most 2000 characters/);
    expect(refusal({ id: { $in: ['x'.repeat(QUERY_LIMITS.text + 1)] } })).toMatch(/at most 2000 characters/);
  });

  test('an error names what was met in few words', () => {
    expect(refusal({ ['x'.repeat(5000)]: 1 }).length).toBeLessThan(200);
    expect(refusal({ status: { ['$'.repeat(5000)]: 1 } }).length).toBeLessThan(200);
    expect(refusal({ status: { $gt: new Array(5000).fill('x') } }).length).toBeLessThan(200);
  });
});

test('whatever the input, it is refused openly or what comes out is made of admitted fields and operators', () => {
  const fields = new Set([...Object.values(INSTANCE_FIELDS.row), ...Object.values(INSTANCE_FIELDS.item)]);
  const check = (query: CallerQuery): void => {
    if (query.kind === 'element') return check(query.where);
    if ('of' in query) return query.of.forEach(check);
    expect(fields.has(query.field) || (query.on === 'row' && query.field.startsWith('data.'))).toBe(true);
    if (query.kind === 'absent') return;
    expect(
      Object.keys(query.test).every((name) =>
        ['$eq', '$gt', '$gte', '$lt', '$lte', '$in', '$exists', '$regex', '$options'].includes(name),
      ),
    ).toBe(true);
    for (const operand of Object.values(query.test).flat())
      expect(typeof operand !== 'object' || operand instanceof Date).toBe(true);
  };
  const key = fc.oneof(
    fc.constantFrom(
      '$and',
      '$or',
      '$nor',
      '$not',
      '$in',
      '$eq',
      '$ne',
      '$regex',
      '$options',
      '$elemMatch',
      '$where',
      '$expr',
      'items',
      'items.status',
      'status',
      'data.x',
      'guard.open',
      '__proto__',
      'constructor',
    ),
    fc.string(),
  );
  const value = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(fc.constantFrom(...HOSTILE_VALUES), fc.string({ unit: 'binary' })),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(key, tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(fc.oneof(value, fc.dictionary(key, value, { maxKeys: 3 })), (input) => {
      if (refusal(input) === 'admitted') check(parse(input));
    }),
    { numRuns: 3000 },
  );
});
