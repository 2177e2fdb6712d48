import { isDocument } from '../bson-kind.js';
import type { Filter } from '../port.js';

/** Texts one of which a document must hold at a path, so that it can satisfy the filter. */
export interface Hint {
  readonly path: 'id' | 'items.id' | 'name';
  readonly terms: readonly string[];
}

/** What must all hold, one condition at a time. */
function* conjuncts(filter: Filter): Generator<[name: string, condition: unknown]> {
  for (const [name, condition] of Object.entries(filter)) {
    if (name !== '$and') yield [name, condition];
    else if (Array.isArray(condition)) for (const part of condition) if (isDocument(part)) yield* conjuncts(part);
  }
}

function termsOf(condition: unknown): readonly string[] | undefined {
  if (typeof condition === 'string') return [condition];
  if (!isDocument(condition)) return undefined;
  if (typeof condition.$eq === 'string') return [condition.$eq];
  const list = condition.$in;
  return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : undefined;
}

/** What a filter says of the fields that have an index. A hint is never too narrow. */
export function* hintsOf(filter: Filter): Generator<Hint> {
  for (const [name, condition] of conjuncts(filter)) {
    if (name === 'id' || name === 'items.id' || name === 'name') {
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
