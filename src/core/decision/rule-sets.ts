import { ByLists } from '../by-objects.js';
import type { PolicyAnswer } from '../policy.js';
import type { Predicates } from './predicates.js';
import type { Given, RuleList } from './rule-lists.js';
import { RuleSet } from './rule-set.js';

/** Rules of a list from which on it is long. */
const LONG = 500;

/** Answers that each place remembers beside the map. */
const A_FEW = 2;

/** Sets of rules, cached as long as the policies return the same lists. */
export class RuleSets {
  private readonly byAnswers = new ByLists<RuleSet>();
  private readonly byLists = new ByLists<RuleSet>();

  constructor(private readonly predicates: Predicates) {}

  of(given: readonly Given[]): RuleSet {
    if (!given.every(({ isKept }) => isKept)) return this.ofLists(given.flatMap(({ lists }) => lists));
    return this.byAnswers.of(given, () => this.ofLists(given.flatMap(({ lists }) => lists)));
  }

  /** Where one policy makes its rules anew for each answer, what follows from those of the others is kept. */
  private ofLists(lists: readonly RuleList[]): RuleSet {
    const fresh = lists.filter(({ isFixed }) => !isFixed);
    if (fresh.length > 0) {
      const set = new RuleSet(fresh, this.predicates);
      if (fresh.length === lists.length) return set;
      const kept = this.ofLists(lists.filter(({ isFixed }) => isFixed));
      return new RuleSet(lists, this.predicates, { split: [kept, set] });
    }
    return this.byLists.of(lists, () => this.ofFixed(lists));
  }

  /**
   * Of long lists, what queries need is made once, whichever other lists there are for a principal; of lists that all
   * principals share, what decisions need.
   */
  private ofFixed(lists: readonly RuleList[]): RuleSet {
    const split = this.parted(lists, (list) => list.rules.length > LONG || this.predicates.isHeavy(list));
    const personal = this.parted(lists, ({ isPersonal }) => isPersonal);
    return new RuleSet(lists, this.predicates, { ...(split && { split }), ...(personal && { personal }) });
  }

  /** The set of the other lists, and that of those for which it is true; undefined if one of them has none. */
  private parted(
    lists: readonly RuleList[],
    isSecond: (list: RuleList) => boolean,
  ): readonly [RuleSet, RuleSet] | undefined {
    const second = lists.filter(isSecond);
    if (second.length === 0 || second.length === lists.length) return undefined;
    return [this.ofLists(lists.filter((list) => !second.includes(list))), this.ofLists(second)];
  }
}

/**
 * The answers of the policies so far, one after the other, for one kind of principal and one operation. Immutable
 * answers lead to the same node each time: one lookup per policy leads to the finished rule set.
 */
export class Answered {
  private readonly longer = new WeakMap<PolicyAnswer, Answered>();
  /** The answers given last and their nodes: comparing a few is faster than the map. */
  private readonly recent: { readonly answer: PolicyAnswer; readonly next: Answered }[] = [];
  private known: RuleSet | undefined;

  constructor(
    private readonly sets: RuleSets,
    private readonly given: readonly Given[] = [],
  ) {}

  /** The node after one more answer; undefined if the answer is new or may have changed. */
  after(answer: PolicyAnswer): Answered | undefined {
    const { recent } = this;
    for (let i = 0; i < recent.length; i++) {
      const one = recent[i] as (typeof recent)[number];
      if (one.answer === answer) return one.next;
    }
    const next = this.longer.get(answer);
    if (next !== undefined) {
      if (recent.length === A_FEW) recent.shift();
      recent.push({ answer, next });
    }
    return next;
  }

  /** @param isFixed the answer cannot change any more */
  add(answer: PolicyAnswer, given: Given, isFixed: boolean): Answered {
    const next = new Answered(this.sets, [...this.given, given]);
    if (isFixed) this.longer.set(answer, next);
    return next;
  }

  get rules(): RuleSet {
    this.known ??= this.sets.of(this.given);
    return this.known;
  }
}
