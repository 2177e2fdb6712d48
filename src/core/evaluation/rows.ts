import type { Scalar } from '../value.js';
import { own, valuesAt } from '../path.js';
import { isEqual, isOneOf } from '../condition/tests.js';

/** What decisions read from: an object, some of whose fields may be inherited. */
export type Row = Readonly<Record<string, unknown>>;

/** A document that has nothing. */
export const NO_FIELDS: Row = Object.freeze({});

/** The values of fields in the documents of a list, as MongoDB finds them; each is an own property. */
function ofList(document: unknown, before: readonly string[], fields: readonly string[]): Row {
  const row: Record<string, unknown> = {};
  for (const field of fields) row[field] = valuesAt(document, [...before, field]).flat();
  return row;
}

/**
 * A document with the fields that rules read of it, whatever it is: nothing has no fields, and a list has those of its
 * documents.
 * @param ofGuard the fields below `guard`
 */
export function rowOf(value: unknown, fields: readonly string[], ofGuard: readonly string[]): Row {
  if (typeof value !== 'object' || value === null) return NO_FIELDS;
  if (!Array.isArray(value)) return value as Row;
  return { ...ofList(value, [], fields), guard: ofList(value, ['guard'], ofGuard) };
}

/** The `guard` of a document, in the same way. */
export function guardOf(row: Row, ofGuard: readonly string[]): Row {
  const { guard } = row;
  if (typeof guard !== 'object' || guard === null) return NO_FIELDS;
  return Array.isArray(guard) ? ofList(row, ['guard'], ofGuard) : (guard as Row);
}

/** Apart, so that what is evaluated most often stays small. */
const isInList = (found: unknown, operand: Scalar | undefined): boolean =>
  found !== undefined && found !== null && operand !== undefined && isEqual(found, operand);

/** The field is the operand, or a list with it. A value that the principal lacks equals nothing. */
export const is = (found: unknown, operand: Scalar | undefined): boolean =>
  typeof found === 'string' ? found === operand : isInList(found, operand);

/** The field is one of the values, or a list with one of them. */
export const isAny = (found: unknown, values: readonly Scalar[] | undefined): boolean =>
  found !== undefined && found !== null && values !== undefined && isOneOf(found, values);

const NONE: readonly unknown[] = Object.freeze([]);

/** The items of the instance of a resource. */
export function itemsIn(resource: object): readonly unknown[] {
  const items = own(own(resource, 'instance'), 'items');
  return Array.isArray(items) ? items : NONE;
}
