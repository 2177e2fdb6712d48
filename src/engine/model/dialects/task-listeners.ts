import type { ModdleElement } from '../host.js';
import { extensionsOf, shown } from './foreign.js';
import { childrenOf, type Namespaces } from './namespaces.js';
import type { Statements } from './statements.js';
import { EARLY_EVENTS, LATE_EVENTS } from './understood.js';

/** How bpmn-server knows listeners: by this prefix, whatever namespace the document means by it. */
export const RUN: ReadonlySet<string> = new Set(['camunda:taskListener', 'camunda:executionListener']);
/** Attributes of a listener that contain no code. */
const NO_CODE = new Set(['event', 'eventType', 'id']);

const NOT_RUN =
  'bpmn-server does not run it. It may assign the task, so the task belongs to nobody' +
  ' unless the model names somebody:' +
  ' by assignee, candidateUsers or candidateGroups, or in a script of a camunda:taskListener of the event start.';
const REPLACED =
  'bpmn-server runs the last listener of an event only. This one may assign the task, so the task belongs to nobody' +
  ' unless the model names somebody. Put both scripts into one listener.';

interface Listener {
  readonly element: ModdleElement;
  readonly event: string;
  readonly ofTask: boolean;
  /** It has text that bpmn-server runs, if it knows the listener and its event. */
  readonly hasScript: boolean;
  readonly found: string;
}

function read(element: ModdleElement, namespaces: Namespaces): Listener | undefined {
  const { local } = namespaces.nameOf(element);
  if (local !== 'taskListener' && local !== 'executionListener') return undefined;
  const attributes = namespaces.attributesOf(element);
  const children = childrenOf(element);
  if (children.length === 0 && attributes.every((attribute) => NO_CODE.has(attribute.local)))
    return undefined;
  const event = attributes.find(
    (attribute) => attribute.local === 'event' || attribute.local === 'eventType',
  );
  return {
    element,
    event: event?.value ?? '',
    ofTask: local === 'taskListener',
    hasScript: children.some(({ $body }) => typeof $body === 'string' && $body.trim() !== ''),
    found: `<${[element.$type, ...attributes.map(shown)].join(' ')}>`,
  };
}

/** The listeners of an element; Zeebe has a list around them. */
export const listenersOf = (task: ModdleElement, namespaces: Namespaces): Listener[] =>
  extensionsOf(task)
    .flatMap((element) => [element, ...childrenOf(element)])
    .flatMap((element) => read(element, namespaces) ?? []);

/**
 * Listeners that may assign a task but are never run: of an event that bpmn-server does not have, of another
 * dialect, without a script, or followed by another listener of the same event.
 */
export function sayListeners(task: ModdleElement, namespaces: Namespaces, to: Statements): void {
  const listeners = listenersOf(task, namespaces);
  const isKnown = ({ element, event }: Listener): boolean =>
    RUN.has(element.$type) && EARLY_EVENTS.has(event) && childrenOf(element).length > 0;
  const last = new Map(listeners.filter(isKnown).map((listener) => [listener.event, listener]));
  for (const listener of listeners) {
    const { event, ofTask, hasScript, found } = listener;
    if (LATE_EVENTS.has(event)) continue;
    if (!isKnown(listener) || !hasScript) {
      if (ofTask) to.isUnclear(found, NOT_RUN);
    } else if (last.get(event) !== listener) to.isUnclear(found, REPLACED);
  }
}
