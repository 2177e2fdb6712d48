import crypto from 'node:crypto';

/**
 * Makes new hashes of passwords cheap in this process: a suite that adds hundreds of users would compute for minutes.
 * What the product asks of scrypt stays what it is, and the tests of the cost look at that.
 */
const FULL = 16384;
const real = crypto.scrypt;
type Real = (...args: unknown[]) => void;
crypto.scrypt = ((password: unknown, salt: unknown, length: unknown, options: { N: number }, done: unknown) =>
  (real as unknown as Real)(
    password,
    salt,
    length,
    options.N === FULL ? { ...options, N: 512, r: 1, p: 1 } : options,
    done,
  )) as typeof crypto.scrypt;
