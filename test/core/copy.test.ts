import { copyOfFields, deepCopy } from '../../src/core/copy.js';

class Id {
  constructor(readonly text: string) {}
}

describe('a deep copy', () => {
  test('shares no list, object or date with the original', () => {
    const original = { list: [{ at: new Date(5) }], none: null, missing: undefined, text: 'a' };
    const copy = deepCopy(original);
    expect(copy).toEqual(original);
    original.list[0]?.at.setTime(9);
    original.list.push({ at: new Date(7) });
    expect(copy.list).toEqual([{ at: new Date(5) }]);
  });

  test('drops functions', () => {
    expect(deepCopy({ call: () => 1, list: [() => 1] })).toEqual({ call: undefined, list: [undefined] });
  });

  test('keeps a field named __proto__ as a field', () => {
    const copy = deepCopy(JSON.parse('{"__proto__":{"admin":true}}') as object);
    expect(Object.keys(copy)).toEqual(['__proto__']);
    expect((copy as { admin?: boolean }).admin).toBeUndefined();
  });

  test('keeps objects of a class, unless told how to copy them', () => {
    const id = new Id('a');
    expect(deepCopy({ id }).id).toBe(id);
    expect(deepCopy({ ids: [id] }, (value) => (value as Id).text)).toEqual({ ids: ['a'] });
    expect(copyOfFields({ id }, () => 'b')).toEqual({ id: 'b' });
  });
});

test.each(['text', 7, null, undefined, true])(
  '%j is copied as itself, where objects of a class are too',
  (value) => {
    const strange = (): never => {
      throw new Error('no object');
    };
    expect(deepCopy(value, strange)).toBe(value);
  },
);

test('a field named __proto__ can be changed like any other, and no other field has to be told how', () => {
  const copy = copyOfFields(JSON.parse('{"__proto__":1,"a":2}') as Record<string, unknown>);
  const descriptor = { enumerable: true, writable: true, configurable: true };
  expect(Object.getOwnPropertyDescriptor(copy, '__proto__')).toEqual({ value: 1, ...descriptor });
  expect(Object.getOwnPropertyDescriptor(copy, 'a')).toEqual({ value: 2, ...descriptor });
});
