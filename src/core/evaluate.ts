import {
  and,
  isFixed,
  isReference,
  operand,
  referenceIn,
  type Comparison,
  type Condition,
  type Reference,
} from './condition.js';
import { itemOf, parsePath, partsOf } from './frame.js';
import { conjuncts } from './named.js';
import type { SecureUser } from './principal.js';
import type { Resource } from './resource.js';
import { holds, step, type ReadOperand, type Step } from './steps.js';
import { amongAll, amongNames, isOther, isPresent, ORDERS, type Test } from './tests.js';
import { isUserTest, userTest } from './user-test.js';
import { listReader, scalarReader } from './user-value.js';
import { same, type Scalar, show } from './value.js';

/** Evaluates a condition on one resource. */
export type Predicate = (resource: Resource) => boolean;

/** Evaluates a condition on one resource for one principal, whose values replace `$user.…`. */
export type PrincipalPredicate = (resource: Resource, principal: SecureUser) => boolean;

/** The resource path that `$data.` and `$role.` refer to. */
export function referencePath(reference: Reference): string {
  return reference.ref === 'data'
    ? `instance.data.${reference.path}`
    : `instance.guard.roles.${reference.path}`;
}

/** Steps for an operand that is constant, or that the principal has. */
function comparison(
  op: Step['op'],
  field: string,
  value: unknown,
  read: ReadOperand | undefined,
  negated: boolean,
  test?: Test<Scalar>,
): Step {
  return step(op, {
    path: parsePath(field),
    operand: value,
    read,
    unknown: read !== undefined && negated,
    test,
  });
}

const TESTS = { ne: isOther, ...ORDERS } as const;

function compared(condition: Extract<Condition, { op: Comparison }>, negated: boolean): Step {
  const { op, field } = condition;
  const value = operand(field, condition.value);
  if (isReference(value) && value.ref !== 'user') {
    if (op !== 'eq' && op !== 'ne')
      throw new TypeError(`Condition ${op} on ${field} compares two fields, which only eq and ne can`);
    return betweenFields(op, field, value);
  }
  const read = isReference(value) ? scalarReader(value.path) : undefined;
  return op === 'eq'
    ? comparison('eq', field, value, read, negated)
    : comparison('test', field, value, read, negated, TESTS[op]);
}

function member(condition: Extract<Condition, { op: 'in' | 'overlaps' }>, negated: boolean): Step {
  const { field } = condition;
  if ('names' in condition)
    return step('test', { path: parsePath(field), test: amongNames(condition.names) });
  const { values } = condition;
  if (isReference(values))
    return values.ref === 'user'
      ? comparison('oneOf', field, undefined, listReader(values.path), negated)
      : betweenFields('in', field, values);
  for (const value of values) operand(field, value);
  return step('test', { path: parsePath(field), test: amongAll(values) });
}

const betweenFields = (op: 'eq' | 'ne' | 'in', field: string, reference: Reference): Step =>
  step('fields', { path: parsePath(field), other: parsePath(referencePath(reference)), operand: op });

/** The first part of an `and` if it compares a field with a constant by `op`, and the rest. */
function beginning(
  condition: Condition,
  op: 'eq' | 'ne',
): { readonly field: string; readonly value: Scalar; readonly rest: Condition } | undefined {
  const [first, ...rest] = conjuncts(condition);
  if (first?.op !== op || isReference(first.value)) return undefined;
  return { field: first.field, value: operand(first.field, first.value), rest: and(...rest) };
}

/** Alternatives among which a pair is looked for. */
const A_FEW = 16;

/** Two of the alternatives, if they depend on whether a field has a value: the field is read once. */
function choice(alternatives: readonly Condition[], negated: boolean, leaves: Leaves): Step | undefined {
  if (alternatives.length > A_FEW) return undefined;
  for (const first of alternatives) {
    const is = beginning(first, 'eq');
    if (is === undefined) continue;
    for (const second of alternatives) {
      const isNot = beginning(second, 'ne');
      if (is.field !== isNot?.field || !same(is.value, isNot.value)) continue;
      const parts = [build(is.rest, negated, leaves), build(isNot.rest, negated, leaves)];
      const chosen = step('choice', { path: parsePath(is.field), operand: is.value, parts });
      const others = alternatives.filter((one) => one !== first && one !== second);
      if (others.length === 0) return chosen;
      return step('or', { parts: [chosen, ...others.map((one) => build(one, negated, leaves))] });
    }
  }
  return undefined;
}

/**
 * The steps of conditions without parts. Rule sets that differ for each principal share most of them, so that few are
 * in memory, and most are near.
 */
export class Leaves {
  private readonly known = [new WeakMap<Condition, Step>(), new WeakMap<Condition, Step>()] as const;

  /** @throws TypeError if it is not a condition */
  of(condition: Condition, negated: boolean): Step {
    const known = this.known[negated ? 1 : 0];
    const found = known.get(condition);
    if (found !== undefined) return found;
    const made = leaf(condition, negated);
    if (isFixed(condition)) known.set(condition, made);
    return made;
  }
}

function leaf(condition: Condition, negated: boolean): Step {
  if (isUserTest(condition)) return step('user', { read: userTest(condition, negated) });
  switch (condition.op) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return compared(condition, negated);
    case 'in':
    case 'overlaps':
      return member(condition, negated);
    case 'exists':
      return step(condition.present ? 'test' : 'absent', {
        path: parsePath(condition.field),
        test: isPresent,
      });
    default:
      throw new TypeError(`Unknown condition ${show((condition as { op?: unknown }).op)}`);
  }
}

/** @param negated below a `not`, where a value that the principal lacks counts as true */
function build(condition: Condition, negated: boolean, leaves: Leaves): Step {
  switch (condition.op) {
    case 'some':
      return step('some', {
        path: parsePath(condition.field),
        parts: [build(condition.where, negated, leaves)],
      });
    case 'cases': {
      const built = new Map<Condition, Step>();
      const cases = new Map<string, Step>();
      for (const { value, when } of condition.cases) {
        const known = built.get(when) ?? build(when, negated, leaves);
        built.set(when, known);
        cases.set(value, known);
      }
      return step('cases', { path: parsePath(condition.field), cases });
    }
    case 'or':
      return (
        choice(condition.of, negated, leaves) ??
        step('or', { parts: condition.of.map((part) => build(part, negated, leaves)) })
      );
    case 'and':
      return step('and', { parts: condition.of.map((part) => build(part, negated, leaves)) });
    case 'not':
      return step('not', { parts: [build(condition.of, !negated, leaves)] });
    default:
      return leaves.of(condition, negated);
  }
}

/**
 * Compiles a condition to a closure for all principals. It is equivalent to the bound condition: a value that the
 * principal lacks makes its part false however it is nested, so below a `not` it counts as true. The closure reads
 * own properties only and never throws.
 * @throws TypeError if it is not a condition
 */
export function compileForAll(condition: Condition, leaves: Leaves = new Leaves()): PrincipalPredicate {
  const whole = build(condition, false, leaves);
  return (resource, principal) => {
    const parts = partsOf(resource);
    return holds(whole, itemOf(parts), parts, principal);
  };
}

/** @throws TypeError naming the field that is compared with a value of the principal */
function assertBound(condition: Condition): void {
  if ('of' in condition) for (const part of [condition.of].flat() as Condition[]) assertBound(part);
  else if (condition.op === 'some') assertBound(condition.where);
  else if (condition.op === 'cases') for (const { when } of condition.cases) assertBound(when);
  else if (isUserTest(condition))
    throw new TypeError(`Condition ${condition.op} on ${condition.field} is not bound to a principal`);
  else if (referenceIn(condition)?.ref === 'user')
    throw new TypeError(`Condition ${condition.op} on ${condition.field} is not bound to a principal`);
}

/**
 * Compiles a condition that is bound to its principal. The closure reads own properties only and never throws.
 * @throws TypeError if a `$user.` value is left, which must be bound first, or if it is not a condition
 */
export function compile(condition: Condition): Predicate {
  assertBound(condition);
  const whole = build(condition, false, new Leaves());
  return (resource) => {
    const parts = partsOf(resource);
    return holds(whole, itemOf(parts), parts, undefined);
  };
}
