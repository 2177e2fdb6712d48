import { USER_TASK } from '../../core/condition/element-types.js';
import { show } from '../../core/value.js';
import type { ModelWarning } from '../contract/model-warning.js';
import { documentOf } from './dialects/document.js';
import { listenersOf, RUN } from './dialects/task-listeners.js';
import { LATE_EVENTS } from './dialects/understood.js';
import { warning } from './dialects/warning.js';
import type { ModdleElement } from './host.js';

/** Events of listeners in other engines that bpmn-server does not have; '' for a listener without an event. */
const OF_OTHERS = new Set(
  ', all, assigning, assignment, canceling, complete, completing, create, creating, delete, timeout, update, updating'
    .split(',')
    .map((name) => name.trim()),
);

const NEVER_RUN =
  'bpmn-server does not run this listener. It runs the scripts inside a camunda:executionListener or' +
  ' camunda:taskListener, at its own events such as start and end.';
const NO_LINKS =
  'bpmn-server does not follow links: what comes after the catch event is not reached. Use a sequence flow.';
const NO_CATCH = `No catch event has this name. ${NO_LINKS}`;
const NO_TRANSACTION =
  'bpmn-server compensates only the transaction that activityRef names: nothing is compensated, and the instance goes' +
  ' on.';
const NO_HANDLER =
  'Nothing in this transaction has a boundary event for compensation: nothing is undone, and the instance goes on.';

const THROWN: ReadonlySet<string> = new Set(['bpmn:EndEvent', 'bpmn:IntermediateThrowEvent']);

/** Listeners that are never run. Those that may assign a task are reported where assignments are read. */
function ofListeners(def: ModdleElement): ModelWarning[] {
  return listenersOf(def, documentOf(def).namespaces)
    .filter(({ element, event, hasScript }) => !RUN.has(element.$type) || !hasScript || OF_OTHERS.has(event))
    .filter(({ ofTask, event }) => def.$type !== USER_TASK || !ofTask || LATE_EVENTS.has(event))
    .map(({ found }) => warning(def, found, NEVER_RUN));
}

const list = (value: unknown): ModdleElement[] => (Array.isArray(value) ? (value as ModdleElement[]) : []);
const eventsOf = (def: ModdleElement, type: string): ModdleElement[] =>
  list(def.eventDefinitions).filter(({ $type }) => $type === type);
const LINK = 'bpmn:LinkEventDefinition';
const COMPENSATION = 'bpmn:CompensateEventDefinition';

function ofLinks(def: ModdleElement): ModelWarning[] {
  const catches = list(def.$parent?.flowElements).filter(
    ({ $type }) => $type === 'bpmn:IntermediateCatchEvent',
  );
  return eventsOf(def, LINK).map(({ name = '' }) => {
    const isCaught = catches.some((other) => eventsOf(other, LINK).some((link) => link.name === name));
    return warning(def, `a link event ${show(name)}`, isCaught ? NO_LINKS : NO_CATCH);
  });
}

function ofCompensation(def: ModdleElement): ModelWarning[] {
  return eventsOf(def, COMPENSATION).flatMap(({ activityRef }) => {
    const activity = activityRef as ModdleElement | undefined;
    const found = `a compensation event${activity?.id === undefined ? '' : ` for ${activity.id}`}`;
    if (activity?.$type !== 'bpmn:Transaction') return [warning(def, found, NO_TRANSACTION)];
    const isHandled = list(activity.flowElements).some(
      (inner) => inner.$type === 'bpmn:BoundaryEvent' && eventsOf(inner, COMPENSATION).length > 0,
    );
    return isHandled ? [] : [warning(def, found, NO_HANDLER)];
  });
}

/** Parts of a node, flow or process that bpmn-server passes over: listeners, links and compensations. */
export const unrunIn = (def: ModdleElement): ModelWarning[] => [
  ...ofListeners(def),
  ...(THROWN.has(def.$type) ? [...ofLinks(def), ...ofCompensation(def)] : []),
];
