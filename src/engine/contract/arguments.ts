import { BadInput } from '../../core/errors.js';
import { assertOptions, type OptionsOf } from '../../core/options.js';
import { isPlainObject } from '../../core/value.js';

/**
 * Reads an argument at the call, so that its owner cannot change it while the call waits; errors in it are reported
 * only to who may ask.
 */
export function atOnce<T>(read: () => T): () => T {
  try {
    const value = read();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Options as they are at the call. Anything but a plain object is refused later. */
export const copyOf = <T>(options: T): T => (isPlainObject(options) ? ({ ...options } as T) : options);

export const refuse = (message: string): BadInput => new BadInput('bad-request', message);

/** Checks options, which may be missing. */
export function checked<T extends object>(of: string, options: T | null | undefined, known: OptionsOf<T>): T {
  const given = options ?? ({} as T);
  assertOptions(of, given, known, refuse);
  return given;
}
