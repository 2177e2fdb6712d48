import { BadInput } from '../../../src/core/errors.js';
import { archiveEnded } from '../../../src/engine/upkeep/archive-ended.js';
import { reindex } from '../../../src/engine/upkeep/reindex.js';
import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import { Turns } from '../../../src/store/turns.js';

const BEFORE = new Date('2030-01-01');

/** More instances than a page counts, and a store that refuses to count them all at once. */
async function filled(): Promise<EmbeddedInstances> {
  const instances = new EmbeddedInstances(new MemoryBytes(), new ObjectIds(), new Turns());
  for (let at = 0; at < 1100; at++)
    await instances.insert({
      id: `i${at}`,
      status: 'end',
      endedAt: new Date(at),
      items: [],
      guard: { rev: 1 },
    });
  jest
    .spyOn(instances, 'count')
    .mockImplementation(() => Promise.reject(new BadInput('too-expensive', 'Too many.')));
  return instances;
}
afterEach(() => jest.restoreAllMocks());

test('archiving counts in pages what the store refuses to count in one query', async () => {
  const done = await archiveEnded(await filled(), { before: BEFORE, dryRun: true });
  expect(done).toEqual({ archived: 1100, kept: 0, changed: 0, tooLarge: 0, total: 1100, complete: true });
});

test('reindexing does too', async () => {
  const instances = await filled();
  const left: number[] = [];
  const store = { instances, values: () => ({ set: async () => undefined, entries: async () => [] }) };
  const load = () => Promise.reject(new Error('no model'));
  const onProgress = (progress: { left: number }): void => void left.push(progress.left);
  expect(await reindex(store as never, { load, onProgress })).toBe(true);
  expect([left[0], left.at(-1)]).toEqual([1000, 0]);
});

test('another failure of a count is none of these', async () => {
  const instances = await filled();
  jest.spyOn(instances, 'count').mockImplementation(() => Promise.reject(new Error('closed')));
  await expect(archiveEnded(instances, { before: BEFORE })).rejects.toThrow('closed');
});
