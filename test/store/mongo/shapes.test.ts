import { INDEXES, keyOf } from '../../../src/store/mongo/index-list.js';
import type { Shape } from '../../../src/store/mongo/shape.js';
import { SHAPES } from '../../../src/store/mongo/shapes.js';
import { askedBy } from '../../support/shapes/asked.js';
import { faultOf, hasOrder, shapeOf } from '../../support/shapes/fit.js';

const LIMIT = { maxTimeMS: 4000 };
const marks = (count: number): string[] => Array.from({ length: count }, (_, at) => `|u:${at}`);
const found = (name: string, command: object): string[] =>
  askedBy(name, command as Record<string, unknown>).map((asked) => shapeOf(asked)?.index ?? 'none');
const instances = (filter: object, more: object = {}): string[] =>
  found('find', { find: 'wf_instances', filter, ...LIMIT, ...more });

describe('The table of queries', () => {
  test.each(SHAPES.map((shape) => [`${shape.on}: ${shape.says}`, shape]))(
    '%s has an index that serves it',
    (_says, shape) => {
      expect(faultOf(shape)).toBeUndefined();
    },
  );

  test('names every index, so that none is kept for nothing', () => {
    const named = new Set(SHAPES.map(({ index }) => index));
    expect(Object.keys(INDEXES).filter((name) => !named.has(name as keyof typeof INDEXES))).toEqual([]);
  });

  test.each<[string, Partial<Shape>]>([
    ['an index of another collection', { on: 'users', index: 'instance', by: ['id'] }],
    ['an index that begins with another field', { index: 'called', by: ['id'] }],
    [
      'a page in an order that its index does not have',
      { index: 'read', by: ['guard.read'], order: { name: 1 }, reads: 'page' },
    ],
    ['a page in any order', { index: 'read', by: ['guard.read'], order: 'any', reads: 'page' }],
  ])('refuses %s', (_what, shape) => {
    expect(
      faultOf({ on: 'instances', does: ['find'], says: '', index: 'instance', reads: 'matching', ...shape }),
    ).toBeDefined();
  });

  test('an index has an order in both directions, behind the fields that have one value', () => {
    expect(hasOrder(keyOf('read'), { _id: -1 }, ['guard.read'])).toBe(true);
    expect(hasOrder(keyOf('read'), { _id: 1 }, ['guard.read'])).toBe(true);
    expect(hasOrder(keyOf('read'), { _id: -1 }, [])).toBe(false);
    expect(hasOrder(keyOf('audit'), { time: 1, _id: -1 }, [])).toBe(false);
  });
});

describe('A query', () => {
  const newest = { sort: new Map([['_id', -1]]) };

  test('finds its index by what every document must have, wherever that stands', () => {
    expect(instances({ id: 'a' })).toEqual(['instance']);
    expect(instances({ $and: [{ name: 'M' }, { $and: [{ id: { $in: ['a', 'b'] } }] }] })).toEqual([
      'instance',
    ]);
    expect(instances({ items: { $elemMatch: { $and: [{ id: 'a' }, { type: 'x' }] } } })).toEqual(['item']);
    const due = { status: 'wait', timeDue: { $type: 'date', $lt: new Date(0) } };
    expect(instances({ status: 'running', items: { $elemMatch: due } }, newest)).toEqual(['due']);
    expect(instances({ status: 'running', 'guard.timers': null }, newest)).toEqual(['timers']);
    const waits = { items: { $elemMatch: { messageId: 'm', status: 'wait' } } };
    expect(instances({ status: 'running', ...waits }, newest)).toEqual(['messages']);
    const called = { parentItemId: { $type: 'string' }, guard: { $exists: false }, 'guard.format': null };
    expect(instances({ status: 'running', ...called }, newest)).toEqual(['calledUnguarded']);
    expect(instances({ $nor: [{ 'guard.format': 3 }] }, newest)).toEqual(['format']);
    expect(found('update', { update: 'wf_locks', updates: [{ q: { id: 'a' } }, { q: { _id: 1 } }] })).toEqual(
      ['lock', '_id'],
    );
  });

  test('of a pipeline has the order and the conditions that stand before the items are taken apart', () => {
    const pipeline = (...stages: object[]): string[] =>
      found('aggregate', {
        aggregate: 'wf_instances',
        pipeline: [{ $match: { 'guard.open': { $in: marks(3) } } }, ...stages],
        ...LIMIT,
      });
    const page = [{ $sort: { _id: -1 } }, { $project: { logs: 0 } }, { $unwind: '$items' }, { $limit: 3 }];
    expect(pipeline(...page)).toEqual(['open']);
    expect(pipeline({ $unwind: '$items' }, { $count: 'count' })).toEqual(['open']);
    expect(pipeline({ $unwind: '$items' }, { $sort: { _id: -1 } })).toEqual(['open']);
  });

  test.each([
    [
      'a timer of instances that have ended too, which its index lacks',
      { items: { $elemMatch: { status: 'wait', timeDue: { $type: 'date' } } } },
      newest,
    ],
    [
      'a timer that is due and an item that waits, which need not be the same item',
      { status: 'running', 'items.timeDue': { $lt: new Date(0) }, 'items.status': 'wait' },
      newest,
    ],
    [
      'a field that only an alternative names',
      { $or: [{ 'guard.unfinished': true }, { name: 'M' }] },
      newest,
    ],
    ['a field of upkeep without an index', { 'guard.busy': true }, newest],
    ['more marks than are merged', { 'guard.read': { $in: marks(151) } }, newest],
  ])('has no entry for %s', (_what, filter, more) => {
    expect(instances(filter, more)).toEqual(['none']);
  });

  test('of many marks is no walk, but a sorted list in an order that no index has', () => {
    const many = { 'guard.read': { $in: marks(151) } };
    expect(instances(many, { sort: new Map([['name', 1]]) })).toEqual(['read']);
  });

  test('has no entry without a time limit, in a collection of others, or by a command that nobody knows', () => {
    expect(found('find', { find: 'wf_instances', filter: { id: 'a' } })).toEqual(['none']);
    expect(found('find', { find: 'orders', filter: { _id: 1 }, ...LIMIT })).toEqual(['none']);
    expect(found('find', { find: 'wf_instances', filter: {} })).toEqual(['none']);
    expect(found('find', { find: 'wf_instances', filter: {}, limit: 1 })).toEqual(['none']);
    expect(() => askedBy('mapReduce', {})).toThrow('mapReduce');
  });
});
