import { USER_TASK } from '../../core/condition/element-types.js';
import type { SecureUser } from '../../core/principal.js';
import type { Calls } from './calls.js';
import type { CommandParts } from './command-parts.js';
import type { HostExecution } from '../model/host.js';
import type { DataApi, EngineApi, GuardApi } from '../contract/types.js';

type Options = Record<string, unknown>;
type Work = (principal: SecureUser) => Promise<unknown>;

/**
 * bpmn-server's own engine, for use while the rules are switched off. It returns live executions; the acting user
 * is still recorded.
 */
function engine(parts: CommandParts, secured: GuardApi): EngineApi {
  const { calls, runner, engine: inner } = parts;
  const as = (user: unknown, operation: Parameters<Calls['run']>[1], work: Work): Promise<never> =>
    calls.run(user, operation, { kind: 'system' }, (call) => work(call.principal)) as Promise<never>;
  const onItem = async (
    principal: SecureUser,
    query: unknown,
    work: (id: string) => Promise<HostExecution>,
    noWait = false,
  ): Promise<HostExecution> => {
    const item = await parts.runner.hostStore.findItem(query as Options);
    return runner.onInstance(item.instanceId as string, principal, () => work(item.id as string), { noWait });
  };
  return {
    start: (name, data, user, options: Options = {}) =>
      as(user, 'instance:start', (principal) =>
        runner.run({ causer: principal, noWait: options?.noWait === true }, () =>
          inner.host.start(name, data ?? {}, options?.startNodeId ?? null, principal.userName, options ?? {}),
        ),
      ),
    invoke: (query, data, user, options: Options = {}) =>
      as(user, 'task:execute', (principal) =>
        onItem(
          principal,
          query,
          (id) => inner.host.invoke({ 'items.id': id }, data ?? {}, principal.userName, options ?? {}),
          options?.noWait === true,
        ),
      ),
    assign: (query, data, assignment, user, options = {}) =>
      as(user, 'task:assign', (principal) =>
        onItem(principal, query, async (id) => {
          const execution = await inner.host.assign(
            { 'items.id': id },
            data ?? {},
            assignment ?? {},
            principal.userName,
            options,
          );
          await execution.worker;
          return execution;
        }),
      ),
    throwMessage: (id, data, matching, user) =>
      as(user, 'instance:message', (principal) =>
        runner.run({ causer: principal }, () => inner.correlation.message(id, data ?? {}, matching ?? {})),
      ),
    throwSignal: (id, data, matching, user) =>
      as(user, 'instance:signal', (principal) =>
        runner.run({ causer: principal }, () => inner.correlation.signal(id, data ?? {}, matching ?? {})),
      ),
    startEvent: (where, elementId, data, user, options = {}) =>
      as(user, 'instance:event', (principal) =>
        runner.onInstance(
          typeof where === 'string' ? where : String((where as { id?: unknown }).id),
          principal,
          (_command, { id }) => inner.host.startEvent(id, elementId, data ?? {}, principal.userName, options),
        ),
      ),
    restart: (query, data, user, options = {}) =>
      as(user, 'instance:restart', (principal) =>
        onItem(principal, query, (id) =>
          inner.host.restart({ 'items.id': id }, data ?? {}, principal.userName, options),
        ),
      ),
    upgrade: secured.engine.upgrade,
    get: (query, user) => as(user, 'instance:read', () => inner.get(query)),
    suspend: secured.engine.suspend,
    resume: secured.engine.resume,
    terminate: secured.engine.terminate,
    migrate: secured.engine.migrate,
    addTask: secured.engine.addTask,
    addProcess: secured.engine.addProcess,
  };
}

/** The guard's own fields of a document are never shown, not even with the rules off. */
function withoutOurs(rows: readonly object[]): Options[] {
  return rows.map((row) => {
    const { guard: _ours, items, ...rest } = row as Options;
    return Array.isArray(items) ? { ...rest, items: withoutOurs(items as object[]) } : rest;
  });
}

function data(parts: CommandParts, secured: GuardApi): DataApi {
  const { hostStore } = parts.runner;
  const as = (user: unknown, work: Work): Promise<never> =>
    parts.calls.run(user, 'instance:read', { kind: 'system' }, (call) =>
      work(call.principal),
    ) as Promise<never>;
  return {
    ...secured.data,
    getPendingUserTasks: (query, user) =>
      as(user, () =>
        hostStore.findItems({ ...query, 'items.status': 'wait', 'items.type': USER_TASK }).then(withoutOurs),
      ),
    findItems: (query, user) => as(user, () => hostStore.findItems(query ?? {}).then(withoutOurs)),
    findItem: (query, user) => as(user, async () => withoutOurs(await hostStore.findItems(query))[0]),
    findInstances: (query, user, options) =>
      as(user, () => hostStore.findInstances(query ?? {}, options ?? 'summary').then(withoutOurs)),
  };
}

/** The API while the rules are switched off. Tasks and models take the usual path, where nothing refuses. */
export function bypassApi(parts: CommandParts, secured: GuardApi): GuardApi {
  return Object.freeze({
    ...secured,
    engine: Object.freeze(engine(parts, secured)),
    data: Object.freeze(data(parts, secured)),
  });
}
