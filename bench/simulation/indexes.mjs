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

/** The first field of one index: its values, each with the numbers of its documents, in the order of `_id`. */
class Keys {
  entries = new Map();

  constructor({ key, sparse, partialFilterExpression: partial = {} }) {
    this.path = Object.keys(key)[0].split('.');
    this.sparse = sparse === true;
    this.admits = compileMatch(partial);
  }

  add(number, document) {
    if (!this.admits(document)) return;
    const found = new Map(valuesAt(document, this.path).map((value) => [nameOf(value ?? null), value]));
    if (found.size === 0 && !this.sparse) found.set(nameOf(null), null);
    for (const [name, value = null] of found) {
      if (this.sparse && found.size === 1 && value === null && this.path.length > 1) continue;
      const entry = this.entries.get(name) ?? { value, numbers: [] };
      this.entries.set(name, entry);
      entry.numbers.push(number);
    }
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
