import { child, isDocument } from './kind.js';

/** A question about one value that a path reaches; `undefined` stands for "not there". */
export type ValueTest = (value: unknown) => boolean;

/** How a list at the end of a path is looked at: each entry and then the list, or the list alone. */
export type AtLeaf = 'entries' | 'list';

/** True when the test holds for one of the values that the path reaches in a document. */
export type Reach = (document: unknown) => boolean;

function leaf(value: unknown, atLeaf: AtLeaf, test: ValueTest): boolean {
  if (atLeaf === 'list' || !Array.isArray(value)) return test(value);
  return value.some(test) || test(value);
}

/**
 * The path goes on inside a list: each document in it is asked, and the entry at the place that a number names. Other
 * entries reach nothing, not even "missing", as in MongoDB.
 */
function through(
  list: readonly unknown[],
  path: readonly string[],
  from: number,
  atLeaf: AtLeaf,
  test: ValueTest,
): boolean {
  const segment = path[from] as string;
  const last = from + 1 === path.length;
  for (let i = 0; i < list.length; i++) {
    const entry = list[i];
    const document = isDocument(entry);
    if (document && walk(entry, path, from, atLeaf, test)) return true;
    if (segment !== String(i)) continue;
    if (
      last
        ? test(entry)
        : Array.isArray(entry)
          ? through(entry, path, from + 1, atLeaf, test)
          : document && walk(entry, path, from + 1, atLeaf, test)
    )
      return true;
  }
  return false;
}

function walk(
  start: unknown,
  path: readonly string[],
  from: number,
  atLeaf: AtLeaf,
  test: ValueTest,
): boolean {
  let value = start;
  for (let i = from; i < path.length; i++) {
    if (i > from && Array.isArray(value)) return through(value, path, i, atLeaf, test);
    value = child(value, path[i] as string);
  }
  return leaf(value, atLeaf, test);
}

/** Compiles the walk along a dotted path, as MongoDB's queries walk it. */
export function reach(path: string, atLeaf: AtLeaf, test: ValueTest): Reach {
  const segments = path.split('.');
  if (segments.length > 1) return (document) => walk(document, segments, 0, atLeaf, test);
  return (document) => leaf(child(document, path), atLeaf, test);
}

/** What the indexes in memory know: texts, and `true`, which marks few documents among many. */
export type Term = string | true;

/** All terms that a path reaches. */
export function termsAt(document: unknown, path: readonly string[]): Set<Term> {
  const found = new Set<Term>();
  walk(document, path, 0, 'entries', (value) => {
    if (typeof value === 'string' || value === true) found.add(value);
    return false;
  });
  return found;
}
