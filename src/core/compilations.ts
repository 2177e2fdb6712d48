import { Parts } from './parts.js';
import { Predicates } from './predicates.js';
import { RuleSets } from './rule-sets.js';
import { Answers } from './rule-lists.js';
import type { Policy, PolicyAnswer } from './policy.js';

/**
 * What decision points compile of the rules, for those that follow each other to share: whatever is kept follows from
 * frozen rules alone, and goes with them.
 */
export class Compilations {
  readonly parts = new Parts();
  private readonly predicates = new Predicates();
  readonly sets = new RuleSets(this.predicates);
  readonly ofAdministrators = new Answers('administrators', this.predicates, this.parts);
  private readonly byPolicy = new WeakMap<Policy, Answers>();

  /** Compiles the rules of a fixed answer one after the other, so that others can run in between. */
  *prepare({ permissive = [], restrictive = [] }: PolicyAnswer): IterableIterator<void> {
    for (const { when } of [...permissive, ...restrictive]) {
      this.predicates.of(when);
      this.parts.of(when);
      this.predicates.surroundings.prepare(when);
      yield;
    }
  }

  answersOf(policy: Policy): Answers {
    let answers = this.byPolicy.get(policy);
    if (answers === undefined)
      this.byPolicy.set(policy, (answers = new Answers(policy.name, this.predicates, this.parts)));
    return answers;
  }
}
