import { USER_TASK } from '../../../core/condition/element-types.js';
import { BadInput } from '../../../core/errors.js';
import { readStarters } from '../dialects/start-people.js';
import type { Statements } from '../dialects/statements.js';
import { readTask } from '../dialects/task-people.js';
import { unreadIn } from '../dialects/unread.js';
import type { ModelWarning } from '../../contract/model-warning.js';
import { warning } from '../dialects/warning.js';
import { restricts } from '../assignment.js';
import { checkCaseRoles } from '../case-roles.js';
import { cleanNames } from '../derive.js';
import { beginsNowhere, faultOf, startTimerNote, thrownFaultOf, timerFaultOf } from '../faults.js';
import { foreignCodeIn } from '../foreign-code.js';
import type { HostNode, ModdleElement } from '../host.js';
import { processOf, roleOf } from '../lanes.js';
import { isProcessStart, startsOf } from '../model-facts.js';
import { unrunIn } from '../unrun.js';
import { doubtfulNames } from './doubtful-names.js';
import { readingServer } from './reading-server.js';
import { readDefinition, type ReadDefinition } from './read-definition.js';

/** Maximum number of warnings per model; a last one counts the rest. */
const MOST = 100;

/** Assignees that are names in the model itself, where there are several. */
function rivals(def: ModdleElement, { people }: Statements): ModelWarning[] {
  const names = people.flatMap(({ property, expression }) =>
    property === 'assignee' && expression.kind === 'names' ? expression.text.split(',') : [],
  );
  const distinct = cleanNames(names);
  if (distinct.length < 2) return [];
  return [
    warning(
      def,
      `assignee ${distinct.join(', ')}`,
      'A task has only one assignee: all of these are ignored.',
    ),
  ];
}

function ofTask({ def }: HostNode): ModelWarning[] {
  const statements = readTask(def);
  const { unclear, leftOut } = statements;
  const role = roleOf({ def });
  return [
    ...unclear,
    ...leftOut,
    ...rivals(def, statements),
    ...doubtfulNames(def, statements),
    ...(role.kind === 'closed' ? [warning(def, role.found, role.means)] : []),
  ];
}

function ofStart({ def }: HostNode): ModelWarning[] {
  const { unclear, users, groups } = readStarters(def, processOf(def));
  const role = roleOf({ def });
  const named = <P>(property: P, names: readonly string[]) =>
    names.map((text) => ({ property, expression: { kind: 'names' as const, text } }));
  const people = [...named('candidateUsers' as const, users), ...named('candidateGroups' as const, groups)];
  return [
    ...unclear,
    ...doubtfulNames(def, { people }),
    ...(role.kind === 'closed' ? [warning(def, role.found, role.means)] : []),
  ];
}

const TASK_IS_OPEN =
  'It is not read, and the task is open to everybody. If it names people, name them by assignee, candidateUsers or' +
  ' candidateGroups of the namespace http://camunda.org/schema/1.0/bpmn.';
const START_IS_OPEN =
  'It is not read, and everybody may start the process. If it names people, name them by candidateUsers or' +
  ' candidateGroups of the namespace http://camunda.org/schema/1.0/bpmn.';

/** Private extensions of what is open to everybody. */
function unreadParts(definition: ReadDefinition['definition']): ModelWarning[] {
  const nodes = [...definition.nodes.values()];
  const openStarts = new Set(
    startsOf(definition).flatMap(({ elementId, open }) => (open ? [elementId] : [])),
  );
  const tasks = nodes.filter((node) => node.type === USER_TASK && !restricts(node));
  const starts = nodes.filter(({ id }) => openStarts.has(id));
  const elements = (open: readonly HostNode[]): ModdleElement[] => open.map(({ def }) => def);
  return [...unreadIn(elements(tasks), TASK_IS_OPEN), ...unreadIn(elements(starts), START_IS_OPEN)];
}

/** What fails when the engine reaches it. */
function ofFlow(node: HostNode): ModelWarning[] {
  const { def } = node;
  if (isProcessStart(node)) {
    const note = startTimerNote(def);
    return note === undefined ? [] : [warning(def, note.found, note.means)];
  }
  const fault = faultOf(def) ?? timerFaultOf(def) ?? thrownFaultOf(def);
  return fault === undefined
    ? []
    : [warning(def, fault.found, `An instance fails when it reaches this ${fault.what}.`)];
}

/** An event that the engine never reaches. */
const ofBoundary = ({ def }: HostNode): ModelWarning[] =>
  def.$type === 'bpmn:BoundaryEvent' && def.attachedToRef === undefined
    ? [warning(def, 'no attachedToRef', 'It is attached to nothing, and no instance reaches it.')]
    : [];

function ofProcess({ def }: { readonly def: ModdleElement }): ModelWarning[] {
  return beginsNowhere(def) ? [warning(def, 'no start event', 'Nobody can start this process.')] : [];
}

/** The warnings for the author of a model, without duplicates. */
export function warningsOf({ definition, warnings }: ReadDefinition): ModelWarning[] {
  const nodes = [...definition.nodes.values()];
  const all = [
    ...warnings,
    ...nodes.filter(({ type }) => type === USER_TASK).flatMap(ofTask),
    ...nodes.filter(isProcessStart).flatMap(ofStart),
    ...nodes.flatMap(ofFlow),
    ...nodes.flatMap(ofBoundary),
    ...[...nodes, ...(definition.flows as readonly { readonly def: ModdleElement }[])].flatMap(({ def }) => [
      ...foreignCodeIn(def),
      ...unrunIn(def),
    ]),
    ...[...definition.processes.values()].flatMap(({ def }) => unrunIn(def)),
    ...[...definition.processes.values()].flatMap(ofProcess),
    ...unreadParts(definition),
  ];
  const distinct = [...new Map(all.map((entry) => [JSON.stringify(entry), entry])).values()];
  if (distinct.length <= MOST) return distinct;
  const more = distinct.length - MOST;
  return [...distinct.slice(0, MOST), warning('the document', `${more} more`, 'They are not listed.')];
}

/**
 * Reads a BPMN document as a guard reads it and returns warnings about parts that are not supported or that may not
 * mean what the author thinks: assignments that are not understood, tasks and starts that belong to nobody, parts
 * that could not be read. Extensions of BPMN that an application adds by its delegate's `moddleOptions` are read
 * like any others.
 * @returns an empty list if there is nothing to warn about
 * @throws BadInput `bad-model` if the document cannot be run, naming the element and the cause
 * @example
 * import { readFile } from 'node:fs/promises';
 *
 * for (const { element, found, means } of await checkModel(await readFile('leave.bpmn', 'utf8')))
 *   console.log(`${element}: ${found}. ${means}`);
 */
export async function checkModel(source: string): Promise<readonly ModelWarning[]> {
  if (typeof source !== 'string') throw new BadInput('bad-model', 'A model needs its BPMN source as text.');
  const read = await readDefinition('model', source, readingServer());
  if (read.definition.processes.size === 0) throw new BadInput('bad-model', 'The document has no process.');
  checkCaseRoles(read.definition);
  return warningsOf(read);
}
