import type { StoredInstance, StoredItem } from '../documents.js';

/** An item is a document with a string as its id; entries by other programs may be anything else. */
function isItem(entry: unknown): entry is StoredItem {
  return (
    typeof entry === 'object' &&
    entry !== null &&
    !Array.isArray(entry) &&
    typeof (entry as { id?: unknown }).id === 'string'
  );
}

/** The items of a stored instance. */
export function itemsOf(instance: StoredInstance): StoredItem[] {
  const list: unknown = instance.items;
  return Array.isArray(list) ? list.filter(isItem) : [];
}

/** Gives an instance stored without a list of items an empty one, which is not the same as "not loaded". */
export const whole = (instance: StoredInstance): StoredInstance =>
  instance.items === undefined ? { ...instance, items: [] } : instance;
