/** The holders of one role of a case. */
export interface StoredHolders {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** A comment on a case. */
export interface StoredComment {
  readonly id: string;
  readonly author: string;
  readonly at: Date;
  readonly text: string;
  /** Shown to these roles and its author only; missing: to everybody who may read the case. */
  readonly roles?: readonly string[];
  readonly changedAt?: Date;
  readonly changedBy?: string;
}

/** The guard's data about an instance as a case. */
export interface CaseGuard {
  /** The holders of each role of its case; missing: its model declares no roles. */
  caseRoles?: Record<string, StoredHolders>;
  /** Set with `caseRoles`, and all holders together; derived from it. */
  isCase?: true;
  caseHolders?: StoredHolders;
  /** Comments on the case, the oldest first. */
  comments?: StoredComment[];
}
