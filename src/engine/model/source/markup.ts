import { isNamedAfterPeople, keyOfPeople, mayNamePeople } from '../dialects/foreign.js';
import { isAboutPeople } from '../dialects/vocabulary.js';

/** A tag of a document as written. */
export interface Tag {
  readonly offset: number;
  /** Name as written. */
  readonly name: string;
  /** Name without its prefix. */
  readonly local: string;
  readonly kind: 'begin' | 'end' | 'empty';
  /** What stands between its name and its end. */
  readonly rest: string;
}

/** Content that is skipped as a whole, by how it begins. The parser looks for its end from its beginning on. */
const SKIPPED = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
const NAME = /^\/?(?:[^\s:/]+:)?([^\s:/]+)/;
const ATTRIBUTE = /\s*([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
/** Anything but an attribute. Skipped as a whole, so that the same text is not scanned once per character. */
const NO_ATTRIBUTE = /\s*[^\s=]*=?/y;

/** Where a tag ends, as the parser sees it: brackets in quotes are text, and an open quote is nothing. -1: never. */
function endOf(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === '>') return at;
    if (char !== '"' && char !== "'") continue;
    const closing = source.indexOf(char, at + 1);
    if (closing !== -1) at = closing;
  }
  return -1;
}

/** The tags of a well-formed document from an offset on, each looked at once. */
export function* tagsOf(source: string, from = 0): IterableIterator<Tag> {
  for (let at = source.indexOf('<', from); at !== -1; at = source.indexOf('<', at)) {
    const skipped = SKIPPED.find(([begin]) => source.startsWith(begin, at));
    const end = skipped === undefined ? endOf(source, at) : source.indexOf(skipped[1], at);
    if (end === -1) return;
    const inner = source.slice(at + 1, end);
    const name = skipped === undefined && !inner.startsWith('!') ? NAME.exec(inner) : null;
    if (name !== null) {
      const kind = inner.startsWith('/') ? 'end' : inner.endsWith('/') ? 'empty' : 'begin';
      const rest = inner.slice(name[0].length);
      yield { offset: at, name: name[0].replace('/', ''), local: name[1] as string, kind, rest };
    }
    at = end + 1;
  }
}

interface Written {
  readonly prefix: string;
  readonly local: string;
  readonly value: string;
  /** Where its name begins in the rest of the tag. */
  readonly at: number;
}

/** The attributes of a tag as written. */
export function attributesOf({ rest }: Tag): Written[] {
  const found: Written[] = [];
  for (let at = 0; at < rest.length;) {
    ATTRIBUTE.lastIndex = NO_ATTRIBUTE.lastIndex = at;
    const match = ATTRIBUTE.exec(rest);
    if (match === null) {
      NO_ATTRIBUTE.exec(rest);
      at = Math.max(at + 1, NO_ATTRIBUTE.lastIndex);
      continue;
    }
    at = ATTRIBUTE.lastIndex;
    const [whole, name = '', double, single] = match;
    const colon = name.indexOf(':');
    found.push({
      prefix: name.slice(0, Math.max(colon, 0)),
      local: name.slice(colon + 1),
      value: double ?? single ?? '',
      at: match.index + whole.indexOf(name),
    });
  }
  return found;
}

/** Where the lines of a text begin. */
export function linesOf(source: string): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line of an offset, the first being 1. */
export function lineAt(lines: readonly number[], offset: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the names of a tag, or what its attributes name, may refer to people. */
const isOfPeople = (tag: Tag): boolean =>
  isAboutPeople(tag.local) ||
  attributesOf(tag).some(
    (attribute) =>
      attribute.prefix !== 'xmlns' &&
      attribute.value.trim() !== '' &&
      (mayNamePeople(attribute, isAboutPeople) || isNamedAfterPeople(tag.local, attribute, isAboutPeople)),
  );

/** The element that begins at an offset: its tags, and those inside it. */
function* elementAt(source: string, offset: number): IterableIterator<Tag> {
  let depth = 0;
  for (const tag of tagsOf(source, offset)) {
    yield tag;
    depth += tag.kind === 'begin' ? 1 : tag.kind === 'end' ? -1 : 0;
    if (depth <= 0) return;
  }
}

/** Whether the element that begins at an offset may name people, itself or by anything inside. */
export function namesPeople(source: string, offset: number): boolean {
  let end = offset;
  for (const tag of elementAt(source, offset)) {
    if (isOfPeople(tag)) return true;
    end = tag.offset;
  }
  return keyOfPeople(source.slice(offset, end), isAboutPeople) !== undefined;
}

/** The first element inside more than so many others. */
export function tooDeepIn(source: string, most: number): Tag | undefined {
  let depth = 0;
  for (const tag of tagsOf(source)) {
    if (tag.kind !== 'end' && depth > most) return tag;
    depth += tag.kind === 'begin' ? 1 : tag.kind === 'end' ? -1 : 0;
  }
  return undefined;
}

/** Elements that a parent may have only once: the parser keeps the last and drops the others without a warning. */
const SINGLE = new Set([
  'childLaneSet',
  'expression',
  'extensionElements',
  'formalExpression',
  'ioSpecification',
  'resourceAssignmentExpression',
  'resourceRef',
]);
/** Those of them that may also hold other data. */
const OF_MANY_THINGS = new Set(['extensionElements', 'ioSpecification']);
/** Parents inside which any element may be repeated. */
const FREE = new Set(['extensionElements', 'documentation']);

/** A tag with a repeated attribute, under two prefixes of one namespace: the parser keeps the last. */
function hasRival(tag: Tag, uris: Map<string, string>): boolean {
  const attributes = attributesOf(tag);
  for (const { prefix, local, value } of attributes) if (prefix === 'xmlns') uris.set(local, value);
  const names = attributes
    .filter(({ prefix, local }) => uris.has(prefix) && isAboutPeople(local))
    .map(({ prefix, local }) => `${uris.get(prefix)} ${local}`);
  return new Set(names).size < names.length;
}

/** The parts that the parser drops because a parent has another of the same name, and that may name people. */
export function overwrittenIn(source: string): Tag[] {
  const found: Tag[] = [];
  const path: { readonly local: string; readonly last: Map<string, Tag> }[] = [];
  const uris = new Map<string, string>();
  let free = 0;
  for (const tag of tagsOf(source)) {
    if (hasRival(tag, uris)) found.push(tag);
    if (tag.kind === 'end') {
      if (FREE.has(path.pop()?.local ?? '')) free--;
      continue;
    }
    const last = path.at(-1)?.last;
    if (last !== undefined && free === 0 && SINGLE.has(tag.local)) {
      const before = last.get(tag.local);
      if (before !== undefined && (!OF_MANY_THINGS.has(tag.local) || namesPeople(source, before.offset)))
        found.push(before);
      last.set(tag.local, tag);
    }
    if (tag.kind === 'empty') continue;
    path.push({ local: tag.local, last: new Map() });
    if (FREE.has(tag.local)) free++;
  }
  return found;
}
