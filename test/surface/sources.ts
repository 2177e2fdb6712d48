import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const ROOT = path.resolve(__dirname, '../..');

/** Files below a folder of the repository, by their path from its root; generated and installed ones left out. */
export function filesBelow(folder: string, extension: RegExp): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !/(^|\/)(node_modules|vendor|\.data)\//.test(file))
    .sort();
}

export const SOURCES = filesBelow('src', /\.ts$/);

export const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** What a file imports, exports from, requires or loads later, as written there. */
export function importsOf(file: string): string[] {
  return ts.preProcessFile(read(file), true, true).importedFiles.map((imported) => imported.fileName);
}

export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2022, true);
}

/** Every node of a file, in the order in which it is written. */
export function nodesOf(file: string): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}
