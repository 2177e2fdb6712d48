import { show } from '../../core/show.js';
import { child } from '../bson/kind.js';

/** The revision of a stored document; undefined if an unguarded host wrote it. */
export const revisionOf = (document: unknown): unknown => child(child(document, 'guard'), 'rev');

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
