import { inBatches, type Contents, type Fields, type Source } from './contents.js';
import { isCarried } from './carried.js';
import { PARTS, type Part } from './parts.js';
import { writeUnfinished, type Unfinished } from './unfinished.js';

/** How far a copy, or a comparison, has come. */
export interface Progress {
  readonly doing: 'copied' | 'compared';
  readonly part: Part;
  readonly done: number;
  readonly total: number;
}

/** Options of long work on the documents of a store. */
export interface Watched {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the work after the current batch. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies everything into another store, which notes after each batch how far it is. A later call with that note goes
 * on from there.
 * @param unfinished what the target says of an earlier call
 * @returns false when it was stopped
 */
export async function copyAll(
  source: Source,
  target: Contents,
  unfinished: Unfinished,
  { onProgress, signal }: Watched,
): Promise<boolean> {
  const done: Partial<Record<Part, number>> = { ...unfinished.done };
  for (const part of PARTS) {
    const total = await source.count(part);
    // Values expire, so their number does not give a position.
    let copied = part === 'values' ? 0 : (done[part] ?? 0);
    for await (const batch of inBatches(source.read(part, copied))) {
      await write(target, part, batch);
      copied += batch.length;
      done[part] = copied;
      await writeUnfinished(target, { ...unfinished, done });
      onProgress?.({ doing: 'copied', part, done: copied, total });
      if (signal?.aborted === true) return false;
    }
  }
  return true;
}

async function write(target: Contents, part: Part, batch: readonly Fields[]): Promise<void> {
  const carried = batch.filter((document) => isCarried(part, document));
  if (carried.length > 0) await target.write(part, carried);
}
