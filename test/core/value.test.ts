import fc from 'fast-check';
import { compareText, compareWithinType, isScalar, same } from '../../src/core/value.js';
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
