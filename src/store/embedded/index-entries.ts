import { createHash } from 'node:crypto';
import type { StoredInstance } from '../documents.js';
import { isDocument, kindOf } from '../bson/kind.js';
import { termsAt, type Term } from '../bson/match-path.js';
import { hexOf } from '../bson/object-id.js';
import { timePlace } from './time-place.js';

/**
 * The lists of the index. The entry of an instance in a list has the key `list, term, _id, id`, each but the last
 * followed by a zero character. So the instances with a term are in the default order, and each entry names its own.
 */
const LISTS = {
  /** All instances. */
  all: () => [''],
  id: ({ id }) => [quoted(id)],
  open: (document) => termsOf(document, 'guard', 'open'),
  read: (document) => termsOf(document, 'guard', 'read'),
  item: (document) => termsOf(document, 'items', 'id'),
  name: (document) => termsOf(document, 'name'),
  unfinished: (document) => termsOf(document, 'guard', 'unfinished'),
  parent: (document) => termsOf(document, 'parentItemId'),
  /** Those that have not ended, and those among them that others have called. */
  running: (document) => (isRunning(document) ? [''] : []),
  called: (document) => (isRunning(document) && isCalled(document) ? [''] : []),
  /** By the messages and signals of their items, those that have not ended. */
  message: (document) => (isRunning(document) ? termsOf(document, 'items', 'messageId') : []),
  signal: (document) => (isRunning(document) ? termsOf(document, 'items', 'signalId') : []),
  /** By the time at which they ended. */
  ended: ({ endedAt }) => datesIn(endedAt).map(timePlace).sort().slice(0, 1),
  /** By the format of their marks. */
  format: (document) => formatsOf(document.guard?.format),
  /** By the earliest time at which one of the waiting items is due. */
  due: (document) => dueTimes(document.items),
} satisfies Readonly<Record<string, (document: StoredInstance) => readonly string[]>>;

export type List = keyof typeof LISTS;

/** Longer terms are replaced by a hash: some that differ may then have the same entries, so entries are candidates. */
const LONGEST = 200;

/** A term as a part of a key: without zero characters, and text that can be stored. */
export function quoted(term: Term): string {
  const text = JSON.stringify(term);
  return text.length <= LONGEST ? text : createHash('sha256').update(text).digest('hex');
}

const termsOf = (document: StoredInstance, ...path: readonly string[]): string[] =>
  [...termsAt(document, path)].map(quoted);

const isRunning = (document: StoredInstance): boolean => termsAt(document, ['status']).has('running');

const isCalled = (document: StoredInstance): boolean =>
  [...termsAt(document, ['parentItemId'])].some((term) => typeof term === 'string');

/** Stands for everything that is not a number. */
export const NO_FORMAT = 'none';
export const formatTerm = (format: number): string => String(format);

function formatsOf(format: unknown): string[] {
  const all: unknown[] = Array.isArray(format) ? format : [format];
  const numbers = all.filter((one): one is number => typeof one === 'number');
  return numbers.length === 0 ? [NO_FORMAT] : [...new Set(numbers.map(formatTerm))];
}

const datesIn = (value: unknown): Date[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (one): one is Date => kindOf(one) === 'date' && !Number.isNaN((one as Date).getTime()),
  );

function dueTimes(items: unknown): string[] {
  if (!Array.isArray(items)) return [];
  const times = (items as unknown[])
    .filter((item) => isDocument(item) && termsAt(item, ['status']).has('wait'))
    .flatMap((item) => datesIn((item as { timeDue?: unknown }).timeDue).map(timePlace))
    .sort();
  return times.slice(0, 1);
}

/** The beginning of the keys of a list, or of one term of it. */
export const beginning = (list: List, term?: string): string =>
  term === undefined ? `${list}\0` : `${list}\0${term}\0`;

/** The keys of all entries of an instance. */
export function entriesOf(document: StoredInstance): Set<string> {
  const end = `${hexOf(document._id)}\0${document.id}`;
  const keys = new Set<string>();
  for (const [list, terms] of Object.entries(LISTS))
    for (const term of terms(document)) keys.add(beginning(list as List, term) + end);
  return keys;
}

/** `_id` and id in what follows list and term. */
export const namesIn = (rest: string): readonly [key: string, id: string] => [
  rest.slice(0, KEY_LENGTH),
  rest.slice(KEY_LENGTH + 1),
];
const KEY_LENGTH = 24;

/** The id in the key of an entry. */
export function idIn(key: string): string {
  const term = key.indexOf('\0') + 1;
  return namesIn(key.slice(key.indexOf('\0', term) + 1))[1];
}
