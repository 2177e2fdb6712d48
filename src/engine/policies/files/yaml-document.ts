import { Composer, Lexer, Parser, YAMLParseError, type CST, type Document, type LineCounter } from 'yaml';
import { BadInput } from '../../../core/errors.js';
import { DEEPEST_JSON } from '../../../core/json-text.js';

/** What a text says about the depth of its parts. */
export const TOO_DEEP = `It is nested too deeply: lists and mappings may be ${DEEPEST_JSON} levels deep.`;

/** Maximum number of references to anchors (`*name`) in a text: they multiply its content, and the time to read it. */
export const MOST_ALIASES = 100;
const TOO_MANY_ALIASES = `It has too many references to anchors: at most ${MOST_ALIASES} are allowed.`;

/** What the lexer says before the text of a scalar. */
const SCALAR = '\x1f';

/** A text that is not read, and the line where it says too much. Lines begin at 1. */
export class Unread extends BadInput {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super('bad-policy', message);
  }
}

/**
 * The parts of a text, as its parser finds them: it keeps open ones on its own stack. What uses them calls
 * itself for each level, and near the end of the stack Node does not throw but ends the process. To resolve a
 * reference it walks the whole document.
 * @throws Unread
 */
function* limited(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let aliases = 0;
  let before = '';
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('*') && before !== SCALAR && ++aliases > MOST_ALIASES)
      throw new Unread(TOO_MANY_ALIASES, lines.lineStarts.length);
    before = lexeme;
    yield* parser.next(lexeme);
    // The document itself and a scalar are on the stack, too.
    if (parser.stack.length > DEEPEST_JSON + 2) throw new Unread(TOO_DEEP, lines.lineStarts.length);
  }
  yield* parser.end();
}

/**
 * The first document of a YAML text; a further one is an error of it.
 * @param lines learns where the lines begin
 * @throws Unread
 */
export function yamlDocument(text: string, lines: LineCounter): Document {
  // Unique keys: it would compare each key with all others; `YamlPlaces` does it in one walk.
  const composer = new Composer({ prettyErrors: false, schema: 'core', uniqueKeys: false });
  let first: Document | undefined;
  for (const document of composer.compose(limited(text, lines), true, text.length)) {
    if (first !== undefined) {
      const [begin, end] = document.range;
      first.errors.push(new YAMLParseError([begin, end], 'MULTIPLE_DOCS', 'A policy file is one document'));
      break;
    }
    first = document;
  }
  // With `forceDoc`, there always is one.
  return first as Document;
}
