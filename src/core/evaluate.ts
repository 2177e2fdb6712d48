import { listReader, scalarReader } from './bind.js';
import { isReference, operand, type Comparison, type Condition, type Reference } from './condition.js';
import { at, frameOf, listAt, plainValue, withItem, type Frame, type Reach } from './frame.js';
import type { SecureUser } from './principal.js';
import type { Resource } from './resource.js';
import { isDocument } from './path.js';
import { show } from './show.js';
import { compareWithinType, isScalar, same, type Scalar } from './value.js';

/** Answers a condition about one resource. */
export type Predicate = (resource: Resource) => boolean;

/** Answers a condition about one resource for one principal, whose values it takes for `$user.…`. */
export type PrincipalPredicate = (resource: Resource, principal: SecureUser) => boolean;

type Answer = (frame: Frame) => boolean;

/** Any value but null; a list inside a list is no value here. */
const present = (value: unknown): boolean => value !== undefined && value !== null && !Array.isArray(value);

const ORDER: Record<Exclude<Comparison, 'eq' | 'ne'>, (difference: number) => boolean> = {
  lt: (difference) => difference < 0,
  lte: (difference) => difference <= 0,
  gt: (difference) => difference > 0,
  gte: (difference) => difference >= 0,
};

function comparison(op: Comparison, field: string): Reach<Scalar> {
  if (op === 'eq') return at(field, same);
  if (op === 'ne') {
    const some = at(field, present);
    const equal = at(field, same);
    return (frame, value) => some(frame, undefined) && !equal(frame, value);
  }
  const holds = ORDER[op];
  return at(field, (found, value: Scalar) => {
    const difference = compareWithinType(found, value);
    return difference !== undefined && holds(difference);
  });
}

/** A plain loop: lists of groups are short. */
function isOneOf(found: unknown, values: readonly Scalar[]): boolean {
  for (let i = 0; i < values.length; i++) if (same(found, values[i] as Scalar)) return true;
  return false;
}

function isAmong(field: string, values: readonly Scalar[]): Answer {
  for (const value of values) operand(field, value);
  const plain = new Set<unknown>(values.filter((value) => !(value instanceof Date)));
  const dates = values.filter((value): value is Date => value instanceof Date);
  const holds = at(field, (found) => plain.has(found) || (found instanceof Date && dates.some((date) => same(found, date))));
  return (frame) => holds(frame, undefined);
}

/** The path of the resource that `$data.` and `$role.` stand for. */
export function referencePath(reference: Reference): string {
  return reference.ref === 'data' ? `instance.data.${reference.path}` : `instance.guard.roles.${reference.path}`;
}

function compareFields(op: 'eq' | 'ne' | 'in', field: string, reference: Reference): Answer {
  const left = plainValue(field);
  const right = plainValue(referencePath(reference));
  return (frame) => {
    const value = left(frame);
    const other = right(frame);
    if (!isScalar(value)) return false;
    if (op === 'in') return Array.isArray(other) && other.some((entry) => same(entry, value));
    return isScalar(other) && same(value, other) === (op === 'eq');
  };
}

/** A test against a value of the principal. What the principal lacks is `unknown` (spec 08, 34). */
function withUser<Operand>(holds: Reach<Operand>, read: (principal: SecureUser) => Operand | undefined, unknown: boolean): Answer {
  return (frame) => {
    const mine = frame.principal && read(frame.principal);
    return mine === undefined ? unknown : holds(frame, mine);
  };
}

/** Holds when all do; a plain loop, since decisions spend their time here. */
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
      const holds = comparison(op, field);
      if (!isReference(value)) return (frame) => holds(frame, value);
      if (value.ref === 'user') return withUser(holds, scalarReader(value.path), negated);
      if (op !== 'eq' && op !== 'ne') throw new TypeError(`Condition ${op} on ${field} compares two fields, which only eq and ne can`);
      return compareFields(op, field, value);
    }
    case 'in':
    case 'overlaps': {
      const { field, values } = condition;
      if (!isReference(values)) return isAmong(field, values);
      if (values.ref === 'user') return withUser(at(field, isOneOf), listReader(values.path), negated);
      return compareFields('in', field, values);
    }
    case 'exists': {
      const there = at(condition.field, present);
      return condition.present ? (frame) => there(frame, undefined) : (frame) => !there(frame, undefined);
    }
    case 'some': {
      const where = build(condition.where, negated);
      const list = listAt(condition.field);
      // A list inside the list is taken for a document whose fields are its places, as in MongoDB.
      return (frame) => list(frame)?.some((item) => isDocument(item) && where(withItem(frame, Array.isArray(item) ? { ...item } : item))) === true;
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
  else {
    const value = 'values' in condition ? condition.values : 'value' in condition ? condition.value : undefined;
    if (isReference(value) && value.ref === 'user') throw new TypeError(`Condition ${condition.op} on ${condition.field} is not bound to a principal`);
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
