import type { GuardLogger } from './types.js';

/** What could not be told or done, by kind: a policy, the directory, a lock, a model, a notification… */
type IncidentKind =
  | 'policy'
  | 'decision'
  | 'expression'
  | 'directory'
  | 'lock'
  | 'model'
  | 'audit'
  | 'notification'
  | 'dropped';

/** The message of whatever was thrown. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Counts what failed and was answered with a closed door; logs each with its cause. `health()` shows the counts. */
export class Incidents {
  private readonly counted = new Map<IncidentKind, number>();

  constructor(private readonly logger: GuardLogger) {}

  /** One log line with the cause, and one more of that kind. */
  note(kind: IncidentKind, what: string, cause: unknown, facts: Record<string, unknown> = {}): void {
    this.count(kind);
    const under =
      cause instanceof Error && cause.cause !== undefined ? { cause: messageOf(cause.cause) } : {};
    this.logger.error(what, { ...facts, error: messageOf(cause), ...under });
  }

  count(kind: IncidentKind, by = 1): void {
    this.counted.set(kind, (this.counted.get(kind) ?? 0) + by);
  }

  /** How many of each kind since the guard was made; kinds that did not occur are left out. */
  get counts(): Readonly<Record<string, number>> {
    return Object.freeze(Object.fromEntries(this.counted));
  }
}
