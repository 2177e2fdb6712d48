import { dataPathOf, marksOfData, marksOfValues, pathOfMark } from '../../../src/core/marks/data-marks.js';

describe('The marks of data', () => {
  test('name each text, number and flag at a marked path, and how many paths are marked', () => {
    const data = { store: 'north', rank: 7, ok: true, other: 'x', list: [{ of: 'a' }, { of: ['b', 'c'] }] };
    expect(marksOfData(data, ['store', 'rank', 'ok', 'list.of'])).toEqual([
      'd:store="north',
      'd:rank=7',
      'd:ok=true',
      'd:list.of="a',
      'd:list.of="b',
      'd:list.of="c',
      'p:4',
    ]);
  });

  test('do not mistake a number for its text', () => {
    expect(marksOfData({ a: 7, b: '7' }, ['a', 'b'])).toEqual(['d:a=7', 'd:b="7', 'p:2']);
    expect([marksOfData({ a: -0 }, ['a']), marksOfData({ a: 0 }, ['a'])]).toEqual([
      ['d:a=0', 'p:1'],
      ['d:a=0', 'p:1'],
    ]);
  });

  test.each([
    ['missing', {}, []],
    ['null', { a: null }, []],
    ['no data', undefined, []],
    ['an inherited value', Object.create({ a: 'x' }), []],
    ['a long text', { a: 'x'.repeat(101) }, ['d:a']],
    ['a date', { a: new Date(0) }, ['d:a']],
    ['a document', { a: { b: 1 } }, ['d:a']],
    ['more than twenty values', { a: Array.from({ length: 21 }, (_, at) => at) }, ['d:a']],
  ])('name no value for %s', (_name, data, marks) => {
    expect(marksOfData(data, ['a'])).toEqual([...marks, 'p:1']);
  });
});

describe('A search by a value of data', () => {
  test('also finds instances whose values have no marks of their own, and those marked for fewer paths', () => {
    expect(marksOfValues('a', ['x', 1], 2)).toEqual(['d:a="x', 'd:a=1', 'd:a', 'p:0', 'p:1', 'p:2']);
  });

  test.each([
    ['a date', new Date(0)],
    ['no number', NaN],
    ['a long text', 'x'.repeat(101)],
    ['null', null],
  ])('is not possible by %s', (_name, value) => {
    expect(marksOfValues('a', ['x', value], 0)).toBeUndefined();
  });
});

test.each([
  ['instance.data.a.b', 'a.b'],
  ['instance.data.', undefined],
  ['instance.data.a=b', undefined],
  [`instance.data.${'a'.repeat(201)}`, undefined],
  ['instance.name', undefined],
  ['item.data.a', undefined],
])('The path of the field %s is %s', (field, path) => expect(dataPathOf(field)).toBe(path));

test('A mark of data tells its path, others do not', () => {
  expect((['d:a.b="x=y', 'd:a.b', 'm:d:a', 'p:1'] as const).map(pathOfMark)).toEqual([
    'a.b',
    'a.b',
    undefined,
    undefined,
  ]);
});
