import { BadInput } from '../../core/errors.js';
import { assertOptions, checkedLater, FLAG, type OptionsOf } from '../../core/options.js';
import { FORBIDDEN_KEYS } from '../../core/path.js';
import { enabled, normaliseName, SecureUser, type UserInfo } from '../../core/principal.js';
import { isRight, RIGHTS } from '../../core/rights.js';
import { show } from '../../core/value.js';

/** The changes to a user. Missing fields stay as they are; null removes. */
export interface UserChange {
  readonly userGroups?: readonly string[];
  readonly tenantId?: string | null;
  readonly modelsOwner?: string | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly disabled?: boolean;
}

const { userName, ...CHANGEABLE } = {
  userName: checkedLater('a name'),
  userGroups: checkedLater('a list of names'),
  tenantId: checkedLater('a name, or null'),
  modelsOwner: checkedLater('a name, or null'),
  attributes: checkedLater('an object'),
} satisfies OptionsOf<UserInfo>;

/** Fields of a new user; values are checked further below. */
export const NEW_USER_OPTIONS = { userName, ...CHANGEABLE, password: checkedLater('a text') };
/** Fields of a user that may be changed. */
export const USER_CHANGE_OPTIONS = { ...CHANGEABLE, disabled: FLAG };

/** Names that do not stand for a person: keys, the command line, the product itself. */
const RESERVED = /^(?:key:|command-line:|system$)/i;

const bad = (message: string): BadInput => new BadInput('bad-request', message);

/** @throws BadInput `bad-request` for an unknown field, whose meaning would be lost */
export function checkNewUser(user: unknown): void {
  assertOptions('a user', user, NEW_USER_OPTIONS, bad);
}

/**
 * A user to store where the password is an argument of its own.
 * @throws BadInput `bad-request`
 */
export function checkStoredUser(user: unknown): UserInfo {
  checkNewUser(user);
  if ((user as { password?: unknown }).password !== undefined)
    throw bad('The password is the second argument of add, not a field of the user.');
  return checkUser(user as UserInfo);
}

/**
 * The fields that a change replaces, with their new values.
 * @throws BadInput `bad-request`
 */
export function checkUserChange(userName: string, change: unknown): UserChange {
  assertOptions('a change of a user', change, USER_CHANGE_OPTIONS, bad);
  const { disabled, ...fields } = change as UserChange;
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const checked = checkUser({ userName, ...Object.fromEntries(given) });
  const changed = given.map(([name]) => [name, checked[name as keyof UserInfo]]);
  return {
    ...(Object.fromEntries(changed) as UserChange),
    ...(disabled === undefined ? {} : { disabled }),
  };
}

/** True for names that no user may have, since they stand for programs; also for names that merely look like one. */
export function isReserved(userName: string): boolean {
  return RESERVED.test(
    userName
      .normalize('NFKC')
      .replace(/\p{Cf}/gu, '')
      .trim(),
  );
}

/**
 * The data of a user as it will be stored.
 * @throws BadInput `bad-request` if a name is invalid or reserved, or if `attributes.rights` contains a right that
 * cannot be granted
 */
export function checkUser(info: UserInfo): UserInfo {
  let user: SecureUser;
  try {
    user = new SecureUser(enabled(info));
  } catch (error) {
    throw new BadInput('bad-request', `${(error as Error).message}.`, { cause: error });
  }
  if (isReserved(user.userName))
    throw bad('Names that begin with "key:" or "command-line:", and the name "system", are reserved.');
  const unfit = [user.userName, ...user.userGroups].find((name) => FORBIDDEN_KEYS.has(name));
  if (unfit !== undefined)
    throw bad(`${show(unfit)} cannot be the name of a user or group: it has another meaning in JavaScript.`);
  const { rights } = user.attributes;
  if (rights !== undefined) checkRights(rights);
  const { userName, userGroups, tenantId = null, modelsOwner = null, attributes } = user;
  return { userName, userGroups, tenantId, modelsOwner, attributes: { ...attributes } };
}

function checkRights(rights: unknown): void {
  if (!Array.isArray(rights)) throw bad('attributes.rights must be a list of rights.');
  for (const right of rights as unknown[]) {
    if (!isRight(right))
      throw bad(`attributes.rights names ${show(right)}, which is not a right in the catalogue.`);
    if ('internal' in RIGHTS[right]) throw bad(`The right ${right} is internal and cannot be granted.`);
  }
}

/** @throws BadInput `bad-request` if it is not a name */
export function checkUserName(name: unknown): string {
  const userName = normaliseName(name);
  if (userName === undefined) throw bad('A user name must be a non-empty text.');
  return userName;
}
