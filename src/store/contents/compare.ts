import { encode } from '../bson/codec.js';
import { isCarried } from './carried.js';
import { inBatches, type Contents, type Fields } from './contents.js';
import type { Watched } from './copy.js';
import { nameOf } from './name-of.js';
import { PARTS, type Part } from './parts.js';

/** Most differences that are named. */
const MOST_NAMED = 20;

/** What differs between two stores. */
export interface Comparison {
  /** The number of documents that were compared. */
  readonly compared: number;
  readonly different: number;
  /** The first differences, in words; without any data. */
  readonly named: readonly string[];
  /** False when the comparison was stopped. */
  readonly complete: boolean;
}

/** The bytes of a field. In a document every field counts, with its type, but not the order of the fields. */
const bytesOf = (document: Fields, field: string): Uint8Array | undefined =>
  Object.hasOwn(document, field) ? encode({ value: document[field] }) : undefined;

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;

/** The fields in which two documents differ. */
function differing(one: Fields, other: Fields): string[] {
  const fields = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return fields.filter((field) => !same(bytesOf(one, field), bytesOf(other, field)));
}

class Differences {
  count = 0;
  readonly named: string[] = [];

  add(part: Part, document: Fields, what: string): void {
    this.count++;
    if (this.named.length < MOST_NAMED) this.named.push(`${part}: ${nameOf(part, document)} ${what}`);
  }
}

/** Compares the documents of the source with those in their places. @returns how many there were, and were found */
async function forth(
  source: Contents,
  target: Contents,
  part: Part,
  differences: Differences,
  { onProgress, signal }: Watched,
): Promise<number | undefined> {
  const total = await source.count(part);
  let [done, compared] = [0, 0];
  for await (const batch of inBatches(source.read(part))) {
    if (signal?.aborted === true) return undefined;
    const carried = batch.filter((document) => isCarried(part, document));
    const found = await target.find(part, carried);
    for (const [at, document] of carried.entries()) {
      compared++;
      const other = found[at];
      if (other === undefined) differences.add(part, document, 'is missing in the target');
      else {
        const fields = differing(document, other);
        if (fields.length > 0) differences.add(part, document, `differs in ${fields.join(', ')}`);
      }
    }
    done += batch.length;
    onProgress?.({ doing: 'compared', part, done, total });
  }
  return compared;
}

/** Finds what the target has and the source has not. */
async function back(source: Contents, target: Contents, part: Part, differences: Differences): Promise<void> {
  for await (const batch of inBatches(target.read(part))) {
    const carried = batch.filter((document) => isCarried(part, document));
    const found = await source.find(part, carried);
    for (const [at, document] of carried.entries())
      if (found[at] === undefined) differences.add(part, document, 'is not in the source');
  }
}

/** Compares two stores document by document, in batches. */
export async function compareAll(source: Contents, target: Contents, watched: Watched): Promise<Comparison> {
  const differences = new Differences();
  let compared = 0;
  for (const part of PARTS) {
    const before = differences.count;
    const count = await forth(source, target, part, differences, watched);
    if (count === undefined) return result(compared, differences, false);
    compared += count;
    if (differences.count > before || count !== (await target.count(part)))
      await back(source, target, part, differences);
  }
  return result(compared, differences, true);
}

const result = (compared: number, { count, named }: Differences, complete: boolean): Comparison => ({
  compared,
  different: count,
  named,
  complete,
});
