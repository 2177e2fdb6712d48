import type { Ruling } from '../../core/decision/ruling.js';
import type { DataPaths } from '../execution/data-paths.js';
import type { GuardLogger } from '../contract/types.js';

/** Maximum number of names kept: a policy that invents a name per answer cannot fill the memory. */
const MOST_NAMED = 1_000;

/**
 * The permissive rules met so far from which no marks follow. The rules of a policy may depend on groups and
 * attributes that cannot be tried in advance, so each list reports the rules it met.
 */
export class UnmarkedRules {
  private readonly names: Set<string>;

  /** @param found the rules found when the guard was created */
  constructor(
    found: readonly string[],
    private readonly logger: GuardLogger,
    private readonly dataPaths: Pick<DataPaths, 'want'>,
  ) {
    this.names = new Set(found);
  }

  /** As `policy/rule`, in the order they were met. */
  get list(): readonly string[] {
    return Object.freeze([...this.names]);
  }

  /** Records the rules of a list; each new one is logged once. Instances get marks for the data that they compare. */
  record(ruling: Ruling): void {
    this.dataPaths.want(ruling.dataPaths(), ruling.principal.tenantId);
    for (const name of ruling.unmarked()) {
      if (this.names.has(name) || this.names.size >= MOST_NAMED) continue;
      this.names.add(name);
      this.logger.warn('no marks follow from a rule: lists look through all instances of the tenant', {
        rule: name,
      });
    }
  }
}
