import { BadInput } from '../errors.js';
import { hasUnseen } from '../model-name.js';
import { unknownName } from '../options.js';
import { FORBIDDEN_KEYS } from '../path.js';
import type { PolicyChange, PolicySet } from '../policy-set/policy-set.js';
import { isPlainObject, show } from '../value.js';
import { normaliseName } from '../user-info.js';

/** Longest name and longest description, in characters. */
const LONGEST = { name: 200, text: 1000 };

/** Reads the value of an entry, as a caller passes it, and returns its stored form. @throws BadInput `bad-policy` */
export type ReadEntry = (id: string, value: unknown) => unknown;

/** A place in a policy file: keys and positions, from the outside in. */
export type FilePath = readonly (string | number)[];

/** An entry as a policy file states it, not read yet. */
export interface FileEntry {
  readonly kind: string;
  readonly id: string;
  readonly value: unknown;
  readonly path: FilePath;
}

/** How entries are written in a policy file: under one key at its top. */
export interface FileForm {
  readonly key: string;
  /** JSON schema of what stands under the key; editors complete and check files by it. */
  readonly schema: Readonly<Record<string, unknown>>;
  /**
   * The entries that stand under the key; their paths begin below it.
   * @throws BadInput `bad-policy`; see {@link inPlace}
   */
  entries(value: unknown): Iterable<FileEntry>;
  /** What stands under the key for the entries of a set; undefined if it has none. */
  write(set: PolicySet): unknown;
}

/** A model that an entry names, and an element of it. */
export interface NamedElement {
  readonly model: string;
  /** The id of the element; missing: only the model is named. */
  readonly element?: string;
  /** The types that the element may have, such as `bpmn:UserTask`; missing: any. */
  readonly types?: readonly string[];
}

/** The kinds of policy set entries that belong to one policy system. */
export interface EntryKinds {
  readonly kinds: Readonly<Record<string, ReadEntry>>;
  readonly file: FileForm;
  /** Kinds whose ids are names: an id is normalised as names are. */
  readonly named?: readonly string[];
  /** The models, and the elements of them, that an entry of one of the kinds names. */
  names?(kind: string, value: unknown): Iterable<NamedElement>;
  /**
   * Checks the references between entries, in steps if there may be many.
   * @param changes the changes that led to the set; it was checked before them
   * @throws BadInput `bad-policy`, `too-large`
   */
  check?(set: PolicySet, changes: readonly PolicyChange[]): Iterable<void> | void;
}

/** A mistake in one entry of a policy set, which `kind` and `id` name. */
export class BadEntry extends BadInput {
  constructor(
    readonly kind: string,
    readonly id: string,
    message: string,
    code: 'bad-policy' | 'too-large' = 'bad-policy',
  ) {
    super(code, message);
    this.name = BadInput.name;
  }
}

/** A mistake in a policy file, at `path`. */
export class Misplaced extends BadInput {
  constructor(
    readonly path: FilePath,
    { code, message }: BadInput,
  ) {
    super(code, message);
    this.name = BadInput.name;
  }
}

/** The error with its place, if it is a mistake of a caller; otherwise the error itself. */
export function placed(path: FilePath, error: unknown): unknown {
  if (error instanceof Misplaced) return new Misplaced([...path, ...error.path], error);
  return error instanceof BadInput ? new Misplaced(path, error) : error;
}

/** Runs `work`, and says of a mistake in it where it is. */
export function inPlace<T>(path: FilePath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw placed(path, error);
  }
}

/** @throws BadInput `bad-policy` */
export const badPolicy = (message: string): never => {
  throw new BadInput('bad-policy', message);
};

/** What an entry is called inside of a sentence. */
export const inside = (what: string): string => what.charAt(0).toLowerCase() + what.slice(1);

/**
 * Normalises a name: trimmed, in Unicode's composed form.
 * @throws BadInput `bad-policy`, also for invisible characters, since two names may not look alike
 */
export function policyName(given: unknown, what: string): string {
  const name = normaliseName(given);
  if (name === undefined || name.length > LONGEST.name)
    return badPolicy(`${what} needs a name of at most ${LONGEST.name} characters, got ${show(given)}.`);
  if (hasUnseen(name))
    return badPolicy(`${what} needs a name without control, direction or invisible characters.`);
  return name;
}

/** The name of an entry that is kept. @throws BadInput `bad-policy` */
export function entryName(given: unknown, what: string): string {
  const name = policyName(given, what);
  if (FORBIDDEN_KEYS.has(name))
    badPolicy(
      `${what} cannot have the name ${show(name)}, which has another meaning in JavaScript. Choose another.`,
    );
  return name;
}

/** The fields of an entry, all of them known. @throws BadInput `bad-policy`, naming the nearest known field */
export function entryFields(value: unknown, what: string, known: readonly string[]): Record<string, unknown> {
  if (!isPlainObject(value))
    return badPolicy(`${what} must be an object of ${known.join(', ')}, got ${show(value)}.`);
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined)
    inPlace([strange], () => badPolicy(`${what} has no ${show(strange)}. ${unknownName(strange, known)}`));
  return value;
}

/** An object of named things, as its entries. @throws BadInput `bad-policy` */
export function namedIn(value: unknown, what: string): [string, unknown][] {
  return isPlainObject(value)
    ? Object.entries(value)
    : badPolicy(`${what} are an object by name, got ${show(value)}.`);
}

/** A list, without holes. @throws BadInput `bad-policy` */
export function listIn(value: unknown, what: string): unknown[] {
  return Array.isArray(value) ? Array.from(value) : badPolicy(`${what} are a list, got ${show(value)}.`);
}

/** The optional description of `what`. @throws BadInput `bad-policy` */
export function entryText(value: unknown, what: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && value.length <= LONGEST.text)) return value;
  return badPolicy(
    `${what} has a description (says) of at most ${LONGEST.text} characters, got ${show(value)}.`,
  );
}

/** One of the known names. @throws BadInput `bad-policy`, naming the nearest */
export function oneOf<T extends string>(value: unknown, what: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  const hint = typeof value === 'string' ? unknownName(value, known) : `Known are ${known.join(', ')}.`;
  return badPolicy(`Unknown ${what} ${show(value)}. ${hint}`);
}
