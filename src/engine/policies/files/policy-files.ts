import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { BadInput } from '../../../core/errors.js';
import { BadEntry } from '../../../core/policies/entries.js';
import type { PolicyChange, PolicySet } from '../../../core/policy-set.js';
import { compareText } from '../../../core/value.js';
import { statedChanges } from '../stated-changes.js';
import {
  parseCsv,
  parseProperties,
  parseYaml,
  type FileMistake,
  type FileStatement,
  type ParsedFile,
} from './parse-file.js';

/** Maximum size of one file, in bytes. */
const LARGEST = 10_000_000;
/** Mistakes that one refusal lists. */
const MOST_LISTED = 20;

const PARSERS: Readonly<Record<string, (file: string, text: string) => ParsedFile>> = {
  '.yaml': parseYaml,
  '.yml': parseYaml,
  '.json': parseYaml,
  '.csv': parseCsv,
  '.properties': parseProperties,
};
/** Files that may lie beside policy files. */
const BESIDE: ReadonlySet<string> = new Set(['.md', '.txt']);

/** What all policy files say of one tenant. */
export interface TenantFiles {
  readonly tenantId: string | null;
  readonly statements: readonly FileStatement[];
}

/** What a number of policy files say. */
export interface PolicyFiles {
  readonly tenants: readonly TenantFiles[];
  readonly mistakes: readonly FileMistake[];
}

const whole = (file: string, message: string): FileMistake => ({ file, line: 1, column: 1, message });

function parseFile(path: string): ParsedFile {
  const file = basename(path);
  const none = (message: string): ParsedFile => ({
    tenantId: null,
    statements: [],
    mistakes: [whole(file, message)],
  });
  const parse = PARSERS[extname(file).toLowerCase()];
  if (parse === undefined) return none(`It is no policy file: expected ${Object.keys(PARSERS).join(', ')}.`);
  try {
    const found = statSync(path);
    if (!found.isFile()) return none('It is not a file.');
    if (found.size > LARGEST) return none(`It is larger than ${LARGEST} bytes.`);
    return parse(file, new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch (error) {
    return none(`It cannot be read: ${(error as Error).message}.`);
  }
}

/** The files of a folder that are, or should be, policy files. */
function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && !BESIDE.has(extname(name).toLowerCase()))
    .sort(compareText)
    .map((name) => join(folder, name));
}

/**
 * Reads policy files, and the files in folders. Mistakes are collected, and nothing of a file with a mistake counts.
 * @throws Error of the file system when a path does not exist or a folder cannot be read
 */
export function readPolicyFiles(paths: readonly string[]): PolicyFiles {
  const files = paths.flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));
  const byTenant = new Map<string | null, Map<string, FileStatement>>();
  const mistakes: FileMistake[] = [];
  for (const { tenantId, statements, mistakes: found } of files.map(parseFile)) {
    mistakes.push(...found);
    const known = byTenant.get(tenantId) ?? new Map<string, FileStatement>();
    byTenant.set(tenantId, known);
    for (const statement of statements) {
      const { kind, id, file } = statement.change;
      const key = JSON.stringify([kind, id]);
      const first = known.get(key);
      if (first === undefined) known.set(key, statement);
      else {
        const { line, column } = statement;
        const there = `${first.change.file}:${first.line}`;
        mistakes.push({
          file,
          line,
          column,
          message: `The ${kind} ${id} is stated twice; first at ${there}.`,
        });
      }
    }
  }
  const tenants = [...byTenant].map(([tenantId, found]) => ({ tenantId, statements: [...found.values()] }));
  return { tenants, mistakes };
}

/** The changes by which what comes from files in a set becomes what the files say now. */
export const fileChanges = (set: PolicySet, statements: readonly FileStatement[]): PolicyChange[] =>
  statedChanges(
    set,
    statements.map(({ change }) => change),
    ({ file }) => file !== undefined,
  );

/** Says of a mistake in an entry where the files state it. */
export async function placedInFiles<T>(
  statements: readonly FileStatement[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BadEntry)) throw error;
    const { kind, id, message } = error;
    const from = statements.find(({ change }) => change.kind === kind && change.id === id);
    // Without a place, an entry that was made through the API needs what the files no longer state.
    throw from === undefined
      ? new BadInput('bad-policy', `The ${kind} ${id} that was made through the API needs it: ${message}`)
      : refusal([{ file: from.change.file, line: from.line, column: from.column, message }]);
  }
}

/** The refusal of files with mistakes: nothing of them was applied. */
export function refusal(mistakes: readonly FileMistake[]): BadInput {
  const listed = mistakes
    .slice(0, MOST_LISTED)
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const more = mistakes.length - listed.length;
  return new BadInput(
    'bad-policy',
    ['The policy files were not applied.', ...listed, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n'),
  );
}
