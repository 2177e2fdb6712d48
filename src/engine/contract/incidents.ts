import { isError, messageOf, propertyOf } from '../../core/thrown.js';
import type { GuardLogger } from './types.js';

/** The kinds of failures: of a policy, the directory, a lock, a model, the examination of a folder… */
type IncidentKind =
  | 'policy'
  | 'decision'
  | 'expression'
  | 'directory'
  | 'lock'
  | 'model'
  | 'audit'
  | 'examination'
  | 'notification'
  | 'dropped';

/** Counts failures that were answered by a refusal, and logs each with its cause. `health()` shows the counts. */
export class Incidents {
  private readonly counted = new Map<IncidentKind, number>();

  constructor(private readonly logger: GuardLogger) {}

  /** Logs the failure with its cause and counts it. */
  record(kind: IncidentKind, what: string, cause: unknown, facts: Record<string, unknown> = {}): void {
    this.count(kind);
    const below = isError(cause) ? propertyOf(cause, 'cause') : undefined;
    const under = below === undefined ? {} : { cause: messageOf(below) };
    this.logger.error(what, { ...facts, error: messageOf(cause), ...under });
  }

  count(kind: IncidentKind, by = 1): void {
    this.counted.set(kind, (this.counted.get(kind) ?? 0) + by);
  }

  /** Counts by kind since the guard was created; kinds that did not occur are omitted. */
  get counts(): Readonly<Record<string, number>> {
    return Object.freeze(Object.fromEntries(this.counted));
  }
}
