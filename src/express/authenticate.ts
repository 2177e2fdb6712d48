import { isDeepStrictEqual } from 'node:util';
import { CouldNotTell } from '../core/errors.js';
import type { Guard, GuardApi, Identity } from '../engine/contract/types.js';
import { checkAuthenticate, type AuthenticateOptions } from './authenticate-options.js';
import {
  bearerWay,
  denied,
  isDenied,
  keyWay,
  Refused,
  sessionWay,
  unwrap,
  type Caller,
  type GivenUser,
  type Way,
} from './credentials.js';
import { assertHost, checkHosts, LOOPBACK_NAMES } from './host-names.js';
import {
  addressOf,
  type HttpRequest,
  type HttpResponse,
  IDENTITY,
  localsOf,
  type Middleware,
  setChallenge,
} from './http.js';
import { apiKeys } from './keys.js';
import { assertOwnOrigin } from './own-origin.js';
import { protectApplicationOf } from './protect.js';
import { answerOnce } from './unanswered.js';

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

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((entry) => b.includes(entry));

function agree({ principal: a }: Caller, { principal: b }: Caller): boolean {
  return (
    a.userName === b.userName &&
    a.tenantId === b.tenantId &&
    a.owner === b.owner &&
    sameSet(a.userGroups, b.userGroups) &&
    isDeepStrictEqual(a.attributes, b.attributes)
  );
}

/** Resolves when the response has been sent or the connection is closed. */
function ending(res: HttpResponse): Promise<void> {
  if (res.closed || res.destroyed || res.writableFinished) return Promise.resolve();
  return new Promise((resolve) => res.once('finish', resolve).once('close', resolve));
}

/**
 * Creates middleware that authenticates the caller by an API key, a passport session or a bearer token, and by
 * nothing else. After it, `res.locals.principal` is the caller, `res.locals.guard` the API bound to it, and until
 * the response is sent every call of `guard.server` is enforced for it. Errors go to `next`; a 401 comes with
 * WWW-Authenticate. If a request has several credentials, each must be valid and all must mean the same principal.
 * With a key, `res.locals.key` is its name, as `key:<name>`, whether or not it may act for the user named in the
 * body.
 * @throws BadInput `bad-configuration` for an invalid option; `bad-environment` if API_KEY cannot be a key, or is
 * easily guessed in production
 * @example
 * app.use(guard.authenticate({ toPrincipal: (user) => ({ userName: user.name, userGroups: user.groups }) }));
 */
export function authenticate(guard: Guard, options: AuthenticateOptions = {}): Middleware {
  checkAuthenticate(guard, options);
  const { identity } = guard;
  const { required = options.toPrincipal === undefined, origins = [] } = options;
  const hosts = options.hosts && checkHosts(options.hosts);
  const ways = waysOf(guard, options);
  const challenge = ways.map((way) => way.challenge).join(', ');

  async function refused(req: HttpRequest, way: string, thrown: unknown): Promise<never> {
    const { error, shown, onBehalfOf, tenantId } = unwrap(thrown);
    const recorded = identity.refused(shown, { kind: 'system', name: way }, error, {
      ...addressOf(req),
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      ...(tenantId === undefined ? {} : { tenantId }),
    });
    // Do not wait again for a store that has just failed.
    if (!(error instanceof CouldNotTell)) await recorded;
    throw error;
  }

  async function read(req: HttpRequest, res: HttpResponse, way: Way): Promise<Caller | undefined> {
    try {
      return await way.read(req);
    } catch (thrown) {
      const { shown } = unwrap(thrown);
      if (shown !== undefined) localsOf(res).key = shown;
      return refused(req, way.name, thrown);
    }
  }

  /** With credentials that browsers send by themselves, changes must come from a page of the application. */
  async function ofOwnPage(req: HttpRequest, caller: Caller, way: string): Promise<Caller> {
    try {
      assertOwnOrigin(req, { origins });
      return caller;
    } catch (error) {
      const { userName, tenantId = null } = caller.principal;
      return refused(req, way, new Refused(error, userName, undefined, tenantId));
    }
  }

  /** Without a login, requests without credentials act as the developer if they come from this machine's own names. */
  async function developer(req: HttpRequest, res: HttpResponse): Promise<Caller | undefined> {
    const { nobody } = identity;
    if (nobody === undefined || localsOf(res).principal !== undefined) return undefined;
    if (hosts === undefined) assertHost(req, LOOPBACK_NAMES);
    return ofOwnPage(req, { principal: nobody }, 'none');
  }

  async function establish(req: HttpRequest, res: HttpResponse): Promise<Caller | undefined> {
    if (hosts !== undefined) assertHost(req, hosts);
    const callers: { readonly caller: Caller; readonly way: Way }[] = [];
    for (const way of ways) {
      const caller = await read(req, res, way);
      if (caller !== undefined) callers.push({ caller, way });
    }
    const [first, ...others] = callers;
    if (first === undefined) {
      if (identity.nobody !== undefined) return developer(req, res);
      if (required) throw denied('The request has no credentials.');
      return undefined;
    }
    if (others.some((other) => !agree(first.caller, other.caller)))
      return refused(req, 'several', denied('The request has credentials of two callers.'));
    return callers.every(({ way }) => way.name === 'session')
      ? ofOwnPage(req, first.caller, first.way.name)
      : first.caller;
  }

  return function authenticateCaller(req, res, next) {
    /** Later middleware runs in the context until the response has been sent. */
    const goOnTo = (error?: unknown) => (): Promise<void> => {
      const ended = ending(res);
      next(error);
      return ended;
    };
    const goOn = async (caller: Caller | undefined): Promise<void> => {
      setChallenge(res, challenge);
      if (caller !== undefined) {
        enter(res, identity, caller, identity.bind(caller.principal, caller.actor));
        return identity.run(caller.principal, goOnTo(), caller.actor);
      }
      // The principal of an earlier `authenticate` is kept.
      return localsOf(res).principal === undefined ? identity.runAsNobody(goOnTo()) : next();
    };
    const refuse = (error: unknown): Promise<void> => {
      if (isDenied(error)) res.setHeader('WWW-Authenticate', challenge);
      return identity.runAsNobody(goOnTo(error));
    };
    protectApplicationOf(req);
    identity.answering(answerOnce(req, res, next), () => {
      establish(req, res).then(goOn, refuse).catch(next);
    });
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
