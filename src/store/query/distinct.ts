import { child } from '../bson/kind.js';
import { compareValues } from '../bson/order.js';

/** The distinct values of a field among documents, in MongoDB's order; a list counts by its entries. */
export function distinctValues(documents: Iterable<unknown>, field: string): unknown[] {
  const seen = new Set<unknown>();
  for (const document of documents) {
    const value = child(document, field);
    for (const entry of Array.isArray(value) ? (value as unknown[]) : [value])
      if (entry !== undefined) seen.add(entry);
  }
  const sorted = [...seen].sort(compareValues);
  return sorted.filter((value, i) => i === 0 || compareValues(sorted[i - 1], value) !== 0);
}
