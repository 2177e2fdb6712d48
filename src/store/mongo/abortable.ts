import type { Collection, Document } from 'mongodb';
import type { CallLimits } from '../call-limits.js';

/** The argument index of the options of each collection method that adapters use. */
const OPTIONS_AT: Readonly<Record<string, number>> = {
  find: 1,
  findOne: 1,
  aggregate: 1,
  countDocuments: 1,
  distinct: 2,
  insertOne: 1,
  insertMany: 1,
  replaceOne: 2,
  updateOne: 2,
  updateMany: 2,
  deleteOne: 1,
  deleteMany: 1,
  findOneAndDelete: 1,
  findOneAndUpdate: 2,
  bulkWrite: 1,
  indexes: 0,
  createIndexes: 1,
};

/** Methods that only read. */
const QUERIES: ReadonlySet<string> = new Set(['find', 'findOne', 'aggregate', 'countDocuments', 'distinct']);
/** Fraction of a call's time limit for the work on a query, so that an expensive one differs from no answer. */
export const OF_LIMIT = 0.8;

type Method = (...args: unknown[]) => unknown;

/**
 * Wraps a collection: its methods pass the signal of the current call to the driver. A call that timed out stops
 * waiting for a server or connection, and what it has not sent is never sent.
 */
export function abortable(collection: Collection<Document>, limits: CallLimits): Collection<Document> {
  return new Proxy(collection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const at = typeof name === 'string' ? OPTIONS_AT[name] : undefined;
      if (at === undefined) return (value as Method).bind(target);
      return (...args: unknown[]): unknown => {
        const { signal, limit } = limits;
        // Without a signal no caller waits within a limit, as in a backup.
        if (signal !== undefined) {
          const isQuery = limit !== undefined && QUERIES.has(name as string);
          const most = isQuery ? { maxTimeMS: Math.ceil(limit * OF_LIMIT) } : {};
          args[at] = { ...(args[at] as object | undefined), ...most, signal };
        }
        return (value as Method).apply(target, args);
      };
    },
  });
}
