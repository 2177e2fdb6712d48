import fc from 'fast-check';
import { bind } from '../../../src/core/evaluation/bind.js';
import { parseCondition, printCondition } from '../../../src/core/condition/json.js';
import {
  and,
  compare,
  eq,
  EVERYTHING,
  exists,
  isIn,
  not,
  NOTHING,
  or,
  overlaps,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { BadInput } from '../../../src/core/errors.js';
import { compile } from '../../../src/core/evaluation/evaluate.js';
import { condition, principal, resource } from '../arbitraries.js';
import { HOSTILE_VALUES, polluted } from '../hostile.js';

const nested = (depth: number): unknown => (depth === 0 ? { 'item.x': 1 } : { $not: nested(depth - 1) });
const circular: Record<string, unknown> = {};
circular['item.x'] = { $eq: circular };

describe('the JSON form of a condition', () => {
  test.each<[json: unknown, condition: Condition]>([
    [{}, EVERYTHING],
    [{ $nor: [{}] }, NOTHING],
    [{ 'item.x': 'a' }, eq('item.x', 'a')],
    [{ 'item.x': 'a', 'instance.name': 'b' }, and(eq('item.x', 'a'), eq('instance.name', 'b'))],
    [{ 'item.x': { $gt: 1, $lte: 5 } }, and(compare('gt', 'item.x', 1), compare('lte', 'item.x', 5))],
    [
      { 'data.topic': { $in: '$user.expertise' } },
      isIn('instance.data.topic', { ref: 'user', path: 'expertise' }),
    ],
    [{ 'item.assignee': '$data.requester' }, eq('item.assignee', { ref: 'data', path: 'requester' })],
    [
      { 'item.assignee': { $ne: '$role.owner' } },
      compare('ne', 'item.assignee', { ref: 'role', path: 'owner' }),
    ],
    [
      { 'roles.owner': '$user.userName' },
      eq('instance.guard.roles.owner', { ref: 'user', path: 'userName' }),
    ],
    [{ 'model.name': { $nin: ['a', 'b'] } }, and(exists('model.name'), not(isIn('model.name', ['a', 'b'])))],
    [{ 'item.x': { $exists: false } }, exists('item.x', false)],
    [{ 'item.x': { $not: { $gt: 1 } } }, not(compare('gt', 'item.x', 1))],
    [{ $or: [{ 'item.x': 1 }, { 'item.y': 2 }] }, or(eq('item.x', 1), eq('item.y', 2))],
    [{ $nor: [{ 'item.x': 1 }, { 'item.y': 2 }] }, not(or(eq('item.x', 1), eq('item.y', 2)))],
    [{ $not: { 'item.x': 1 } }, not(eq('item.x', 1))],
    [
      { items: { $elemMatch: { 'item.x': 1, 'item.y': 2 } } },
      some('instance.items', and(eq('item.x', 1), eq('item.y', 2))),
    ],
    [{ 'item.x': { $in: [] } }, NOTHING],
    [{ 'item.since': new Date(5) }, eq('item.since', new Date(5))],
  ])('%j is read', (json, expected) => {
    expect(parseCondition(json)).toEqual(expected);
  });

  const REFUSED: [what: string, json: unknown, message: RegExp][] = [
    ['null', null, /is an object, got null/],
    ['a text', '{}', /is an object, got "\{\}"/],
    ['a list', [{ 'item.x': 1 }], /is an object/],
    ['a date', new Date(0), /is an object/],
    ['an instance of a class', new (class Rule {})(), /is an object/],
    ['$where', { $where: 'true' }, /Operator "\$where" is not allowed/],
    ['$expr', { $expr: { $eq: [1, 1] } }, /Operator "\$expr" is not allowed/],
    ['$where below $and', { $and: [{ 'item.x': 1 }, { $where: 'true' }] }, /"\$where"/],
    ['$function below $not', { $not: { $function: {} } }, /"\$function"/],
    ['$where in an element', { items: { $elemMatch: { $where: 'true' } } }, /"\$where"/],
    ['$regex', { 'item.x': { $regex: '.*' } }, /Operator "\$regex" at "item\.x" is not allowed/],
    ['a misspelt operator', { 'item.x': { $gtt: 1 } }, /Did you mean \$gt\?/],
    ['a misspelt combination', { $orr: [] }, /Did you mean \$or\?/],
    ['$where at a field', { 'item.x': { $where: 'true' } }, /"\$where" at "item\.x"/],
    ['$regex under a $not at a field', { 'item.x': { $not: { $regex: '.*' } } }, /"\$regex"/],
    ['a regular expression', { 'item.x': /a/ }, /item\.x takes a text/],
    ['a key of an object that is no operator', { 'item.x': { y: 1 } }, /Operator "y"/],
    ['an inherited name as operator', { 'item.x': { constructor: 1 } }, /Operator "constructor"/],
    [
      '__proto__ as operator',
      { 'item.x': JSON.parse('{"__proto__": 1}') as unknown },
      /Operator "__proto__"/,
    ],
    [
      'a field without a root',
      { assignee: 'a' },
      /Field "assignee" must begin with one of item\., instance\., model\., data\., roles\./,
    ],
    ['a field of an unknown root', { 'guard.open': true }, /Field "guard\.open" must begin/],
    ['an inherited name as root', { 'constructor.name': 'a' }, /Field "constructor\.name" must begin/],
    ['toString as root', { 'toString.x': 'a' }, /Field "toString\.x" must begin/],
    ['__proto__ as root', JSON.parse('{"__proto__.x": 1}'), /Field "__proto__\.x" must begin/],
    ['__proto__ as a field', JSON.parse('{"__proto__": {"item.x": 1}}'), /Field "__proto__" must begin/],
    ['a part __proto__', { 'data.__proto__.x': 1 }, /unexpected part "__proto__"/],
    ['a part constructor', { 'item.constructor': 1 }, /unexpected part "constructor"/],
    ['a part prototype', { 'item.a.prototype.b': 1 }, /unexpected part "prototype"/],
    ['an empty part', { 'item..x': 1 }, /unexpected part ""/],
    ['an empty last part', { 'item.': 1 }, /unexpected part ""/],
    ['a part with $', { 'item.$x': 1 }, /unexpected part "\$x"/],
    ['a part with NUL', { 'item.a\0b': 1 }, /unexpected part "a\\u0000b"/],
    ['null as value', { 'item.x': null }, /item\.x takes a text, number, boolean or date, got null/],
    ['undefined as value', { 'item.x': undefined }, /item\.x takes .* got undefined/],
    ['NaN', { 'item.x': NaN }, /item\.x takes/],
    ['a list as value', { 'item.x': ['a'] }, /item\.x takes/],
    ['an empty condition at a field', { 'item.x': {} }, /empty condition/],
    ['an object as operand', { 'item.x': { $eq: { $gt: '' } } }, /item\.x: \$eq takes/],
    ['half a surrogate pair', { 'item.x': '\ud800' }, /item\.x takes/],
    ['a bigint', { 'item.x': 10n }, /item\.x takes .* got 10/],
    ['what refers to itself', circular, /item\.x: \$eq takes/],
    ['an unknown reference', { 'item.x': '$env.HOME' }, /"\$env\.HOME" begins with \$ but is none of/],
    ['a reference without a path', { 'item.x': '$user' }, /"\$user" begins with \$/],
    ['a reference to __proto__', { 'item.x': '$user.__proto__' }, /unexpected part "__proto__"/],
    ['a reference with an empty part', { 'item.x': '$data.a..b' }, /unexpected part ""/],
    [
      'an order between two fields',
      { 'item.x': { $gt: '$data.limit' } },
      /cannot compare with \$data\.limit/,
    ],
    ['a text for $in', { 'item.x': { $in: 'a' } }, /takes a list or a reference, got "a"/],
    ['null for $in', { 'item.x': { $in: null } }, /takes a list/],
    ['null within $in', { 'item.x': { $in: ['a', null] } }, /item\.x: \$in takes a text/],
    ['a hole within $in', { 'item.x': { $in: new Array(1) } }, /item\.x: \$in takes a text/],
    ['a reference within $in', { 'item.x': { $in: ['$user.userName'] } }, /takes plain values/],
    [
      'a list too long for $in',
      { 'item.x': { $in: Array.from({ length: 501 }, (_, i) => i) } },
      /at most 500/,
    ],
    ['a number for $exists', { 'item.x': { $exists: 1 } }, /takes true or false/],
    ['an empty $or', { $or: [] }, /\$or takes a list of conditions/],
    ['an empty $and', { $and: [] }, /\$and takes a list of conditions/],
    ['an object for $and', { $and: { 0: {} } }, /\$and takes a list/],
    ['null within $or', { $or: [null] }, /is an object, got null/],
    ['a hole within $or', { $or: new Array(1) }, /is an object, got undefined/],
    ['items without $elemMatch', { items: { 'item.x': 1 } }, /items takes \{\$elemMatch/],
    ['items with more than $elemMatch', { items: { $elemMatch: {}, $size: 1 } }, /items takes/],
    [
      'a field of the instance in an element',
      { items: { $elemMatch: { $or: [{ 'item.x': 1 }, { 'data.y': 1 }] } } },
      /one item only, got "instance\.data\.y"/,
    ],
    [
      'a value of the instance in an element',
      { items: { $elemMatch: { $not: { 'item.x': '$data.y' } } } },
      /one item only, got "\$data\.y"/,
    ],
    [
      'items in an element',
      { items: { $elemMatch: { items: { $elemMatch: { 'item.x': 1 } } } } },
      /one item only, got "instance\.items"/,
    ],
    ['items as a value', { items: 'a' }, /items takes/],
    ['more levels than are admitted', nested(20), /12 levels deep/],
    [
      'more nodes than are admitted',
      { $or: Array.from({ length: 300 }, () => ({ 'item.x': 1 })) },
      /200 nodes/,
    ],
  ];

  test.each(REFUSED)('%s is refused, and the error names the value', (_what, json, message) => {
    expect(() => parseCondition(json)).toThrow(BadInput);
    expect(() => parseCondition(json)).toThrow(message);
    expect(() => parseCondition(json)).toThrow(
      expect.objectContaining({ code: 'bad-condition', status: 400 }) as Error,
    );
  });

  test.each(HOSTILE_VALUES.map((value) => [value]))(
    'either parses or throws an error with a code: %p',
    (value) => {
      for (const json of [
        value,
        { 'item.x': value },
        { 'item.x': { $in: value } },
        { 'item.x': { $eq: value } },
        { $and: value },
        { $and: [value] },
        { $not: value },
        { items: value },
        { items: { $elemMatch: value } },
      ]) {
        try {
          parseCondition(json);
        } catch (error) {
          expect(error).toBeInstanceOf(BadInput);
        }
      }
    },
  );

  test('any JSON value either parses or throws an error with a code', () => {
    const key = fc.oneof(
      fc.constantFrom(
        '$and',
        '$or',
        '$not',
        '$in',
        '$eq',
        '$elemMatch',
        'items',
        'item.x',
        'data.y',
        '__proto__',
        'constructor',
        '$where',
      ),
      fc.string(),
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.jsonValue(), fc.constantFrom('$user.a', '$x')),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: false }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        try {
          parseCondition(value);
        } catch (error) {
          expect(error).toBeInstanceOf(BadInput);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('inherited properties are ignored', () => {
    expect(
      polluted({ $where: 'true', 'item.x': 1, $gt: '' }, () => [
        parseCondition({}),
        parseCondition({ 'item.y': 1 }),
      ]),
    ).toEqual([EVERYTHING, eq('item.y', 1)]);
  });

  test('a round trip through JSON preserves the meaning', () => {
    fc.assert(
      fc.property(condition.filter(smallEnough), principal, resource, (c, who, one) => {
        const again = parseCondition(printCondition(c));
        expect(compile(bind(again, who))(one)).toBe(compile(bind(c, who))(one));
        expect(printCondition(parseCondition(printCondition(again)))).toEqual(printCondition(again));
      }),
      { numRuns: 1000 },
    );
  });

  test('the printed form is plain JSON', () => {
    const json = {
      $or: [
        { 'instance.data.topic': { $in: '$user.expertise' } },
        { items: { $elemMatch: { 'item.assignee': { $eq: '$user.userName' } } } },
      ],
    };
    expect(printCondition(parseCondition(JSON.parse(JSON.stringify(json))))).toEqual(json);
  });
});

/** More nodes or levels than a rule may have cannot be read back. */
function smallEnough(c: Condition): boolean {
  try {
    parseCondition(printCondition(c));
    return true;
  } catch (error) {
    return !/nodes|levels/.test((error as Error).message);
  }
}

describe('the limits of a condition', () => {
  const deep = (depth: number): unknown => (depth === 0 ? {} : { $and: [deep(depth - 1)] });
  const not = (depth: number): unknown => (depth === 0 ? {} : { $not: not(depth - 1) });
  const fieldNot = (depth: number): unknown => (depth === 0 ? { $eq: 1 } : { $not: fieldNot(depth - 1) });
  const elements = (depth: number): unknown =>
    depth === 0 ? { 'item.x': 1 } : { $nor: [elements(depth - 1)] };

  test.each<[string, (depth: number) => unknown, number]>([
    ['lists', deep, 12],
    ['negations', not, 12],
    ['negations at a field', (depth) => ({ 'item.x': fieldNot(depth) }), 11],
    ['an element', (depth) => ({ items: { $elemMatch: elements(depth) } }), 9],
  ])('twelve levels of %s', (_what, made, most) => {
    expect(() => parseCondition(made(most))).not.toThrow();
    expect(() => parseCondition(made(most + 1))).toThrow('A condition may be at most 12 levels deep.');
  });

  test('200 nodes, each condition and each field one', () => {
    const fields = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`item.x${at}`, 1]));
    expect(() => parseCondition(fields(199))).not.toThrow();
    expect(() => parseCondition(fields(200))).toThrow('A condition may have at most 200 nodes.');
  });

  test('500 values in a list', () => {
    const list = (count: number): object => ({
      'item.x': { $in: Array.from({ length: count }, (_, at) => at) },
    });
    expect(() => parseCondition(list(500))).not.toThrow();
    expect(() => parseCondition(list(501))).toThrow(
      'item.x: $in takes a list of at most 500 values, got [0,1',
    );
  });
});

test.each<[unknown, string]>([
  [
    { 'user.level': '$data.level' },
    'user.level is compared with constants only; swap the two sides, as in { "data.x": "$user.level" }.',
  ],
  [{ 'user.level': { $in: '$data.levels' } }, 'user.level is compared with constants'],
  [
    { assignee: 'a' },
    'Field "assignee" must begin with one of item., instance., model., data., roles., user.',
  ],
  [{ '.x': 'a' }, 'Field ".x" must begin with one of'],
  [
    { items: { $elemMatch: { 'item.x': '$data.x' } } },
    'items: {$elemMatch} takes conditions on one item only, got "$data.x"; put the others beside it.',
  ],
  [{ items: { $elemMatch: { 'data.x': 1 } } }, 'got "instance.data.x"'],
])('%j is refused: %s', (json, message) => {
  expect(() => parseCondition(json)).toThrow(message);
});

test.each<[unknown, Condition]>([
  [{ 'user.level': { $gt: 1 } }, compare('gt', 'user.level', 1)],
  [{ 'item.x': { $lt: 1 } }, compare('lt', 'item.x', 1)],
  [{ 'item.x': 'pay $user.name' }, eq('item.x', 'pay $user.name')],
  [{ 'item.x': { $in: ['a', 'b'] } }, isIn('item.x', ['a', 'b'])],
  [{ 'item.x': '$user.a.b' }, eq('item.x', { ref: 'user', path: 'a.b' })],
])('%j is read as it is written', (json, expected) => {
  expect(parseCondition(json)).toEqual(expected);
});

test.each<[Condition, object]>([
  [isIn('item.x', ['a', 'b']), { 'item.x': { $in: ['a', 'b'] } }],
  [overlaps('item.x', ['a']), { 'item.x': { $in: ['a'] } }],
  [overlaps('item.x', { ref: 'user', path: 'groups' }), { 'item.x': { $in: '$user.groups' } }],
  [exists('item.x', false), { 'item.x': { $exists: false } }],
  [not(eq('item.x', 1)), { $nor: [{ 'item.x': { $eq: 1 } }] }],
  [NOTHING, { $nor: [{}] }],
  [EVERYTHING, {}],
])('%j is printed', (one, json) => {
  expect(printCondition(one)).toEqual(json);
});

test.each([undefined, null, 'x', [], { foo: 1 }, { op: 'eq' }, { op: 'and' }, { 'item.x': 1 }])(
  '%j is no condition to print',
  (value) => {
    expect(() => printCondition(value as never)).toThrow(
      new TypeError('printCondition takes a condition, as parseCondition gives it.'),
    );
  },
);
