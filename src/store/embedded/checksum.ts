import { crc32 } from 'node:zlib';
import { CouldNotTell } from '../../core/errors.js';

/** Bytes of a checksum, which is appended to its value. */
const SIZE = 4;

/** Keys of these spaces contain user names, or names of sessions and keys. */
const PRIVATE: ReadonlySet<string> = new Set(['user', 'value']);

/** What a checksum is made of beside the value, so that it is invalid at any other place. */
export const placeOf = (space: string, key: string): string => `${space}!${key}`;

/** The value of the entries of an index. */
export const NO_BYTES = new Uint8Array();

/** The name of a value in messages. Keys of users and of sessions and keys are not shown. */
export const nameOf = (space: string, key: string): string =>
  PRIVATE.has(space) ? `a value of "${space}"` : `"${space}" ${JSON.stringify(key.replaceAll('\0', ' '))}`;

/**
 * The error for a stored value that is missing, or is not what was written.
 * @param what place and kind of the damage; the message contains it, so it must not reveal data
 */
export const damaged = (what: string, cause?: unknown): CouldNotTell =>
  new CouldNotTell('store-damaged', `The embedded store is damaged: ${what}.`, { cause });

/**
 * Values that something refers to.
 * @throws CouldNotTell `store-damaged` when one is missing
 */
export function present(
  space: string,
  keys: readonly string[],
  values: readonly (Uint8Array | undefined)[],
): Uint8Array[] {
  return values.map((value, i) => {
    if (value !== undefined) return value;
    throw damaged(`${nameOf(space, keys[i] as string)} is missing`);
  });
}

/** Appends a checksum of the value and of its place, so that it is invalid at any other place. */
export function seal(place: string, value: Uint8Array): { readonly bytes: Uint8Array; readonly sum: number } {
  const bytes = new Uint8Array(value.length + SIZE);
  const sum = crc32(value, crc32(place));
  bytes.set(value);
  new DataView(bytes.buffer).setUint32(value.length, sum);
  return { bytes, sum };
}

/** @returns undefined when the bytes are not what was sealed for that place */
export function unseal(
  place: string,
  bytes: Uint8Array,
): { readonly value: Uint8Array; readonly sum: number } | undefined {
  const length = bytes.length - SIZE;
  if (length < 0) return undefined;
  const value = bytes.subarray(0, length);
  const sum = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(length);
  return crc32(value, crc32(place)) === sum ? { value, sum } : undefined;
}
