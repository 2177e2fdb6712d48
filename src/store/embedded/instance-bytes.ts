import { encode } from '../bson/codec.js';
import { isLarge } from '../query/large-fields.js';
import type { Change } from './bytes.js';

type Fields = Readonly<Record<string, unknown>>;

/** The key of a large field of an instance. */
export const largeKey = (id: string, field: string): string => `${id}\u0000${field}`;
export const logKey = (id: string): string => largeKey(id, 'logs');

/** Stores an instance without its large fields. */
export const hot = (id: string, bytes: Uint8Array): Change => ({ space: 'instance', key: id, bytes });

/** Stores its large fields. Each has its own key, so that setting one does not read the others. */
export const large = (id: string, fields: Fields): Change[] =>
  Object.entries(fields)
    .filter(([name]) => isLarge(name))
    .map(([name, value]) => ({ space: 'large', key: largeKey(id, name), bytes: encode({ value }) }));
