import { checkModelName } from '../../core/model-name.js';
import type { Operation } from '../../core/operation.js';
import type { StoredInstance } from '../../store/port.js';
import { Additions } from './additions.js';
import type { Call } from './call.js';
import { checkData, checkOptions } from './caller-input.js';
import type { CommandParts } from './command-parts.js';
import { EventCommands } from './event-commands.js';
import { modelToStart, startInstance } from './starting.js';
import { InstanceCommands } from './instance-commands.js';
import { InstanceLife } from './instance-life.js';
import type { TaskCommands } from './task-commands.js';
import { arrangeAssign, arrangeStart } from './user-place.js';
import type { EngineApi } from '../contract/types.js';

const OF_START = ['startNodeId', 'noWait', 'caseRoles'] as const;
const INSTANCE = { kind: 'instance' };
const TASK = { kind: 'task' };

/** bpmn-server's own engine API. Every member establishes the caller, decides, and only then acts. */
export function engineApi(parts: CommandParts, tasks: TaskCommands): EngineApi {
  const { calls } = parts;
  const instances = new InstanceCommands(parts);
  const life = new InstanceLife(parts);
  const additions = new Additions(parts);
  const events = new EventCommands(parts);
  /** A command on an instance that is found while the newest version of the policies is looked up. */
  const onOne = <T>(
    user: unknown,
    operation: Operation,
    where: unknown,
    work: (call: Call, found: StoredInstance) => Promise<T>,
    check?: () => unknown,
  ): Promise<T> => {
    const find = async (call: Call): Promise<StoredInstance> => {
      check?.();
      return life.find(call, where);
    };
    return calls.runAsking(user, operation, INSTANCE, find, work);
  };
  return Object.freeze({
    start(name, data, third, fourth, ...rest: unknown[]) {
      const { user, options } = arrangeStart(third, fourth, rest[0]);
      const target = { kind: 'model', ...(typeof name === 'string' ? { name: name.slice(0, 200) } : {}) };
      return calls.runAsking(
        user,
        'instance:start',
        target,
        async (call) => {
          checkOptions(options, ...OF_START);
          checkData(data);
          return modelToStart(parts, call, name);
        },
        (call, model) => startInstance(parts, call, model, data, checkOptions(options, ...OF_START)),
      );
    },
    invoke: (query, data, user, options) =>
      calls.runAsking(
        user,
        'task:execute',
        TASK,
        (call) => {
          checkOptions(options, 'noWait');
          return tasks.findFor(call, query, data);
        },
        (call, found) => tasks.invoke(call, found, data, checkOptions(options, 'noWait')),
      ),
    assign(query, data, third, fourth, options) {
      const { user, assignment } = arrangeAssign(third, fourth);
      return calls.runAsking(
        user,
        'task:assign',
        TASK,
        (call) => {
          checkOptions(options);
          return tasks.findToAssign(call, query, data, assignment);
        },
        (call, found) => tasks.assign(call, found, data, assignment, checkOptions(options)),
      );
    },
    throwMessage: (id, data, matching, user, options) =>
      calls.runAsking(
        user,
        'instance:message',
        INSTANCE,
        (call) => {
          checkOptions(options, 'noWait');
          return events.sent(call, 'messageId', id, data);
        },
        (call, sent) => events.message(call, sent, matching, checkOptions(options, 'noWait')),
      ),
    throwSignal: (id, data, matching, user, options) =>
      calls.runAsking(
        user,
        'instance:signal',
        INSTANCE,
        (call) => {
          checkOptions(options);
          return events.sent(call, 'signalId', id, data);
        },
        (call, sent) => events.signal(call, sent, matching, checkOptions(options)),
      ),
    startEvent: (where, elementId, data, user, options) =>
      calls.run(user, 'instance:event', INSTANCE, (call) => {
        return instances.startEvent(call, where, elementId, data, checkOptions(options));
      }),
    restart: (query, data, user, options) =>
      calls.run(user, 'instance:restart', INSTANCE, (call) => {
        return instances.restart(call, query, data, checkOptions(options));
      }),
    upgrade: (model, afterNodeIds, user) =>
      calls.run(user, 'instance:migrate', INSTANCE, (call) => instances.upgrade(call, model, afterNodeIds)),
    get: (query, user) => calls.read(user, 'instance:read', INSTANCE, (call) => instances.get(call, query)),
    suspend: (where, user) =>
      onOne(user, 'instance:suspend', where, (call, found) => life.suspend(call, found)),
    resume: (where, user) =>
      onOne(user, 'instance:suspend', where, (call, found) => life.resume(call, found)),
    migrate: (where, model, user) =>
      onOne(
        user,
        'instance:migrate',
        where,
        (call, found) => life.migrate(call, found, model),
        () => checkModelName(model),
      ),
    addTask: (where, task, user) =>
      calls.run(user, 'instance:event', INSTANCE, (call) => additions.task(call, where, task)),
    addProcess: (where, model, data, user) =>
      calls.run(user, 'instance:event', INSTANCE, (call) => additions.process(call, where, model, data)),
    terminate: (where, user) =>
      onOne(user, 'instance:cancel', where, (call, found) => life.terminate(call, found)),
  } satisfies EngineApi);
}
