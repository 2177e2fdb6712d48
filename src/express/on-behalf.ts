import { AccessDenied, BadInput } from '../core/errors.js';
import { isPlainObject } from '../core/value.js';
import { DESIGNER, normaliseName, SecureUser } from '../core/principal.js';
import type { Identity } from '../engine/contract/types.js';
import { isReserved } from '../engine/users/user-input.js';
import { missingReason } from './key-input.js';
import type { ApiKey } from './keys.js';

const LONGEST = 200;

/** Fields of `options` that name the user, as some clients do. */
export const OPTION_KEYS = ['userName', 'userId'] as const;

/** The user for whom a key acts, as named in the request. */
export interface Claim {
  readonly userName: string;
  readonly userGroups: readonly string[];
  /** Missing: the request does not name a tenant. */
  readonly tenantId: string | undefined;
}

const bad = (what: string): BadInput => new BadInput('bad-request', `${what}.`);
const own = (object: object, name: string): unknown =>
  Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
/** Clients send null and the empty text for missing values. */
const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

function nameIn(value: unknown, what: string): string | undefined {
  if (isMissing(value)) return undefined;
  const name = normaliseName(value);
  if (name === undefined || name.length > LONGEST) throw bad(`${what} must be the name of a user, as text`);
  return name;
}

function userIn(value: unknown): Claim | undefined {
  if (isMissing(value)) return undefined;
  if (!isPlainObject(value)) throw bad('user must be an object with a userName');
  const [groups, tenant] = [own(value, 'userGroups'), own(value, 'tenantId')];
  try {
    const { userName, userGroups, tenantId } = new SecureUser({
      userName: own(value, 'userName') as string,
      ...(isMissing(groups) ? {} : { userGroups: groups as string[] }),
      ...(isMissing(tenant) ? {} : { tenantId: tenant as string }),
    });
    if (userName.length > LONGEST) throw new TypeError('SecureUser.userName is too long');
    return { userName, userGroups, tenantId };
  } catch (error) {
    throw bad(`user is not a valid user: ${(error as Error).message}`);
  }
}

/**
 * Reads the user of a request from its body: `userId`, `userName`, these two in `options`, or a whole `user`.
 * @returns undefined if it names none
 * @throws BadInput `bad-request` if a value is not a user, or two name different users
 */
export function readClaim(body: unknown): Claim | undefined {
  if (!isPlainObject(body)) return undefined;
  const options = own(body, 'options');
  const user = userIn(own(body, 'user'));
  const names = [
    nameIn(own(body, 'userId'), 'userId'),
    nameIn(own(body, 'userName'), 'userName'),
    ...(isPlainObject(options)
      ? OPTION_KEYS.map((name) => nameIn(own(options, name), `options.${name}`))
      : []),
    user?.userName,
  ].filter((name) => name !== undefined);
  const [userName] = names;
  if (userName === undefined) return undefined;
  if (new Set(names).size > 1) throw bad('The request names two users');
  return user ?? { userName, userGroups: [], tenantId: undefined };
}

/** The same answer for an unknown user and a refused one, so that a key cannot be used to find out who exists. */
const refusal = (): AccessDenied =>
  new AccessDenied('forbidden', 'This key may not act for that user, or there is no such user.');

async function find(identity: Identity, key: ApiKey, claim: Claim): Promise<SecureUser> {
  if (!identity.hasDirectory) {
    // A key that may act for everybody is trusted to name its users' groups, except for the group whose members run
    // code.
    if (key.actsFor !== 'anyone' && claim.userGroups.length > 0) throw refusal();
    if (claim.userGroups.includes(DESIGNER)) throw refusal();
    return identity.establish({ ...claim, tenantId: claim.tenantId ?? key.tenantId });
  }
  try {
    return await identity.establish({ userName: claim.userName });
  } catch (error) {
    throw error instanceof AccessDenied ? refusal() : error;
  }
}

function admits({ actsFor }: ApiKey, user: SecureUser, knowsGroups: boolean): boolean {
  if (actsFor === 'anyone') return true;
  if (typeof actsFor !== 'object' || actsFor === null) return false;
  const { users = [], groups = [] } = actsFor;
  return users.includes(user.userName) || (knowsGroups && groups.some((group) => user.inGroup(group)));
}

/**
 * The principal of that user, if the key may act for it. Administrators and designers are refused rather than
 * reduced.
 * @throws AccessDenied `forbidden`; CouldNotTell if the directory does not answer
 */
export async function actFor(identity: Identity, key: ApiKey, claim: Claim): Promise<SecureUser> {
  if (key.actsFor === 'itself' || isReserved(claim.userName)) throw refusal();
  if (missingReason(key, claim.userGroups) !== undefined) throw refusal();
  const user = await find(identity, key, claim);
  const isOfTenant = key.tenantId === undefined || (user.tenantId ?? null) === key.tenantId;
  const isAsClaimed =
    user.userName === claim.userName && (claim.tenantId === undefined || claim.tenantId === user.tenantId);
  if (
    !isOfTenant ||
    !isAsClaimed ||
    missingReason(key, user.userGroups) !== undefined ||
    !admits(key, user, identity.hasDirectory)
  )
    throw refusal();
  return user;
}
