import { BadInput } from '../errors.js';
import { unknownName } from '../options.js';
import { isPlainObject } from '../plain-object.js';
import type { PolicySet } from '../policy-set.js';
import { show } from '../show.js';
import { normaliseName } from '../user-info.js';

/** Longest name and longest description, in characters. */
const LONGEST = { name: 200, text: 1000 };

/** Reads the value of an entry, as a caller passes it, and returns its stored form. @throws BadInput `bad-policy` */
export type ReadEntry = (id: string, value: unknown) => unknown;

/** The kinds of policy set entries that belong to one way of saying who may do what. */
export interface EntryKinds {
  readonly kinds: Readonly<Record<string, ReadEntry>>;
  /** Kinds whose ids are names: an id is normalised as names are. */
  readonly named?: readonly string[];
  /** Checks the references between entries. @throws BadInput `bad-policy` */
  check?(set: PolicySet): void;
}

/** @throws BadInput `bad-policy` */
export const badPolicy = (message: string): never => {
  throw new BadInput('bad-policy', message);
};

/** Normalises a name: trimmed, in Unicode's composed form. @throws BadInput `bad-policy` */
export function policyName(given: unknown, what: string): string {
  const name = normaliseName(given);
  if (name === undefined || name.length > LONGEST.name)
    return badPolicy(`${what} needs a name of at most ${LONGEST.name} characters, got ${show(given)}.`);
  return name;
}

/** The fields of an entry, of which none is unknown. @throws BadInput `bad-policy`, naming the nearest known field */
export function entryFields(value: unknown, what: string, known: readonly string[]): Record<string, unknown> {
  if (!isPlainObject(value))
    return badPolicy(`${what} must be an object of ${known.join(', ')}, got ${show(value)}.`);
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined) badPolicy(`${what} has no ${show(strange)}. ${unknownName(strange, known)}`);
  return value;
}

/** An optional description. @throws BadInput `bad-policy` */
export function entryText(value: unknown, what: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && value.length <= LONGEST.text)) return value;
  return badPolicy(`${what} is a text of at most ${LONGEST.text} characters, got ${show(value)}.`);
}

/** One of the known names. @throws BadInput `bad-policy`, naming the nearest */
export function oneOf<T extends string>(value: unknown, what: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  const hint = typeof value === 'string' ? unknownName(value, known) : `Known are ${known.join(', ')}.`;
  return badPolicy(`Unknown ${what} ${show(value)}. ${hint}`);
}
