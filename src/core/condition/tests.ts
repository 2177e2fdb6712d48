import type { Names } from './condition.js';
import { databaseType, plain } from '../number.js';
import { compareWithinType, same, type Scalar } from '../value.js';

/**
 * Tests of the value or list at a path. Undefined satisfies no test. Plain loops, since lists of candidates and
 * groups are short.
 */
export type Test<Operand> = (found: unknown, operand: Operand) => boolean;

/** Any value except null and code; a list inside a list is not a value here. */
const present = (value: unknown): boolean =>
  value !== undefined && value !== null && !Array.isArray(value) && databaseType(value) !== 'Code';
export const isPresent = (found: unknown): boolean =>
  Array.isArray(found) ? found.some(present) : present(found);

export function isEqual(found: unknown, operand: Scalar): boolean {
  if (typeof found !== 'object') return found === operand;
  if (!Array.isArray(found)) return same(found, operand);
  for (let i = 0; i < found.length; i++) if (same(found[i], operand)) return true;
  return false;
}

export const isOther: Test<Scalar> = (found, operand) => isPresent(found) && !isEqual(found, operand);

export function isOneOf(found: unknown, values: readonly Scalar[]): boolean {
  if (Array.isArray(found) && found.length === 0) return false;
  for (let i = 0; i < values.length; i++) if (isEqual(found, values[i] as Scalar)) return true;
  return false;
}

function ordered(holds: (difference: number) => boolean): Test<Scalar> {
  const test = (value: unknown, operand: Scalar): boolean => {
    const difference = compareWithinType(value, operand);
    return difference !== undefined && holds(difference);
  };
  return (found, operand) =>
    Array.isArray(found) ? found.some((entry) => test(entry, operand)) : test(found, operand);
}

export const ORDERS = {
  lt: ordered((difference) => difference < 0),
  lte: ordered((difference) => difference <= 0),
  gt: ordered((difference) => difference > 0),
  gte: ordered((difference) => difference >= 0),
} as const;

/** Membership in a list that may be long. */
export function amongAll(values: readonly Scalar[]): (found: unknown) => boolean {
  const scalars = new Set<unknown>(values.filter((value) => !(value instanceof Date)));
  const dates = values.filter((value): value is Date => value instanceof Date);
  const test = (value: unknown): boolean =>
    scalars.has(plain(value)) || (value instanceof Date && dates.some((date) => same(value, date)));
  return (found) => {
    if (typeof found === 'string') return scalars.has(found);
    return Array.isArray(found) ? found.some(test) : test(found);
  };
}

/** A text, or a list with one, that is among the names. */
export function amongNames(names: Names): (found: unknown) => boolean {
  const test = (value: unknown): boolean => typeof value === 'string' && names.has(value);
  return (found) => (Array.isArray(found) ? found.some(test) : test(found));
}
