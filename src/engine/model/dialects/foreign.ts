import type { ModdleElement } from '../host.js';
import { childrenOf, plainAttributes, type Attribute, type Namespaces } from './namespaces.js';
import { isOfEngine } from './harmless.js';
import { keysOf } from './pairs.js';
import { ABOUT_OTHER_THINGS, DATA_AND_CODE, JBPM } from './uris.js';
import { isNameOfAssignment, isNearlyKnown } from './vocabulary.js';

/** Attributes that contain a name in foreign dialects. */
const NAMING = new Set(['name', 'key', 'metaKey']);
/** Names, as opposed to texts, contain no blanks. */
const IDENTIFIER = /^[\p{L}\p{M}\p{N}_.:-]{1,60}$/u;
/** Elements that are pairs of a name and a value, and what such a pair has beside them. */
const PAIRS = new Set(['attribute', 'entry', 'field', 'item', 'param', 'parameter', 'property']);
const OF_PAIRS = new Set([...NAMING, 'format', 'id', 'type']);
const SPEAKS_OTHERWISE = new Set(ABOUT_OTHER_THINGS);
const HOLDS_DATA = new Set(DATA_AND_CODE);

/** An attribute as shown to the author of a model. */
export const shown = ({ name, value }: Attribute): string => `${name}="${value}"`;

export const isAboutOtherThings = (uri: string | undefined): boolean =>
  uri !== undefined && SPEAKS_OTHERWISE.has(uri);

/** Whether an element holds data, a form or code, whatever the names in it look like. */
const holdsData = (uri: string | undefined, local: string): boolean =>
  (isOfEngine(uri) || uri === JBPM) && HOLDS_DATA.has(local);

/**
 * An assignment inside an element that holds data, a form or code, where no engine reads it. Only names of elements
 * and attributes count there, not texts.
 */
function misplacedIn(element: ModdleElement, namespaces: Namespaces): string | undefined {
  if (isNameOfAssignment(namespaces.nameOf(element).local)) return `<${element.$type}>`;
  const attribute = namespaces
    .attributesOf(element)
    .find(({ local, value }) => value.trim() !== '' && isNameOfAssignment(local));
  if (attribute !== undefined) return `<${element.$type} ${shown(attribute)}>`;
  for (const child of childrenOf(element)) {
    const found = misplacedIn(child, namespaces);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text in an element and in those inside it. */
export function textOf(element: ModdleElement): string {
  const { $body, body } = element as { $body?: unknown; body?: unknown };
  return [$body, body, ...childrenOf(element).map(textOf)]
    .filter((text) => typeof text === 'string')
    .join('')
    .trim();
}

/** Whether an element has neither text nor an attribute nor anything inside. */
export const isEmpty = (element: ModdleElement): boolean =>
  childrenOf(element).length === 0 &&
  textOf(element) === '' &&
  !Object.entries({ ...element, ...element.$attrs }).some(
    ([name, value]) => !name.startsWith('$') && typeof value === 'string' && value.trim() !== '',
  ) &&
  [...plainAttributes(element)].every(([, value]) => value.trim() === '');

/** A pair of a name and a value without the value. Some editors write all pairs that they know. */
export function isBlankPair(element: ModdleElement, local: string, namespaces: Namespaces): boolean {
  return (
    PAIRS.has(local) &&
    textOf(element) === '' &&
    childrenOf(element).every(isEmpty) &&
    namespaces
      .attributesOf(element)
      .every(({ local: name, value }) => OF_PAIRS.has(name) || value.trim() === '')
  );
}

/** @param isText it is a text, such as the name of a property; otherwise the name of an attribute or element */
export type IsName = (name: string, isText?: boolean) => boolean;

/**
 * Whether the value of an attribute is a name that may refer to people. In a pair of a name and a value, each attribute
 * but the value may contain the name. Elsewhere an id is a reference, unless it is nearly a known name.
 */
export function isNamedAfterPeople(
  tag: string,
  { local, value }: Pick<Attribute, 'local' | 'value'>,
  isName: IsName,
): boolean {
  if (!IDENTIFIER.test(value)) return false;
  const isNaming = NAMING.has(local) || (PAIRS.has(tag) && local !== 'value');
  return isNaming ? isName(value, true) : local === 'id' && isNearlyKnown(value);
}

/** The key that may name people in a text that holds pairs, such as a JSON object; undefined if there is nothing. */
export const keyOfPeople = (text: unknown, isName: IsName): string | undefined =>
  typeof text === 'string' ? keysOf(text).find((key) => isName(key, true)) : undefined;

/** Whether an attribute in a private namespace may name people: by its name, or by pairs in its value. */
export const mayNamePeople = (
  { local, value }: Pick<Attribute, 'local' | 'value'>,
  isName: IsName,
): boolean => isName(local) || keyOfPeople(value, isName) !== undefined;

/**
 * Searches an unknown extension element for anything that may name people.
 * @param isName whether an attribute or element name may refer to people
 * @returns the first such place as written; undefined if there is none
 */
export function peopleIn(element: ModdleElement, namespaces: Namespaces, isName: IsName): string | undefined {
  const { uri, local } = namespaces.nameOf(element);
  if (isAboutOtherThings(uri) || isBlankPair(element, local, namespaces)) return undefined;
  if (holdsData(uri, local)) return misplacedIn(element, namespaces);
  const tag = element.$type;
  if (isName(local)) return `<${tag}>`;
  const attributes = namespaces.attributesOf(element);
  const ofName = attributes.find(
    (attribute) =>
      !isAboutOtherThings(attribute.uri) && attribute.value.trim() !== '' && isName(attribute.local),
  );
  if (ofName !== undefined) return `<${tag} ${shown(ofName)}>`;
  const ofValue = attributes.find(
    (attribute) =>
      !isAboutOtherThings(attribute.uri) &&
      (isNamedAfterPeople(local, attribute, isName) || keyOfPeople(attribute.value, isName) !== undefined),
  );
  if (ofValue !== undefined) return `<${tag} ${shown(ofValue)}>`;
  const ofText = keyOfPeople(element.$body, isName);
  if (ofText !== undefined) return `<${tag}> with ${ofText}`;
  for (const child of childrenOf(element)) {
    const found = peopleIn(child, namespaces, isName);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The extension elements of an element. */
export function extensionsOf(element: ModdleElement): ModdleElement[] {
  const values = (element.extensionElements as { values?: unknown } | undefined)?.values;
  return Array.isArray(values) ? (values as ModdleElement[]) : [];
}
