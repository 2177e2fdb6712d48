import { budget, type Spend } from '../bson/budget.js';
import { compileMatch, type Match } from '../bson/match.js';
import type { Term } from '../bson/match-path.js';
import type { Filter, StoredInstance, MarkFilter } from '../port.js';
import { hintsOf } from './hints.js';
import { insertSorted, newestFirst, removeSorted, type Bound } from './sorted.js';
import { TermIndex } from './term-index.js';

/** An instance in memory, without its large fields. The document is replaced as a whole, never changed. */
export interface Entry {
  readonly key: string;
  document: StoredInstance;
}

/** Lists of which one entry is looked at in the time of a step. */
const LISTS_PER_STEP = 4;

/** The instances in memory and the indexes on them. */
export class InstanceIndex {
  private readonly byId = new Map<string, Entry>();
  private readonly all: Entry[] = [];
  private readonly terms = {
    'guard.open': new TermIndex<Entry>('guard.open'),
    'guard.read': new TermIndex<Entry>('guard.read'),
    'items.id': new TermIndex<Entry>('items.id'),
    name: new TermIndex<Entry>('name'),
    'guard.unfinished': new TermIndex<Entry>('guard.unfinished'),
  };

  get size(): number {
    return this.all.length;
  }

  get(id: string): Entry | undefined {
    return this.byId.get(id);
  }

  /** Puts a document in the place of the one with its id, or adds it. */
  set(key: string, document: StoredInstance): void {
    const entry = this.byId.get(document.id) ?? { key, document };
    const before = this.byId.has(document.id) ? entry.document : undefined;
    entry.document = document;
    for (const index of Object.values(this.terms)) index.change(entry, before, document);
    if (before !== undefined) return;
    this.byId.set(document.id, entry);
    insertSorted(this.all, entry);
  }

  delete(entry: Entry): void {
    for (const index of Object.values(this.terms)) index.change(entry, entry.document, undefined);
    this.byId.delete(entry.document.id);
    removeSorted(this.all, entry);
  }

  /**
   * The instances that satisfy filter and marks, newest first, found on the way of the fewest candidates. To
   * be used up before anything is awaited.
   * @param spend of the query to which this belongs
   * @throws BadInput `too-expensive`
   */
  *walk(filter: Filter, marks: MarkFilter | undefined, bound?: Bound, spend = budget()): Generator<Entry> {
    const match = this.matchOf(filter, marks, spend);
    const lists = this.narrow(filter, marks);
    const step = 1 + Math.ceil(lists.length / LISTS_PER_STEP);
    for (const entry of newestFirst(lists, bound)) {
      spend(step);
      if (match(entry.document)) yield entry;
    }
  }

  private matchOf(filter: Filter, marks: MarkFilter | undefined, spend: Spend): Match {
    const match = compileMatch(filter, spend);
    if (marks === undefined) return match;
    const holds = compileMatch({ [marks.field]: { $in: marks.anyOf } });
    return (document) => holds(document) && match(document);
  }

  /** One list of what is found by ids: few entries from many short lists. */
  private few(path: 'id' | 'items.id', terms: readonly Term[]): Entry[] {
    const found = terms.flatMap((term) =>
      path === 'items.id' ? this.terms[path].get(term) : (term !== true && this.byId.get(term)) || [],
    );
    return [...new Set(found)].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private narrow(filter: Filter, marks: MarkFilter | undefined): (readonly Entry[])[] {
    const ways: (readonly Entry[])[][] = [[this.all]];
    if (marks !== undefined) ways.push(marks.anyOf.map((mark) => this.terms[marks.field].get(mark)));
    for (const { path, terms } of hintsOf(filter))
      ways.push(
        path === 'id' || path === 'items.id'
          ? [this.few(path, terms)]
          : terms.map((term) => this.terms[path].get(term)),
      );
    // Of ways that are equally short the last, most special one.
    const length = (way: (readonly Entry[])[]): number => way.reduce((sum, list) => sum + list.length, 0);
    return ways
      .reduce((best, way) => (length(way) <= length(best) ? way : best))
      .filter((list) => list.length > 0);
  }
}
