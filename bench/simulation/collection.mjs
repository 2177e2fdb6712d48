import { compileMatch } from '../../dist/esm/store/bson/match.js';
import { compareValues } from '../../dist/esm/store/bson/order.js';
import { distinctValues } from '../../dist/esm/store/query/paging.js';
import { conditionsOf, shapeFor } from './conditions.mjs';
import { merged } from './indexes.mjs';
import { numberOf, numberOfObjectId } from './population.mjs';

const at = (row, field) => field.split('.').reduce((value, name) => value?.[name], row);
const byFields = (sort) => (a, b) => {
  for (const [field, way] of sort) {
    const order = compareValues(at(a, field), at(b, field));
    if (order !== 0) return way * order;
  }
  return 0;
};
const entries = (sort) => (Array.isArray(sort) ? sort : Object.entries(sort ?? {}));

/** Rows that are made as they are read, as a cursor of the driver gives them. */
class Cursor {
  constructor(rows) {
    this.rows = rows;
  }

  async toArray() {
    return [...this.rows];
  }

  async *[Symbol.asyncIterator]() {
    yield* this.rows;
  }

  async close() {
    this.rows.return?.();
  }
}

/**
 * The collection of instances without a server: it answers the queries of the store by walking the index that the
 * table of queries names, and counts the keys and documents that this takes. What the database would do beyond that,
 * such as fetching ahead, is not simulated.
 */
export class SimulatedCollection {
  /** Per entry of the table: how many queries there were, what they examined, and the rows that they returned. */
  seen = new Map();

  /** @param shard of so many; only its instances are in this collection */
  constructor({ count, instance, indexes, shard }) {
    Object.assign(this, { count, instance, indexes, shard });
  }

  isMine(number) {
    return number >= 0 && number < this.count && (this.shard === undefined || this.shard.has(number));
  }

  record(shape) {
    const known = this.seen.get(shape.says) ?? { shape, queries: 0, keys: 0, documents: 0, rows: 0 };
    this.seen.set(shape.says, known);
    known.queries++;
    return known;
  }

  /** The numbers of the documents that an index leads to. */
  *numbers({ by = [], range, index }, { values, tests }, order, tally) {
    const way = entries(order)[0]?.[0] === '_id' ? entries(order)[0][1] : -1;
    const key = () => void tally.keys++;
    const age = tests.get('_id')?.map(({ $lt, $gt }) => $lt ?? $gt)[0];
    const bound = age && numberOfObjectId(age);
    if (index === 'instance' || index === 'item' || (index === '_id' && by.includes('_id'))) {
      const given = values.get(by[0]).map(index === '_id' ? numberOfObjectId : numberOf);
      const sorted = [...new Set(given)].sort((a, b) => way * (a - b));
      const held = new Set(values.get(by[0]));
      const hasKey = (number) =>
        index !== 'item' || this.instance(number).items.some(({ id }) => held.has(id));
      for (const number of sorted) if (this.isMine(number) && hasKey(number)) yield (key(), number);
    } else if (index === '_id') {
      const first = bound === undefined ? (way === 1 ? 0 : this.count - 1) : bound + way;
      for (let number = first; number >= 0 && number < this.count; number += way)
        if (this.isMine(number)) yield (key(), number);
    } else {
      const keys = this.indexes[index];
      const lists =
        range === undefined
          ? keys.equal(values.get(by[0]))
          : by.length === 0
            ? keys.within(this.bounds(range, values, tests))
            : keys.pairsWithin(values.get(by[0]), this.bounds(range, values, tests));
      const from = keys.isByAge ? bound : undefined;
      for (const number of merged(lists, way, from, key)) if (this.isMine(number)) yield number;
    }
  }

  bounds(range, values, tests) {
    return [...(values.has(range) ? [{ $in: values.get(range) }] : []), ...(tests.get(range) ?? [])];
  }

  /** The matching documents, in the order that is wished. */
  *select(does, where, order, tally) {
    const match = compileMatch(where);
    const sort = entries(order);
    const isAge = sort.length > 0 && sort[0][0] === '_id';
    function* found(collection) {
      const { shape, conditions } = tally;
      for (const number of collection.numbers(shape, conditions, order, tally)) {
        tally.documents++;
        const document = collection.instance(number);
        if (match(document)) yield document;
      }
    }
    const rows = found(this);
    const keys = this.indexes[tally.shape.index];
    // An index in another order is read to its end before the first row is known.
    if (isAge && keys !== undefined && !keys.isByAge) yield* [...rows];
    else if (sort.length === 0 || isAge) yield* rows;
    else yield* [...rows].sort(byFields(sort));
  }

  begin(does, where, order) {
    const conditions = conditionsOf(where);
    const sort = Object.fromEntries(entries(order));
    const shape = shapeFor(does, conditions, Object.keys(sort).length === 0 ? undefined : sort);
    return Object.assign(this.record(shape), { conditions });
  }

  *counted(tally, rows, skip = 0, limit = Infinity) {
    let [left, taken] = [skip, 0];
    if (limit === 0) return;
    for (const row of rows) {
      if (left-- > 0) continue;
      tally.rows++;
      yield row;
      if (++taken >= limit) return;
    }
  }

  find(where, { sort, skip, limit } = {}) {
    const tally = this.begin('find', where, sort);
    return new Cursor(this.counted(tally, this.select('find', where, sort, tally), skip, limit || Infinity));
  }

  async findOne(where, options = {}) {
    const [row] = await this.find(where, { ...options, limit: 1 }).toArray();
    return row ?? null;
  }

  async countDocuments(where, { limit } = {}) {
    const tally = this.begin('count', where);
    return [...this.counted(tally, this.select('count', where, undefined, tally), 0, limit)].length;
  }

  async distinct(field, where) {
    const tally = this.begin('distinct', where);
    return distinctValues(this.counted(tally, this.select('distinct', where, undefined, tally)), field);
  }

  aggregate(stages) {
    const does = stages.some(({ $count }) => $count !== undefined) ? 'count' : 'find';
    const [{ $match: where }, ...rest] = stages;
    const order = rest[0]?.$sort;
    const own = rest.slice(1).find(({ $sort }) => $sort !== undefined)?.$sort;
    const tally = this.begin(does, where, order ?? (own && { ...own, unwound: 1 }));
    let rows = this.select(does, where, order, tally);
    for (const stage of order === undefined ? rest : rest.slice(1)) rows = this.through(stage, rows, tally);
    return new Cursor(does === 'count' ? rows : this.counted(tally, rows));
  }

  *through(stage, rows, tally) {
    const [[name, operand]] = Object.entries(stage);
    if (name === '$unwind') for (const row of rows) for (const items of row.items) yield { ...row, items };
    else if (name === '$match') {
      const match = compileMatch(operand);
      for (const row of rows) if (match(row)) yield row;
    } else if (name === '$addFields') for (const row of rows) yield { ...row, all: row.items };
    else if (name === '$project') yield* rows;
    else if (name === '$sort') yield* [...rows].sort(byFields(entries(operand)));
    else if (name === '$skip' || name === '$limit') {
      const [skip, limit] = name === '$skip' ? [operand, Infinity] : [0, operand];
      yield* this.counted({ rows: 0 }, rows, skip, limit);
    } else if (name === '$count') {
      const all = [...rows];
      tally.rows += all.length;
      yield { count: all.length };
    } else throw new Error(`The stage ${name} is not simulated.`);
  }
}
