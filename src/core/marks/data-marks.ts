import type { Mark } from './mark.js';
import { valuesAt } from '../path.js';

/**
 * Marks of data: the values of an instance at the data paths that rules compare for equality. Paths are added to the
 * end of one list, which is the same for all processes and never gets shorter, and an instance is marked for the first
 * so many of them. It carries that number as a mark too (`p:`), so that a search by the third path also finds the
 * instances that are marked for fewer than three: nothing is missed, however late a process learns of a new path.
 */

/** More paths are not marked: each is one more place where a list looks. */
export const MOST_DATA_PATHS = 16;
/** An instance with more values at a path, or with others than texts, numbers and flags, is found by every value. */
const MOST_VALUES = 20;
const LONGEST_VALUE = 100;

const DATA = 'instance.data.';
/** In a mark, `=` ends the path. */
const MARKABLE = /^[^=]{1,200}$/;

/** The path below `data` of a field of a condition; undefined if it is not instance data, or cannot be marked. */
export function dataPathOf(field: string): string | undefined {
  const path = field.startsWith(DATA) ? field.slice(DATA.length) : '';
  return MARKABLE.test(path) ? path : undefined;
}

/** The instance has a value at the path that cannot be marked. */
const otherMark = (path: string): Mark => `d:${path}`;
const countMark = (count: number): Mark => `p:${count}`;

/** Undefined: no search is possible by that value. */
function valueMark(path: string, value: unknown): Mark | undefined {
  switch (typeof value) {
    case 'string':
      return value.length <= LONGEST_VALUE ? `d:${path}="${value}` : undefined;
    case 'number':
      // -0 and 0 are equal, and so are their texts.
      return Number.isNaN(value) ? undefined : `d:${path}=${value}`;
    case 'boolean':
      return `d:${path}=${value}`;
    default:
      return undefined;
  }
}

const isMissing = (value: unknown): boolean => value === undefined || value === null;

function marksAt(data: unknown, path: string): Mark[] {
  const values = valuesAt(data, path.split('.')).flatMap((value) => (Array.isArray(value) ? value : [value]));
  if (values.length > MOST_VALUES) return [otherMark(path)];
  return values
    .filter((value) => !isMissing(value))
    .map((value) => valueMark(path, value) ?? otherMark(path));
}

/** The marks of an instance's data. @param paths those for which it is marked, the first of the list */
export const marksOfData = (data: unknown, paths: readonly string[] = []): Mark[] => [
  ...paths.flatMap((path) => marksAt(data, path)),
  countMark(paths.length),
];

/**
 * The marks of all instances whose data has one of the values at the path; undefined if a value has none.
 * @param before the number of paths in the list before this one
 */
export function marksOfValues(
  path: string,
  values: readonly unknown[],
  before: number,
): readonly Mark[] | undefined {
  const marks = values.map((value) => valueMark(path, value));
  if (marks.includes(undefined)) return undefined;
  return [
    ...(marks as Mark[]),
    otherMark(path),
    ...Array.from({ length: before + 1 }, (_, count) => countMark(count)),
  ];
}

/** The path that a mark is about; undefined: it is about no data. */
export const pathOfMark = (mark: Mark): string | undefined =>
  mark.startsWith('d:') ? /^d:([^=]*)/s.exec(mark)?.[1] : undefined;
