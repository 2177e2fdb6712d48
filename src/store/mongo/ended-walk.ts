import { ObjectId } from 'bson';
import type { Document } from 'mongodb';
import type { Filter, InstancePlan, StoredInstance } from '../port.js';
import { markNext, placeOfInstance } from '../query/walk.js';
import { conjunction } from './query.js';

/** The order of the index: what ended first. */
const ENDED_FIRST: readonly (readonly [string, 1])[] = [
  ['endedAt', 1],
  ['_id', 1],
];

/** Only for the package's own walk: a list of times has no order. */
const ONE_TIME: Filter = { endedAt: { $not: { $type: 'array' } } };
const BETWEEN = ' ';

const isBefore = (value: unknown): boolean =>
  Object.keys((value ?? {}) as object).join() === '$lt' && (value as { $lt: unknown }).$lt instanceof Date;

function behind(place: string): Filter {
  const [time = '', id = ''] = place.split(BETWEEN);
  const endedAt = new Date(Number(time));
  return {
    endedAt: { $gte: endedAt },
    $or: [{ endedAt: { $gt: endedAt } }, { _id: { $gt: new ObjectId(id) } }],
  };
}

/** A page of a walk through what ended before a time, in the order of its index: each page reads its own rows only. */
interface EndedPage {
  readonly filter: Document;
  readonly sort: [string, 1][];
  /** Where the walk continues. */
  ended(rows: StoredInstance[]): StoredInstance[];
}

/** Undefined for other plans, or if the walk continues in the default order. */
export function endedPage({
  unordered,
  filter,
  marks,
  after,
}: Pick<InstancePlan, 'unordered' | 'filter' | 'marks' | 'after'>): EndedPage | undefined {
  const isWalk = unordered === true && marks === undefined && isBefore(filter.endedAt);
  if (!isWalk || (after !== undefined && after.place === undefined)) return undefined;
  return {
    filter: conjunction(filter, ONE_TIME, after?.place === undefined ? undefined : behind(after.place)),
    sort: ENDED_FIRST.map(([field, way]) => [field, way]),
    ended: (rows) => {
      const last = rows.at(-1);
      if (last === undefined) return rows;
      const place = [(last.endedAt as Date).getTime(), String(last._id)].join(BETWEEN);
      return markNext(rows, { ...placeOfInstance(last), place });
    },
  };
}
