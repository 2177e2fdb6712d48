import { ObjectId } from 'bson';
import { Work } from '../../../src/store/bson/budget.js';
import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { InstanceIndex } from '../../../src/store/embedded/instance-index.js';
import { InstanceReader } from '../../../src/store/embedded/instance-reader.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import { Serial } from '../../../src/store/embedded/serial.js';
import { Turns } from '../../../src/store/turns.js';
import type { Selected, StoredInstance } from '../../../src/store/port.js';
import { CountingBytes } from '../../support/counting-bytes.js';

const COUNT = 25_000;
/** Bytes of the text of each of the large instances. */
const SIZE = 10_000;

const READ = { field: 'guard.read', anyOf: ['|t:'] } as const;

const stored = (i: number, text = ''): StoredInstance => ({
  _id: new ObjectId(i.toString(16).padStart(24, '0')),
  id: `i${i}`,
  name: 'order',
  status: 'running',
  data: { n: i, text },
  items: [{ id: `t${i}`, seq: 1, status: 'wait' }],
  guard: { rev: 1, format: 4, read: ['|t:', `|g:${i % 2}`], open: [] },
});

/** Work that is never refused, and says how many steps it took. */
class Counted extends Work {
  taken = 0;

  constructor() {
    super(new Turns());
  }

  override readonly spend = (steps: number): void => void (this.taken += steps);
}

async function filled(count: number, text?: string): Promise<CountingBytes> {
  const bytes = new CountingBytes();
  const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns(), 0);
  for (let i = 0; i < count; i++) await instances.insert(stored(i, text));
  return bytes;
}

/** Steps of a count, by an index that has nothing in memory. */
async function stepsOf(bytes: CountingBytes, plan: Selected, expected: number): Promise<number> {
  const work = new Counted();
  const index = new InstanceIndex(bytes, new InstanceReader(bytes, new Serial(), 0));
  expect(await index.count(plan, work, Infinity)).toBe(expected);
  return work.taken;
}

let small: CountingBytes;
beforeAll(async () => {
  small = await filled(COUNT);
});
beforeEach(() => {
  [small.bodies, small.entries, small.counted] = [0, 0, 0];
});

describe('steps of a count', () => {
  test('entries of one list are counted, not read: a million take less than a twentieth of the steps of a query', async () => {
    for (const marks of [undefined, READ]) {
      const steps = await stepsOf(small, { filter: {}, ...(marks && { marks }) }, COUNT);
      expect((1_000_000 / COUNT) * steps).toBeLessThan(200_000);
    }
    expect(small).toMatchObject({ bodies: 0, entries: 0, counted: 2 * COUNT });
  });

  test('entries of several lists are merged, since an instance may be in each: some steps for an entry', async () => {
    const marks = { field: 'guard.read', anyOf: ['|t:', '|g:0', '|g:1'] } as const;
    const steps = await stepsOf(small, { filter: {}, marks }, COUNT);
    expect(small).toMatchObject({ bodies: 0, entries: COUNT, counted: 0 });
    expect(steps).toBeGreaterThan(5 * COUNT);
    expect(steps).toBeLessThan(10 * COUNT);
  });

  test('a count stops in the middle of a list', async () => {
    const instances = new EmbeddedInstances(small, new ObjectIds(), new Turns(), 0);
    expect(await instances.count({ filter: {}, marks: READ }, 10_001)).toBe(10_001);
    expect(small).toMatchObject({ bodies: 0, entries: 0, counted: 10_001 });
  });

  test('reading instances takes steps by their size: a query reads at most some 200 MB of them', async () => {
    const [many, plan] = [100, { filter: { 'data.n': { $gte: 0 } } }];
    const steps = await stepsOf(await filled(many, 'x'.repeat(SIZE)), plan, many);
    expect((4_000_000 / steps) * many * SIZE).toBeLessThan(256_000_000);
    expect(4_000_000 / steps).toBeGreaterThan(100);
  });
});

describe('a query beyond its time', () => {
  const late = (): EmbeddedInstances => new EmbeddedInstances(small, new ObjectIds(), new Turns(-1), 0);
  const each = { 'items.status': 'wait' };

  test.each<[what: string, ask: (instances: EmbeddedInstances) => Promise<unknown>]>([
    ['an exact total of items', (instances) => instances.countItems({ before: {}, each, needsAll: false })],
    ['a count by data', (instances) => instances.count({ filter: { 'data.n': { $gte: 0 } } })],
    ['a sort', (instances) => instances.find({ filter: {}, sort: [['name', 1]], limit: 5 })],
    [
      'a sort of items',
      (instances) =>
        instances.findItems({ before: {}, each, needsAll: false, sort: [['items.seq', 1]], limit: 5 }),
    ],
    ['values of a field', (instances) => instances.distinct('name', { filter: {} })],
  ])('%s ends as too expensive, after few of the instances', async (_, ask) => {
    await expect(ask(late())).rejects.toMatchObject({ code: 'too-expensive' });
    expect(small.bodies).toBeLessThan(COUNT / 10);
  });

  test('a page is shown: it takes few steps, between which nobody looks at the clock', async () => {
    expect(await late().findItems({ before: {}, each, needsAll: false, limit: 10 })).toHaveLength(10);
  });
});

test('a total reads all instances, and leaves those in memory that were used last', async () => {
  const bytes = await filled(200, 'x'.repeat(1000));
  const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns(), 100_000);
  const page = (): Promise<unknown[]> =>
    instances.findItems({ before: {}, each: {}, needsAll: false, limit: 10 });
  await page();
  bytes.bodies = 0;
  await instances.countItems({ before: {}, each: {}, needsAll: false });
  expect(bytes.bodies).toBeGreaterThan(150);
  bytes.bodies = 0;
  expect(await page()).toHaveLength(10);
  expect(bytes.bodies).toBe(0);
});
