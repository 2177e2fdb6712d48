import { today } from '../../core/clock.js';
import { CALL_ACTIVITY } from '../../core/condition/element-types.js';
import { Conflict } from '../../core/errors.js';
import type { InstanceGuard, InstanceStore, StoredInstance } from '../../store/port.js';
import { BESIDE_GUARD, LARGE_FIELDS } from '../../store/query/large-fields.js';
import { itemsOf } from '../../store/query/stored.js';
import { deriveGuard } from '../model/derive.js';
import { nextGuard } from './commit.js';

/** How often a write is retried when someone else writes the instance at the same time. */
const TRIES = 10;

const conflict = (): Conflict =>
  new Conflict('conflict', 'The instance was repeatedly changed by others; nothing was stored.');

const callsOf = (document: StoredInstance): string[] =>
  itemsOf(document).flatMap(({ id, type }) => (type === CALL_ACTIVITY ? [id] : []));

/** Whether an instance may have called a process, or one was added to it. */
export const hasBelow = (document: StoredInstance): boolean =>
  callsOf(document).length > 0 || (document.guard?.processes ?? []).length > 0;

/** The running processes that an instance has called, and those that were added to it; without items and data. */
export async function processesBelow(
  instances: Pick<InstanceStore, 'find'>,
  document: StoredInstance,
): Promise<StoredInstance[]> {
  const calling = callsOf(document);
  const added = document.guard?.processes ?? [];
  const found = await Promise.all(
    [
      ['parentItemId', calling],
      ['id', added],
    ].flatMap(([field, ids]) =>
      (ids as string[]).length === 0
        ? []
        : [
            instances.find({
              filter: { status: 'running', [field as string]: { $in: ids } },
              without: BESIDE_GUARD,
            }),
          ],
    ),
  );
  return found.flat();
}

/**
 * Lets the processes that an instance has called go on without it, since it is about to be removed. Those stored by an
 * unguarded host must no longer name their caller: the next start would end them as left over.
 */
export async function detachBelow(
  instances: Pick<InstanceStore, 'find' | 'update'>,
  document: StoredInstance,
): Promise<void> {
  for (const { id, guard } of await processesBelow(instances, document))
    if (guard === undefined) await instances.update(id, undefined, { parentItemId: null });
}

/** Removes the mark that a command is to be continued below an instance, unless it was written again. */
export const withoutSpread = (
  { spread, ...guard }: InstanceGuard,
  done: InstanceGuard['spread'],
): InstanceGuard =>
  spread === undefined || spread.rev !== done?.rev ? { ...guard, ...(spread && { spread }) } : guard;

/** Receives the id of an instance that has or may have ended while something below it runs: it keeps a note of that. */
type Left = (id: string, error: unknown) => void;

/**
 * Ends an instance with everything that waits in it and the processes below it. No code of its model runs. Takes no
 * lock: a concurrent command then has an outdated revision and stores nothing. Once it has ended itself, it is done:
 * what cannot be ended below it is left to a later `terminateBelow`, or to the next start.
 * @returns the ids of the ended instances, that of the instance first
 * @throws Conflict `conflict` if others kept changing it
 */
export async function terminate(
  instances: InstanceStore,
  id: string,
  left: Left,
  root = id,
  tries = TRIES,
): Promise<string[]> {
  const document = await instances.load(id, LARGE_FIELDS);
  if (document === undefined || document.status !== 'running') return [];
  for (const item of document.items ?? []) if (item.status !== 'end') item.status = 'end';
  const tokens = (document.tokens ?? []).map((token) => ({ ...(token as object), status: 'terminated' }));
  if (document.guard === undefined)
    return terminateUnguarded(instances, { ...document, tokens }, left, root, tries);
  const {
    busy: _busy,
    begun: _begun,
    outbox: _outbox,
    attempts: _attempts,
    suspension: _suspension,
    spread: _spread,
    ...kept
  } = document.guard;
  const isAlone = !hasBelow(document);
  const guard = nextGuard({ ...kept, ...(isAlone ? {} : { spread: { root, rev: kept.rev } }) });
  Object.assign(document, { status: 'terminated', endedAt: today(), tokens });
  deriveGuard(document, guard);
  const { items, status, endedAt } = document;
  if (!(await instances.update(id, kept.rev, { status, endedAt, items, tokens, guard }))) {
    if (tries > 1) return terminate(instances, id, left, root, tries - 1);
    throw conflict();
  }
  if (isAlone) return [id];
  const below = terminateBelow(instances, id, left).catch((error: unknown) => {
    left(id, error);
    return [];
  });
  return [id, ...(await below)];
}

/**
 * Ends an instance that was stored without the guard. It stays without: what the guard keeps of it is read from its
 * model by `reindex`. It has no place for a note, so what it has called ends first.
 */
async function terminateUnguarded(
  instances: InstanceStore,
  document: StoredInstance,
  left: Left,
  root: string,
  tries: number,
): Promise<string[]> {
  const { id, items, tokens } = document;
  const ended = await terminateAll(instances, await processesBelow(instances, document), left, root);
  if (await instances.update(id, undefined, { status: 'terminated', endedAt: today(), items, tokens }))
    return [id, ...ended];
  if (tries <= 1) throw conflict();
  return [...(await terminate(instances, id, left, root, tries - 1)), ...ended];
}

/** @throws the first failure, once all have been tried */
async function terminateAll(
  instances: InstanceStore,
  all: readonly StoredInstance[],
  left: Left,
  root: string,
): Promise<string[]> {
  const end = (id: string): Promise<string[]> =>
    terminate(instances, id, left, root).catch((error: unknown) => {
      // It may have ended, though the store did not say so: then nobody finds it among those that run.
      left(id, error);
      throw error;
    });
  const tried = await Promise.allSettled(all.map(({ id }) => end(id)));
  return tried.flatMap((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

/**
 * Ends the processes below a terminated instance, and removes the note of it.
 * @returns the ids of the ended instances
 */
export async function terminateBelow(
  instances: InstanceStore,
  id: string,
  left: Left,
  tries = TRIES,
): Promise<string[]> {
  const document = await instances.load(id, LARGE_FIELDS);
  const { spread, rev } = document?.guard ?? {};
  if (document === undefined || spread === undefined) return [];
  const ended = await terminateAll(instances, await processesBelow(instances, document), left, spread.root);
  const guard = nextGuard(withoutSpread(document.guard as InstanceGuard, spread));
  if (!(await instances.update(id, rev, { guard }))) {
    if (tries <= 1) throw conflict();
    ended.push(...(await terminateBelow(instances, id, left, tries - 1)));
  }
  return ended;
}
