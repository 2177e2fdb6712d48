import { AccessDenied } from './errors.js';
import {
  assertSpelt,
  describe,
  field,
  looksLikeUser,
  normaliseName,
  optionalName,
  readAttributes,
  readGroups,
  type UserInfo,
} from './user-info.js';

export { isDisabled, looksLikeUser, normaliseName, readUserInfo, type UserInfo } from './user-info.js';

/**
 * The group of administrators: everything in their own tenant. Of all groups the product knows this and the
 * two below.
 */
export const ADMIN = 'ADMIN';
/** The group that passes everything and, without a tenant, crosses tenants. */
export const SYSTEM = 'SYSTEM';
/** The group that reads and writes the models of its tenant. */
export const DESIGNER = 'DESIGNER';

/**
 * Who acts: a frozen value. Accepts what bpmn-server's own `SecureUser` accepts and checks it.
 * The `qualify…` methods return the query as it is, since every list is scoped in the store.
 * @throws TypeError when a field has the wrong type
 * @example
 * new SecureUser({ userName: 'ann', userGroups: ['hr'], tenantId: 'acme' });
 */
export class SecureUser implements UserInfo {
  // What each decision asks of a principal stands first.
  readonly #admin: boolean;
  readonly userName: string;
  readonly userGroups: readonly string[];
  readonly tenantId: string | undefined;
  readonly modelsOwner: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly #system: boolean;
  /** Only the constructor sets it, so that no object passes for a checked one by its prototype. */
  readonly #checked = true;

  constructor(info: UserInfo) {
    if (typeof info !== 'object' || info === null)
      throw new TypeError(`SecureUser takes an object with a userName, got ${describe(info)}`);
    const userName = field(info, 'userName');
    const name = normaliseName(userName);
    if (name === undefined)
      throw new TypeError(`SecureUser.userName must be a non-empty string, got ${describe(userName)}`);
    assertSpelt(info);
    this.userName = name;
    this.userGroups = readGroups(field(info, 'userGroups'));
    this.tenantId = optionalName(field(info, 'tenantId'), 'tenantId');
    this.modelsOwner = optionalName(field(info, 'modelsOwner'), 'modelsOwner');
    this.attributes = readAttributes(field(info, 'attributes'));
    this.#system = this.userGroups.includes(SYSTEM);
    this.#admin = this.#system || this.userGroups.includes(ADMIN);
    Object.freeze(this);
  }

  /** True for what this constructor has made: neither a copy nor an object that was given the prototype. */
  static made(value: unknown): value is SecureUser {
    return typeof value === 'object' && value !== null && #checked in value;
  }

  /** ADMIN of its tenant, or SYSTEM. */
  isAdmin(): boolean {
    return this.#admin;
  }

  /** SYSTEM: passes everything, and without a tenant crosses tenants. */
  isSystem(): boolean {
    return this.#system;
  }

  inGroup(group: string): boolean {
    return this.userGroups.includes(group);
  }

  /** The owner with which the models of this principal are stored: `modelsOwner`, else the tenant. */
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

/** The product itself, for timers and recovery. It is nobody's login. */
export const SYSTEM_USER: SecureUser = new SecureUser({ userName: 'system', userGroups: [SYSTEM] });

/**
 * Makes a principal of a plain or foreign user object. Only the known fields are read, no method is called.
 * @throws AccessDenied `unauthenticated` when it is not a valid user
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
