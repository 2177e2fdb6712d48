import { childrenOf } from '../dialects/namespaces.js';
import { INITIATOR, PEOPLE, PROCESS_ATTRIBUTES } from '../dialects/understood.js';
import type { ModdleElement } from '../host.js';
import type { Parsed, ParserWarning } from '../parsing.js';
import { attributesOf, tagsOf, type Tag } from './markup.js';

/*
 * The parser refuses names with letters outside ASCII, and takes an attribute without a prefix for the one of a
 * package it knows: `candidateStarterGroups` for Camunda's. So it is given other names of the same length, which are
 * replaced in the tree that it returns. Every offset in the text stays what it was.
 */

/** Attributes without a prefix that the parser may take for those of a package. */
const MISTAKEN: ReadonlySet<string> = new Set([...PEOPLE, ...PROCESS_ATTRIBUTES, INITIATOR]);
const HOLDERS: ReadonlySet<string> = new Set(['process', 'startEvent', 'userTask']);
const MAY_BE_MISTAKEN = new RegExp(`\\s(?:${[...MISTAKEN].join('|')})\\s*=`);
/** A part of a name as XML has it. */
const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_.\-\u00b7\u203f\u2040\u200c\u200d]*$/u;
// eslint-disable-next-line no-control-regex
const FOREIGN = /[^\x00-\x7f]/;
/** Characters that no known name has at that place. */
const FIRST = [...'_QXZJKVWY'];
const OTHERS = [...'_0123456789'];
const MOST_TRIES = 200;

interface Disguised {
  /** What the parser is given. */
  readonly source: string;
  /** The names of the document, by those that the parser is given. */
  readonly names: ReadonlyMap<string, string>;
}

/** A name of the same length with other characters at some places; the number says which ones. */
function otherName(name: string, at: (index: number) => boolean, number: number): string {
  let rest = number;
  return name
    .split('')
    .map((char, index) => {
      if (!at(index)) return char;
      const list = index === 0 ? FIRST : OTHERS;
      const found = list[rest % list.length] as string;
      rest = Math.floor(rest / list.length);
      return found;
    })
    .join('');
}

const isOrdinary = (part: string): boolean => !FOREIGN.test(part);
const partsOf = (name: string): string[] => name.split(':');
const namesOf = (tag: Tag): string[] =>
  attributesOf(tag).map(({ prefix, local }) => (prefix === '' ? local : `${prefix}:${local}`));

class Disguise {
  private readonly used = new Set<string>();
  private readonly given = new Map<string, string>();
  readonly names = new Map<string, string>();

  constructor(private readonly source: string) {
    for (const tag of tagsOf(source))
      for (const name of [tag.name, ...namesOf(tag)]) for (const part of partsOf(name)) this.used.add(part);
  }

  /** The part itself if no other name is free. */
  private part(part: string, at: (index: number) => boolean): string {
    const known = this.given.get(part);
    if (known !== undefined) return known;
    for (let number = 0; number < MOST_TRIES; number++) {
      const other = otherName(part, at, number);
      if (this.used.has(other)) continue;
      this.used.add(other);
      this.given.set(part, other);
      this.names.set(other, part);
      return other;
    }
    return part;
  }

  private name(name: string, holder?: string): string {
    if (holder !== undefined && HOLDERS.has(holder) && MISTAKEN.has(name))
      return this.part(name, (index) => index === 0);
    const parts = partsOf(name);
    if (parts.length > 2 || parts.every(isOrdinary)) return name;
    return parts
      .map((part) =>
        isOrdinary(part) || !NAME.test(part) ? part : this.part(part, (at) => FOREIGN.test(part.charAt(at))),
      )
      .join(':');
  }

  /** The text with the names of its tags replaced. */
  text(): string {
    const pieces: string[] = [];
    let done = 0;
    const put = (offset: number, name: string, holder?: string): void => {
      const other = this.name(name, holder);
      if (other === name) return;
      pieces.push(this.source.slice(done, offset), other);
      done = offset + name.length;
    };
    for (const tag of tagsOf(this.source)) {
      const from = tag.offset + (tag.kind === 'end' ? 2 : 1);
      put(from, tag.name);
      const begin = from + tag.name.length;
      for (const { prefix, local, at } of attributesOf(tag))
        put(begin + at, prefix === '' ? local : `${prefix}:${local}`, tag.local);
    }
    return pieces.join('') + this.source.slice(done);
  }
}

/** The text as the parser can read it. */
export function disguise(source: string): Disguised {
  if (!FOREIGN.test(source) && !MAY_BE_MISTAKEN.test(source)) return { source, names: new Map() };
  const made = new Disguise(source);
  const text = made.text();
  return { source: text, names: made.names };
}

interface Generic {
  readonly isGeneric?: boolean;
  name?: string;
  readonly ns: { prefix?: string; localName: string; name?: string };
}

/** Gives a document that was parsed in disguise its own names again, in place. */
class Unveiling {
  constructor(private readonly names: ReadonlyMap<string, string>) {}

  readonly name = (name: string): string =>
    partsOf(name)
      .map((part) => this.names.get(part) ?? part)
      .join(':');

  private keys(holder: Record<string, unknown>): void {
    for (const key of Object.keys(holder)) {
      const own = this.name(key);
      if (own === key) continue;
      holder[own] = holder[key];
      delete holder[key];
    }
  }

  private element(element: ModdleElement): void {
    if (element.$attrs !== undefined) this.keys(element.$attrs);
    const descriptor = element.$descriptor as Generic;
    if (descriptor.isGeneric !== true) return;
    this.keys(element);
    element.$type = this.name(element.$type);
    const { ns } = descriptor;
    if (descriptor.name !== undefined) descriptor.name = this.name(descriptor.name);
    if (ns.name !== undefined) ns.name = this.name(ns.name);
    if (ns.prefix !== undefined) ns.prefix = this.name(ns.prefix);
    ns.localName = this.name(ns.localName);
  }

  tree(root: ModdleElement): void {
    const unvisited = [root];
    for (let at = unvisited.pop(); at !== undefined; at = unvisited.pop()) {
      this.element(at);
      unvisited.push(...childrenOf(at));
    }
  }
}

/** Gives a parsed document and the parser's warnings the names of the document again. */
export function unveil(
  { rootElement }: Parsed,
  warnings: readonly ParserWarning[],
  names: ReadonlyMap<string, string>,
): ParserWarning[] {
  if (names.size === 0) return [...warnings];
  const unveiling = new Unveiling(names);
  unveiling.tree(rootElement);
  const text = (message: string): string => message.replace(/[\w.-]+/g, (part) => names.get(part) ?? part);
  return warnings.map((entry) => ({
    ...entry,
    message: text(entry.message),
    ...(entry.error === undefined ? {} : { error: { message: text(entry.error.message) } }),
  }));
}
