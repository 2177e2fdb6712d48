import { deserialize, serialize, type Document } from 'bson';
import { copyOfFields, deepCopy } from '../../core/copy.js';
import { BadInput, isGuardError } from '../../core/errors.js';
import { propertyOf } from '../../core/thrown.js';
import { isDocument } from './kind.js';

/** MongoDB's maximum size of a document, in bytes. */
const MOST = 16 * 1024 * 1024;

const tooLarge = (cause?: unknown): BadInput =>
  new BadInput('too-large', `A stored document may take at most ${MOST} bytes.`, { cause });

/** The package writes into a buffer of fixed size, and truncates a string that does not fit without an error. */
const isOutOfBuffer = (error: unknown): boolean =>
  propertyOf(error, 'name') === 'RangeError' &&
  (propertyOf(error, 'code') === 'ERR_OUT_OF_RANGE' || /offset/.test(String(propertyOf(error, 'message'))));

/**
 * Encodes a document, with the settings of MongoDB's driver: `undefined` becomes null, functions are left out.
 * @throws BadInput `bad-data` when it contains a value that cannot be stored; `too-large`
 */
export function encode(document: object): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = serialize(document as Document, { ignoreUndefined: false });
  } catch (cause) {
    if (isOutOfBuffer(cause)) throw tooLarge(cause);
    // Only the document is asked; it may have getters and methods that throw anything.
    throw new BadInput('bad-data', 'The data contains a value that cannot be stored.', { cause });
  }
  if (bytes.length > MOST) throw tooLarge();
  return bytes;
}

/** Why a value that a store did not take cannot be stored; undefined if it can. */
export function whyUnstorable(value: unknown): BadInput | undefined {
  try {
    encode({ value });
    return undefined;
  } catch (error) {
    return isGuardError(error) && error.code === 'bad-data' ? (error as BadInput) : undefined;
  }
}

/** Bytes of type, length and end of a string or document; for fixed-size values such as numbers, all bytes. */
const FRAME = 5;
const FIXED = 8;

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return FRAME + Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return FIXED;
  if (value instanceof Uint8Array) return FRAME + value.length;
  let bytes = FRAME;
  if (Array.isArray(value)) for (const entry of value as unknown[]) bytes += FRAME + bytesOf(entry);
  else if (isDocument(value))
    for (const key of Object.keys(value)) bytes += 2 + key.length + bytesOf(value[key]);
  else bytes += FIXED;
  return bytes;
}

/** Approximate size of a value in bytes when it is stored; 0 if it cannot be stored, which `encode` reports. */
export function sizeOf(value: unknown): number {
  try {
    return bytesOf(value);
  } catch {
    return 0;
  }
}

export const decode = <T extends object>(bytes: Uint8Array): T => deserialize(bytes) as T;

/** Decodes what has a checksum. Whether its texts are UTF-8 is not examined, which is slow. */
export const decodeChecked = <T extends object>(bytes: Uint8Array): T =>
  deserialize(bytes, { validation: { utf8: false } }) as T;

/** Decodes a document into values that keep their types: `encode` makes the same bytes of it again. */
export const decodeExactly = <T extends object>(bytes: Uint8Array): T =>
  deserialize(bytes, { promoteValues: false, promoteLongs: false, bsonRegExp: true }) as T;

const LENGTH_BYTES = 4;
const END_BYTES = 1;

/** Joins two encoded documents. BSON is a length, the fields, and a zero byte. They must have no field in common. */
export function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length - LENGTH_BYTES - END_BYTES);
  whole.set(first);
  whole.set(second.subarray(LENGTH_BYTES), first.length - END_BYTES);
  new DataView(whole.buffer).setInt32(0, whole.length, true);
  return whole;
}

/** Returns a copy of the document as it would be read back from a store. */
export const normalise = <T extends object>(document: T): T => decode<T>(encode(document));

/** Copies an object that is not plain: an instance of a class as a document, anything else as a store would. */
const other = (value: object): unknown =>
  isDocument(value) ? copyOfFields(value, other) : decode<{ value: unknown }>(encode({ value })).value;

/** Deep copy of a stored value; the copy shares no mutable data with it. */
export const copy = <T>(value: T): T => deepCopy(value, other);

/** Copies a document without some of its top-level fields. */
export function copyWithout<T extends object>(document: T, without: readonly string[]): T {
  const kept = Object.fromEntries(Object.entries(document).filter(([key]) => !without.includes(key)));
  return copyOfFields(kept, other) as T;
}
