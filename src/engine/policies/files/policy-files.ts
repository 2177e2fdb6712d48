import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { BadInput } from '../../../core/errors.js';
import { compareText } from '../../../core/value.js';
import { Turns } from '../../../store/turns.js';
import {
  parseCsv,
  parseProperties,
  parseYaml,
  type FileMistake,
  type FileStatement,
  type ParsedFile,
} from './parse-file.js';
import { LARGEST } from './text-limits.js';

/** Mistakes that one refusal lists. */
const MOST_LISTED = 20;

const PARSERS: Readonly<Record<string, (file: string, text: string, turns: Turns) => Promise<ParsedFile>>> = {
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
  /** Whether the files are still those that were read; missing: what was read are no files. */
  isCurrent?(): Promise<boolean>;
}

const NO_FILE =
  'This folder contains no policy file. To remove all entries that came from files, add a file that contains only {}.';

/** Files that cannot name a tenant. */
const WITHOUT_TENANT: ReadonlySet<string> = new Set(['.csv', '.properties']);
const NAMES_NO_TENANT =
  'Other files name a tenant, and this one cannot: its entries would apply to rows without a tenant only. State them ' +
  'in a YAML or JSON file with `tenant`, or move this file to a folder of its own.';

const whole = (file: string, message: string): FileMistake => ({ file, line: 1, column: 1, message });

async function parseFile(path: string, turns: Turns): Promise<ParsedFile> {
  const file = basename(path);
  const none = (message: string): ParsedFile => ({
    tenantId: null,
    statements: [],
    mistakes: [whole(file, message)],
  });
  const parse = PARSERS[extname(file).toLowerCase()];
  if (parse === undefined)
    return none(`This is not a policy file: expected ${Object.keys(PARSERS).join(', ')}.`);
  try {
    const found = await stat(path);
    if (!found.isFile()) return none('It is not a file.');
    // A file with any of these names may contain JSON.
    const largest = parse === parseYaml ? LARGEST.json : LARGEST.grid;
    if (found.size > largest) return none(`It is larger than ${largest} bytes.`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return await parse(file, text, turns);
  } catch (error) {
    return none(`It cannot be read: ${(error as Error).message}.`);
  }
}

/** The files of a folder that are, or should be, policy files. */
async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => !name.startsWith('.') && !BESIDE.has(extname(name).toLowerCase()))
    .sort(compareText)
    .map((name) => join(folder, name));
}

/** What tells files that were written since from those that were read. */
async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps: string[] = [];
  for (const path of paths) {
    const found = (await stat(path)).isDirectory() ? await filesIn(path) : [path];
    for (const file of found) {
      const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
      stamps.push([file, ino, size, mtimeNs, ctimeNs].join('\n'));
    }
  }
  return stamps.join('\n\n');
}

/** The same; undefined if one of the files is missing or cannot be read. */
const stampIfAny = (paths: readonly string[]): Promise<string | undefined> =>
  stampOf(paths).catch(() => undefined);

/**
 * Reads policy files, and the files in folders. Mistakes are collected, and a file with a mistake is ignored.
 * @throws Error of the file system when a path does not exist or a folder cannot be read
 */
export async function readPolicyFiles(paths: readonly string[], turns = new Turns()): Promise<PolicyFiles> {
  const files: string[] = [];
  const mistakes: FileMistake[] = [];
  const stamp = await stampIfAny(paths);
  for (const path of paths) {
    const found = (await stat(path)).isDirectory() ? await filesIn(path) : [path];
    // Not yet filled, or not mounted: it does not say that nothing is to be in force.
    if (found.length === 0) mistakes.push(whole(path, NO_FILE));
    files.push(...found);
  }
  const byTenant = new Map<string | null, Map<string, FileStatement>>();
  // Files of several folders may have the same name.
  const shown = (path: string): string => (paths.length > 1 ? path : basename(path));
  const placeOf = new Map<FileStatement, string>();
  let namesTenant = false;
  for (const one of files) {
    const { tenantId, statements, mistakes: found } = await parseFile(one, turns);
    mistakes.push(...found.map((mistake) => ({ ...mistake, file: shown(one) })));
    namesTenant ||= tenantId !== null;
    const known = byTenant.get(tenantId) ?? new Map<string, FileStatement>();
    byTenant.set(tenantId, known);
    for (const statement of statements) {
      const { kind, id } = statement.change;
      placeOf.set(statement, shown(one));
      const key = JSON.stringify([kind, id]);
      const first = known.get(key);
      if (first === undefined) known.set(key, statement);
      else {
        const { line, column } = statement;
        const there = `${placeOf.get(first)}:${first.line}`;
        mistakes.push({
          file: shown(one),
          line,
          column,
          message: `The ${kind} ${id} is stated twice; first at ${there}.`,
        });
      }
    }
  }
  if (namesTenant)
    for (const one of files)
      if (WITHOUT_TENANT.has(extname(one).toLowerCase())) mistakes.push(whole(shown(one), NAMES_NO_TENANT));
  const tenants = [...byTenant].map(([tenantId, found]) => ({ tenantId, statements: [...found.values()] }));
  return { tenants, mistakes, isCurrent: async () => (await stampIfAny(paths)) === stamp };
}

/** The refusal of files with mistakes: none of them was applied. */
export function refusal(
  mistakes: readonly FileMistake[],
  says = 'The policy files were not applied.',
): BadInput {
  const listed = mistakes
    .slice(0, MOST_LISTED)
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const more = mistakes.length - listed.length;
  return new BadInput('bad-policy', [says, ...listed, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n'));
}
