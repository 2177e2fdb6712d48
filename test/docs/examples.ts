import ts from 'typescript';
import { nodesOf, parse, SOURCES } from '../surface/sources.js';
import type { Snippet } from './snippets.js';

/** The package's entries, by the file that each is made from. */
const ENTRIES = { 'bpmn-guard': 'src/index.ts', 'bpmn-guard/testing': 'src/testing.ts' };

/** The names that an entry exports by name. */
function namesOf(file: string): string[] {
  return nodesOf(file).flatMap((node) => {
    if (ts.isExportSpecifier(node)) return [node.name.text];
    const isExported =
      ts.isFunctionDeclaration(node) &&
      node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    return isExported && node.name !== undefined ? [node.name.text] : [];
  });
}

const EXPORTS = Object.entries(ENTRIES).map(([from, file]) => ({ from, names: namesOf(file) }));

/** Imports of what the code uses of the package and does not declare itself; readers add these without thinking. */
function importsFor(code: string): string {
  const declared = [...code.matchAll(/\bconst (?:(\w+)|\{([^}]*)\})/g)].flatMap(([, name, names]) =>
    (name ?? names ?? '').split(/\W+/),
  );
  const isUsed = (name: string): boolean =>
    new RegExp(`(?<![.\\w])${name}\\b(?!:)`).test(code) && !declared.includes(name);
  return EXPORTS.map(({ from, names }) => ({ from, names: names.filter(isUsed) }))
    .filter(({ names }) => names.length > 0)
    .map(({ from, names }) => `import { ${names.join(', ')} } from '${from}';`)
    .join(' ');
}

/** The code of an `@example` tag. */
function snippetOf(file: string, source: ts.SourceFile, tag: ts.JSDocTag): Snippet {
  const code = ts.getTextOfJSDocComment(tag.comment) ?? '';
  const imports = importsFor(code);
  const line = source.getLineAndCharacterOfPosition(
    source.text.indexOf(code.split('\n')[0] ?? '', tag.pos),
  ).line;
  return { page: file, line: line + 1, language: 'ts', code: `${imports}${code}` };
}

/** Every `@example` in the doc comments of `src`. */
export const EXAMPLES: readonly Snippet[] = SOURCES.flatMap((file) => {
  const source = parse(file);
  const tags = new Set(nodesOf(file).flatMap((node) => ts.getJSDocTags(node)));
  return [...tags]
    .filter(({ tagName }) => tagName.text === 'example')
    .map((tag) => snippetOf(file, source, tag));
});
