import { Conflict, isGuardError } from '../core/errors.js';

/** How large an instance may be without its large fields, in bytes; with them MongoDB takes 16 MB. */
const INSTANCE_BYTES = 10_000_000;

/** What one call brings has limits of its own, far below: this one is met by what a model does. */
export const instanceFull = (cause?: unknown): Conflict =>
  new Conflict('instance-full', `An instance may take ${INSTANCE_BYTES} bytes; this one would take more.`, {
    cause,
  });

/**
 * Whose size it is when an instance is encoded.
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
