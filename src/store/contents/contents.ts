import type { Part } from './parts.js';

/**
 * A stored document in the form that a database has it in, whatever store it is in: with its `_id`, and with numbers
 * as values of BSON's types.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** A document, and about how many bytes it takes. */
export interface Entry {
  readonly document: Fields;
  readonly size: number;
}

/** Where documents are read from: a store, or a backup. */
export interface Source {
  /** All documents of a part, always in the same order. @param skip leaves out so many at the beginning */
  read(part: Part, skip?: number): AsyncIterable<Entry>;
  count(part: Part): Promise<number>;
  /**
   * Of files that are only read.
   * @throws CouldNotTell `store-in-use` when they have changed since they were opened
   */
  assertUnchanged?(): Promise<void>;
  close(): Promise<void>;
}

/** A store as its documents, without the meaning that its other interface gives them. */
export interface Contents extends Source {
  /** The documents that stand in the places of the given ones; undefined where there is none. */
  find(part: Part, documents: readonly Fields[]): Promise<(Fields | undefined)[]>;
  /**
   * Stores documents, each in place of the one that is there.
   * @throws BadInput `bad-data` for a document that this kind of store cannot hold
   */
  write(part: Part, documents: readonly Fields[]): Promise<void>;
  /** Removes the documents in the places of the given ones. */
  remove(part: Part, documents: readonly Fields[]): Promise<void>;
  /** Who else uses the store, in words. */
  usedBy(): Promise<string[]>;
  /** Creates the indexes. */
  install(): Promise<void>;
}

/** Most documents, and about the most bytes, that are in memory at once. */
const MOST = 1000;
const MOST_BYTES = 8 * 1024 * 1024;

/** The documents in batches, none of which is empty. */
export async function* inBatches(entries: AsyncIterable<Entry>): AsyncGenerator<Fields[]> {
  let [batch, bytes]: [Fields[], number] = [[], 0];
  for await (const { document, size } of entries) {
    batch.push(document);
    bytes += size;
    if (batch.length < MOST && bytes < MOST_BYTES) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
