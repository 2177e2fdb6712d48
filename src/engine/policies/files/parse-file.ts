import { LineCounter, parseDocument, type Document } from 'yaml';
import { readPolicyDocument } from '../../../core/policy-files.js';
import { CASE_OPERATION } from '../../../core/policies/case-roles/case-kinds.js';
import { caseAuthorizationLines } from '../../../core/policies/case-roles/properties.js';
import { BadLine, placedTable } from '../../../core/policies/grid/texts.js';
import { Misplaced, type FilePath } from '../../../core/policies/entries.js';
import type { PolicyChange } from '../../../core/policy-set.js';
import { readCsv } from '../grid/csv.js';

/** A mistake in a policy file. Lines and columns begin at 1. */
export interface FileMistake {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** An entry, and the place that states it. */
export interface FileStatement {
  readonly change: PolicyChange & { readonly file: string };
  readonly line: number;
  readonly column: number;
}

/** What one policy file says. */
export interface ParsedFile {
  readonly tenantId: string | null;
  readonly statements: readonly FileStatement[];
  readonly mistakes: readonly FileMistake[];
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** References to one anchor (`*name`) that a file may have in all: they multiply what it says. */
const MOST_ALIASES = 100;

/** The place of the innermost part of the path that the document has. */
function placeOf(document: Document, lines: LineCounter, path: FilePath): Place {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const start = (node as { range?: readonly number[] } | null | undefined)?.range?.[0];
    if (start === undefined) continue;
    const { line, col } = lines.linePos(start);
    if (line > 0) return { line, column: col };
  }
  return { line: 1, column: 1 };
}

/** Reads YAML, of which JSON is a part. */
export function parseYaml(file: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core' });
  const broken = [...document.errors, ...document.warnings].map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return { file, line, column: col, message };
  });
  if (broken.length > 0) return { tenantId: null, statements: [], mistakes: broken };
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    return {
      tenantId: null,
      statements: [],
      mistakes: [{ file, line: 1, column: 1, message: (error as Error).message }],
    };
  }
  const at = (path: FilePath): Place => placeOf(document, lines, path);
  const { tenantId, entries, mistakes } = readPolicyDocument(content);
  return {
    tenantId,
    statements: entries.map(({ change, path }) => ({ change: { ...change, file }, ...at(path) })),
    mistakes: mistakes.map(({ message, path }) => ({ file, ...at(path), message })),
  };
}

type Stated = readonly { readonly change: PolicyChange; readonly line: number }[];

/** Reads a text of lines, of which one is in the error that it is refused with. */
function parseLines(
  file: string,
  read: () => Stated,
  lineOf: (error: unknown) => number | undefined,
): ParsedFile {
  try {
    const statements = read().map(({ change, line }) => ({ change: { ...change, file }, line, column: 1 }));
    return { tenantId: null, statements, mistakes: [] };
  } catch (error) {
    const line = lineOf(error);
    if (line === undefined) throw error;
    const message = error instanceof BadLine ? error.what : (error as Error).message;
    return { tenantId: null, statements: [], mistakes: [{ file, line, column: 1, message }] };
  }
}

/** Reads jBPM's file of case operations. */
export const parseProperties = (file: string, text: string): ParsedFile =>
  parseLines(
    file,
    () =>
      caseAuthorizationLines(text).map(({ operation, entry, line }) => ({
        change: { kind: CASE_OPERATION, id: operation, value: entry },
        line,
      })),
    (error) => (error instanceof Misplaced ? (error.path[0] as number) : undefined),
  );

/** Reads rules and labels of the grid as a table. */
export const parseCsv = (file: string, text: string): ParsedFile =>
  parseLines(
    file,
    () => placedTable(readCsv(text)).map(({ entry, line }) => ({ change: entry, line })),
    (error) => (error instanceof BadLine ? error.line : undefined),
  );
