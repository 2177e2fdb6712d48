import { today } from '../../core/clock.js';
import { isGuardError } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import type { AuditEntry, AuditStore } from '../../store/port.js';
import type { Command, Contexts } from '../execution/context.js';
import type { AuditSink, GuardLogger } from '../contract/types.js';

/** What an entry says of the resource: its ids, never its data. */
export type Target = AuditEntry['resource'];

/** The audit trail: refusals and failures always, commands that were carried out always (spec 06; 07). */
export class Audit {
  constructor(
    private readonly store: AuditStore,
    private readonly sink: AuditSink | undefined,
    private readonly logger: GuardLogger,
    private readonly bypass: boolean,
    private readonly contexts: Pick<Contexts, 'onBehalf'>,
  ) {}

  /** What a key does on behalf of a user is recorded as the key's, for the user. */
  private who(userName: string | null): Pick<AuditEntry, 'userName' | 'onBehalfOf'> {
    const { onBehalf } = this.contexts;
    if (onBehalf === undefined || (userName !== null && userName !== onBehalf.userName)) return { userName };
    return { userName: onBehalf.actor, onBehalfOf: onBehalf.userName };
  }

  /** Never throws: an answer stands whether or not it could be recorded; that it could not is logged. */
  async record(entries: readonly Omit<AuditEntry, 'time' | 'bypass'>[]): Promise<void> {
    if (entries.length === 0) return;
    const full = entries.map((entry) => ({
      time: today(),
      ...entry,
      ...this.who(entry.userName),
      ...(this.bypass ? { bypass: true } : {}),
    }));
    const unless = (what: string) => (error: unknown) =>
      this.logger.error(what, {
        error: error instanceof Error ? error.message : String(error),
        entries: full,
      });
    await this.store.append(full).catch(unless('the audit trail could not be written'));
    for (const entry of full)
      await (async () => this.sink?.(entry))().catch(unless('the audit trail could not be passed on'));
  }

  allowed(principal: SecureUser, operation: string, resource: Target, reason: string): Promise<void> {
    return this.record([
      {
        userName: principal.userName,
        tenantId: principal.tenantId,
        operation,
        resource,
        answer: 'allowed',
        reason,
      },
    ]);
  }

  /** @param error what the caller is told */
  refused(
    principal: SecureUser | undefined,
    operation: string,
    resource: Target,
    error: unknown,
  ): Promise<void> {
    const known = isGuardError(error);
    const answer = known && error.status < 500 ? 'refused' : 'failed';
    return this.record([
      {
        userName: principal?.userName ?? null,
        tenantId: principal?.tenantId,
        operation,
        resource,
        answer,
        reason: known ? error.code : 'failed',
      },
    ]);
  }

  /** Somebody who could not be let in; `userName` is the name of the key that was shown, where that was a good one. */
  refusedAtDoor(
    userName: string | undefined,
    resource: Target,
    error: unknown,
    onBehalfOf?: string,
  ): Promise<void> {
    const known = isGuardError(error);
    return this.record([
      {
        userName: userName ?? null,
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        operation: 'authenticate',
        resource,
        answer: known && error.status < 500 ? 'refused' : 'failed',
        reason: known ? error.code : 'failed',
      },
    ]);
  }

  /** What failed inside a model without stopping it. */
  failures(command: Command): Promise<void> {
    const { causer, tenantId } = command;
    return this.record(
      command.failures.map(({ what, instanceId, itemId }) => ({
        userName: causer.userName,
        tenantId,
        operation: 'system:expression',
        resource: { kind: itemId === undefined ? 'instance' : 'task', id: itemId ?? instanceId, instanceId },
        answer: 'failed' as const,
        reason: what,
      })),
    );
  }
}
