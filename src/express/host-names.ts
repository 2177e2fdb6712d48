import { BadInput } from '../core/errors.js';
import { badConfiguration } from '../core/options.js';
import type { HttpRequest, Middleware } from './http.js';

/** The names under which a machine reaches itself. */
export const LOOPBACK_NAMES: readonly string[] = Object.freeze(['localhost', '127.0.0.1', '[::1]']);

/** In lower case, without a port and a trailing dot; undefined if the text is not a host name. */
function nameIn(text: string): string | undefined {
  if (!/^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/.test(text)) return undefined;
  return text.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

/** @throws BadInput `bad-configuration` if it is not a list of names */
export function checkHosts(hosts: unknown): readonly string[] {
  const names = Array.isArray(hosts)
    ? hosts.map((entry) =>
        typeof entry === 'string' && nameIn(entry) === entry.toLowerCase() ? entry.toLowerCase() : undefined,
      )
    : [];
  if (names.length === 0 || names.includes(undefined))
    throw badConfiguration(
      'hosts must be a list of names without ports, such as "app.example.com", "127.0.0.1" or "[::1]".',
    );
  return names as string[];
}

/**
 * Refuses a request for a host name that is not listed. A page whose name was made to point at this server (DNS
 * rebinding) has the same origin for the browser, so only the name reveals it.
 * @param hosts the result of `checkHosts`
 * @throws BadInput `wrong-host`
 */
export function assertHost(req: HttpRequest, hosts: readonly string[]): void {
  const count = req.rawHeaders.filter((entry, at) => at % 2 === 0 && entry.toLowerCase() === 'host').length;
  const name = count === 1 ? nameIn(req.headers.host ?? '') : undefined;
  if (name === undefined || !hosts.includes(name))
    throw new BadInput('wrong-host', 'This application does not answer under that host name.');
}

/**
 * Creates middleware that passes requests whose header `Host` is one of these names, on any port. Must come first.
 * @param hosts names without ports; an IPv6 address in brackets
 * @throws BadInput `bad-configuration` if it is not such a list
 * @example
 * app.use(requireHost(['app.example.com']));
 */
export function requireHost(hosts: readonly string[]): Middleware {
  const names = checkHosts(hosts);
  return function knownHost(req, _res, next) {
    try {
      assertHost(req, names);
    } catch (error) {
      return next(error);
    }
    next();
  };
}
