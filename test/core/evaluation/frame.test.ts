import {
  glance,
  isOwn,
  itemOf,
  listAt,
  parsePath,
  partsOf,
  plainValue,
  reach,
} from '../../../src/core/evaluation/frame.js';
import type { Resource } from '../../../src/core/resource.js';

const RESOURCE: Resource = {
  instance: { data: { a: 1, list: ['x', 'y'], deep: [{ b: 1 }, { b: [2, 3] }] } },
  model: { name: 'Invoice' },
  start: { elementId: 'begin' },
};
const ITEM = { x: 'wait' };

describe('a path', () => {
  test.each([
    ['item.x', { root: 'item', segments: ['x'] }],
    ['instance.data.a', { root: 'instance', segments: ['data', 'a'] }],
    ['model', { root: 'model', segments: [] }],
    ['start.elementId', { root: 'start', segments: ['elementId'] }],
  ])('%s is split', (path, expected) => {
    expect(parsePath(path)).toEqual(expected);
  });

  test.each(['user.userName', '', 'items.x', 'constructor'])(
    '%j does not begin with a part of a resource',
    (path) => {
      expect(() => parsePath(path)).toThrow(
        new TypeError(`Field ${path} does not begin with a part of a resource`),
      );
    },
  );
});

describe('the value at a path', () => {
  test.each<[string, unknown]>([
    ['item.x', 'wait'],
    ['item.y', undefined],
    ['item', ITEM],
    ['instance.data.a', 1],
    ['instance.data.a.b', undefined],
    ['instance.data.list', ['x', 'y']],
    ['instance.data.deep.b', [1, 2, 3]],
    ['model.name', 'Invoice'],
    ['start.elementId', 'begin'],
  ])('%s is %j', (path, expected) => {
    expect(glance(parsePath(path), ITEM, RESOURCE)).toEqual(expected);
    expect(reach(parsePath(path), ITEM, RESOURCE)).toEqual(expected);
  });

  test('is nothing where it is inherited, on any step', () => {
    const inherited = Object.create({ name: 'Invoice' }) as object;
    for (const [path, item, resource] of [
      ['model.name', ITEM, { model: inherited }],
      ['model.name', ITEM, Object.create({ model: { name: 'Invoice' } })],
      ['item.name', inherited, {}],
      ['item.deep.name', { deep: inherited }, {}],
      ['item.deep.name', Object.create({ deep: { name: 'Invoice' } }), {}],
    ] as [string, unknown, Resource][]) {
      expect(glance(parsePath(path), item, resource)).toBe('Invoice');
      expect(isOwn(parsePath(path), item, resource)).toBe(false);
      expect(reach(parsePath(path), item, resource)).toBeUndefined();
    }
  });

  test('is nothing where it is null or behind null', () => {
    expect(reach(parsePath('item.x'), { x: null }, {})).toBeUndefined();
    expect(reach(parsePath('item.x.y'), { x: null }, {})).toBeUndefined();
    expect(isOwn(parsePath('item.x.y'), { x: null }, {})).toBe(false);
    expect(isOwn(parsePath('item.x.length'), { x: 'text' }, {})).toBe(false);
  });

  test('is own behind a list, where only own values are read', () => {
    expect(isOwn(parsePath('instance.data.deep.b'), ITEM, RESOURCE)).toBe(true);
  });
});

describe('a plain value', () => {
  test.each<[string, unknown]>([
    ['item.x', 'wait'],
    ['instance.data.a', 1],
    ['instance.data.list.length', undefined],
    ['instance.data.deep.b', undefined],
    ['model.constructor', undefined],
  ])('%s is %j', (path, expected) => {
    expect(plainValue(parsePath(path), ITEM, RESOURCE)).toEqual(expected);
  });

  test('of a part that is inherited is nothing', () => {
    const resource = Object.create(RESOURCE) as Resource;
    expect(plainValue(parsePath('model.name'), ITEM, resource)).toBeUndefined();
    expect(listAt(parsePath('instance.data.list'), ITEM, resource)).toEqual([]);
  });
});

describe('a list', () => {
  test('is what is at its path', () => {
    expect(listAt(parsePath('instance.data.list'), ITEM, RESOURCE)).toEqual(['x', 'y']);
    expect(listAt(parsePath('item.candidates'), { candidates: ['a'] }, RESOURCE)).toEqual(['a']);
  });

  test.each(['instance.data.a', 'instance.missing', 'item.x', 'instance.data'])('is empty at %s', (path) => {
    expect(listAt(parsePath(path), ITEM, RESOURCE)).toEqual([]);
  });
});

describe('the parts', () => {
  test.each([undefined, null, 'text', 1])('of %j are none', (resource) => {
    expect(partsOf(resource as never)).toEqual({});
  });

  test('of a resource are its own, and its item is not inherited', () => {
    expect(partsOf(RESOURCE)).toBe(RESOURCE);
    expect(itemOf({ item: ITEM })).toBe(ITEM);
    expect(itemOf({})).toBeUndefined();
    expect(itemOf(Object.create({ item: ITEM }) as Resource)).toBeUndefined();
  });
});
