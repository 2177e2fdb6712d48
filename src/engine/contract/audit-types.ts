import type { UserInfo } from '../../core/principal.js';
import type { AuditEntry } from '../../store/port.js';

/** What to look for in the audit trail; all of it must fit. */
export interface AuditQuery {
  /** The earliest time, inclusive: a date, or a text such as `2026-01-31T00:00:00Z`. */
  readonly since?: Date | string;
  /** The time before which entries are, exclusive. */
  readonly until?: Date | string;
  /** Who caused it. */
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

/** Reads the audit trail, for holders of `Log:Read` and others who may `system:audit`. */
export interface AuditApi {
  /**
   * Entries of the caller's tenant, newest first; for a caller without a tenant those without one, and for SYSTEM
   * without a tenant those of all.
   */
  find(query?: AuditQuery, user?: UserInfo): Promise<AuditPage>;
}
