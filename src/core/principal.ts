import { AccessDenied } from './errors.js';
import {
  assertSpelt,
  describe,
  field,
  isDisabled,
  looksLikeUser,
  normaliseName,
  optionalName,
  readAttributes,
  readGroups,
  type UserInfo,
} from './user-info.js';

export {
  enabled,
  isDisabled,
  looksLikeUser,
  normaliseName,
  readUserInfo,
  type UserInfo,
} from './user-info.js';

/**
 * The group of administrators, who may do everything in their own tenant. The product knows only this group and the
 * two below.
 */
export const ADMIN = 'ADMIN';
/** The group that may do everything and, without a tenant, crosses tenants. */
export const SYSTEM = 'SYSTEM';
/** The group that reads and writes the models of its tenant. */
export const DESIGNER = 'DESIGNER';

/**
 * A principal: a frozen value. Accepts and checks what bpmn-server's own `SecureUser` accepts. The `qualify…`
 * methods return the query unchanged, since every list is scoped in the store.
 * @throws TypeError if a field has the wrong type, or the object says that the user is disabled
 * @example
 * new SecureUser({ userName: 'ann', userGroups: ['hr'], tenantId: 'acme' });
 */
export class SecureUser implements UserInfo {
  // The fields that each decision reads come first.
  readonly #admin: boolean;
  readonly userName: string;
  readonly userGroups: readonly string[];
  readonly tenantId: string | undefined;
  readonly modelsOwner: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly #system: boolean;
  /** Set only by the constructor, so that no object passes for a checked one by its prototype. */
  readonly #checked = true;

  constructor(info: UserInfo) {
    if (typeof info !== 'object' || info === null)
      throw new TypeError(`SecureUser takes an object with a userName, got ${describe(info)}`);
    const userName = field(info, 'userName');
    const name = normaliseName(userName);
    if (name === undefined)
      throw new TypeError(`SecureUser.userName must be a non-empty string, got ${describe(userName)}`);
    assertSpelt(info);
    if (isDisabled(info)) throw new TypeError('SecureUser does not accept a disabled user');
    this.userName = name;
    this.userGroups = readGroups(field(info, 'userGroups'));
    this.tenantId = optionalName(field(info, 'tenantId'), 'tenantId');
    this.modelsOwner = optionalName(field(info, 'modelsOwner'), 'modelsOwner');
    this.attributes = readAttributes(field(info, 'attributes'));
    this.#system = this.userGroups.includes(SYSTEM);
    this.#admin = this.#system || this.userGroups.includes(ADMIN);
    Object.freeze(this);
  }

  /** True for objects created by this constructor; not for copies, nor for objects with its prototype. */
  static made(value: unknown): value is SecureUser {
    return typeof value === 'object' && value !== null && #checked in value;
  }

  /** ADMIN of its tenant, or SYSTEM. */
  isAdmin(): boolean {
    return this.#admin;
  }

  /** SYSTEM: may do everything, and crosses tenants if it has none. */
  isSystem(): boolean {
    return this.#system;
  }

  inGroup(group: string): boolean {
    return this.userGroups.includes(group);
  }

  /** The owner under which this principal's models are stored: `modelsOwner`, otherwise the tenant. */
  get owner(): string | undefined {
    return this.modelsOwner ?? this.tenantId;
  }

  qualifyInstances<Q>(query: Q): Q {
    return query;
  }
  qualifyItems<Q>(query: Q): Q {
    return query;
  }
  qualifyStartEvents<Q>(query: Q): Q {
    return query;
  }
  qualifyDeleteInstances<Q>(query: Q): Q {
    return query;
  }
  qualifyModels<Q>(query: Q): Q {
    return query;
  }
  qualifyViewItems<Q>(query: Q): Q {
    return query;
  }
}

/** The product itself, for timers and recovery. Nobody can sign in as it. */
export const SYSTEM_USER: SecureUser = new SecureUser({ userName: 'system', userGroups: [SYSTEM] });

/**
 * Creates a principal from a plain or foreign user object. Only known fields are read, and no method is called.
 * @throws AccessDenied `unauthenticated` if it is not a valid user
 */
export function toPrincipal(value: unknown): SecureUser {
  if (SecureUser.made(value)) return value;
  if (!looksLikeUser(value))
    throw new AccessDenied('unauthenticated', 'No user: expected an object with a userName.');
  try {
    return new SecureUser(value);
  } catch (error) {
    throw new AccessDenied('unauthenticated', `Not a valid user: ${(error as Error).message}.`);
  }
}
