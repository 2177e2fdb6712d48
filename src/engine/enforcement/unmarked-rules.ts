import type { Ruling } from '../../core/ruling.js';
import type { GuardLogger } from '../contract/types.js';

/** So many are named; a policy that makes up a name for each answer cannot fill the memory. */
const MOST_NAMED = 1_000;

/**
 * The permissive rules met so far from which no marks follow. Which rules a policy gives may depend on groups and
 * attributes that nobody can try beforehand, so each list tells what it met.
 */
export class UnmarkedRules {
  private readonly names: Set<string>;

  /** @param found when the guard was made */
  constructor(
    found: readonly string[],
    private readonly logger: GuardLogger,
  ) {
    this.names = new Set(found);
  }

  /** As `policy/rule`, in the order in which they were met. */
  get list(): readonly string[] {
    return Object.freeze([...this.names]);
  }

  /** Takes note of the rules of a list; each that is new is logged once. */
  note(ruling: Ruling): void {
    for (const name of ruling.unmarked()) {
      if (this.names.has(name) || this.names.size >= MOST_NAMED) continue;
      this.names.add(name);
      this.logger.warn('no marks follow from a rule: lists look through all instances of the tenant', {
        rule: name,
      });
    }
  }
}
