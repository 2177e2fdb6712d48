import { AccessDenied, CouldNotTell, isGuardError } from '../core/errors.js';
import { isPlainObject } from '../core/value.js';
import { within } from '../core/within.js';
import type { SecureUser, UserInfo } from '../core/principal.js';
import type { Identity } from '../engine/contract/types.js';
import { isReserved } from '../engine/users/user-input.js';
import { isJson, jsonBody, parsedBody } from './body.js';
import type { HttpRequest } from './http.js';
import { missingReason } from './key-input.js';
import type { ApiKey, ApiKeys } from './keys.js';
import { actFor, readClaim } from './on-behalf.js';

/** The caller: the principal and, if a key calls on its behalf, the key's name. */
export interface Caller {
  readonly principal: SecureUser;
  readonly actor?: string;
  /** The name of the key in the request. */
  readonly key?: string;
}

/** An authentication method. Undefined: the request does not use it. Throws if it does and is refused. */
export interface Way {
  readonly name: 'key' | 'session' | 'bearer';
  /** The scheme of WWW-Authenticate. */
  readonly challenge: string;
  read(req: HttpRequest): Promise<Caller | undefined>;
}

/** The result of an application's own mapping or verifier; a missing user is refused. */
export type GivenUser = UserInfo | null | undefined | false;

/** A refused credential, with the facts known about its holder, which are for the audit trail only. */
export class Refused extends Error {
  constructor(
    readonly error: unknown,
    readonly shown: string | undefined,
    readonly onBehalfOf?: string,
    /** Null: none; undefined: that of the user. */
    readonly tenantId?: string | null,
  ) {
    super('refused');
  }
}

export const denied = (message: string): AccessDenied => new AccessDenied('unauthenticated', message);

/** @throws AccessDenied `unauthenticated` if the header occurs twice: two readers could choose differently */
function header(req: HttpRequest, name: string): string | undefined {
  const count = req.rawHeaders.filter((entry, at) => at % 2 === 0 && entry.toLowerCase() === name).length;
  if (count > 1) throw denied(`The header ${name} was sent more than once.`);
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws AccessDenied `unauthenticated` if it is not a user, is unknown or disabled */
async function person(identity: Identity, user: GivenUser): Promise<Caller> {
  if (user === undefined || user === null || user === false) throw denied('The credentials are not valid.');
  const principal = await identity.establish(user);
  if (isReserved(principal.userName)) throw denied('The credentials are not valid.');
  return { principal };
}

/**
 * A key in `x-api-key`, acting for itself or for the user named in the body.
 * @param limit maximum size of the body read for it, in bytes
 */
export function keyWay(identity: Identity, keys: ApiKeys, limit?: number): Way {
  const programs = new WeakMap<ApiKey, SecureUser>();

  function program(key: ApiKey): SecureUser {
    let principal = programs.get(key);
    if (principal === undefined)
      programs.set(
        key,
        (principal = identity.vouch({
          userName: `key:${key.name}`,
          userGroups: key.groups,
          ...(key.tenantId === undefined ? {} : { tenantId: key.tenantId }),
        })),
      );
    return principal;
  }

  return Object.freeze({
    name: 'key',
    challenge: 'ApiKey realm="api", header="x-api-key"',
    async read(req) {
      const text = header(req, 'x-api-key');
      if (text === undefined) return undefined;
      const key = await keys.find(text);
      // A key with forbidden groups was created before groups were checked.
      if (key === undefined || missingReason(key, key.groups) !== undefined)
        throw denied('The API key is not valid.');
      const self = program(key);
      let claimed: string | undefined;
      try {
        const body = isJson(req) && parsedBody(req) === undefined ? await jsonBody(req, limit) : req.body;
        const claim = readClaim(isPlainObject(body) ? body : undefined);
        if (claim === undefined) return { principal: self, key: self.userName };
        claimed = claim.userName;
        return { principal: await actFor(identity, key, claim), actor: self.userName, key: self.userName };
      } catch (error) {
        throw new Refused(error, self.userName, claimed, key.tenantId);
      }
    },
  } satisfies Way);
}

/** How long the application's mapping or verifier may take, in milliseconds. */
const ANSWER_LIMIT = 5000;

/**
 * @throws CouldNotTell for any other error than a refusal from the application's mapping or verifier, and if it does
 * not answer
 */
async function ask(work: () => GivenUser | PromiseLike<GivenUser>): Promise<GivenUser> {
  try {
    return await within(ANSWER_LIMIT, Promise.resolve(work()));
  } catch (cause) {
    if (isGuardError(cause)) throw cause;
    throw new CouldNotTell('store-unavailable', 'Could not tell whether the credentials are valid.', {
      cause,
    });
  }
}

/** The user that passport left at `req.user`. */
export function sessionWay(
  identity: Identity,
  toPrincipal: (user: unknown, req: HttpRequest) => GivenUser | Promise<GivenUser>,
): Way {
  return Object.freeze({
    name: 'session',
    challenge: 'Session realm="api"',
    async read(req) {
      const user = Object.hasOwn(req, 'user') ? (req as { user?: unknown }).user : undefined;
      return user === undefined || user === null || user === false
        ? undefined
        : person(identity, await ask(() => toPrincipal(user, req)));
    },
  } satisfies Way);
}

const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/** A token in `Authorization: Bearer`. */
export function bearerWay(
  identity: Identity,
  verify: (token: string, req: HttpRequest) => GivenUser | Promise<GivenUser>,
): Way {
  return Object.freeze({
    name: 'bearer',
    challenge: 'Bearer realm="api"',
    async read(req) {
      const text = header(req, 'authorization');
      if (text === undefined || !/^bearer( |$)/i.test(text)) return undefined;
      const [, token] = BEARER.exec(text) ?? [];
      if (token === undefined) throw denied('The credentials are not valid.');
      return person(identity, await ask(() => verify(token, req)));
    },
  } satisfies Way);
}

/** The error for the caller, with additional facts for the audit trail. */
export function unwrap(error: unknown): Refused {
  return error instanceof Refused ? error : new Refused(error, undefined);
}

export const isDenied = (error: unknown): boolean => isGuardError(error) && error.status === 401;
