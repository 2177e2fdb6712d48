import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import fc from 'fast-check';
import { compareNumbers, databaseType, isNotANumber, isNumber, plain } from '../../src/core/number.js';

const decimal = (text: string): Decimal128 => Decimal128.fromString(text);
const long = (text: string): Long => Long.fromString(text);

/** Each less than the next one. */
const ASCENDING: readonly unknown[] = [
  decimal('-Infinity'),
  decimal('-1E+6000'),
  decimal('-1E+400'),
  -Number.MAX_VALUE,
  long('-9007199254740993'),
  -9007199254740992,
  decimal('-0.1000000000000000055511151231257828'),
  -0.1,
  decimal('-0.1'),
  -Number.MIN_VALUE,
  decimal('-1E-6000'),
  decimal('0E+3'),
  decimal('1E-6000'),
  Number.MIN_VALUE,
  decimal('0.1'),
  0.1,
  decimal('0.1000000000000000055511151231257828'),
  new Int32(1),
  decimal('1.000000000000000000000000000000001'),
  1.5,
  9007199254740992,
  long('9007199254740993'),
  decimal('9007199254740993.5'),
  long('9007199254740994'),
  Number.MAX_VALUE,
  decimal('1E+400'),
  decimal('1.1E+400'),
  decimal('1E+401'),
  Infinity,
];

test('numbers of all types are ordered by their value, NaN below all others', () => {
  for (const [i, left] of ASCENDING.entries()) {
    for (const [j, right] of ASCENDING.entries())
      expect({ left, right, order: Math.sign(compareNumbers(left, right)) }).toEqual({
        left,
        right,
        order: Math.sign(i - j),
      });
    for (const none of [NaN, decimal('NaN'), new Double(NaN)]) {
      expect(compareNumbers(none, left)).toBeLessThan(0);
      expect(compareNumbers(left, none)).toBeGreaterThan(0);
      expect(compareNumbers(none, NaN)).toBe(0);
    }
  }
});

test.each<[left: unknown, right: unknown]>([
  [decimal('-0'), 0],
  [decimal('0E+100'), -0],
  [decimal('120.00'), 120],
  [decimal('1.2E+2'), new Double(120)],
  [decimal('0.5'), 0.5],
  [decimal('Infinity'), Infinity],
  [long('1152921504606846976'), 2 ** 60],
  [long('9007199254740993'), decimal('9007199254740993')],
  [10n, 10],
])('%p equals %p', (left, right) => {
  expect(compareNumbers(left, right)).toBe(0);
  expect(compareNumbers(right, left)).toBe(0);
});

test('integers of 64 bits are compared with doubles as they are', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.integer({ min: -2, max: 2 }),
      (n, by) => {
        const double = Math.round(Number(n) * (1 + by * Number.EPSILON));
        const exact = BigInt(double);
        expect(compareNumbers(long(String(n)), double)).toBe(n < exact ? -1 : n > exact ? 1 : 0);
      },
    ),
  );
});

test('only what a double holds exactly becomes one', () => {
  expect([long('7'), decimal('0.5'), new Int32(-1), decimal('-Infinity')].map(plain)).toEqual([
    7,
    0.5,
    -1,
    -Infinity,
  ]);
  for (const one of [long('9007199254740993'), decimal('0.1'), decimal('1E+400')])
    expect(plain(one)).toBe(one);
});

test('what says itself that it is a number is none', () => {
  const own = { _bsontype: 'Long', toString: () => '7' };
  expect([own, new ObjectId(), '7', null, undefined].map(isNumber)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(databaseType(own)).toBeUndefined();
  expect([NaN, decimal('NaN'), decimal('1'), 'NaN', undefined].map(isNotANumber)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
