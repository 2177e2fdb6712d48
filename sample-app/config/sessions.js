import { text } from './text.js';

const MINUTE = 60_000;

function wholeFrom(env, name, { unset, most }) {
  const value = text(env[name]) ?? String(unset);
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > most)
    throw new Error(`${name} must be a whole number from 1 to ${most}, got ${JSON.stringify(env[name])}.`);
  return number;
}

/**
 * How long a session lasts, in milliseconds: `idle` without a request, `longest` after the login.
 * @throws Error for an invalid number; no session lasts for ever
 */
export function sessionTimesFrom(env) {
  return Object.freeze({
    idle: wholeFrom(env, 'SESSION_IDLE_MINUTES', { unset: 30, most: 1440 }) * MINUTE,
    longest: wholeFrom(env, 'SESSION_HOURS', { unset: 8, most: 720 }) * 60 * MINUTE,
  });
}
