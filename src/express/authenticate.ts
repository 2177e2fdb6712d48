import type { UserInfo } from '../core/principal.js';
import type { Guard, GuardApi, Identity } from '../engine/contract/types.js';
import {
  bearerWay,
  denied,
  isDenied,
  keyWay,
  sessionWay,
  unwrap,
  type Caller,
  type GivenUser,
  type Way,
} from './credentials.js';
import { addressOf, localsOf, type HttpRequest, type HttpResponse, type Middleware } from './http.js';
import { apiKeys, type ApiKeys } from './keys.js';
import { IDENTITY } from './locals.js';

/** How `authenticate` finds out who calls. */
export interface AuthenticateOptions {
  /** Keys in the header `x-api-key`. Default: those of the guard's store, and API_KEY; false: none are accepted. */
  readonly keys?: ApiKeys | false;
  /**
   * Maps what passport has left at `req.user` to a user; undefined: not let in. What it throws counts as
   * "could not tell".
   * Missing: sessions are not accepted.
   */
  readonly toPrincipal?: (
    user: unknown,
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
   * Default true. False: a request without credentials goes on as nobody; one with bad ones is refused all
   * the same.
   */
  readonly required?: boolean;
  /**
   * Bytes at most of a body that is read to find the user a key calls for; default 1 MB (1,048,576), as the
   * router's.
   */
  readonly limit?: number;
}

const OPTIONS = ['keys', 'toPrincipal', 'bearer', 'required', 'limit'];

function waysOf(guard: Guard, { keys, toPrincipal, bearer, limit }: AuthenticateOptions): readonly Way[] {
  const { identity, store } = guard;
  return [
    ...(keys === false ? [] : [keyWay(identity, keys ?? apiKeys(store), limit)]),
    ...(toPrincipal === undefined
      ? []
      : [sessionWay(identity, toPrincipal as (user: unknown, req: HttpRequest) => GivenUser)]),
    ...(bearer === undefined
      ? []
      : [bearerWay(identity, bearer as (token: string, req: HttpRequest) => GivenUser)]),
  ];
}

function check(guard: Guard, options: AuthenticateOptions): void {
  if (typeof (guard as Partial<Guard> | undefined)?.identity?.establish !== 'function')
    throw new TypeError('authenticate takes the guard that createGuard gave.');
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw new TypeError(`Unknown option of authenticate: ${unknown}.`);
  for (const name of ['toPrincipal', 'bearer'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw new TypeError(`Option ${name} of authenticate must be a function.`);
  }
  const { keys, required, limit } = options;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw new TypeError('Option limit of authenticate must be a number of bytes.');
  if (keys !== undefined && keys !== false && typeof (keys as Partial<ApiKeys> | null)?.find !== 'function')
    throw new TypeError('Option keys of authenticate takes what apiKeys gave, or false.');
  if (required !== undefined && typeof required !== 'boolean')
    throw new TypeError('Option required of authenticate must be true or false.');
  if (keys === false && options.toPrincipal === undefined && options.bearer === undefined)
    throw new TypeError('authenticate is left without a way to sign in.');
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((entry) => b.includes(entry));

function agree({ principal: a }: Caller, { principal: b }: Caller): boolean {
  return (
    a.userName === b.userName &&
    a.tenantId === b.tenantId &&
    a.owner === b.owner &&
    sameSet(a.userGroups, b.userGroups)
  );
}

/** Resolves when the answer has gone out, or nobody waits for it any more. */
function ending(res: HttpResponse): Promise<void> {
  if (res.closed || res.destroyed || res.writableFinished) return Promise.resolve();
  return new Promise((resolve) => res.once('finish', resolve).once('close', resolve));
}

/**
 * Middleware that establishes who calls: by an API key, a passport session, or a bearer token, and by nothing else.
 * Behind it `res.locals.principal` is who calls, `res.locals.guard` the API bound to it, and until the answer has gone
 * out every call of `guard.server` is enforced for it. Errors go to `next`; a 401 comes with WWW-Authenticate.
 * Several credentials in one request must each be good and mean the same principal. With a key, `res.locals.key` is its
 * name, as `key:<name>`, whether or not it may act for the user whom the body names.
 * @throws TypeError when an option is not as described; BadInput `bad-environment` when API_KEY cannot be a key
 */
export function authenticate(guard: Guard, options: AuthenticateOptions = {}): Middleware {
  check(guard, options);
  const { identity } = guard;
  const { required = true } = options;
  const ways = waysOf(guard, options);
  const challenge = ways.map((way) => way.challenge).join(', ');

  async function read(req: HttpRequest, res: HttpResponse, way: Way): Promise<Caller | undefined> {
    try {
      return await way.read(req);
    } catch (thrown) {
      const { error, shown, onBehalfOf } = unwrap(thrown);
      if (shown !== undefined) localsOf(res).key = shown;
      await identity.refused(shown, { kind: 'system', name: way.name }, error, {
        ...addressOf(req),
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      });
      throw error;
    }
  }

  async function recorded(req: HttpRequest, error: Error): Promise<Error> {
    await identity.refused(undefined, { kind: 'system', name: 'several' }, error, addressOf(req));
    return error;
  }

  async function establish(req: HttpRequest, res: HttpResponse): Promise<Caller | undefined> {
    const callers: Caller[] = [];
    for (const way of ways) {
      const caller = await read(req, res, way);
      if (caller !== undefined) callers.push(caller);
    }
    const [first, ...others] = callers;
    if (first === undefined) {
      if (identity.nobody !== undefined)
        return localsOf(res).principal === undefined ? { principal: identity.nobody } : undefined;
      if (required) throw denied('The request has no credentials.');
      return undefined;
    }
    if (others.some((other) => !agree(first, other)))
      throw await recorded(req, denied('The request has credentials of two callers.'));
    return first;
  }

  return function authenticateCaller(req, res, next) {
    /** What comes after runs in the context, until the answer has gone out. */
    const goOnTo = (error?: unknown) => (): Promise<void> => {
      const ended = ending(res);
      next(error);
      return ended;
    };
    const goOn = async (caller: Caller | undefined): Promise<void> => {
      if (caller !== undefined) {
        enter(res, identity, caller, identity.bind(caller.principal, caller.actor));
        return identity.run(caller.principal, goOnTo(), caller.actor);
      }
      // Whom an `authenticate` before this one found goes on as such.
      return localsOf(res).principal === undefined ? identity.runAsNobody(goOnTo()) : next();
    };
    const refuse = (error: unknown): Promise<void> => {
      if (isDenied(error)) res.setHeader('WWW-Authenticate', challenge);
      return identity.runAsNobody(goOnTo(error));
    };
    establish(req, res).then(goOn, refuse).catch(next);
  };
}

function enter(res: HttpResponse, identity: Identity, { principal, key }: Caller, api: GuardApi): void {
  Object.assign(localsOf(res), {
    principal,
    guard: api,
    [IDENTITY]: identity,
    ...(key === undefined ? {} : { key }),
  });
}
