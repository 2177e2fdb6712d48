import { isFixed, type Condition } from '../condition/condition.js';
import { FORBIDDEN_KEYS } from '../path.js';
import { isPlainObject, show } from '../value.js';

/**
 * A field of an instance's data that not every reader of the instance sees. To those it is hidden from, the field is
 * absent: in what they read, in filters and in counts. They can neither sort by it nor write it.
 */
export interface FieldRule {
  /** A path below the data, such as `data.salary`; what is below it is hidden with it. */
  readonly field: string;
  /** Shown while this holds. It refers to the instance and to `$user.`, but not to the instance's items. */
  readonly unless: Condition;
}

const ROOT = 'data';
const LONGEST = 500;
/** Names in the path of a field. */
export const FIELD_SEGMENTS = 12;
const POSITION = /^\d+$/;

/** The names of a path, without positions in lists: `a.0.b` leads to the same field as `a.b`. */
export const namesOfPath = (path: string): readonly string[] =>
  path
    .split('.')
    .map((name) => name.replace('[]', ''))
    .filter((name) => name !== '' && !POSITION.test(name));

/** Whether it is the path of a field below the data, each of whose names can be asked for in a query. */
export function isDataField(field: unknown): field is string {
  if (typeof field !== 'string' || field.length > LONGEST || field.includes('\0')) return false;
  const [root, ...names] = field.split('.');
  return (
    root === ROOT &&
    names.length > 0 &&
    names.length < FIELD_SEGMENTS &&
    names.every(
      (name) =>
        name !== '' &&
        name.trim() === name &&
        !name.startsWith('$') &&
        !name.includes('[]') &&
        !POSITION.test(name) &&
        !FORBIDDEN_KEYS.has(name) &&
        name.isWellFormed(),
    )
  );
}

/** True if one path is the other, or leads to it: a field as a whole tells of what is hidden below it. */
export const overlap = (one: readonly string[], other: readonly string[]): boolean => {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.every((name, at) => name === long[at]);
};

/** The parts of an instance that are at hand wherever a field is shown. */
function assertOfInstance(condition: Condition): void {
  switch (condition.op) {
    case 'and':
    case 'or':
      condition.of.forEach(assertOfInstance);
      return;
    case 'not':
      assertOfInstance(condition.of);
      return;
    default: {
      const [root, second] = condition.field.split('.');
      if (root !== 'instance' || second === 'items')
        throw new TypeError(`a field rule cannot refer to ${condition.field}`);
      if (condition.op === 'cases') for (const { when } of condition.cases) assertOfInstance(when);
    }
  }
}

/**
 * Checks what a policy says about fields.
 * @throws TypeError unless given a list of rules about fields of the data
 */
export function readFieldRules(given: unknown): readonly FieldRule[] {
  if (!Array.isArray(given)) throw new TypeError(`A policy must return fields as a list, got ${show(given)}`);
  for (const rule of given as unknown[]) {
    if (typeof rule !== 'object' || rule === null || !isDataField((rule as FieldRule).field))
      throw new TypeError(
        `A field rule must name a field below data, got ${show((rule as FieldRule)?.field)}`,
      );
    const { unless } = rule as FieldRule;
    if (!isPlainObject(unless)) throw new TypeError(`A field rule needs a condition, got ${show(unless)}`);
    assertOfInstance(unless);
  }
  return given as FieldRule[];
}

/** True if nothing in the list can change any more. */
export const isFixedList = (rules: readonly FieldRule[]): boolean =>
  Object.isFrozen(rules) && rules.every((rule) => Object.isFrozen(rule) && isFixed(rule.unless));

/** A policy could not say which fields it hides. */
export class FieldsFailed extends Error {
  constructor(
    readonly policy: string,
    cause: unknown,
  ) {
    super(`the policy ${policy} failed`, { cause });
    this.name = 'FieldsFailed';
  }
}
