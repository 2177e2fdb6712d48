import type { ModdleElement } from '../host.js';
import { NAMES_ONLY } from './expression.js';
import type { Statements } from './statements.js';
import { INPUTS } from './understood.js';

interface Input extends ModdleElement {
  name?: string;
}
interface Association extends ModdleElement {
  targetRef?: ModdleElement;
  sourceRef?: unknown[];
  assignment?: { from?: { body?: string } }[];
}

/** By their names in lower case: jBPM's editors do not agree on it. */
const NAMES = new Map([...INPUTS].map(([name, property]) => [name.toLowerCase(), property]));
/** Inputs that name people who do not do the task, or say which of them may not. */
const OTHERS = new Set([
  'businessadministratorid',
  'businessadministratorgroupid',
  'recipientid',
  'swimlaneactorid',
  'taskstakeholderid',
]);
const EXCLUDED = 'excludedownerid';

/** The text that a task assigns to one of its inputs; undefined when it comes from a variable, or from nowhere. */
function assigned(task: ModdleElement, input: Input): string | undefined {
  const associations = ((task.dataInputAssociations ?? []) as Association[]).filter(
    ({ targetRef }) => targetRef === input,
  );
  const [only, ...more] = associations.flatMap(({ assignment = [] }) => assignment);
  if (more.length > 0 || associations.some(({ sourceRef = [] }) => sourceRef.length > 0)) return undefined;
  return only?.from?.body;
}

/** jBPM names people in inputs of a task that it knows by their names. */
export function sayInputs(task: ModdleElement, to: Statements): void {
  const inputs = ((task.ioSpecification as { dataInputs?: unknown } | undefined)?.dataInputs ??
    []) as Input[];
  for (const input of inputs) {
    const name = input.name?.toLowerCase() ?? '';
    const property = NAMES.get(name);
    if (property === undefined && name !== EXCLUDED && !OTHERS.has(name)) continue;
    const text = assigned(task, input);
    const found = `dataInput ${input.name ?? ''} = ${text ?? '(no text)'}`;
    if (name === EXCLUDED) {
      to.withheld = true;
      to.isUnclear(found, 'Owners that are excluded are not known here: the task is nobody’s.');
    } else if (property === undefined || text === undefined || text.trim() === '') to.isUnclear(found);
    else to.say(property, text, NAMES_ONLY, found);
  }
}
