import { and, compare, exists, isIn, isReference, not, NOTHING, EVERYTHING, or, overlaps, some, type Condition, type Reference } from './condition.js';
import { own } from './path.js';
import type { SecureUser } from './principal.js';
import { show } from './show.js';
import { isScalar, type Scalar } from './value.js';

const OWN_FIELDS: ReadonlySet<string> = new Set(['userName', 'userGroups', 'tenantId', 'modelsOwner']);

/** The value of `$user.<path>`: the principal's own field, then its attributes; undefined when there is none. */
export function userValue(principal: SecureUser, path: string): unknown {
  const [head, ...rest] = path.split('.') as [string, ...string[]];
  let value = OWN_FIELDS.has(head) ? (principal as unknown as Record<string, unknown>)[head] : own(principal.attributes, head);
  for (const segment of rest) value = own(value, segment);
  return value;
}

function scalar(principal: SecureUser, value: Scalar | Reference): Scalar | Reference | undefined {
  if (!isReference(value) || value.ref !== 'user') return value;
  const found = userValue(principal, value.path);
  return isScalar(found) ? found : undefined;
}

function scalars(principal: SecureUser, values: readonly Scalar[] | Reference): readonly Scalar[] | Reference | undefined {
  if (!isReference(values) || values.ref !== 'user') return values;
  const found = userValue(principal, values.path);
  if (isScalar(found)) return [found];
  return Array.isArray(found) && found.every(isScalar) ? (found as Scalar[]) : undefined;
}

/**
 * Puts the principal's values in the place of `$user.…`. What the principal lacks makes its part of the condition
 * come out false however it is nested: below a `not`, the unknown part counts as true (spec 08, 34).
 * @throws TypeError when it meets what is no condition
 */
export function bind(condition: Condition, principal: SecureUser, negated = false): Condition {
  const unknown = negated ? EVERYTHING : NOTHING;
  switch (condition.op) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const value = scalar(principal, condition.value);
      return value === undefined && isReference(condition.value) ? unknown : compare(condition.op, condition.field, value as Scalar | Reference);
    }
    case 'in':
    case 'overlaps': {
      const values = scalars(principal, condition.values);
      if (values === undefined) return unknown;
      return (condition.op === 'in' ? isIn : overlaps)(condition.field, values);
    }
    case 'exists':
      return exists(condition.field, condition.present);
    case 'some':
      return some(condition.field, bind(condition.where, principal, negated));
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
