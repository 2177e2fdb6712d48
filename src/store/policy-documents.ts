/** The documents in which a store keeps what administrators configured: a log of versions for each tenant. */

import type { PolicyChange } from '../core/policy-set.js';

export type { PolicyChange } from '../core/policy-set.js';

/** Changes that are too large for one document: so many documents of their own. */
export interface PolicyParts {
  readonly id: string;
  readonly count: number;
}

/** One version of the policy set of a tenant. It is never changed or removed. */
export interface PolicyVersion {
  /** Null: the rows without a tenant. */
  readonly tenantId: string | null;
  /** 1 for the first one; each is one more than the one before. */
  readonly version: number;
  readonly time: Date;
  /** Who made it. */
  readonly userName: string;
  readonly reason?: string | undefined;
  /** Where it comes from: a call, or files that were applied. */
  readonly source: 'api' | 'file';
  /** How many entries it changes. */
  readonly count: number;
  /** What it changes; missing where `parts` is given. */
  readonly changes?: readonly PolicyChange[] | undefined;
  readonly parts?: PolicyParts | undefined;
}

/** All entries of a set at one version, so that a start need not replay the log from its beginning. */
export interface PolicySnapshot {
  readonly tenantId: string | null;
  readonly version: number;
  readonly parts: PolicyParts;
}

/** The log of the policy sets, one set for each tenant and one (null) for rows without a tenant. */
export interface PolicyStore {
  /** The newest version; 0: nothing was ever configured. One read of an index. */
  head(tenantId: string | null): Promise<number>;
  /** Versions above `after` and up to `upTo`, in their order. */
  versions(
    tenantId: string | null,
    range: {
      readonly after?: number | undefined;
      readonly upTo?: number | undefined;
      readonly newestFirst?: boolean | undefined;
      readonly limit: number;
    },
  ): Promise<PolicyVersion[]>;
  /** The changes in one of the parts; undefined when it is not there. */
  part(id: string, index: number): Promise<readonly PolicyChange[] | undefined>;
  /**
   * Inserts a version with its parts: after a crash all of it is there, or no version. False: somebody else was
   * first with that number, and nothing was changed.
   */
  append(version: PolicyVersion, parts: readonly (readonly PolicyChange[])[]): Promise<boolean>;
  /** The newest snapshot that is not above that version. */
  snapshot(tenantId: string | null, upTo: number): Promise<PolicySnapshot | undefined>;
  /** Keeps a snapshot; does nothing where there is one of that version. */
  addSnapshot(snapshot: PolicySnapshot, parts: readonly (readonly PolicyChange[])[]): Promise<void>;
}
