import { BadInput } from '../core/errors.js';

/** Longest pattern, and most unbounded repetitions, that a caller may send: the cost of a match stays small. */
export const REGEX_LIMITS = { length: 200, unbounded: 2, repeat: 100 } as const;

const bad = (source: string, message: string): never => {
  throw new BadInput('bad-query', `Pattern ${JSON.stringify(source.slice(0, 40))} is not admitted: ${message}.`);
};

/** One atom: an escape, a character class, or one character. No group opens here. */
const ATOM = /\\[dDwWsSbBnrt]|\\[^a-zA-Z0-9]|\[(?:\\.|[^\]\\])+\]|[^\\[\](){}*+?|]/y;
const QUANTIFIER = /[*+?]\??|\{(\d+)(,)?(\d+)?\}/y;

/**
 * Checks a regular expression of a caller against a closed grammar: characters, classes, anchors, simple escapes,
 * alternatives in groups that are not repeated, and repetitions of single characters, few of them unbounded. Look-around,
 * back references and repeated groups are refused, so that no pattern takes exponential time.
 * @throws BadInput `bad-query`, naming what was met
 */
export function checkRegex(source: string, flags: string): { source: string; flags: string } {
  if (source.length > REGEX_LIMITS.length) bad(source, `longer than ${REGEX_LIMITS.length} characters`);
  if (!/^[ims]{0,3}$/.test(flags) || new Set(flags).size !== flags.length) bad(source, `options ${JSON.stringify(flags)}, expected some of i, m, s`);
  let depth = 0;
  let unbounded = 0;
  for (let at = 0; at < source.length; ) {
    const char = source[at] as string;
    if (char === '|') at++;
    else if (char === '(') {
      if (source[at + 1] === '?' && source[at + 2] !== ':') bad(source, 'a group with (?');
      at += source[at + 1] === '?' ? 3 : 1;
      depth++;
    } else if (char === ')') {
      if (--depth < 0) bad(source, 'a ) without its (');
      at++;
      if (/[*+?{]/.test(source[at] ?? '')) bad(source, 'a repeated group');
    } else {
      ATOM.lastIndex = at;
      const atom = ATOM.exec(source) ?? bad(source, `met ${JSON.stringify(source.slice(at, at + 2))}`);
      at += atom[0].length;
      QUANTIFIER.lastIndex = at;
      const quantifier = QUANTIFIER.exec(source);
      if (quantifier === null) continue;
      at += quantifier[0].length;
      const [text, least, comma, most] = quantifier;
      const open = text[0] === '*' || text[0] === '+' || (comma !== undefined && most === undefined);
      if (open && ++unbounded > REGEX_LIMITS.unbounded) bad(source, `more than ${REGEX_LIMITS.unbounded} unbounded repetitions`);
      if (Math.max(Number(least ?? 0), Number(most ?? 0)) > REGEX_LIMITS.repeat) bad(source, `more than ${REGEX_LIMITS.repeat} repetitions`);
    }
  }
  if (depth > 0) bad(source, 'a ( without its )');
  try {
    new RegExp(source, flags);
  } catch {
    bad(source, 'it is no regular expression');
  }
  return { source, flags };
}
