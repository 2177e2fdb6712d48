import { Conflict } from '../../core/errors.js';
import type { InstanceGuard, ItemGuard, Store, StoredInstance } from '../../store/port.js';
import { deepCopy } from '../../core/copy.js';
import { deriveGuard } from '../model/derive.js';
import { legacyGuard } from '../model/legacy.js';
import type { Command } from './command.js';
import { nextGuard } from './commit.js';
import type { HostModels } from './host-models.js';

/** What changes an instance without running its model. */
export interface Rewriting {
  readonly store: Pick<Store, 'instances'>;
  readonly models: Pick<HostModels, 'loadFromInstance'>;
}

/** The guard's data about one item of a stored instance; created if missing. */
export function keptOf(guard: InstanceGuard, itemId: string): ItemGuard {
  const items = (guard.items ??= {});
  return (items[itemId] ??= {});
}

/** The guard's data of a document; for one stored by an unguarded host, what its model says. */
async function guardOfDocument(
  models: Rewriting['models'],
  document: StoredInstance,
): Promise<InstanceGuard> {
  if (document.guard !== undefined) return document.guard;
  const { name = '', source } = document;
  const definition = await models.loadFromInstance({ name, ...(typeof source === 'string' && { source }) });
  return legacyGuard(document.items ?? [], definition);
}

/**
 * Changes a stored instance in one write, without bpmn-server and without running code of its model. The command holds
 * the instance's lock.
 * @param instance as read under the lock; it stays as it is
 * @param change changes the given document and its guard, or throws to leave both as they were; returns the names of
 * the document's own fields that it changed beside its items
 * @param more the command continues with its engine afterwards
 * @returns the instance as stored
 * @throws Conflict `conflict` if someone else has written in the meantime; nothing was changed
 */
export async function rewrite(
  { store, models }: Rewriting,
  command: Command,
  instance: StoredInstance,
  change: (
    document: StoredInstance,
    guard: InstanceGuard,
  ) => Promise<readonly string[] | void> | readonly string[] | void,
  more = false,
): Promise<StoredInstance> {
  const document = deepCopy(instance) as StoredInstance;
  const rev = document.guard?.rev;
  const guard = await guardOfDocument(models, document);
  const own = (await change(document, guard)) ?? [];
  deriveGuard(document, nextGuard(guard));
  const fields = Object.fromEntries(['items', 'guard', ...own].map((name) => [name, document[name]]));
  const read = command.read.get(document.id);
  const write = (): Promise<boolean> => store.instances.update(document.id, rev, fields, undefined, read);
  if (!(await command.write(write, more)))
    throw new Conflict(
      'conflict',
      'The instance was changed by someone else in the meantime; nothing was stored.',
    );
  return document;
}
