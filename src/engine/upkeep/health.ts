import { messageOf } from '../../core/thrown.js';
import type { Store } from '../../store/port.js';
import { COUNTED } from '../enforcement/paging.js';
import { HELD } from '../enforcement/held-work.js';
import { heldStarts } from '../execution/held-starts.js';
import { UNFINISHED } from '../execution/recovery.js';
import type { OrphanCount } from './orphans.js';
import type { Reindexed } from './reindex.js';
import type { Incidents } from '../contract/incidents.js';
import type { Health } from '../contract/types.js';

/** The guard's view of its own state. */
interface Known extends Pick<Health, 'bypass' | 'unreadableModels' | 'unmarked'> {
  readonly reindexed: Reindexed;
  readonly incidents: Incidents;
  readonly policyFiles: string | undefined;
  readonly orphans?: Pick<OrphanCount, 'read'>;
}

/** The state of the guard and its store. Never throws. */
export async function health(
  store: Store,
  { reindexed, incidents: { counts: incidents }, policyFiles, orphans, ...known }: Known,
): Promise<Health> {
  const { kind } = store;
  const said = { ...known, incidents, ...(policyFiles !== undefined && { policyFiles }) };
  try {
    await store.ping();
    const [missingIndexes, stuck, heldWork, starts, orphaned] = await Promise.all([
      store.missingIndexes(),
      store.instances.count({ filter: UNFINISHED }, COUNTED),
      store.instances.count({ filter: HELD }, COUNTED),
      heldStarts(store),
      orphans?.read(),
      reindexed.refresh(),
    ]);
    return {
      ok: missingIndexes.length === 0,
      store: { kind, answers: true },
      missingIndexes,
      reindexed: reindexed.value,
      stuck,
      held: heldWork + starts.length,
      ...(orphaned !== undefined && { orphans: orphaned }),
      ...said,
    };
  } catch (error) {
    return {
      ok: false,
      store: { kind, answers: false, cause: messageOf(error) },
      missingIndexes: [],
      reindexed: reindexed.value,
      stuck: 0,
      held: 0,
      ...said,
    };
  }
}
