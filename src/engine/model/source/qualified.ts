import type { Namespaces } from '../dialects/namespaces.js';
import type { ModdleElement } from '../host.js';
import type { Parsed, ParserWarning, Reference } from '../parsing.js';

const QUALIFIED = /^([^:\s]+):([^:\s]+)$/;

/** The id of an element of this document to which a qualified name refers; undefined if there is none. */
function idOf(
  name: string,
  { rootElement, elementsById }: Parsed,
  namespaces: Namespaces,
): string | undefined {
  const has = (id: string): boolean => Object.hasOwn(elementsById, id);
  const trimmed = name.trim();
  if (has(trimmed)) return trimmed;
  const [, prefix, local = ''] = QUALIFIED.exec(trimmed) ?? [];
  if (prefix === undefined || !has(local)) return undefined;
  const { targetNamespace } = rootElement as { targetNamespace?: unknown };
  const uri = namespaces.declaredFor(prefix);
  return uri !== undefined && uri === targetNamespace ? local : undefined;
}

interface Described extends ModdleElement {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
}
interface Descriptor {
  readonly propertiesByName: Readonly<Record<string, { readonly isMany?: boolean } | undefined>>;
}

function refer({ element, property }: Reference, target: ModdleElement): void {
  const { propertiesByName } = (element as unknown as { $descriptor: Descriptor }).$descriptor;
  if (propertiesByName[property]?.isMany !== true) return (element as Described).set(property, target);
  const list = (element as Described).get(property) as ModdleElement[];
  if (!list.includes(target)) list.push(target);
}

/**
 * Resolves references that are qualified names, such as `processRef="tns:leave"`: the parser compares them with ids as
 * they are. A name in the namespace of the document refers to its element of that id; blanks around it do not count.
 * @returns the warnings about references that still lead nowhere, and all others
 */
export function resolveNames(
  parsed: Parsed,
  namespaces: Namespaces,
  warnings: readonly ParserWarning[],
): ParserWarning[] {
  const resolved = new Map<unknown, Set<string>>();
  for (const reference of parsed.references) {
    const { element, property, id: name } = reference;
    if (Object.hasOwn(parsed.elementsById, name)) continue;
    const id = idOf(name, parsed, namespaces);
    if (id === undefined) continue;
    refer(reference, parsed.elementsById[id] as ModdleElement);
    reference.id = id;
    resolved.set(element, (resolved.get(element) ?? new Set()).add(`${property} ${name}`));
  }
  return warnings.filter(
    ({ element, property, value }) => !(resolved.get(element)?.has(`${property} ${value}`) ?? false),
  );
}
