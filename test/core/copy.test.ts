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
