import { encode } from '../bson/codec.js';
import { isScalar } from '../../core/value.js';
import { isDocument } from '../bson/kind.js';

type Fields = Readonly<Record<string, unknown>>;

/** What an update sets and removes, by path. */
export interface Changes {
  readonly set: Record<string, unknown>;
  readonly unset: Record<string, ''>;
  /** What the document must still be so that the paths lead to what they did: lists and their entries. */
  readonly where: Record<string, unknown>;
}

/** By these an entry of a list is known again. */
const KNOWN_BY = ['id', 'status'];

/** The server limits neither, but a path costs more than a small value. */
const DEEPEST = 6;
const MOST_PATHS = 200;

/** A key that a path cannot name. */
const isUnsafe = (key: string): boolean =>
  key === '' || key === '__proto__' || key.startsWith('$') || key.includes('.') || key.includes('\0');

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Whether two values as read from the database are stored alike; documents also in the order of their fields. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other);
  if (isList(one))
    return isList(other) && one.length === other.length && one.every((entry, i) => isSame(entry, other[i]));
  if (isDocument(one) && isDocument(other)) {
    const [keys, others] = [Object.keys(one), Object.keys(other)];
    return (
      keys.length === others.length &&
      keys.every((key, i) => key === others[i] && isSame(one[key], other[key]))
    );
  }
  return Buffer.compare(encode({ value: one }), encode({ value: other })) === 0;
}

/**
 * Whether setting and removing fields makes the one document of the other, also in the order of its fields. The
 * database appends new fields in the order of their names.
 */
function isReachable(before: Fields, after: Fields): boolean {
  const kept = Object.keys(before).filter((key) => Object.hasOwn(after, key));
  const keys = Object.keys(after);
  const added = keys.slice(kept.length);
  return (
    [...Object.keys(before), ...keys].every((key) => !isUnsafe(key)) &&
    kept.every((key, i) => key === keys[i]) &&
    (added.length <= 1 ||
      added.every((key, i) => /^[A-Za-z_]/.test(key) && (i === 0 || (added[i - 1] as string) < key)))
  );
}

class Differences {
  readonly set: Record<string, unknown> = {};
  readonly unset: Record<string, ''> = {};
  readonly where: Record<string, unknown> = {};
  paths = 0;

  private put(path: string, value: unknown): void {
    this.set[path] = value;
    this.paths++;
  }

  add(path: string, before: unknown, after: unknown, depth = 1): void {
    if (depth < DEEPEST && isDocument(before) && isDocument(after) && isReachable(before, after))
      this.ofDocument(path, before, after, depth + 1);
    // Entries of other lists, such as marks, are small.
    else if (depth < DEEPEST && isList(before) && isList(after) && isGrown(before, after))
      this.ofList(path, before, after, depth + 1);
    else if (!isSame(before, after)) this.put(path, after);
  }

  private ofDocument(path: string, before: Fields, after: Fields, depth: number): void {
    for (const key of Object.keys(before))
      if (!Object.hasOwn(after, key)) {
        this.unset[`${path}.${key}`] = '';
        this.paths++;
      }
    for (const [key, value] of Object.entries(after))
      if (Object.hasOwn(before, key)) this.add(`${path}.${key}`, before[key], value, depth);
      else this.put(`${path}.${key}`, value);
  }

  private ofList(path: string, before: readonly unknown[], after: readonly unknown[], depth: number): void {
    const paths = this.paths;
    for (const [i, value] of after.entries())
      if (i < before.length) this.ofEntry(`${path}.${i}`, before[i], value, depth);
      else this.put(`${path}.${i}`, value);
    if (this.paths > paths) this.where[path] = { $size: before.length };
  }

  private ofEntry(path: string, before: unknown, after: unknown, depth: number): void {
    const paths = this.paths;
    this.add(path, before, after, depth);
    if (this.paths === paths || !isDocument(before)) return;
    for (const key of KNOWN_BY) if (isScalar(before[key])) this.where[`${path}.${key}`] = before[key];
  }
}

const isGrown = (before: readonly unknown[], after: readonly unknown[]): boolean =>
  before.length > 0 && after.length >= before.length && after.every(isDocument);

/**
 * What an update has to send so that the fields of a document become the given ones.
 * @param before the document as the database has it; its other fields stay
 * @param after fields, as they would be read back
 */
export function changesOf(before: Fields, after: Fields): Changes {
  const changes: Changes = { set: {}, unset: {}, where: {} };
  for (const [name, value] of Object.entries(after)) {
    const own = new Differences();
    if (Object.hasOwn(before, name)) own.add(name, before[name], value);
    if (!Object.hasOwn(before, name) || own.paths > MOST_PATHS) changes.set[name] = value;
    else {
      Object.assign(changes.set, own.set);
      Object.assign(changes.unset, own.unset);
      Object.assign(changes.where, own.where);
    }
  }
  return changes;
}
