import type { Store } from '../../store/port.js';
import type { Incidents } from '../contract/incidents.js';
import type { GuardLogger } from '../contract/types.js';
import { messageOf } from '../../core/thrown.js';

/** Causes that have a log line each. */
const MOST_CAUSES = 10;

/**
 * Logs once, with the cause, when the store can no longer write, and once when it can again. A part of it that cannot
 * be examined is logged once for each cause, and counted each time it is tried.
 * @returns a function that stops the watch
 */
export function watchStore(store: Store, logger: GuardLogger, incidents: Incidents): () => void {
  const known = new Set<string>();
  const unexamined = (cause: unknown): void => {
    const why = messageOf(cause);
    if (known.has(why) || known.size >= MOST_CAUSES) incidents.count('examination');
    else {
      known.add(why);
      incidents.record('examination', 'a part of the store could not be examined; it is tried again', cause);
    }
  };
  const stop = store.onWritable?.(({ writable, cause, isDamaged, unread }) => {
    if (unread !== undefined) unexamined(unread);
    else if (writable) logger.info('the store can write again');
    else if (isDamaged === true) logger.error('the store is damaged; all calls are refused', { cause });
    else logger.error('the store cannot write; commands are refused until it can', { cause });
  });
  return () => stop?.();
}
