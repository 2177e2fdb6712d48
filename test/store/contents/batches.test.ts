import { inBatches, type Entry } from '../../../src/store/contents/contents.js';

/** Documents of these sizes, and how many of them have been read. */
function read(sizes: readonly number[]): { entries: AsyncIterable<Entry>; count(): number } {
  let count = 0;
  async function* entries(): AsyncGenerator<Entry> {
    for (const size of sizes) {
      count++;
      yield { document: { size }, size };
    }
  }
  return { entries: entries(), count: () => count };
}

test.each([
  ['no documents', [], []],
  ['2,500 small ones', Array<number>(2500).fill(1), [1000, 1000, 500]],
  ['large ones, in batches of about 8 MB', Array<number>(5).fill(3 * 1024 * 1024), [3, 2]],
  ['one that is larger than a batch', [20 * 1024 * 1024, 1], [1, 1]],
])('of %s no more is read than is dealt with', async (_name, sizes, expected) => {
  const { entries, count } = read(sizes);
  const lengths: number[] = [];
  let dealt = 0;
  for await (const batch of inBatches(entries)) {
    dealt += batch.length;
    expect(count()).toBe(dealt);
    lengths.push(batch.length);
  }
  expect(lengths).toEqual(expected);
});
