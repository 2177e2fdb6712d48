import type { ModdleElement } from '../host.js';
import type { Parsed, ParserWarning } from '../parsing.js';

const OF_AN_ID = /^(illegal|duplicate) ID <(.*)>$/s;
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
/** The parser's table of ids is an ordinary object, so that such an id counts as taken or as found. */
const isInherited = (id: string): boolean => INHERITED.has(id);

interface Id {
  readonly id: string;
  /** What is wrong with it, as in "its id …". */
  readonly cause: string;
}

/** The id because of which the parser dropped an element; undefined if that was not the cause. */
export function idBehind({ error }: ParserWarning): Id | undefined {
  const [, kind, id] = OF_AN_ID.exec(error?.message ?? '') ?? [];
  if (id === undefined) return undefined;
  if (isInherited(id)) return { id, cause: 'is a word of JavaScript, which bpmn-server cannot use as an id' };
  return {
    id,
    cause:
      kind === 'duplicate'
        ? 'is that of another element, too'
        : 'is not valid: an id consists of the letters A to Z, digits, hyphens, dots and underscores, and begins' +
          ' with a letter or an underscore',
  };
}

interface Described extends ModdleElement {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
}
interface Descriptor {
  readonly propertiesByName: Readonly<Record<string, { readonly isMany?: boolean } | undefined>>;
}

/**
 * Removes the references that the parser resolved to members of every object, such as `constructor`, and makes its
 * table of ids one without a prototype.
 * @returns the parser's warnings, and those about the removed references
 */
export function heedIds(parsed: Parsed, warnings: readonly ParserWarning[]): ParserWarning[] {
  const { elementsById, references } = parsed;
  const found = [...warnings];
  for (const { element, property, id } of references) {
    if (!isInherited(id)) continue;
    const wrong = (elementsById as Record<string, unknown>)[id];
    const { propertiesByName } = (element as unknown as { $descriptor: Descriptor }).$descriptor;
    const described = element as Described;
    if (propertiesByName[property]?.isMany === true) {
      const list = described.get(property) as unknown[];
      list.splice(0, list.length, ...list.filter((entry) => entry !== wrong));
    } else described.set(property, undefined);
    found.push({ message: `unresolved reference <${id}>`, element, property, value: id });
  }
  Object.setPrototypeOf(elementsById, null);
  return found;
}
