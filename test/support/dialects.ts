import { chain, end, type Part } from './models.js';

/** A document with the namespaces that are given, and one user task whose XML is given, between a start and an end. */
export function document(
  namespaces: Readonly<Record<string, string>>,
  task: string,
  rest: DocumentRest = {},
): string {
  const declared = Object.entries(namespaces)
    .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
    .join('');
  const { process = '', inner = '', startAttributes = '', before = '', after = '' } = rest;
  const begin: Part = { id: 'start', xml: `<bpmn:startEvent id="start"${startAttributes} />` };
  const parts = chain([begin, { id: 't', xml: task }, end()]);
  return (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"' +
    ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"${declared} id="d" targetNamespace="t">${before}` +
    `<bpmn:process id="p" isExecutable="true"${process}>${inner}${parts}</bpmn:process>${after}</bpmn:definitions>`
  );
}

export interface DocumentRest {
  /** Attributes of the process, and of its start event. */
  readonly process?: string;
  readonly startAttributes?: string;
  /** What stands in the process before its elements. */
  readonly inner?: string;
  /** What stands in the document before and after the process. */
  readonly before?: string;
  readonly after?: string;
}

/** The user task of a document: its attributes, and what is in it. */
export const userTask = (attributes = '', inner = ''): string =>
  `<bpmn:userTask id="t" name="t"${attributes === '' ? '' : ` ${attributes}`}>${inner}</bpmn:userTask>`;

export const extensions = (inner: string): string =>
  `<bpmn:extensionElements>${inner}</bpmn:extensionElements>`;

/** Inputs of a task by which jBPM names its people: each with its text, or without one. */
export function jbpmInputs(inputs: Readonly<Record<string, string | undefined>>): string {
  const named = Object.entries(inputs).map(([name, text], at) => ({ id: `in${at}`, name, text }));
  const declared = named.map(({ id, name }) => `<bpmn:dataInput id="${id}" name="${name}" />`);
  const given = named.map(
    ({ id, text }) =>
      `<bpmn:dataInputAssociation><bpmn:targetRef>${id}</bpmn:targetRef>` +
      (text === undefined
        ? ''
        : `<bpmn:assignment><bpmn:from xsi:type="bpmn:tFormalExpression">${text}</bpmn:from>` +
          `<bpmn:to xsi:type="bpmn:tFormalExpression">${id}</bpmn:to></bpmn:assignment>`) +
      '</bpmn:dataInputAssociation>',
  );
  return (
    `<bpmn:ioSpecification>${declared.join('')}<bpmn:inputSet /><bpmn:outputSet /></bpmn:ioSpecification>` +
    given.join('')
  );
}
