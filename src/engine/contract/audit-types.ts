import type { UserInfo } from '../../core/principal.js';
import type { AuditEntry } from '../../store/port.js';

/** Conditions on entries of the audit trail; all of them must hold. */
export interface AuditQuery {
  /** The earliest time, inclusive: a date, or a text such as `2026-01-31T00:00:00Z`. */
  readonly since?: Date | string;
  /** The latest time, exclusive. */
  readonly until?: Date | string;
  /** The user who made the call. */
  readonly userName?: string;
  readonly answer?: AuditEntry['answer'];
  /** Entries on a page; default 50, at most 500. */
  readonly limit?: number;
  /** The cursor of the previous page. */
  readonly after?: string | null;
}

/** A page of the audit trail, newest first. */
export interface AuditPage {
  readonly data: readonly AuditEntry[];
  /** The value for `after`, or null on the last page. */
  readonly nextCursor: string | null;
}

/** Reads the audit trail, for principals with the operation `system:audit` (`Log:Read`, `Exception:Read`). */
export interface AuditApi {
  /**
   * Entries of the caller's tenant, newest first. A caller without a tenant gets entries without one; SYSTEM without a
   * tenant gets all.
   */
  find(query?: AuditQuery, user?: UserInfo): Promise<AuditPage>;
}
