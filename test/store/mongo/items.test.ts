import { randomUUID } from 'node:crypto';
import { MongoClient, type Collection, type Document } from 'mongodb';
import type { ItemPlan, Sort, UnwoundItem } from '../../../src/store/port.js';
import type { RowTest } from '../../../src/store/plans.js';
import { cursorOf } from '../../../src/store/query/item-order.js';
import { ItemQueries } from '../../../src/store/mongo/items.js';
import { MOST_MERGED } from '../../support/shapes/fit.js';
import { Turns } from '../../../src/store/turns.js';
import { askedBy, type Asked } from '../../support/shapes/asked.js';
import { mongoUrl, onMongo } from '../../support/stores.js';

const COUNT = 12;
/** Items out of order, with one `seq` twice and one missing. */
const instance = (at: number): Document => ({
  id: `i${at}`,
  guard: { read: [at % 2 === 0 ? '|even' : '|odd', '|all'] },
  items: [{ id: `${at}-d`, seq: 3 }, { id: `${at}-c`, seq: 1 }, { id: `${at}-b`, seq: 1 }, { id: `${at}-a` }],
});
const itemsOf = (at: number): string[] => ['a', 'b', 'c', 'd'].map((name) => `${at}-${name}`);
const inOrder = (way: 1 | -1): string[] => {
  const rows = Array.from({ length: COUNT }, (_, at) => at);
  return (way === 1 ? rows : rows.reverse()).flatMap(itemsOf);
};

onMongo('Items in the order of the age of their instances', () => {
  let client: MongoClient;
  let rows: Collection;
  let items: ItemQueries;
  let asked: Asked[] = [];
  beforeAll(async () => {
    client = await MongoClient.connect(mongoUrl(), { monitorCommands: true });
    rows = client.db(`guard_test_${randomUUID().slice(0, 13)}`).collection('wf_instances');
    for (let at = 0; at < COUNT; at++) await rows.insertOne(instance(at));
    client.on('commandStarted', ({ commandName, command }) => {
      if (commandName !== 'dropDatabase') asked.push(...askedBy(commandName, command));
    });
    items = new ItemQueries(rows, new Turns());
  });
  afterAll(async () => {
    await client.db(rows.dbName).dropDatabase();
    await client.close();
  });

  const find = async (plan: Partial<ItemPlan>): Promise<string[]> => {
    const found = await items.find({ before: {}, each: {}, needsAll: false, ...plan });
    return found.map((row) => row.items.id);
  };
  const MARKS = {
    one: ['|all'],
    both: ['|even', '|odd'],
    'more than one walk has': ['|even', ...Array.from({ length: MOST_MERGED }, (_, at) => `|${at}`), '|odd'],
  };
  const ORDERS: readonly (readonly [string, 1 | -1, Sort | undefined])[] = [
    ['by default', -1, undefined],
    ['from the newest', -1, [['_id', -1]]],
    ['from the oldest', 1, [['_id', 1]]],
  ];

  describe.each(ORDERS)('%s', (_says, way, sort) => {
    test.each(Object.entries(MARKS))('are those of %s mark, page by page', async (_which, anyOf) => {
      const marks = { field: 'guard.read', anyOf } as const;
      expect(await find({ marks, sort })).toEqual(inOrder(way));
      for (const limit of [1, 3, 4, 5, 47])
        for (const skip of [0, 2, 7])
          expect(await find({ marks, sort, limit, skip })).toEqual(inOrder(way).slice(skip, skip + limit));
    });

    test('are read in the order of an index, up to the end of the page', async () => {
      asked = [];
      await find({ marks: { field: 'guard.read', anyOf: ['|all'] }, sort, limit: 5 });
      expect(asked.map(({ order, limit }) => [order, limit])).toEqual([
        [{ _id: way }, 5],
        // The instance amid which the page ended.
        [undefined, undefined],
      ]);
    });
  });

  const exact = (): RowTest => (row) => (row.all as { id: string }[]).some(({ id }) => id.endsWith('-a'));
  const tested = { exact, needsAll: true } as const;

  describe('and a test of the rows that needs all items', () => {
    test.each(ORDERS)('%s, each instance is read once, page by page', async (_says, way, sort) => {
      for (const [limit, skip] of [
        [1, 0],
        [5, 2],
        [47, 7],
      ] as const)
        expect(await find({ ...tested, sort, limit, skip })).toEqual(inOrder(way).slice(skip, skip + limit));
      asked = [];
      const [row] = await items.find({ before: { id: 'i3' }, each: {}, ...tested, sort });
      expect(Object.keys(row as object).sort()).toEqual(['_id', 'guard', 'id', 'items']);
      expect(asked.map(({ fields }) => [...fields])).toEqual([['id'], ['_id']]);
      expect(await items.count({ before: {}, each: { 'items.seq': 1 }, ...tested })).toBe(2 * COUNT);
      expect(await items.count({ before: {}, each: { 'items.seq': 1 }, ...tested }, 7)).toBe(7);
    });

    test('more rows than one search finds are all found', async () => {
      const many = Array.from({ length: 130 }, (_, at) => ({ id: `${at}-a`, seq: 130 - at }));
      await rows.insertOne({ id: 'many', items: many });
      const before = { id: { $in: ['many', 'i0'] } };
      const all = [...many.map(({ id }) => id).reverse(), ...itemsOf(0)];
      expect(await find({ before, ...tested })).toEqual(all);
      expect(await items.count({ before, each: {}, ...tested })).toBe(all.length);
      const [last] = await items.find({ before, each: {}, ...tested, skip: 9, limit: 1 });
      expect(await find({ before, ...tested, after: cursorOf(last as UnwoundItem) })).toEqual(all.slice(10));
      await rows.deleteOne({ id: 'many' });
    });

    test('an instance that changes between search and reading shows as it is then', async () => {
      const changed = { id: 'changed', guard: { rev: 1 }, items: [{ id: 'x' }, { id: 'y' }] };
      await rows.insertOne(changed);
      const meanwhile = new Proxy(rows, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          if (name !== 'aggregate') return member.bind(target) as unknown;
          return (...args: Parameters<Collection['aggregate']>) => {
            const found = target.aggregate(...args);
            return {
              toArray: async () => {
                const places = await found.toArray();
                const rev = places.length === 2 ? 2 : undefined;
                if (rev === 2)
                  await rows.updateOne(
                    { id: 'changed' },
                    {
                      $set: {
                        guard: { rev },
                        items: [{ id: 'z-a', seq: 2 }, { id: 'x', seq: 1 }, { id: 'y' }],
                      },
                    },
                  );
                return places;
              },
            };
          };
        },
      });
      const found = await new ItemQueries(meanwhile, new Turns()).find({
        before: { id: 'changed' },
        each: {},
        ...tested,
      });
      expect(found.map((row) => [row.items.id, row.guard?.rev])).toEqual([
        ['y', 2],
        ['x', 2],
        ['z-a', 2],
      ]);
      await rows.deleteOne({ id: 'changed' });
    });
  });

  test('of large instances are read without repeating the instance for each', async () => {
    const large = Array.from({ length: 6 }, (_, at) => ({ id: `${at}-l`, seq: at }));
    await rows.insertOne({ id: 'large', data: { text: 'x'.repeat(3_000_000) }, items: large });
    asked = [];
    expect(await find({ before: { id: 'large' } })).toEqual(large.map(({ id }) => id));
    expect(asked.map(({ fields }) => [...fields])).toContainEqual(['_id']);
    expect(await find({ before: { id: 'large' }, limit: 4, bytes: 100 })).toEqual(['0-l']);
    await rows.deleteOne({ id: 'large' });
  });

  test('in another order are sorted behind it', async () => {
    asked = [];
    expect(await find({ sort: [['items.seq', -1]], limit: 2 })).toEqual(['11-d', '10-d']);
    expect(asked.map(({ order }) => order)).toEqual([expect.objectContaining({ unwound: 1 })]);
  });
});
