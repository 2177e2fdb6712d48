import { BadInput } from './errors.js';
import { isObject } from './value.js';

/** The type of an option. */
export interface Kind {
  /** For people: completes "must be …". */
  readonly takes: string;
  holds(value: unknown): boolean;
  /** The fields of an object with options of its own. */
  readonly fields?: Options;
  /** The option is required. */
  readonly needed?: true;
}

/** The options of one function, by name. */
export type Options = Readonly<Record<string, Kind>>;

/** A table with an entry for each member of a type, so that the compiler finds missing ones. */
export type OptionsOf<T> = { readonly [Name in keyof T]-?: Kind };

const kind = (takes: string, holds: (value: unknown) => boolean): Kind => Object.freeze({ takes, holds });

/** Options are own fields: a Map, a Date or a promise has none, and what it holds would be ignored. */
const hasFields = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && ['[object Object]', '[object Module]'].includes(Object.prototype.toString.call(value));
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

export const TEXT = kind('a text that is not empty', isText);
/** A version without ranges. */
export const EXACT_VERSION = kind(
  'an exact version, such as 2.4.0',
  (value) => typeof value === 'string' && /^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(value),
);
export const FLAG = kind('true or false', (value) => typeof value === 'boolean');
export const FUNCTION = kind('a function', (value) => typeof value === 'function');
export const OBJECT = kind('an object', isObject);
/** Options that are looked at later, or none. */
export const OPTIONAL_OBJECT = kind(
  'an object of options',
  (value) => value === undefined || isObject(value),
);
/** A logger of the application. */
export const LOGGER = kind(
  'an object with the functions info, warn and error',
  (value) => isObject(value) && ['info', 'warn', 'error'].every((name) => typeof value[name] === 'function'),
);
/** Variables of an environment. */
export const ENVIRONMENT = kind(
  'an object of texts, such as process.env',
  (value) =>
    isObject(value) &&
    Object.values(value).every((entry) => entry === undefined || typeof entry === 'string'),
);

/** A whole number. @param what the unit, for people */
export const count = (what: string, least = 1, most: number = Number.MAX_SAFE_INTEGER): Kind =>
  kind(
    `a whole number of ${what}, ${most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  );

export const oneOf = (...values: readonly (string | boolean)[]): Kind =>
  kind(values.map((value) => JSON.stringify(value)).join(' or '), (value) =>
    values.includes(value as string),
  );

/** @param what the kind of the entries, for people */
export const listOf = (what: string, { holds }: Kind): Kind =>
  kind(`a list of ${what}`, (value) => Array.isArray(value) && value.every(holds));

/** An object with these functions, and possibly others. @param what its description, for people */
export const withFunctions = (
  what: string,
  needed: readonly string[],
  possible: readonly string[] = [],
): Kind =>
  kind(
    what,
    (value) =>
      isObject(value) &&
      needed.every((name) => typeof value[name] === 'function') &&
      possible.every((name) => ['function', 'undefined'].includes(typeof value[name])),
  );

/** An object whose members are options too. */
export const objectOf = (fields: Options): Kind =>
  Object.freeze({ takes: `an object of ${Object.keys(fields).join(', ')}`, holds: hasFields, fields });

/** One of several. */
export const either = (...kinds: readonly Kind[]): Kind =>
  kind(kinds.map(({ takes }) => takes).join(', or '), (value) => kinds.some(({ holds }) => holds(value)));

/** An option whose value is checked where it is used; only its name is checked here. */
export const checkedLater = (takes: string): Kind => kind(takes, () => true);

/** Makes an option required. */
export const needed = (of: Kind): Kind => Object.freeze({ ...of, needed: true });

/** The number of typing errors between two texts: a letter added, missing, replaced, or two swapped. */
function slips(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + differs,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j] as number, (before[j - 2] as number) + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length] as number;
}

const LONGEST = 60;

/** The known name that was probably meant; undefined if none is similar. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const near = known
    .map((other) => ({ other, slips: slips(name.toLowerCase(), other.toLowerCase()) }))
    .filter(
      ({ other, slips: many }) => many <= Math.max(1, Math.floor(Math.min(name.length, other.length) / 3)),
    )
    .sort((a, b) => a.slips - b.slips);
  return near[0]?.other;
}

/** Names that a hint lists. */
const MOST_NAMES = 100;

/** The hint for an unknown name. */
export function unknownName(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (known.length === 0) return 'There is none yet.';
  const more = known.length > MOST_NAMES ? `, and ${known.length - MOST_NAMES} more` : '';
  return `Known are ${known.slice(0, MOST_NAMES).join(', ')}${more}.`;
}

/** The end of a message about an unknown name: the name that was probably meant, or where the names are listed. */
export function meantOr(name: unknown, known: readonly string[], listed: string): string {
  const meant = typeof name === 'string' ? nearest(name, known) : undefined;
  return meant === undefined ? listed : `did you mean ${meant}?`;
}

/**
 * Refuses an argument of a public function that has the wrong type and would otherwise fail later, and elsewhere.
 * @param of the function, for the message
 * @throws TypeError
 */
export function assertArgument(of: string, value: unknown, { takes, holds }: Kind): void {
  if (!holds(value)) throw new TypeError(`${of} takes ${takes}.`);
}

/** A function name unchanged, other words with a capital: `createGuard`, `A key`. */
const atStart = (of: string): string => (of.includes(' ') ? of.charAt(0).toUpperCase() + of.slice(1) : of);

/** The first fault in the options; undefined if there is none. */
function faultOf(of: string, given: unknown, known: Options, path = ''): string | undefined {
  const names = Object.keys(known);
  if (!hasFields(given)) return `${atStart(of)} takes an object of ${names.join(', ')}.`;
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const strange = entries.find(([name]) => !Object.hasOwn(known, name));
  if (strange !== undefined)
    return `Unknown option of ${of}: ${path}${strange[0].slice(0, LONGEST)}. ${unknownName(strange[0], names)}`;
  for (const [name, { needed: isNeeded, takes, holds, fields }] of Object.entries(known)) {
    const value = given[name];
    const place = path + name;
    if (value === undefined) {
      if (isNeeded === true) return `${atStart(of)} needs the option ${place}: ${takes}.`;
      continue;
    }
    if (!holds(value)) return `Option ${place} of ${of} must be ${takes}.`;
    const inner = fields === undefined ? undefined : faultOf(of, value, fields, `${place}.`);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The error for options with which something cannot be set up. */
export const badConfiguration = (message: string): BadInput => new BadInput('bad-configuration', message);

/**
 * Refuses options that are unknown, of the wrong type, or missing.
 * @param of the function that receives them, for the message
 * @param refuse creates the error for what is not part of the set-up, such as the input of a caller
 * @throws BadInput `bad-configuration` by default
 */
export function assertOptions(
  of: string,
  given: unknown,
  known: Options,
  refuse: (message: string) => Error = badConfiguration,
): void {
  const fault = faultOf(of, given, known);
  if (fault !== undefined) throw refuse(fault);
}
