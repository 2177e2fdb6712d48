import type { ModdleElement } from '../host.js';
import { documentOf } from './document.js';
import { extensionsOf, isAboutOtherThings, isBlankPair, isEmpty, shown } from './foreign.js';
import { isOfEngine } from './harmless.js';
import { JBPM } from './uris.js';
import type { ModelWarning } from '../../contract/model-warning.js';
import { warning } from './warning.js';

/** An attribute or extension element in a namespace that is not known. */
interface Unread {
  /** Its name, as in `acme:slot` or `<acme:config>`. */
  readonly name: string;
  /** The part as written. */
  readonly found: string;
}

const isKnown = (uri: string | undefined): boolean =>
  isOfEngine(uri) || uri === JBPM || isAboutOtherThings(uri);

function unreadAt(element: ModdleElement): Unread[] {
  const { namespaces } = documentOf(element);
  const attributes = namespaces
    .attributesOf(element)
    .filter(({ uri, value }) => !isKnown(uri) && value.trim() !== '')
    .map((attribute) => ({ name: attribute.name, found: shown(attribute) }));
  const elements = extensionsOf(element)
    .filter((extension) => {
      const { uri, local } = namespaces.nameOf(extension);
      return !isKnown(uri) && !isEmpty(extension) && !isBlankPair(extension, local, namespaces);
    })
    .map(({ $type }) => ({ name: `<${$type}>`, found: `<${$type}>` }));
  return [...attributes, ...elements];
}

/**
 * Warnings about private extensions of elements that are open to everybody: the author is told, because no list of
 * words covers every way to name people. Editors add the same extension to every element, so each name has one warning.
 * @param elements tasks or start events that are open to everybody
 * @param means the consequence
 */
export function unreadIn(elements: readonly ModdleElement[], means: string): ModelWarning[] {
  const places = new Map<string, { readonly found: string; readonly at: ModdleElement[] }>();
  for (const element of elements)
    for (const { name, found } of unreadAt(element)) {
      const place = places.get(name) ?? { found, at: [] };
      place.at.push(element);
      places.set(name, place);
    }
  return [...places.values()].map(({ found, at: [first, ...more] }) =>
    warning(
      first as ModdleElement,
      found,
      more.length === 0 ? means : `${means} Elements with it: ${more.length + 1}.`,
    ),
  );
}
