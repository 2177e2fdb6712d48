import type { HostStore } from './host-store.js';

/** Where to look for timers; missing: everywhere. */
export interface Look {
  readonly id?: string;
  readonly 'guard.suspension'?: object;
  readonly 'guard.timers'?: boolean | null;
}

export interface WaitingTimer {
  readonly id: string;
  readonly instanceId: string;
  readonly timeDue: Date;
}

/**
 * The stored timers that wait.
 * @param before only those that are due before that time
 */
export async function waitingTimers(
  store: Pick<HostStore, 'itemPages'>,
  look: Look,
  before?: Date,
): Promise<WaitingTimer[]> {
  const found: WaitingTimer[] = [];
  const pages = store.itemPages({
    // Nothing fires in an instance that has ended; and the indexes of timers have only running ones.
    status: 'running',
    ...look,
    'items.timeDue': { $type: 'date', ...(before && { $lt: before }) },
    'items.status': 'wait',
  });
  for await (const rows of pages)
    for (const { id, instanceId, timeDue } of rows as unknown as WaitingTimer[])
      found.push({ id, instanceId, timeDue });
  return found;
}
