import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt);
const COST = Object.freeze({ N: 16384, r: 8, p: 5 });
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORM = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

const normalised = (password) => password.normalize('NFC');
const memory = ({ N, r, p }) => 128 * r * (N + p) + 1024 * 1024;

/** A salted scrypt hash of a password, as `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password) {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(normalised(password), salt, HASH_BYTES, { ...COST, maxmem: memory(COST) });
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** What unknown users are compared with, so that they take as long as known ones; no password gives this hash. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Whether the password gives the hash. Without a hash it takes as long, and is false. */
export async function verifyPassword(password, passwordHash) {
  const [, N, r, p, salt, hash] = FORM.exec(passwordHash ?? NOBODY) ?? FORM.exec(NOBODY);
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const expected = Buffer.from(hash, 'base64url');
  const given = await derive(normalised(password), Buffer.from(salt, 'base64url'), expected.length, { ...cost, maxmem: memory(cost) });
  return timingSafeEqual(given, expected) && passwordHash !== undefined && FORM.test(passwordHash);
}
