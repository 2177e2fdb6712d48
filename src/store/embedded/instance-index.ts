import type { Spend, Work } from '../bson/budget.js';
import { compileMatch, type Match } from '../bson/match.js';
import type { Selected } from '../port.js';
import { matchExactly } from '../query/exact.js';
import type { CountedPart, OrderedBytes } from './bytes.js';
import { candidates, newest, onlyList, type CandidateOptions } from './candidates.js';
import type { Stored } from './instance-bytes.js';
import { stepsToRead, type InstanceReader } from './instance-reader.js';

/** Receives a match. It may keep it, because documents are replaced and never modified. */
type Visit = (found: Stored) => boolean | void | Promise<boolean | void>;

/** Entries that are counted at once: of several lists, which are merged, and of one. */
const COUNTED = { merged: 2000, ofOne: 20_000 };
/** Entries of one list that are counted in a step. */
const PER_STEP = 10;

/** The index of the instances. */
export class InstanceIndex {
  constructor(
    private readonly bytes: OrderedBytes,
    private readonly reader: InstanceReader,
  ) {}

  /** `_id` of the newest instance, in hexadecimal digits. */
  newest(): Promise<string | undefined> {
    return newest(this.bytes);
  }

  /**
   * Finds the instances that match the plan, newest first, through the list with the fewest candidates. It yields to
   * other work: each document is as it was when visited, and some may have changed since.
   * @param visit returns false to stop
   * @throws BadInput `too-expensive`
   */
  async scan(plan: Selected, work: Work, visit: Visit, options: CandidateOptions = {}): Promise<void> {
    const match = this.matchOf(plan, work.spend);
    const amongAll = options.wanted === undefined || options.wanted === Infinity;
    for await (const ids of candidates(this.bytes, plan, work, options))
      for await (const stored of this.reader.each(ids, work, amongAll)) {
        work.spend(1);
        if (match(stored.document)) {
          const more = visit(stored);
          if ((more instanceof Promise ? await more : more) === false) return;
        }
        if (work.isOver()) await work.next();
      }
  }

  /** The number of instances that match the plan. @param most where counting stops */
  async count(plan: Selected, work: Work, most: number): Promise<number> {
    let count = 0;
    if (Object.keys(plan.filter).length > 0 || plan.exact !== undefined) {
      await this.scan(plan, work, () => ++count < most, { wanted: most });
      return count;
    }
    const list = onlyList(plan);
    return list === undefined ? this.countMerged(plan, work, most) : this.countOf(list, work, most);
  }

  /** Counts the candidates of several lists, each of which may have the same instance. */
  private async countMerged(plan: Selected, work: Work, most: number): Promise<number> {
    const size = COUNTED.merged;
    let count = 0;
    for await (const ids of candidates(this.bytes, plan, work, { wanted: size, most: size })) {
      count += ids.length;
      if (count >= most) return most;
      if (work.isOver()) await work.next();
    }
    return count;
  }

  /** Counts the entries of a list. */
  private async countOf(list: string, work: Work, most: number): Promise<number> {
    let count = 0;
    for (let from: string | undefined = list; from !== undefined && count < most;) {
      const part: CountedPart = await this.bytes.countEntries(
        'index',
        list,
        from,
        Math.min(COUNTED.ofOne, most - count),
      );
      work.spend(Math.ceil(part.count / PER_STEP));
      count += part.count;
      from = part.next;
      if (work.isOver()) await work.next();
    }
    return count;
  }

  /** A test whether instances that are read again match the plan. It takes the steps of reading them. */
  admitting(plan: Selected, work: Work): (now: Stored) => boolean {
    const match = this.matchOf(plan, work.spend);
    return ({ document, size }) => {
      work.spend(stepsToRead(size));
      return match(document);
    };
  }

  /** An instance as it is now; undefined if the test does not admit it. */
  current(id: string, admits: (now: Stored) => boolean): Promise<Stored | undefined> {
    return this.reader.alone(id, async (now) => (now && admits(now) ? now : undefined));
  }

  private matchOf({ filter, marks, exact }: Selected, spend: Spend): Match {
    const match = matchExactly(filter, exact, spend);
    if (marks === undefined) return match;
    const holds = compileMatch({ [marks.field]: { $in: marks.anyOf } });
    return (document) => holds(document) && match(document);
  }
}
