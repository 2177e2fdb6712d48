import { free, type Spend } from './budget.js';
import { child, isDocument } from './kind.js';

/** A test of one value that a path reaches; `undefined` means "missing". */
export type ValueTest = (value: unknown) => boolean;

/** How a list at the end of a path is tested: each entry and then the list, or only the list. */
export type AtLeaf = 'entries' | 'list';

/** True when the test holds for any value that the path reaches in a document. */
export type Reach = (document: unknown) => boolean;

/** A number that is an index of a list. */
const PLACE = /^(0|[1-9]\d{0,8})$/;

function leaf(value: unknown, atLeaf: AtLeaf, test: ValueTest, spend: Spend): boolean {
  if (atLeaf === 'list' || !Array.isArray(value)) {
    spend(1);
    return test(value);
  }
  spend(1 + value.length);
  return value.some(test) || test(value);
}

/**
 * Continues the path inside a list: in each of its documents, and in the entry at a numeric index. Other entries reach
 * nothing, not even "missing", as in MongoDB.
 */
function through(
  list: readonly unknown[],
  path: readonly string[],
  from: number,
  atLeaf: AtLeaf,
  test: ValueTest,
  spend: Spend,
): boolean {
  const segment = path[from] as string;
  const place = PLACE.test(segment) ? Number(segment) : -1;
  const last = from + 1 === path.length;
  spend(list.length);
  for (let i = 0; i < list.length; i++) {
    const entry = list[i];
    const document = isDocument(entry);
    if (document && walk(entry, path, from, atLeaf, test, spend)) return true;
    if (i !== place) continue;
    if (
      last
        ? test(entry)
        : Array.isArray(entry)
          ? through(entry, path, from + 1, atLeaf, test, spend)
          : document && walk(entry, path, from + 1, atLeaf, test, spend)
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
  spend: Spend,
): boolean {
  let value = start;
  for (let i = from; i < path.length; i++) {
    if (i > from && Array.isArray(value)) return through(value, path, i, atLeaf, test, spend);
    value = child(value, path[i] as string);
  }
  return leaf(value, atLeaf, test, spend);
}

/** Compiles the traversal of a dotted path with MongoDB's semantics. @param spend takes a step for each value */
export function reach(path: string, atLeaf: AtLeaf, test: ValueTest, spend: Spend): Reach {
  const segments = path.split('.');
  if (segments.length > 1) return (document) => walk(document, segments, 0, atLeaf, test, spend);
  return (document) => leaf(child(document, path), atLeaf, test, spend);
}

/** Values in the indexes in memory: strings, and `true`, which marks few documents among many. */
export type Term = string | true;

/** Returns all terms that a path reaches. */
export function termsAt(document: unknown, path: readonly string[]): Set<Term> {
  const found = new Set<Term>();
  const collect = (value: unknown): boolean => {
    if (typeof value === 'string' || value === true) found.add(value);
    return false;
  };
  walk(document, path, 0, 'entries', collect, free);
  return found;
}
