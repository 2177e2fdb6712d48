import { BadInput } from '../../core/errors.js';
import { compareAll, type Comparison } from './compare.js';
import type { Contents } from './contents.js';
import { copyAll, type Watched } from './copy.js';
import { assertUnused, openSource, openTarget, placeOf, type Lasting } from './open-contents.js';
import { removeUnfinished, type Unfinished } from './unfinished.js';

/** What came of a move. */
export interface Moved extends Comparison {
  /** False when it was stopped; the next call goes on from there. */
  readonly complete: boolean;
}

const STOPPED: Moved = Object.freeze({ complete: false, compared: 0, different: 0, named: [] });

async function moved(
  source: Contents,
  target: Contents,
  unfinished: Unfinished,
  watched: Watched,
): Promise<Moved> {
  if (!(await copyAll(source, target, unfinished, watched))) return STOPPED;
  await target.install();
  const comparison = await compareAll(source, target, watched);
  await assertUnused(source, 'source');
  if (comparison.complete && comparison.different === 0) await removeUnfinished(target);
  return comparison;
}

/**
 * Copies a store into another one, of either kind, and compares them document by document. The source is only read.
 * Until both are equal, the target is refused to guards. A call that was stopped, or whose process ended, is continued
 * by the next one.
 * @throws BadInput `bad-configuration` when there is no source, or the target contains other data
 * @throws CouldNotTell `store-in-use` when a process uses the source or the target; `store-incomplete`;
 *   `store-unavailable`
 */
export async function move(from: Lasting, to: Lasting, watched: Watched = {}): Promise<Moved> {
  const place = await placeOf(from);
  if (place === (await placeOf(to)))
    throw new BadInput('bad-configuration', 'Source and target are the same store.');
  const source = await openSource(from);
  try {
    const [target, unfinished] = await openTarget(to, { what: 'move', from: place, done: {} });
    try {
      return await moved(source, target, unfinished, watched);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
