import { termsAt, type Term } from '../bson/match-path.js';
import { insertSorted, removeSorted, type Keyed } from './sorted.js';

/**
 * An index of strings, and of `true`: for each value that a path reaches, the entries whose documents contain it,
 * oldest first.
 */
export class TermIndex<T extends Keyed> {
  private readonly lists = new Map<Term, T[]>();
  private readonly path: readonly string[];

  constructor(path: string) {
    this.path = path.split('.');
  }

  get(term: Term): readonly T[] {
    return this.lists.get(term) ?? [];
  }

  /** @param before the old document of the entry; missing for a new one. @param after missing when it is removed */
  change(entry: T, before: object | undefined, after: object | undefined): void {
    const old = before === undefined ? new Set<Term>() : termsAt(before, this.path);
    const terms = after === undefined ? new Set<Term>() : termsAt(after, this.path);
    for (const term of old) if (!terms.has(term)) this.remove(term, entry);
    for (const term of terms) if (!old.has(term)) this.add(term, entry);
  }

  private add(term: Term, entry: T): void {
    const list = this.lists.get(term);
    if (list === undefined) this.lists.set(term, [entry]);
    else insertSorted(list, entry);
  }

  private remove(term: Term, entry: T): void {
    const list = this.lists.get(term);
    if (list === undefined) return;
    removeSorted(list, entry);
    if (list.length === 0) this.lists.delete(term);
  }
}
