import { userInfo } from 'node:os';
import { today } from '../core/clock.js';
import { messageOf } from '../core/thrown.js';
import type { AuditEntry, Store } from '../store/port.js';
import { NotDone } from './io.js';

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
 * @throws NotDone if the entry could not be written, which says that the action itself is done
 */
export async function record(
  store: Store,
  what: string,
  id: string,
  change: Pick<AuditEntry, 'before' | 'after' | 'count' | 'tenantId'> = {},
): Promise<void> {
  const entry: AuditEntry = {
    time: today(),
    userName: account(),
    operation: 'system:policy',
    resource: { kind: 'system', name: what, id },
    answer: 'allowed',
    reason: 'command line',
    ...change,
  };
  try {
    await store.audit.append([entry]);
  } catch (error) {
    const why = messageOf(error);
    throw new NotDone(`Done, but not in the audit trail, which could not be written: ${what} ${id}: ${why}`);
  }
}
