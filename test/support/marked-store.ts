import { MARKS_FORMAT } from '../../src/core/marks/mark.js';
import { openStore } from '../../src/store/open.js';
import type { Store, StoredInstance } from '../../src/store/port.js';
import { lastingPlace, memoryPlace, type StoreKind } from './stores.js';

/** A store filled with instances that have their marks, so that its lists search by them. */
export interface MarkedStore {
  readonly store: Store;
  /** Closes the store and removes its data. */
  close(): Promise<void>;
}

export async function markedStore(
  kind: StoreKind,
  documents: Iterable<StoredInstance>,
): Promise<MarkedStore> {
  const place = kind === 'embedded' ? memoryPlace() : lastingPlace(kind);
  const store = await openStore(place.options);
  await store.install();
  for (const document of documents) await store.instances.insert(structuredClone(document));
  await store.values('guard').set('reindexed', MARKS_FORMAT);
  return {
    store,
    close: async () => {
      await store.close();
      await place.remove();
    },
  };
}
