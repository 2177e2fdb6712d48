import { BadInput } from '../core/errors.js';
import type { HttpRequest, Middleware } from './http.js';

/** The names by which a machine reaches itself. */
export const LOOPBACK_NAMES: readonly string[] = Object.freeze(['localhost', '127.0.0.1', '[::1]']);

/** In lower case, without a port and without the dot of the root; undefined where the text is no name of a host. */
function nameIn(text: string): string | undefined {
  if (!/^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/.test(text)) return undefined;
  return text.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

/** @throws TypeError for what is not a list of names */
export function checkHosts(hosts: unknown): readonly string[] {
  const names = Array.isArray(hosts)
    ? hosts.map((entry) =>
        typeof entry === 'string' && nameIn(entry) === entry.toLowerCase() ? entry.toLowerCase() : undefined,
      )
    : [];
  if (names.length === 0 || names.includes(undefined))
    throw new TypeError(
      'hosts takes a list of names without ports, such as "app.example.com", "127.0.0.1" or "[::1]".',
    );
  return names as string[];
}

/**
 * Refuses a request for a name that is not on the list. A page whose name was made to point at this server (DNS
 * rebinding) is of the same origin for the browser, and can be told by that name only.
 * @param hosts as `checkHosts` gave them
 * @throws BadInput `wrong-host`
 */
export function assertHost(req: HttpRequest, hosts: readonly string[]): void {
  const count = req.rawHeaders.filter((entry, at) => at % 2 === 0 && entry.toLowerCase() === 'host').length;
  const name = count === 1 ? nameIn(req.headers.host ?? '') : undefined;
  if (name === undefined || !hosts.includes(name))
    throw new BadInput('wrong-host', 'This application does not answer under that host name.');
}

/**
 * Middleware that lets requests pass whose header `Host` has one of these names, on any port. Comes first.
 * @param hosts names without ports; an IPv6 address in brackets
 * @throws TypeError when it is no such list
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
