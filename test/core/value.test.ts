import { runInNewContext } from 'node:vm';
import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import fc from 'fast-check';
import { plain } from '../../src/core/number.js';
import { compareText, compareWithinType, isPlainObject, isScalar, same, show } from '../../src/core/value.js';
import { HOSTILE_VALUES, SCALARS } from './hostile.js';

describe('a value of a condition', () => {
  test.each(SCALARS.map((value) => [value]))('may be %p', (value) => {
    expect(isScalar(value)).toBe(true);
  });

  test.each(
    [
      undefined,
      null,
      NaN,
      new Date(NaN),
      [],
      ['alice'],
      {},
      { $gt: '' },
      10n,
      Symbol.iterator,
      () => true,
      /alice/,
      'a\ud800',
      '\udc00',
    ].map((value) => [value]),
  )('may not be %p', (value) => {
    expect(isScalar(value)).toBe(false);
  });
});

describe('equality', () => {
  test('holds between equal values of one type only', () => {
    for (const left of SCALARS) for (const right of SCALARS) expect(same(left, right)).toBe(left === right);
  });

  test.each([
    [0, false],
    [1, true],
    [1, '1'],
    ['', false],
    [0, ''],
    [0, new Date(0)],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('does not convert %p to %p', (left, right) => {
    expect(same(left, right)).toBe(false);
    expect(same(right, left)).toBe(false);
  });

  test('compares dates by their time', () => {
    expect(same(new Date(7), new Date(7))).toBe(true);
    expect(same(new Date(7), new Date(8))).toBe(false);
  });
});

describe('order', () => {
  test('of texts is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (left, right) => {
        expect(Math.sign(compareText(left, right))).toBe(
          Buffer.compare(Buffer.from(left), Buffer.from(right)),
        );
      }),
    );
  });

  test('of texts beyond the basic plane is not that of UTF-16', () => {
    expect(compareText('\ud83d\ude00', '\uffff')).toBeGreaterThan(0);
    expect('\ud83d\ude00' < '\uffff').toBe(true);
  });

  test('is total within a type and absent between types', () => {
    for (const left of SCALARS) {
      for (const right of SCALARS) {
        const order = compareWithinType(left, right);
        if (typeof left !== typeof right || left instanceof Date !== right instanceof Date)
          expect(order).toBeUndefined();
        else expect(order === 0).toBe(same(left, right));
      }
    }
  });

  test('places infinity beside itself', () => {
    expect(compareWithinType(Infinity, Infinity)).toBe(0);
    expect(compareWithinType(-Infinity, Infinity)).toBeLessThan(0);
  });

  test('is absent for values that no type orders', () => {
    for (const left of HOSTILE_VALUES.filter((value) => !isScalar(value) && !(value instanceof Date)))
      for (const right of SCALARS) expect(compareWithinType(left, right)).toBeUndefined();
  });
});

const circular: Record<string, unknown> = {};
circular.self = circular;

test.each<[value: unknown, shown: string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  ['a', '"a"'],
  [{ $gt: '' }, '{"$gt":""}'],
  [10n, '10'],
  [() => 'secret', 'a function'],
  [circular, 'a value of type object'],
])('%p is shown as %s', (value, shown) => {
  expect(show(value)).toBe(shown);
});

test('what cannot be written as JSON is shown by its type', () => {
  const refuses = {
    toJSON: () => {
      throw new Error('no');
    },
  };
  expect(show(refuses)).toBe('a value of type object');
});

test('what was met is shown short, whatever it is', () => {
  for (const value of [...HOSTILE_VALUES, 'x'.repeat(10_000), Array.from({ length: 10_000 }, () => 'x')])
    expect(show(value).length).toBeLessThan(200);
});

test.each<[what: string, value: unknown]>([
  ['a literal', { a: 1 }],
  ['an object without prototype', Object.create(null)],
  ['parsed JSON', JSON.parse('{"__proto__": 1}')],
  ['a literal of another realm', runInNewContext('({a: 1})')],
])('%s is a plain object', (_what, value) => {
  expect(isPlainObject(value)).toBe(true);
});

test.each<[what: string, value: unknown]>([
  ['null', null],
  ['undefined', undefined],
  ['a text', 'a'],
  ['a list', []],
  ['a date', new Date()],
  ['a promise', Promise.resolve()],
  ['a map', new Map()],
  ['a regular expression', /a/],
  ['an error', new Error('a')],
  ['a function', () => 1],
  ['an instance of a class', new (class {})()],
  ['what inherits from a literal', Object.create({ a: 1 })],
])('%s is not a plain object', (_what, value) => {
  expect(isPlainObject(value)).toBe(false);
});

describe('a number of the database', () => {
  const NUMBERS: [string, unknown, number][] = [
    ['a Long', Long.fromNumber(7), 7],
    ['a Decimal128', Decimal128.fromString('7.5'), 7.5],
    ['an Int32', new Int32(7), 7],
    ['a Double', new Double(7.5), 7.5],
  ];

  test.each(NUMBERS)('%s is a number', (_what, value, number) => {
    expect(plain(value)).toBe(number);
    expect(same(value, number)).toBe(true);
    expect(same(value, number + 1)).toBe(false);
    expect(same(value, String(number))).toBe(false);
    expect(compareWithinType(value, number)).toBe(0);
    expect(compareWithinType(value, 100)).toBeLessThan(0);
    expect(compareWithinType(value, 'x')).toBeUndefined();
  });

  test.each([
    ['an id', new ObjectId()],
    ['what says itself that it is one', { _bsontype: 'Long', toString: (): string => '7' }],
    ['a date', new Date(7)],
    ['a list', [7]],
  ])('%s is none', (_what, value) => {
    expect(plain(value)).toBe(value);
    expect(same(value, 7)).toBe(false);
    expect(compareWithinType(value, 7)).toBeUndefined();
  });

  test.each([7, 'x', null, undefined, true])('%j stays what it is', (value) => {
    expect(plain(value)).toBe(value);
    expect(same(value, 8)).toBe(false);
    expect(same(value, new Date(8))).toBe(false);
  });
});

describe('the order of texts', () => {
  test.each([
    ['\ud7ff', '\u{10000}'],
    ['\uffff', '\u{10000}'],
    ['\ue000', '\u{10000}'],
    ['\ue000', '\u{10ffff}'],
    ['\ufffd', '\u{10ffff}'],
    ['a', 'ab'],
    ['', 'a'],
    ['ab', 'b'],
  ])('puts %j before %j', (less, more) => {
    expect(compareText(less, more)).toBeLessThan(0);
    expect(compareText(more, less)).toBeGreaterThan(0);
    expect(compareText(less, less)).toBe(0);
  });

  test('counts a last unit as one of two, though it stands alone', () => {
    expect(compareText('\uffff', '\udfff')).toBeLessThan(0);
    expect(compareText('\uffff', '\ud800')).toBeLessThan(0);
  });
});

test.each<[unknown, string]>([
  ['x'.repeat(118), `"${'x'.repeat(118)}"`],
  ['x'.repeat(119), `"${'x'.repeat(119)}…`],
  [() => 1, 'a function'],
  [12n, '12'],
  [Symbol('s'), 'Symbol(s)'],
  [undefined, 'undefined'],
  [{ a: [1] }, '{"a":[1]}'],
  [{ a: 1n }, 'a value of type object'],
])('%p is shown as %s', (value, text) => {
  expect(show(value)).toBe(text);
});
