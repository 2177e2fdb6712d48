import { Work } from '../../src/store/bson/budget.js';
import { InstanceIndex } from '../../src/store/embedded/instance-index.js';
import { sortInTurns, Turns } from '../../src/store/turns.js';

const busy = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end;);
};
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
  const index = new InstanceIndex();
  const turns = new Turns();
  for (let i = 0; i < 3000; i++) index.set(key(10 * i), { id: `i${i}`, guard: { rev: 1 } });
  const found: string[] = [];
  let pauses = 0;
  const change = (): void => {
    if (++pauses > 5) return;
    for (let i = pauses % 2; i < 3000; i += 100)
      index.delete(index.get(`i${i}`) ?? { key: '', document: { id: '' } });
    for (let i = 0; i < 3000; i += 50)
      index.set(key(10 * i + pauses), { id: `n${i}-${pauses}`, guard: { rev: 1 } });
  };
  const timer = setInterval(change, 1);
  const work = new Work(turns);
  await index
    .scan({ filter: {} }, work, ({ document }) => {
      busy(0.05);
      work.spend(500);
      found.push(document.id);
    })
    .finally(() => clearInterval(timer));
  expect(pauses).toBeGreaterThan(3);
  const staying = Array.from({ length: 3000 }, (_, n) => 2999 - n).filter((i) => i % 100 > 1);
  expect(found.filter((id) => id.startsWith('i') && Number(id.slice(1)) % 100 > 1)).toEqual(
    staying.map((i) => `i${i}`),
  );
  expect(new Set(found).size).toBe(found.length);
});
