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

/** The ids of the task and of the activities that contain it, from the inside outwards. */
function around({ id, token }: HostItem): readonly string[] {
  const ids = [id];
  for (let at: Token | null | undefined = token as Token; at; at = at.parentToken)
    if (INSIDE.has(at.type) && at.originItem) ids.push(at.originItem.id);
  return ids;
}

/** The token that waits in the start event of an event sub-process; the host spells it so. */
const EVENT_SUB_PROCESS = 'EventSubProces';
const OUTERMOST = Infinity;

/**
 * How far from a task an event is that could catch its escalation, from its own boundary outwards; undefined if it is
 * on the boundary or inside of what does not contain the task.
 * @param around the ids of the task and of the activities that contain it, from the inside outwards
 */
function distanceOf(event: HostItem, around: readonly string[]): number | undefined {
  const { type, parentToken } = event.token as Token;
  const place = (item: HostItem | null | undefined): number | undefined => {
    const at = around.indexOf(item?.id ?? '');
    return at === -1 ? undefined : at;
  };
  if (event.type === 'bpmn:BoundaryEvent') return place(originOf(event));
  if (type !== EVENT_SUB_PROCESS || !parentToken) return OUTERMOST;
  const inside = place(parentToken.originItem);
  // What an activity contains is nearer than its boundary.
  return inside === undefined ? undefined : inside - 0.5;
}

/**
 * The waiting element of the instance that catches the escalation of a task: the nearest escalation event, on its own
 * boundary, or in an event sub-process or on the boundary of an activity that contains it; otherwise the nearest event
 * that waits for the signal `escalation`. An event of what does not contain the task is about something else; one of a
 * suspended task waits.
 */
export function escalationCatcher(
  execution: HostExecution,
  task: HostItem,
  suspended: Suspended,
): HostItem | undefined {
  const containing = around(task);
  const waiting = execution
    .getItems()
    .filter((item) => item.status === 'wait' && !isSuspended(suspended, item.id))
    .flatMap((item) => {
      const distance = distanceOf(item, containing);
      return distance === undefined ? [] : [{ item, distance }];
    })
    .sort((a, b) => (a.distance === b.distance ? 0 : a.distance - b.distance))
    .map(({ item }) => item);
  return waiting.find(isEscalation) ?? waiting.find(({ signalId }) => signalId === ESCALATION_SIGNAL);
}
