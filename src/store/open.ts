import { BadInput } from '../core/errors.js';
import { openMemory } from './embedded/open-embedded.js';
import { guarded } from './guarded.js';
import type { Store } from './port.js';

/** A store that lives as long as the process: tests, first steps. */
export interface MemoryOptions {
  readonly memory: true;
}

export type StoreOptions = MemoryOptions;

/**
 * Opens a store.
 * @throws BadInput `bad-configuration` when the options name none
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  if ('memory' in options && options.memory === true) return guarded(await openMemory());
  throw new BadInput('bad-configuration', 'store takes one of {url, name}, {folder} and {memory: true}.');
}
