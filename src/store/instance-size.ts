import { Conflict, isGuardError } from '../core/errors.js';

/** Maximum size of an instance without its large fields, in bytes; with them MongoDB accepts 16 MB. */
const INSTANCE_BYTES = 10_000_000;

/** The input of one call has its own, much lower limits: only the effects of a model reach this one. */
export const instanceFull = (cause?: unknown): Conflict =>
  new Conflict('instance-full', `An instance may take ${INSTANCE_BYTES} bytes; this one would take more.`, {
    cause,
  });

/**
 * Encodes an instance and checks its size.
 * @throws Conflict `instance-full`
 */
export function encodedInstance(encode: () => Uint8Array): Uint8Array {
  try {
    const bytes = encode();
    if (bytes.length <= INSTANCE_BYTES) return bytes;
  } catch (error) {
    throw isGuardError(error) && error.code === 'too-large' ? instanceFull(error) : error;
  }
  throw instanceFull();
}
