/** LMDB: a tree of pages in one file, copied on write, read through a memory map. */
export const name = 'lmdb';

/** The cause of a failed commit comes later, in a separate promise beside the error, perhaps never. */
const PATIENCE = 500;

export async function open(folder) {
  const lmdb = await import('lmdb');
  // A commit is acknowledged when it is flushed, not before. Batching by itself would leave rejections unhandled.
  const db = lmdb.open({
    path: folder,
    noSubdir: false,
    encoding: 'binary',
    overlappingSync: false,
    eventTurnBatching: false,
  });
  return {
    get: async (key) => db.get(key),
    async put(entries) {
      try {
        const puts = [];
        const whole = db.batch(() => puts.push(...entries.map(([key, value]) => db.put(key, value))));
        // Each of them fails on its own as well.
        await Promise.all([whole, ...puts]);
      } catch (error) {
        const later = new Promise((resolve) => setTimeout(resolve, PATIENCE));
        const cause = await Promise.race([
          Promise.resolve(error.commitError).catch((reason) => reason),
          later,
        ]);
        throw Object.assign(error, { cause });
      }
    },
    async *iterate(from = '') {
      for (const { key, value } of db.getRange({ start: from })) yield [key, value];
    },
    close: () => db.close(),
  };
}
