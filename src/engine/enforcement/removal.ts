import { EVERYTHING } from '../../core/condition/condition.js';
import { AccessDenied, BadInput, Conflict, isGuardError } from '../../core/errors.js';
import { parseQuery, type CallerQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import type { Filter, StoredInstance } from '../../store/port.js';
import { atRevision } from '../../store/query/stored.js';
import { existencePlan } from '../../store/query/scoped-query.js';
import { detachBelow } from '../execution/terminate.js';
import type { Command } from '../execution/command.js';
import type { Call } from './call.js';
import type { CommandParts } from './command-parts.js';
import { findsAsBefore, isUnchanged } from './locked-instance.js';

/**
 * Deletes the matching instances if the principal may delete each of them; otherwise deletes none. The processes below
 * them go on.
 * @param archive also stores a copy of each, as it is at deletion
 */
export async function removeInstances(
  { calls, reads, runner }: Pick<CommandParts, 'calls' | 'reads' | 'runner'>,
  call: Call,
  query: unknown,
  archive = false,
): Promise<{ deletedCount: number }> {
  if (query === undefined || query === null)
    throw new BadInput('bad-query', 'Deleting instances needs a query; {} selects all.');
  const checked = parseQuery(query, INSTANCE_FIELDS);
  const { instances } = calls.store;
  if (call.scope('instance:delete').kind === 'nothing')
    throw new AccessDenied('forbidden', 'You may not delete instances.');
  /** With the revisions that they had. */
  const ids = new Map<string, number | undefined>();
  await reads.eachInstance(call, checked, (instance) => {
    call.assert('instance:delete', { instance }, true);
    ids.set(instance.id, instance.guard?.rev);
  });
  if (ids.size === 0 && !(await mayDeleteAny(calls, call)))
    throw new AccessDenied('forbidden', 'You may not delete instances.');
  let deletedCount = 0;
  for (const [id, rev] of ids) {
    const work = async (command: Command, instance: StoredInstance): Promise<number> => {
      const now = await call.again();
      const decision = now.assert('instance:delete', { instance }, now.mayReadInstance(instance));
      // While this call waited for the lock, it may have changed, or what the query asks for been hidden.
      if (!isUnchanged(instance, rev) || !findsAsBefore(call, now)) {
        const [found] = await reads.instanceRows(now, { kind: 'and', of: [idOf(id), checked] }, { limit: 1 });
        if (found === undefined) return 0;
      }
      // Ending what is below an instance takes no lock.
      const unchanged: Filter = { status: instance.status, ...atRevision(instance.guard?.rev) };
      const remove = async (): Promise<number> => {
        await detachBelow(instances, instance);
        // Commands work without the log; the archive includes it.
        const whole = archive ? await instances.load(id) : undefined;
        if (whole !== undefined) await instances.archive([whole]);
        return instances.remove([id], unchanged);
      };
      const removed = await command.write(remove);
      if (removed === 0) {
        if (await instances.exists({ filter: { id } })) throw changed();
        return 0;
      }
      runner.hostStore.removed([id]);
      const target = { kind: 'instance', id, instanceId: id };
      await calls.audit.allowed(now.principal, 'instance:delete', target, decision);
      return removed;
    };
    deletedCount += await calls.store
      .bounded(() => runner.onInstance(id, call.principal, work))
      .catch(goneMeanwhile);
  }
  return { deletedCount };
}

const changed = (): Conflict =>
  new Conflict('conflict', 'The instance was changed by others in the meantime; it was not deleted.');

const idOf = (id: string): CallerQuery => parseQuery({ id }, INSTANCE_FIELDS);

/** Whether there is an instance that the principal may delete, such as a case that it owns. */
async function mayDeleteAny({ store, searching }: CommandParts['calls'], call: Call): Promise<boolean> {
  if (call.principal.isAdmin()) return true;
  const plan = existencePlan(call.scope('instance:delete'), EVERYTHING, searching);
  return plan !== undefined && store.instances.exists(plan);
}

/** Ignores that someone else deleted it first. @throws every other error */
function goneMeanwhile(error: unknown): number {
  if (isGuardError(error) && error.code === 'not-found') return 0;
  throw error;
}
