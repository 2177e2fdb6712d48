import { weaknessOf } from 'bpmn-guard';
import { text } from './text.js';

/** Values in `.env.example`, which everybody knows. */
const PLACEHOLDERS = ['change-me'];
/** In characters. Shorter secrets could be found by trying them out against a signed cookie. */
const SHORTEST = 16;
const SHORTEST_IN_PRODUCTION = 32;

const HOW = 'for instance what `openssl rand -base64 32` prints';

function checkStrength(name, secret) {
  if (secret.length < SHORTEST_IN_PRODUCTION)
    throw new Error(
      `${name} is too short for NODE_ENV=production: at least ${SHORTEST_IN_PRODUCTION} characters, ${HOW}.`,
    );
  const weakness = weaknessOf(secret);
  if (weakness !== undefined)
    throw new Error(`${name} is too easily guessed for NODE_ENV=production: ${weakness}. Take ${HOW}.`);
}

/**
 * The secret that signs the session cookies; undefined: one is generated and stored with the data.
 * @throws Error if it is too short, and in production if it is missing, too short, known, or easily guessed
 */
export function sessionSecretFrom(env, production) {
  const secret = text(env.SESSION_SECRET);
  const usable = secret !== undefined && !PLACEHOLDERS.includes(secret);
  if (usable && secret.length < SHORTEST)
    throw new Error(`SESSION_SECRET is too short: at least ${SHORTEST} characters.`);
  if (!usable && production)
    throw new Error(`SESSION_SECRET must be set to a secret of your own when NODE_ENV=production, ${HOW}.`);
  if (usable && production) checkStrength('SESSION_SECRET', secret);
  return usable ? secret : undefined;
}

/**
 * The key that acts for every user except administrators; undefined: none.
 * @throws Error if it is a placeholder, and in production if it is too short, known, or easily guessed
 */
export function apiKeyFrom(env, production) {
  const key = text(env.API_KEY);
  if (key === undefined) return undefined;
  if (PLACEHOLDERS.includes(key))
    throw new Error('API_KEY is a placeholder; set a key of your own, or none.');
  if (production) checkStrength('API_KEY', key);
  return key;
}

/** Warns about a session secret that production would refuse. The guard itself warns about the API key. */
export function warnOfSecrets({ sessionSecret }, logger) {
  const weakness = sessionSecret === undefined ? undefined : weaknessOf(sessionSecret);
  if (weakness !== undefined)
    logger.warn(`SESSION_SECRET is easily guessed: ${weakness}. NODE_ENV=production refuses it.`);
}
