import type { StoredInstance, StoredItem } from '../documents.js';
import type { Filter } from '../port.js';
import { show } from '../../core/value.js';
import { child } from '../bson/kind.js';

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

/** The revision of a stored document; undefined if an unguarded host wrote it. */
export const revisionOf = (document: unknown): unknown => child(child(document, 'guard'), 'rev');

/** A filter for the document with a revision; undefined: one that an unguarded host wrote. */
export const atRevision = (rev: unknown): Filter => ({ 'guard.rev': rev ?? { $exists: false } });

/**
 * Checks the fields of an update.
 * @param fixed names of the fields that identify the document
 * @throws TypeError when a field is a path, an operator, or identifies the document
 */
export function settable(
  fields: Readonly<Record<string, unknown>>,
  fixed: readonly string[] = ['id'],
): Readonly<Record<string, unknown>> {
  const wrong = Object.keys(fields).find(
    (name) =>
      name === '' ||
      name === '_id' ||
      name === '__proto__' ||
      fixed.includes(name) ||
      name.includes('.') ||
      name.startsWith('$'),
  );
  if (wrong !== undefined) throw new TypeError(`Field ${show(wrong)} cannot be set`);
  return fields;
}

/** The fields of a document whose names are wanted. */
export const pick = (
  document: Readonly<Record<string, unknown>>,
  wanted: (name: string) => boolean,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(document).filter(([name]) => wanted(name)));
