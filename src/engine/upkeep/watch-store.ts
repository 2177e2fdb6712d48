import type { Store } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';

/**
 * Logs when the store can no longer write, and when it can again: one line each, with the cause.
 * @returns what ends that
 */
export function watchStore(store: Store, logger: GuardLogger): () => void {
  const stop = store.onWritable?.(({ writable, cause }) => {
    if (writable) logger.info('the store can write again');
    else logger.error('the store cannot write; commands are refused until it can', { cause });
  });
  return () => stop?.();
}
