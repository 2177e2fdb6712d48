import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { BadInput, GuardError } from '../../core/errors.js';
import { isCommon } from './common-passwords.js';

/** Parameters of scrypt: memory is 128 * N * r bytes; time grows with N * r * p. */
interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** The cost of every new hash: 16 MB, about 0.1 s of one core. A login with an older, cheaper hash renews it. */
const COST: Cost = Object.freeze({ N: 16384, r: 8, p: 5 });
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Minimum and maximum length of a password, in characters. */
const SHORTEST = 8;
const LONGEST = 1024;
/** Shorter names occur in good passwords by chance. */
const SHORTEST_NAME = 3;
/** Hashes computed at the same time, so that logins leave threads for the store; and the maximum queue length. */
const AT_ONCE = 2;
const WAITING = 200;

const FORM = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22,86})\$([A-Za-z0-9_-]{43,86})$/;
/** The hash compared for users without a password. No password produces it. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

interface Parsed {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** The text as readers see it: lower case, no invisible characters, one form of each letter. */
const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase();
const work = ({ N, r, p }: Cost): number => N * r * p;
const isPower = (n: number): boolean => n > 1 && (n & (n - 1)) === 0;

function parse(text: unknown): Parsed | undefined {
  const [, N, r, p, salt, hash] = (typeof text === 'string' ? FORM.exec(text) : null) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  // A hash that would take all memory or many minutes is treated as invalid: the text comes from a database.
  if (!isPower(cost.N) || cost.r < 1 || cost.p < 1 || work(cost) > 64 * work(COST)) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

function compute(password: string, salt: Buffer, length: number, { N, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(
      password.normalize('NFC'),
      salt,
      length,
      { N, r, p, maxmem: 128 * r * (N + p) + 1_048_576 },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
}

/** The result of a check: whether the password matches, and whether its hash should be renewed. */
export interface PasswordCheck {
  readonly right: boolean;
  readonly outdated: boolean;
}

/**
 * Password hashes as self-describing text, `scrypt$N$r$p$salt$hash`. Passwords are compared as Unicode NFC. At most
 * two are computed at a time.
 */
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly limits: { readonly atOnce: number; readonly waiting: number } = {
      atOnce: AT_ONCE,
      waiting: WAITING,
    },
  ) {}

  private async limited<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.atOnce) {
      if (this.waiting.length >= this.limits.waiting)
        throw new GuardError('too-many', 'Too many logins at once; try again later.');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running++;
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }

  /**
   * @throws BadInput `bad-request` if it is not a text of 8 to 1024 characters, contains the user's own name (of at
   * least three characters), or is one of the most common passwords; the last two ignore case
   */
  async check(password: unknown, userName: string): Promise<void> {
    if (
      typeof password !== 'string' ||
      !password.isWellFormed() ||
      password.length < SHORTEST ||
      password.length > LONGEST
    ) {
      throw new BadInput('bad-request', `A password must be a text of ${SHORTEST} to ${LONGEST} characters.`);
    }
    const [text, name] = [fold(password), fold(userName)];
    if (text === name || (name.length >= SHORTEST_NAME && text.includes(name)))
      throw new BadInput('bad-request', 'A password may not contain the user name.');
    if (await isCommon(text))
      throw new BadInput('bad-request', 'This password is too common and easily guessed; choose another.');
  }

  /** A new hash with its own salt. The password must have been checked. */
  hash(password: string): Promise<string> {
    return this.limited(async () => {
      const salt = randomBytes(SALT_BYTES);
      const hash = await compute(password, salt, HASH_BYTES, COST);
      return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
    });
  }

  /**
   * Whether the password matches the hash, in constant time. A missing or invalid hash takes as long and never
   * matches.
   */
  verify(password: unknown, stored: string | undefined): Promise<PasswordCheck> {
    return this.limited(async () => {
      const known = parse(stored);
      const { cost, salt, hash } = known ?? (parse(NOBODY) as Parsed);
      const usable = typeof password === 'string' && password.length <= LONGEST;
      const given = await compute(usable ? password : '', salt, hash.length, cost);
      const right = timingSafeEqual(given, hash) && known !== undefined && usable;
      return { right, outdated: right && work(cost) < work(COST) };
    });
  }
}
