import { randomUUID } from 'node:crypto';
import { MongoClient, type Collection, type Document } from 'mongodb';
import type { ItemPlan, Sort } from '../../../src/store/port.js';
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

  test('in another order are sorted behind it', async () => {
    asked = [];
    expect(await find({ sort: [['items.seq', -1]], limit: 2 })).toEqual(['11-d', '10-d']);
    expect(asked.map(({ order }) => order)).toEqual([expect.objectContaining({ unwound: 1 })]);
  });
});
