import { today } from '../../core/clock.js';
import { ERROR_CODES, isGuardError, type ErrorCode } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import type { AuditEntry, AuditStore } from '../../store/port.js';
import type { Command, Contexts } from '../execution/context.js';
import { RefusalTally } from './refusal-tally.js';
import type { AuditSink, GuardLogger } from '../contract/types.js';

/** What an entry says of the resource: its ids, never its data. */
export type Target = AuditEntry['resource'];

/** What decided about access before a change, and decides after it. */
export type Change = Pick<AuditEntry, 'before' | 'after'>;
/** What is known of who came, beside the name. */
export type Door = Pick<AuditEntry, 'address' | 'onBehalfOf' | 'tenantId'>;

const answerOf = (code: string): AuditEntry['answer'] =>
  Object.hasOwn(ERROR_CODES, code) && ERROR_CODES[code as ErrorCode].status < 500 ? 'refused' : 'failed';

/** The audit trail: refusals and failures always, commands that were carried out always (spec 06; 07). */
export class Audit {
  private readonly tally: RefusalTally;

  constructor(
    private readonly store: AuditStore,
    private readonly sink: AuditSink | undefined,
    private readonly logger: GuardLogger,
    private readonly bypass: boolean,
    private readonly contexts: Pick<Contexts, 'onBehalf'>,
  ) {
    this.tally = new RefusalTally(({ operation, name, reason }, count) =>
      this.record([
        {
          userName: null,
          operation,
          resource: { kind: 'system', name },
          answer: answerOf(reason),
          reason,
          count,
        },
      ]),
    );
  }

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

  allowed(
    principal: SecureUser,
    operation: string,
    resource: Target,
    reason: string,
    change: Change = {},
  ): Promise<void> {
    return this.record([
      {
        userName: principal.userName,
        tenantId: principal.tenantId,
        operation,
        resource,
        answer: 'allowed',
        reason,
        ...change,
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

  /**
   * Somebody who could not be let in. Of those who have shown nothing that is known, so many are recorded a minute, and
   * the others counted by kind.
   */
  refusedAtDoor(
    shown: string | undefined,
    resource: Target,
    error: unknown,
    { operation = 'authenticate', ...from }: Door & { readonly operation?: string } = {},
  ): Promise<void> {
    const reason = isGuardError(error) ? error.code : 'failed';
    const kind = { operation, name: resource.name ?? '', reason };
    if (shown === undefined && !this.tally.admits(kind)) return Promise.resolve();
    return this.record([
      { userName: shown ?? null, ...from, operation, resource, answer: answerOf(reason), reason },
    ]);
  }

  /** Somebody who signed in or out. */
  session(operation: 'login' | 'logout', userName: string, from: Door): Promise<void> {
    const resource = { kind: 'system', name: 'session' };
    return this.record([{ userName, ...from, operation, resource, answer: 'allowed', reason: operation }]);
  }

  /** Records what was only counted so far; before the store is closed. */
  flush(): Promise<void> {
    return this.tally.flush();
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
