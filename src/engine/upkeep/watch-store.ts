import type { Store } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';

/**
 * Logs once, with the cause, when the store can no longer write, and once when it can again.
 * @returns a function that stops the watch
 */
export function watchStore(store: Store, logger: GuardLogger): () => void {
  const stop = store.onWritable?.(({ writable, cause, isDamaged }) => {
    if (writable) logger.info('the store can write again');
    else if (isDamaged === true) logger.error('the store is damaged; all calls are refused', { cause });
    else logger.error('the store cannot write; commands are refused until it can', { cause });
  });
  return () => stop?.();
}
