import { isReference, type Condition } from './condition.js';
import type { Scalar } from '../value.js';

/** The fields by which rules differ most; looked up by a hash if several rules name different values. */
export const NAMED: readonly string[] = Object.freeze([
  'instance.name',
  'model.name',
  'start.elementId',
  'item.elementId',
]);
/** A rule that names more values than this is left unchanged, since it would be copied for each. */
export const MOST_NAMED = 50;

export const conjuncts = (condition: Condition): readonly Condition[] =>
  condition.op === 'and' ? condition.of : [condition];

/**
 * The values that the field must have one of; undefined if the condition says something else, or has names that are
 * not listed.
 */
export function valuesOf(condition: Condition): readonly Scalar[] | undefined {
  if ('names' in condition) return undefined;
  if (condition.op === 'eq') return isReference(condition.value) ? undefined : [condition.value];
  if (condition.op !== 'in' && condition.op !== 'overlaps') return undefined;
  return isReference(condition.values) ? undefined : condition.values;
}

/** The texts that the field must have one of, if there are only a few. */
export function namedBy(condition: Condition, field: string): readonly string[] | undefined {
  if (!('field' in condition) || condition.field !== field) return undefined;
  const values = valuesOf(condition);
  return values !== undefined && values.length <= MOST_NAMED && values.every((v) => typeof v === 'string')
    ? values
    : undefined;
}
