import { mapCases } from '../condition/cases.js';
import {
  and,
  compare,
  exists,
  isIn,
  isReference,
  not,
  NOTHING,
  EVERYTHING,
  or,
  overlaps,
  some,
  type Condition,
  type Reference,
} from '../condition/condition.js';
import type { SecureUser } from '../principal.js';
import { isUserTest, userTest } from './user-test.js';
import { listReader, scalarReader } from './user-value.js';
import { type Scalar, show } from '../value.js';

function scalar(principal: SecureUser, value: Scalar | Reference): Scalar | Reference | undefined {
  return isReference(value) && value.ref === 'user' ? scalarReader(value.path)(principal) : value;
}

function scalars(
  principal: SecureUser,
  values: readonly Scalar[] | Reference,
): readonly Scalar[] | Reference | undefined {
  return isReference(values) && values.ref === 'user' ? listReader(values.path)(principal) : values;
}

/**
 * Replaces `$user.…` by the principal's values. A value that the principal lacks makes its part of the condition
 * false however it is nested: below a `not`, the unknown part counts as true.
 * @throws TypeError if it is not a condition
 */
export function bind(condition: Condition, principal: SecureUser, negated = false): Condition {
  const unknown = negated ? EVERYTHING : NOTHING;
  if (isUserTest(condition)) return userTest(condition, negated)(principal) ? EVERYTHING : NOTHING;
  switch (condition.op) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const value = scalar(principal, condition.value);
      return value === undefined && isReference(condition.value)
        ? unknown
        : compare(condition.op, condition.field, value as Scalar | Reference);
    }
    case 'in':
    case 'overlaps': {
      if ('names' in condition) return condition;
      const values = scalars(principal, condition.values);
      if (values === undefined) return unknown;
      return (condition.op === 'in' ? isIn : overlaps)(condition.field, values);
    }
    case 'exists':
      return exists(condition.field, condition.present);
    case 'some':
      return some(condition.field, bind(condition.where, principal, negated));
    case 'cases':
      return mapCases(condition, (when) => bind(when, principal, negated));
    case 'and':
      return and(...condition.of.map((part) => bind(part, principal, negated)));
    case 'or':
      return or(...condition.of.map((part) => bind(part, principal, negated)));
    case 'not':
      return not(bind(condition.of, principal, !negated));
    default:
      throw new TypeError(`Unknown condition ${show((condition as { op?: unknown }).op)}`);
  }
}
