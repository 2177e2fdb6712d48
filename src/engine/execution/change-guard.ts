import { Conflict } from '../../core/errors.js';
import type { InstanceGuard, Store } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { nextGuard } from './commit.js';

/** How often a write is repeated. Terminating an instance takes no lock. */
const TRIES = 10;

/**
 * Changes only the guard's fields of a stored instance. The caller must hold its lock.
 * @param change called again with the newest fields if someone else has written the instance in between
 * @throws Conflict `conflict` if others kept changing it; nothing was stored
 */
export async function changeGuard(
  store: Pick<Store, 'instances'>,
  id: string,
  change: (guard: InstanceGuard) => InstanceGuard,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const document = await store.instances.load(id, LARGE_FIELDS);
    if (document?.guard === undefined) return;
    const guard = nextGuard(change(document.guard));
    if (await store.instances.update(id, document.guard.rev, { guard })) return;
  }
  throw new Conflict('conflict', 'The instance was repeatedly changed by others; nothing was stored.');
}
