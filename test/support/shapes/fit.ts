import { COLLECTION_NAMES } from '../../../src/store/mongo/collections.js';
import { keyOf, INDEXES, type Key } from '../../../src/store/mongo/index-list.js';
import type { Shape } from '../../../src/store/mongo/shape.js';
import { SHAPES } from '../../../src/store/mongo/shapes.js';
import type { Asked } from './asked.js';

/** How many walks of an index one query merges. */
export const MOST_MERGED = 150;

const text = (key: Key): string => JSON.stringify(Object.entries(key));
const reversed = (key: Key): Key =>
  Object.fromEntries(Object.entries(key).map(([field, way]) => [field, way === 1 ? -1 : 1]));
const isAge = (key: Key): boolean => Object.keys(key).join() === '_id';

function isOrder(wanted: Shape['order'], asked: Key | undefined): boolean {
  if (wanted === 'any') return true;
  if (wanted === undefined || asked === undefined) return wanted === asked;
  if (wanted === 'own') return !isAge(asked);
  return [wanted, reversed(wanted)].map(text).includes(text(asked));
}

/** Whether the index, read in one of its directions, has the order, where these fields have one value each. */
export function hasOrder(key: Key, order: Key, by: readonly string[]): boolean {
  const rest = Object.entries(key).filter(([field]) => !by.includes(field));
  const wanted = Object.entries(order).filter(([field]) => !by.includes(field));
  const directions = new Set(
    wanted.map(([field, way], at) => (rest[at]?.[0] === field ? way * rest[at][1] : 0)),
  );
  return directions.size <= 1 && !directions.has(0);
}

/** What is wrong with an entry of the table; undefined: nothing. */
export function faultOf({ on, by = [], range, where, order, index, reads }: Shape): string | undefined {
  if (index !== '_id' && INDEXES[index].on !== on) return 'its index is on another collection';
  const fields = Object.keys(keyOf(index));
  const asked = [...by, ...(range === undefined ? [] : [range])];
  const first = fields.slice(0, asked.length);
  if (index !== '_id' && asked.some((field) => !first.includes(field) && where?.[field] === undefined))
    return 'its index does not begin with the fields that it asks by';
  if (reads !== 'page' || order === undefined) return undefined;
  if (typeof order === 'string') return 'no index has any order';
  return hasOrder(keyOf(index), order, [...by, ...Object.keys(where ?? {})])
    ? undefined
    : 'its index has another order';
}

/** Of values that are only a few, there is no list that a page walks. */
function isBounded({ by = [], order, reads, unlimited }: Shape, { values, timed }: Asked): boolean {
  if (!timed && unlimited !== true) return false;
  const merged = by.reduce((product, field) => product * (values.get(field)?.length ?? 1), 1);
  return !(reads === 'page' && order !== undefined) || merged <= MOST_MERGED;
}

function fits(shape: Shape, asked: Asked): boolean {
  const { by = [], range, ofOne, where = {}, order, beside } = shape;
  const compared = [...by, ...(range === undefined ? [] : [range])];
  const named = new Set([...compared, ...Object.keys(where)]);
  return (
    COLLECTION_NAMES[shape.on] === asked.collection &&
    shape.does.includes(asked.does) &&
    by.every((field) => asked.values.has(field)) &&
    (range === undefined || asked.values.has(range) || asked.tested.has(range)) &&
    (ofOne === undefined || asked.groups.some((group) => compared.every((field) => group.has(field)))) &&
    Object.entries(where).every(
      ([field, value]) => asked.values.get(field)?.length === 1 && asked.values.get(field)?.[0] === value,
    ) &&
    isOrder(order, asked.order) &&
    (beside === undefined ||
      [...asked.fields].every((field) => named.has(field) || beside.some((one) => one.test(field)))) &&
    isBounded(shape, asked)
  );
}

/** The entry of the table for what a command asks; undefined: there is none. */
export const shapeOf = (asked: Asked): Shape | undefined => SHAPES.find((shape) => fits(shape, asked));

/** What is asked, in a line. */
export const printed = ({ collection, does, values, tested, fields, order, limit, timed }: Asked): string =>
  [
    `${does} in ${collection}`,
    `by ${[...values].map(([field, { length }]) => (length === 1 ? field : `${field} (${length} values)`)).join(', ') || 'nothing'}`,
    ...(tested.size === 0 ? [] : [`with tests of ${[...tested].join(', ')}`]),
    `of the fields ${[...fields].join(', ') || 'none'}`,
    ...(order === undefined ? [] : [`in the order ${JSON.stringify(order)}`]),
    ...(limit === undefined ? [] : [`at most ${limit}`]),
    ...(timed ? [] : ['without a time limit']),
  ].join('; ');
