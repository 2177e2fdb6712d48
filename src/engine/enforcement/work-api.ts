import { Conflict, notFound } from '../../core/errors.js';
import type { StoredInstance } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import type { Recovery } from '../execution/recovery.js';
import { terminate } from '../execution/terminate.js';
import type { HeldWork, WorkApi } from '../contract/api-types.js';
import type { Call } from './call.js';
import { checkId } from './caller-input.js';
import type { CommandParts } from './command-parts.js';

/** Instances with work that is held back; the marker stands beside the indexed one of unfinished work. */
export const HELD = Object.freeze({ 'guard.unfinished': true, 'guard.held': true });

/** What is held back of an instance. */
export const heldOf = ({ id, name, tenantId, guard }: StoredInstance): HeldWork[] =>
  Object.entries(guard?.attempts ?? {}).flatMap(([key, { held, work, at, ended, elementId }]) =>
    held === true
      ? [
          {
            id,
            instanceId: id,
            modelName: name ?? '',
            ...(typeof tenantId === 'string' ? { tenantId } : {}),
            work,
            ...(work === 'background' ? {} : { itemId: key }),
            ...(elementId === undefined ? {} : { elementId }),
            since: at,
            ended,
          },
        ]
      : [],
  );

/** What administrators do about work that nobody waits for. */
export function workApi(parts: CommandParts, recovery: Pick<Recovery, 'retry'>): WorkApi {
  const { calls, runner, timers } = parts;
  const { instances } = calls.store;
  const target = (id: unknown): { kind: string; id?: string } => ({
    kind: 'instance',
    ...(typeof id === 'string' ? { id: id.slice(0, 100), instanceId: id.slice(0, 100) } : {}),
  });

  /** The instance, if the principal may end it; what may be ended may be tried again. */
  async function endable(call: Call, given: unknown): Promise<StoredInstance> {
    const instance = await instances.load(checkId(given, 'The id of the instance'));
    if (instance === undefined) throw notFound('instance');
    const decision = call.assert('instance:cancel', { instance }, call.mayReadInstance(instance));
    await calls.audit.allowed(call.principal, 'instance:cancel', target(instance.id), decision);
    return instance;
  }

  return Object.freeze({
    list: (user) =>
      calls.run(user, 'instance:cancel', { kind: 'instance' }, async (call) => {
        const found = await instances.find({ filter: HELD, without: LARGE_FIELDS });
        return found.filter((instance) => call.allows('instance:cancel', { instance })).flatMap(heldOf);
      }),
    retry: (instanceId, user) =>
      calls.run(user, 'instance:cancel', target(instanceId), async (call) => {
        const instance = await endable(call, instanceId);
        if (instance.guard?.held !== true)
          throw new Conflict('wrong-state', 'Nothing of this instance is held back.');
        await recovery.retry(instance.id);
      }),
    stop: (instanceId, user) =>
      calls.run(user, 'instance:cancel', target(instanceId), async (call) => {
        const { id } = await endable(call, instanceId);
        await runner.giveUp(id, new Conflict('conflict', 'The instance was stopped by an administrator.'));
        const ended = await terminate(instances, id);
        for (const one of ended) timers.disarm(one);
        if (ended.length === 0) throw new Conflict('wrong-state', 'The instance is not running.');
        return ended;
      }),
  } satisfies WorkApi);
}
