import { userValue } from './user-value.js';
import { isReference, type Condition } from '../condition/condition.js';
import type { SecureUser } from '../principal.js';
import { amongAll, isEqual, isOther, isPresent, ORDERS } from '../condition/tests.js';
import type { Scalar } from '../value.js';

const ROOT = 'user.';

/** A condition on the principal alone: one test of a field that begins with `user.`. */
export type UserTest = Extract<Condition, { readonly field: string }> & { readonly field: `user.${string}` };

/** True for a test of the principal itself, such as of its groups; it says nothing about the resource. */
export const isUserTest = (condition: Condition): condition is UserTest =>
  'field' in condition && condition.field.startsWith(ROOT);

function testOf(condition: UserTest): (found: unknown) => boolean {
  switch (condition.op) {
    case 'eq':
    case 'ne': {
      const { op } = condition;
      const value = constant(condition.field, condition.value);
      return (found) => (op === 'eq' ? isEqual : isOther)(found, value);
    }
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const value = constant(condition.field, condition.value);
      const test = ORDERS[condition.op];
      return (found) => test(found, value);
    }
    case 'in':
    case 'overlaps':
      if (isReference(condition.values)) throw notConstant(condition.field);
      return amongAll(condition.values);
    default:
      throw new TypeError(`Condition ${condition.op} cannot be evaluated on ${condition.field}`);
  }
}

const notConstant = (field: string): TypeError =>
  new TypeError(`A condition on ${field} compares it with constants only`);

function constant(field: string, value: Scalar | object): Scalar {
  if (isReference(value)) throw notConstant(field);
  return value as Scalar;
}

/**
 * Compiles a test of the principal. A value that it lacks makes the test false, or true below a `not`, as for
 * `$user.…`.
 * @throws TypeError if it compares with anything but constants
 */
export function userTest(condition: UserTest, negated: boolean): (principal: SecureUser) => boolean {
  const path = condition.field.slice(ROOT.length);
  if (condition.op === 'exists') {
    const { present } = condition;
    return (principal) => isPresent(userValue(principal, path)) === present;
  }
  const test = testOf(condition);
  return (principal) => {
    const found = userValue(principal, path);
    return isPresent(found) ? test(found) : negated;
  };
}
