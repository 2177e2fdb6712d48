import {
  and,
  compare,
  eq,
  exists,
  isReference,
  not,
  or,
  some,
  type Condition,
} from '../../condition/condition.js';

const OPPOSITE = { lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' } as const;

/** The field that `$data.` or `$role.` names; undefined for a plain value. */
function otherField(value: unknown): string | undefined {
  if (!isReference(value) || value.ref === 'user') return undefined;
  return value.ref === 'data' ? `instance.data.${value.path}` : `instance.guard.roles.${value.path}`;
}

const lacks = (...fields: readonly (string | undefined)[]): Condition =>
  or(...fields.filter((field) => field !== undefined).map((field) => exists(field, false)));

/** True for the part of `$nin` that says that there is a value, beside the one that says what it is not. */
const isOfNin = (part: Condition, all: readonly Condition[]): boolean =>
  part.op === 'exists' &&
  part.present &&
  all.some((other) => other.op === 'not' && other.of.op === 'in' && other.of.field === part.field);

/**
 * The condition, or it cannot be told whether it holds: a field is missing, or of a type that is not comparable. For
 * restrictions that must not be evaded by omitting a value or writing it in another type.
 */
export function possibly(condition: Condition): Condition {
  switch (condition.op) {
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return or(condition, not(compare(OPPOSITE[condition.op], condition.field, condition.value)));
    case 'eq':
      return or(condition, lacks(condition.field, otherField(condition.value)));
    case 'ne':
      return isReference(condition.value) && condition.value.ref !== 'user'
        ? or(condition, not(eq(condition.field, condition.value)))
        : or(condition, lacks(condition.field));
    case 'in':
    case 'overlaps':
      return or(condition, lacks(condition.field, otherField(condition.values)));
    case 'exists':
      return condition;
    case 'some':
      return some(condition.field, possibly(condition.where));
    case 'and':
      return and(...condition.of.filter((part) => !isOfNin(part, condition.of)).map(possibly));
    case 'or':
      return or(...condition.of.map(possibly));
    case 'not':
      return not(certainly(condition.of));
    case 'cases':
      throw new TypeError('A condition of a duty cannot choose by cases');
  }
}

/** The condition, and it can be told that it holds. */
function certainly(condition: Condition): Condition {
  switch (condition.op) {
    case 'some':
      return some(condition.field, certainly(condition.where));
    case 'and':
      return and(...condition.of.map(certainly));
    case 'or':
      return or(...condition.of.map(certainly));
    case 'not':
      return not(possibly(condition.of));
    default:
      return condition;
  }
}
