import { isReference, type Condition, type Reference } from './condition.js';
import type { Scalar } from './value.js';

function valueKey(value: Scalar | Reference): unknown {
  if (isReference(value)) return { [value.ref]: value.path };
  // JSON writes a date as a text, and numbers that are not finite as null.
  if (value instanceof Date) return { date: value.getTime() };
  return typeof value === 'number' ? { number: String(value) } : value;
}

function plainKey(condition: Condition): unknown {
  const { op } = condition;
  switch (condition.op) {
    case 'and':
    case 'or':
      return [op, ...condition.of.map(plainKey)];
    case 'not':
      return [op, plainKey(condition.of)];
    case 'some':
      return [op, condition.field, plainKey(condition.where)];
    case 'cases':
      return [op, condition.field, ...condition.cases.map(({ value, when }) => [value, plainKey(when)])];
    case 'exists':
      return [op, condition.field, condition.present];
    case 'in':
    case 'overlaps': {
      const { field, values } = condition;
      return [op, field, isReference(values) ? valueKey(values) : values.map(valueKey)];
    }
    default:
      return [op, condition.field, valueKey(condition.value)];
  }
}

/** A text that two conditions share only if they are the same, for use as a hash key. */
export const keyOf = (condition: Condition): string => JSON.stringify(plainKey(condition));
