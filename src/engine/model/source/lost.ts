import { warning, type ModelWarning } from '../dialects/warning.js';
import { isAboutPeople } from '../dialects/vocabulary.js';

/** What bpmn-server's parser says of content that it drops, or of references that lead nowhere. */
export interface ParserWarning {
  readonly message: string;
  readonly error?: { readonly message: string };
  readonly element?: { readonly id?: string; readonly $type: string };
  readonly property?: string;
  readonly value?: string;
}

/** Elements that name people or give roles, or hold those that do. */
const HOLDERS = new Set(
  `childLaneSet collaboration extensionElements flowNodeRef formalExpression lane laneSet participant process resource
  resourceAssignmentExpression resourceRef resourceRole startEvent userTask`.split(/\s+/),
);
/** The same in documents of jBPM, which names people in the inputs of a task. */
const INPUTS = new Set(
  'assignment dataInput dataInputAssociation from ioSpecification targetRef to'.split(' '),
);
/** Errors after which the element itself is there, without an attribute or a text. */
const OF_AN_ELEMENT = /^(?:unknown type|unrecognized element|duplicate ID|illegal ID)/;
const TAG = /unparsable content <\/?(?:[^\s:>]+:)?([^\s/>:]+)/;
const LINE = /line: (\d+)/;

/** What was dropped while a document was read: a warning for its author, and whether it may have named people. */
export interface Lost {
  readonly warning: ModelWarning;
  readonly namedPeople: boolean;
}

/**
 * Reads a warning of the parser.
 * @returns undefined when nothing was dropped
 */
export function lostBy(given: ParserWarning, isJbpm: boolean): Lost | undefined {
  if (given.error === undefined) return undefined;
  const tag = TAG.exec(given.message)?.[1];
  const line = LINE.exec(given.message)?.[1];
  const why = given.error.message;
  const holds = tag === undefined || HOLDERS.has(tag) || (isJbpm && INPUTS.has(tag)) || isAboutPeople(tag);
  // Which of the attributes of a task was dropped is not told; of other elements only what is dropped itself counts.
  const namedPeople = holds && (tag !== 'process' || !OF_AN_ELEMENT.test(why));
  return {
    warning: warning(
      line === undefined ? 'the document' : `line ${Number(line) + 1}`,
      `<${tag ?? '?'}>: ${why}`,
      namedPeople
        ? 'This part could not be read and may have named people: tasks and starts that name nobody else are nobody’s.'
        : 'This part could not be read and is left out.',
    ),
    namedPeople,
  };
}

/** References that lead nowhere, for the author; those that keep a model from running are refused elsewhere. */
export function danglingBy(given: ParserWarning): ModelWarning | undefined {
  if (given.property === undefined || !given.message.startsWith('unresolved reference')) return undefined;
  const element = given.element?.id ?? given.element?.$type ?? 'the document';
  const found = `${given.property.replace(/^bpmn:/, '')} ${JSON.stringify(given.value ?? '')}`;
  return warning(element, found, 'There is no such element: the reference is left out.');
}
