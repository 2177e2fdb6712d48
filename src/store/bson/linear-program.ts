import { RegexCost, type Cost } from './regex-cost.js';
import { translate } from './pattern.js';

/** Tells whether a character, given by its code point, matches. */
type Fits = (code: number) => boolean;

/** A zero-width assertion between two characters. */
export type Place = '^' | '$' | '\\b' | '\\B';

/** One step of a pattern: match a character, check a position, fork into two steps, or accept. */
export type Step =
  { readonly fits: Fits } | { readonly at: Place } | { either: number; or: number } | { readonly done: true };

/** A pattern as steps; several are followed in parallel, so no text causes backtracking. */
export interface Program {
  readonly steps: readonly Step[];
  readonly cost: Cost;
  readonly anchored: boolean;
  /** A string that every match contains; empty: unknown. */
  readonly literal: string;
  readonly isWord: Fits;
}

const ATOM =
  /\\[dDwWsSbBnrt]|\\[^a-zA-Z0-9\0]|\[(?!\^?\])\^?(?:\\[dDwWsSnrt]|\\[^a-zA-Z0-9\0]|[^\]\\[\0])+\]|[^\\[\](){}*+?|\0]/uy;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(,)?(\d+)?\})\??/y;
const PLACES: ReadonlySet<string> = new Set(['^', '$', '\\b', '\\B']);
const PLAIN = /^[\p{L}\p{N} _@:;,!"'#%&<>=~`-]$/u;
const ASCII = 128;

function fitting(atom: string, flags: string): Fits {
  const pattern = new RegExp(`^${translate(atom, flags)}$`, `${flags.replace('m', '')}u`);
  const known = new Uint8Array(ASCII);
  const ask: Fits = (code) => pattern.test(String.fromCodePoint(code));
  return (code) => {
    if (code >= ASCII) return ask(code);
    const answer = known[code] as number;
    if (answer !== 0) return answer === 1;
    const fits = ask(code);
    known[code] = fits ? 1 : 2;
    return fits;
  };
}

class Compiler {
  private at = 0;
  private depth = 0;
  private branches = false;
  private readonly steps: Step[] = [];
  private readonly cost = new RegexCost();
  private readonly literals: string[] = [''];

  constructor(
    private readonly source: string,
    private readonly flags: string,
  ) {}

  compile(): Program | undefined {
    if (!this.alternatives() || this.at < this.source.length) return undefined;
    this.steps.push({ done: true });
    const literal = this.branches || this.flags.includes('i') ? '' : this.longest();
    return {
      steps: this.steps,
      cost: this.cost.total(),
      anchored: this.source.startsWith('^') && !this.branches && !this.flags.includes('m'),
      literal,
      isWord: fitting('\\w', this.flags),
    };
  }

  private longest(): string {
    return this.literals.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
  }

  /** Strings inside a group may be missing from a match. */
  private record(text: string): void {
    if (this.depth === 0 && text !== '') this.literals[this.literals.length - 1] += text;
    else this.literals.push('');
  }

  private alternatives(): boolean {
    const ends: { either: number; or: number }[] = [];
    for (;;) {
      const split = { either: this.steps.length + 1, or: -1 };
      this.steps.push(split);
      if (!this.sequence()) return false;
      const isLast = this.source[this.at] !== '|';
      if (isLast) split.or = split.either;
      else {
        this.at++;
        this.cost.alternative();
        this.branches ||= this.depth === 0;
        const end = { either: -1, or: -1 };
        ends.push(end);
        this.steps.push(end);
        split.or = this.steps.length;
        continue;
      }
      for (const end of ends) end.either = end.or = this.steps.length;
      return true;
    }
  }

  private sequence(): boolean {
    while (this.at < this.source.length) {
      const char = this.source[this.at];
      if (char === '|' || char === ')') return true;
      if (!(char === '(' ? this.group() : this.repeated())) return false;
    }
    return true;
  }

  private group(): boolean {
    const { source } = this;
    this.at += source.startsWith('(?:', this.at) ? 3 : 1;
    if (source[this.at] === '?') return false;
    this.depth++;
    this.record('');
    this.cost.open();
    if (!this.alternatives() || source[this.at++] !== ')') return false;
    this.cost.close();
    this.depth--;
    return !/[*+?{]/.test(source[this.at] ?? '');
  }

  private repeated(): boolean {
    ATOM.lastIndex = this.at;
    const atom = ATOM.exec(this.source)?.[0];
    if (atom === undefined) return false;
    this.at += atom.length;
    QUANTIFIER.lastIndex = this.at;
    const quantifier = QUANTIFIER.exec(this.source);
    if (quantifier === null) {
      this.record(PLAIN.test(atom) ? atom : '');
      this.steps.push(PLACES.has(atom) ? { at: atom as Place } : { fits: fitting(atom, this.flags) });
      return true;
    }
    if (PLACES.has(atom)) return false;
    this.record('');
    this.at += quantifier[0].length;
    this.repeat(fitting(atom, this.flags), ...timesOf(quantifier));
    return true;
  }

  private repeat(fits: Fits, least: number, most: number): void {
    // At the very end nothing can fail later, so nothing is retried.
    if (this.at < this.source.length) this.cost.repetition(least, most);
    for (let i = 0; i < least; i++) this.steps.push({ fits });
    if (most === Infinity) {
      const again = this.steps.length;
      this.steps.push({ either: again + 1, or: again + 3 }, { fits }, { either: again, or: again });
      return;
    }
    const end = this.steps.length + 2 * (most - least);
    for (let i = least; i < most; i++) this.steps.push({ either: this.steps.length + 1, or: end }, { fits });
  }
}

function timesOf([, sign, least, comma, most]: RegExpExecArray): [least: number, most: number] {
  if (sign !== undefined) return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity];
  const from = Number(least);
  return [from, most !== undefined ? Number(most) : comma === undefined ? from : Infinity];
}

/**
 * Compiles the patterns that callers may send: characters, classes, assertions, alternatives in groups that are not
 * repeated, and repetitions of single characters. Undefined for any other pattern.
 */
export function compileLinear(source: string, flags: string): Program | undefined {
  try {
    return new Compiler(source, flags).compile();
  } catch (error) {
    // An atom that JavaScript accepts only without the flag u.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
