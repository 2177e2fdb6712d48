interface Parts {
  /** Attributes of the process. */
  readonly process?: string;
  /** Elements beside the chain, each with its flows. */
  readonly beside?: string;
  /** Root elements: messages, signals. */
  readonly roots?: string;
}

const idOf = (element: string): string => /id="([^"]+)"/.exec(element)?.[1] as string;

/** A BPMN document with one process whose elements follow one another. */
export function model(
  chain: readonly string[],
  { process = '', beside = '', roots = '' }: Parts = {},
): string {
  const flows = chain.slice(1).map((element, at) => flow(idOf(chain[at] as string), idOf(element)));
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="urn:test">
${roots}<bpmn:process id="process" isExecutable="true" ${process}>
${[...chain, ...flows, beside].join('\n')}
</bpmn:process></bpmn:definitions>`;
}

export const flow = (from: string, to: string): string =>
  `<bpmn:sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`;
const element = (type: string, id: string, attributes = '', inner = ''): string =>
  `<bpmn:${type} id="${id}" name="${id}" ${attributes}>${inner}</bpmn:${type}>`;
export const start = (id: string, attributes = '', inner = ''): string =>
  element('startEvent', id, attributes, inner);
export const task = (id: string, attributes = '', inner = ''): string =>
  element('userTask', id, attributes, inner);
export const end = (id: string, inner = ''): string => element('endEvent', id, '', inner);
export const caught = (id: string, message: string): string =>
  element('intermediateCatchEvent', id, '', messageEvent(message));
export const call = (id: string, called: string): string =>
  element('callActivity', id, `calledElement="${called}"`);
export const messageEvent = (message: string): string =>
  `<bpmn:messageEventDefinition messageRef="message_${message}"/>`;
export const signalEvent = (signal: string): string =>
  `<bpmn:signalEventDefinition signalRef="signal_${signal}"/>`;
export const message = (name: string): string => `<bpmn:message id="message_${name}" name="${name}"/>`;
export const signal = (name: string): string => `<bpmn:signal id="signal_${name}" name="${name}"/>`;
export const loop = (collection: string): string =>
  `<bpmn:multiInstanceLoopCharacteristics camunda:collection="${collection}"/>`;

/** A boundary event that cancels a task, and the end behind it. */
export const cancelling = (id: string, of: string, name: string): string =>
  `<bpmn:boundaryEvent id="${id}" name="${id}" attachedToRef="${of}">${messageEvent(name)}</bpmn:boundaryEvent>${end('cancelled')}${flow(id, 'cancelled')}`;

/** The starter's own task, then one of the group hr. */
export const CLAIM = model([
  start('begin', 'camunda:initiator="requester"'),
  task('request', 'camunda:assignee="$(this.data.requester)"'),
  task('approve', 'camunda:candidateGroups="hr"'),
  end('over'),
]);
/** A task of the group hr. */
export const GROUP_TASK = model([start('begin'), task('work', 'camunda:candidateGroups="hr"'), end('over')]);
/** A task of alice. */
export const OWN_TASK = model([start('begin'), task('work', 'camunda:assignee="alice"'), end('over')]);
/** A task that the model restricts to nobody. */
export const OPEN_TASK = model([start('begin'), task('work'), end('over')]);
/** A task of the starter, which a message cancels. */
export const CANCELLABLE = model(
  [
    start('begin', 'camunda:initiator="requester"'),
    task('work', 'camunda:assignee="$(this.data.requester)"'),
    end('over'),
  ],
  { beside: cancelling('stop', 'work', 'stop'), roots: message('stop') },
);
/** Ends at once. */
export const AT_ONCE = model([start('begin'), end('over')]);
