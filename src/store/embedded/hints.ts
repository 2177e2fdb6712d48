import { isDocument } from '../bson/kind.js';
import type { Term } from '../bson/match-path.js';
import type { Filter } from '../port.js';

/** The indexed fields that filters use. */
export type Indexed = 'id' | 'items.id' | 'name' | 'guard.unfinished';

/** Terms at a path: a document needs one of them to match the filter. */
export interface Hint {
  readonly path: Indexed;
  readonly terms: readonly Term[];
}

/** The conditions of a filter that must all hold, one by one. */
function* conjuncts(filter: Filter): Generator<[name: string, condition: unknown]> {
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

/** The conditions of a filter on indexed fields. A hint is never too narrow. */
export function* hintsOf(filter: Filter): Generator<Hint> {
  for (const [name, condition] of conjuncts(filter)) {
    if (name === 'id' || name === 'items.id' || name === 'name' || name === 'guard.unfinished') {
      const terms = termsOf(condition);
      if (terms !== undefined) yield { path: name, terms };
    } else if (name === 'items' && isDocument(condition) && isDocument(condition.$elemMatch)) {
      for (const [inner, test] of conjuncts(condition.$elemMatch)) {
        const terms = inner === 'id' ? termsOf(test) : undefined;
        if (terms !== undefined) yield { path: 'items.id', terms };
      }
    }
  }
}
