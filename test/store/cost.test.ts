import { InstanceIndex } from '../../src/store/embedded/instance-index.js';
import { countItems, findItems } from '../../src/store/embedded/items.js';
import { Turns } from '../../src/store/turns.js';
import type { Filter, ItemPlan, StoredInstance } from '../../src/store/port.js';

/** How often a document was looked at: each look reads its `probe`. */
class Looks {
  count = 0;
}

function stored(i: number, looks: Looks): StoredInstance {
  const document: StoredInstance = {
    id: `i${i}`,
    name: `model ${i % 10}`,
    items: [{ id: `t${i}`, seq: 1, status: i % 4 === 0 ? 'end' : 'wait' }],
    guard: {
      rev: 1,
      open: i % 4 === 0 ? [] : [i % 2 === 0 ? '|g:hr' : `|u:${i % 20}`],
      ...(i === 7 && { unfinished: true }),
    },
  };
  Object.defineProperty(document, 'probe', { enumerable: false, get: () => ++looks.count });
  return document;
}

const PROBE: Filter = { probe: { $exists: true } };

/** How many documents a plan looks at, in a store of so many. */
async function looked(
  size: number,
  plan: Partial<ItemPlan>,
  run: (index: InstanceIndex, plan: ItemPlan, turns: Turns) => Promise<unknown> = findItems,
): Promise<number> {
  const looks = new Looks();
  const index = new InstanceIndex();
  for (let i = 0; i < size; i++) index.set(i.toString(16).padStart(24, '0'), stored(i, looks));
  looks.count = 0;
  await run(index, { before: PROBE, each: {}, needsAll: false, ...plan }, new Turns());
  return looks.count;
}

const marks = { field: 'guard.open', anyOf: ['|g:hr', '|u:3', '|u:nobody'] } as const;
const page: Partial<ItemPlan> = { marks, each: { 'items.status': 'wait' }, limit: 50 };

describe('documents examined in a store of 20,000 and of 2,000', () => {
  test.each<[what: string, plan: Partial<ItemPlan>, most: number]>([
    ['a page of tasks by token', page, 50],
    [
      'its second page',
      { ...page, after: { id: (1500).toString(16).padStart(24, '0'), seq: 1, item: 't1500' } },
      51,
    ],
    ['an item by its id', { before: { $and: [{ 'items.id': 't5' }, PROBE] } }, 1],
    [
      'an item by $elemMatch of its id, beside a token',
      {
        marks,
        before: {
          $and: [
            {
              $and: [
                { items: { $elemMatch: { $and: [{ id: { $in: ['t5', 't6'] } }, { status: 'wait' }] } } },
              ],
            },
            PROBE,
          ],
        },
      },
      2,
    ],
    ['an instance by its id', { before: { id: 'i9', ...PROBE } }, 1],
    ['one whose work is not finished', { before: { 'guard.unfinished': true, ...PROBE } }, 1],
    ['a page without any condition', { limit: 50 }, 50],
  ])('%s', async (_, plan, most) => {
    const many = await looked(20_000, plan);
    expect(many).toBeLessThanOrEqual(most);
    expect(many).toBe(await looked(2_000, plan));
  });

  test('a count that stops there', async () => {
    const count = (index: InstanceIndex, plan: ItemPlan, turns: Turns): Promise<number> =>
      countItems(index, plan, turns, 51);
    expect(await looked(2_000, page, count)).toBeLessThanOrEqual(51);
  });

  test('the measure does not apply if all documents must be examined', async () => {
    expect(await looked(2_000, {}, countItems)).toBe(2_000);
    expect(await looked(2_000, { sort: [['name', 1]], limit: 5 })).toBe(2_000);
  });
});
