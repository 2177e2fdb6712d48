import { execFile } from 'node:child_process';
import path from 'node:path';
import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import type { Exact, ItemPlan, StoredInstance } from '../../../src/store/port.js';
import { isCut } from '../../../src/store/query/budget.js';
import { Turns } from '../../../src/store/turns.js';
import { CountingBytes } from '../../support/counting-bytes.js';

/** What a process said that has so many megabytes of memory for objects. */
const inMemoryOf = (megabytes: number, program: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const file = path.join(__dirname, '..', 'child', program);
    execFile(process.execPath, [`--max-old-space-size=${megabytes}`, file], (error, said) =>
      error === null ? resolve(said) : reject(error),
    );
  });

test('lists in an order of their own need the memory of their page, not of all that they sort', async () => {
  const [found, isCut, items, areItemsCut] = JSON.parse(await inMemoryOf(64, 'sorts.cjs')) as unknown[];
  const first = (count: number): number[] => Array.from({ length: count }, (_, rank) => rank);
  // An item counts with the data of its instance twice, and an instance with that and its own.
  expect([found, isCut]).toEqual([first(3), true]);
  expect([items, areItemsCut]).toEqual([first(4), true]);
});

describe('What changes between the sorting of a list and the reading of its page', () => {
  const BY_RANK = [['data.rank', 1]] as const;
  const one = (n: number): StoredInstance => ({
    id: `i${n}`,
    status: 'running',
    data: { rank: n },
    items: [
      { id: `a${n}`, seq: 1, status: 'wait' },
      { id: `b${n}`, seq: 2, status: 'wait' },
    ],
    guard: { rev: 1 },
  });

  /** A store of six, and what is done to it once the page is read. */
  async function changed(
    make: (instances: EmbeddedInstances) => Promise<unknown>,
  ): Promise<EmbeddedInstances> {
    const bytes = new CountingBytes();
    const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns(), 0);
    for (let n = 0; n < 6; n++) await instances.insert(one(n));
    // Another one on the same bytes, whose calls are not held up.
    const open = Object.create(bytes) as CountingBytes;
    open.before = () => Promise.resolve();
    const other = new EmbeddedInstances(open, new ObjectIds(), new Turns(), 0);
    bytes.bodies = 0;
    let change: Promise<unknown> | undefined;
    bytes.before = async () => {
      if (bytes.bodies >= 6) await (change ??= make(other));
    };
    return instances;
  }
  const list = { filter: { status: 'running' }, sort: BY_RANK, limit: 3 };
  const plan: ItemPlan = {
    before: { status: 'running' },
    each: { 'items.status': 'wait' },
    needsAll: false,
    sort: [...BY_RANK, ['items.seq', -1]],
    limit: 4,
  };
  const idsOf = async (rows: Promise<readonly { items?: unknown }[]>): Promise<unknown[]> =>
    (await rows).map(({ items }) => (items as { id: string }).id);

  test('is left out when it no longer belongs to the list, or is gone', async () => {
    const change = async (instances: EmbeddedInstances): Promise<void> => {
      await instances.update('i0', 1, { status: 'end' });
      await instances.remove(['i1'], {});
    };
    expect((await (await changed(change)).find(list)).map(({ id }) => id)).toEqual(['i2']);
    expect(await idsOf((await changed(change)).findItems(plan))).toEqual([]);
  });

  test('does not end a list that goes on behind its page', async () => {
    const change = (instances: EmbeddedInstances): Promise<number> => instances.remove(['i0'], {});
    const all = (instances: EmbeddedInstances): Promise<number> => instances.remove(['i0', 'i1', 'i2'], {});
    const isMore = async (rows: Promise<readonly unknown[]>): Promise<[number, boolean]> => [
      (await rows).length,
      isCut(await rows),
    ];
    expect(await isMore((await changed(change)).find(list))).toEqual([2, true]);
    expect(await isMore((await changed(all)).find(list))).toEqual([0, true]);
    expect(await isMore((await changed(change)).findItems(plan))).toEqual([2, true]);
    expect(await isMore((await changed(all)).findItems(plan))).toEqual([0, true]);
    // In the default order the page goes on by itself where all its rows are gone.
    const { sort: _sort, ...byAge } = list;
    const newest = (instances: EmbeddedInstances): Promise<number> => instances.remove(['i5'], {});
    expect(await isMore((await changed(newest)).find(byAge))).toEqual([2, true]);
    // All that there are have been found.
    expect(await isMore((await changed(change)).find({ ...list, limit: 7 }))).toEqual([5, false]);
    expect(await isMore((await changed(change)).findItems({ ...plan, limit: 13 }))).toEqual([10, false]);
  });

  test('is shown as it is then, also items that have moved', async () => {
    const change = async (instances: EmbeddedInstances): Promise<void> => {
      const [a, b] = one(0).items as object[];
      const items = [
        { id: 'new', seq: 0, status: 'wait' },
        { ...b, name: 'moved' },
        { ...a, status: 'end' },
      ];
      await instances.update('i0', 1, { items, data: { rank: 0, now: true }, guard: { rev: 2 } });
    };
    expect((await (await changed(change)).find(list))[0]).toMatchObject({ id: 'i0', data: { now: true } });
    const rows = await (await changed(change)).findItems(plan);
    expect(await idsOf(Promise.resolve(rows))).toEqual(['b0', 'b1', 'a1']);
    expect(rows[0]).toMatchObject({ data: { now: true }, items: { name: 'moved' } });
  });
});

test('a sort by large parts of the data is refused before they fill the memory', async () => {
  const instances = new EmbeddedInstances(new CountingBytes(), new ObjectIds(), new Turns(), 1);
  const notes = Array.from({ length: 2000 }, (_, n) => `note ${n}`);
  for (let n = 0; n < 600; n++) await instances.insert({ id: `i${n}`, data: { notes: { n, notes } } });
  const sorted = instances.find({ filter: {}, sort: [['data.notes', 1]], limit: 5 });
  await expect(sorted).rejects.toMatchObject({ code: 'too-expensive' });
});

describe('The page of a list in an order of its own', () => {
  const COUNT = 40;
  async function filled(): Promise<[EmbeddedInstances, CountingBytes]> {
    const bytes = new CountingBytes();
    const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns(), 0);
    for (const id of ['a', 'b']) {
      const items = Array.from({ length: COUNT }, (_, seq) => ({ id: `${id}${seq}`, seq, status: 'wait' }));
      await instances.insert({ id, status: 'running', items });
    }
    return [instances, bytes];
  }
  const plan: ItemPlan = { before: {}, each: {}, needsAll: false, sort: [['items.seq', 1]], limit: COUNT };

  test('reads each instance once, whatever the order of its items', async () => {
    const [instances, bytes] = await filled();
    bytes.bodies = 0;
    const rows = await instances.findItems({ ...plan, sort: [...(plan.sort ?? []), ['id', 1]] });
    const half = Array.from({ length: COUNT / 2 }, (_, seq) => [`a${seq}`, `b${seq}`]);
    expect(rows.map(({ items }) => (items as { id: string }).id)).toEqual(half.flat());
    expect(bytes.bodies).toBe(4);
  });

  /** A test that takes next to no steps while the list is sorted, and too many while its page is read. */
  function dearLater(): Exact {
    let uses = 0;
    return (spend) => {
      const steps = ++uses === 1 ? 1 : 1_000_000;
      return () => {
        spend(steps);
        return true;
      };
    };
  }

  test('takes the steps of the query, as the search for it does', async () => {
    const [instances] = await filled();
    const refused = { code: 'too-expensive' };
    await expect(instances.findItems({ ...plan, exact: dearLater() })).rejects.toMatchObject(refused);
    const list = { filter: {}, sort: [['id', 1]] as const, limit: 2, exact: dearLater() };
    await expect(instances.find(list)).rejects.toMatchObject(refused);
  });
});
