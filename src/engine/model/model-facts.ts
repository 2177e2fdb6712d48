import { cleanNames } from './derive.js';
import type { InstanceGuard } from '../../store/port.js';
import { readStarters } from './dialects/start-people.js';
import type { HostDefinition, HostExecution, HostNode } from './host.js';
import { processOf, roleOf } from './lanes.js';

/** What a start event declares about who may use it; stored with the model as `guard.starts`. */
export interface StartFacts {
  readonly elementId: string;
  readonly subType: string | null;
  readonly messageId: string | null;
  readonly signalId: string | null;
  readonly open: boolean;
  readonly users: readonly string[];
  readonly groups: readonly string[];
  [extra: string]: unknown;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function startFacts(node: HostNode): StartFacts {
  const { users, groups, declared } = readStarters(node.def, processOf(node.def));
  const role = roleOf(node);
  const { id: elementId, subType, messageId, signalId } = node;
  return {
    elementId,
    subType: text(subType),
    messageId: text(messageId),
    signalId: text(signalId),
    open: !declared && role.kind === 'none',
    users,
    groups: role.kind === 'named' ? cleanNames([...groups, role.name]) : groups,
  };
}

/** Whether a node starts a process; the start events of sub-processes do not. */
export const isProcessStart = ({ type, def }: HostNode): boolean =>
  type === 'bpmn:StartEvent' && def.$parent?.$type === 'bpmn:Process';

/** The start events of a loaded definition, the default one first. Sub-processes are excluded. */
export function startsOf(definition: HostDefinition): StartFacts[] {
  return [...definition.nodes.values()].filter(isProcessStart).map(startFacts);
}

/** The variables that hold an initiator; no input may overwrite them. */
export function initiatorsOf(definition: HostDefinition): string[] {
  return [...definition.nodes.values()]
    .map((node) => node.initiator)
    .filter((name): name is string => typeof name === 'string' && name !== '');
}

/** Stores with a live instance which variables hold an initiator, and returns their names. */
export function recordInitiators({ instance, definition }: HostExecution): readonly string[] {
  const guard = instance.guard as InstanceGuard;
  return (guard.initiators ??= initiatorsOf(definition)) as readonly string[];
}

/** The variables to which the input would give another value. */
export function overwritten(
  variables: readonly string[],
  input: Readonly<Record<string, unknown>>,
  data: Readonly<Record<string, unknown>> | undefined,
): string[] {
  return variables.filter((name) => Object.hasOwn(input, name) && input[name] !== data?.[name]);
}
