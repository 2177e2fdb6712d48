import { ObjectId } from 'bson';
import { FORBIDDEN_KEYS, isDocument, own, valuesAt } from '../../src/core/path.js';
import { HOSTILE_VALUES, polluted } from './hostile.js';

const at = (document: unknown, path: string): unknown[] => valuesAt(document, path.split('.'));

describe('an own property', () => {
  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'missing'])(
    'named %s is not found on a plain object',
    (key) => {
      expect(own({}, key)).toBeUndefined();
    },
  );

  test('is found even when it is named like an inherited one', () => {
    expect(own(JSON.parse('{"__proto__": 1}'), '__proto__')).toBe(1);
    expect(own({ constructor: 2 }, 'constructor')).toBe(2);
  });

  test('is not found on what is not an object', () => {
    for (const value of HOSTILE_VALUES) expect(own(value, 'nothing of this name')).toBeUndefined();
    expect(own('alice', 'length')).toBeUndefined();
  });

  test('is not found on the prototype', () => {
    expect(polluted({ isAdmin: true }, () => [own({}, 'isAdmin'), at({ a: {} }, 'a.isAdmin')])).toEqual([
      undefined,
      [undefined],
    ]);
  });
});

describe('a dotted path', () => {
  test.each<[path: string, document: unknown, found: unknown[]]>([
    ['a.b', { a: { b: 1 } }, [1]],
    ['a.b', { a: [{ b: 1 }, { b: 2 }] }, [1, 2]],
    ['a.b', { a: [{ b: [1, 2] }, {}] }, [[1, 2], undefined]],
    ['a.b', { a: 1 }, [undefined]],
    ['a.b', { a: null }, [undefined]],
    ['a.b', {}, [undefined]],
    ['a.b', { a: [] }, []],
    ['a.b', { a: [1, 'x', null] }, []],
    ['a.b', { a: [[{ b: 1 }]] }, []],
    ['a.0', { a: ['x', 'y'] }, ['x']],
    ['a.0', { a: [['x'], 'y'] }, []],
    ['a.0.0', { a: [['x'], 'y'] }, ['x']],
    ['a.0', { a: [['x'], { 0: 'y' }] }, ['y']],
    ['a.0.b', { a: [{ b: 1, 0: { b: 3 } }, { b: 2 }] }, [1, 3, undefined]],
    ['a.01', { a: ['x', 'y'] }, []],
    ['a.2', { a: ['x'] }, []],
    ['a.-1', { a: ['x'] }, []],
    ['a.length', { a: ['x'] }, []],
  ])('%s of %j reaches %j', (path, document, found) => {
    expect(at(document, path)).toStrictEqual(found);
  });

  test.each(HOSTILE_VALUES.map((value) => [value]))('never throws on %p', (value) => {
    expect(() => at(value, 'a.b.0')).not.toThrow();
    expect(() => at({ a: value }, 'a.b.0')).not.toThrow();
    expect(() => at({ a: [value, { b: value }] }, 'a.b.0')).not.toThrow();
  });
});

test.each<[value: unknown, holds: boolean]>([
  [{}, true],
  [[], true],
  [Object.create(null), true],
  [{ _bsontype: 'ObjectId' }, true],
  [new Date(0), false],
  [new ObjectId(), false],
  ['x', false],
  [null, false],
  [undefined, false],
])('%p has own fields: %s', (value, holds) => expect(isDocument(value)).toBe(holds));

test.each<[string, unknown[], unknown[]]>([
  ['0', ['x'], ['x']],
  ['1', ['x'], []],
  ['10', Array.from({ length: 101 }, (_, at) => at), [10]],
  ['100', Array.from({ length: 101 }, (_, at) => at), [100]],
  ['1x', ['x', 'y'], []],
])('the position %s in a list', (segment, list, found) => {
  expect(valuesAt(list, [segment])).toStrictEqual(found);
});

test('lists longer than a call may have arguments are followed to their end', () => {
  const long = Array.from({ length: 200_000 }, (_, z) => ({ z }));
  expect(at({ x: [{ y: long }] }, 'x.y.z')).toHaveLength(long.length);
  expect(at({ x: [{ y: long }] }, 'x.0.y.z').filter((z) => z !== undefined)).toHaveLength(long.length);
});

test('the keys that lead out of the data are three', () => {
  expect([...FORBIDDEN_KEYS]).toEqual(['__proto__', 'constructor', 'prototype']);
});
