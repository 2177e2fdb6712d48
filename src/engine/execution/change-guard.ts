import type { InstanceGuard, Store } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { nextGuard } from './commit.js';

/** Changes only the guard's fields of a stored instance. The caller must hold its lock. */
export async function changeGuard(
  store: Store,
  id: string,
  change: (guard: InstanceGuard) => InstanceGuard,
): Promise<void> {
  const document = await store.instances.load(id, LARGE_FIELDS);
  if (document?.guard === undefined) return;
  await store.instances.update(id, document.guard.rev, { guard: nextGuard(change(document.guard)) });
}
