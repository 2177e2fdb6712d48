import type { ModdleElement } from '../host.js';
import { holdersOf, processOf, roleOf } from '../lanes.js';
import { documentOf, type ModelDocument } from './document.js';
import { ALL_FORMS, NAMES_ONLY } from './expression.js';
import {
  extensionsOf,
  isAboutOtherThings,
  isBlankPair,
  isEmpty,
  mayNamePeople,
  peopleIn,
  shown,
  textOf,
  type IsName,
} from './foreign.js';
import { isOfEngine, isUnknownAttribute, isUnknownElement } from './harmless.js';
import { sayInputs } from './jbpm-inputs.js';
import { childrenOf } from './namespaces.js';
import { sayRole } from './standard-roles.js';
import { EMPTY, Statements, UNKNOWN } from './statements.js';
import { sayListeners } from './task-listeners.js';
import { PEOPLE, SCHEDULE, ZEEBE_ELEMENTS } from './understood.js';
import { SAME_ATTRIBUTES, ZEEBE } from './uris.js';
import { isAboutPeople, isNearlyKnown, isPersonOfTask } from './vocabulary.js';
import type { ModelWarning } from '../../contract/model-warning.js';
import { warning } from './warning.js';

const find = <T extends string>(known: readonly T[], name: string): T | undefined =>
  known.find((entry) => entry === name);

/**
 * Attributes of Camunda 7 and its relatives. In the namespaces of supported engines, an attribute that is not known
 * may name people; elsewhere its name decides.
 */
function sayAttributes(task: ModdleElement, { namespaces }: ModelDocument, to: Statements): void {
  for (const attribute of namespaces.attributesOf(task)) {
    const { uri, local, value } = attribute;
    const understood = uri !== undefined && Object.hasOwn(SAME_ATTRIBUTES, uri);
    const [person, time] = understood ? [find(PEOPLE, local), find(SCHEDULE, local)] : [];
    if (person !== undefined) to.say(person, value, ALL_FORMS, shown(attribute));
    else if (time !== undefined) to.sayWhen(time, value, ALL_FORMS, shown(attribute));
    else if (value.trim() === '' || isAboutOtherThings(uri)) continue;
    else if (isUnknownAttribute(attribute)) to.isUnclear(shown(attribute), UNKNOWN);
    else if (!isOfEngine(uri) && (isPersonOfTask(local, value) || mayNamePeople(attribute, isAboutPeople)))
      to.isUnclear(shown(attribute));
  }
}

/** Headers by which Zeebe itself assigns, and those that are called like an assignment: all others are data. */
const isAssigning = (key: string): boolean => isNearlyKnown(key.slice(key.lastIndexOf(':') + 1));

function sayHeaders(headers: ModdleElement, { namespaces }: ModelDocument, to: Statements): void {
  for (const header of childrenOf(headers)) {
    const attributes = namespaces.attributesOf(header);
    const found = attributes.find(({ local, value }) => local !== 'value' && isAssigning(value.trim()));
    if (found !== undefined && !isBlankPair(header, 'property', namespaces))
      to.isUnclear(`<${header.$type} ${shown(found)}>`);
  }
}

/** Zeebe's extension elements. Their texts are names; expressions begin with `=`. */
function sayZeebe(element: ModdleElement, local: string, document: ModelDocument, to: Statements): boolean {
  if (local === 'taskHeaders') sayHeaders(element, document, to);
  const kind = ZEEBE_ELEMENTS.get(local);
  if (kind === undefined) return false;
  const attributes = document.namespaces.attributesOf(element);
  if (kind === 'people' && attributes.length === 0) to.isUnclear(`<${element.$type}>`, EMPTY);
  for (const attribute of attributes) {
    const found = `<${element.$type} ${shown(attribute)}>`;
    const person = kind === 'people' ? find(PEOPLE, attribute.local) : undefined;
    const time = kind === 'schedule' ? find(SCHEDULE, attribute.local) : undefined;
    if (person !== undefined) to.say(person, attribute.value, NAMES_ONLY, found);
    else if (time !== undefined) to.sayWhen(time, attribute.value, NAMES_ONLY, found);
    else if (attribute.value.trim() !== '' && (kind === 'people' || isAboutPeople(attribute.local)))
      to.isUnclear(found);
  }
  return true;
}

function sayExtensions(task: ModdleElement, document: ModelDocument, to: Statements): void {
  for (const element of extensionsOf(task)) {
    const name = document.namespaces.nameOf(element);
    if (name.uri === ZEEBE && sayZeebe(element, name.local, document, to)) continue;
    const found = peopleIn(element, document.namespaces, isAboutPeople);
    const text = textOf(element);
    if (found !== undefined) to.isUnclear(found);
    else if (
      text !== '' &&
      !isOfEngine(name.uri) &&
      !isAboutOtherThings(name.uri) &&
      isPersonOfTask(name.local, text)
    )
      to.isUnclear(`<${element.$type}> ${text}`);
    else if (isUnknownElement(name) && !isEmpty(element)) to.isUnclear(`<${element.$type}>`, UNKNOWN);
  }
}

/** The variables that hold the current element of a loop around a task, in dialects that have them. */
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

/** A loop element is not a process variable, so the person it refers to is unknown. */
function withoutLoopElements(task: ModdleElement, document: ModelDocument, to: Statements): void {
  const elements = new Set(elementVariables(task, document));
  for (let index = to.people.length - 1; index >= 0; index--) {
    const { expression } = to.people[index] ?? {};
    if (expression?.kind !== 'variable' || !elements.has(expression.name)) continue;
    to.people.splice(index, 1);
    to.isUnclear(
      `\${${expression.name}}`,
      'The element of a loop has no variable here: the task belongs to nobody. `$(this.itemKey)` reads it.',
    );
  }
}

/**
 * What assigns a task or names starters, found at something around it: no engine reads it there, so nobody knows whom
 * it means.
 */
export function sayAround(
  element: ModdleElement,
  holders: readonly ModdleElement[],
  isName: IsName,
): ModelWarning[] {
  const { namespaces } = documentOf(element);
  return holders.flatMap((holder) => {
    const attribute = namespaces
      .attributesOf(holder)
      .find(
        (entry) =>
          !isAboutOtherThings(entry.uri) && entry.value.trim() !== '' && mayNamePeople(entry, isName),
      );
    const [found] = [
      ...(attribute === undefined ? [] : [shown(attribute)]),
      ...((holder.resources ?? []) as ModdleElement[]).map(({ $type }) => `<${$type}>`),
      ...extensionsOf(holder).flatMap((extension) => peopleIn(extension, namespaces, isName) ?? []),
    ];
    if (found === undefined) return [];
    const means = 'It is not read there: elements that name nobody else belong to nobody.';
    return [warning(element, `${found} at ${holder.id ?? holder.$type}`, means)];
  });
}

const isOfTask = (name: string): boolean => isNearlyKnown(name) && !/starter/i.test(name);

function aroundTask(task: ModdleElement): ModelWarning[] {
  const { around, within } = holdersOf(task);
  // A lane or pool stands for people: if it has no name, whatever else may say who they are counts.
  const ofLanes = roleOf({ def: task }).kind === 'none' ? isAboutPeople : isOfTask;
  return [...sayAround(task, [...within, processOf(task)], isOfTask), ...sayAround(task, around, ofLanes)];
}

/**
 * A model's statements about who does a user task and until when, in all supported dialects. Parts that look like
 * an assignment and are not understood are kept, so that the task is not mistaken for an open one.
 */
export function readTask(task: ModdleElement): Statements {
  const document = documentOf(task);
  const to = new Statements(task);
  sayAttributes(task, document, to);
  sayExtensions(task, document, to);
  sayListeners(task, document.namespaces, to);
  for (const role of (task.resources ?? []) as ModdleElement[])
    sayRole(role, to, document.isJbpm ? 'user' : 'group');
  sayInputs(task, to);
  withoutLoopElements(task, document, to);
  if (to.people.length + to.unclear.length === 0)
    to.unclear.push(...lostIn(task, document), ...aroundTask(task));
  return to;
}

/** If a lost part of the document may have named people, everything that names nobody belongs to nobody. */
export function lostIn(element: ModdleElement, { lost }: ModelDocument): ModelWarning[] {
  const [first] = lost;
  if (first === undefined) return [];
  return [
    warning(
      element,
      `${first.found} in ${first.element}`,
      'A part of the document that may have named people could not be read: elements that name nobody else' +
        ' belong to nobody.',
    ),
  ];
}
