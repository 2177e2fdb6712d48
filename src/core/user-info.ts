import { nearest } from './options.js';
import { isPlainObject } from './value.js';

/** An application's data about a user. Names are compared as stored, after Unicode NFC and trimming. */
export interface UserInfo {
  /** Unique name of the user; never empty. */
  readonly userName: string;
  /** Groups of the user; missing means none. */
  readonly userGroups?: readonly string[] | undefined;
  /** Tenant of the user; missing means: rows without a tenant. */
  readonly tenantId?: string | null | undefined;
  /** Owner of the models of the user's tenant; missing: the tenant's name. */
  readonly modelsOwner?: string | null | undefined;
  /** Further facts for rules, read as `$user.<name>`. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/** Characters that nobody sees: blanks, control characters, marks of direction and width, fillers. */
const VISIBLE = /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/u;

/** Whether a text has no visible character. */
export const isInvisible = (text: string): boolean => !VISIBLE.test(text);

/**
 * A name as it is compared: Unicode NFC, trimmed. Undefined if it is not a name: not a text, nothing that anybody sees,
 * `*`, or with an unpaired surrogate, since all of those are stored as the same character.
 */
export function normaliseName(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.isWellFormed()) return undefined;
  const name = value.normalize('NFC').trim();
  return name === '*' || isInvisible(name) ? undefined : name;
}

/** A name, or undefined if there is none. @throws TypeError if it is anything else */
export function optionalName(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  const name = normaliseName(value);
  if (name === undefined)
    throw new TypeError(`SecureUser.${field} must be a non-empty string, got ${describe(value)}`);
  return name;
}

/** Describes the kind of a value without repeating any of it. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return typeof value;
  if (isInvisible(value)) return 'an empty string';
  if (!value.isWellFormed()) return 'a string that is not well-formed Unicode';
  return value.trim() === '*' ? '"*"' : 'a string';
}

/** Each list asks for every group of its caller. */
const MOST_GROUPS = 10_000;

/** Groups as they are compared, without duplicates. @throws TypeError if it is not a list of names, or too long */
export function readGroups(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value))
    throw new TypeError(`SecureUser.userGroups must be an array of strings, got ${describe(value)}`);
  if (value.length > MOST_GROUPS)
    throw new TypeError(`SecureUser.userGroups may contain at most ${MOST_GROUPS} groups`);
  const groups = new Set<string>();
  for (const entry of value) {
    const group = normaliseName(entry);
    if (group === undefined)
      throw new TypeError(`SecureUser.userGroups must contain names of groups, got ${describe(entry)}`);
    groups.add(group);
  }
  return Object.freeze([...groups]);
}

/** A frozen copy without a prototype. @throws TypeError if it is not an object, or too deep */
export function readAttributes(value: unknown): Readonly<Record<string, unknown>> {
  const attributes: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (value === undefined || value === null) return Object.freeze(attributes);
  if (typeof value !== 'object' || Array.isArray(value))
    throw new TypeError(`SecureUser.attributes must be an object, got ${describe(value)}`);
  for (const [key, entry] of entriesOf(value)) attributes[key] = frozenCopy(entry);
  return Object.freeze(attributes);
}

/** Names that object-relational mappers use internally. */
const INTERNAL = /^[$_]/;

/**
 * The entries of an object of facts: of a Map, a plain object, or a class instance. Getters of the class count too,
 * since object-relational mappers keep the values behind them.
 */
function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Map)
    return [...(value as Map<unknown, unknown>)].map(([key, entry]) => [String(key), entry]);
  return namesIn(value).map((name) => [name, (value as Record<string, unknown>)[name]]);
}

/** The names of those entries; nothing is read. */
function namesIn(value: object): string[] {
  if (isPlainObject(value)) return Object.keys(value);
  const names = new Set(Object.keys(value));
  for (
    let at = Object.getPrototypeOf(value) as object | null;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (get !== undefined) names.add(name);
  }
  return [...names].filter((name) => !INTERNAL.test(name));
}

const DEEPEST_ATTRIBUTE = 16;

/** Copies lists and plain objects, so that holders of the original cannot change what rules read. */
function frozenCopy(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST_ATTRIBUTE)
    throw new TypeError(`SecureUser.attributes may be at most ${DEEPEST_ATTRIBUTE} levels deep`);
  if (Array.isArray(value))
    return Object.freeze(Array.from(value as unknown[], (entry) => frozenCopy(entry, depth + 1)));
  if (value instanceof Date) return new Date(value);
  if (!isPlainObject(value) && !(value instanceof Map)) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, entry] of entriesOf(value)) copy[key] = frozenCopy(entry, depth + 1);
  return Object.freeze(copy);
}

/** A field of a user object: its own or of its class, never one added to every object. */
export function field(info: object, name: keyof UserInfo | 'disabled'): unknown {
  for (
    let at: object | null = info;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    if (Object.hasOwn(at, name)) return (info as Record<string, unknown>)[name];
  }
  return undefined;
}

const FIELDS = ['userName', 'userGroups', 'tenantId', 'modelsOwner', 'attributes'] as const;
/** Shorter names are not treated as misspelt: an application may have a `user` of its own. */
const MANY_LETTERS = 8;
/** How other libraries and applications call the fields, and the values by which they are recognised. */
const OTHER_NAMES: Readonly<Record<string, (typeof FIELDS)[number]>> = Object.freeze({
  group: 'userGroups',
  groups: 'userGroups',
  memberof: 'userGroups',
  role: 'userGroups',
  roles: 'userGroups',
  userrole: 'userGroups',
  userroles: 'userGroups',
  tenant: 'tenantId',
});
const isGiven = (value: unknown): boolean =>
  typeof value === 'string' ? value !== '' : Array.isArray(value) && value.length > 0;
const otherName = (name: string, read: () => unknown): (typeof FIELDS)[number] | undefined => {
  const meant = name.replace(/[_-]/g, '').toLowerCase();
  return Object.hasOwn(OTHER_NAMES, meant) && isGiven(read()) ? OTHER_NAMES[meant] : undefined;
};
const spelt = (name: string): string => name.replace(/[_-]/g, '').toLowerCase().replace(/s$/, '');

/**
 * Refuses misspelt fields and those of other libraries (`groups`, `roles`, `tenant`) in place of a known one, since a
 * tenant or groups could be lost. User objects may have any other fields.
 * @param known the field whose value is known from elsewhere, so that it may be missing
 * @throws TypeError naming the field that was probably meant
 */
export function assertSpelt(info: object, known?: 'userName'): void {
  for (const name of namesIn(info)) {
    if (FIELDS.some((one) => one === name)) continue;
    const near = name.length < MANY_LETTERS ? undefined : nearest(name, FIELDS);
    const meant =
      FIELDS.find((one) => one === near || spelt(one) === spelt(name)) ??
      otherName(name, () => (info as Record<string, unknown>)[name]);
    if (meant !== undefined && meant !== known && field(info, meant) === undefined)
      throw new TypeError(`SecureUser has no field ${name.slice(0, 60)}; did you mean ${meant}`);
  }
}

/** True for a SecureUser or an object with a string `userName`. */
export function looksLikeUser(value: unknown): value is UserInfo {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof field(value, 'userName') === 'string'
  );
}

/** True if the user object says that the user is disabled; any truthy value counts: 1, 't' or a date. */
export const isDisabled = (info: object): boolean => Boolean(field(info, 'disabled'));

/**
 * Reads the known fields of an application's user object, each once, including getters of its class. None of its
 * methods is called.
 * @throws TypeError if it is not an object, or has none of the fields or a misspelt one; whatever a getter throws
 */
export function readUserInfo(info: unknown): UserInfo & { readonly disabled: boolean } {
  if (typeof info !== 'object' || info === null || Array.isArray(info))
    throw new TypeError(`A user is an object with a userName, got ${describe(info)}`);
  if (FIELDS.every((name) => field(info, name) === undefined))
    throw new TypeError('A user is an object with a userName, got an object without any known field');
  assertSpelt(info, 'userName');
  return {
    userName: field(info, 'userName') as string,
    userGroups: field(info, 'userGroups') as string[],
    tenantId: field(info, 'tenantId') as string,
    modelsOwner: field(info, 'modelsOwner') as string,
    attributes: field(info, 'attributes') as Record<string, unknown>,
    disabled: isDisabled(info),
  };
}

/** The user without the mark `disabled`: what they hold once they are enabled. */
export function enabled(info: UserInfo): UserInfo {
  if (!isDisabled(info)) return info;
  const { disabled: _disabled, ...holds } = readUserInfo(info);
  return holds;
}
