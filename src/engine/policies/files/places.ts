import { isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import type { FilePath } from '../../../core/policies/entries.js';

/** A place in a text. Lines and columns begin at 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where the parts of a text stand. */
export interface Places {
  /** The place of the innermost part of the path that the text has: of its key, where it has one. */
  at(path: FilePath): Place;
}

type Start = Pick<Node, 'range'> | null | undefined;

/**
 * Where the parts of a YAML document stand, and what is wrong with its keys, found in one walk over it. The library's
 * own lookup and its own check of keys compare each key with all others.
 */
export class YamlPlaces implements Places {
  /** Keys that occur twice in one mapping, and keys that are not texts. */
  readonly mistakes: (Place & { readonly message: string })[] = [];
  private readonly parts = new Map<
    unknown,
    ReadonlyMap<string, { readonly key: unknown; readonly value: unknown }>
  >();

  constructor(
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {
    this.walk(document.contents);
  }

  at(path: FilePath): Place {
    let [at, node]: [Place | undefined, unknown] = [
      this.start(this.document.contents),
      this.document.contents,
    ];
    for (const name of path) {
      const part = isSeq(node)
        ? { key: node.items[name as number], value: node.items[name as number] }
        : this.parts.get(node)?.get(String(name));
      if (part?.key === undefined) break;
      node = part.value;
      at = this.start(part.key as Start) ?? at;
    }
    return at ?? { line: 1, column: 1 };
  }

  private start(node: Start): Place | undefined {
    const start = node?.range?.[0];
    if (start === undefined) return undefined;
    const { line, col } = this.lines.linePos(start);
    return line > 0 ? { line, column: col } : undefined;
  }

  private walk(node: unknown): void {
    if (isSeq(node)) for (const part of node.items) this.walk(part);
    if (!isMap(node)) return;
    const found = new Map<string, { readonly key: unknown; readonly value: unknown }>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) this.refuse(key as Start, 'A key must be a text');
      else {
        const name = String(key.value ?? '');
        if (found.has(name)) this.refuse(key, 'Map keys must be unique');
        found.set(name, { key, value });
      }
      this.walk(value);
    }
    this.parts.set(node, found);
  }

  private refuse(node: Start, message: string): void {
    this.mistakes.push({ ...(this.start(node) ?? { line: 1, column: 1 }), message });
  }
}
