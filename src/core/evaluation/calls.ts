import { glance, isOwn, listAt, plainValue, type Path } from './frame.js';
import { isDocument } from '../path.js';
import { runs, type Call, type ReadOperand, type Step } from './steps.js';
import { compareNumbers, isNotANumber, isNumber } from '../number.js';
import { isScalar, same } from '../value.js';

/** True if the condition holds of one element of the list. */
export const someElement =
  (path: Path, where: Step): Call =>
  (item, resource, principal) => {
    const list = listAt(path, item, resource);
    for (let i = 0; i < list.length; i++) {
      const one = list[i];
      if (!isDocument(one)) continue;
      // A list inside the list counts as a document whose fields are its positions, as in MongoDB.
      if (runs(where, Array.isArray(one) ? { ...one } : one, resource, principal)) return true;
    }
    return false;
  };

/** True if the condition holds that belongs to the value of the field. */
export const caseOf =
  (path: Path, cases: ReadonlyMap<string, Step>): Call =>
  (item, resource, principal) => {
    const found = glance(path, item, resource);
    if (typeof found === 'string') {
      const chosen = cases.get(found);
      return chosen !== undefined && runs(chosen, item, resource, principal) && isOwn(path, item, resource);
    }
    if (!Array.isArray(found)) return false;
    const test = (text: unknown): boolean => {
      const chosen = typeof text === 'string' ? cases.get(text) : undefined;
      return chosen !== undefined && runs(chosen, item, resource, principal);
    };
    return found.some(test) && isOwn(path, item, resource);
  };

const isComparable = (value: unknown): boolean => (isNumber(value) ? !isNotANumber(value) : isScalar(value));

const isSame = (left: unknown, right: unknown): boolean =>
  isNumber(right)
    ? isNumber(left) && compareNumbers(left, right) === 0
    : isScalar(right) && same(left, right);

/** Compares two fields. */
export const fieldsAgree =
  (path: Path, op: 'eq' | 'ne' | 'in', other: Path): Call =>
  (item, resource) => {
    const left = plainValue(path, item, resource);
    const right = plainValue(other, item, resource);
    if (!isComparable(left)) return false;
    if (op === 'in') return Array.isArray(right) && right.some((entry) => isSame(entry, left));
    return isComparable(right) && isSame(left, right) === (op === 'eq');
  };

/** A test of the principal alone. */
export const ofPrincipal =
  (test: ReadOperand): Call =>
  (_item, _resource, principal) =>
    principal !== undefined && test(principal) === true;
