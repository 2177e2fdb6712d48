import { Binary, Decimal128, Long, ObjectId } from 'bson';
import { polluted } from '../../core/hostile.js';
import { compileMatch } from '../../../src/store/bson/match.js';
import type { Filter } from '../../../src/store/port.js';

const ID = new ObjectId('0123456789abcdef01234567');
const bytes = (text: string, subtype = 0): Binary => new Binary(Buffer.from(text), subtype);
const json = (text: string): unknown => JSON.parse(text);

/** From MongoDB's manual, its source (`matcher/path.cpp`) and its own tests. */
const CASES: readonly (readonly [
  what: string,
  filter: Filter,
  yes: readonly unknown[],
  no: readonly unknown[],
])[] = [
  ['everything', {}, [{}, { a: 1 }, null], []],
  [
    'a scalar equals itself and an entry of a list',
    { a: 1 },
    [{ a: 1 }, { a: [2, 1] }, { a: Long.fromNumber(1) }, { a: Decimal128.fromString('1.0') }],
    [{ a: '1' }, { a: true }, {}, { a: [[1]] }, { a: { 0: 1 } }],
  ],
  ['-0 equals 0', { a: 0 }, [{ a: -0 }], [{ a: false }, { a: null }, { a: '' }]],
  ['NaN equals NaN alone', { a: NaN }, [{ a: NaN }, { a: [NaN] }], [{ a: 0 }, {}, { a: 'NaN' }]],
  [
    'null equals null and missing',
    { a: null },
    [{}, { a: null }, { a: [null] }, null, 'text'],
    [{ a: [] }, { a: 0 }, { a: [[null]] }],
  ],
  [
    'null on a path: a scalar has no field',
    { 'a.b': null },
    [{}, { a: 1 }, { a: {} }, { a: { b: null } }, { a: [{}] }, { a: [{ b: 1 }, {}] }],
    [{ a: [] }, { a: [1] }, { a: [[]] }, { a: [{ b: 1 }] }],
  ],
  [
    'a number on a path is a place in a list, or a name in its documents; one with a leading 0 or a letter is a name',
    { 'a.10': 1, 'b.01': 1, 'c.1x': 1 },
    [
      {
        a: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        b: [{ '01': 1 }],
        c: [{ '1x': 1 }],
      },
    ],
    [
      { a: [0, 1], b: [{ '01': 1 }], c: [{ '1x': 1 }] },
      { a: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], b: [0, 1], c: [{ '1x': 1 }] },
      { a: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], b: [{ '01': 1 }], c: [0, 1] },
    ],
  ],
  [
    '$ne null is the reverse',
    { 'a.b': { $ne: null } },
    [{ a: [] }, { a: [1] }, { a: [{ b: 1 }] }],
    [{}, { a: 1 }, { a: [{ b: 1 }, {}] }],
  ],
  [
    '$ne holds when no value equals',
    { a: { $ne: 1 } },
    [{}, { a: 2 }, { a: [] }, { a: [[1]] }],
    [{ a: 1 }, { a: [2, 1] }],
  ],
  [
    '$nin holds when none is one of them',
    { a: { $nin: [1, null] } },
    [{ a: 2 }, { a: [] }],
    [{}, { a: [2, null] }, { a: [1] }],
  ],
  [
    '$in takes values, null, patterns, lists and documents',
    { a: { $in: [1, null, /^x/, [7], { b: 1 }] } },
    [{}, { a: 1 }, { a: 'xy' }, { a: [7] }, { a: [[7]] }, { a: { b: 1 } }],
    [{ a: 2 }, { a: 'y' }, { a: 7 }, { a: { b: 1, c: 1 } }],
  ],
  ['$in of nothing admits nothing', { a: { $in: [] } }, [], [{}, { a: [] }, { a: null }]],
  [
    'a path goes through a list of documents',
    { 'a.b': 1 },
    [{ a: { b: 1 } }, { a: [{ b: 2 }, { b: 1 }] }, { a: [{ b: [1] }] }],
    [{ a: [[{ b: 1 }]] }, { a: [1] }, { a: [{ b: [[1]] }] }],
  ],
  [
    'a number on a path is a place or a field',
    { 'a.1': 'x' },
    [{ a: ['y', 'x'] }, { a: { 1: 'x' } }, { a: [{ 1: 'x' }] }],
    [{ a: ['x'] }, { a: ['y', ['x']] }, { a: [['y', 'x']] }],
  ],
  [
    'a place leads further',
    { 'a.0.b': 1 },
    [{ a: [{ b: 1 }] }, { a: [[{ b: 1 }]] }],
    [{ a: [{ b: 2 }, { b: 1 }] }, { a: [1] }],
  ],
  [
    'a place is asked of the list as it is written',
    { 'a.01': 'x' },
    [{ a: { '01': 'x' } }],
    [{ a: ['y', 'x'] }],
  ],
  [
    'a list equals itself, also as an entry',
    { a: [1, 2] },
    [{ a: [1, 2] }, { a: [[1, 2]] }],
    [{ a: [2, 1] }, { a: [1] }, { a: 1 }],
  ],
  ['an empty list', { a: [] }, [{ a: [] }, { a: [[]] }], [{}, { a: null }, { a: [1] }]],
  [
    'a document equals one with the same fields in the same order',
    { a: { x: 1, y: 2 } },
    [{ a: { x: 1, y: 2 } }, { a: [{ x: 1, y: 2 }] }],
    [{ a: { y: 2, x: 1 } }, { a: { x: 1 } }, { a: { x: 1, y: 2, z: 3 } }],
  ],
  ['an empty document', { a: {} }, [{ a: {} }], [{}, { a: { x: 1 } }, { a: [] }]],
  [
    'dates, ids and bytes are equal by content',
    { a: { $in: [new Date(5), ID, bytes('x')] } },
    [{ a: new Date(5) }, { a: new ObjectId(ID.toHexString()) }, { a: bytes('x') }],
    [{ a: 5 }, { a: ID.toHexString() }, { a: bytes('x', 4) }, { a: 'x' }],
  ],
  [
    'a range keeps to its type',
    { a: { $gt: 1 } },
    [{ a: 2 }, { a: [0, 2] }, { a: Infinity }],
    [{ a: '2' }, { a: new Date(2) }, { a: true }, { a: NaN }, { a: null }, {}, { a: [[2]] }],
  ],
  [
    'texts are ordered by code point',
    { a: { $gt: '\uffff' } },
    [{ a: '\u{1f600}' }],
    [{ a: 'z' }, { a: '\uffff' }],
  ],
  [
    'dates are ordered by time',
    { a: { $gte: new Date(1), $lt: new Date(3) } },
    [{ a: new Date(2) }, { a: [new Date(0), new Date(1)] }],
    [{ a: new Date(3) }, { a: 2 }],
  ],
  ['two bounds may be met by two entries', { a: { $gt: 5, $lt: 3 } }, [{ a: [1, 9] }], [{ a: 4 }]],
  ['$gte null is null or missing', { a: { $gte: null } }, [{}, { a: null }], [{ a: 1 }, { a: [] }]],
  ['$gt null is nothing', { a: { $gt: null } }, [], [{}, { a: null }, { a: 1 }]],
  ['$gte NaN is NaN', { a: { $gte: NaN } }, [{ a: NaN }], [{ a: 1 }, {}]],
  [
    'lists are ordered entry by entry',
    { a: { $gt: [1, 2] } },
    [{ a: [1, 3] }, { a: [1, 2, 0] }, { a: [[2]] }],
    [{ a: [1, 2] }, { a: 9 }],
  ],
  ['booleans are ordered', { a: { $gt: false } }, [{ a: true }], [{ a: false }, { a: 1 }]],
  ['ids are ordered', { a: { $gt: ID } }, [{ a: new ObjectId('f'.repeat(24)) }], [{ a: ID }, { a: 'f' }]],
  [
    'documents are ordered by type, name, value',
    { a: { $gt: { x: 1 } } },
    [{ a: { x: 2 } }, { a: { y: 0 } }, { a: { a: '' } }],
    [{ a: { x: 1 } }, { a: { x: 0 } }],
  ],
  [
    '$exists looks at the field, not into a list',
    { a: { $exists: true } },
    [{ a: null }, { a: [] }, { a: 0 }],
    [{}, null, []],
  ],
  [
    '$exists false on a path',
    { 'a.b': { $exists: false } },
    [{}, { a: 1 }, { a: [] }, { a: [1] }, { a: [{}] }],
    [{ a: { b: null } }, { a: [{}, { b: 1 }] }],
  ],
  [
    '$type number',
    { a: { $type: 'number' } },
    [{ a: 1 }, { a: 1.5 }, { a: NaN }, { a: ['x', 1] }],
    [{ a: '1' }, { a: new Date(1) }, {}, { a: [[1]] }],
  ],
  ['$type int and double', { a: { $type: 'int' } }, [{ a: 1 }], [{ a: 1.5 }, { a: -0 }, { a: 2 ** 40 }]],
  [
    '$type of several',
    { a: { $type: ['string', 'bool', 'date', 'objectId', 'binData'] } },
    [{ a: '' }, { a: false }, { a: new Date(NaN) }, { a: ID }, { a: bytes('') }],
    [{ a: 0 }, { a: {} }, { a: null }],
  ],
  [
    '$type array is the list itself or one within',
    { a: { $type: 'array' } },
    [{ a: [] }, { a: [[]] }],
    [{ a: { length: 1 } }, { a: 'x' }],
  ],
  [
    '$type object',
    { a: { $type: 'object' } },
    [{ a: {} }, { a: [{}] }, { a: json('{"_bsontype":"ObjectId"}') }],
    [{ a: new Date() }, { a: ID }, { a: [[{}]] }, { a: null }],
  ],
  [
    '$regex is asked of texts',
    { a: { $regex: '^al.ce$' } },
    [{ a: 'alice' }, { a: ['x', 'al\u{1f600}ce'] }, { a: 'alice\n' }],
    [{ a: 'malice' }, { a: 'al\nce' }, { a: { alice: 1 } }, { a: 1 }, {}],
  ],
  ['$options', { a: { $regex: 'L.I', $options: 'is' } }, [{ a: 'l\ni' }], [{ a: 'li' }]],
  ['m makes $ and ^ match at lines', { a: /^b$/m }, [{ a: 'a\nb\nc' }], [{ a: 'ab' }]],
  ['a pattern as a value', { a: /B/i }, [{ a: 'abc' }, { a: /B/i }], [{ a: /b/ }, { a: 'acc' }]],
  [
    '\\s is ASCII, a dot in a class a dot, an escaped $ a dollar',
    { a: /^\s[.\s]\$$/ },
    [{ a: '\t.$' }, { a: '  $' }],
    [{ a: '\u00a0.$' }, { a: ' x$' }],
  ],
  [
    '$not takes back operators and patterns',
    { $and: [{ a: { $not: { $gt: 1 } } }, { a: { $not: /x/ } }] },
    [{}, { a: 1 }, { a: 'y' }],
    [{ a: 2 }, { a: [0, 2] }, { a: 'x' }],
  ],
  [
    '$elemMatch on values asks one entry',
    { a: { $elemMatch: { $gt: 5, $lt: 9 } } },
    [{ a: [7] }, { a: [1, 6, 20] }],
    [{ a: 7 }, { a: [1, 20] }, { a: [[7]] }],
  ],
  [
    '$elemMatch on documents asks one entry',
    { a: { $elemMatch: { x: 1, y: 2 } } },
    [{ a: [{ x: 1, y: 2 }] }, { a: [{ x: [1], y: 2 }] }],
    [{ a: { x: 1, y: 2 } }, { a: [{ x: 1 }, { y: 2 }] }, { a: [[{ x: 1, y: 2 }]] }],
  ],
  [
    '$elemMatch with a negation does not meet scalars',
    { a: { $elemMatch: { $nor: [{ x: 1 }] } } },
    [{ a: [{}] }, { a: [{ x: 1 }, { x: 2 }] }, { a: [[]] }],
    [{ a: [] }, { a: [1, null, 'x'] }, { a: [{ x: 1 }] }],
  ],
  [
    '$elemMatch takes a list within for a document of its places',
    { a: { $elemMatch: { 1: 'x' } } },
    [{ a: [['y', 'x']] }],
    [{ a: ['y', 'x'] }],
  ],
  [
    '$elemMatch within $elemMatch',
    { a: { $elemMatch: { $elemMatch: { $gt: 1 } } } },
    [{ a: [[2]] }],
    [{ a: [2] }, { a: [[1]] }],
  ],
  [
    '$elemMatch on a path',
    { 'a.b': { $elemMatch: { $eq: 1 } } },
    [{ a: { b: [1] } }, { a: [{ b: [1] }] }],
    [{ a: { b: 1 } }, { a: [{ b: 1 }] }],
  ],
  [
    '$elemMatch of nothing meets documents',
    { a: { $elemMatch: {} } },
    [{ a: [{}] }],
    [{ a: [1] }, { a: [] }, { a: {} }],
  ],
  ['$size', { a: { $size: 1 } }, [{ a: [[]] }, { a: [1] }], [{ a: [] }, { a: 1 }, { a: { length: 1 } }]],
  ['several operators on a field all hold', { a: { $ne: 1, $exists: true } }, [{ a: 2 }], [{}, { a: 1 }]],
  [
    '$or and $nor',
    { $or: [{ a: 1 }, { $nor: [{ b: 1 }, { b: 2 }] }] },
    [{ a: 1, b: 1 }, {}, { b: 3 }],
    [{ b: 1 }],
  ],
  [
    'what is inherited does not exist',
    {
      $or: [
        { constructor: { $exists: true } },
        { 'a.toString': { $exists: true } },
        { ['__proto__']: 1 },
        { 'a.length': { $exists: true } },
      ],
    },
    [],
    [{ a: {} }, { a: [1] }, { a: 'x' }],
  ],
  [
    'a field may have any name',
    { 'a.__proto__.x': 1 },
    [{ a: json('{"__proto__": {"x": 1}}') }],
    [{ a: {} }, { a: { x: 1 } }],
  ],
  [
    '$expr compares two fields',
    { $expr: { $eq: ['$a', '$b.c'] } },
    [{ a: 1, b: { c: 1 } }, {}, { a: [1], b: [{ c: 1 }] }, { a: new Date(1), b: { c: new Date(1) } }],
    [{ a: 1 }, { a: null }, { a: 1, b: { c: '1' } }, { a: 1, b: [{ c: 1 }] }],
  ],
  [
    '$expr tells missing from null',
    { $expr: { $ne: ['$a', null] } },
    [{}, { a: 1 }, { a: [] }],
    [{ a: null }],
  ],
  [
    '$expr $in is behind a test that it is a list',
    { $expr: { $and: [{ $isArray: '$b' }, { $in: ['$a', '$b'] }] } },
    [
      { a: 1, b: [1] },
      { a: [1], b: [[1]] },
    ],
    [{ a: 1, b: 1 }, { a: 1 }, { a: [1], b: [1] }],
  ],
  [
    '$expr $cond chooses before $in asks',
    { $expr: { $in: ['$a', { $cond: [{ $isArray: '$b' }, '$b', []] }] } },
    [{ a: 1, b: [2, 1] }],
    [{ a: 1, b: 1 }, { a: 1 }, {}],
  ],
  [
    '$expr compares with a document, and with a text that begins with $, as a literal',
    { $expr: { $and: [{ $eq: ['$a', { $literal: { b: 1 } }] }, { $eq: ['$c', { $literal: '$a' }] }] } },
    [{ a: { b: 1 }, c: '$a' }],
    [{ a: { b: 1 }, c: 'x' }, { a: { b: 2 }, c: '$a' }, {}],
  ],
  [
    '$expr takes null, 0, false and what is missing for false, and all else for true',
    { $expr: '$a' },
    [{ a: 1 }, { a: '' }, { a: [] }, { a: {} }, { a: -1 }],
    [{}, { a: null }, { a: 0 }, { a: false }],
  ],
  [
    '$expr $type',
    { $expr: { $in: [{ $type: '$a' }, ['int', 'missing', 'null']] } },
    [{ a: 1 }, {}, { a: null }],
    [{ a: 1.5 }, { a: '1' }],
  ],
];

test.each(CASES)('%s', (_, filter, yes, no) => {
  const match = compileMatch(filter);
  expect({
    admitted: [...yes, ...no].filter(match),
    refused: [...yes, ...no].filter((document) => !match(document)),
  }).toEqual({ admitted: yes, refused: no });
});

describe('an unsupported operator is named in the error', () => {
  test.each<[filter: Filter, message: RegExp]>([
    [{ $where: 'true' }, /\$where/],
    [{ a: { $near: 1 } }, /\$near/],
    [{ a: { $gt: 1, b: 1 } }, /operator b /],
    [{ $and: [{ a: { $mod: [2, 0] } }] }, /\$mod/],
    [{ a: { $elemMatch: { $foo: 1 } } }, /\$foo/],
    [{ a: { $not: 1 } }, /\$not/],
    [{ $and: [] }, /\$and/],
    [{ $or: { a: 1 } }, /\$or/],
    [{ $nor: [1] }, /\$nor/],
    [{ a: { $in: 1 } }, /\$in/],
    [{ a: { $type: 'text' } }, /text/],
    [{ a: { $type: 'constructor' } }, /constructor/],
    [{ a: { $options: 'i' } }, /\$options/],
    [{ a: { $regex: '(' } }, /\$regex/],
    [{ a: { $regex: 'a', $options: 'x' } }, /\$options/],
    [{ a: { $gt: /a/ } }, /\$gt/],
    [{ a: undefined }, /undefined/],
    [{ $expr: { $function: {} } }, /\$function/],
    [{ $expr: { $eq: ['$$ROOT', 1] } }, /\$\$ROOT/],
    [{ $expr: { $eq: [1] } }, /\$eq takes two operands/],
    [{ $expr: { $eq: ['$a', 1, 1] } }, /\$eq takes two operands/],
    [{ $expr: { $in: '$a' } }, /\$in takes two operands/],
    [{ $expr: { $cond: ['$a', 1] } }, /\$cond takes three operands/],
    [{ $expr: { $cond: { if: '$a' } } }, /\$cond takes three operands/],
    [{ $expr: { $gt: ['$a', 1] } }, /\$gt in \$expr/],
    [{ $expr: { $eq: ['$a', { b: 1 }] } }, /needs \$literal/],
    [{ $expr: { $eq: ['$a', { $literal: 1, b: 1 }] } }, /needs \$literal/],
    [{ $expr: {} }, /needs \$literal/],
  ])('%j', (filter, message) => {
    expect(() => compileMatch(filter)).toThrow(TypeError);
    expect(() => compileMatch(filter)).toThrow(message);
  });
});

test('$in of texts, numbers or dates is one lookup, however long the list; other values are tried one by one', () => {
  const spent = (make: (at: number) => unknown, count: number): number => {
    let steps = 0;
    const match = compileMatch({ a: { $in: Array.from({ length: count }, (_, at) => make(at)) } }, (some) => {
      steps += some;
    });
    expect([match({ a: 'other' }), match({ a: new Date(-1) })]).toEqual([false, false]);
    return steps;
  };
  for (const make of [(at: number) => `text ${at}`, (at: number) => at, (at: number) => new Date(at)])
    expect(spent(make, 500)).toBe(spent(make, 1));
  const lists = (at: number): unknown => [at];
  expect(spent(lists, 500)).toBeGreaterThan(spent(lists, 1));
});

test('$expr $in on what is no list is an error, as in MongoDB, not a no', () => {
  const match = compileMatch({ $expr: { $in: ['$a', '$b'] } });
  expect(match({ a: 1, b: [1] })).toBe(true);
  for (const b of [undefined, null, 1, { 0: 1 }])
    expect(() => match({ a: 1, b })).toThrow(new TypeError('$in takes a list in $expr'));
});

test('a polluted Object.prototype changes no answer', () => {
  polluted({ a: 1, admin: true, $gt: 0, _bsontype: 'ObjectId' }, () => {
    expect(compileMatch({ a: 1 })({})).toBe(false);
    expect(compileMatch({ admin: { $exists: true } })({ b: {} })).toBe(false);
    expect(compileMatch({ b: { $type: 'object' } })({ b: {} })).toBe(true);
  });
});
