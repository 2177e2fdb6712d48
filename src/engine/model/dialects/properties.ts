import type { ModdleElement } from '../host.js';
import { documentOf } from './document.js';
import { extensionsOf } from './foreign.js';
import { childrenOf } from './namespaces.js';
import { SAME_ATTRIBUTES, ZEEBE } from './uris.js';

const isEngine = (uri: string | undefined): boolean =>
  uri !== undefined && (uri === ZEEBE || Object.hasOwn(SAME_ATTRIBUTES, uri));

/** The extension properties of an element (`camunda:property`), by name; of two with one name, the first. */
export function propertiesOf(element: ModdleElement): ReadonlyMap<string, string> {
  const { namespaces } = documentOf(element);
  const is = (one: ModdleElement, name: string): boolean => {
    const { uri, local } = namespaces.nameOf(one);
    return local === name && isEngine(uri);
  };
  const found = new Map<string, string>();
  for (const list of extensionsOf(element).filter((one) => is(one, 'properties')))
    for (const { name, value } of childrenOf(list).filter((one) => is(one, 'property')))
      if (typeof name === 'string' && typeof value === 'string' && !found.has(name)) found.set(name, value);
  return found;
}
