import { own } from '../path.js';
import type { SecureUser } from '../principal.js';
import { isScalar, type Scalar } from '../value.js';

type Read<T> = (principal: SecureUser) => T;

const OWN_NAMES: Readonly<Record<string, Read<string | undefined>>> = {
  userName: (principal) => principal.userName,
  tenantId: (principal) => principal.tenantId,
  modelsOwner: (principal) => principal.modelsOwner,
};
const GROUPS = 'userGroups';
const groupsOf: Read<readonly string[]> = (principal) => principal.userGroups;

const ownName = (path: string): Read<string | undefined> | undefined =>
  own(OWN_NAMES, path) as Read<string | undefined> | undefined;

function userReader(path: string): Read<unknown> {
  const [head, ...rest] = path.split('.') as [string, ...string[]];
  const first: Read<unknown> =
    head === GROUPS ? groupsOf : (ownName(head) ?? ((principal) => own(principal.attributes, head)));
  return rest.length === 0 ? first : (principal) => rest.reduce<unknown>(own, first(principal));
}

/** The value of `$user.<path>`: the principal's own field, otherwise its attributes; undefined if there is none. */
export const userValue = (principal: SecureUser, path: string): unknown => userReader(path)(principal);

/**
 * Reads `$user.<path>` as a value to compare with; undefined if it is not a scalar. A principal's own names were
 * checked when it was created.
 */
export function scalarReader(path: string): Read<Scalar | undefined> {
  const read = userReader(path);
  return (
    ownName(path) ??
    ((principal) => {
      const found = read(principal);
      return isScalar(found) ? found : undefined;
    })
  );
}

/** Reads `$user.<path>` as a list; a single value becomes a list of one. Undefined if it is neither. */
export function listReader(path: string): Read<readonly Scalar[] | undefined> {
  if (path === GROUPS) return groupsOf;
  const read = userReader(path);
  return (principal) => {
    const found = read(principal);
    if (isScalar(found)) return [found];
    return Array.isArray(found) && found.every(isScalar) ? (found as Scalar[]) : undefined;
  };
}
