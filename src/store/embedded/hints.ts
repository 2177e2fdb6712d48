import { isDocument, kindOf } from '../bson/kind.js';
import type { Term } from '../bson/match-path.js';
import type { Filter } from '../port.js';
import { beginning, formatTerm, NO_FORMAT, quoted, type List } from './index-entries.js';
import { timePlace } from './time-place.js';

/** Where to look for the documents that a filter admits; never too narrow. */
export type Hint =
  /** Entries with these beginnings. */
  | { readonly kind: 'entries'; readonly beginnings: readonly string[] }
  /** Entries of all terms of a list but one. */
  | { readonly kind: 'others'; readonly list: List; readonly but: string }
  /** Entries of a list whose terms are below one, in the order of the terms. */
  | { readonly kind: 'below'; readonly list: List; readonly below: string | undefined };

type Condition = readonly [name: string, condition: unknown];

/** The conditions of a filter that must all hold, one by one. */
function* conjuncts(filter: Filter): Generator<Condition> {
  for (const [name, condition] of Object.entries(filter)) {
    if (name !== '$and') yield [name, condition];
    else if (Array.isArray(condition))
      for (const part of condition) if (isDocument(part)) yield* conjuncts(part);
  }
}

const isTerm = (value: unknown): value is Term => typeof value === 'string' || value === true;

function termsOf(condition: unknown): readonly Term[] | undefined {
  if (isTerm(condition)) return [condition];
  if (!isDocument(condition)) return undefined;
  if (isTerm(condition.$eq)) return [condition.$eq];
  const list = condition.$in;
  return Array.isArray(list) && list.every(isTerm) ? list : undefined;
}

/** The lists of fields that filters compare. */
const LISTS: Readonly<Record<string, List>> = Object.freeze({
  name: 'name',
  parentItemId: 'parent',
  'guard.unfinished': 'unfinished',
  id: 'id',
  'items.id': 'item',
});

export const entriesIn = (list: List, terms: readonly Term[]): Hint => ({
  kind: 'entries',
  beginnings: [...new Set(terms)].map((term) => beginning(list, quoted(term))),
});

function ofTerms([name, condition]: Condition): Hint | undefined {
  const terms = Object.hasOwn(LISTS, name) ? termsOf(condition) : undefined;
  return terms && entriesIn(LISTS[name] as List, terms);
}

/** A test of the type of a value, which may have other parts. */
const isOfType = (condition: unknown, type: string): boolean =>
  isDocument(condition) && condition.$type === type;

/** Conditions on one and the same item. */
function* ofItem(conditions: readonly Condition[]): Generator<Hint> {
  for (const [name, condition] of conditions) {
    const hint = name === 'id' ? ofTerms(['items.id', condition]) : undefined;
    if (hint !== undefined) yield hint;
  }
  const due = conditions.find(([name, condition]) => name === 'timeDue' && isOfType(condition, 'date'))?.[1];
  const waits = conditions.some(([name, condition]) => name === 'status' && condition === 'wait');
  if (due === undefined || !waits) return;
  yield { kind: 'below', list: 'due', below: placeBelow(due) };
}

/** The place of the time below which a condition admits dates. */
function placeBelow(condition: unknown): string | undefined {
  const { $lt } = condition as { readonly $lt?: unknown };
  return kindOf($lt) === 'date' && !Number.isNaN(($lt as Date).getTime())
    ? timePlace($lt as Date)
    : undefined;
}

/**
 * What has ended before a time and has no unfinished work, to archive it. A page of a caller, who does not ask for the
 * latter, costs less in the order of the instances.
 */
function* ofEnded(conditions: readonly Condition[]): Generator<Hint> {
  if (!conditions.some(([name]) => name === 'guard.unfinished')) return;
  for (const [name, condition] of conditions) {
    const below = name === 'endedAt' && isDocument(condition) ? placeBelow(condition) : undefined;
    if (below !== undefined) yield { kind: 'below', list: 'ended', below };
  }
}

/** The conditions of the items of a filter, those of one and the same item together. */
function* ofItems(conditions: readonly Condition[]): Generator<Condition[]> {
  for (const [name, condition] of conditions)
    if (name === 'items' && isDocument(condition) && isDocument(condition.$elemMatch))
      yield [...conjuncts(condition.$elemMatch)];
}

/** The lists of what items of running instances wait for. */
const AWAITED: Readonly<Record<string, List>> = Object.freeze({ messageId: 'message', signalId: 'signal' });

function* ofRunning(conditions: readonly Condition[]): Generator<Hint> {
  const runs = conditions.some(
    ([name, condition]) => name === 'status' && termsOf(condition)?.every((term) => term === 'running'),
  );
  if (!runs) return;
  yield { kind: 'entries', beginnings: [beginning('running', '')] };
  if (conditions.some(([name, condition]) => name === 'parentItemId' && isOfType(condition, 'string')))
    yield { kind: 'entries', beginnings: [beginning('called', '')] };
  for (const [name, condition] of [...ofItems(conditions)].flat()) {
    const terms = Object.hasOwn(AWAITED, name) ? termsOf(condition) : undefined;
    if (terms !== undefined) yield entriesIn(AWAITED[name] as List, terms);
  }
}

/** What excludes instances with the current marks, or admits only those without any. */
function* ofFormat(conditions: readonly Condition[]): Generator<Hint> {
  for (const [name, condition] of conditions) {
    if (name === 'guard.format' && condition === null)
      yield { kind: 'entries', beginnings: [beginning('format', NO_FORMAT)] };
    if (name !== '$nor' || !Array.isArray(condition)) continue;
    for (const excluded of condition) {
      const [only, ...more] = isDocument(excluded) ? Object.entries(excluded) : [];
      const isFormat = more.length === 0 && only?.[0] === 'guard.format' && typeof only[1] === 'number';
      if (isFormat) yield { kind: 'others', list: 'format', but: formatTerm(only[1] as number) };
    }
  }
}

/** The hints of a filter, the most specific ones last. */
export function* hintsOf(filter: Filter): Generator<Hint> {
  const conditions = [...conjuncts(filter)];
  yield* ofRunning(conditions);
  yield* ofFormat(conditions);
  for (const condition of conditions) {
    const hint = ofTerms(condition);
    if (hint !== undefined) yield hint;
  }
  yield* ofEnded(conditions);
  for (const item of ofItems(conditions)) yield* ofItem(item);
}
