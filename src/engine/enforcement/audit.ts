import { today } from '../../core/clock.js';
import { ERROR_CODES, isGuardError, type ErrorCode } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import type { AuditEntry, AuditStore } from '../../store/port.js';
import type { Command } from '../execution/command.js';
import type { Contexts } from '../execution/context.js';
import { RefusalTally } from './refusal-tally.js';
import type { AuditSink } from '../contract/types.js';
import type { Incidents } from '../contract/incidents.js';
import { Outlet } from '../contract/outlet.js';
import { summary, type Decision } from '../../core/decision/decision.js';

/** The ids of the resource in an entry; never its data. */
export type Target = AuditEntry['resource'];

/**
 * The facts that decide about access, before and after a change, and what was overridden by it. `tenantId` is that of
 * what was changed; missing: that of the caller.
 */
export type Change = Pick<AuditEntry, 'before' | 'after' | 'overrides' | 'tenantId'>;
/** Facts about the caller other than the name. */
export type Origin = Pick<AuditEntry, 'address' | 'onBehalfOf'> & {
  /** Asked only if an entry is written. */
  readonly tenant?: () => Promise<string | undefined>;
};

const answerOf = (code: string): AuditEntry['answer'] =>
  Object.hasOwn(ERROR_CODES, code) && ERROR_CODES[code as ErrorCode].status < 500 ? 'refused' : 'failed';

/** The audit trail: refusals, failures and completed commands. */
export class Audit {
  private readonly sink: Outlet<AuditEntry> | undefined;
  private readonly tally: RefusalTally;

  constructor(
    private readonly store: AuditStore,
    sink: AuditSink | undefined,
    private readonly incidents: Incidents,
    private readonly bypass: boolean,
    private readonly contexts: Pick<Contexts, 'onBehalf'>,
  ) {
    this.sink = sink && new Outlet('the audit sink', sink, incidents);
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

  /** An action by a key on behalf of a user is recorded under the key's name, with that user. */
  private who(userName: string | null): Pick<AuditEntry, 'userName' | 'onBehalfOf'> {
    const { onBehalf } = this.contexts;
    if (onBehalf === undefined || (userName !== null && userName !== onBehalf.userName)) return { userName };
    return { userName: onBehalf.actor, onBehalfOf: onBehalf.userName };
  }

  /** Never throws: an answer stands whether or not it could be recorded. A failure to record is logged. */
  async record(entries: readonly Omit<AuditEntry, 'time' | 'bypass'>[]): Promise<void> {
    if (entries.length === 0) return;
    const full = entries.map((entry) => ({
      time: today(),
      ...entry,
      ...this.who(entry.userName),
      ...(this.bypass ? { bypass: true } : {}),
    }));
    await this.store
      .append(full)
      .catch((error: unknown) =>
        this.incidents.record('audit', 'the audit trail could not be written', error, { entries: full }),
      );
    for (const entry of full) this.sink?.push(entry);
  }

  /** Resolves when the application's sink has received its entries, each within its time limit. */
  async flushed(): Promise<void> {
    await this.sink?.flushed();
  }

  /** @param by the decision that allowed it, or the reason in words */
  allowed(
    principal: SecureUser,
    operation: string,
    resource: Target,
    by: Decision | string,
    change: Change = {},
  ): Promise<void> {
    return this.record([
      {
        tenantId: principal.tenantId,
        ...change,
        userName: principal.userName,
        operation,
        resource,
        answer: 'allowed',
        reason: typeof by === 'string' ? by : summary(by),
      },
    ]);
  }

  /** @param error the error that the caller receives */
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
   * Records a caller who could not be authenticated. For callers who have shown nothing known, only a limited
   * number is recorded per minute; the rest are counted by kind.
   */
  async refusedAtDoor(
    shown: string | undefined,
    resource: Target,
    error: unknown,
    { operation = 'authenticate', tenant, ...from }: Origin & { readonly operation?: string } = {},
  ): Promise<void> {
    const reason = isGuardError(error) ? error.code : 'failed';
    const kind = { operation, name: resource.name ?? '', reason };
    if (shown === undefined && !this.tally.admits(kind)) return;
    const tenantId = await tenant?.();
    const facts = { ...from, ...(tenantId === undefined ? {} : { tenantId }) };
    return this.record([
      { ...facts, userName: shown ?? null, operation, resource, answer: answerOf(reason), reason },
    ]);
  }

  /** Records a login or logout. */
  async session(operation: 'login' | 'logout', userName: string, { tenant, ...from }: Origin): Promise<void> {
    const resource = { kind: 'system', name: 'session' };
    const tenantId = await tenant?.();
    const facts = { ...from, ...(tenantId === undefined ? {} : { tenantId }) };
    return this.record([{ ...facts, userName, operation, resource, answer: 'allowed', reason: operation }]);
  }

  /** Records counts that are not yet recorded; to be called before the store is closed. */
  flush(): Promise<void> {
    return this.tally.flush();
  }

  /** Records failures inside a model that did not stop it. */
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
