import { and, EVERYTHING, NOTHING, not, or, some, type Condition } from './condition.js';
import { valuesOf } from './named.js';

const either = (holds: boolean): Condition => (holds ? EVERYTHING : NOTHING);

/** A comparison of the field with constants, decided; any other stays the same object. */
function decided(condition: Condition, field: string, text: string): Condition {
  if (!('field' in condition) || condition.field !== field) return condition;
  if (condition.op === 'ne')
    return typeof condition.value === 'string' ? either(condition.value !== text) : condition;
  const values = valuesOf(condition);
  return values?.every((value) => typeof value === 'string') === true
    ? either(values.includes(text))
    : condition;
}

/**
 * What is left of a condition where a field is known to be this text. What does not speak of the field stays the same
 * object, so that it is compiled once.
 */
export function given(condition: Condition, field: string, text: string): Condition {
  switch (condition.op) {
    case 'and':
    case 'or': {
      const parts: Condition[] = [];
      for (const part of condition.of) {
        const rest = given(part, field, text);
        // Nearly all rules are about other models; what decides the whole ends the walk.
        if (rest === (condition.op === 'and' ? NOTHING : EVERYTHING)) return rest;
        parts.push(rest);
      }
      if (parts.every((part, at) => part === condition.of[at])) return condition;
      return condition.op === 'and' ? and(...parts) : or(...parts);
    }
    case 'not': {
      const rest = given(condition.of, field, text);
      return rest === condition.of ? condition : not(rest);
    }
    case 'some': {
      // In there, an element of the list is the item.
      if (field.startsWith('item.')) return condition;
      const rest = given(condition.where, field, text);
      return rest === condition.where ? condition : some(condition.field, rest);
    }
    case 'cases': {
      if (condition.field !== field) return condition;
      const found = condition.cases.findLast(({ value }) => value === text);
      return found === undefined ? NOTHING : given(found.when, field, text);
    }
    default:
      return decided(condition, field, text);
  }
}
