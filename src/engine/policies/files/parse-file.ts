import { LineCounter } from 'yaml';
import { isGuardError } from '../../../core/errors.js';
import { isTooDeep, jsonObjectIn } from '../../../core/json-text.js';
import { readPolicyDocument } from '../../../core/policy-set/files.js';
import { CASE_OPERATION } from '../../../core/policies/case-roles/case-kinds.js';
import { caseAuthorizationLines } from '../../../core/policies/case-roles/properties.js';
import { BadLine, placedTable } from '../../../core/policies/grid/texts.js';
import { Misplaced } from '../../../core/policies/entries.js';
import type { PolicyChange } from '../../../core/policy-set/policy-set.js';
import type { Turns } from '../../../store/turns.js';
import { readCsv } from '../grid/csv.js';
import { JsonPlaces } from './json-places.js';
import { LARGER, LARGEST } from './text-limits.js';
import { YamlPlaces, type Place, type Places } from './places.js';
import { MOST_ALIASES, TOO_DEEP, Unread, yamlDocument } from './yaml-document.js';

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

const refused = (file: string, message: string, place: Place = { line: 1, column: 1 }): ParsedFile => ({
  tenantId: null,
  statements: [],
  mistakes: [{ file, ...place, message }],
});

/** An entry that finds its place on demand, which is rare. */
class LazyStatement implements FileStatement {
  constructor(
    readonly change: FileStatement['change'],
    private readonly place: () => Place,
  ) {}

  get line(): number {
    return this.place().line;
  }

  get column(): number {
    return this.place().column;
  }
}

/** Reads the content of a policy file. */
async function readContent(
  file: string,
  content: unknown,
  places: Places,
  turns: Turns,
): Promise<ParsedFile> {
  const { tenantId, entries, mistakes } = await turns.finish(readPolicyDocument(content));
  return {
    tenantId,
    statements: entries.map(
      ({ change, path }) => new LazyStatement({ ...change, file }, () => places.at(path)),
    ),
    mistakes: mistakes.map(({ message, path }) => ({ file, ...places.at(path), message })),
  };
}

/** The content of a text that is JSON, without a key that stands twice; why it is not; undefined for other texts. */
function jsonIn(text: string): { readonly content: object | undefined } | { readonly problem: string } {
  try {
    return { content: jsonObjectIn(text) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** The place that a message of the JSON parser names. */
function placeIn(text: string, problem: string): Place {
  const [, position] = /at position (\d+)/.exec(problem) ?? [];
  // The parser counts from the beginning of the object.
  const before = text.slice(0, text.search(/\S/) + Number(position ?? 0));
  const lines = before.split('\n');
  return { line: lines.length, column: (lines.at(-1) as string).length + 1 };
}

/** Reads YAML, and JSON, which is a part of it. */
export async function parseYaml(file: string, text: string, turns: Turns): Promise<ParsedFile> {
  if (text.length > LARGEST.json)
    return refused(file, `Policies in JSON have at most ${LARGEST.json} characters.`);
  const json = jsonIn(text);
  if ('content' in json && json.content !== undefined)
    return readContent(file, json.content, new JsonPlaces(text), turns);
  if (text.length > LARGEST.yaml)
    return 'problem' in json
      ? refused(file, `It is not valid JSON: ${json.problem}.`, placeIn(text, json.problem))
      : refused(file, `YAML may have at most ${LARGEST.yaml} characters: ${LARGER}.`);
  const lines = new LineCounter();
  try {
    const document = yamlDocument(text, lines);
    const broken = [...document.errors, ...document.warnings].map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { file, line, column: col, message };
    });
    if (broken.length > 0) return { tenantId: null, statements: [], mistakes: broken };
    const places = new YamlPlaces(document, lines);
    if (places.mistakes.length > 0)
      return { tenantId: null, statements: [], mistakes: places.mistakes.map((one) => ({ file, ...one })) };
    const content: unknown = document.toJS({ maxAliasCount: 2 * MOST_ALIASES });
    // Each reference to an anchor puts what stands there below.
    if (isTooDeep(content)) return refused(file, TOO_DEEP);
    return await readContent(file, content, places, turns);
  } catch (error) {
    const place = error instanceof Unread ? { line: error.line, column: 1 } : undefined;
    return refused(file, (error as Error).message, place);
  }
}

type Stated = readonly { readonly change: PolicyChange; readonly line: number }[];

/** Reads a text line by line. The error that refuses it names the line. */
async function parseLines(
  file: string,
  read: () => Promise<Stated>,
  lineOf: (error: unknown) => number | undefined,
): Promise<ParsedFile> {
  try {
    const statements = (await read()).map(({ change, line }) => ({
      change: { ...change, file },
      line,
      column: 1,
    }));
    return { tenantId: null, statements, mistakes: [] };
  } catch (error) {
    const line = lineOf(error) ?? (isGuardError(error) && error.code === 'too-large' ? 1 : undefined);
    if (line === undefined) throw error;
    const message = error instanceof BadLine ? error.what : (error as Error).message;
    return { tenantId: null, statements: [], mistakes: [{ file, line, column: 1, message }] };
  }
}

/** Reads jBPM's file of case operations. */
export const parseProperties = (file: string, text: string): Promise<ParsedFile> =>
  parseLines(
    file,
    async () =>
      caseAuthorizationLines(text).map(({ operation, entry, line }) => ({
        change: { kind: CASE_OPERATION, id: operation, value: entry },
        line,
      })),
    (error) => (error instanceof Misplaced ? (error.path[0] as number) : undefined),
  );

/** Reads rules and labels of the grid as a table. */
export const parseCsv = (file: string, text: string, turns: Turns): Promise<ParsedFile> =>
  parseLines(
    file,
    async () => {
      const placed = await turns.finish(placedTable(await readCsv(text, turns)));
      return placed.map(({ entry, line }) => ({ change: entry, line }));
    },
    (error) => (error instanceof BadLine ? error.line : undefined),
  );
