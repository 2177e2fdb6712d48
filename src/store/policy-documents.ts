/** The documents of the policies that administrators configured: a log of versions for each tenant. */

import type { PolicyChange } from '../core/policy-set/policy-set.js';

export type { PolicyChange } from '../core/policy-set/policy-set.js';

/** Changes that are too large for one document, and the number of documents that contain them. */
export interface PolicyParts {
  readonly id: string;
  readonly count: number;
}

/** One version of the policy set of a tenant. It never changes and is never removed. */
export interface PolicyVersion {
  /** Null: rows without a tenant. */
  readonly tenantId: string | null;
  /** Starts at 1 and grows by 1. */
  readonly version: number;
  readonly time: Date;
  /** The author of the change. */
  readonly userName: string;
  readonly reason?: string | undefined;
  /** The origin: an API call, or applied files. */
  readonly source: 'api' | 'file';
  /** The number of changed entries. */
  readonly count: number;
  /** The changes; missing if `parts` is given. */
  readonly changes?: readonly PolicyChange[] | undefined;
  readonly parts?: PolicyParts | undefined;
}

/** All entries of a set at one version; saves replaying the log from its beginning. */
export interface PolicySnapshot {
  readonly tenantId: string | null;
  readonly version: number;
  readonly parts: PolicyParts;
}

/** The log of the policy sets: one set per tenant, and one (null) for rows without a tenant. */
export interface PolicyStore {
  /** The newest version; 0: nothing was ever configured. Reads one index entry. */
  head(tenantId: string | null): Promise<number>;
  /** Versions above `after` and up to `upTo`, in ascending order. */
  versions(
    tenantId: string | null,
    range: {
      readonly after?: number | undefined;
      readonly upTo?: number | undefined;
      readonly newestFirst?: boolean | undefined;
      readonly limit: number;
    },
  ): Promise<PolicyVersion[]>;
  /** The changes in one part; undefined if it is missing. */
  part(id: string, index: number): Promise<readonly PolicyChange[] | undefined>;
  /**
   * Inserts a version with its parts. After a crash either all of it is stored or no version. False: someone else
   * stored a version with this number first, and nothing was changed.
   */
  append(version: PolicyVersion, parts: readonly (readonly PolicyChange[])[]): Promise<boolean>;
  /** The newest snapshot at or below that version. */
  snapshot(tenantId: string | null, upTo: number): Promise<PolicySnapshot | undefined>;
  /** Stores a snapshot; does nothing if that version has one. */
  addSnapshot(snapshot: PolicySnapshot, parts: readonly (readonly PolicyChange[])[]): Promise<void>;
}
