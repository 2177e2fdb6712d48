import { parseProjection } from '../../../src/engine/enforcement/projection.js';

const VIEW = Object.freeze({
  id: 'i',
  name: 'M',
  data: { open: 1, secret: 2, deep: { a: 1, b: 2 }, list: [{ a: 1, b: 2 }, 3, { b: 4 }] },
});
const refused = (message: string): Error => expect.objectContaining({ code: 'bad-query', message }) as Error;

test.each<[unknown, object]>([
  [undefined, VIEW],
  [null, VIEW],
  [[], VIEW],
  [{}, VIEW],
  [['name'], { id: 'i', name: 'M' }],
  [{ name: 1 }, { id: 'i', name: 'M' }],
  [{ name: true }, { id: 'i', name: 'M' }],
  [{ name: 1, id: 0 }, { name: 'M' }],
  [{ id: false, data: 0 }, { name: 'M' }],
  [
    { name: 1, _id: 0 },
    { id: 'i', name: 'M' },
  ],
  [{ _id: false }, VIEW],
  [['data.deep.a'], { id: 'i', data: { deep: { a: 1 } } }],
  [{ data: { deep: { a: 1 } } }, { id: 'i', data: { deep: { a: 1 } } }],
  [{ data: { deep: 1, open: 1 } }, { id: 'i', data: { open: 1, deep: { a: 1, b: 2 } } }],
  [['data.list.a'], { id: 'i', data: { list: [{ a: 1 }, {}] } }],
  [['data', 'data.open'], { id: 'i', data: VIEW.data }],
  [['data.open', 'data'], { id: 'i', data: VIEW.data }],
  [['data.open.x'], { id: 'i', data: {} }],
  [['missing', 'data.missing'], { id: 'i', data: {} }],
  [
    { 'data.list.a': 0, 'data.deep': 0, 'data.secret': 0, name: 0, id: 0 },
    { data: { open: 1, list: [{ b: 2 }, 3, { b: 4 }] } },
  ],
  [
    { 'data.open': 1, 'data.secret': 0 },
    { id: 'i', data: { open: 1 } },
  ],
  [{ 'data.open.x': 0, 'name.x': 0 }, VIEW],
])('%j shows %j', (projection, shown) => {
  expect(parseProjection(projection)(VIEW)).toStrictEqual(shown);
});

const nested = (depth: number): object =>
  Array.from({ length: depth }).reduce<object>((below) => ({ a: below }), { a: 1 });

test('ten levels are the most', () => {
  expect(() => parseProjection(nested(10))).not.toThrow();
  expect(() => parseProjection(nested(11))).toThrow(refused('A projection may be at most 10 levels deep.'));
});

test.each<[unknown, string]>([
  ['name', 'A projection must be a list of names, or an object of 0 and 1.'],
  [7, 'A projection must be a list of names, or an object of 0 and 1.'],
  [[7], 'A projection may only name plain fields.'],
  [[['name']], 'A projection may only name plain fields.'],
  [['$name'], 'A projection may only name plain fields.'],
  [['a..b'], 'A projection may only name plain fields.'],
  [['a.'], 'A projection may only name plain fields.'],
  [['.a'], 'A projection may only name plain fields.'],
  [['1a'], 'A projection may only name plain fields.'],
  [['a b'], 'A projection may only name plain fields.'],
  [{ name: 2 }, 'Projection of "name" must be 0, 1, true or false.'],
  [{ name: '1' }, 'Projection of "name" must be 0, 1, true or false.'],
  [{ data: { a: 'x' } }, 'Projection of "data.a" must be 0, 1, true or false.'],
  [{ data: {} }, 'Projection of "data" must be 0, 1, true or false.'],
  [{ data: { $slice: 1 } }, 'Projection of "data" must be 0, 1, true or false.'],
  [{ data: { a: 1, $slice: 1 } }, 'Projection of "data" must be 0, 1, true or false.'],
  [{ _id: 1 }, 'A projection cannot show _id, which no view has; name id instead.'],
  [['_id'], 'A projection cannot show _id, which no view has; name id instead.'],
])('%j is refused: %s', (projection, message) => {
  expect(() => parseProjection(projection)).toThrow(refused(message));
});
