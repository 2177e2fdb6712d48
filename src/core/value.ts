import { compareNumbers, isNotANumber, isNumber } from './number.js';

/** A value that a condition may compare with: one that MongoDB orders within its type. */
export type Scalar = string | number | boolean | Date;

/**
 * True if the value may occur in a condition. NaN and invalid dates may not, since they equal nothing; nor may
 * unpaired surrogates, which all become the same character in UTF-8.
 */
export function isScalar(value: unknown): value is Scalar {
  if (typeof value === 'number') return !Number.isNaN(value);
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return typeof value === 'string' ? value.isWellFormed() : typeof value === 'boolean';
}

/** Equality as in MongoDB: no conversion between types; dates by their time, numbers by their value. */
export function same(left: unknown, right: Scalar): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || left === null) return false;
  if (left instanceof Date) return right instanceof Date && left.getTime() === right.getTime();
  return typeof right === 'number' && isNumber(left) && compareNumbers(left, right) === 0;
}

/** Characters beyond the first 65,536 are two units, which sort below the last ones of the others. */
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const byCodePoint = (unit: number): number =>
  unit < FIRST_SURROGATE ? unit : unit <= LAST_SURROGATE ? unit + 0x10000 : unit;

/** Order of texts by code point, as in MongoDB's binary comparison of UTF-8. JavaScript orders by UTF-16 unit. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [left.charCodeAt(i), right.charCodeAt(i)];
    if (a !== b) return byCodePoint(a) - byCodePoint(b);
  }
  return left.length - right.length;
}

/** Order of two values of one type; undefined if the types differ, since MongoDB compares within a type only. */
export function compareWithinType(left: unknown, right: Scalar): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'number' && typeof right === 'number')
    return Number.isNaN(left) ? undefined : left === right ? 0 : left - right;
  if (typeof right === 'number' && isNumber(left))
    return isNotANumber(left) ? undefined : compareNumbers(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  return undefined;
}

const LONGEST = 120;

/** A short description of any value, for error messages. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch {
    return `a value of type ${typeof value}`;
  }
}

/** True for any object but a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for an object literal or an object without a prototype; not for lists, dates and class instances. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
