import { ObjectId } from 'bson';
import type { Document } from 'mongodb';
import type { Filter } from '../port.js';

/** A direction of `_id`: -1 for the newest instance first. */
export type Way = 1 | -1;

export const hexOf = (row: Document): string => String(row._id);

/** What comes behind an instance; undefined: everything. */
export const beyond = (id: string | undefined, way: Way): Filter | undefined =>
  id === undefined ? undefined : { _id: { [way === 1 ? '$gt' : '$lt']: new ObjectId(id) } };

export const isBefore = (id: string, other: string, way: Way): boolean =>
  way === 1 ? id < other : id > other;

/** Merges rows that come in one direction of `_id` each; a row that several have comes once. Reads no further. */
export async function* inOrder(
  streams: readonly AsyncIterable<Document>[],
  way: Way,
): AsyncGenerator<Document> {
  const all = streams.map((stream) => stream[Symbol.asyncIterator]());
  const next = async (at: number): Promise<Document | undefined> => {
    const { done, value } = await (all[at] as AsyncIterator<Document>).next();
    return done === true ? undefined : (value as Document);
  };
  try {
    const heads = await Promise.all(all.map((_, at) => next(at)));
    for (;;) {
      const first = heads.reduce(
        (a, b) => (b !== undefined && (a === undefined || isBefore(hexOf(b), hexOf(a), way)) ? b : a),
        undefined,
      );
      if (first === undefined) return;
      yield first;
      const id = hexOf(first);
      for (const [at, head] of heads.entries())
        if (head !== undefined && hexOf(head) === id) heads[at] = await next(at);
    }
  } finally {
    for (const one of all) await one.return?.();
  }
}
