import { crc32 } from 'node:zlib';
import { CouldNotTell } from '../../core/errors.js';

/** Bytes of a checksum, which is appended to its value. */
const SIZE = 4;

/**
 * The error for a stored value that is missing, or is not what was written.
 * @param what place and kind of the damage; the message contains it, so it must not reveal data
 */
export const damaged = (what: string, cause?: unknown): CouldNotTell =>
  new CouldNotTell('store-damaged', `The embedded store is damaged: ${what}.`, { cause });

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
