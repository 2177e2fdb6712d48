import { userInfo } from 'node:os';
import { today } from '../core/clock.js';
import type { AuditEntry, Store } from '../store/port.js';

function account(): string {
  try {
    return userInfo().username;
  } catch {
    // Some containers have accounts without a name.
    return 'unknown';
  }
}

/** Records in the audit trail what was done on the command line, and by which account of the machine. */
export async function record(
  store: Store,
  what: string,
  id: string,
  change: Pick<AuditEntry, 'before' | 'after'> = {},
): Promise<void> {
  await store.audit.append([
    {
      time: today(),
      userName: `command-line:${account()}`,
      operation: 'system:policy',
      resource: { kind: 'system', name: what, id },
      answer: 'allowed',
      reason: 'command line',
      ...change,
    },
  ]);
}
