import { show } from './show.js';
import { isScalar, type Scalar } from './value.js';

/** A value that is known only when a principal asks (`user`) or a resource is at hand (`data`, `role`). */
export interface Reference {
  readonly ref: 'user' | 'data' | 'role';
  /** Dotted path below the root that `ref` names. */
  readonly path: string;
}

export type Comparison = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte';

/**
 * The closed tree in which all rules are written. One tree decides about a resource in memory (`evaluate`) and scopes
 * a query (`store/filter`).
 *
 * A field is a dotted path that begins with `item`, `instance` or `model`. Where a field holds a list, a comparison
 * holds when it holds for one of the entries; `ne` holds when there is a value and none equals. A field that is not
 * there, null or an empty list satisfies nothing but `exists: false`. `cases` asks what stands for the text that the
 * field holds; rules that differ by model or element only are put together so.
 */
export type Condition =
  | { readonly op: Comparison; readonly field: string; readonly value: Scalar | Reference }
  | { readonly op: 'in' | 'overlaps'; readonly field: string; readonly values: readonly Scalar[] | Reference }
  | { readonly op: 'exists'; readonly field: string; readonly present: boolean }
  | { readonly op: 'some'; readonly field: string; readonly where: Condition }
  | { readonly op: 'cases'; readonly field: string; readonly cases: readonly Case[] }
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition };

/** Holds for every resource. */
export const EVERYTHING: Condition = Object.freeze({ op: 'and', of: Object.freeze([]) });
/** Holds for no resource. */
export const NOTHING: Condition = Object.freeze({ op: 'or', of: Object.freeze([]) });

/** What is asked where the field holds this text, and nothing else. */
export interface Case {
  readonly value: string;
  readonly when: Condition;
}

export const isEverything = (condition: Condition): boolean =>
  condition.op === 'and' && condition.of.length === 0;
export const isNothing = (condition: Condition): boolean =>
  condition.op === 'or' && condition.of.length === 0;

export function isReference(value: unknown): value is Reference {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Date) &&
    !Array.isArray(value) &&
    'ref' in value
  );
}

const REFERENCES: ReadonlySet<string> = new Set(['user', 'data', 'role'] satisfies Reference['ref'][]);

/**
 * The value, checked. Nothing stands in for one that is missing: undefined would match every row that lacks the field.
 * @throws TypeError when it is neither a scalar nor a reference
 */
export function operand<V>(field: string, value: V): V {
  if (isReference(value) ? !REFERENCES.has(value.ref) : !isScalar(value))
    throw new TypeError(`A condition on ${field} takes a text, number, boolean or date, got ${show(value)}`);
  return value;
}

/** A reference that its maker cannot change afterwards. */
const unchangeable = <V>(value: V): V =>
  isReference(value) && !Object.isFrozen(value)
    ? (Object.freeze({ ref: value.ref, path: value.path }) as V)
    : value;

/**
 * The field compared with one value. @throws TypeError when the value is missing or not a scalar; so do all
 * that take values
 */
export const compare = (op: Comparison, field: string, value: Scalar | Reference): Condition =>
  Object.freeze({ op, field, value: unchangeable(operand(field, value)) });
export const eq = (field: string, value: Scalar | Reference): Condition => compare('eq', field, value);
export const ne = (field: string, value: Scalar | Reference): Condition => compare('ne', field, value);
export const exists = (field: string, present = true): Condition =>
  Object.freeze({ op: 'exists', field, present });

/** The field's value is one of the list. */
export const isIn = (field: string, values: readonly Scalar[] | Reference): Condition =>
  membership('in', field, values);
/** The field's list and the given list share an entry. */
export const overlaps = (field: string, values: readonly Scalar[] | Reference): Condition =>
  membership('overlaps', field, values);

function membership(op: 'in' | 'overlaps', field: string, values: readonly Scalar[] | Reference): Condition {
  if (isReference(values)) return Object.freeze({ op, field, values: unchangeable(values) });
  return values.length === 0
    ? NOTHING
    : Object.freeze({
        op,
        field,
        values: Object.freeze(Array.from(values, (value) => operand(field, value))),
      });
}

/** One element of the list at `field` satisfies `where`, which speaks of it as `item`. */
export function some(field: string, where: Condition): Condition {
  return isNothing(where) ? NOTHING : Object.freeze({ op: 'some', field, where });
}

/** All of them hold. Simplified: nested `and`s are flattened, what always holds is left out. */
export function and(...conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((c) => (c.op === 'and' ? c.of : [c]));
  if (flat.some(isNothing)) return NOTHING;
  return flat.length === 1
    ? (flat[0] as Condition)
    : flat.length === 0
      ? EVERYTHING
      : Object.freeze({ op: 'and', of: Object.freeze(flat) });
}

/** One of them holds. Simplified as {@link and} is. */
export function or(...conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((c) => (c.op === 'or' ? c.of : [c]));
  if (flat.some(isEverything)) return EVERYTHING;
  return flat.length === 1
    ? (flat[0] as Condition)
    : flat.length === 0
      ? NOTHING
      : Object.freeze({ op: 'or', of: Object.freeze(flat) });
}

/** It does not hold. */
export function not(condition: Condition): Condition {
  if (isEverything(condition)) return NOTHING;
  if (isNothing(condition)) return EVERYTHING;
  return condition.op === 'not' ? condition.of : Object.freeze({ op: 'not', of: condition });
}
