import { BadInput } from '../../core/errors.js';
import { RegexCost } from '../bson/regex-cost.js';

/**
 * Limits of a caller's pattern: its length, its repetitions, and the maximum number of steps on a text of 100
 * characters.
 */
const REGEX_LIMITS = { length: 200, repeat: 100, steps: 500_000 } as const;

const bad = (source: string, message: string): never => {
  throw new BadInput(
    'bad-query',
    `Pattern ${JSON.stringify(source.slice(0, 40))} is not allowed: ${message}.`,
  );
};

/** One atom: an escape, a character class, or one character. It opens no group. */
const ATOM =
  /\\[dDwWsSbBnrt]|\\[^a-zA-Z0-9\0]|\[(?!\^?\])\^?(?:\\[dDwWsSnrt]|\\[^a-zA-Z0-9\0]|[^\]\\[\0])+\]|[^\\[\](){}*+?|\0]/uy;
const QUANTIFIER = /[*+?]\??|\{(\d+)(,)?(\d+)?\}/y;
/** PCRE reads this as a named class, and refuses it here. */
const NAMED_CLASS = /^\[([:.=]).*\1\]$/s;
const NEEDS_ESCAPE = /[a-zA-Z0-9^$\\.*+?()[\]{}|/]/;

/** Removes escapes without effect: JavaScript refuses them with the flag `u`. */
function withoutNeedlessEscapes(atom: string): string {
  const inClass = atom.startsWith('[');
  return atom.replace(/\\(.)/gsu, (escape, char: string) =>
    NEEDS_ESCAPE.test(char) || (inClass && char === '-') ? escape : char,
  );
}

function repetition(
  source: string,
  [text, least, comma, most]: RegExpExecArray,
): [least: number, most: number] {
  if (text.startsWith('?')) return [0, 1];
  if (least === undefined) return [0, Infinity];
  if (Math.max(Number(least), Number(most ?? 0)) > REGEX_LIMITS.repeat)
    bad(source, `more than ${REGEX_LIMITS.repeat} repetitions`);
  return [Number(least), most !== undefined ? Number(most) : comma === undefined ? Number(least) : Infinity];
}

/** Reads a pattern part by part; the part read so far is valid with and without JavaScript's flag `u`. */
class PatternReader {
  private at = 0;
  private depth = 0;
  private readonly cost = new RegexCost();
  private branches = false;
  private checked = '';

  constructor(private readonly source: string) {}

  read(): string {
    while (this.at < this.source.length) this.checked += this.part();
    if (this.depth > 0) bad(this.source, 'a ( without its )');
    return this.checked;
  }

  /** @param multiline true when `^` matches at the beginning of every line */
  steps(multiline: boolean): number {
    return this.cost.steps(this.source.startsWith('^') && !this.branches && !multiline);
  }

  private part(): string {
    const { source } = this;
    switch (source[this.at]) {
      case '|':
        this.cost.alternative();
        this.branches ||= this.depth === 0;
        this.at++;
        return '|';
      case '(':
        return this.group();
      case ')':
        if (--this.depth < 0) bad(source, 'a ) without its (');
        if (/[*+?{]/.test(source[++this.at] ?? '')) bad(source, 'a repeated group');
        this.cost.close();
        return ')';
      default:
        return this.atom() + this.quantifier();
    }
  }

  private group(): string {
    const opening = this.source.startsWith('(?', this.at) ? '(?:' : '(';
    if (!this.source.startsWith(opening, this.at)) bad(this.source, 'a group with (?');
    this.at += opening.length;
    this.depth++;
    this.cost.open();
    return opening;
  }

  private atom(): string {
    ATOM.lastIndex = this.at;
    const [atom] =
      ATOM.exec(this.source) ??
      bad(this.source, `met ${JSON.stringify(this.source.slice(this.at, this.at + 2))}`);
    this.at += atom.length;
    const plain = withoutNeedlessEscapes(atom);
    return NAMED_CLASS.test(plain) ? bad(this.source, `met ${JSON.stringify(plain.slice(0, 10))}`) : plain;
  }

  private quantifier(): string {
    QUANTIFIER.lastIndex = this.at;
    const found = QUANTIFIER.exec(this.source);
    if (found === null) return '';
    this.at += found[0].length;
    const [least, most] = repetition(this.source, found);
    // At the very end nothing can fail later, so nothing is retried.
    if (this.at < this.source.length) this.cost.repetition(least, most);
    return found[0];
  }
}

/**
 * Checks a caller's regular expression against a closed grammar with the same meaning in JavaScript and PCRE:
 * characters, classes, anchors, simple escapes, alternatives in groups that are not repeated, and repetitions of single
 * characters. Look-around, back references, repeated groups and too costly patterns are refused.
 * @throws BadInput `bad-query`, naming the refused part
 */
export function checkRegex(source: string, flags: string): { source: string; flags: string } {
  if (source.length > REGEX_LIMITS.length) bad(source, `longer than ${REGEX_LIMITS.length} characters`);
  if (!source.isWellFormed()) bad(source, 'half of a surrogate pair');
  if (!/^[ims]{0,3}$/.test(flags) || new Set(flags).size !== flags.length)
    bad(source, `options ${JSON.stringify(flags)}, expected some of i, m, s`);
  const reader = new PatternReader(source);
  const checked = reader.read();
  if (reader.steps(flags.includes('m')) > REGEX_LIMITS.steps)
    bad(source, 'too many repetitions and alternatives; ^ at its beginning admits more');
  try {
    new RegExp(checked, `${flags}u`);
  } catch {
    bad(source, 'it is not a regular expression');
  }
  return { source: checked, flags };
}
