import { free, type Spend, type Work } from '../bson/budget.js';
import { compileMatch, type Match } from '../bson/match.js';
import type { Term } from '../bson/match-path.js';
import type { Filter, InstancePlan, MarkFilter, StoredInstance } from '../port.js';
import { hintsOf } from './hints.js';
import { insertSorted, newestFirst, removeSorted, type Bound } from './sorted.js';
import { TermIndex } from './term-index.js';

/** An instance in memory, without its large fields. The document is replaced as a whole, never changed. */
export interface Entry {
  readonly key: string;
  document: StoredInstance;
}

type Wanted = Pick<InstancePlan, 'filter' | 'marks'>;
/** Gets what was found. It may be kept: what is replaced in the index stays as it was here. */
type Visit = (found: Readonly<Entry>) => boolean | void;

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
   * Finds the instances that satisfy filter and marks, newest first, on the way of the fewest candidates. It makes way
   * for others now and then: each document is what it was when it was visited, and some may have changed since.
   * @param visit ends it with false
   * @throws BadInput `too-expensive`
   */
  async scan({ filter, marks }: Wanted, work: Work, visit: Visit, bound?: Bound): Promise<void> {
    const match = this.matchOf(filter, marks, work.spend);
    let from = bound;
    for (;;) {
      const last = this.walk(this.narrow(filter, marks), match, work, visit, from);
      if (last === undefined) return;
      await work.next();
      from = { key: last, included: false };
    }
  }

  /** @returns where to go on when others have had their turn; undefined at the end */
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

  /** Whether the instance of that id is there and satisfies filter and marks, without a pause. */
  admits(id: string, { filter, marks }: Wanted): boolean {
    const entry = this.byId.get(id);
    return entry !== undefined && this.matchOf(filter, marks, free)(entry.document);
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
