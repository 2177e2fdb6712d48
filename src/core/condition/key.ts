import { isReference, type Condition, type Reference } from './condition.js';
import type { Scalar } from '../value.js';

/** A text that says how long it is, so that what follows cannot be taken for a part of it. */
const sized = (text: string): string => `${text.length}:${text}`;

function valueKey(value: Scalar | Reference): string {
  if (typeof value === 'string') return `'${sized(value)}`;
  if (isReference(value)) return `$${value.ref}.${sized(value.path)}`;
  if (value instanceof Date) return `@${value.getTime()};`;
  return `${typeof value} ${String(value)};`;
}

function listKey(list: readonly (Scalar | Reference)[]): string {
  let key = '';
  for (const value of list) key += valueKey(value);
  return `[${key}]`;
}

/** A text that two conditions share only if they are the same, for use as a hash key. */
export function keyOf(condition: Condition): string {
  const { op } = condition;
  switch (condition.op) {
    case 'and':
    case 'or': {
      let key = '';
      for (const part of condition.of) key += keyOf(part);
      return `${op}(${key})`;
    }
    case 'not':
      return `not(${keyOf(condition.of)})`;
    case 'some':
      return `some(${sized(condition.field)}${keyOf(condition.where)})`;
    case 'cases': {
      let key = sized(condition.field);
      for (const { value, when } of condition.cases) key += sized(value) + keyOf(when);
      return `cases(${key})`;
    }
    case 'exists':
      return `exists(${sized(condition.field)}${condition.present})`;
    case 'in':
    case 'overlaps': {
      const { field, values } = condition;
      return `${op}(${sized(field)}${isReference(values) ? valueKey(values) : listKey(values)})`;
    }
    default:
      return `${op}(${sized(condition.field)}${valueKey(condition.value)})`;
  }
}
