import ts from 'typescript';
import { nodesOf, parse, read, SOURCES } from './sources.js';

const LONGEST = 250;
/** Nobody reads it from its beginning to its end: the build writes it. */
const WRITTEN_BY_BUILD = 'src/core/policies/generated-rules.ts';
const ENVIRONMENT = 'src/engine/contract/environment.ts';
const CONTAINERS = /^(Map|Set|WeakMap|WeakSet|Array|AsyncLocalStorage|EventEmitter)$/;

const variables = (file: string): ts.VariableStatement[] =>
  parse(file).statements.filter(ts.isVariableStatement);

/** A container that is made empty when the module is loaded can only be meant to be filled later. */
function isState(declaration: ts.VariableDeclaration): boolean {
  const made = declaration.initializer;
  if (made === undefined || !ts.isNewExpression(made) || !ts.isIdentifier(made.expression)) return false;
  return CONTAINERS.test(made.expression.text) && (made.arguments ?? []).length === 0;
}

const readsEnvironment = (node: ts.Node): boolean =>
  (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) &&
  /^(globalThis\.)?process(\.env|\[['"]env['"]\])$/.test(node.getText());
const takesEnvironment = (node: ts.Node): boolean =>
  (ts.isVariableDeclaration(node) &&
    node.initializer?.getText() === 'process' &&
    ts.isObjectBindingPattern(node.name)) ||
  (ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env');

describe.each(SOURCES)('%s', (file) => {
  test(`is at most ${LONGEST} lines long, unless the build writes it`, () => {
    const isLong = read(file).trimEnd().split('\n').length > LONGEST;
    expect(isLong && file !== WRITTEN_BY_BUILD).toBe(false);
  });

  test('has no variable of the module that could change', () => {
    const lists = variables(file).map((statement) => statement.declarationList);
    expect(
      lists.filter((list) => (list.flags & ts.NodeFlags.Const) === 0).map((list) => list.getText()),
    ).toEqual([]);
    expect(
      lists.flatMap((list) => list.declarations.filter(isState)).map((declaration) => declaration.getText()),
    ).toEqual([]);
  });

  test('reads the environment only where that is its purpose', () => {
    if (file !== ENVIRONMENT)
      expect(
        nodesOf(file)
          .filter((node) => readsEnvironment(node) || takesEnvironment(node))
          .map((node) => node.getText()),
      ).toEqual([]);
  });
});
