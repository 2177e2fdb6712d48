import type { HostExecution, HostItem, HostToken } from '../model/host.js';
import { isSuspended, type Suspended } from './suspended.js';

/** A signal of this id is caught as an escalation too, where the model has no escalation event. */
const ESCALATION_SIGNAL = 'escalation';

const isEscalation = ({ node }: HostItem): boolean => node.subType === 'escalation';

type Token = HostToken & {
  readonly type?: string;
  readonly originItem?: HostItem | null;
  readonly parentToken?: Token | null;
};

/** The item that a boundary event's token was started for. */
const originOf = ({ token }: HostItem): HostItem | null | undefined => (token as Token).originItem;

/** The tokens of what runs inside an activity, started for that activity's item. */
const INSIDE: ReadonlySet<unknown> = new Set(['SubProcess', 'AdHoc', 'Instance']);

/** The ids of the task and of the activities that contain it. */
function around({ id, token }: HostItem): ReadonlySet<string> {
  const ids = new Set([id]);
  for (let at: Token | null | undefined = token as Token; at; at = at.parentToken)
    if (INSIDE.has(at.type) && at.originItem) ids.add(at.originItem.id);
  return ids;
}

/**
 * The waiting element of the instance that catches the escalation of a task: an escalation event on its boundary,
 * otherwise one of an enclosing event subprocess, otherwise an event that waits for the signal `escalation`. An event
 * on the boundary of what does not contain the task is about something else; one of a suspended task waits.
 */
export function escalationCatcher(
  execution: HostExecution,
  task: HostItem,
  suspended: Suspended,
): HostItem | undefined {
  const containing = around(task);
  const waiting = execution
    .getItems()
    .filter(
      (item) =>
        item.status === 'wait' &&
        !isSuspended(suspended, item.id) &&
        (item.type !== 'bpmn:BoundaryEvent' || containing.has(originOf(item)?.id ?? '')),
    );
  const escalations = waiting.filter(isEscalation);
  return (
    escalations.find((item) => originOf(item)?.id === task.id) ??
    escalations.find(({ type }) => type !== 'bpmn:BoundaryEvent') ??
    waiting.find(({ signalId }) => signalId === ESCALATION_SIGNAL)
  );
}
