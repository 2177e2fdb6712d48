import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Ties sessions to the password that they began with: a session contains a mark of the hash, and ends when the
 * password is changed anywhere.
 */
export function marksOf(secret) {
  const digest = (userName, passwordHash) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([userName, passwordHash]))
      .digest();
  return Object.freeze({
    of: ({ userName, passwordHash }) => digest(userName, passwordHash).toString('base64url'),

    fits(mark, { userName, passwordHash }) {
      const [given, expected] = [Buffer.from(String(mark), 'base64url'), digest(userName, passwordHash)];
      return (
        typeof passwordHash === 'string' &&
        given.length === expected.length &&
        timingSafeEqual(given, expected)
      );
    },
  });
}
