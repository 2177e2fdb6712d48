import { glance, isOwn, listAt, plainValue, type Path } from './frame.js';
import { isDocument } from './path.js';
import type { SecureUser } from './principal.js';
import type { Resource } from './resource.js';
import { isEqual, isOneOf, isPresent, type Test } from './tests.js';
import { isScalar, plain, same, type Scalar } from './value.js';

/** The value that a field is compared with, or a value that each principal has or lacks. */
export type Operand = unknown;
export type ReadOperand = (principal: SecureUser) => Operand;

/**
 * One step of a compiled condition. All steps have the same fields in the same order and are evaluated by one
 * function: the processor predicts a loop better than calls of closures.
 */
export interface Step {
  readonly op:
    | 'and'
    | 'or'
    | 'not'
    | 'eq'
    | 'oneOf'
    | 'test'
    | 'absent'
    | 'choice'
    | 'fields'
    | 'some'
    | 'cases'
    | 'user';
  /** True for steps that test one field. */
  readonly isTest: boolean;
  readonly path: Path;
  /** For `choice`: what must hold if the field has the value, and what if it has not. */
  readonly parts: readonly Step[];
  readonly operand: Operand;
  /** Reads the operand from the principal; missing: the operand is constant. */
  readonly read: ReadOperand | undefined;
  /** The result if the principal lacks the operand. */
  readonly unknown: boolean;
  readonly test: Test<never> | undefined;
  readonly cases: ReadonlyMap<string, Step> | undefined;
  /** The other field, if two are compared. */
  readonly other: Path | undefined;
}

const NO_PATH: Path = Object.freeze({ root: 'item', segments: Object.freeze([]) });
const NO_PARTS: readonly Step[] = Object.freeze([]);

/** Creates a step with all fields. */
export function step(op: Step['op'], fields: Partial<Omit<Step, 'op'>>): Step {
  return {
    op,
    isTest: op === 'eq' || op === 'oneOf' || op === 'test',
    path: fields.path ?? NO_PATH,
    parts: fields.parts ?? NO_PARTS,
    operand: fields.operand,
    read: fields.read,
    unknown: fields.unknown ?? false,
    test: fields.test,
    cases: fields.cases,
    other: fields.other,
  };
}

function holdsFor(one: Step, found: unknown, operand: Operand): boolean {
  switch (one.op) {
    case 'eq':
      return isEqual(found, operand as Scalar);
    case 'oneOf':
      return isOneOf(found, operand as readonly Scalar[]);
    default:
      return (one.test as Test<unknown>)(found, operand);
  }
}

function testField(one: Step, item: unknown, resource: Resource, principal: SecureUser | undefined): boolean {
  const { path, read, unknown } = one;
  const found = glance(path, item, resource);
  const isThere = found !== undefined && found !== null;
  // Most fields are unset: then the principal's value does not matter, unless lacking it counts as true.
  if (!isThere && !unknown) return false;
  let { operand } = one;
  if (read !== undefined) {
    operand = principal && read(principal);
    if (operand === undefined) return unknown;
  }
  return isThere && holdsFor(one, found, operand) && isOwn(path, item, resource);
}

function compareFields({ path, other, operand: op }: Step, item: unknown, resource: Resource): boolean {
  const left = plain(plainValue(path, item, resource));
  const right = plain(plainValue(other as Path, item, resource));
  if (!isScalar(left)) return false;
  if (op === 'in') return Array.isArray(right) && right.some((entry) => same(entry, left));
  return isScalar(right) && same(left, right) === (op === 'eq');
}

function testSome(
  { path, parts }: Step,
  item: unknown,
  resource: Resource,
  principal: SecureUser | undefined,
): boolean {
  const list = listAt(path, item, resource);
  for (let i = 0; i < list.length; i++) {
    const one = list[i];
    if (!isDocument(one)) continue;
    // A list inside the list counts as a document whose fields are its positions, as in MongoDB.
    if (holds(parts[0] as Step, Array.isArray(one) ? { ...one } : one, resource, principal)) return true;
  }
  return false;
}

function testCases(
  { path, cases }: Step,
  item: unknown,
  resource: Resource,
  principal: SecureUser | undefined,
): boolean {
  const test = (text: unknown): boolean => {
    const chosen = typeof text === 'string' ? cases?.get(text) : undefined;
    return chosen !== undefined && holds(chosen, item, resource, principal);
  };
  const found = glance(path, item, resource);
  return (Array.isArray(found) ? found.some(test) : test(found)) && isOwn(path, item, resource);
}

/** `(field is value and this) or (field is another and that)`: reads the field once. */
function choose(
  { path, operand, parts }: Step,
  item: unknown,
  resource: Resource,
  principal: SecureUser | undefined,
): boolean {
  const found = glance(path, item, resource);
  if (found === undefined || found === null) return false;
  const isThat = isEqual(found, operand as Scalar);
  if (!isThat && !isPresent(found)) return false;
  return ask(parts[isThat ? 0 : 1] as Step, item, resource, principal) && isOwn(path, item, resource);
}

/** Most steps test one field: they are evaluated inline in the loop. */
const ask = (one: Step, item: unknown, resource: Resource, principal: SecureUser | undefined): boolean =>
  one.isTest ? testField(one, item, resource, principal) : holds(one, item, resource, principal);

/** The result of a step for an item, its resource and a principal. */
export function holds(
  one: Step,
  item: unknown,
  resource: Resource,
  principal: SecureUser | undefined,
): boolean {
  switch (one.op) {
    case 'and': {
      const { parts } = one;
      for (let i = 0; i < parts.length; i++)
        if (!ask(parts[i] as Step, item, resource, principal)) return false;
      return true;
    }
    case 'or': {
      const { parts } = one;
      for (let i = 0; i < parts.length; i++)
        if (ask(parts[i] as Step, item, resource, principal)) return true;
      return false;
    }
    case 'not':
      return !holds(one.parts[0] as Step, item, resource, principal);
    case 'absent':
      return !testField(one, item, resource, principal);
    case 'choice':
      return choose(one, item, resource, principal);
    case 'fields':
      return compareFields(one, item, resource);
    case 'some':
      return testSome(one, item, resource, principal);
    case 'cases':
      return testCases(one, item, resource, principal);
    case 'user':
      return principal !== undefined && one.read?.(principal) === true;
    default:
      return testField(one, item, resource, principal);
  }
}
