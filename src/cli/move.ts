import { move } from '../store/contents/move.js';
import type { Progress } from '../store/contents/copy.js';
import { openStore } from '../store/open.js';
import { count, UsageError, type Io } from './io.js';
import type { Run } from './maintenance.js';
import { readArguments } from './options.js';
import { record } from './record.js';
import { storeNamed } from './store.js';

/** Prints progress, and remembers how many documents of each part there were. */
function reporter(io: Io): { onProgress(progress: Progress): void; summary(): string[] } {
  const copied = new Map<string, number>();
  return {
    onProgress: ({ doing, part, done, total }) => {
      io.err(`${part}: ${done} of ${total} ${doing}`);
      if (doing === 'compared') copied.set(part, done);
    },
    summary: () => [...copied].map(([part, done]) => `${part}: ${done}`),
  };
}

/** Moves a store into another one, of either kind. */
export const moveStore: Run = async (args, io) => {
  const { values, given } = readArguments(args, ['from', 'to'], {});
  if (values.url !== undefined || values.name !== undefined || values.folder !== undefined)
    throw new UsageError('move takes both stores as arguments: a folder, a URL, MONGO_DB_URL or DATA_DIR');
  const [from, to] = given as [string, string];
  const target = storeNamed(to, io.env);
  const { onProgress, summary } = reporter(io);
  const interruption = io.onInterrupt();
  const { signal } = interruption;
  const { complete, compared, different, named } = await move(storeNamed(from, io.env), target, {
    onProgress,
    signal,
  }).finally(() => interruption.done());
  if (!complete) {
    io.out('Stopped. Run it again to continue.');
    return 1;
  }
  if (different > 0) {
    for (const line of named) io.out(line);
    io.out(
      `${count(different, 'document')} of ${compared} differ: the target is refused. Remove it and move again.`,
    );
    return 1;
  }
  const store = await openStore(target);
  try {
    await record(store, 'move', 'store');
  } finally {
    await store.close();
  }
  for (const line of summary()) io.out(line);
  io.out(`${count(compared, 'document')} moved, and equal in both stores. The source is as it was.`);
  return 0;
};
