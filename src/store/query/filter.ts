import { mapCases, Outcomes } from '../../core/condition/cases.js';
import {
  and,
  EVERYTHING,
  isEverything,
  isReference,
  not,
  NOTHING,
  or,
  referenceIn,
  some,
  type Comparison,
  type Condition,
  type Reference,
} from '../../core/condition/condition.js';
import { referencePath } from '../../core/evaluation/evaluate.js';
import { same, type Scalar } from '../../core/value.js';
import type { Filter } from '../port.js';

/**
 * The documents that a filter is applied to: the stored instance; one element of its items (inside `$elemMatch`); the
 * instance with its items unwound (`items` is the one, `all` the list); or a stored model.
 */
export type Shape = 'instance' | 'element' | 'unwound' | 'model';

const ROOTS: Record<Shape, Readonly<Record<string, string>>> = {
  instance: { instance: '' },
  element: { item: '' },
  unwound: { instance: '', item: 'items.' },
  model: { model: '' },
};
const LISTS: Record<Shape, Readonly<Record<string, string>>> = {
  instance: { 'instance.items': 'items', 'instance.guard.did': 'guard.did' },
  element: {},
  unwound: { 'instance.items': 'all', 'instance.guard.did': 'guard.did' },
  model: { 'model.guard.starts': 'guard.starts' },
};

/** All types of a single value except null and code; a list is tested by its entries. */
export const VALUE_TYPES: readonly string[] = Object.freeze([
  'string',
  'number',
  'bool',
  'date',
  'object',
  'objectId',
  'binData',
  'regex',
  'timestamp',
  'minKey',
  'maxKey',
]);
/** Matches if there is a value. */
const PRESENT = Object.freeze({ $type: VALUE_TYPES });
const PLAIN_TYPES = Object.freeze(['string', 'int', 'long', 'double', 'decimal', 'bool', 'date']);

const ALWAYS: Filter = Object.freeze({});
const NEVER: Filter = Object.freeze({ $nor: Object.freeze([ALWAYS]) });

/** True for a path through the list of items; false for a path in one item. */
const isBelowItems = (field: string): boolean =>
  field === 'instance.items' || field.startsWith('instance.items.');

function stored(field: string, shape: Shape): string {
  if (shape === 'unwound' && isBelowItems(field)) return field.replace('instance.items', 'all');
  const dot = field.indexOf('.');
  const prefix = ROOTS[shape][field.slice(0, dot)];
  if (prefix === undefined) throw new TypeError(`Field ${field} cannot be evaluated on the shape ${shape}`);
  return prefix + field.slice(dot + 1);
}

/** Compares two fields of one document; each must be a single plain value, not reached through a list. */
function compareFields(op: 'eq' | 'ne' | 'in', field: string, reference: Reference, shape: Shape): Filter {
  const left = stored(field, shape);
  const right = stored(referencePath(reference), shape);
  const plain = (path: string): Filter => ({
    $and: [{ [path]: { $type: PLAIN_TYPES } }, { $nor: [{ [path]: NaN }] }],
  });
  const isList = (path: string, expected: boolean): Filter => ({ $eq: [{ $isArray: `$${path}` }, expected] });
  const expr = (...parts: Filter[]): Filter => ({ $expr: { $and: [isList(left, false), ...parts] } });
  if (op !== 'in')
    return {
      $and: [
        plain(left),
        plain(right),
        expr(isList(right, false), { [`$${op}`]: [`$${left}`, `$${right}`] }),
      ],
    };
  // A database may evaluate all parts of $and, and $in fails on anything but a list.
  const list = { $cond: [{ $isArray: `$${right}` }, `$${right}`, []] };
  return { $and: [plain(left), expr(isList(right, true), { $in: [`$${left}`, list] })] };
}

function comparison(op: Comparison, field: string, value: Scalar | Reference, shape: Shape): Filter {
  if (isReference(value)) {
    if (value.ref === 'user' || (op !== 'eq' && op !== 'ne'))
      throw new TypeError(`Condition ${op} on ${field} is not bound to a principal`);
    return compareFields(op, field, value, shape);
  }
  const path = stored(field, shape);
  if (op === 'ne') return { $and: [{ [path]: PRESENT }, { $nor: [{ [path]: value }] }] };
  return { [path]: { [`$${op}`]: value } };
}

/**
 * The MongoDB filter that admits exactly the documents for which the condition holds. It never contains `null`, because
 * versions of MongoDB differ in what null matches on a dotted path.
 * @throws TypeError when the condition is not bound, or refers to a field that the shape does not have
 */
export function toFilter(condition: Condition, shape: Shape): Filter {
  switch (condition.op) {
    case 'in':
    case 'overlaps': {
      const { field, values } = condition;
      if (!isReference(values)) return { [stored(field, shape)]: { $in: [...values] } };
      if (values.ref === 'user')
        throw new TypeError(`Condition ${condition.op} on ${field} is not bound to a principal`);
      return compareFields('in', field, values, shape);
    }
    case 'exists': {
      const there = { [stored(condition.field, shape)]: PRESENT };
      return condition.present ? there : { $nor: [there] };
    }
    case 'some': {
      const list = LISTS[shape][condition.field];
      if (list === undefined)
        throw new TypeError(`List ${condition.field} cannot be evaluated on the shape ${shape}`);
      return { [list]: { $elemMatch: toFilter(condition.where, 'element') } };
    }
    case 'cases': {
      const path = stored(condition.field, shape);
      const ways = new Outcomes(condition.cases).list.map(({ when, values }) => {
        const here = { [path]: values.length === 1 ? { $eq: values[0] } : { $in: [...values] } };
        return isEverything(when) ? here : { $and: [here, toFilter(when, shape)] };
      });
      return ways.length === 1 ? (ways[0] as Filter) : { $or: ways };
    }
    case 'and':
      return condition.of.length === 0 ? ALWAYS : { $and: condition.of.map((part) => toFilter(part, shape)) };
    case 'or':
      return condition.of.length === 0 ? NEVER : { $or: condition.of.map((part) => toFilter(part, shape)) };
    case 'not':
      return { $nor: [toFilter(condition.of, shape)] };
    default:
      return comparison(condition.op, condition.field, condition.value, shape);
  }
}

/** Tells which of item and instance a condition refers to. */
export function speaksOf(condition: Condition): { readonly item: boolean; readonly instance: boolean } {
  if (condition.op === 'not') return speaksOf(condition.of);
  if ('of' in condition) {
    const parts = condition.of.map(speaksOf);
    return { item: parts.some((p) => p.item), instance: parts.some((p) => p.instance) };
  }
  if (condition.op === 'some') return { item: false, instance: true };
  if (condition.op === 'cases') {
    const parts = [...new Set(condition.cases.map(({ when }) => when))].map(speaksOf);
    const item = condition.field.startsWith('item.');
    return { item: item || parts.some((p) => p.item), instance: !item || parts.some((p) => p.instance) };
  }
  const item = condition.field.startsWith('item.');
  return { item, instance: !item || referenceIn(condition) !== undefined };
}

/**
 * A necessary condition on an instance for one of its items to satisfy the condition; it may admit too much, never too
 * little. Finds the instances to unwind.
 */
export function relax(condition: Condition): Condition {
  const { item, instance } = speaksOf(condition);
  if (!item) return condition;
  if (!instance) return some('instance.items', condition);
  if (condition.op === 'or') return or(...condition.of.map(relax));
  if (condition.op === 'cases')
    return condition.field.startsWith('item.')
      ? or(...new Set(condition.cases.map(({ when }) => relax(when))))
      : mapCases(condition, relax);
  if (condition.op !== 'and') return EVERYTHING;
  const ofItem = condition.of.filter((part) => !speaksOf(part).instance);
  const rest = condition.of.filter((part) => speaksOf(part).instance);
  return and(...(ofItem.length === 0 ? [] : [some('instance.items', and(...ofItem))]), ...rest.map(relax));
}

/** True when the condition refers to the whole list of items, not only to the one item. */
export function needsAllItems(condition: Condition): boolean {
  if (condition.op === 'not') return needsAllItems(condition.of);
  if ('of' in condition) return condition.of.some(needsAllItems);
  if (condition.op === 'cases' && condition.cases.some(({ when }) => needsAllItems(when))) return true;
  return isBelowItems(condition.field);
}

/** The parts specialised; undefined if that changes none of them. */
function specialisedParts(
  parts: readonly Condition[],
  known: ReadonlyMap<string, Scalar>,
): readonly Condition[] | undefined {
  const changed = parts.map((part) => specialise(part, known));
  return changed.some((part, at) => part !== parts[at]) ? changed : undefined;
}

/**
 * Simplifies a condition, given that one value of each field is known. It cannot conclude that a field has no other
 * value, because a field may contain a list. If nothing can be simplified, returns the same object,
 * which keeps its filters.
 */
export function specialise(condition: Condition, known: ReadonlyMap<string, Scalar>): Condition {
  switch (condition.op) {
    case 'and':
    case 'or': {
      const parts = specialisedParts(condition.of, known);
      if (parts === undefined) return condition;
      return condition.op === 'and' ? and(...parts) : or(...parts);
    }
    case 'not': {
      const of = specialise(condition.of, known);
      return of === condition.of ? condition : not(of);
    }
    case 'cases': {
      const chosen = mapCases(condition, (when) => specialise(when, known));
      const value = known.get(condition.field);
      const of = condition.cases.find((one) => one.value === value)?.when;
      // The field may be a list that contains other strings as well.
      return of === undefined ? chosen : or(specialise(of, known), chosen);
    }
    case 'eq':
    case 'ne': {
      const value = known.get(condition.field);
      if (value === undefined || isReference(condition.value) || !same(value, condition.value))
        return condition;
      return condition.op === 'eq' ? EVERYTHING : NOTHING;
    }
    case 'in':
    case 'overlaps': {
      const value = known.get(condition.field);
      if (value === undefined || isReference(condition.values)) return condition;
      return condition.values.some((entry) => same(value, entry)) ? EVERYTHING : condition;
    }
    default:
      return condition;
  }
}
