import { compileMatch } from '../../dist/esm/store/bson/match.js';
import { INDEXES } from '../../dist/esm/store/mongo/index-list.js';

/** Indexes whose keys contain the number of their document. */
const COMPUTED = new Set(['instance', 'item']);
const nameOf = (value) =>
  value instanceof Date ? `date ${value.getTime()}` : `${typeof value} ${String(value)}`;

/** The values of a path, as an index of several keys holds them. */
function valuesAt(value, [first, ...rest]) {
  if (first === undefined) return Array.isArray(value) ? value : [value];
  if (Array.isArray(value)) return value.flatMap((entry) => valuesAt(entry, [first, ...rest]));
  return valuesAt(value?.[first], rest);
}

/**
 * The first field of one index, or its first two where they are of the entries of one list: the values, each with the
 * numbers of its documents.
 */
class Keys {
  entries = new Map();

  constructor({ key, sparse, partialFilterExpression: partial = {} }) {
    const paths = Object.keys(key).map((path) => path.split('.'));
    const [first, second] = paths;
    this.path = first;
    this.second =
      second !== undefined && second.length > 1 && second[0] === first[0] ? second.slice(1) : undefined;
    /** Whether the documents of a value are in the order of `_id`. */
    this.isByAge = paths[this.second === undefined ? 1 : 2]?.join() === '_id';
    this.sparse = sparse === true;
    this.admits = compileMatch(partial);
  }

  pairs(document) {
    const [list, ...rest] = this.path;
    const entries = document[list].map((entry) => [
      valuesAt(entry, rest)[0],
      valuesAt(entry, this.second)[0],
    ]);
    return new Map(
      entries.map(([value, then]) => [`${nameOf(value ?? null)} ${nameOf(then ?? null)}`, { value, then }]),
    );
  }

  add(number, document) {
    if (!this.admits(document)) return;
    if (this.second !== undefined) {
      for (const [name, pair] of this.pairs(document)) this.enter(name, pair, number);
      return;
    }
    const found = new Map(valuesAt(document, this.path).map((value) => [nameOf(value ?? null), value]));
    if (found.size === 0 && !this.sparse) found.set(nameOf(null), null);
    for (const [name, value = null] of found) {
      if (this.sparse && found.size === 1 && value === null && this.path.length > 1) continue;
      this.enter(name, { value }, number);
    }
  }

  enter(name, value, number) {
    const entry = this.entries.get(name) ?? { ...value, numbers: [] };
    this.entries.set(name, entry);
    entry.numbers.push(number);
  }

  /** The lists of the pairs with one of these values, whose other value passes all tests. */
  pairsWithin(values, tests) {
    const names = new Set(values.map(nameOf));
    const match = compileMatch({ $and: tests.map((test) => ({ then: test })) });
    const wanted = (entry) => names.has(nameOf(entry.value)) && match(entry);
    return [...this.entries.values()].filter(wanted).map(({ numbers }) => numbers);
  }

  equal(values) {
    return values.flatMap((value) => {
      const entry = this.entries.get(nameOf(value));
      return entry === undefined ? [] : [entry.numbers];
    });
  }

  /** The lists of the values that pass all tests. */
  within(tests) {
    const match = compileMatch({ $and: tests.map((test) => ({ value: test })) });
    return [...this.entries.values()].filter(match).map(({ numbers }) => numbers);
  }
}

/** The indexes of instances, as the product defines them. */
export function buildIndexes(count, instance) {
  const built = Object.entries(INDEXES).filter(([name, { on }]) => on === 'instances' && !COMPUTED.has(name));
  const indexes = Object.fromEntries(built.map(([name, index]) => [name, new Keys(index)]));
  for (let number = 0; number < count; number++) {
    const document = instance(number);
    for (const keys of Object.values(indexes)) keys.add(number, document);
  }
  return indexes;
}

/** Where a list that is read in one direction begins, behind a bound. */
function begin(numbers, way, bound) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (way === 1 ? numbers[middle] <= bound : numbers[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return way === 1 ? low : low - 1;
}

/** Merges lists of numbers in one direction; `looked` is called for each key. */
export function* merged(lists, way, bound, looked) {
  const from = bound ?? (way === 1 ? -1 : Infinity);
  const places = lists.map((numbers) => ({ numbers, at: begin(numbers, way, from) }));
  let last;
  for (;;) {
    let next;
    for (const place of places) {
      const number = place.numbers[place.at];
      if (number === undefined) continue;
      if (next === undefined || (way === 1 ? number < next.numbers[next.at] : number > next.numbers[next.at]))
        next = place;
    }
    if (next === undefined) return;
    const number = next.numbers[next.at];
    next.at += way;
    looked();
    if (number !== last) yield (last = number);
  }
}
