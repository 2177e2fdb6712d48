import { AccessDenied } from './errors.js';
import { isPlainObject } from './plain-object.js';

/**
 * The group of administrators: everything in their own tenant. Of all groups the product knows this and the
 * two below.
 */
export const ADMIN = 'ADMIN';
/** The group that passes everything and, without a tenant, crosses tenants. */
export const SYSTEM = 'SYSTEM';
/** The group that reads and writes the models of its tenant. */
export const DESIGNER = 'DESIGNER';

/** What an application knows about who acts. Names are compared as stored, after Unicode NFC and trimming. */
export interface UserInfo {
  /** Unique name of the user; never empty. */
  readonly userName: string;
  /** Groups of the user; missing means none. */
  readonly userGroups?: readonly string[];
  /** Tenant of the user; missing means: rows without a tenant. */
  readonly tenantId?: string | null;
  /** Owner of the models of the user's tenant; missing: the tenant's name. */
  readonly modelsOwner?: string | null;
  /** Further facts for rules, read as `$user.<name>`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * A name as it is compared: Unicode NFC, trimmed. Undefined when it is no name: not a text, empty, `*`, or with half a
 * surrogate pair, since all of those are stored as one character.
 */
export function normaliseName(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.isWellFormed()) return undefined;
  const name = value.normalize('NFC').trim();
  return name === '' || name === '*' ? undefined : name;
}

function optionalName(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  const name = normaliseName(value);
  if (name === undefined)
    throw new TypeError(`SecureUser.${field} must be a non-empty string, got ${describe(value)}`);
  return name;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'string'
    ? value === ''
      ? 'an empty string'
      : 'that string'
    : typeof value === 'object'
      ? 'an object'
      : `${typeof value}`;
}

function readGroups(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value))
    throw new TypeError(`SecureUser.userGroups must be an array of strings, got ${describe(value)}`);
  const groups = new Set<string>();
  for (const entry of value) {
    const group = normaliseName(entry);
    if (group === undefined)
      throw new TypeError(`SecureUser.userGroups must hold non-empty strings, met ${describe(entry)}`);
    groups.add(group);
  }
  return Object.freeze([...groups]);
}

function readAttributes(value: unknown): Readonly<Record<string, unknown>> {
  const attributes: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (value === undefined || value === null) return Object.freeze(attributes);
  if (typeof value !== 'object' || Array.isArray(value))
    throw new TypeError(`SecureUser.attributes must be an object, got ${describe(value)}`);
  for (const [key, entry] of Object.entries(value)) attributes[key] = frozenCopy(entry);
  return Object.freeze(attributes);
}

const DEEPEST_ATTRIBUTE = 16;

/** Lists and plain objects are copied, so that nobody who holds the original can change what rules read. */
function frozenCopy(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST_ATTRIBUTE)
    throw new TypeError(`SecureUser.attributes may be ${DEEPEST_ATTRIBUTE} levels deep`);
  if (Array.isArray(value))
    return Object.freeze(Array.from(value as unknown[], (entry) => frozenCopy(entry, depth + 1)));
  if (value instanceof Date) return new Date(value);
  if (!isPlainObject(value)) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, entry] of Object.entries(value)) copy[key] = frozenCopy(entry, depth + 1);
  return Object.freeze(copy);
}

/** A field of a user object: its own or its class's, never one that was put on every object there is. */
function field(info: object, name: keyof UserInfo): unknown {
  for (
    let at: object | null = info;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    if (Object.hasOwn(at, name)) return (info as UserInfo)[name];
  }
  return undefined;
}

/**
 * Who acts: a frozen value. Accepts what bpmn-server's own `SecureUser` accepts and checks it.
 * The `qualify…` methods return the query as it is, since every list is scoped in the store (spec 08, 28).
 * @throws TypeError when a field has the wrong type (spec 08, 34)
 */
export class SecureUser implements UserInfo {
  readonly userName: string;
  readonly userGroups: readonly string[];
  readonly tenantId: string | undefined;
  readonly modelsOwner: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;

  constructor(info: UserInfo) {
    if (typeof info !== 'object' || info === null)
      throw new TypeError(`SecureUser takes an object with a userName, got ${describe(info)}`);
    const userName = field(info, 'userName');
    const name = normaliseName(userName);
    if (name === undefined)
      throw new TypeError(`SecureUser.userName must be a non-empty string, got ${describe(userName)}`);
    this.userName = name;
    this.userGroups = readGroups(field(info, 'userGroups'));
    this.tenantId = optionalName(field(info, 'tenantId'), 'tenantId');
    this.modelsOwner = optionalName(field(info, 'modelsOwner'), 'modelsOwner');
    this.attributes = readAttributes(field(info, 'attributes'));
    Object.freeze(this);
  }

  /** ADMIN of its tenant, or SYSTEM. */
  isAdmin(): boolean {
    return this.userGroups.includes(ADMIN) || this.userGroups.includes(SYSTEM);
  }

  /** SYSTEM: passes everything, and without a tenant crosses tenants. */
  isSystem(): boolean {
    return this.userGroups.includes(SYSTEM);
  }

  inGroup(group: string): boolean {
    return this.userGroups.includes(group);
  }

  /** The owner with which the models of this principal are stored: `modelsOwner`, else the tenant (spec 08, 31). */
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
 * True for what may stand in a user's place of a call: a SecureUser, or an object with a string `userName`
 * (spec 08, 33).
 */
export function looksLikeUser(value: unknown): value is UserInfo {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof field(value, 'userName') === 'string'
  );
}

/**
 * Makes a principal of a plain or foreign user object. Only the known fields are read, no method is called.
 * @throws AccessDenied `unauthenticated` when it is not a valid user (spec 08, 34)
 */
export function toPrincipal(value: unknown): SecureUser {
  if (value instanceof SecureUser) return value;
  if (!looksLikeUser(value))
    throw new AccessDenied('unauthenticated', 'No user: expected an object with a userName.');
  try {
    return new SecureUser(value);
  } catch (error) {
    throw new AccessDenied('unauthenticated', `Not a valid user: ${(error as Error).message}.`);
  }
}
