import { CouldNotTell } from '../core/errors.js';
import { isPlainObject } from '../core/value.js';
import type { PolicyChange } from './policy-documents.js';

/** The longest text of a part, in bytes. */
const LONGEST_TEXT = 1_000_000;

/** A part as it is stored: mostly as JSON, which is read much faster than a document of so many fields. */
export type StoredPart = { readonly text: string } | { readonly changes: readonly PolicyChange[] };

/** True if the value is the same after it was written as JSON and read. */
function isJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) return Array.from(value as unknown[]).every(isJson);
      return isPlainObject(value) && Object.values(value).every(isJson);
    default:
      return false;
  }
}

/** The form in which the changes of a part are stored. */
export function storedPart(changes: readonly PolicyChange[]): StoredPart {
  const text = isJson(changes) ? JSON.stringify(changes) : undefined;
  return text === undefined || Buffer.byteLength(text) > LONGEST_TEXT ? { changes } : { text };
}

/** A change without a value would remove its entry. */
const isChange = (one: unknown): one is PolicyChange =>
  isPlainObject(one) && typeof one.kind === 'string' && typeof one.id === 'string' && one.value !== undefined;

/**
 * The changes of a stored part.
 * @throws CouldNotTell `store-damaged`
 */
export function changesOfPart(stored: Readonly<Record<string, unknown>>): readonly PolicyChange[] {
  try {
    const { text, changes } = stored;
    const found: unknown = typeof text === 'string' ? JSON.parse(text) : changes;
    if (Array.isArray(found) && found.every(isChange)) return found;
  } catch {
    // Not JSON: reported below.
  }
  throw new CouldNotTell('store-damaged', 'A part of the log of the policies cannot be read.');
}
