import type { RowTest } from '../../../src/store/plans.js';
import type { Cursor, ItemPlan, Store, StoredInstance, UnwoundItem } from '../../../src/store/port.js';
import { hostileDocuments } from '../hostile-documents.js';

type Get = () => Store;

const LIST = 40;
const token = (i: number): string[] => [
  i % 2 === 0 ? '|g:hr' : '|u:alice',
  ...(i % 5 === 0 ? ['|u:alice'] : []),
];

/** Instances with items out of order and with equal or missing `seq`. */
function listed(i: number): StoredInstance {
  const items = [
    { id: `l${i}-c`, seq: 3, status: 'wait', assignee: i % 3 === 0 ? 'alice' : 'bob' },
    { id: `l${i}-b`, seq: 1, status: 'wait' },
    { id: `l${i}-a`, seq: 1, status: 'end' },
    { id: `l${i}-d`, status: 'wait' },
  ];
  return {
    id: `l${i}`,
    name: `n${i % 4}`,
    status: 'listed',
    data: { i },
    source: '<xml/>',
    loops: [1],
    items,
    guard: { rev: 1, open: token(i), read: ['|o:'] },
  };
}

const ids = (rows: readonly UnwoundItem[]): string[] => rows.map((row) => row.items.id);
const cursorOf = ({ _id, items }: UnwoundItem): Cursor => ({
  id: String(_id),
  ...(items.seq !== undefined && { seq: items.seq }),
  item: items.id,
});

async function pages(
  store: Store,
  plan: Omit<ItemPlan, 'after' | 'limit'>,
  limit: number,
): Promise<string[]> {
  const found: string[] = [];
  let after: Cursor | undefined;
  for (;;) {
    const page = await store.instances.findItems({ ...plan, limit, after });
    found.push(...ids(page));
    if (page.length < limit) return found;
    after = cursorOf(page.at(-1) as UnwoundItem);
  }
}

/** Lists: order, pages, marks, what comes along. */
export function lists(store: Get): void {
  const before = { status: 'listed' };
  beforeAll(async () => {
    for (let i = 0; i < LIST; i++) await store().instances.insert(listed(i));
  });

  test('instances come newest first, in pages without gap or overlap', async () => {
    const all = await store().instances.find({ filter: before });
    expect(all.map(({ id }) => id)).toEqual(Array.from({ length: LIST }, (_, i) => `l${LIST - 1 - i}`));
    const first = await store().instances.find({ filter: before, limit: 15, without: ['items'] });
    const rest = await store().instances.find({ filter: before, after: { id: String(first.at(-1)?._id) } });
    expect([...first, ...rest].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(first[0]).not.toHaveProperty('items');
    expect(
      (await store().instances.find({ filter: before, skip: 10, limit: 2 })).map(({ id }) => id),
    ).toEqual(['l29', 'l28']);
    expect(await store().instances.find({ filter: before, limit: 0 })).toEqual([]);
  });

  test('items come by instance, then seq, those without one first, equal ones by id', async () => {
    const rows = await store().instances.findItems({
      before: { ...before, id: { $in: ['l7', 'l8'] } },
      each: {},
      needsAll: false,
    });
    expect(ids(rows)).toEqual(['l8-d', 'l8-a', 'l8-b', 'l8-c', 'l7-d', 'l7-a', 'l7-b', 'l7-c']);
  });

  test('an item row contains its instance without siblings and large fields', async () => {
    for (const needsAll of [false, true]) {
      const [row] = await store().instances.findItems({
        before: { 'items.id': 'l5-c' },
        each: { 'items.id': 'l5-c' },
        needsAll,
      });
      expect(Object.keys(row as object).sort()).toEqual([
        '_id',
        'data',
        'guard',
        'id',
        'items',
        'name',
        'status',
      ]);
      expect(row).toMatchObject({ id: 'l5', data: { i: 5 }, items: { id: 'l5-c', assignee: 'bob' } });
    }
  });

  test('with needsAll the filter sees the siblings of an item', async () => {
    const each = { 'items.status': 'end', all: { $elemMatch: { assignee: 'alice' } } };
    expect(ids(await store().instances.findItems({ before, each, needsAll: true, limit: 3 }))).toEqual([
      'l39-a',
      'l36-a',
      'l33-a',
    ]);
    expect(await store().instances.countItems({ before, each, needsAll: true })).toBe(14);
    expect(await store().instances.countItems({ before, each, needsAll: false })).toBe(0);
  });

  test.each([0, 1, 13, 39, 40, 41, 119, 120, 121])(
    'a count that stops at %d is the smaller of that and all, with a test of the rows as without one',
    async (most) => {
      const { instances: all } = store();
      const exact = (): RowTest => () => true;
      const marks = { field: 'guard.read', anyOf: ['|o:', '|nobody'] } as const;
      const items = { before, marks, each: { 'items.status': 'wait' }, needsAll: false };
      const [rows, parts] = [await all.count({ filter: before }), await all.countItems(items)];
      expect([rows, parts]).toEqual([LIST, LIST * 3]);
      for (const more of [{}, { marks }, { exact }, { marks, exact }])
        expect(await all.count({ filter: before, ...more }, most)).toBe(Math.min(most, rows));
      for (const more of [{}, { exact }, { needsAll: true, exact }])
        expect(await all.countItems({ ...items, ...more }, most)).toBe(Math.min(most, parts));
    },
  );

  test.each([1, 2, 3, 5, 7, 1000])('pages of %d items contain every row once, in order', async (limit) => {
    const plan = {
      before,
      marks: { field: 'guard.open', anyOf: ['|g:hr', '|u:alice', '|u:nobody'] },
      each: { 'items.status': 'wait' },
      needsAll: false,
    } as const;
    const all = ids(await store().instances.findItems(plan));
    expect(all).toHaveLength(LIST * 3);
    expect(await pages(store(), plan, limit)).toEqual(all);
    expect(ids(await store().instances.findItems({ ...plan, skip: 4, limit: 3 }))).toEqual(all.slice(4, 7));
  });

  test('a cursor without an item continues at the next instance', async () => {
    const [first] = await store().instances.findItems({ before, each: {}, needsAll: false, limit: 1 });
    const plan = { before, each: {}, needsAll: false, limit: 1 };
    expect(ids(await store().instances.findItems({ ...plan, after: { id: String(first?._id) } }))).toEqual([
      'l38-d',
    ]);
    expect(
      ids(await store().instances.findItems({ ...plan, after: { id: String(first?._id), seq: 1 } })),
    ).toEqual(['l39-c']);
  });

  test('marks narrow a search, and an update moves an instance between marks', async () => {
    const { instances: all } = store();
    const open = (name: string): Promise<number> =>
      all.count({ filter: before, marks: { field: 'guard.open', anyOf: [name] } });
    expect([await open('|g:hr'), await open('|u:alice'), await open('|g:it')]).toEqual([20, 24, 0]);
    expect(await all.update('l2', 1, { guard: { rev: 2, open: ['|g:it'], read: ['|o:'] } })).toBe(true);
    expect([await open('|g:hr'), await open('|g:it')]).toEqual([19, 1]);
    expect(await all.update('l2', 2, { guard: { rev: 1, open: token(2), read: ['|o:'] } })).toBe(true);
    expect(await all.count({ filter: before, marks: { field: 'guard.read', anyOf: [] } })).toBe(0);
  });

  test('exists applies filter and marks together', async () => {
    const there = (filter: object, mark?: string): Promise<boolean> =>
      store().instances.exists({
        filter: { ...before, ...filter },
        marks: mark === undefined ? undefined : { field: 'guard.open', anyOf: [mark] },
      });
    expect([await there({}), await there({ name: 'n1' }), await there({ name: 'n9' })]).toEqual([
      true,
      true,
      false,
    ]);
    expect([await there({ id: 'l2' }, '|g:hr'), await there({ id: 'l2' }, '|u:alice')]).toEqual([
      true,
      false,
    ]);
  });

  test('other sort orders are total: equal rows come newest first', async () => {
    const rows = await store().instances.find({ filter: before, sort: [['name', -1]], limit: 12, skip: 8 });
    expect(rows.map(({ id }) => id)).toEqual([
      'l7',
      'l3',
      'l38',
      'l34',
      'l30',
      'l26',
      'l22',
      'l18',
      'l14',
      'l10',
      'l6',
      'l2',
    ]);
    const items = await store().instances.findItems({
      before,
      each: { 'items.seq': 1 },
      needsAll: false,
      sort: [
        ['items.status', 1],
        ['name', 1],
      ],
      limit: 3,
    });
    expect(ids(items)).toEqual(['l36-a', 'l32-a', 'l28-a']);
  });

  test('a cursor in another order is refused', async () => {
    const after = { id: '0'.repeat(24) };
    await expect(store().instances.find({ filter: {}, sort: [['name', 1]], after })).rejects.toMatchObject({
      cause: expect.any(TypeError) as unknown,
    });
    await expect(
      store().instances.findItems({ before: {}, each: {}, needsAll: false, after: { id: "' || 1" } }),
    ).rejects.toMatchObject({ cause: expect.any(TypeError) as unknown });
  });

  test('lists of hostile documents are paged without gap or overlap too', async () => {
    for (const document of hostileDocuments())
      await store().instances.insert({ ...document, guard: { rev: 0, open: ['hostile'] } });
    const plan = {
      before: {},
      marks: { field: 'guard.open', anyOf: ['hostile'] },
      each: { 'items.status': 'wait', 'items.id': { $type: 'string' } },
      needsAll: false,
    } as const;
    const all = ids(await store().instances.findItems(plan));
    expect(all.length).toBeGreaterThan(40);
    for (const limit of [1, 4]) expect(await pages(store(), plan, limit)).toEqual(all);
  });
}
