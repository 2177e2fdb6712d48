import { isReference, type Condition, type Names, type Reference } from './condition.js';
import type { Scalar } from '../value.js';

/**
 * The largest condition that a query states, in bytes. A list of items states it twice. Rules that need more are stated
 * roughly, and the rows that the query finds are tested.
 */
export const MOST_STATED = 32 * 1024;
/** From this size on, in bytes, it makes no difference how large a condition is. */
export const MOST_MEASURED = 4 * MOST_STATED;

/** Bytes of names, types and lengths around a part of a filter. */
const FRAME = 16;
/** Bytes of the test that a field has a value, which lists all types. */
const HAS_VALUE = 200;
/** Bytes of a comparison of two fields, in addition to those of their paths. */
const TWO_FIELDS = 700;
const PATHS_OF_TWO_FIELDS = 8;
const A_FEW_NAMES = 128;
const LAST_OF_ONE_BYTE = 0x7f;
const MOST_BYTES_OF_UNIT = 3;

function textSize(text: string): number {
  let bytes = FRAME;
  for (let i = 0; i < text.length; i++)
    bytes += text.charCodeAt(i) <= LAST_OF_ONE_BYTE ? 1 : MOST_BYTES_OF_UNIT;
  return bytes;
}

const valueSize = (value: Scalar): number => (typeof value === 'string' ? textSize(value) : FRAME);

/**
 * The size of a list of values in a filter, in bytes, rather too large than too small.
 * @param room a larger list is measured only until it is larger
 */
export function valuesSize(values: Iterable<Scalar>, room = MOST_MEASURED): number {
  let bytes = FRAME;
  for (const value of values) if ((bytes += valueSize(value)) > room) break;
  return bytes;
}

/** A list of more values is too large for a query, however short they are. */
export const MOST_VALUES_STATED = MOST_STATED / FRAME;

/** Names that no query can state: their list need not be made. */
export const isTooLong = ({ most }: Names): boolean => most > MOST_VALUES_STATED;

/** A value of the principal has another size for each; until it is known, it counts as a few names. */
const compared = (field: string, { ref, path }: Reference): number =>
  ref === 'user'
    ? A_FEW_NAMES + textSize(field)
    : TWO_FIELDS + PATHS_OF_TWO_FIELDS * (textSize(field) + textSize(path));

/**
 * The size of a condition as a filter of a query, in bytes, rather too large than too small.
 * @param room a larger condition is measured only until it is larger
 */
export function conditionSize(condition: Condition, room = MOST_MEASURED): number {
  switch (condition.op) {
    case 'and':
    case 'or': {
      let bytes = 2 * FRAME;
      for (const part of condition.of) {
        bytes += FRAME + conditionSize(part, room - bytes);
        if (bytes > room) break;
      }
      return bytes;
    }
    case 'not':
      return 2 * FRAME + conditionSize(condition.of, room);
    case 'some':
      return 2 * FRAME + textSize(condition.field) + conditionSize(condition.where, room);
    case 'cases': {
      const here = 3 * FRAME + textSize(condition.field);
      const whens = new Set<Condition>();
      let bytes = FRAME;
      for (const { value, when } of condition.cases) {
        bytes += textSize(value);
        if (!whens.has(when)) bytes += here + conditionSize(when, room - bytes);
        if (bytes > room) break;
        whens.add(when);
      }
      return bytes + FRAME;
    }
    case 'exists':
      return HAS_VALUE + textSize(condition.field);
    case 'in':
    case 'overlaps': {
      if ('names' in condition && isTooLong(condition.names)) return condition.names.most * FRAME;
      const { field, values } = condition;
      return isReference(values)
        ? compared(field, values)
        : FRAME + textSize(field) + valuesSize(values, room);
    }
    default: {
      const { op, field, value } = condition;
      if (isReference(value)) return compared(field, value);
      const once = FRAME + textSize(field) + valueSize(value);
      return op === 'ne' ? 2 * once + HAS_VALUE : once;
    }
  }
}

/** Elements of a list, as far as they are counted before it is known how many there are. */
const ELEMENTS = 8;

/** The steps that evaluating a condition takes, roughly. A choice among many cases is one lookup. */
export function stepsOf(condition: Condition): number {
  switch (condition.op) {
    case 'and':
    case 'or':
      return condition.of.reduce((sum, part) => sum + stepsOf(part), 1);
    case 'not':
      return stepsOf(condition.of);
    case 'some':
      return ELEMENTS * stepsOf(condition.where);
    case 'cases': {
      const whens = new Set(condition.cases.map(({ when }) => when));
      return [...whens].reduce((most, when) => Math.max(most, stepsOf(when)), 1) + 1;
    }
    default:
      return 1;
  }
}
