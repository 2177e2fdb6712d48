import { userInfo } from 'node:os';
import { today } from '../core/clock.js';
import type { AuditEntry, Store } from '../store/port.js';

/** Who works on the command line: the account of the machine. */
export function account(): string {
  try {
    return `command-line:${userInfo().username}`;
  } catch {
    // Some containers have accounts without a name.
    return 'command-line:unknown';
  }
}

/**
 * Records actions of the command line in the audit trail, with the account of the machine.
 * @param change also the tenant of what was changed, whose administrators see the entry
 */
export async function record(
  store: Store,
  what: string,
  id: string,
  change: Pick<AuditEntry, 'before' | 'after' | 'count' | 'tenantId'> = {},
): Promise<void> {
  await store.audit.append([
    {
      time: today(),
      userName: account(),
      operation: 'system:policy',
      resource: { kind: 'system', name: what, id },
      answer: 'allowed',
      reason: 'command line',
      ...change,
    },
  ]);
}
