import { mapCases } from './cases.js';
import {
  and,
  EVERYTHING,
  isEverything,
  isIn,
  isReference,
  not,
  or,
  some,
  type Condition,
} from './condition.js';
import {
  conditionSize,
  isTooLong,
  MOST_MEASURED,
  MOST_STATED,
  MOST_VALUES_STATED,
  valuesSize,
} from './size.js';
import { firstExclusions } from './exclusions.js';
import type { Scalar } from '../value.js';

/** What many alternatives have in common: the possible values of a field, and the same for elements of a list. */
export interface Box {
  readonly values: ReadonlyMap<string, ReadonlySet<Scalar>>;
  readonly lists: ReadonlyMap<string, Box>;
}

/** Alternatives that name different fields are kept apart, but only so many. */
const MOST_SHAPES = 16;
const NO_VALUES: Box['values'] = new Map([]);
const NO_LISTS: Box['lists'] = new Map([]);
/** Contains everything. */
const ANY: Box = Object.freeze({ values: NO_VALUES, lists: NO_LISTS });

export const oneOf = (field: string, values: readonly Scalar[]): Box => ({
  values: new Map([[field, new Set(values)]]),
  lists: NO_LISTS,
});

/** The names that all boxes have. */
const common = (maps: readonly ReadonlyMap<string, unknown>[]): string[] =>
  [...(maps[0] as ReadonlyMap<string, unknown>).keys()].filter((name) => maps.every((map) => map.has(name)));

/** All values of the lists; undefined: so many that no query can state them. */
function union(lists: readonly ReadonlySet<Scalar>[]): ReadonlySet<Scalar> | undefined {
  const all = new Set<Scalar>();
  for (const list of lists) {
    for (const value of list) all.add(value);
    if (all.size > MOST_VALUES_STATED) return undefined;
  }
  return all;
}

/** The smallest box that contains all of them. */
function around(boxes: readonly Box[]): Box {
  if (boxes.length === 1) return boxes[0] as Box;
  const values = boxes.map((box) => box.values);
  const lists = boxes.map((box) => box.lists);
  return {
    values: new Map(
      common(values).flatMap((field) => {
        const all = union(values.map((map) => map.get(field) as ReadonlySet<Scalar>));
        return all === undefined ? [] : [[field, all]];
      }),
    ),
    lists: new Map(common(lists).map((list) => [list, around(lists.map((map) => map.get(list) as Box))])),
  };
}

/** A text that two boxes share if they name the same fields. */
function shapeOf({ values, lists }: Box): string {
  let shape = values.size < 2 ? '' : `${[...values.keys()].sort().join('\n')}\n\n`;
  if (values.size === 1) for (const [field] of values) shape = `${field}\n\n`;
  if (lists.size > 0) shape += JSON.stringify([...lists].map(([list, box]) => [list, shapeOf(box)]).sort());
  return shape;
}

/** Merges boxes that name the same fields; all of them if there are too many kinds. */
export function mergedBoxes(boxes: readonly Box[]): Box[] {
  if (boxes.length < 2) return [...boxes];
  const byShape = new Map<string, Box[]>();
  for (const box of boxes) {
    const shape = shapeOf(box);
    const same = byShape.get(shape);
    if (same === undefined) byShape.set(shape, [box]);
    else same.push(box);
  }
  return byShape.size > MOST_SHAPES ? [around(boxes)] : [...byShape.values()].map(around);
}

/** Both hold. Of two conditions on one field or list only one is kept: a list may satisfy each by another entry. */
const both = (one: Box, other: Box): Box => ({
  values: new Map([...other.values, ...one.values]),
  lists: new Map([...other.lists, ...one.lists]),
});

/** Both lists are merged ones, so few. */
export const product = (one: readonly Box[], other: readonly Box[]): Box[] =>
  mergedBoxes(one.flatMap((box) => other.map((more) => both(box, more))));

/** The values that lead to each condition of a choice. */
function valuesByWhen({ cases }: Extract<Condition, { op: 'cases' }>): Map<Condition, string[]> {
  const found = new Map<Condition, string[]>();
  for (const { value, when } of cases) {
    const known = found.get(when);
    if (known === undefined) found.set(when, [value]);
    else known.push(value);
  }
  return found;
}

/** Boxes, at least one of which contains a row if the condition holds for it. */
export function boxesOf(condition: Condition): Box[] {
  switch (condition.op) {
    case 'eq':
      return [isReference(condition.value) ? ANY : oneOf(condition.field, [condition.value])];
    case 'in':
    case 'overlaps':
      if ('names' in condition && isTooLong(condition.names)) return [ANY];
      return [isReference(condition.values) ? ANY : oneOf(condition.field, condition.values)];
    case 'some':
      return boxesOf(condition.where).map((box) => ({
        values: NO_VALUES,
        lists: new Map([[condition.field, box]]),
      }));
    case 'cases':
      return mergedBoxes(
        [...valuesByWhen(condition)].flatMap(([when, values]) =>
          product([oneOf(condition.field, values)], boxesOf(when)),
        ),
      );
    case 'and':
      return condition.of.map(boxesOf).reduce(product, [ANY]);
    case 'or':
      return mergedBoxes(condition.of.flatMap(boxesOf));
    default:
      return [ANY];
  }
}

/** @param most bytes of the values of one field; fields with more are left out */
export function boxWithin({ values, lists }: Box, most: number): Condition {
  return and(
    ...[...values]
      .filter(([, set]) => valuesSize(set, most) <= most)
      .map(([field, set]) => isIn(field, [...set])),
    ...[...lists].flatMap(([list, box]) => {
      const where = boxWithin(box, most);
      return isEverything(where) ? [] : [some(list, where)];
    }),
  );
}

/** One of the boxes, with as many of their values as fit into so many bytes. */
export function boxesWithin(boxes: readonly Box[], most: number): Condition {
  for (const part of [most, most / 4, most / 16]) {
    const found = or(...boxes.map((box) => boxWithin(box, part)));
    if (conditionSize(found, most) <= most) return found;
  }
  return EVERYTHING;
}

/** The condition with its choices kept, and boxes around what they select. */
function choices(condition: Condition, most: number): Condition {
  if (condition.op === 'cases') return mapCases(condition, (when) => choices(when, most));
  if (condition.op !== 'or') return or(...boxesOf(condition).map((box) => boxWithin(box, most)));
  const chosen = condition.of.filter(({ op }) => op === 'cases');
  const others = mergedBoxes(condition.of.filter(({ op }) => op !== 'cases').flatMap(boxesOf));
  return or(...others.map((box) => boxWithin(box, most)), ...chosen.map((one) => choices(one, most)));
}

function boxed(condition: Condition, most: number): Condition {
  const chosen = choices(condition, most);
  if (conditionSize(chosen, most) <= most) return chosen;
  return boxesWithin(boxesOf(condition), most);
}

/** Bytes of a part beyond its own, in a list of parts. */
const FRAME = 48;

const boundedSize = (condition: Condition): number => conditionSize(condition, MOST_STATED);

/** The smallest ones, as many as fit, and the others; the smallest first. */
export function fitting(
  conditions: readonly Condition[],
  most: number,
  sizeOf: (condition: Condition) => number = boundedSize,
): [Condition[], Condition[]] {
  const sorted = conditions.map((part) => ({ part, bytes: sizeOf(part) + FRAME }));
  sorted.sort((a, b) => a.bytes - b.bytes);
  let room = most;
  const end = sorted.findIndex(({ bytes }) => (room -= bytes) < 0);
  const parts = sorted.map(({ part }) => part);
  return end < 0 ? [parts, []] : [parts.slice(0, end), parts.slice(end)];
}

/** The condition as alternatives, however they were put together. */
function alternatives(condition: Condition): readonly Condition[] {
  switch (condition.op) {
    case 'or':
      return condition.of.flatMap(alternatives);
    case 'cases':
      return [...valuesByWhen(condition)].flatMap(([when, values]) =>
        alternatives(when).map((one) => and(isIn(condition.field, values), one)),
      );
    case 'and': {
      const choice = condition.of.find(({ op }) => op === 'or' || op === 'cases');
      if (choice === undefined) return [condition];
      const others = condition.of.filter((part) => part !== choice);
      return alternatives(choice).map((one) => and(...others, one));
    }
    default:
      return [condition];
  }
}

/**
 * The condition if it is small enough, and otherwise a smaller one that holds wherever it holds, so that a query finds
 * too much, never too little. Parts that must all hold are kept as far as they fit. Alternatives that name the same
 * fields become one, with all values of each: `(a is 1 and b is 2) or (a is 3 and b is 4)` becomes `a is 1 or 3, and
 * b is 2 or 4`.
 * @param most bytes of the filter
 */
export function widened(condition: Condition, most: number): Condition {
  if (conditionSize(condition, most) <= most) return condition;
  const half = most / 2 - FRAME;
  switch (condition.op) {
    case 'and': {
      const [kept, others] = fitting(condition.of, half);
      const largest = others.slice(-MOST_SHAPES);
      const share = half / largest.length - FRAME;
      return and(...kept, ...largest.map((part) => widened(part, share)));
    }
    case 'or': {
      const [kept, others] = fitting(condition.of, half);
      const [only, ...more] = others;
      const rest = only !== undefined && more.length === 0 ? widened(only, half) : boxed(or(...others), half);
      return or(...kept, rest);
    }
    case 'not':
      if (conditionSize(condition) > MOST_MEASURED)
        return and(...firstExclusions(condition.of, most - FRAME));
      return and(...fitting(alternatives(condition.of).map(not), most - FRAME)[0]);
    default:
      return boxed(condition, most);
  }
}
