import { AccessDenied, CouldNotTell, isGuardError } from '../core/errors.js';
import { isPlainObject } from '../core/plain-object.js';
import type { SecureUser, UserInfo } from '../core/principal.js';
import type { Identity } from '../engine/contract/types.js';
import { isReserved } from '../engine/users/user-input.js';
import { isJson, jsonBody, parsedBody } from './body.js';
import type { HttpRequest } from './http.js';
import { missingReason } from './key-input.js';
import type { ApiKey, ApiKeys } from './keys.js';
import { actFor, readClaim } from './on-behalf.js';

/** Who calls: the principal and, where a key calls for it, the name of the key. */
export interface Caller {
  readonly principal: SecureUser;
  readonly actor?: string;
  /** The name of the key that was shown, for itself or for another. */
  readonly key?: string;
}

/** One way to say who calls. Undefined: the request does not use it. Throws when it does, and is not let in. */
export interface Way {
  readonly name: 'key' | 'session' | 'bearer';
  /** The scheme of WWW-Authenticate. */
  readonly challenge: string;
  read(req: HttpRequest): Promise<Caller | undefined>;
}

/** What an application's own mapping or verifier gives; a missing user is not let in. */
export type GivenUser = UserInfo | null | undefined | false;

/** A refusal of a credential, with what is known of who showed it: for the audit trail alone. */
export class Refused extends Error {
  constructor(
    readonly error: unknown,
    readonly shown: string | undefined,
    readonly onBehalfOf?: string,
  ) {
    super('refused');
  }
}

export const denied = (message: string): AccessDenied => new AccessDenied('unauthenticated', message);

/** @throws AccessDenied `unauthenticated` when the header comes twice: two readers could take two of them */
function header(req: HttpRequest, name: string): string | undefined {
  const count = req.rawHeaders.filter((entry, at) => at % 2 === 0 && entry.toLowerCase() === name).length;
  if (count > 1) throw denied(`The header ${name} was sent more than once.`);
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws AccessDenied `unauthenticated` when it is none, is not known, or was disabled */
async function person(identity: Identity, user: GivenUser): Promise<Caller> {
  if (user === undefined || user === null || user === false) throw denied('The credentials are not valid.');
  const principal = await identity.establish(user);
  if (isReserved(principal.userName)) throw denied('The credentials are not valid.');
  return { principal };
}

/**
 * A key in `x-api-key`, for itself or for the user that the body names.
 * @param limit bytes of a body that is read for it
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
      // One with groups that it must not have was made before that was asked.
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
        throw new Refused(error, self.userName, claimed);
      }
    },
  } satisfies Way);
}

/**
 * @throws CouldNotTell for whatever the mapping or verifier of the application throws, unless that says what
 * it means
 */
async function ask(work: () => GivenUser | Promise<GivenUser>): Promise<GivenUser> {
  try {
    return await work();
  } catch (cause) {
    if (isGuardError(cause)) throw cause;
    throw new CouldNotTell('store-unavailable', 'Whether the credentials are valid could not be told.', {
      cause,
    });
  }
}

/** What passport has left at `req.user`. */
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

/** The error for the caller, and what the audit trail may know beside it. */
export function unwrap(error: unknown): Refused {
  return error instanceof Refused ? error : new Refused(error, undefined);
}

export const isDenied = (error: unknown): boolean => isGuardError(error) && error.status === 401;
