import { USER_TASK } from '../../core/condition/element-types.js';
import { endsNothing, ENDS_TRANSACTION, faultOf, faultReached } from '../model/faults.js';
import { assignTask, restricts, type Assigned, type Scripts } from '../model/assignment.js';
import { BUSINESS_RULE_TASK, nameRules } from '../model/decision-rules.js';
import { assignCaseRoles } from './case-start.js';
import { setInitiator } from '../model/dialects/start-people.js';
import { lifeOf, type LifeFacts } from '../model/life-properties.js';
import { keptFor } from './kept.js';
import type { CommandRunner } from './command-runner.js';
import {
  bpmn,
  type HostDefinition,
  type HostExecution,
  type HostItem,
  type HostNode,
  type HostServer,
} from '../model/host.js';
import { placeOf } from './place.js';
import type { Timers } from './timers.js';

type Start = (item: HostItem) => Promise<number>;
const plainStart = (bpmn.Node.prototype as unknown as { start: Start }).start;

/** Stores the evaluated assignment with the instance. Failures are named in the audit trail. */
function record(
  runner: CommandRunner,
  item: HostItem,
  { open, problems }: Assigned,
  { problems: others, ...life }: LifeFacts,
): void {
  const execution = item.token.execution;
  const kept = Object.assign(keptFor(execution, item.id), life);
  if (open) runner.openness.leave(item, kept);
  if (problems.length + others.length === 0) return;
  kept.why = [...problems, ...others].join('; ');
  runner.contexts.command?.failures.push({
    what: `${item.elementId}: ${kept.why as string}`,
    instanceId: execution.id,
    itemId: item.id,
  });
}

function guardUserTask(node: HostNode, runner: CommandRunner, bypass: boolean): void {
  const execute = node.execute.bind(node);
  node.execute = (item) => {
    runner.openness.observe(item);
    return execute(item);
  };
  const upstream = node.start.bind(node);
  node.start = async (item) => {
    const scripts = item.context.scriptHandler as Scripts;
    if (bypass) {
      const result = await upstream(item);
      if (!restricts(node)) runner.openness.leave(item, keptFor(item.token.execution, item.id));
      return result;
    }
    const written = runner.openness.isWritten(item);
    const assigned = await assignTask(node, item, { scripts, written });
    record(runner, item, assigned, await lifeOf(node, item, scripts));
    return plainStart.call(node, item);
  };
}

/**
 * Upstream takes the causer of the start event as the initiator. After a timer that is the system, although the
 * instance is started for the starter of the instance that owns the timer.
 */
function nameInitiator(node: HostNode, runner: CommandRunner): void {
  const upstream = node.start.bind(node);
  node.start = async (item) => {
    const { userName } = item;
    item.userName = runner.contexts.acting?.starter ?? userName;
    const result = await upstream(item);
    item.userName = userName;
    return result;
  };
}

/**
 * Counts each step of an element, lets other work run between the steps of long loops, and attributes work left behind
 * by its service to the element.
 */
function watch(node: HostNode, runner: CommandRunner): void {
  const { contexts, turns } = runner;
  const execute = node.execute.bind(node);
  node.execute = (item) => {
    const command = contexts.origin;
    command?.step();
    if (command?.isLong !== true || !turns.isOver()) return execute(item);
    return turns.next().then(() => {
      command.assertGoesOn();
      return execute(item);
    });
  };
  const run = node.run.bind(node);
  node.run = (item) => runner.contexts.at(placeOf(item), () => run(item));
}

/** Upstream fails at these with an internal error that names neither the element nor the cause. */
function nameFault(node: HostNode): void {
  const fault = faultOf(node.def);
  if (fault !== undefined) node.execute = () => Promise.reject(faultReached(node.id, fault));
  if (node.isCatching === true) return;
  for (const kind of ENDS_TRANSACTION) {
    const event = node.behaviours.get(kind) as { start(item: HostItem): Promise<unknown> } | undefined;
    if (event === undefined) continue;
    const upstream = event.start.bind(event);
    event.start = (item) => {
      const missing = endsNothing(kind, item);
      return missing === undefined ? upstream(item) : Promise.reject(faultReached(node.id, missing));
    };
  }
}

/** Upstream sets the message of events only; a receive task waits for one too. */
function nameMessage(node: HostNode): void {
  const { name } = (node.def.messageRef ?? {}) as { name?: unknown };
  if (typeof name === 'string') node.messageId ??= name;
}

/** Upstream runs the scripts of a process without awaiting them: a failure would end the Node process. */
function joinProcessScripts(process: HostNode['process'], runner: CommandRunner): void {
  const original = process.doEvent.bind(process);
  process.doEvent = (...args) => {
    const work = original(...args);
    return runner.contexts.command?.join(work) ?? work;
  };
}

/**
 * Changes each loaded definition, not the host's classes: user tasks evaluate their assignment by our rules, and
 * timers are ours. Called for every `process.loaded`, which the host emits synchronously; so it does `process.start`,
 * before any task starts, when the roles of a case are assigned.
 */
export function hookDefinitions(
  server: HostServer,
  runner: CommandRunner,
  timers: Timers,
  bypass: boolean,
): void {
  server.listener.on('process.start', ({ context }: { context: HostExecution }) => {
    assignCaseRoles(context, runner.contexts.command);
  });
  server.listener.on('process.loaded', ({ context }: { context: HostDefinition }) => {
    for (const process of new Set([...context.nodes.values()].map((node) => node.process)))
      joinProcessScripts(process, runner);
    for (const node of context.nodes.values()) {
      nameFault(node);
      if (node.type === BUSINESS_RULE_TASK) nameRules(node, server.configuration);
      watch(node, runner);
      if (node.type === USER_TASK) guardUserTask(node, runner, bypass);
      if (node.type === 'bpmn:StartEvent') {
        setInitiator(node);
        nameInitiator(node, runner);
      }
      if (node.type === 'bpmn:ReceiveTask') nameMessage(node);
      for (const behaviour of node.behaviours.values()) {
        if (typeof behaviour.startTimer === 'function')
          behaviour.startTimer = (item) => timers.start(behaviour, item);
      }
    }
  });
}
