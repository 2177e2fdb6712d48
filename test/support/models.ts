/** Small BPMN sources, put together from elements in the order of the flow. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const attributes = (all: Attributes): string =>
  Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');

/** One element of a process; `flow: false` keeps it out of the chain of sequence flows. */
export interface Part {
  readonly id: string;
  readonly xml: string;
  readonly flow?: false;
}

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="http://bpmn.io/schema/bpmn">';

export function element(type: string, id: string, attrs: Attributes = {}, inner = ''): Part {
  return { id, xml: `<bpmn:${type} id="${id}"${attributes(attrs)}>${inner}</bpmn:${type}>` };
}

const camunda = (all: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name === 'name' ? name : `camunda:${name}`, value]),
  );

export const start = (attrs: Attributes = {}, inner = '', id = 'start'): Part =>
  element('startEvent', id, camunda(attrs), inner);
export const end = (id = 'end', inner = ''): Part => element('endEvent', id, {}, inner);
/** A user task; attributes are camunda's: assignee, candidateUsers … */
export const task = (id: string, attrs: Attributes = {}, inner = ''): Part =>
  element('userTask', id, { name: id, ...camunda(attrs) }, inner);
export const service = (id: string, implementation: string, inner = ''): Part =>
  element('serviceTask', id, { name: id, implementation }, inner);
export const script = (id: string, text: string): Part =>
  element('scriptTask', id, { name: id }, `<bpmn:script>${escape(text)}</bpmn:script>`);
export const call = (id: string, calledElement: string, inner = ''): Part =>
  element('callActivity', id, { name: id, calledElement }, inner);

/** A script on an event of an element: start, end, assign … */
export const listener = (event: string, text: string): string =>
  `<bpmn:extensionElements><camunda:executionListener event="${event}"><camunda:script scriptFormat="javascript">${escape(text)}</camunda:script></camunda:executionListener></bpmn:extensionElements>`;

export const loop = (collection: string, isSequential = false): string =>
  `<bpmn:multiInstanceLoopCharacteristics${isSequential ? ' isSequential="true"' : ''} camunda:collection="${escape(collection)}" />`;

const expression = (tag: string, text: string): string =>
  `<bpmn:${tag} xsi:type="bpmn:tExpression">${escape(text)}</bpmn:${tag}>`;
/** The definition of a timer event, of a message event, of a signal event. */
export const timer = (kind: 'timeDuration' | 'timeCycle' | 'timeDate', text: string): string =>
  `<bpmn:timerEventDefinition>${expression(kind, text)}</bpmn:timerEventDefinition>`;
export const message = (id: string): string =>
  `<bpmn:messageEventDefinition id="def_${id}_${(counter.next += 1)}" messageRef="${id}" />`;
export const signal = (id: string): string =>
  `<bpmn:signalEventDefinition id="def_${id}_${(counter.next += 1)}" signalRef="${id}" />`;

const counter = { next: 0 };

export const catching = (id: string, definition: string): Part =>
  element('intermediateCatchEvent', id, {}, definition);
export const throwing = (id: string, definition: string): Part =>
  element('intermediateThrowEvent', id, {}, definition);
export const receive = (id: string, messageId: string): Part =>
  element('receiveTask', id, { name: id, messageRef: messageId });
/** A boundary event with a chain of its own behind it. */
export const boundary = (
  id: string,
  attachedTo: string,
  definition: string,
  cancelActivity: boolean,
  after: readonly Part[],
): Part => {
  const event = element('boundaryEvent', id, { attachedToRef: attachedTo, cancelActivity }, definition);
  return { id, flow: false, xml: chain([event, ...after], `${id}_`) };
};
export const subProcess = (id: string, parts: readonly Part[], inner = ''): Part =>
  element('subProcess', id, { name: id }, inner + chain(parts, `${id}_`));

/** Branches between two parallel gateways. */
export function parallel(id: string, ...branches: (readonly Part[])[]): Part {
  const fork = `${id}_fork`;
  const join = `${id}_join`;
  const inner = branches.map((branch, index) =>
    chain([{ id: fork, xml: '' }, ...branch, { id: join, xml: '' }], `${id}_${index}_`),
  );
  return {
    id: `${fork}|${join}`,
    xml: `<bpmn:parallelGateway id="${fork}" />${inner.join('')}<bpmn:parallelGateway id="${join}" />`,
  };
}

const firstOf = (part: Part): string => part.id.split('|')[0] as string;
const lastOf = (part: Part): string => part.id.split('|').at(-1) as string;

/** Elements with sequence flows from each to the next. */
export function chain(parts: readonly Part[], prefix = ''): string {
  const flowing = parts.filter((part) => part.flow !== false);
  const flows = flowing
    .slice(1)
    .map(
      (part, index) =>
        `<bpmn:sequenceFlow id="flow_${prefix}${index}" sourceRef="${lastOf(flowing[index] as Part)}" targetRef="${firstOf(part)}" />`,
    );
  return parts.map((part) => part.xml).join('') + flows.join('');
}

export interface ModelOptions {
  readonly id?: string;
  /** Attributes of the process, camunda's: candidateStarterGroups … */
  readonly process?: Attributes;
  /** XML inside the process before its elements: lanes, properties. */
  readonly inner?: string;
  /** Ids of messages and signals that events refer to; each is its own name. */
  readonly messages?: readonly string[];
  readonly signals?: readonly string[];
  /** Name of the pool. */
  readonly pool?: string;
}

/** A model of one process whose elements follow each other. */
export function model(
  parts: readonly Part[],
  { id = 'process', process = {}, inner = '', messages = [], signals = [], pool }: ModelOptions = {},
): string {
  const events = [
    ...messages.map((name) => `<bpmn:message id="${name}" name="${name}" />`),
    ...signals.map((name) => `<bpmn:signal id="${name}" name="${name}" />`),
  ].join('');
  const collaboration =
    pool === undefined
      ? ''
      : `<bpmn:collaboration id="collaboration"><bpmn:participant id="pool" name="${pool}" processRef="${id}" /></bpmn:collaboration>`;
  return `${HEAD}${collaboration}<bpmn:process id="${id}" isExecutable="true"${attributes(camunda(process))}>${inner}${chain(parts)}</bpmn:process>${events}</bpmn:definitions>`;
}

/** A lane set: names to the ids in each lane; a value may be lanes again. */
export interface Lanes {
  readonly [name: string]: readonly string[] | Lanes;
}
export function lanes(set: Lanes, path = 'lanes'): string {
  const one = ([name, content]: [string, readonly string[] | Lanes], index: number): string => {
    const id = `${path}_${index}`;
    const inner = Array.isArray(content)
      ? content.map((ref: string) => `<bpmn:flowNodeRef>${ref}</bpmn:flowNodeRef>`).join('')
      : lanes(content as Lanes, id).replaceAll('bpmn:laneSet', 'bpmn:childLaneSet');
    return `<bpmn:lane id="${id}" name="${escape(name)}">${inner}</bpmn:lane>`;
  };
  return `<bpmn:laneSet id="${path}_set">${Object.entries(set).map(one).join('')}</bpmn:laneSet>`;
}

/** Properties of a process, such as `lanesAsRoles`. */
export const properties = (all: Readonly<Record<string, string>>): string =>
  `<bpmn:extensionElements><camunda:properties>${Object.entries(all)
    .map(([name, value]) => `<camunda:property name="${name}" value="${escape(value)}" />`)
    .join('')}</camunda:properties></bpmn:extensionElements>`;

/** A request for vacation, as in the README; needs the service `getSupervisor`. */
export const requestVacation = (): string =>
  model([
    start({ initiator: 'requester' }),
    task('request', { assignee: '$(this.data.requester)' }),
    task(
      'approve',
      { assignee: '$(appServices.getSupervisor(this.data.requester))' },
      listener('start', 'appServices.notify && appServices.notify(data.requester)'),
    ),
    end(),
  ]);
