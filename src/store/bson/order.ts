import { compareNumbers } from '../../core/number.js';
import { compareText } from '../../core/value.js';
import { kindOf, rankOf } from './kind.js';

/** Compares documents field by field: type, then name, then value, as in MongoDB. */
function compareDocuments(left: Record<string, unknown>, right: Record<string, unknown>): number {
  const a = Object.keys(left);
  const b = Object.keys(right);
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [nameA, nameB] = [a[i] as string, b[i] as string];
    const [valueA, valueB] = [left[nameA], right[nameB]];
    const difference =
      rankOf(kindOf(valueA)) - rankOf(kindOf(valueB)) ||
      compareText(nameA, nameB) ||
      compareValues(valueA, valueB);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareLists(left: readonly unknown[], right: readonly unknown[]): number {
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = compareValues(left[i], right[i]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

interface Bytes {
  readonly bytes: Uint8Array;
  readonly subtype: number;
}

function bytesOf(value: unknown): Bytes {
  if (value instanceof Uint8Array) return { bytes: value, subtype: 0 };
  const { buffer, position, sub_type } = value as { buffer: Uint8Array; position: number; sub_type: number };
  return { bytes: buffer.subarray(0, position), subtype: sub_type };
}

function compareBytes(left: unknown, right: unknown): number {
  const a = bytesOf(left);
  const b = bytesOf(right);
  if (a.bytes.length !== b.bytes.length) return a.bytes.length - b.bytes.length;
  if (a.subtype !== b.subtype) return a.subtype - b.subtype;
  const at = a.bytes.findIndex((byte, i) => byte !== b.bytes[i]);
  return at < 0 ? 0 : (a.bytes[at] as number) - (b.bytes[at] as number);
}

const hex = (value: unknown): string => (value as { toHexString(): string }).toHexString();

/**
 * Compares two stored values in MongoDB's sort order: missing < null < numbers < strings (by code point) < documents <
 * lists < binary < ids < booleans < dates. 0 when they are equal.
 */
export function compareValues(left: unknown, right: unknown): number {
  if (left === right) return 0;
  const kind = kindOf(left);
  const difference = rankOf(kind) - rankOf(kindOf(right));
  if (difference !== 0) return difference;
  switch (kind) {
    case 'string':
      return compareText(String(left), String(right));
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
      return compareNumbers(left, right);
    case 'bool':
      return Number(left) - Number(right);
    case 'date':
      return compareNumbers((left as Date).getTime(), (right as Date).getTime());
    case 'object':
      return compareDocuments(left as Record<string, unknown>, right as Record<string, unknown>);
    case 'array':
      return compareLists(left as unknown[], right as unknown[]);
    case 'objectId':
      return compareText(hex(left), hex(right));
    case 'binData':
      return compareBytes(left, right);
    case 'missing':
    case 'null':
    case 'minKey':
    case 'maxKey':
      return 0;
    default:
      return compareText(String(left), String(right));
  }
}

/** Equality with MongoDB's semantics: numbers by value, dates and ids by content, documents in field order. */
export const equalValues = (left: unknown, right: unknown): boolean =>
  left === right || compareValues(left, right) === 0;
