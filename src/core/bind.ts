import { mapCases } from './cases.js';
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
} from './condition.js';
import { own } from './path.js';
import type { SecureUser } from './principal.js';
import { show } from './show.js';
import { isScalar, type Scalar } from './value.js';

type Read<T> = (principal: SecureUser) => T;

const OWN_NAMES: Readonly<Record<string, Read<string | undefined>>> = {
  userName: (principal) => principal.userName,
  tenantId: (principal) => principal.tenantId,
  modelsOwner: (principal) => principal.modelsOwner,
};
const GROUPS = 'userGroups';
const groupsOf: Read<readonly string[]> = (principal) => principal.userGroups;

const ownName = (path: string): Read<string | undefined> | undefined =>
  own(OWN_NAMES, path) as Read<string | undefined> | undefined;

function userReader(path: string): Read<unknown> {
  const [head, ...rest] = path.split('.') as [string, ...string[]];
  const first: Read<unknown> =
    head === GROUPS ? groupsOf : (ownName(head) ?? ((principal) => own(principal.attributes, head)));
  return rest.length === 0 ? first : (principal) => rest.reduce<unknown>(own, first(principal));
}

/** The value of `$user.<path>`: the principal's own field, otherwise its attributes; undefined if there is none. */
export const userValue = (principal: SecureUser, path: string): unknown => userReader(path)(principal);

/**
 * Reads `$user.<path>` as a value to compare with; undefined if it is not a scalar. A principal's own names were
 * checked when it was created.
 */
export function scalarReader(path: string): Read<Scalar | undefined> {
  const read = userReader(path);
  return (
    ownName(path) ??
    ((principal) => {
      const found = read(principal);
      return isScalar(found) ? found : undefined;
    })
  );
}

/** Reads `$user.<path>` as a list; a single value becomes a list of one. Undefined if it is neither. */
export function listReader(path: string): Read<readonly Scalar[] | undefined> {
  if (path === GROUPS) return groupsOf;
  const read = userReader(path);
  return (principal) => {
    const found = read(principal);
    if (isScalar(found)) return [found];
    return Array.isArray(found) && found.every(isScalar) ? (found as Scalar[]) : undefined;
  };
}

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
