import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Windows } from './windows.js';

const MINUTE = 60_000;
const LONGEST_NAME = 200;

/**
 * Limits of requests, each per so many milliseconds. They are counted in the memory of this process: several
 * processes admit several times as many, and a restart resets them.
 */
export const LIMITS = Object.freeze({
  /** Requests from one address without a login: each may create a session. */
  strangers: { windowMs: 15 * MINUTE, limit: 600 },
  /** Wrong passwords from one address. */
  loginsByAddress: { windowMs: 15 * MINUTE, limit: 50 },
  /**
   * Wrong passwords for one name, from anywhere; the right one has to wait then, too. Old passwords that a user who is
   * signed in enters are counted apart, so that strangers do not keep anybody from changing a password.
   */
  loginsByName: { windowMs: 15 * MINUTE, limit: 10 },
  /** Refused or missing keys from one address. */
  keysByAddress: { windowMs: 15 * MINUTE, limit: 200 },
  /** Calls with one key, refused ones included. */
  callsByKey: { windowMs: MINUTE, limit: 6000 },
});

/** Too many requests in a short time. */
export class TooMany extends Error {
  status = 429;
}

function refuse(req, res, next) {
  const seconds = Math.ceil((req.rateLimit.resetTime.getTime() - Date.now()) / 1000);
  res.set('Retry-After', String(Math.max(1, seconds)));
  next(new TooMany());
}

// The address is the one determined by `trust proxy`, so untrusted headers do not affect the limit.
const limiter = (settings) =>
  rateLimit({
    standardHeaders: false,
    legacyHeaders: false,
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: refuse,
    store: new Windows(),
    ...settings,
  });
const address = (req) => ipKeyGenerator(req.ip ?? '');
const name = (req) =>
  String(req.body?.userName ?? '')
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .slice(0, LONGEST_NAME);
const signedIn = (req, res) => res.locals.view.user.userName;

/**
 * Counts wrong passwords: 401, and 403 for an old one. A right one stops counting as soon as it is known to be
 * right (`isRight`), even if its caller disconnects.
 * @param limits pairs of what to count by and the limit
 */
function passwordLimit(...limits) {
  const isToGiveBack = (req, res) => ![401, 403].includes(res.statusCode) && !res.locals.passwordIsRight;
  const counters = limits.map(([keyGenerator, limit]) => ({ ...limit, keyGenerator, store: new Windows() }));
  return Object.freeze({
    count: counters.map((counter) =>
      limiter({ ...counter, skipSuccessfulRequests: true, requestWasSuccessful: isToGiveBack }),
    ),
    isRight(req, res) {
      res.locals.passwordIsRight = true;
      for (const { keyGenerator, store } of counters) store.decrement(keyGenerator(req, res));
    },
  });
}

/**
 * Counts refused or missing keys. A valid key stops counting as soon as it is known (`known`, before `authenticate`
 * reads the body to find the user): waiting for the end of the call would take too long, since uploads and calls
 * may be slow, parallel, or aborted.
 */
function keyLimit(settings) {
  const store = new Windows();
  // A refund is given only once.
  const isToGiveBack = (req, res) => res.statusCode !== 401 && res.locals.keyIsGood !== true;
  return {
    keys: limiter({
      ...settings,
      store,
      keyGenerator: address,
      skipSuccessfulRequests: true,
      requestWasSuccessful: isToGiveBack,
    }),
    known: (keys) =>
      async function known(req, res, next) {
        // `authenticate` reports that the key could not be checked.
        const key = await keys.find(req.get('x-api-key')).catch(() => undefined);
        if (key !== undefined) {
          res.locals.keyIsGood = true;
          // Two tenants may have keys of one name.
          res.locals.keyId = key.id;
          store.decrement(address(req));
        }
        next();
      },
  };
}

/** The limits as middleware. */
export function limitsOf(limits = LIMITS) {
  return Object.freeze({
    strangers: limiter({ ...limits.strangers, keyGenerator: address, skip: (req) => Boolean(req.user) }),
    passwords: passwordLimit([address, limits.loginsByAddress], [name, limits.loginsByName]),
    ownPasswords: passwordLimit([signedIn, limits.loginsByName]),
    ...keyLimit(limits.keysByAddress),
    calls: limiter({
      ...limits.callsByKey,
      keyGenerator: (req, res) => res.locals.keyId,
      skip: (req, res) => res.locals.keyId === undefined,
    }),
  });
}
