import { isIPv4 } from 'node:net';
import { requireHost } from 'bpmn-guard';
import { text } from './text.js';

const MODES = ['development', 'test', 'production'];
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

const isLoopback = (host) =>
  host === 'localhost' || host === '::1' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));

/**
 * The mode in NODE_ENV; default `development`.
 * @throws Error for anything else: with a misspelt `production`, settings fit only for a demonstration would be
 * accepted
 */
export function modeFrom(env) {
  const mode = text(env.NODE_ENV) ?? 'development';
  if (!MODES.includes(mode))
    throw new Error(`NODE_ENV must be one of ${MODES.join(', ')}, got ${JSON.stringify(env.NODE_ENV)}.`);
  return mode;
}

/**
 * The host names, without ports, under which the application answers. Default: those of this machine, and HOST if
 * it is a single address.
 * @throws Error if it is not such a list, and in production if it is missing
 */
export function allowedHostsFrom(env, host, production) {
  const listed = text(env.ALLOWED_HOSTS);
  if (listed === undefined && production)
    throw new Error(
      'ALLOWED_HOSTS must be set when NODE_ENV=production: the names in the address of this' +
        ' application, such as "app.example.com".',
    );
  const address = host.includes(':') ? `[${host}]` : host;
  const names = listed?.split(',').map((name) => name.trim()) ?? [
    ...LOOPBACK_NAMES,
    ...(['0.0.0.0', '[::]'].includes(address) ? [] : [address]),
  ];
  try {
    requireHost(names);
  } catch {
    throw new Error(
      'ALLOWED_HOSTS must be names without ports, separated by commas, such as' +
        ` "app.example.com, 127.0.0.1"; got ${JSON.stringify(env.ALLOWED_HOSTS)}.`,
    );
  }
  return Object.freeze(names);
}

/** Whether only this machine reaches the application, by its listening address and all of its names. */
export const isOfThisMachine = (host, allowedHosts) => isLoopback(host) && allowedHosts.every(isLoopback);

/**
 * Refuses settings that are fit only for a demonstration if others could reach the application.
 * @throws Error naming the setting
 */
export function refuseBeyondDemonstration({
  production,
  local,
  requireAuthentication,
  enforceSecurity,
  demoUsers,
}) {
  if (!production && local) return;
  const where = production
    ? 'with NODE_ENV=production'
    : 'where HOST or ALLOWED_HOSTS lets other machines in';
  if (!requireAuthentication)
    throw new Error(`REQUIRE_AUTHENTICATION=false turns the login off: not allowed ${where}.`);
  if (!enforceSecurity)
    throw new Error(`ENFORCE_SECURITY=false lets everybody do everything: not allowed ${where}.`);
  if (demoUsers) throw new Error(`DEMO_USERS=true adds users with known passwords: not allowed ${where}.`);
}
