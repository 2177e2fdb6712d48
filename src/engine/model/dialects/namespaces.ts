import type { ModdleElement } from '../host.js';

/** An attribute of an element. */
export interface Attribute {
  /** URI of its namespace; '' for none, undefined if the prefix cannot be resolved with certainty. */
  readonly uri: string | undefined;
  /** Its name without the prefix. */
  readonly local: string;
  /** Its name with the prefix that the parser uses. */
  readonly name: string;
  readonly value: string;
}

interface Property {
  readonly name: string;
  readonly isAttr?: boolean;
  readonly isMany?: boolean;
  readonly ns: { readonly name: string; readonly prefix?: string; readonly localName: string };
}
interface Descriptor {
  readonly isGeneric?: boolean;
  readonly ns: { readonly prefix?: string; readonly localName: string; readonly uri?: string };
  readonly properties?: readonly Property[];
}
interface Moddle {
  getPackage(prefix: string): { uri: string } | undefined;
}

const XMLNS = /^xmlns(?::(.+))?$/;

const descriptorOf = (element: ModdleElement): Descriptor => element.$descriptor as Descriptor;
const isElement = (value: unknown): value is ModdleElement =>
  typeof value === 'object' && value !== null && typeof (value as { $type?: unknown }).$type === 'string';

/** The direct child elements, whether or not the parser knows their type. */
export function childrenOf(element: ModdleElement): ModdleElement[] {
  const values = Object.entries(element).map(([key, value]) =>
    key.startsWith('$') && key !== '$children' ? undefined : value,
  );
  return values.flat().filter((child) => isElement(child) && child.$parent === element) as ModdleElement[];
}

/** The attributes of an element as texts; for types known to the parser, only the unexpected ones. */
export function* plainAttributes(element: ModdleElement): Generator<[name: string, value: string]> {
  const { isGeneric } = descriptorOf(element);
  // The parser keeps attributes of these names out of the list, since its own elements have such methods.
  const { get, set } = element as { get?: unknown; set?: unknown };
  for (const [name, value] of Object.entries(
    isGeneric === true ? { ...element, get, set } : (element.$attrs ?? {}),
  ))
    if (typeof value === 'string' && !name.startsWith('$')) yield [name, value];
}

/**
 * The namespaces of one document. The parser maps an unknown URI to the prefix under which the document first
 * declares it, so a prefix with a single URI stands for that URI everywhere.
 */
export class Namespaces {
  private readonly declared = new Map<string, Set<string>>();
  private readonly moddle: Moddle | undefined;

  constructor(root: ModdleElement) {
    this.moddle = root.$model as Moddle | undefined;
    const unvisited = [root];
    for (let at = unvisited.pop(); at !== undefined; at = unvisited.pop()) {
      for (const [name, uri] of plainAttributes(at)) {
        const prefix = XMLNS.exec(name)?.[1];
        if (prefix !== undefined)
          this.declared.set(prefix, (this.declared.get(prefix) ?? new Set()).add(uri));
      }
      // Diagrams are large and name nobody.
      for (const child of childrenOf(at)) if (child.$type !== 'bpmndi:BPMNDiagram') unvisited.push(child);
    }
  }

  /** Whether the document declares the namespace anywhere. */
  has(uri: string): boolean {
    return [...this.declared.values()].some((uris) => uris.has(uri));
  }

  private uriOf(prefix: string): string | undefined {
    return this.moddle?.getPackage(prefix)?.uri ?? this.declaredFor(prefix);
  }

  /** The namespace of a prefix in the texts of the document; undefined if it has none, or several. */
  declaredFor(prefix: string): string | undefined {
    const uris = [...(this.declared.get(prefix) ?? [])];
    return uris.length === 1 ? uris[0] : undefined;
  }

  /** Namespace and name of an element. */
  nameOf(element: ModdleElement): { uri: string | undefined; local: string } {
    const { ns } = descriptorOf(element);
    const local = ns.localName.charAt(0).toLowerCase() + ns.localName.slice(1);
    return { uri: (ns.prefix === undefined ? '' : this.uriOf(ns.prefix)) ?? ns.uri, local };
  }

  /** The attributes of an element that are not BPMN's own, without namespace declarations. */
  attributesOf(element: ModdleElement): Attribute[] {
    const { isGeneric, ns, properties = [] } = descriptorOf(element);
    const own = isGeneric === true ? this.nameOf(element).uri : '';
    const all = [...plainAttributes(element)]
      .filter(([name]) => !XMLNS.test(name))
      .map(([name, value]) => this.attribute(name, value, own));
    for (const property of properties) {
      if (property.isAttr !== true || property.isMany === true || property.ns.prefix === ns.prefix) continue;
      const value = ownValue(element, property);
      if (typeof value === 'string') all.push(this.attribute(property.ns.name, value, own));
    }
    return all;
  }

  private attribute(name: string, value: string, own: string | undefined): Attribute {
    const colon = name.indexOf(':');
    if (colon === -1) return { uri: own, local: name, name, value };
    return { uri: this.uriOf(name.slice(0, colon)), local: name.slice(colon + 1), name, value };
  }
}

/** A value given by the document, not a default of the type. */
function ownValue(element: ModdleElement, { name, ns }: Property): unknown {
  for (const key of [name, ns.localName])
    if (Object.hasOwn(element, key)) return (element as Record<string, unknown>)[key];
  return undefined;
}
