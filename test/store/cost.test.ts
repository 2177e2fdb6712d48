import { ObjectId } from 'bson';
import { ObjectIds } from '../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../src/store/embedded/instances.js';
import { LARGE_FIELDS } from '../../src/store/query/large-fields.js';
import { cursorOf } from '../../src/store/query/item-order.js';
import { placeOfInstance, walk } from '../../src/store/query/walk.js';
import { Turns } from '../../src/store/turns.js';
import type { ItemPlan, StoredInstance } from '../../src/store/port.js';
import { CountingBytes } from '../support/counting-bytes.js';

const key = (i: number): string => i.toString(16).padStart(24, '0');
const DUE = new Date(5000);

const stored = (i: number): StoredInstance => ({
  _id: new ObjectId(key(i)),
  id: `i${i}`,
  name: `model ${i % 10}`,
  status: i % 500 === 3 ? 'running' : 'end',
  ...(i % 100 === 3 && { parentItemId: `t${i - 1}` }),
  items: [
    {
      id: `t${i}`,
      seq: 1,
      status: i % 4 === 0 ? 'end' : 'wait',
      ...(i === 11 && { timeDue: new Date(1) }),
      ...((i === 503 || i === 11) && { messageId: 'm', signalId: 's' }),
    },
  ],
  endedAt: i === 4 ? new Date(1) : i % 500 === 3 ? null : DUE,
  guard: {
    rev: 1,
    format: 3,
    open: i % 4 === 0 ? [] : [i % 2 === 0 ? '|g:hr' : `|u:${i % 20}`],
    ...(i === 7 && { unfinished: true }),
  },
});

/** Stores of each size; the newest instances are the same but for their numbers. */
const stores = new Map<number, { bytes: CountingBytes; instances: EmbeddedInstances }>();
beforeAll(async () => {
  for (const size of [2_000, 20_000]) {
    const bytes = new CountingBytes();
    // Nothing is kept in memory, so that each look at a document reads it.
    const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns(), 0);
    for (let i = 0; i < size; i++) await instances.insert(stored(i));
    stores.set(size, { bytes, instances });
  }
});

type Ask = (instances: EmbeddedInstances) => Promise<unknown>;

/** How many documents a question reads, in a store of so many. */
async function looked(size: number, ask: Ask): Promise<number> {
  const { bytes, instances } = stores.get(size) as NonNullable<ReturnType<typeof stores.get>>;
  bytes.bodies = 0;
  await ask(instances);
  return bytes.bodies;
}

const marks = { field: 'guard.open', anyOf: ['|g:hr', '|u:3', '|u:nobody'] } as const;
const items =
  (plan: Partial<ItemPlan>): Ask =>
  (instances) =>
    instances.findItems({ before: {}, each: {}, needsAll: false, ...plan });
const page: Partial<ItemPlan> = { marks, each: { 'items.status': 'wait' }, limit: 50 };

describe('documents read in a store of 20,000 and of 2,000', () => {
  test.each<[what: string, ask: Ask, most: number]>([
    ['a page of tasks by token', items(page), 50],
    ['its second page', items({ ...page, after: { id: key(1500), seq: 1, item: 't1500' } }), 51],
    ['an item by its id', items({ before: { 'items.id': 't5' } }), 1],
    [
      'an item by $elemMatch of its id, beside a token',
      items({
        marks,
        before: {
          $and: [
            {
              $and: [
                { items: { $elemMatch: { $and: [{ id: { $in: ['t5', 't6'] } }, { status: 'wait' }] } } },
              ],
            },
          ],
        },
      }),
      2,
    ],
    ['an instance by its id', items({ before: { id: 'i9' } }), 1],
    ['one whose work is not finished', items({ before: { 'guard.unfinished': true } }), 1],
    ['a page without any condition', items({ limit: 50 }), 50],
    [
      'those of an item that calls them',
      (instances) =>
        instances.find({ filter: { parentItemId: { $in: ['t2', 't102'] } }, without: LARGE_FIELDS }),
      2,
    ],
    [
      'timers, when a process starts',
      items({
        before: {
          status: 'running',
          items: { $elemMatch: { timeDue: { $type: 'date' }, status: 'wait' } },
        },
      }),
      1,
    ],
    [
      'timers that are overdue, and there are none',
      items({
        before: { items: { $elemMatch: { timeDue: { $type: 'date', $lt: new Date(1) }, status: 'wait' } } },
      }),
      0,
    ],
    [
      'timers that are overdue',
      items({ before: { items: { $elemMatch: { timeDue: { $type: 'date', $lt: DUE }, status: 'wait' } } } }),
      1,
    ],
    ...(['messageId', 'signalId'] as const).map((field): [string, Ask, number] => [
      `what waits for a ${field}, among what has not ended`,
      items({
        before: {
          status: 'running',
          items: { $elemMatch: { [field]: field === 'messageId' ? 'm' : 's', status: 'wait' } },
        },
      }),
      1,
    ]),
    [
      'what is archived',
      (instances) =>
        instances.find({
          filter: {
            status: { $in: ['end', 'terminated'] },
            endedAt: { $lt: DUE },
            'guard.unfinished': { $ne: true },
          },
          without: LARGE_FIELDS,
        }),
      1,
    ],
    [
      'whether any instance has other marks',
      (instances) => instances.exists({ filter: { $nor: [{ 'guard.format': 3 }] } }),
      0,
    ],
    ['how many there are', (instances) => instances.count({ filter: {} }), 0],
    ['how many have a token', (instances) => instances.count({ filter: {}, marks }), 0],
  ])('%s', async (_, ask, most) => {
    const many = await looked(20_000, ask);
    expect(many).toBeLessThanOrEqual(most);
    expect(many).toBe(await looked(2_000, ask));
  });

  test('called processes that have not ended are those that are read, not all that were called', async () => {
    const ask: Ask = (instances) =>
      instances.find({
        filter: { status: 'running', parentItemId: { $type: 'string' } },
        without: LARGE_FIELDS,
      });
    expect(await looked(2_000, ask)).toBe(4);
    expect(await looked(20_000, ask)).toBe(40);
  });

  test('a count that stops there', async () => {
    const ask: Ask = (instances) =>
      instances.countItems({ before: {}, each: { 'items.status': 'wait' }, needsAll: false, marks }, 51);
    expect(await looked(2_000, ask)).toBe(51);
    expect(await looked(20_000, ask)).toBe(51);
  });

  test('the measure does not apply if all documents must be examined', async () => {
    expect(
      await looked(2_000, (instances) => instances.countItems({ before: {}, each: {}, needsAll: false })),
    ).toBe(2_000);
  });

  test('an order of its own reads all of them, and then its page once more, since it keeps none', async () => {
    expect(await looked(2_000, items({ sort: [['name', 1]], limit: 5 }))).toBe(2_005);
    const ask: Ask = (instances) => instances.find({ filter: {}, sort: [['name', 1]], limit: 5 });
    expect(await looked(2_000, ask)).toBe(2_005);
  });

  test.each<[what: string, walk: (instances: EmbeddedInstances, limit: number) => AsyncIterable<unknown[]>]>([
    [
      'what has ended before a time',
      (instances, limit) =>
        walk(
          limit,
          (page) =>
            instances.find({
              filter: {
                status: 'end',
                endedAt: { $lt: new Date(6000) },
                'guard.unfinished': { $ne: true },
              },
              without: LARGE_FIELDS,
              ...page,
            }),
          placeOfInstance,
        ),
    ],
    [
      'timers',
      (instances, limit) =>
        walk(
          limit,
          (page) =>
            instances.findItems({
              before: { items: { $elemMatch: { timeDue: { $type: 'date' }, status: 'wait' } } },
              each: { 'items.status': 'wait' },
              needsAll: false,
              ...page,
            }),
          cursorOf,
        ),
    ],
  ])('a walk through %s costs no more the more pages it takes', async (_, pages) => {
    const bytes = new CountingBytes();
    const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns(), 0);
    const COUNT = 900;
    for (let i = 0; i < COUNT; i++)
      await instances.insert({
        ...stored(2 * i),
        status: 'end',
        endedAt: new Date(i % 7),
        items: ['a', 'b', 'c'].map((name, seq) => ({
          id: `${name}${i}`,
          seq,
          status: 'wait',
          timeDue: new Date((i * 7919) % 1000),
        })),
        guard: { rev: 1, format: 3 },
      });
    // A page of 50 ends amid the three items of an instance.
    for (const limit of [50, 10_000]) {
      [bytes.bodies, bytes.scanned] = [0, 0];
      const found: unknown[] = [];
      for await (const rows of pages(instances, limit))
        for (const row of rows as { id: string; items?: { id: string } }[])
          found.push(row.items === undefined || Array.isArray(row.items) ? row.id : row.items.id);
      expect(new Set(found).size).toBe(found.length);
      expect([COUNT, 3 * COUNT]).toContain(found.length);
      // Pages read ahead, and again the instance in which they end: three rows are of one instance.
      expect(bytes.scanned).toBeLessThan(4 * COUNT);
      expect(bytes.bodies).toBeLessThan(4 * COUNT);
    }
  });
});
