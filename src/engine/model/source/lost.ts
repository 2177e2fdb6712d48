import { isInvisible } from '../../../core/user-info.js';
import type { ModelWarning } from '../../contract/model-warning.js';
import { warning } from '../dialects/warning.js';
import { isAboutPeople } from '../dialects/vocabulary.js';
import type { ModdleElement } from '../host.js';
import { poolsOf } from '../lanes.js';
import type { ParserWarning } from '../parsing.js';
import { idBehind } from './ids.js';
import { lineAt, namesPeople, overwrittenIn } from './markup.js';

/** Elements that name people or assign roles, or that contain such elements. */
const HOLDERS = new Set(
  `childLaneSet collaboration extensionElements flowNodeRef formalExpression lane laneSet participant process resource
  resourceAssignmentExpression resourceRef resourceRole startEvent userTask`.split(/\s+/),
);
/** The same for documents of jBPM, which names people in the inputs of a task. */
const INPUTS = new Set(
  'assignment dataInput dataInputAssociation from ioSpecification targetRef to'.split(' '),
);
/** Errors that drop the element itself; others drop one of its attributes or texts. */
const OF_AN_ELEMENT = /^(?:unknown type|unrecognized element|duplicate ID|illegal ID)/;
/** Parts that do not matter for execution: documentation, and additions of other tools in their own namespaces. */
const SILENT = /^(?:documentation|html|text|\w*Bounds|BPMN\w+)$/;
const OF_OTHERS = /^unrecognized element <(?!bpmn:)[^>]*:/;
/** References that matter for execution or for people. */
const FOLLOWED = new Set(
  `attachedToRef default errorRef escalationRef flowNodeRef messageRef partitionElementRef processRef resourceRef
  signalRef`.split(/\s+/),
);
const TAG = /unparsable content <\/?(?:[^\s:>]+:)?([^\s/>:]+)/;
const LINE = /line: (\d+)/;
const COLUMN = /column: (\d+)/;
/** Parts that lanes and pools consist of: without them, the lane or pool of an element is unknown. */
const OF_LANES = new Set(['childLaneSet', 'collaboration', 'flowNodeRef', 'lane', 'laneSet', 'participant']);

/** A part dropped while a document was parsed: the warning for its author, and whether it may have named people. */
interface Lost {
  readonly warning: ModelWarning;
  readonly namedPeople: boolean;
  /** It may have been the lane or pool of an element. */
  readonly ofLanes: boolean;
}

const PEOPLE_LOST =
  'This part could not be read and may have named people: tasks and starts that name nobody else belong to nobody.';

/** A source, and where its lines begin. */
export interface Text {
  readonly source: string;
  readonly lines: readonly number[];
}

/** The parts that the parser drops without a word, since another of the same name follows. */
export function lostInSilence({ source, lines }: Text): Lost[] {
  return overwrittenIn(source).map(({ offset, local }) => ({
    warning: warning(
      `line ${lineAt(lines, offset)}`,
      `<${local}>: there is another of the same name`,
      PEOPLE_LOST,
    ),
    namedPeople: true,
    ofLanes: OF_LANES.has(local),
  }));
}

function foundBy(tag = '?', given: ParserWarning): string {
  const id = idBehind(given);
  return id === undefined
    ? `<${tag}>: ${given.error?.message}`
    : `<${tag} id=${JSON.stringify(id.id)}>: the id ${id.cause}`;
}

/** The elements that were dropped because of their ids: by id, what they are and what is wrong with it. */
export function droppedIds(warnings: readonly ParserWarning[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const given of warnings) {
    const id = idBehind(given);
    const line = Number(LINE.exec(given.message)?.[1]) + 1;
    if (id !== undefined)
      found.set(id.id, `the id of the ${TAG.exec(given.message)?.[1]} in line ${line} ${id.cause}`);
  }
  return found;
}

/**
 * Interprets a warning of the parser.
 * @returns undefined if nothing relevant was dropped
 */
export function lostBy(given: ParserWarning, isJbpm: boolean, text: Text): Lost | undefined {
  if (given.error === undefined) return undefined;
  const tag = TAG.exec(given.message)?.[1];
  const line = LINE.exec(given.message)?.[1];
  const column = COLUMN.exec(given.message)?.[1];
  const why = given.error.message;
  // An element dropped as a whole takes with it whatever it holds.
  const inside = (): boolean =>
    line !== undefined &&
    column !== undefined &&
    OF_AN_ELEMENT.test(why) &&
    namesPeople(text.source, (text.lines[Number(line)] ?? 0) + Number(column));
  const holds =
    tag === undefined ||
    HOLDERS.has(tag) ||
    (isJbpm && INPUTS.has(tag)) ||
    isAboutPeople(tag) ||
    (!SILENT.test(tag) && inside());
  // The parser does not say which attribute of a task was dropped; of other elements, only the dropped part itself
  // counts.
  const namedPeople = holds && (tag !== 'process' || !OF_AN_ELEMENT.test(why));
  if (!namedPeople && (tag === undefined || SILENT.test(tag) || OF_OTHERS.test(why))) return undefined;
  return {
    warning: warning(
      line === undefined ? 'the document' : `line ${Number(line) + 1}`,
      foundBy(tag, given),
      namedPeople
        ? PEOPLE_LOST
        : tag?.endsWith('EventDefinition') === true
          ? 'This part could not be read: the event has no definition and happens at once.'
          : 'This part could not be read and is omitted.',
    ),
    namedPeople,
    ofLanes: namedPeople && (tag === undefined || OF_LANES.has(tag)),
  };
}

/** A reference to an element that the document lacks. */
export interface Dangling {
  readonly warning: ModelWarning;
  /** With it, the role of some elements was lost: the document does not say whose lane or pool it is. */
  readonly ofLanes: boolean;
}

/** Whether the processes of a document are all in a pool that could be resolved, or it has none. */
const haveTheirPools = (root: ModdleElement): boolean =>
  ((root.rootElements ?? []) as ModdleElement[]).every(
    (element) => element.$type !== 'bpmn:Process' || poolsOf(element).length > 0,
  );

/** The lane or pool whose role depends on a missing reference. */
function losesRole(property: string, element: ParserWarning['element'], root: ModdleElement): boolean {
  if (property === 'processRef') return !haveTheirPools(root);
  return property === 'partitionElementRef' && isInvisible(element?.name ?? '');
}

/** Warnings about dangling references; those that prevent execution are refused elsewhere. */
export function danglingBy(given: ParserWarning, root: ModdleElement): Dangling | undefined {
  if (given.property === undefined || !given.message.startsWith('unresolved reference')) return undefined;
  const property = given.property.replace(/^bpmn:/, '');
  if (!FOLLOWED.has(property)) return undefined;
  const ofLanes = losesRole(property, given.element, root);
  const element = given.element?.id ?? given.element?.$type ?? 'the document';
  const found = `${property} ${JSON.stringify(given.value ?? '')}`;
  const means = ofLanes
    ? 'There is no such element, so nobody knows whose lane or pool this is: what names nobody belongs to nobody.'
    : 'There is no such element: the reference is omitted.';
  return { warning: warning(element, found, means), ofLanes };
}
