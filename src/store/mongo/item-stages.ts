import type { Document } from 'mongodb';
import { NOT_WITH_ITEMS } from '../query/large-fields.js';
import type { Filter, SelectedItems, Sort } from '../port.js';
import { conjunction, leavingOut, markFilter } from './query.js';

/** A direction of `_id`: -1 for the newest instance first. */
export type Way = 1 | -1;

/** The direction of a list by age; undefined: it has another order. */
export const wayOf = (sort: Sort | undefined): Way | undefined => {
  const [[field, way] = ['_id', -1] as const, ...more] = sort ?? [];
  return field === '_id' && more.length === 0 ? way : undefined;
};

const isBefore = (id: string, other: string, way: Way): boolean => (way === 1 ? id < other : id > other);

/** The position of an item in the list of its instance; null where the instance has no list but one item. */
export const POSITION = 'positionOfItem';

/**
 * Stages from instances to items. Sorting comes first, while an index (`guard.open` or `guard.read` with `_id`, or
 * `_id`) can provide the order; then the large fields are removed, before `$unwind` would copy them for each item.
 */
export function unwinding(
  { before, marks, each, needsAll }: SelectedItems,
  way?: Way,
  where?: Filter,
  unwind: Document | string = '$items',
): Document[] {
  return [
    { $match: conjunction(markFilter(marks), before, where) },
    ...(way === undefined ? [] : [{ $sort: { _id: way } }]),
    { $project: leavingOut(NOT_WITH_ITEMS) },
    ...(needsAll ? [{ $addFields: { all: '$items' } }] : []),
    { $unwind: unwind },
    { $match: each },
  ];
}

/** The stages to items of which only the places are read. */
export const placing = (plan: SelectedItems, way?: Way, where?: Filter, limit = Infinity): Document[] => [
  ...unwinding(plan, way, where, { path: '$items', includeArrayIndex: POSITION }),
  ...(Number.isFinite(limit) ? [{ $limit: limit }] : []),
  { $project: { rev: '$guard.rev', [POSITION]: 1, 'items.id': 1 } },
];

/** Rows of one instance each, in the order of the walk. */
type Group<Row> = readonly [instance: unknown, rows: readonly Row[]];

/**
 * The rows of several walks by instance, in the order of the walks; if several walks found an instance, the rows of one
 * of them.
 * @param hasStopped true for a walk behind which there may be more rows, perhaps of the same instance
 * @returns `last` is where the first of the walks stopped; `complete` are the instances before it
 */
export function mergedWalks<Row extends { readonly _id?: unknown }>(
  walks: readonly (readonly Row[])[],
  way: Way,
  hasStopped: (walk: readonly Row[]) => boolean,
): { complete: Group<Row>[]; last: unknown } {
  const isEarlier = (id: unknown, other: unknown): boolean => isBefore(String(id), String(other), way);
  const last = walks
    .filter(hasStopped)
    .map((walk) => walk.at(-1)?._id)
    .reduce<unknown>((a, b) => (a === undefined || isEarlier(b, a) ? b : a), undefined);
  const groups = new Map<string, Row[]>();
  for (const walk of walks) {
    const ofWalk = new Map<string, Row[]>();
    for (const row of walk) {
      const name = String(row._id);
      const group = ofWalk.get(name);
      if (group === undefined) ofWalk.set(name, [row]);
      else group.push(row);
    }
    for (const [name, group] of ofWalk) if (!groups.has(name)) groups.set(name, group);
  }
  const complete = [...groups.values()]
    .map((rows) => [rows[0]?._id, rows] as const)
    .filter(([id]) => last === undefined || isEarlier(id, last))
    .sort(([a], [b]) => (isEarlier(a, b) ? -1 : 1));
  return { complete, last };
}
