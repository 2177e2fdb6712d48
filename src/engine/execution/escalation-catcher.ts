import type { HostExecution, HostItem, HostToken } from '../model/host.js';

/** A signal of this id is caught as an escalation too, where the model has no escalation event. */
const ESCALATION_SIGNAL = 'escalation';

const isEscalation = ({ node }: HostItem): boolean => node.subType === 'escalation';

/** The item that a boundary event's token was started for. */
const originOf = ({ token }: HostItem): HostItem | undefined =>
  (token as HostToken & { originItem?: HostItem }).originItem;

/**
 * The waiting element of the instance that catches the escalation of a task: an escalation event on its boundary,
 * otherwise one of an enclosing event subprocess, otherwise an event that waits for the signal `escalation`.
 */
export function escalationCatcher(execution: HostExecution, task: HostItem): HostItem | undefined {
  const waiting = execution.getItems().filter(({ status }) => status === 'wait');
  const escalations = waiting.filter(isEscalation);
  return (
    escalations.find((item) => originOf(item)?.id === task.id) ??
    escalations.find(({ type }) => type !== 'bpmn:BoundaryEvent') ??
    waiting.find(({ signalId }) => signalId === ESCALATION_SIGNAL)
  );
}
