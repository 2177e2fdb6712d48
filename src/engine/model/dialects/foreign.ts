import type { ModdleElement } from '../host.js';
import { childrenOf, type Attribute, type Namespaces } from './namespaces.js';
import { ABOUT_OTHER_THINGS, DATA_AND_CODE, JBPM, SAME_ATTRIBUTES, ZEEBE } from './uris.js';

/** Attributes that contain a name in foreign dialects. */
const NAMING = new Set(['name', 'key', 'metaKey']);
/** Names, as opposed to texts, contain no blanks. */
export const IDENTIFIER = /^[\p{L}\p{M}\p{N}_.:-]{1,60}$/u;
const SPEAKS_OTHERWISE = new Set(ABOUT_OTHER_THINGS);
const HOLDS_DATA = new Set(DATA_AND_CODE);

const isEngine = (uri: string | undefined): boolean =>
  uri !== undefined && (uri === ZEEBE || uri === JBPM || Object.hasOwn(SAME_ATTRIBUTES, uri));

/** An attribute as shown to the author of a model. */
export const shown = ({ name, value }: Attribute): string => `${name}="${value}"`;

export const isAboutOtherThings = (uri: string | undefined): boolean =>
  uri !== undefined && SPEAKS_OTHERWISE.has(uri);

/** Whether an element holds data, a form or code, whatever the names in it look like. */
const holdsData = (uri: string | undefined, local: string): boolean =>
  isAboutOtherThings(uri) || (isEngine(uri) && HOLDS_DATA.has(local));

/**
 * Searches an unknown extension element for anything that may name people.
 * @param isName whether an attribute or element name may refer to people
 * @returns the first such place as written; undefined if there is none
 */
export function peopleIn(
  element: ModdleElement,
  namespaces: Namespaces,
  isName: (name: string) => boolean,
): string | undefined {
  const { uri, local } = namespaces.nameOf(element);
  if (holdsData(uri, local)) return undefined;
  const tag = element.$type;
  if (isName(local)) return `<${tag}>`;
  const attributes = namespaces.attributesOf(element);
  const ofName = attributes.find(
    (attribute) =>
      !isAboutOtherThings(attribute.uri) && attribute.value.trim() !== '' && isName(attribute.local),
  );
  if (ofName !== undefined) return `<${tag} ${shown(ofName)}>`;
  const ofValue = attributes.find(
    (attribute) => NAMING.has(attribute.local) && IDENTIFIER.test(attribute.value) && isName(attribute.value),
  );
  if (ofValue !== undefined) return `<${tag} ${shown(ofValue)}>`;
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
