import { Conflict, notFound } from '../../core/errors.js';
import type { StoredInstance } from '../../store/port.js';
import type { Recovery } from '../execution/recovery.js';
import { retryStart, startOfId, type TimedStart } from '../execution/held-starts.js';
import { terminate } from '../execution/terminate.js';
import { isOutage } from '../execution/transient.js';
import type { WorkApi } from '../contract/api-types.js';
import { assertReaches, ENDING } from './below.js';
import type { Call } from './call.js';
import { checkId } from './caller-input.js';
import type { CommandParts } from './command-parts.js';
import { knownIds } from './locked-instance.js';
import { heldFor, heldOf, heldPage, heldStartOf, parseHeldPage } from './held-work.js';
import { findOrphans } from './orphans-api.js';
import { mayReadModel } from './model-access.js';

/** An instance whose work a call retries or stops. */
interface Endable {
  readonly instance: StoredInstance;
  /** Writes the entry of the audit trail, once it is done. */
  readonly done: () => Promise<void>;
}

/** The API for administrators to handle background work. */
export function workApi(parts: CommandParts, recovery: Pick<Recovery, 'retry'>): WorkApi {
  const { calls, runner, timers } = parts;
  const { instances } = calls.store;
  const target = (id: unknown): { kind: string; id?: string } => ({
    kind: 'instance',
    ...(typeof id === 'string' ? { id: id.slice(0, 100), instanceId: id.slice(0, 100) } : {}),
  });

  /** The instance, if the principal may terminate it: whoever may terminate an instance may also retry it. */
  async function endable(call: Call, given: unknown): Promise<Endable> {
    const instance = await instances.load(checkId(given, 'The id of the instance'));
    if (instance === undefined) throw notFound('instance');
    const decision = call.assert('instance:cancel', { instance }, call.mayReadInstance(instance));
    const done = (): Promise<void> =>
      calls.audit.allowed(call.principal, 'instance:cancel', target(instance.id), decision);
    return { instance, done };
  }

  /** @throws AccessDenied `not-found` or `forbidden`; Conflict `wrong-state` */
  async function retryable(call: Call, given: unknown): Promise<Endable> {
    const found = await endable(call, given);
    if (found.instance.guard?.held !== true)
      throw new Conflict('wrong-state', 'This instance has no held work.');
    return found;
  }

  /** @throws AccessDenied `not-found` or `forbidden` */
  async function retryTimer(call: Call, place: TimedStart): Promise<void> {
    const model = await calls.store.models.get(place.name, place.owner);
    if (model === undefined) throw notFound('model');
    const decision = call.assert('model:write', { model }, await mayReadModel(calls, call, model));
    if (!(await retryStart(calls.store, place)))
      throw new Conflict('wrong-state', 'No starts by this timer are held.');
    await calls.audit.allowed(call.principal, 'model:write', { kind: 'model', name: model.name }, decision);
  }

  return Object.freeze({
    orphans: (page, user) =>
      calls.read(user, 'instance:cancel', { kind: 'instance' }, (call) => findOrphans(parts, call, page)),
    list: (given, user) =>
      calls.run(user, 'instance:cancel', { kind: 'instance' }, async (call) => {
        const page = await heldPage(calls.store, parseHeldPage(given), heldFor(calls, call));
        const rows = [...page.instances.flatMap(heldOf), ...page.starts.map(heldStartOf)];
        return page.next === undefined
          ? rows
          : Object.defineProperty(rows, 'nextCursor', { value: page.next });
      }),
    retry(id, user) {
      const start = typeof id === 'string' ? startOfId(id) : undefined;
      if (start !== undefined)
        return calls.run(user, 'model:write', { kind: 'model', name: start.name }, (call) =>
          retryTimer(call, start),
        );
      return calls.run(user, 'instance:cancel', target(id), async (call) => {
        const { instance } = await retryable(call, id);
        await recovery.retry(instance.id, async () => (await retryable(await call.again(), id)).done);
      });
    },
    stop: (given, user) =>
      calls.run(user, 'instance:cancel', target(given), async (call) => {
        const { instance } = await endable(call, given);
        const { id } = instance;
        await assertReaches(parts, call, instance, ENDING);
        await runner.giveUp(id, new Conflict('conflict', 'The instance was stopped by an administrator.'));
        // The commands took their time to settle.
        const now = await call.again();
        const { done } = await endable(now, id);
        await assertReaches(parts, now, instance, ENDING);
        const left = (one: string): void => runner.inDoubt([one]);
        const ended = await terminate(instances, id, left).catch((error: unknown) => {
          // It may be stored, though the store did not say so.
          if (isOutage(error)) left(id);
          throw error;
        });
        for (const one of ended) timers.disarm(one);
        if (ended.length === 0) throw new Conflict('wrong-state', 'The instance is not running.');
        await done();
        return knownIds(parts, now, ended);
      }),
  } satisfies WorkApi);
}
