import type { ModdleElement } from '../host.js';
import { documentOf } from './document.js';
import { extensionsOf } from './foreign.js';
import { isOfEngine } from './harmless.js';
import { childrenOf } from './namespaces.js';

/** A property of an element, such as `<camunda:property name="lanesAsRoles" value="false" />`. */
export interface ModelProperty {
  readonly name: string;
  readonly value: string;
  /** False: it is in a namespace in which properties are not known, or in none. */
  readonly understood: boolean;
}

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** All properties among an element's extensions, in the order of the document, understood or not. */
export function allProperties(element: ModdleElement): ModelProperty[] {
  const { namespaces } = documentOf(element);
  return extensionsOf(element).flatMap((extension) => {
    const list = namespaces.nameOf(extension);
    if (list.local !== 'properties') return [];
    return childrenOf(extension).map((property): ModelProperty => {
      const { name, value } = property as { name?: unknown; value?: unknown };
      const { uri, local } = namespaces.nameOf(property);
      const understood = isOfEngine(list.uri) && isOfEngine(uri) && local === 'property';
      return { name: text(name), value: text(value), understood };
    });
  });
}

/** The extension properties of an element (`camunda:property`), by name; of two with one name, the first. */
export function propertiesOf(element: ModdleElement): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, value, understood } of allProperties(element))
    if (understood && !found.has(name)) found.set(name, value);
  return found;
}
