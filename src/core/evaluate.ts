import { isReference, type Comparison, type Condition, type Reference } from './condition.js';
import { own, valuesAt } from './path.js';
import type { Resource } from './resource.js';
import { show } from './show.js';
import { compareWithinType, isScalar, same, type Scalar } from './value.js';

/** Answers a condition about one resource. */
export type Predicate = (resource: Resource) => boolean;

type Test = (value: unknown) => boolean;

/** Applies a test to what a path reaches; fast while no array is on the way. */
function at(path: string, test: Test): Predicate {
  const segments = path.split('.');
  const leaf: Test = (value) => (Array.isArray(value) ? value.some(test) : test(value));
  return (resource) => {
    let value: unknown = resource;
    for (const segment of segments) {
      if (Array.isArray(value)) return valuesAt(resource, segments).some(leaf);
      value = own(value, segment);
    }
    return leaf(value);
  };
}

/** Any value but null; a list inside a list is no value here. */
const present: Test = (value) => value !== undefined && value !== null && !Array.isArray(value);

const ORDER: Record<Exclude<Comparison, 'eq' | 'ne'>, (difference: number) => boolean> = {
  lt: (difference) => difference < 0,
  lte: (difference) => difference <= 0,
  gt: (difference) => difference > 0,
  gte: (difference) => difference >= 0,
};

function compareWith(op: Comparison, field: string, value: Scalar): Predicate {
  if (op === 'eq') return at(field, (found) => same(found, value));
  if (op === 'ne') {
    const some = at(field, present);
    const equal = at(field, (found) => same(found, value));
    return (resource) => some(resource) && !equal(resource);
  }
  const holds = ORDER[op];
  return at(field, (found) => {
    const difference = compareWithinType(found, value);
    return difference !== undefined && holds(difference);
  });
}

function membership(field: string, values: readonly Scalar[]): Predicate {
  const plain = new Set<unknown>(values.filter((value) => !(value instanceof Date)));
  const dates = values.filter((value): value is Date => value instanceof Date);
  return at(field, (found) => plain.has(found) || (found instanceof Date && dates.some((date) => same(found, date))));
}

/** The path of the resource that `$data.` and `$role.` stand for. */
export function referencePath(reference: Reference): string {
  return reference.ref === 'data' ? `instance.data.${reference.path}` : `instance.guard.roles.${reference.path}`;
}

/** One plain value, reached without passing through a list; else undefined. */
function plainValue(path: string): (resource: Resource) => unknown {
  const segments = path.split('.');
  return (resource) => segments.reduce<unknown>((value, segment) => (Array.isArray(value) ? undefined : own(value, segment)), resource);
}

function compareFields(op: 'eq' | 'ne' | 'in', field: string, reference: Reference): Predicate {
  const left = plainValue(field);
  const right = plainValue(referencePath(reference));
  return (resource) => {
    const value = left(resource);
    const other = right(resource);
    if (!isScalar(value)) return false;
    if (op === 'in') return Array.isArray(other) && other.some((entry) => same(entry, value));
    return isScalar(other) && same(value, other) === (op === 'eq');
  };
}

/**
 * Compiles a condition, bound to its principal, to a closure. The closure reads own properties only and never throws.
 * @throws TypeError when a `$user.` value is left in it: it must be bound first, and for what is no condition
 */
export function compile(condition: Condition): Predicate {
  switch (condition.op) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      const { op, field, value } = condition;
      if (!isReference(value)) return compareWith(op, field, value);
      if (value.ref === 'user' || (op !== 'eq' && op !== 'ne')) throw new TypeError(`Condition ${op} on ${field} is not bound to a principal`);
      return compareFields(op, field, value);
    }
    case 'in':
    case 'overlaps': {
      const { field, values } = condition;
      if (!isReference(values)) return membership(field, values);
      if (values.ref === 'user') throw new TypeError(`Condition ${condition.op} on ${field} is not bound to a principal`);
      return compareFields('in', field, values);
    }
    case 'exists': {
      const there = at(condition.field, present);
      return condition.present ? there : (resource) => !there(resource);
    }
    case 'some': {
      const where = compile(condition.where);
      const segments = condition.field.split('.');
      return (resource) => {
        const elements = segments.reduce<unknown>(own, resource);
        return Array.isArray(elements) && elements.some((item) => typeof item === 'object' && item !== null && !Array.isArray(item) && where({ ...resource, item }));
      };
    }
    case 'and': {
      const parts = condition.of.map(compile);
      return (resource) => parts.every((part) => part(resource));
    }
    case 'or': {
      const parts = condition.of.map(compile);
      return (resource) => parts.some((part) => part(resource));
    }
    case 'not': {
      const part = compile(condition.of);
      return (resource) => !part(resource);
    }
    default:
      throw new TypeError(`Unknown condition ${show((condition as { op?: unknown }).op)}`);
  }
}
