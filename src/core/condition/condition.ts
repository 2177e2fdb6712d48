import { isScalar, type Scalar, show } from '../value.js';

/** A value known only for a given principal (`user`) or resource (`data`, `role`). */
export interface Reference {
  readonly ref: 'user' | 'data' | 'role';
  /** Dotted path below the root named by `ref`. */
  readonly path: string;
}

export type Comparison = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte';

/**
 * Texts that may be many and differ for each principal. A decision asks whether a text is one of them; the list is made
 * only when a query or a text needs it.
 */
export interface Names {
  /** Not fewer than there are. */
  readonly most: number;
  has(text: string): boolean;
  /** Frozen, and the same list each time. */
  list(): readonly string[];
}

/**
 * The closed tree in which all rules are written. The same tree decides about a resource in memory (`evaluate`) and
 * scopes a query (`store/filter`). A field is a dotted path that begins with `item`, `instance`, `model`, `start`
 * (an event that would start an instance) or `user` (the principal itself, as in `$user.`). If a
 * field is a list, a comparison holds if it holds for one of the entries; `ne` holds if there is a value and none
 * is equal. A field that is missing, null or an empty list satisfies only `exists: false`. `cases` selects a
 * condition by the text in a field; rules that differ only by model or element are merged this way.
 */
export type Condition =
  | { readonly op: Comparison; readonly field: string; readonly value: Scalar | Reference }
  | { readonly op: 'in' | 'overlaps'; readonly field: string; readonly values: readonly Scalar[] | Reference }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly string[]; readonly names: Names }
  | { readonly op: 'exists'; readonly field: string; readonly present: boolean }
  | { readonly op: 'some'; readonly field: string; readonly where: Condition }
  | { readonly op: 'cases'; readonly field: string; readonly cases: readonly Case[] }
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition };

/** Holds for every resource. */
export const EVERYTHING: Condition = Object.freeze({ op: 'and', of: Object.freeze([]) });
/** Holds for no resource. */
export const NOTHING: Condition = Object.freeze({ op: 'or', of: Object.freeze([]) });

/** The condition for one text of the field. */
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
 * Returns the value, checked. A missing value is never replaced: undefined would match every row that lacks the
 * field.
 * @throws TypeError if it is neither a scalar nor a reference
 */
export function operand<V>(field: string, value: V): V {
  if (isReference(value) ? !REFERENCES.has(value.ref) : !isScalar(value))
    throw new TypeError(`A condition on ${field} takes a text, number, boolean or date, got ${show(value)}`);
  return value;
}

/** The reference that a condition compares its field with; undefined if it compares with none. */
export function referenceIn(condition: Condition): Reference | undefined {
  if ('names' in condition) return undefined;
  const operand =
    'values' in condition ? condition.values : 'value' in condition ? condition.value : undefined;
  return isReference(operand) ? operand : undefined;
}

/** The fields that a condition compares, those of its references to the data included. */
export function fieldsIn(condition: Condition): string[] {
  if (condition.op === 'not') return fieldsIn(condition.of);
  if ('of' in condition) return condition.of.flatMap(fieldsIn);
  if (condition.op === 'some') return [condition.field, ...fieldsIn(condition.where)];
  if (condition.op === 'cases')
    return [condition.field, ...condition.cases.flatMap(({ when }) => fieldsIn(when))];
  const reference = referenceIn(condition);
  return reference?.ref === 'data' ? [condition.field, `instance.data.${reference.path}`] : [condition.field];
}

/** A reference that its creator cannot change afterwards. */
const unchangeable = <V>(value: V): V =>
  isReference(value) && !Object.isFrozen(value)
    ? (Object.freeze({ ref: value.ref, path: value.path }) as V)
    : value;

/**
 * The field compared with one value. @throws TypeError if the value is missing or not a scalar, as do all functions
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
/** The field's text is one of the names, which are listed only if somebody reads `values`. */
export const isAmong = (field: string, names: Names): Condition =>
  Object.freeze({
    op: 'in',
    field,
    names,
    get values() {
      return names.list();
    },
  });
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

/** One element of the list at `field` satisfies `where`, which refers to it as `item`. */
export function some(field: string, where: Condition): Condition {
  return isNothing(where) ? NOTHING : Object.freeze({ op: 'some', field, where });
}

const flattened = (op: 'and' | 'or', conditions: readonly Condition[]): readonly Condition[] =>
  conditions.some((c) => c.op === op)
    ? conditions.flatMap((c) => (c.op === op ? (c as { readonly of: readonly Condition[] }).of : [c]))
    : conditions;

/** All of them hold. Simplified: nested `and`s are flattened, and conditions that always hold are dropped. */
export function and(...conditions: readonly Condition[]): Condition {
  const flat = flattened('and', conditions);
  if (flat.some(isNothing)) return NOTHING;
  return flat.length === 1
    ? (flat[0] as Condition)
    : flat.length === 0
      ? EVERYTHING
      : Object.freeze({ op: 'and', of: Object.freeze(flat) });
}

/** One of them holds. Simplified like {@link and}. */
export function or(...conditions: readonly Condition[]): Condition {
  const flat = flattened('or', conditions);
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

/** True if nothing in the condition can change any more, as for everything this package creates. */
export function isFixed(condition: Condition): boolean {
  if (!Object.isFrozen(condition)) return false;
  switch (condition.op) {
    case 'and':
    case 'or':
      return Object.isFrozen(condition.of) && condition.of.every(isFixed);
    case 'not':
      return isFixed(condition.of);
    case 'some':
      return isFixed(condition.where);
    case 'cases':
      return (
        Object.isFrozen(condition.cases) &&
        condition.cases.every((one) => Object.isFrozen(one) && isFixed(one.when))
      );
    case 'in':
    case 'overlaps':
      return 'names' in condition || Object.isFrozen(condition.values);
    case 'exists':
      return true;
    default:
      return !isReference(condition.value) || Object.isFrozen(condition.value);
  }
}
