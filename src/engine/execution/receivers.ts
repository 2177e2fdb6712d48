import type { ThrownMessage } from '../../store/port.js';
import type { HostStore } from './host-store.js';

/**
 * The ids of stored items that wait for a thrown message, of the thrower's tenant. Nothing waits in an instance that
 * has ended, and the index of messages has only running ones.
 */
export async function receiversOfMessage(
  hostStore: Pick<HostStore, 'itemPages'>,
  { id, tenantId, matching }: ThrownMessage,
): Promise<string[]> {
  const query = { ...Object.fromEntries(matching), tenantId, 'items.messageId': id, 'items.status': 'wait' };
  const found: { readonly id: string; readonly seq: number }[] = [];
  for await (const rows of hostStore.itemPages({ status: 'running', ...query }))
    for (const row of rows) found.push({ id: row.id as string, seq: Number(row.seq) });
  return found.sort((a, b) => a.seq - b.seq).map((item) => item.id);
}
