import type { Collections } from './collections.js';
import type { IndexName, Key } from './index-list.js';

export type Does = 'find' | 'count' | 'distinct' | 'update' | 'delete';

/**
 * What bounds the documents that are read. `one`: a key has one document. `few`: a key has few. `page`: the index has
 * the order, and reading stops when the answer is full. `matching`: all documents that have the key. `all`: the
 * whole collection. Each query also has a time limit at the server, unless it is `unlimited`.
 */
export type ReadAmount = 'one' | 'few' | 'page' | 'matching' | 'all';

/** Queries that one index serves, and what bounds them. */
export interface Shape {
  readonly on: keyof Collections;
  readonly does: readonly Does[];
  /** The operation that sends it. */
  readonly says: string;
  /** Fields compared with one or several values. */
  readonly by?: readonly string[];
  /** A field compared in another way: a range, a type. */
  readonly range?: string;
  /** These are conditions of one and the same entry of a list; else its index would be read for each one by itself. */
  readonly ofOne?: true;
  /** Conditions without which a partial index is not used. */
  readonly where?: Readonly<Record<string, string>>;
  /**
   * This order or its reverse; missing: none. `own`: another one than by age, which the caller wishes. `any`: also
   * none. What is read for both is sorted afterwards.
   */
  readonly order?: Key | 'own' | 'any';
  readonly index: IndexName;
  readonly reads: ReadAmount;
  /** The only other fields with conditions; missing: any. */
  readonly beside?: readonly RegExp[];
  /** Also sent without a time limit, by copies, for which nobody waits. */
  readonly unlimited?: true;
}

/** Queries for a document by its `_id`. */
export const byId = (on: keyof Collections, says: string, ...does: Does[]): Shape => ({
  on,
  does,
  says,
  by: ['_id'],
  order: 'any',
  index: '_id',
  reads: 'one',
});
