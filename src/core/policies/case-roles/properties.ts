import { BadInput } from '../../errors.js';
import { unknownName } from '../../options.js';
import type { PolicyChange, PolicySet } from '../../policy-set/policy-set.js';
import { show } from '../../value.js';
import { badPolicy, inPlace, Misplaced, oneOf } from '../entries.js';
import { isRoleName } from './declaration.js';
import { CASE_OPERATION, type CaseOperationEntry } from './case-kinds.js';
import { CASE_OPERATIONS, type CaseOperation } from './operations.js';

/** Of a file, which has a line for each of ten operations: characters, and lines with those that are comments. */
const MOST = { characters: 100_000, lines: 1_000 };

/** How a `case-authorization.properties` is read. */
export interface ReadCaseAuthorization {
  /** The name of the file, for messages. */
  readonly file?: string;
  /** The roles that models declare; others are refused. Missing: names of roles are not looked up. */
  readonly roles?: readonly string[];
}

/** The roles of each operation that a file names. */
export type CaseAuthorization = ReadonlyMap<CaseOperation, CaseOperationEntry>;

/** One line that names an operation. Lines begin at 1. */
export interface CaseAuthorizationLine {
  readonly operation: CaseOperation;
  readonly entry: CaseOperationEntry;
  readonly line: number;
}

function readLine(text: string, known: readonly string[] | undefined): Omit<CaseAuthorizationLine, 'line'> {
  const at = text.indexOf('=');
  if (at < 0 || text.includes('\\')) badPolicy(`Expected OPERATION=role1,role2, got ${show(text)}.`);
  const operation = oneOf(text.slice(0, at).trim(), 'case operation', CASE_OPERATIONS);
  const value = text.slice(at + 1).trim();
  const roles = (value === '' ? [] : value.split(',')).map((entry) => entry.trim().normalize('NFC'));
  const strange = roles.find((role) => !isRoleName(role));
  if (strange !== undefined) badPolicy(`Expected names of roles, separated by commas, got ${show(strange)}.`);
  const undeclared = known === undefined ? undefined : roles.find((role) => !known.includes(role));
  if (known !== undefined && undeclared !== undefined)
    badPolicy(`No model declares the role ${show(undeclared)}. ${unknownName(undeclared, known)}`);
  return { operation, entry: { roles: [...new Set(roles)].sort() } };
}

/**
 * The lines of a `case-authorization.properties` that name operations.
 * @throws Misplaced `bad-policy`, whose path is the number of the first line that is not understood; BadInput
 * `too-large`
 */
export function caseAuthorizationLines(text: string, known?: readonly string[]): CaseAuthorizationLine[] {
  const tooLarge = (most: string): BadInput =>
    new BadInput('too-large', `A file of case operations has at most ${most}.`);
  if (text.length > MOST.characters) throw tooLarge(`${MOST.characters} characters`);
  const found = new Map<CaseOperation, CaseAuthorizationLine>();
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length > MOST.lines) throw tooLarge(`${MOST.lines} lines`);
  for (const [index, raw] of lines.entries()) {
    const written = raw.trim();
    if (written === '' || written.startsWith('#') || written.startsWith('!')) continue;
    inPlace([index + 1], () => {
      const read = readLine(written, known);
      if (found.has(read.operation)) badPolicy(`${read.operation} is given twice.`);
      found.set(read.operation, { ...read, line: index + 1 });
    });
  }
  return [...found.values()];
}

/**
 * Reads jBPM's `case-authorization.properties`: a line `OPERATION=role1,role2` for each operation; blanks around names
 * do not count, and neither do empty lines and those that begin with `#` or `!`. `OPERATION=` is nobody. Of Java's
 * further ways to write properties (other separators, continued lines, escapes) none is admitted: a misread line would
 * open or close an operation in silence.
 * @throws BadInput `bad-policy` for the first line that is not understood, with its number; the whole file is ignored
 */
export function readCaseAuthorization(text: string, how: ReadCaseAuthorization = {}): CaseAuthorization {
  const { file = 'case-authorization.properties', roles: known } = how;
  if (typeof text !== 'string') throw new TypeError('readCaseAuthorization takes the text of a file.');
  try {
    return new Map(caseAuthorizationLines(text, known).map(({ operation, entry }) => [operation, entry]));
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    throw new BadInput('bad-policy', `${file}, line ${error.path[0]}: ${error.message}`);
  }
}

/** The case operations of a set that were configured. */
export const configuredOperations = (set: PolicySet): CaseAuthorization =>
  set.of(CASE_OPERATION) as ReadonlyMap<string, unknown> as CaseAuthorization;

/** Writes the configured case operations of a set as a `case-authorization.properties`, which reads as the same. */
export function printCaseAuthorization(set: PolicySet): string {
  const configured = configuredOperations(set);
  return CASE_OPERATIONS.map((operation) => [operation, configured.get(operation)] as const)
    .filter(([, entry]) => entry !== undefined)
    .map(([operation, entry]) => `${operation}=${(entry as CaseOperationEntry).roles.join(',')}\n`)
    .join('');
}

/** The case operations of a file as the entries of a policy set. */
export const caseOperationEntries = (file: CaseAuthorization): PolicyChange[] =>
  [...file].map(([id, value]) => ({ kind: CASE_OPERATION, id, value }));
