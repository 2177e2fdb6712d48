import { free, type Spend, type Work } from '../bson/budget.js';
import { compileMatch, type Match } from '../bson/match.js';
import type { Term } from '../bson/match-path.js';
import type { Filter, MarkFilter, Selected, StoredInstance } from '../port.js';
import { matchExactly } from '../query/exact.js';
import { hintsOf } from './hints.js';
import { insertSorted, newestFirst, removeSorted, type Bound } from './sorted.js';
import { TermIndex } from './term-index.js';

/** An instance in memory, without its large fields. Its document is replaced as a whole, never modified. */
export interface Entry {
  readonly key: string;
  document: StoredInstance;
}

/** Receives a match. It may keep it, because the index replaces entries and never modifies them. */
type Visit = (found: Readonly<Entry>) => boolean | void;

/** Lists per step in which one entry is examined. */
const LISTS_PER_STEP = 4;

/** The instances in memory, and their indexes. */
export class InstanceIndex {
  private readonly byId = new Map<string, Entry>();
  private readonly all: Entry[] = [];
  private readonly terms = {
    'guard.open': new TermIndex<Entry>('guard.open'),
    'guard.read': new TermIndex<Entry>('guard.read'),
    'items.id': new TermIndex<Entry>('items.id'),
    name: new TermIndex<Entry>('name'),
    'guard.unfinished': new TermIndex<Entry>('guard.unfinished'),
    parentItemId: new TermIndex<Entry>('parentItemId'),
  };

  get size(): number {
    return this.all.length;
  }

  get(id: string): Entry | undefined {
    return this.byId.get(id);
  }

  /** Adds a document, or replaces the one with its id. */
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
   * Finds the instances that match the plan, newest first, through the index with the fewest candidates. It
   * yields to other work: each document is as it was when visited, and some may have changed since.
   * @param visit returns false to stop
   * @throws BadInput `too-expensive`
   */
  async scan(plan: Selected, work: Work, visit: Visit, bound?: Bound): Promise<void> {
    const match = this.matchOf(plan, work.spend);
    let from = bound;
    for (;;) {
      const last = this.walk(this.narrow(plan.filter, plan.marks), match, work, visit, from);
      if (last === undefined) return;
      await work.next();
      from = { key: last, included: false };
    }
  }

  /** @returns where to continue after yielding to others; undefined at the end */
  private walk(
    lists: readonly (readonly Entry[])[],
    match: Match,
    work: Work,
    visit: Visit,
    from: Bound | undefined,
  ): string | undefined {
    const step = 1 + Math.ceil(lists.length / LISTS_PER_STEP);
    for (const { key, document } of newestFirst(lists, from)) {
      work.spend(step);
      if (match(document) && visit({ key, document }) === false) return undefined;
      if (work.isOver()) return key;
    }
    return undefined;
  }

  /** Tells whether the instance with that id exists and matches the plan, without a pause. */
  admits(id: string, plan: Selected): boolean {
    const entry = this.byId.get(id);
    return entry !== undefined && this.matchOf(plan, free)(entry.document);
  }

  private matchOf({ filter, marks, exact }: Selected, spend: Spend): Match {
    const match = matchExactly(filter, exact, spend);
    if (marks === undefined) return match;
    const holds = compileMatch({ [marks.field]: { $in: marks.anyOf } });
    return (document) => holds(document) && match(document);
  }

  /** One sorted list of the instances with these ids: few entries from many short lists. */
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
    // Among equally short candidate lists, the last one is the most specific.
    const length = (way: (readonly Entry[])[]): number => way.reduce((sum, list) => sum + list.length, 0);
    return ways
      .reduce((best, way) => (length(way) <= length(best) ? way : best))
      .filter((list) => list.length > 0);
  }
}
