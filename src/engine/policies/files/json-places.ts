import { LineCounter } from 'yaml';
import type { FilePath } from '../../../core/policies/entries.js';
import type { Place, Places } from './places.js';

interface Part {
  readonly at: number;
  readonly parts: ReadonlyMap<string, Part>;
}

/** Where the parts of a text stand that is known to be valid JSON; read at the first question, in one walk. */
export class JsonPlaces implements Places {
  private next = 0;
  private root: Part | undefined;
  private readonly lines = new LineCounter();

  constructor(private readonly text: string) {}

  at(path: FilePath): Place {
    this.root ??= this.read();
    let part: Part = this.root;
    for (const name of path) {
      const inner = part.parts.get(String(name));
      if (inner === undefined) break;
      part = inner;
    }
    const { line, col } = this.lines.linePos(part.at);
    return { line, column: col };
  }

  private read(): Part {
    this.lines.addNewLine(0);
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1))
      this.lines.addNewLine(at + 1);
    return this.value();
  }

  /** Skips blanks, commas and colons, which say nothing about the structure of a valid text. */
  private sign(): string {
    while (' \t\r\n,:'.includes(this.text[this.next] as string)) this.next++;
    return this.text[this.next] as string;
  }

  private value(): Part {
    const sign = this.sign();
    const at = this.next;
    if (sign === '{' || sign === '[') return { at, parts: this.inner(sign === '{' ? '}' : ']') };
    if (sign === '"') this.string();
    else while (/[\w.+-]/.test(this.text[this.next] ?? '')) this.next++;
    return { at, parts: new Map() };
  }

  private inner(end: string): ReadonlyMap<string, Part> {
    const parts = new Map<string, Part>();
    this.next++;
    while (this.sign() !== end)
      if (end === '}') {
        const at = this.next;
        const name = this.string();
        // An entry with a key is placed at its key.
        parts.set(name, { ...this.value(), at });
      } else parts.set(String(parts.size), this.value());
    this.next++;
    return parts;
  }

  private string(): string {
    const begin = this.next++;
    while (this.text[this.next] !== '"') this.next += this.text[this.next] === '\\' ? 2 : 1;
    this.next++;
    return JSON.parse(this.text.slice(begin, this.next)) as string;
  }
}
