import { execFile } from 'node:child_process';
import path from 'node:path';
import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import type { ItemPlan, StoredInstance } from '../../../src/store/port.js';
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
