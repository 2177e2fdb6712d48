import type { StoredInstance } from '../documents.js';
import { decodeChecked, encode } from '../bson/codec.js';
import { hexOf } from '../bson/object-id.js';
import { isLarge } from '../query/large-fields.js';
import type { Change } from './bytes.js';
import { entriesOf } from './index-entries.js';
import { NO_BYTES } from './checksum.js';
import { withoutParts } from './instance-log.js';

type Fields = Readonly<Record<string, unknown>>;

/** The values that an instance has beside its own. */
export interface Beside {
  /** Its large fields, as bits. */
  readonly fields: number;
  /** The parts of its log, as bits. */
  readonly log: bigint;
}

export const NOTHING_BESIDE: Beside = Object.freeze({ fields: 0, log: 0n });

/** Stored: a new field gets a new bit. */
const BITS: Readonly<Record<string, number>> = Object.freeze({ source: 1, svg: 2, logs: 4, savePoints: 8 });
const LOG_BYTES = 8;
const BESIDE_BYTES = 1 + LOG_BYTES;

/** A stored instance, without its large fields. It is replaced as a whole, never modified. */
export interface Stored {
  /** Its `_id` in hexadecimal digits. */
  readonly key: string;
  readonly document: StoredInstance;
  readonly beside: Beside;
  /** Bytes. */
  readonly size: number;
}

/** The bit of a large field. */
export const bitOf = (field: string): number => BITS[field] as number;
export const bitsOf = (fields: Fields): number =>
  Object.keys(fields)
    .filter(isLarge)
    .reduce((bits, name) => bits | bitOf(name), 0);
export const fieldsOf = ({ fields }: Beside): string[] =>
  Object.keys(BITS).filter((name) => (fields & bitOf(name)) !== 0);

/** The key of a large field of an instance. */
export const largeKey = (id: string, field: string): string => `${id}\u0000${field}`;
export const logKey = (id: string): string => largeKey(id, 'logs');

/** Stores the large fields of an instance. Each has its own key, so that setting one does not read the others. */
export const large = (id: string, fields: Fields): Change[] =>
  Object.entries(fields)
    .filter(([name]) => isLarge(name))
    .map(([name, value]) => ({ space: 'large', key: largeKey(id, name), bytes: encode({ value }) }));

/** The length of the document, with which it begins; the value of older formats is nothing else. */
const lengthIn = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getInt32(0, true);

/** True when the value says what the instance has beside it; older formats do not. */
export const saysBeside = (bytes: Uint8Array): boolean => bytes.length > lengthIn(bytes);

/** The bytes of the document in a stored value. */
export const encodedIn = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, lengthIn(bytes));
export const documentIn = (bytes: Uint8Array): StoredInstance =>
  decodeChecked<StoredInstance>(encodedIn(bytes));

/** A value as an instance. */
export function storedIn(bytes: Uint8Array): Stored {
  const document = documentIn(bytes);
  const length = lengthIn(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const beside = saysBeside(bytes)
    ? { fields: view.getUint8(length), log: view.getBigUint64(length + 1) }
    : NOTHING_BESIDE;
  return { key: hexOf(document._id), document, beside, size: bytes.length };
}

function valueOf(encoded: Uint8Array, { fields, log }: Beside): Uint8Array {
  const bytes = new Uint8Array(encoded.length + BESIDE_BYTES);
  bytes.set(encoded);
  const view = new DataView(bytes.buffer);
  view.setUint8(encoded.length, fields);
  view.setBigUint64(encoded.length + 1, log);
  return bytes;
}

/** The changes of the index when an instance is replaced. */
function indexChanges(before: StoredInstance | undefined, after: StoredInstance | undefined): Change[] {
  const old = before === undefined ? new Set<string>() : entriesOf(before);
  const fresh = after === undefined ? new Set<string>() : entriesOf(after);
  return [
    ...[...old].filter((key) => !fresh.has(key)).map((key): Change => ({ space: 'index', key })),
    ...[...fresh]
      .filter((key) => !old.has(key))
      .map((key): Change => ({ space: 'index', key, bytes: NO_BYTES })),
  ];
}

/**
 * An instance in the place of another one or none, and the changes that store it: its own value and the entries of the
 * index, but not its large fields.
 * @param encoded the bytes of the document
 */
export function replaced(
  before: Pick<Stored, 'document'> | undefined,
  document: StoredInstance,
  encoded: Uint8Array,
  beside: Beside,
): { readonly stored: Stored; readonly changes: Change[] } {
  const bytes = valueOf(encoded, beside);
  return {
    stored: { key: hexOf(document._id), document, beside, size: bytes.length },
    changes: [{ space: 'instance', key: document.id, bytes }, ...indexChanges(before?.document, document)],
  };
}

/** Removes what an instance has beside it. */
export const withoutBeside = ({ document: { id }, beside }: Stored): Change[] => [
  ...fieldsOf(beside).map((name): Change => ({ space: 'large', key: largeKey(id, name) })),
  ...withoutParts(logKey(id), beside.log),
];

/** The changes that remove an instance. */
export const removed = (stored: Stored): Change[] => [
  { space: 'instance', key: stored.document.id },
  ...indexChanges(stored.document, undefined),
  ...withoutBeside(stored),
];
