import { Composer, Lexer, Parser, YAMLParseError, type CST, type Document, type LineCounter } from 'yaml';
import { BadInput } from '../../../core/errors.js';
import { DEEPEST_JSON } from '../../../core/json-text.js';

/** What a text says about the depth of its parts. */
export const TOO_DEEP = `It is nested too deeply: lists and mappings may be ${DEEPEST_JSON} levels deep.`;

/** A document that is nested too deeply, and the line where it is. Lines begin at 1. */
export class TooDeep extends BadInput {
  constructor(readonly line: number) {
    super('bad-policy', TOO_DEEP);
  }
}

/**
 * The parts of a text, as its parser finds them: it keeps open ones on a stack of its own. What uses them calls itself
 * for each level, and near the end of the stack Node does not throw but ends the process.
 * @throws TooDeep
 */
function* shallow(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The document itself and a scalar are on the stack, too.
    if (parser.stack.length > DEEPEST_JSON + 2) throw new TooDeep(lines.lineStarts.length);
  }
  yield* parser.end();
}

/**
 * The first document of a YAML text; a further one is an error of it.
 * @param lines learns where the lines begin
 * @throws TooDeep
 */
export function yamlDocument(text: string, lines: LineCounter): Document {
  // Unique keys: it would compare each key with all others; `YamlPlaces` does it in one walk.
  const composer = new Composer({ prettyErrors: false, schema: 'core', uniqueKeys: false });
  let first: Document | undefined;
  for (const document of composer.compose(shallow(text, lines), true, text.length)) {
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
