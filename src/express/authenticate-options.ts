import {
  assertOptions,
  checkedLater,
  count,
  either,
  FLAG,
  FUNCTION,
  oneOf,
  withFunctions,
  type OptionsOf,
} from '../core/options.js';
import type { UserInfo } from '../core/principal.js';
import type { Guard } from '../engine/contract/types.js';
import { checkHosts } from './host-names.js';
import type { HttpRequest } from './http.js';
import type { ApiKeys } from './keys.js';
import { checkOrigins } from './own-origin.js';

/** How `authenticate` finds out who calls. */
export interface AuthenticateOptions {
  /** Keys in the header `x-api-key`. Default: those of the guard's store, and API_KEY; false: none are accepted. */
  readonly keys?: ApiKeys | false;
  /**
   * Maps what passport has left at `req.user` to a user; undefined: not let in. What it throws counts as
   * "could not tell". What it returns is checked.
   * Missing: sessions are not accepted.
   * @example guard.authenticate({ toPrincipal: (user) => ({ userName: user.name, userGroups: user.groups }) });
   */
  readonly toPrincipal?: (
    // Whatever the application has made of a user: a parameter of its own type must be accepted.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    user: any,
    req: HttpRequest,
  ) => UserInfo | null | undefined | false | Promise<UserInfo | null | undefined | false>;
  /**
   * Verifies a token of `Authorization: Bearer` and gives its user; undefined: not let in. What it throws
   * counts as "could
   * not tell". Missing: such tokens are not looked at.
   */
  readonly bearer?: (
    token: string,
    req: HttpRequest,
  ) => UserInfo | null | undefined | false | Promise<UserInfo | null | undefined | false>;
  /**
   * False: a request without credentials goes on as nobody, and what it calls of the guard is refused with 401; one
   * with bad credentials is refused all the same. Default: false with `toPrincipal`, since an application with
   * sessions has pages for people who have not signed in, such as its login; else true.
   */
  readonly required?: boolean;
  /**
   * Origins of the application's own pages, such as `https://app.example.com`, beside the one that the request itself
   * is for. A change with a session is refused unless it comes from one of them.
   */
  readonly origins?: readonly string[];
  /**
   * Names, without ports, that the header `Host` may have. Missing: any; while REQUIRE_AUTHENTICATION is `false` the
   * names of this machine (localhost, 127.0.0.1, [::1]) for requests without credentials.
   */
  readonly hosts?: readonly string[];
  /**
   * Bytes at most of a body that is read to find the user a key calls for; default 1 MB (1,048,576), as the
   * router's.
   */
  readonly limit?: number;
}

/** The options of `authenticate`. */
export const AUTHENTICATE_OPTIONS = {
  keys: either(oneOf(false), withFunctions('what apiKeys gave', ['find'])),
  toPrincipal: FUNCTION,
  bearer: FUNCTION,
  required: FLAG,
  origins: checkedLater('a list of origins, such as "https://app.example.com"'),
  hosts: checkedLater('a list of names without ports, such as "app.example.com"'),
  limit: count('bytes'),
} satisfies OptionsOf<AuthenticateOptions>;

/** @throws TypeError when an option is not as described */
export function checkAuthenticate(guard: Guard, options: AuthenticateOptions): void {
  if (typeof (guard as Partial<Guard> | undefined)?.identity?.establish !== 'function')
    throw new TypeError('authenticate takes the guard that createGuard gave.');
  assertOptions('authenticate', options, AUTHENTICATE_OPTIONS);
  const { keys, origins, hosts } = options;
  if (origins !== undefined) checkOrigins(origins);
  if (hosts !== undefined) checkHosts(hosts);
  if (keys === false && options.toPrincipal === undefined && options.bearer === undefined)
    throw new TypeError('authenticate is left without a way to sign in.');
}
