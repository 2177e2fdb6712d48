import type { ModdleElement } from '../host.js';
import { NAMES_ONLY } from './expression.js';
import type { Statements } from './statements.js';
import { INPUTS } from './understood.js';
import { resembles } from './vocabulary.js';

interface Input extends ModdleElement {
  name?: string;
}
interface Association extends ModdleElement {
  targetRef?: ModdleElement;
  sourceRef?: unknown[];
  assignment?: { from?: { body?: string } }[];
}

/** By names in lower case: jBPM's editors spell them differently. */
const NAMES = new Map([...INPUTS].map(([name, property]) => [name.toLowerCase(), property]));
/** Inputs that name people who do not do the task, or who may not, and names that jBPM does not read. */
const OTHERS = new Set([
  'actor',
  'actors',
  'assignee',
  'assignees',
  'group',
  'groups',
  'potentialowner',
  'potentialowners',
  'role',
  'roles',
  'businessadministratorid',
  'businessadministratorgroupid',
  'recipientid',
  'swimlaneactorid',
  'taskstakeholderid',
]);
const EXCLUDED = 'excludedownerid';
/** Inputs with which jBPM reassigns a late task, and those with which it notifies people about one. */
const REASSIGNS = new Set(['notstartedreassign', 'notcompletedreassign']);
const NOTIFIES = new Set(['notstartednotify', 'notcompletednotify']);
const KNOWN = [...NAMES.keys(), ...OTHERS, EXCLUDED, ...REASSIGNS, ...NOTIFIES];
/** Whom such an input names: `[users:ann|groups:hr]@[4h]`, `[tousers:ann|subject:Late]@[4h]`. */
const OF_LATE = /(?:users|groups|emails)\s*:([^|\]]*)/gi;

/** Whether such an input names nobody: editors write its form with blank names. */
function namesNobody(text: string): boolean {
  const names = [...text.matchAll(OF_LATE)].map(([, name = '']) => name.trim());
  return text.trim() === '' || (names.length > 0 && names.every((name) => name === ''));
}

const NOT_HANDED_ON =
  'A late task is not reassigned here: it stays with the people whom the model names otherwise, and belongs to nobody' +
  ' if it names none.';
const NOT_NOTIFIED = 'Nobody is notified of a late task here.';

/** The known name that the author probably meant, for instance by `ActorIds`; undefined for inputs that are data. */
const meant = (name: string): string | undefined =>
  KNOWN.find((known) => known === name) ??
  KNOWN.find((known) => known.startsWith(name.charAt(0)) && resembles(name, known));

/** The text that a task assigns to one of its inputs; undefined if it comes from a variable or is missing. */
function assigned(task: ModdleElement, input: Input): string | undefined {
  const associations = ((task.dataInputAssociations ?? []) as Association[]).filter(
    ({ targetRef }) => targetRef === input,
  );
  const [only, ...more] = associations.flatMap(({ assignment = [] }) => assignment);
  if (more.length > 0 || associations.some(({ sourceRef = [] }) => sourceRef.length > 0)) return undefined;
  return only?.from === undefined ? undefined : (only.from.body ?? '');
}

/** Reads jBPM's assignments, which are inputs of a task with known names. */
export function sayInputs(task: ModdleElement, to: Statements): void {
  const inputs = ((task.ioSpecification as { dataInputs?: unknown } | undefined)?.dataInputs ??
    []) as Input[];
  for (const input of inputs) {
    const name = input.name?.toLowerCase() ?? '';
    const known = meant(name);
    if (known === undefined) continue;
    const property = NAMES.get(name);
    const text = assigned(task, input);
    const found = `dataInput ${input.name ?? ''} = ${text ?? '(no text)'}`;
    if (REASSIGNS.has(known) || NOTIFIES.has(known)) {
      if (text !== undefined && namesNobody(text)) continue;
      if (REASSIGNS.has(known)) to.isUnclear(found, NOT_HANDED_ON);
      else to.leavesOut(found, NOT_NOTIFIED);
    } else if (known === EXCLUDED) {
      to.withheld = true;
      to.isUnclear(found, 'Excluded owners are not supported: the task belongs to nobody.');
    } else if (property === undefined || text === undefined || text.trim() === '') to.isUnclear(found);
    else to.say(property, text, NAMES_ONLY, found);
  }
}
