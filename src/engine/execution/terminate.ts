import { today } from '../../core/clock.js';
import { Conflict } from '../../core/errors.js';
import type { InstanceStore } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { deriveGuard } from '../model/derive.js';
import { nextGuard } from './commit.js';

/** How often a write is retried when someone else writes the instance at the same time. */
const TRIES = 10;

/**
 * Ends an instance with everything that waits in it and the processes it has called. No code of its model runs.
 * Takes no lock: a concurrent command then has an outdated revision and stores nothing.
 * @returns the ids of the ended instances
 * @throws Conflict `conflict` if others kept changing it
 */
export async function terminate(instances: InstanceStore, id: string, tries = TRIES): Promise<string[]> {
  const document = await instances.load(id, LARGE_FIELDS);
  if (document === undefined || document.status !== 'running') return [];
  const open = (document.items ?? []).filter((item) => item.status !== 'end');
  for (const item of open) item.status = 'end';
  const tokens = (document.tokens ?? []).map((token) => ({ ...(token as object), status: 'terminated' }));
  const rev = document.guard?.rev;
  const {
    busy: _busy,
    begun: _begun,
    outbox: _outbox,
    attempts: _attempts,
    ...kept
  } = document.guard ?? { rev: 0 };
  const guard = nextGuard(kept);
  Object.assign(document, { status: 'terminated', endedAt: today(), tokens });
  deriveGuard(document, guard);
  const { items, status, endedAt } = document;
  if (!(await instances.update(id, rev, { status, endedAt, items, tokens, guard }))) {
    if (tries > 1) return terminate(instances, id, tries - 1);
    throw new Conflict('conflict', 'The instance was repeatedly changed by others; nothing was stored.');
  }
  const called = await instances.find({
    filter: { status: 'running', parentItemId: { $in: open.map((item) => item.id) } },
    without: ['source', 'svg', 'logs', 'items'],
  });
  const below = await Promise.all(called.map((child) => terminate(instances, child.id)));
  return [id, ...below.flat()];
}
