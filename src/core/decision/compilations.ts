import { Parts } from '../parts.js';
import { Predicates } from './predicates.js';
import { RuleSets } from './rule-sets.js';
import { Answers, type FixedRules } from './rule-lists.js';
import type { Policy, PolicyAnswer } from '../policy.js';

/**
 * What decision points compile from the rules, shared by successive ones. It depends on frozen rules alone, and is
 * released with them.
 */
export class Compilations {
  readonly parts = new Parts();
  private readonly predicates = new Predicates();
  readonly sets = new RuleSets(this.predicates);
  private readonly byPolicy = new WeakMap<Policy, Answers>();
  /** By the name of their policy, because its object changes with each version. */
  private readonly fixedRules = new Map<string, FixedRules>();
  readonly ofAdministrators = this.answers('administrators');

  private readonly prepared = new WeakSet<PolicyAnswer>();

  /**
   * Prepares, rule by rule, what lists need of an answer that this package made, so that others can run in between.
   */
  *prepare(answer: PolicyAnswer): IterableIterator<void> {
    if (this.prepared.has(answer)) return;
    const { permissive = [], restrictive = [] } = answer;
    for (const { when } of [...permissive, ...restrictive]) {
      this.predicates.promise(when);
      this.parts.of(when);
      this.predicates.surroundings.prepare(when);
      yield;
    }
    this.prepared.add(answer);
  }

  answersOf(policy: Policy): Answers {
    let answers = this.byPolicy.get(policy);
    if (answers === undefined) this.byPolicy.set(policy, (answers = this.answers(policy.name)));
    return answers;
  }

  private answers(name: string): Answers {
    let fixed = this.fixedRules.get(name);
    if (fixed === undefined)
      this.fixedRules.set(name, (fixed = { permits: new WeakMap(), restricts: new WeakMap() }));
    return new Answers(name, this.predicates, this.parts, fixed);
  }
}
