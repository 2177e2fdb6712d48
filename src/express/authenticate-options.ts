import {
  assertOptions,
  badConfiguration,
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

/** Options of {@link authenticate}. */
export interface AuthenticateOptions {
  /** Keys accepted in the header `x-api-key`. Default: those in the guard's store, and API_KEY. False: none. */
  readonly keys?: ApiKeys | false;
  /**
   * Maps the user that passport left at `req.user`; undefined refuses the request. An error counts as "could not
   * tell". The result is checked. Missing: sessions are not accepted.
   * @example guard.authenticate({ toPrincipal: (user) => ({ userName: user.name, userGroups: user.groups }) });
   */
  readonly toPrincipal?: (
    // The application's own user type must be accepted as the parameter.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    user: any,
    req: HttpRequest,
  ) => UserInfo | null | undefined | false | Promise<UserInfo | null | undefined | false>;
  /**
   * Verifies a token of `Authorization: Bearer` and returns its user; undefined refuses the request. An error
   * counts as "could not tell". Missing: such tokens are ignored.
   */
  readonly bearer?: (
    token: string,
    req: HttpRequest,
  ) => UserInfo | null | undefined | false | Promise<UserInfo | null | undefined | false>;
  /**
   * False: a request without credentials continues without a principal, and its calls of the guard are refused with
   * 401; bad credentials are refused all the same. Default: false with `toPrincipal`, since an application with
   * sessions has public pages such as its login; otherwise true.
   */
  readonly required?: boolean;
  /**
   * Origins of the application's own pages, such as `https://app.example.com`, in addition to the request's own.
   * With a session, changes from any other origin are refused.
   */
  readonly origins?: readonly string[];
  /**
   * Allowed values of the header `Host`, without ports. Missing: any; while REQUIRE_AUTHENTICATION is `false`, only
   * this machine's names (localhost, 127.0.0.1, [::1]) for requests without credentials.
   */
  readonly hosts?: readonly string[];
  /**
   * Maximum size, in bytes, of a body that is read to find the user for whom a key acts; default 1 MB (1,048,576),
   * like the router's.
   */
  readonly limit?: number;
}

/** Option table of {@link authenticate}. */
export const AUTHENTICATE_OPTIONS = {
  keys: either(oneOf(false), withFunctions('the result of apiKeys', ['find'])),
  toPrincipal: FUNCTION,
  bearer: FUNCTION,
  required: FLAG,
  origins: checkedLater('a list of origins, such as "https://app.example.com"'),
  hosts: checkedLater('a list of names without ports, such as "app.example.com"'),
  limit: count('bytes'),
} satisfies OptionsOf<AuthenticateOptions>;

/** @throws BadInput `bad-configuration` for an invalid option; TypeError without a guard */
export function checkAuthenticate(guard: Guard, options: AuthenticateOptions): void {
  if (typeof (guard as Partial<Guard> | undefined)?.identity?.establish !== 'function')
    throw new TypeError('authenticate needs the guard that createGuard returned.');
  assertOptions('authenticate', options, AUTHENTICATE_OPTIONS);
  const { keys, origins, hosts } = options;
  if (origins !== undefined) checkOrigins(origins);
  if (hosts !== undefined) checkHosts(hosts);
  if (keys === false && options.toPrincipal === undefined && options.bearer === undefined)
    throw badConfiguration('These options leave authenticate without an authentication method.');
}
