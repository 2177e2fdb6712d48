import path from 'node:path';
import ts from 'typescript';
import { ROOT } from '../surface/sources.js';
import { AMBIENT, MODULES } from './ambient.js';
import { EXAMPLES } from './examples.js';
import { isProgram, PAGES, snippetsOf } from './snippets.js';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  exactOptionalPropertyTypes: true,
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
  noEmit: true,
  esModuleInterop: true,
  types: ['node'],
  paths: { 'bpmn-guard': ['./src/index.ts'], 'bpmn-guard/testing': ['./src/testing.ts'] },
};
/** Parameters and variables of JavaScript have no types to write down. */
const UNTYPED = new Set([7005, 7006, 7019, 7031, 7034]);

const snippets = [...PAGES.flatMap(snippetsOf).filter(isProgram), ...EXAMPLES];
const files = new Map(
  snippets.map((snippet) => {
    const { page, line, language } = snippet;
    return [path.join(ROOT, 'test/docs', `${page.replaceAll('/', '_')}-${line}.${language}`), snippet];
  }),
);

const texts = new Map([
  [path.join(ROOT, 'test/docs/ambient-names.d.ts'), AMBIENT],
  [path.join(ROOT, 'test/docs/ambient-modules.d.ts'), MODULES],
  // Each a module, so that what one declares is nothing to the others.
  ...[...files].map(([file, { code }]) => [file, `${code}\nexport {};\n`] as const),
]);

const host = ts.createCompilerHost(OPTIONS);
const { fileExists, readFile, getSourceFile } = host;
host.getCurrentDirectory = () => ROOT;
host.fileExists = (name) => texts.has(name) || fileExists(name);
host.readFile = (name) => texts.get(name) ?? readFile(name);
host.getSourceFile = (name, ...rest) => {
  const text = texts.get(name);
  return text === undefined
    ? getSourceFile(name, ...rest)
    : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
};

const program = ts.createProgram([...texts.keys()], OPTIONS, host);

test('the pages hold code to compile', () => {
  expect(files.size).toBeGreaterThan(20);
});

test('the doc comments of the sources hold examples to compile', () => {
  expect(EXAMPLES.length).toBeGreaterThan(20);
});

test.each([...files])('%s compiles in strict TypeScript with exact optional properties', (file, snippet) => {
  const source = program.getSourceFile(file) as ts.SourceFile;
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    .filter(({ code }) => snippet.language === 'ts' || !UNTYPED.has(code))
    .map(({ code, start = 0, messageText }) => {
      const line = snippet.line + source.getLineAndCharacterOfPosition(start).line;
      return `${snippet.page}:${line} TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  expect(found).toEqual([]);
});
