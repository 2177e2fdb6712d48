import { listReader, scalarReader } from './bind.js';
import { isReference, operand, type Comparison, type Condition, type Reference } from './condition.js';
import { frameOf, listAt, parsePath, plainValue, reach, withItem, type Frame } from './frame.js';
import type { SecureUser } from './principal.js';
import type { Resource } from './resource.js';
import { isDocument } from './path.js';
import { show } from './show.js';
import { compareWithinType, isScalar, plain, same, type Scalar } from './value.js';

/** Answers a condition about one resource. */
export type Predicate = (resource: Resource) => boolean;

/** Answers a condition about one resource for one principal, whose values it takes for `$user.…`. */
export type PrincipalPredicate = (resource: Resource, principal: SecureUser) => boolean;

type Answer = (frame: Frame) => boolean;
type Values = readonly Scalar[];

/**
 * Tests what a path reached, one value or a list, against an operand. It is not asked about nothing, which
 * satisfies no test.
 */
type Test<Operand> = (found: unknown, operand: Operand) => boolean;

/** Any value but null; a list inside a list is no value here. */
const present = (value: unknown): boolean => value !== undefined && value !== null && !Array.isArray(value);
const isPresent = (found: unknown): boolean => (Array.isArray(found) ? found.some(present) : present(found));

/** A plain loop, as are the others here: lists of candidates and groups are short. */
function isEqual(found: unknown, operand: Scalar): boolean {
  if (typeof found !== 'object') return found === operand;
  if (!Array.isArray(found)) return same(found, operand);
  for (let i = 0; i < found.length; i++) if (same(found[i], operand)) return true;
  return false;
}

const isOther: Test<Scalar> = (found, operand) => isPresent(found) && !isEqual(found, operand);

function isOneOf(found: unknown, values: Values): boolean {
  if (Array.isArray(found) && found.length === 0) return false;
  for (let i = 0; i < values.length; i++) if (isEqual(found, values[i] as Scalar)) return true;
  return false;
}

function ordered(holds: (difference: number) => boolean): Test<Scalar> {
  const test = (value: unknown, operand: Scalar): boolean => {
    const difference = compareWithinType(value, operand);
    return difference !== undefined && holds(difference);
  };
  return (found, operand) =>
    Array.isArray(found) ? found.some((entry) => test(entry, operand)) : test(found, operand);
}

const TESTS: Record<Comparison, Test<Scalar>> = {
  eq: isEqual,
  ne: isOther,
  lt: ordered((difference) => difference < 0),
  lte: ordered((difference) => difference <= 0),
  gt: ordered((difference) => difference > 0),
  gte: ordered((difference) => difference >= 0),
};

/** A test of a field against what is known beforehand. */
function fixed<Operand>(field: string, test: Test<Operand>, operand: Operand): Answer {
  const path = parsePath(field);
  return (frame) => {
    const found = reach(frame, path);
    return found !== undefined && found !== null && test(found, operand);
  };
}

/** A test of a field against a value of the principal. What the principal lacks is `unknown`. */
function withUser<Operand>(
  field: string,
  test: Test<Operand>,
  read: (principal: SecureUser) => Operand | undefined,
  unknown: boolean,
): Answer {
  const path = parsePath(field);
  return (frame) => {
    const found = reach(frame, path);
    // Most fields are not set: then the principal's value makes no difference, unless to lack it counts as true.
    if (!unknown && (found === undefined || found === null)) return false;
    const operand = frame.principal && read(frame.principal);
    if (operand === undefined) return unknown;
    return found !== undefined && found !== null && test(found, operand);
  };
}

/** Membership in a list that may be long. */
function isAmong(field: string, values: Values): Answer {
  for (const value of values) operand(field, value);
  const scalars = new Set<unknown>(values.filter((value) => !(value instanceof Date)));
  const dates = values.filter((value): value is Date => value instanceof Date);
  const test = (value: unknown): boolean =>
    scalars.has(plain(value)) || (value instanceof Date && dates.some((date) => same(value, date)));
  return fixed(field, (found) => (Array.isArray(found) ? found.some(test) : test(found)), undefined);
}

/** The path of the resource that `$data.` and `$role.` stand for. */
export function referencePath(reference: Reference): string {
  return reference.ref === 'data'
    ? `instance.data.${reference.path}`
    : `instance.guard.roles.${reference.path}`;
}

function compareFields(op: 'eq' | 'ne' | 'in', field: string, reference: Reference): Answer {
  const left = parsePath(field);
  const right = parsePath(referencePath(reference));
  return (frame) => {
    const value = plain(plainValue(frame, left));
    const other = plain(plainValue(frame, right));
    if (!isScalar(value)) return false;
    if (op === 'in') return Array.isArray(other) && other.some((entry) => same(entry, value));
    return isScalar(other) && same(value, other) === (op === 'eq');
  };
}

/** Holds when all do. */
function every(parts: readonly Answer[]): Answer {
  return (frame) => {
    for (let i = 0; i < parts.length; i++) if (!(parts[i] as Answer)(frame)) return false;
    return true;
  };
}

/** Holds when one does. */
function any(parts: readonly Answer[]): Answer {
  return (frame) => {
    for (let i = 0; i < parts.length; i++) if ((parts[i] as Answer)(frame)) return true;
    return false;
  };
}

/** @param negated below a `not`, where what the principal lacks counts as true */
function build(condition: Condition, negated: boolean): Answer {
  switch (condition.op) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const { op, field } = condition;
      const value = operand(field, condition.value);
      if (!isReference(value)) return fixed(field, TESTS[op], value);
      if (value.ref === 'user') return withUser(field, TESTS[op], scalarReader(value.path), negated);
      if (op !== 'eq' && op !== 'ne')
        throw new TypeError(`Condition ${op} on ${field} compares two fields, which only eq and ne can`);
      return compareFields(op, field, value);
    }
    case 'in':
    case 'overlaps': {
      const { field, values } = condition;
      if (!isReference(values)) return isAmong(field, values);
      if (values.ref === 'user') return withUser(field, isOneOf, listReader(values.path), negated);
      return compareFields('in', field, values);
    }
    case 'exists': {
      const there = fixed(condition.field, isPresent, undefined);
      return condition.present ? there : (frame) => !there(frame);
    }
    case 'some': {
      const where = build(condition.where, negated);
      const path = parsePath(condition.field);
      // A list inside the list is taken for a document whose fields are its places, as in MongoDB.
      return (frame) =>
        listAt(frame, path).some(
          (item) => isDocument(item) && where(withItem(frame, Array.isArray(item) ? { ...item } : item)),
        );
    }
    case 'cases': {
      const built = new Map<Condition, Answer>();
      const answers = new Map<string, Answer>();
      for (const { value, when } of condition.cases) {
        const known = built.get(when) ?? build(when, negated);
        built.set(when, known);
        answers.set(value, known);
      }
      const path = parsePath(condition.field);
      const answer = (frame: Frame, text: unknown): boolean =>
        typeof text === 'string' && answers.get(text)?.(frame) === true;
      return (frame) => {
        const found = reach(frame, path);
        return Array.isArray(found) ? found.some((text) => answer(frame, text)) : answer(frame, found);
      };
    }
    case 'and':
      return every(condition.of.map((part) => build(part, negated)));
    case 'or':
      return any(condition.of.map((part) => build(part, negated)));
    case 'not': {
      const part = build(condition.of, !negated);
      return (frame) => !part(frame);
    }
    default:
      throw new TypeError(`Unknown condition ${show((condition as { op?: unknown }).op)}`);
  }
}

/**
 * Compiles a condition to a closure that serves every principal. It means what the condition means once it is bound:
 * what the principal lacks makes its part come out false however it is nested, so that below a `not` it counts as true.
 * The closure reads own properties only and never throws.
 * @throws TypeError for what is no condition
 */
export function compileForAll(condition: Condition): PrincipalPredicate {
  const holds = build(condition, false);
  return (resource, principal) => holds(frameOf(resource, principal));
}

/** @throws TypeError naming the field that is compared with a value of the principal */
function assertBound(condition: Condition): void {
  if ('of' in condition) for (const part of [condition.of].flat() as Condition[]) assertBound(part);
  else if (condition.op === 'some') assertBound(condition.where);
  else if (condition.op === 'cases') for (const { when } of condition.cases) assertBound(when);
  else {
    const value =
      'values' in condition ? condition.values : 'value' in condition ? condition.value : undefined;
    if (isReference(value) && value.ref === 'user')
      throw new TypeError(`Condition ${condition.op} on ${condition.field} is not bound to a principal`);
  }
}

/**
 * Compiles a condition, bound to its principal, to a closure. The closure reads own properties only and never throws.
 * @throws TypeError when a `$user.` value is left in it: it must be bound first, and for what is no condition
 */
export function compile(condition: Condition): Predicate {
  assertBound(condition);
  const holds = build(condition, false);
  return (resource) => holds(frameOf(resource));
}
