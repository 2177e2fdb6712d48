import { wallClock } from '../core/clock.js';
import { BadInput } from '../core/errors.js';
import { assertOptions, checkedLater, type OptionsOf } from '../core/options.js';
import { ADMIN, DESIGNER, normaliseName, SYSTEM } from '../core/principal.js';

/** Name of the key from the variable API_KEY. */
export const ENVIRONMENT_KEY = 'API_KEY';

/** For whom a key may act: every user, no user, or the given users and members of the given groups. */
export type ActsFor =
  'anyone' | 'itself' | { readonly users?: readonly string[]; readonly groups?: readonly string[] };

/** Options of a new key. */
export interface NewKey {
  /** Default `itself`. Group members are known only with a user directory. */
  readonly actsFor?: ActsFor;
  /** Groups of the program itself; default none. */
  readonly groups?: readonly string[];
  /** Binds it to one tenant; null: to users without one; missing: any. */
  readonly tenantId?: string | null;
  /** When it expires; missing: never. */
  readonly expires?: Date;
  /** Lets it act for, or be, a member of ADMIN, SYSTEM or DESIGNER. The reason, as text; it is stored and shown. */
  readonly dangerouslyActsForAdministrators?: string;
  /** Lets it act for, or be, a member of DESIGNER, whose models run code. The reason, as above. */
  readonly dangerouslyActsForDesigners?: string;
}

/** A key as stored, without its hash. */
export interface CheckedKey extends NewKey {
  readonly name: string;
  readonly actsFor: ActsFor;
  readonly groups: readonly string[];
}

/** Option table of a key; values are checked further below. */
export const KEY_OPTIONS = {
  actsFor: checkedLater('"anyone", "itself", or an object with users, groups, or both'),
  groups: checkedLater('a list of names'),
  tenantId: checkedLater('a text that is not empty, or null'),
  expires: checkedLater('a date in the future'),
  dangerouslyActsForAdministrators: checkedLater('the reason, as text'),
  dangerouslyActsForDesigners: checkedLater('the reason, as text'),
} satisfies OptionsOf<NewKey>;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const bad = (message: string): BadInput => new BadInput('bad-request', message);

function names(value: unknown, what: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw bad(`${what} must be a list of names.`);
  const checked = value.map(normaliseName);
  if (checked.includes(undefined)) throw bad(`${what} must contain non-empty texts.`);
  return [...new Set(checked as string[])];
}

function checkActsFor(value: ActsFor): ActsFor {
  if (value === 'anyone' || value === 'itself') return value;
  if (
    typeof value !== 'object' ||
    value === null ||
    Object.keys(value).some((key) => key !== 'users' && key !== 'groups')
  ) {
    throw bad('actsFor must be "anyone", "itself", or an object with users, groups, or both.');
  }
  const [users, groups] = [names(value.users, 'actsFor.users'), names(value.groups, 'actsFor.groups')];
  if (users.length + groups.length === 0) throw bad('actsFor names nobody; use "itself" if that is meant.');
  return { users, groups };
}

/** The name of a tenant in its normal form. @throws BadInput `bad-request` */
export function checkTenant(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return value;
  const tenantId = normaliseName(value);
  if (tenantId === undefined) throw bad('tenantId must be a non-empty text, or null.');
  return tenantId;
}

/** The options of a key that give a reason for what its holder may do. */
export const REASONS = ['dangerouslyActsForAdministrators', 'dangerouslyActsForDesigners'] as const;
type Reasons = Pick<NewKey, (typeof REASONS)[number]>;

function checkReasons(options: NewKey): Reasons {
  const given = REASONS.filter((name) => options[name] !== undefined).map((name) => {
    const value: unknown = options[name];
    if (typeof value !== 'string' || value.trim() === '') throw bad(`${name} must be the reason, as text.`);
    return [name, value.trim().slice(0, 200)];
  });
  return Object.fromEntries(given) as Reasons;
}

/** The option that a key lacks to be a member of these groups, or to act for their members; undefined if none. */
export function missingReason(
  { dangerouslyActsForAdministrators: forAdministrators, dangerouslyActsForDesigners: forDesigners }: Reasons,
  groups: readonly string[],
): (typeof REASONS)[number] | undefined {
  if (forAdministrators !== undefined) return undefined;
  if (groups.includes(ADMIN) || groups.includes(SYSTEM)) return 'dangerouslyActsForAdministrators';
  return groups.includes(DESIGNER) && forDesigners === undefined ? 'dangerouslyActsForDesigners' : undefined;
}

/**
 * @throws BadInput `bad-request`
 */
export function checkKey(name: unknown, options: NewKey): CheckedKey {
  if (typeof name !== 'string' || name === ENVIRONMENT_KEY || !NAME.test(name)) {
    throw bad(
      'The name of a key must have 1 to 64 letters, digits, dots, hyphens and underscores,' +
        ` begin with a letter or digit, and must not be ${ENVIRONMENT_KEY}.`,
    );
  }
  assertOptions('a key', options, KEY_OPTIONS, bad);
  const { expires } = options;
  if (expires !== undefined && !(expires instanceof Date)) throw bad('expires must be a Date object.');
  if (expires !== undefined && !(expires.getTime() > wallClock()))
    throw bad('expires must be a date in the future.');
  const groups = names(options.groups, 'groups');
  const reasons = checkReasons(options);
  const missing = missingReason(reasons, groups);
  if (missing !== undefined) {
    const which = missing === 'dangerouslyActsForDesigners' ? DESIGNER : `${ADMIN} or ${SYSTEM}`;
    throw bad(`A key in ${which} needs ${missing}, with a reason.`);
  }
  const tenantId = checkTenant(options.tenantId);
  return {
    name,
    actsFor: checkActsFor(options.actsFor ?? 'itself'),
    groups,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(expires === undefined ? {} : { expires }),
    ...reasons,
  };
}
