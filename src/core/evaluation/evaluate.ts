import {
  isEverything,
  isFixed,
  isNothing,
  isReference,
  operand,
  referenceIn,
  type Comparison,
  type Condition,
  type Reference,
} from '../condition/condition.js';
import { itemOf, parsePath, partsOf } from './frame.js';
import type { SecureUser } from '../principal.js';
import type { Resource } from '../resource.js';
import { caseOf, fieldsAgree, ofPrincipal, someElement } from './calls.js';
import { choiceIn } from '../condition/choice.js';
import { FAILS, HOLDS, leafOf, runs, Step, type Call, type Leaf, type ReadOperand } from './steps.js';
import { amongAll, amongNames, isOther, isPresent, ORDERS, type Test } from '../condition/tests.js';
import { isUserTest, userTest } from './user-test.js';
import { listReader, scalarReader } from './user-value.js';
import { show, type Scalar } from '../value.js';

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

type Reader = (path: string) => ReadOperand;

/** A test of a field; the operand is constant, or each principal has its own. */
function comparison(
  kind: 'eq' | 'oneOf' | 'test',
  field: string,
  value: unknown,
  reader: Reader,
  negated: boolean,
  test?: Test<Scalar>,
): Leaf {
  const path = parsePath(field);
  if (!isReference(value)) return leafOf(kind, { path, operand: value, test });
  const from = { path: value.path, read: reader(value.path) };
  return leafOf(kind, { path, from, unknown: negated, test });
}

const TESTS = { ne: isOther, ...ORDERS } as const;

function compared(condition: Extract<Condition, { op: Comparison }>, negated: boolean): Leaf {
  const { op, field } = condition;
  const value = operand(field, condition.value);
  if (isReference(value) && value.ref !== 'user') {
    if (op !== 'eq' && op !== 'ne')
      throw new TypeError(`Condition ${op} on ${field} compares two fields, which only eq and ne can`);
    return betweenFields(op, field, value);
  }
  return op === 'eq'
    ? comparison('eq', field, value, scalarReader, negated)
    : comparison('test', field, value, scalarReader, negated, TESTS[op]);
}

function member(condition: Extract<Condition, { op: 'in' | 'overlaps' }>, negated: boolean): Leaf {
  const { field } = condition;
  if ('names' in condition)
    return leafOf('test', { path: parsePath(field), test: amongNames(condition.names) });
  const { values } = condition;
  if (isReference(values))
    return values.ref === 'user'
      ? comparison('oneOf', field, values, listReader, negated)
      : betweenFields('in', field, values);
  for (const value of values) operand(field, value);
  return leafOf('test', { path: parsePath(field), test: amongAll(values) });
}

const betweenFields = (op: 'eq' | 'ne' | 'in', field: string, reference: Reference): Leaf =>
  leafOf('call', { call: fieldsAgree(parsePath(field), op, parsePath(referencePath(reference))) });

/**
 * The leaves of conditions without parts. Rule sets that differ for each principal share most of them, so that few are
 * in memory, and most are near.
 */
export class Leaves {
  private readonly known = [new WeakMap<Condition, Leaf>(), new WeakMap<Condition, Leaf>()] as const;

  /** @throws TypeError if it is not a condition */
  of(condition: Condition, negated: boolean): Leaf {
    const known = this.known[negated ? 1 : 0];
    const found = known.get(condition);
    if (found !== undefined) return found;
    const made = leaf(condition, negated);
    if (isFixed(condition)) known.set(condition, made);
    return made;
  }
}

function leaf(condition: Condition, negated: boolean): Leaf {
  if (isUserTest(condition)) return leafOf('call', { call: ofPrincipal(userTest(condition, negated)) });
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
      return leafOf('test', { path: parsePath(condition.field), test: isPresent });
    default:
      throw new TypeError(`Unknown condition ${show((condition as { op?: unknown }).op)}`);
  }
}

/** Links the steps of conditions, from the last to the first: each leads to what follows. */
class Linker {
  constructor(private readonly leaves: Leaves) {}

  /**
   * The first step of a condition.
   * @param negated below a `not`, where a value that the principal lacks counts as true
   * @param yes the step that follows if the condition holds
   */
  link(condition: Condition, negated = false, yes: Step = HOLDS, no: Step = FAILS): Step {
    switch (condition.op) {
      case 'some': {
        const call = someElement(parsePath(condition.field), this.link(condition.where, negated));
        return new Step(leafOf('call', { call }), yes, no);
      }
      case 'cases':
        return this.cases(condition, negated, yes, no);
      case 'or':
        return this.anyOf(condition.of, negated, yes, no);
      case 'and':
        return condition.of.reduceRight((next, part) => this.link(part, negated, next, no), yes);
      case 'not':
        return this.link(condition.of, !negated, no, yes);
      default: {
        const made = this.leaves.of(condition, negated);
        const isAbsence = condition.op === 'exists' && !condition.present && !isUserTest(condition);
        return isAbsence ? new Step(made, no, yes) : new Step(made, yes, no);
      }
    }
  }

  private cases(condition: Extract<Condition, { op: 'cases' }>, negated: boolean, yes: Step, no: Step): Step {
    const built = new Map<Condition, Step>();
    const cases = new Map<string, Step>();
    for (const { value, when } of condition.cases) {
      const known = built.get(when) ?? this.link(when, negated);
      built.set(when, known);
      cases.set(value, known);
    }
    const call = caseOf(parsePath(condition.field), cases);
    return new Step(leafOf('call', { call }), yes, no);
  }

  private anyOf(alternatives: readonly Condition[], negated: boolean, yes: Step, no: Step): Step {
    const choice = choiceIn(alternatives);
    if (choice === undefined) return this.oneAfterTheOther(alternatives, negated, yes, no);
    const { field, value, is, isNot, others } = choice;
    const path = parsePath(field);
    const next = this.oneAfterTheOther(others, negated, yes, no);
    const own = new Step(leafOf('own', { path }), yes, next);
    const [then, otherwise] = [this.link(is, negated, own, next), this.link(isNot, negated, own, next)];
    return new Step(leafOf('choice', { path, operand: value }), then, otherwise, next);
  }

  private oneAfterTheOther(parts: readonly Condition[], negated: boolean, yes: Step, no: Step): Step {
    return parts.reduceRight((next, part) => this.link(part, negated, yes, next), no);
  }
}

/**
 * Compiles a condition to a closure for all principals. It is equivalent to the bound condition: a value that the
 * principal lacks makes its part false however it is nested, so below a `not` it counts as true. The closure reads
 * own properties only and never throws.
 * @throws TypeError if it is not a condition
 */
export function compileForAll(condition: Condition, leaves: Leaves = new Leaves()): PrincipalPredicate {
  return running(new Linker(leaves).link(condition));
}

const running =
  (first: Step): PrincipalPredicate =>
  (resource, principal) => {
    const parts = partsOf(resource);
    return runs(first, itemOf(parts), parts, principal);
  };

/** What decides about a resource: restrictions and permissions, each of them code or a condition. */
interface Mixed {
  readonly restricting: readonly Call[];
  readonly restricts: Condition;
  readonly permitting: readonly Call[];
  readonly permits: Condition;
}

/** True if all restrictions hold, and one of the permissions. */
const bothOf =
  (restricting: readonly Call[], permitting: readonly Call[]): PrincipalPredicate =>
  (resource, principal) => {
    const parts = partsOf(resource);
    const item = itemOf(parts);
    for (const call of restricting) if (!call(item, parts, principal)) return false;
    for (const call of permitting) if (call(item, parts, principal)) return true;
    return false;
  };

/** {@link compileForAll} of conditions beside code: the code is called first, since it costs less. */
export function compileMixed(mixed: Mixed, leaves: Leaves): PrincipalPredicate {
  const { restricting, restricts, permitting, permits } = mixed;
  if (isEverything(restricts) && isNothing(permits)) return bothOf(restricting, permitting);
  const linker = new Linker(leaves);
  const step = (call: Call, yes: Step, no: Step): Step => new Step(leafOf('call', { call }), yes, no);
  const permitted = permitting.reduceRight((next, call) => step(call, HOLDS, next), linker.link(permits));
  const rest = linker.link(restricts, false, permitted);
  return running(restricting.reduceRight((next, call) => step(call, next, FAILS), rest));
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
  const first = new Linker(new Leaves()).link(condition);
  return (resource) => {
    const parts = partsOf(resource);
    return runs(first, itemOf(parts), parts);
  };
}
