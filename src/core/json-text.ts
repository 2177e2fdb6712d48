import { isPlainObject } from './value.js';

/** How deep lists and objects in a text may be nested: what reads them calls itself for each level. */
export const DEEPEST_JSON = 100;

/** Whether a value is nested deeper than a text may be. Does not call itself; looks at a shared part once a level. */
export function isTooDeep(value: unknown): boolean {
  let level = new Set<unknown>([value]);
  for (let depth = 0; level.size > 0; depth++) {
    if (depth >= DEEPEST_JSON) return true;
    const below = new Set<unknown>();
    for (const one of level)
      if (typeof one === 'object' && one !== null)
        for (const part of Object.values(one)) if (typeof part === 'object' && part !== null) below.add(part);
    level = below;
  }
  return false;
}

/** The keys in a value, at every depth. */
function countKeys(value: unknown): number {
  const parts: unknown[] = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : [];
  const own = isPlainObject(value) ? parts.length : 0;
  return parts.reduce<number>((sum, part) => sum + countKeys(part), own);
}

/**
 * Reads a text that is one JSON object, like {@link jsonObjectAt}.
 * @returns undefined if it does not begin as an object
 * @throws SyntaxError
 */
export function jsonObjectIn(text: string): object | undefined {
  const begin = text.search(/\S/);
  if (text[begin] !== '{') return undefined;
  const { value, end } = jsonObjectAt(text, begin);
  if (text.slice(end).trim() !== '') throw new SyntaxError('Unexpected text after the end of the object');
  return value;
}

/**
 * Reads the JSON object that begins at a position of a text. A key that occurs twice in one object is refused: which
 * of the two counts would depend on the parser.
 * @returns the object, and the position behind it
 * @throws SyntaxError
 */
export function jsonObjectAt(text: string, at: number): { readonly value: object; readonly end: number } {
  let [depth, lists, keys, inString, end] = [0, 0, 0, false, at];
  for (; end < text.length; end++) {
    const sign = text[end];
    if (inString) {
      if (sign === '\\') end++;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    // Outside texts, a colon stands behind a key and nowhere else.
    else if (sign === ':') keys++;
    else if (sign === '{') depth++;
    else if (sign === '[') lists++;
    else if (sign === ']') lists--;
    else if (sign === '}' && --depth === 0) break;
    if (depth + lists > DEEPEST_JSON)
      throw new SyntaxError(`Lists and objects may be ${DEEPEST_JSON} levels deep`);
  }
  const value = JSON.parse(text.slice(at, end + 1)) as object;
  if (countKeys(value) !== keys) throw new SyntaxError('A key appears twice in one object');
  return { value, end: end + 1 };
}
