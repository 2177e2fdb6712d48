import { documentOf } from './dialects/document.js';
import type { Parser, Tree } from './parsing.js';
import { parse } from './source/read-definition.js';

/** Number of parsed sources kept, and their total number of characters. */
const LIMITS = { sources: 200, text: 2_000_000 } as const;

/** References that the host writes into the tree when it loads a definition. It only reads all others. */
const WRITTEN: ReadonlySet<string> = new Set(
  ['Message', 'Signal', 'Escalation', 'Cancel', 'Compensate', 'Error'].map(
    (kind) => `bpmn:${kind}EventDefinition`,
  ),
);

/** Makes in advance the changes that the host or a reader of the document would make later. */
function resolve(tree: Tree): Tree {
  const { elementsById, references } = tree;
  documentOf(tree.root);
  const written = references.filter(({ element }) => WRITTEN.has(element.$type));
  for (const { element, property, id } of written) {
    const event = element.id === undefined ? undefined : elementsById[element.id];
    if (event !== undefined) (event as Record<string, unknown>)[property] = elementsById[id];
  }
  return { ...tree, references: references.filter((entry) => !written.includes(entry)) };
}

const OF_THE_DOCUMENT: ReadonlySet<string> = new Set(['$attrs', '$children', '$parent']);

/**
 * A tree is shared by everyone who loads it: a change by one of them, or by a model's script, must not reach the
 * others.
 */
function freeze(value: unknown, seen = new Set<object>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  // Names with a $ are internal to the parser and shared by all documents, except for these.
  for (const key of Object.getOwnPropertyNames(value))
    if (!key.startsWith('$') || OF_THE_DOCUMENT.has(key))
      freeze((value as Record<string, unknown>)[key], seen);
  Object.freeze(value);
}

interface Known {
  /** The model. */
  readonly of: string;
  readonly size: number;
  readonly tree: Promise<Tree>;
}

/** Parsed sources of models, so that commands do not parse unchanged models again. */
export class ParsedModels {
  private readonly trees = new Map<string, Known>();
  /** The key of each model's latest source, which most commands read. */
  private readonly latest = new Map<string, { readonly key: string; readonly source: string }>();
  private text = 0;
  private parser: Parser | undefined;
  private options: unknown;

  /** @param make creates a parser that knows the application's BPMN extensions */
  constructor(private readonly make: () => Parser) {}

  /**
   * Creating a parser takes longer than parsing.
   * @param options the application's extensions at this moment
   */
  parserFor(options: unknown): Parser {
    if (this.parser === undefined || this.options !== options) {
      [this.parser, this.options, this.text] = [this.make(), options, 0];
      this.trees.clear();
      this.latest.clear();
    }
    return this.parser;
  }

  /** @param owner of the model; nothing is shared between owners */
  read(parser: Parser, owner: string | null, name: string, source: string): Promise<Tree> {
    const of = JSON.stringify([owner, name]);
    const key = this.keyOf(of, source);
    const known = this.trees.get(key);
    if (known !== undefined) {
      // The order of the map is the order of last use.
      this.trees.delete(key);
      this.trees.set(key, known);
      return known.tree;
    }
    const tree = parse(parser, source).then((parsed) => {
      const resolved = resolve(parsed);
      freeze(resolved);
      return resolved;
    });
    if (source.length > LIMITS.text) return tree;
    this.trees.set(key, { of, size: source.length, tree });
    this.latest.set(of, { key, source });
    this.text += source.length;
    // Failed parses are not cached.
    tree.catch(() => this.forget(key));
    while (this.trees.size > LIMITS.sources || this.text > LIMITS.text)
      this.forget(this.trees.keys().next().value as string);
    return tree;
  }

  /** Comparing two texts takes less time than a digest, and less than looking up a long key made anew. */
  private keyOf(of: string, source: string): string {
    const latest = this.latest.get(of);
    return latest?.source === source ? latest.key : of + source;
  }

  private forget(key: string): void {
    const known = this.trees.get(key);
    if (known === undefined) return;
    this.trees.delete(key);
    if (this.latest.get(known.of)?.key === key) this.latest.delete(known.of);
    this.text -= known.size;
  }
}
