import { existsSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { filesBelow, read, ROOT } from './sources.js';

const DOORS = ['src/index.ts', 'src/testing.ts'];

/** The exports that applications use most. */
const FIRST = new Set(
  `SecureUser Policy administrator apiKeys authenticate checkModel createGuard createTestGuard isGuardError isRight
  keyAdmin openStore parseCondition principal printCondition requireHost requireOwnOrigin requirePrivilege requireRight
  userAdmin userDirectory weaknessOf`.split(/\s+/),
);

interface Name {
  readonly name: string;
  readonly comment: string;
  readonly hasExample: boolean;
  readonly file: string;
}

/** The names that a module exports, with the comment at the place where each is declared. */
function exportedNames(door: string): Name[] {
  const file = path.join(ROOT, door);
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile);
  if (module === undefined) throw new Error(`${door} exports nothing`);
  return checker.getExportsOfModule(module).map((symbol) => {
    const target = (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
    const declaration = target.declarations?.[0];
    return {
      name: symbol.name,
      comment: ts.displayPartsToString(target.getDocumentationComment(checker)).trim(),
      hasExample: target.getJsDocTags(checker).some(({ name }) => name === 'example'),
      file: declaration === undefined ? '' : path.relative(ROOT, declaration.getSourceFile().fileName),
    };
  });
}

describe.each(DOORS)('%s', (door) => {
  if (!existsSync(path.join(ROOT, door))) {
    process.stderr.write(`skipped: ${door} does not exist, so its doc comments were not looked at\n`);
    test.skip('does not exist', () => undefined);
    return;
  }
  const names = exportedNames(door);

  test('exports something', () => {
    expect(names.length).toBeGreaterThan(0);
  });

  test('every name of it has a doc comment', () => {
    expect(
      names.filter(({ comment }) => comment === '').map(({ name, file }) => `${name} (${file})`),
    ).toEqual([]);
  });

  test('what applications call or make first has an example in its hover text', () => {
    const first = names.filter(({ name }) => FIRST.has(name));
    expect(first.length).toBeGreaterThan(2);
    expect(first.filter(({ hasExample }) => !hasExample).map(({ name }) => name)).toEqual([]);
  });

  test('every name of it resolves to a declaration of this package', () => {
    expect(names.filter(({ file }) => !file.startsWith('src/')).map(({ name }) => name)).toEqual([]);
  });
});

test('sources explain themselves: they cite no document that a reader of the repository cannot open', () => {
  const cites = /\(spec\b|\bspec 0\d|\(W\d+\)|\bissue \d/;
  const files = [
    ...filesBelow('src', /\.ts$/),
    ...filesBelow('sample-app', /\.js$/),
    ...filesBelow('docs', /\.md$/),
  ];
  expect('released (spec 08, 19)').toMatch(cites);
  expect(files.filter((file) => cites.test(read(file)))).toEqual([]);
});
