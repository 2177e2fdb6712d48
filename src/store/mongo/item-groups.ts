import { ObjectId } from 'bson';
import type { Collection, Document } from 'mongodb';
import { sizeOf } from '../bson/codec.js';
import { compileMatch } from '../bson/match.js';
import { equalValues } from '../bson/order.js';
import type { Filter, ItemPlan, SelectedItems, StoredInstance, UnwoundItem } from '../port.js';
import { NOT_WITH_ITEMS } from '../query/large-fields.js';
import { pick, revisionOf } from '../query/stored.js';
import { unwind } from '../query/unwind.js';
import { conjunction, leavingOut, markFilter } from './query.js';
import { hexOf, isBefore, type Way } from './streams.js';

/** Instances of one query: at first, and at most. */
const PART = { first: 24, most: 200 };
/** About how many bytes of instances one query reads. */
const BYTES = 16_000_000;

/** The index for instances that are known, also where there are many marks. */
export const BY_ID = { _id: 1 } as const;
/** What is read of each item: its instance is read beside it. */
const OF_ROW: Document = { items: 1, version: 1, 'guard.rev': 1 };

/**
 * Stages from instances to items. Sorting comes first, while an index (`guard.open` or `guard.read` with `_id`, or
 * `_id`) can provide the order; then the large fields are removed.
 */
export function pipeline(
  { before, marks, each, needsAll }: SelectedItems,
  way?: Way,
  where?: Filter,
): Document[] {
  return [
    { $match: conjunction(markFilter(marks), before, where) },
    ...(way === undefined ? [] : [{ $sort: { _id: way } }]),
    { $project: leavingOut(NOT_WITH_ITEMS) },
    ...(needsAll ? [{ $addFields: { all: '$items' } }] : []),
    { $unwind: '$items' },
    { $match: each },
  ];
}

/** Removes what is not part of the answer; filters may need it before. */
export const trimmed = ({ needsAll, without = [] }: ItemPlan): Document[] => {
  const names = [...(needsAll ? ['all'] : []), ...without];
  return names.length === 0 ? [] : [{ $project: leavingOut(names) }];
};

/** The values of each key, in their order. */
export function grouped<T, K>(values: Iterable<T>, keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/**
 * Instances by their `_id`: a part of them at a time, so that few bytes are read at once.
 * @param way the order in each part
 * @param bytesOf measures an instance
 * @param isWanted asked before a part is read
 */
export async function* inParts<Found>(
  ids: readonly string[],
  way: Way,
  read: (where: Filter, sort: Document) => AsyncIterable<Found>,
  bytesOf: (found: Found) => number,
  isWanted: (id: string) => boolean = () => true,
): AsyncGenerator<Found> {
  let largest = 0;
  for (let at = 0, count = PART.first; at < ids.length;) {
    const part = ids.slice(at, at + count);
    const $in = part.filter(isWanted).map((id) => new ObjectId(id));
    for await (const found of $in.length === 0 ? [] : read({ _id: { $in } }, { _id: way })) {
      yield found;
      largest = Math.max(largest, bytesOf(found));
    }
    at += part.length;
    count = Math.max(1, Math.min(PART.most, Math.floor(BYTES / Math.max(1, largest))));
  }
}

/** The rows of an instance that the plan admits, as it is now. */
export interface Group {
  readonly id: string;
  /** They share the fields of the instance. */
  readonly rows: UnwoundItem[];
}

/** Two reads of an instance with the same of these have found the same; a host without a guard counts in `version`. */
const isSame = (a: Document, b: Document): boolean =>
  equalValues(revisionOf(a), revisionOf(b)) && equalValues(a.version, b.version);

const groupOf = (fields: Document, items: readonly unknown[]): Group => ({
  id: hexOf(fields),
  rows: items.map((item) => ({ ...fields, items: item }) as unknown as UnwoundItem),
});

/** The instance and its items in one read: it changed between two. */
async function readWhole(
  instances: Collection<Document>,
  plan: ItemPlan,
  _id: unknown,
  projection: Document,
): Promise<Group> {
  const { before, marks, each, needsAll } = plan;
  const found = await instances.findOne(conjunction({ _id }, markFilter(marks), before), { projection });
  if (found === null) return groupOf({ _id }, []);
  const rows = unwind(hexOf(found), found as unknown as StoredInstance, compileMatch(each), needsAll);
  const { items: _items, ...fields } = pick(found, (name) => plan.without?.includes(name) !== true);
  return groupOf(
    fields,
    rows.map(({ item }) => item),
  );
}

/**
 * Items of instances that the plan still admits. Each instance is read once, beside its items: unwound by the database,
 * each item would bring along the instance with its data.
 */
export async function* groupsOf(
  instances: Collection<Document>,
  plan: ItemPlan,
  ids: readonly string[],
  way: Way = -1,
  isWanted?: (id: string) => boolean,
): AsyncGenerator<Group> {
  const { marks, before, without = [] } = plan;
  const read = async function* (where: Filter, sort: Document): AsyncGenerator<Group> {
    const projection = leavingOut([...NOT_WITH_ITEMS, 'items', ...without]);
    const fields = instances.find(conjunction(where, markFilter(marks), before), {
      projection,
      sort,
      hint: BY_ID,
    });
    const rows = instances.aggregate([...pipeline(plan, way, where), { $project: OF_ROW }], { hint: BY_ID });
    const next = async (): Promise<Document | undefined> => (await rows.next()) ?? undefined;
    try {
      // Asked for beside the first instance.
      let ahead = next();
      ahead.catch(() => undefined);
      for await (const instance of fields) {
        const id = hexOf(instance);
        const items: unknown[] = [];
        let isChanged = false;
        let row = await ahead;
        for (; row !== undefined && !isBefore(id, hexOf(row), way); row = await next()) {
          if (hexOf(row) !== id) continue;
          isChanged ||= !isSame(row, instance);
          items.push(row.items);
        }
        ahead = Promise.resolve(row);
        yield isChanged
          ? await readWhole(instances, plan, instance._id, leavingOut(NOT_WITH_ITEMS))
          : groupOf(instance, items);
      }
    } finally {
      await rows.close();
    }
  };
  yield* inParts(ids, way, read, ({ rows: [first] }) => sizeOf(first ?? {}), isWanted);
}
