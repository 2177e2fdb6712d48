import type { ModdleElement } from '../host.js';
import { documentOf, type ModelDocument } from './document.js';
import { ALL_FORMS, NAMES_ONLY } from './expression.js';
import { extensionsOf, isAboutOtherThings, peopleIn, shown } from './foreign.js';
import { sayInputs } from './jbpm-inputs.js';
import { sayRole } from './standard-roles.js';
import { Statements } from './statements.js';
import { PEOPLE, SCHEDULE, ZEEBE_ELEMENTS } from './understood.js';
import { SAME_ATTRIBUTES, ZEEBE } from './uris.js';
import { isAboutPeople } from './vocabulary.js';
import { warning, type ModelWarning } from './warning.js';

const find = <T extends string>(known: readonly T[], name: string): T | undefined =>
  known.find((entry) => entry === name);

/** Attributes of Camunda 7 and its relatives; others on a task that may name people are not understood. */
function sayAttributes(task: ModdleElement, { namespaces }: ModelDocument, to: Statements): void {
  for (const attribute of namespaces.attributesOf(task)) {
    const { uri, local, value } = attribute;
    const understood = uri !== undefined && Object.hasOwn(SAME_ATTRIBUTES, uri);
    const [person, time] = understood ? [find(PEOPLE, local), find(SCHEDULE, local)] : [];
    if (person !== undefined) to.say(person, value, ALL_FORMS, shown(attribute));
    else if (time !== undefined) to.sayWhen(time, value, ALL_FORMS, shown(attribute));
    else if (!isAboutOtherThings(uri) && value.trim() !== '' && isAboutPeople(local))
      to.isUnclear(shown(attribute));
  }
}

/** Zeebe's extension elements; texts in them are names, and expressions begin with `=`. */
function sayZeebe(element: ModdleElement, local: string, document: ModelDocument, to: Statements): boolean {
  const kind = ZEEBE_ELEMENTS.get(local);
  if (kind === undefined) return false;
  for (const attribute of document.namespaces.attributesOf(element)) {
    const found = `<${element.$type} ${shown(attribute)}>`;
    const person = kind === 'people' ? find(PEOPLE, attribute.local) : undefined;
    const time = kind === 'schedule' ? find(SCHEDULE, attribute.local) : undefined;
    if (person !== undefined) to.say(person, attribute.value, NAMES_ONLY, found);
    else if (time !== undefined) to.sayWhen(time, attribute.value, NAMES_ONLY, found);
    else if (attribute.value.trim() !== '' && isAboutPeople(attribute.local)) to.isUnclear(found);
  }
  return true;
}

function sayExtensions(task: ModdleElement, document: ModelDocument, to: Statements): void {
  for (const element of extensionsOf(task)) {
    const { uri, local } = document.namespaces.nameOf(element);
    if (uri === ZEEBE && sayZeebe(element, local, document, to)) continue;
    const found = peopleIn(element, document.namespaces, isAboutPeople);
    if (found !== undefined) to.isUnclear(found);
  }
}

/** The name under which each round of a loop around a task holds its element, in dialects that have one. */
function elementVariables(task: ModdleElement, { namespaces }: ModelDocument): string[] {
  const names: string[] = [];
  for (let at: ModdleElement | undefined = task; at !== undefined; at = at.$parent) {
    const loop = at.loopCharacteristics as ModdleElement | undefined;
    if (loop === undefined) continue;
    for (const { local, value } of namespaces.attributesOf(loop))
      if (local === 'elementVariable') names.push(value.trim());
    const item = loop.inputDataItem as ModdleElement | undefined;
    if (item?.name !== undefined) names.push(item.name);
  }
  return names;
}

/** An element of a loop is not where a variable of the process is looked for: whoever is meant is not known. */
function withoutLoopElements(task: ModdleElement, document: ModelDocument, to: Statements): void {
  const elements = new Set(elementVariables(task, document));
  for (let index = to.people.length - 1; index >= 0; index--) {
    const { expression } = to.people[index] ?? {};
    if (expression?.kind !== 'variable' || !elements.has(expression.name)) continue;
    to.people.splice(index, 1);
    to.isUnclear(
      `\${${expression.name}}`,
      'The element of a loop is not known under a name: the task is nobody’s. `$(this.itemKey)` reads it.',
    );
  }
}

/**
 * What a model says of who does a user task, and until when, in all dialects that are understood. What looks like an
 * assignment and is not understood is kept beside it, so that the task is not taken for one that is open to all.
 */
export function readTask(task: ModdleElement): Statements {
  const document = documentOf(task);
  const to = new Statements(task);
  sayAttributes(task, document, to);
  sayExtensions(task, document, to);
  for (const role of (task.resources ?? []) as ModdleElement[])
    sayRole(role, to, document.isJbpm ? 'user' : 'group');
  sayInputs(task, to);
  withoutLoopElements(task, document, to);
  if (to.people.length + to.unclear.length === 0) to.unclear.push(...lostIn(task, document));
  return to;
}

/** Where a part of the document was lost that may have named people, what names nobody is nobody's. */
export function lostIn(element: ModdleElement, { lost }: ModelDocument): ModelWarning[] {
  const [first] = lost;
  if (first === undefined) return [];
  return [
    warning(
      element,
      `${first.found} in ${first.element}`,
      'A part of the document could not be read that may have named people: what names nobody else is nobody’s.',
    ),
  ];
}
