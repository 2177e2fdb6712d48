import { jsonObjectAt } from '../../json-text.js';
import { BadInput } from '../../errors.js';
import { nearest } from '../../options.js';
import { show } from '../../value.js';

const SPACE = /\s/;
const WORD = /[^\s"{}]+/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
/** JSON strings, whose braces do not count. */

/** The words of a sentence, read from left to right: bare words, quoted names and JSON objects. */
export class Words {
  private at = 0;

  constructor(private readonly text: string) {}

  private skip(): void {
    while (this.at < this.text.length && SPACE.test(this.text[this.at] as string)) this.at++;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  /** What comes next, for messages. */
  private get next(): string {
    this.skip();
    if (this.at >= this.text.length) return 'the end of the line';
    return show(this.match(STRING) ?? this.match(WORD) ?? this.text.slice(this.at, this.at + 30));
  }

  get isAtEnd(): boolean {
    this.skip();
    return this.at >= this.text.length;
  }

  /** @throws BadInput `bad-policy` */
  fail(expected: string): never {
    throw new BadInput('bad-policy', `Expected ${expected}, got ${this.next}.`);
  }

  /** Takes the word if it comes next. */
  takes(word: string): boolean {
    this.skip();
    if (this.match(WORD) !== word) return false;
    this.at += word.length;
    return true;
  }

  /** @throws BadInput `bad-policy` unless one of the words comes next */
  one<T extends string>(words: readonly T[], what: string): T {
    const found = words.find((word) => this.takes(word));
    if (found !== undefined) return found;
    const met = this.match(WORD);
    const meant = met === undefined ? undefined : nearest(met, words);
    return this.fail(`${what} (${words.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`})`);
  }

  expect(word: string, after: string): void {
    if (!this.takes(word)) this.fail(`"${word}" after ${after}`);
  }

  /** A name: in quotes as JSON writes them, or one bare word. */
  name(what: string): string {
    this.skip();
    const quoted = this.match(STRING);
    const found = quoted ?? this.match(WORD);
    if (found === undefined) return this.fail(what);
    this.at += found.length;
    if (quoted === undefined) return found;
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw new BadInput('bad-policy', `Expected ${what} as a JSON string, got ${show(quoted)}.`);
    }
  }

  number(what: string): number {
    const before = this.at;
    const text = this.name(what);
    if (/^\d{1,9}$/.test(text)) return Number(text);
    this.at = before;
    return this.fail(what);
  }

  /** A JSON object. */
  json(what: string): unknown {
    this.skip();
    if (this.text[this.at] !== '{') return this.fail(`${what}, a JSON object`);
    try {
      const { value, end } = jsonObjectAt(this.text, this.at);
      this.at = end;
      return value;
    } catch (error) {
      throw new BadInput('bad-policy', `Expected ${what}, a JSON object: ${(error as Error).message}.`);
    }
  }

  /** @throws BadInput `bad-policy` unless everything was read */
  end(expected: string): void {
    if (!this.isAtEnd) this.fail(`${expected} or the end of the line`);
  }
}
