import { isReference, type Condition } from './condition.js';
import type { Scalar } from './value.js';

/** What rules differ by most: each is looked up by a hash, where several rules name different ones. */
export const NAMED: readonly string[] = Object.freeze([
  'instance.name',
  'model.name',
  'start.elementId',
  'item.elementId',
]);
/** A rule that names more of them at once is left as it is: it would be written down once for each. */
export const MOST_NAMED = 50;

export const conjuncts = (condition: Condition): readonly Condition[] =>
  condition.op === 'and' ? condition.of : [condition];

/** The values one of which the field must have; undefined when the condition says something else. */
export function valuesOf(condition: Condition): readonly Scalar[] | undefined {
  if (condition.op === 'eq') return isReference(condition.value) ? undefined : [condition.value];
  if (condition.op !== 'in' && condition.op !== 'overlaps') return undefined;
  return isReference(condition.values) ? undefined : condition.values;
}

/** The few texts one of which the field must have. */
export function namedBy(condition: Condition, field: string): readonly string[] | undefined {
  if (!('field' in condition) || condition.field !== field) return undefined;
  const values = valuesOf(condition);
  return values !== undefined && values.length <= MOST_NAMED && values.every((v) => typeof v === 'string')
    ? values
    : undefined;
}
