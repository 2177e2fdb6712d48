import { ObjectId } from 'bson';
import { ObjectIds } from '../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../src/store/embedded/instances.js';
import { LARGE_FIELDS } from '../../src/store/query/large-fields.js';
import { sortInTurns, Turns } from '../../src/store/turns.js';
import { CountingBytes } from '../support/counting-bytes.js';

/** A clock that only work moves on: a real one does too while the process stands still. */
function ownClock(): (ms: number) => void {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  return (ms) => void (now += ms);
}
afterEach(() => jest.restoreAllMocks());
const key = (n: number): string => n.toString(16).padStart(24, '0');

test('of several that are long each has its turn, and the event loop goes round meanwhile', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const work = ownClock();
  let [rounds, isOver] = [0, false];
  const count = (): void => {
    rounds++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const long = async (name: string): Promise<void> => {
    for (let i = 0; i < 40; i++) {
      work(2);
      done.push(name);
      if (turns.isOver()) await turns.next();
    }
  };
  await Promise.all([long('a'), long('b'), long('c')]);
  isOver = true;
  expect(rounds).toBeGreaterThan(8);
  for (const name of ['a', 'b', 'c']) expect(done.indexOf(name)).toBeLessThan(40);
  expect(done.slice(-30)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
});

test('what is short never waits', async () => {
  ownClock();
  const turns = new Turns();
  let isLater = false;
  setImmediate(() => (isLater = true));
  await turns.map([1, 2, 3], (n) => n);
  await sortInTurns([3, 1, 2], (a, b) => a - b, turns);
  expect(isLater).toBe(false);
});

test('sorting in turns is sorting, and what is equal keeps its order', async () => {
  const list = Array.from({ length: 10_000 }, (_, i) => ({ rank: (i * 7919) % 13, i }));
  const compare = (a: { rank: number }, b: { rank: number }): number => a.rank - b.rank;
  expect(await sortInTurns(list, compare, new Turns())).toEqual([...list].sort(compare));
});

test('a list that is changed while it is read has each instance that stays once, in order', async () => {
  const bytes = new CountingBytes();
  // Not all of them fit into memory.
  const instances = new EmbeddedInstances(bytes, new ObjectIds(), new Turns(), 300_000);
  const insert = (at: number, id: string): Promise<void> =>
    instances.insert({ _id: new ObjectId(key(at)), id, guard: { rev: 1 } });
  for (let i = 0; i < 3000; i++) await insert(10 * i, `i${i}`);
  let [pauses, isChanging] = [0, false];
  const change = async (): Promise<void> => {
    if (isChanging || ++pauses > 5) return;
    isChanging = true;
    const gone = Array.from({ length: 30 }, (_, n) => `i${100 * n + (pauses % 2)}`);
    await instances.remove(gone, {});
    for (let i = 0; i < 3000; i += 50) await insert(10 * i + pauses, `n${i}-${pauses}`);
    isChanging = false;
  };
  bytes.before = change;
  const found = (await instances.find({ filter: {}, without: LARGE_FIELDS })).map(({ id }) => id);
  expect(pauses).toBeGreaterThan(3);
  const staying = Array.from({ length: 3000 }, (_, n) => 2999 - n).filter((i) => i % 100 > 1);
  expect(found.filter((id) => id.startsWith('i') && Number(id.slice(1)) % 100 > 1)).toEqual(
    staying.map((i) => `i${i}`),
  );
  expect(new Set(found).size).toBe(found.length);
});
