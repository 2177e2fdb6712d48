import { today } from '../../core/clock.js';
import { BadInput } from '../../core/errors.js';
import { assertOptions, FLAG, nearest, OBJECT, TEXT } from '../../core/options.js';
import { FORBIDDEN_KEYS } from '../../core/path.js';
import type { CaseAssignment } from '../../core/policies/case-roles/holders.js';
import { normaliseName } from '../../core/principal.js';
import { isPlainObject, show } from '../../core/value.js';
import type { Handed } from '../../store/port.js';
import { toDate, toPriority } from '../model/due-date.js';

export { checkData } from '../model/input-data.js';

/** The command options that bpmn-server itself reads, and the holders of a case's roles. */
export const COMMAND_OPTIONS = { startNodeId: TEXT, noWait: FLAG, caseRoles: OBJECT } as const;

/** Options that act on other people's tasks; `user` could be mistaken for the caller. */
const NOT_ADMITTED = ['parentItemId', 'recover', 'restart', 'debug', 'cron', 'user'];
/** Maximum number of options of the application's own. */
const OWN_OPTIONS = 50;

type HostOption = keyof typeof COMMAND_OPTIONS;

/** The checked options of a command. */
export interface CheckedOptions {
  readonly startNodeId?: string;
  readonly noWait?: boolean;
  readonly caseRoles?: CaseAssignment;
  /**
   * The application's own options: listeners and services read them at `execution.options`, and its log includes
   * them.
   */
  readonly own: Readonly<Record<string, unknown>>;
}

/** The options passed to the host. */
export const hostOptions = ({ noWait, caseRoles, own }: CheckedOptions): Record<string, unknown> => ({
  ...own,
  ...(noWait === true && { noWait }),
  ...(caseRoles !== undefined && { caseRoles }),
});

/**
 * Checks the options of a command. Keys whose value is undefined or null count as not given; `userName`, an
 * upstream option, is dropped. A key that resembles a known option is treated as a misspelling, not as an option of
 * the application's own.
 * @param honoured the upstream options that have an effect on the command
 * @throws BadInput `bad-option`, naming the key
 */
export function checkOptions(value: unknown, ...honoured: readonly HostOption[]): CheckedOptions {
  if (value === undefined || value === null) return { own: {} };
  const refuse = (message: string): never => {
    throw new BadInput('bad-option', message);
  };
  if (!isPlainObject(value)) return refuse('Options must be a plain object.');
  const { userName: _userName, ...rest } = value;
  const given = Object.entries(rest).filter(([, entry]) => entry !== undefined && entry !== null);
  const known = Object.keys(COMMAND_OPTIONS);
  const [ours, own] = [true, false].map((mine) =>
    Object.fromEntries(given.filter(([key]) => known.includes(key) === mine)),
  ) as [Record<string, unknown>, Record<string, unknown>];
  assertOptions('a command', ours, COMMAND_OPTIONS, refuse as () => never);
  const idle = Object.keys(ours).find((key) => ours[key] !== false && !honoured.includes(key as HostOption));
  if (idle !== undefined) refuse(`Option ${idle} does nothing for this command, and is not allowed.`);
  for (const [key] of Object.entries(own)) {
    if (NOT_ADMITTED.includes(key) || FORBIDDEN_KEYS.has(key)) refuse(`Option ${show(key)} is not allowed.`);
    const meant = nearest(key, [...known, ...NOT_ADMITTED]);
    if (meant !== undefined) refuse(`Option ${show(key)} is not allowed. Did you mean ${meant}?`);
  }
  if (Object.keys(own).length > OWN_OPTIONS)
    refuse(`A command may have at most ${OWN_OPTIONS} options of the application's own.`);
  return { ...ours, own };
}

/** @throws BadInput `bad-request` if it is not a string */
export function checkId(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 500) return value;
  throw new BadInput('bad-request', `${what} must be a text.`);
}

/** A checked assignment: the fields to set. */
export interface CheckedAssignment {
  /** Null releases the task; undefined leaves its assignee. */
  readonly assignee: string | null | undefined;
  /** Candidates, dates and priority, as stored. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Fields of the application's own. */
  readonly extras: Readonly<Record<string, unknown>>;
}

/** Limits of an assignment: names per list, extras, characters per text. */
const ASSIGNMENT_LIMITS = { names: 500, extras: 50, text: 2000 } as const;

const ASSIGNED = [
  'assignee',
  'candidateUsers',
  'candidateGroups',
  'dueDate',
  'followUpDate',
  'priority',
] as const;
const EXTRA_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
/** Names that a task or its view already uses; an extra must not be mistaken for one of them. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    'id seq itemKey tokenId elementId name status statusDetails userName startedAt endedAt' +
    ' type timeDue vars output input instanceId messageId signalId data instanceData' +
    ' instanceVersion processName state owner completedBy why guard token element node' +
    ' context options timerCount open closed startedBy rejectedBy stuck suspended suspendable' +
    ' suspension escalation escalateTo constructor prototype'
  ).split(' '),
);

const bad = (message: string): never => {
  throw new BadInput('bad-assignment', message);
};

function nameOrBad(value: unknown, key: string): string {
  if (typeof value === 'string' && value.length > ASSIGNMENT_LIMITS.text)
    return bad(`${key} must be a name of at most ${ASSIGNMENT_LIMITS.text} characters.`);
  return normaliseName(value) ?? bad(`${key} must be a name: a text that is neither empty nor *.`);
}

/**
 * Checks whom a task is escalated to: a name of a user, or an object with `user` or `group`.
 * @returns undefined if nobody is named
 * @throws BadInput `bad-assignment`
 */
export function checkHanded(value: unknown): Handed | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return { user: nameOrBad(value, 'The user') };
  const [[kind, name] = [], ...more] = isPlainObject(value) ? Object.entries(value) : [];
  if (more.length === 0 && kind === 'user') return { user: nameOrBad(name, 'user') };
  if (more.length === 0 && kind === 'group') return { group: nameOrBad(name, 'group') };
  return bad('A task is escalated to { user } or to { group }.');
}

function names(value: unknown, key: string): string[] {
  if (value === null || value === undefined) return [];
  const list: unknown[] =
    typeof value === 'string'
      ? value.split(',')
      : Array.isArray(value)
        ? Array.from(value as unknown[])
        : bad(`${key} must be a list of names.`);
  if (list.length > ASSIGNMENT_LIMITS.names) bad(`${key} may hold at most ${ASSIGNMENT_LIMITS.names} names.`);
  // A form field that was left empty arrives as one empty text after splitting at commas.
  const given = list.filter((entry) => typeof entry !== 'string' || entry.trim() !== '');
  return [...new Set(given.map((entry) => nameOrBad(entry, key)))];
}

function dateOrBad(value: unknown, key: string): Date | null {
  return value === null
    ? null
    : (toDate(value, today()) ?? bad(`${key} must be a date, or an ISO 8601 duration.`));
}

function extraOrBad(value: unknown, key: string): unknown {
  const meant = nearest(key, ASSIGNED);
  if (meant !== undefined) bad(`${show(key)} cannot be assigned. Did you mean ${meant}?`);
  if (value !== null && !['string', 'number', 'boolean'].includes(typeof value) && !(value instanceof Date))
    bad(
      `${show(key)} must be a text, a number, true, false or a date. Lists and objects are` +
        ' data, the second argument of' +
        ' assign(query, data, assignment, user).',
    );
  if (typeof value === 'string' && value.length > ASSIGNMENT_LIMITS.text)
    bad(`${show(key)} must be a text of at most ${ASSIGNMENT_LIMITS.text} characters.`);
  return value;
}

/**
 * Checks an assignment by a caller. Only assignee, candidates, dates, priority and extras with plain values may be
 * set: bpmn-server copies every key onto the item, including its status. An extra that resembles one of the others is
 * treated as a misspelling.
 * @throws BadInput `bad-assignment`, naming the key
 */
export function checkAssignment(value: unknown): CheckedAssignment {
  if (!isPlainObject(value)) return bad('An assignment must be a plain object.');
  const fields: Record<string, unknown> = {};
  const extras: Record<string, unknown> = {};
  let assignee: string | null | undefined;
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    if (key === 'assignee') {
      if (entry === '') bad('assignee must be a name, or null to release the task.');
      assignee = entry === null ? null : nameOrBad(entry, key);
    } else if (key === 'candidateUsers' || key === 'candidateGroups') fields[key] = names(entry, key);
    else if (key === 'dueDate' || key === 'followUpDate') fields[key] = dateOrBad(entry, key);
    else if (key === 'priority')
      fields[key] = entry === null ? null : (toPriority(entry) ?? bad('priority must be a number.'));
    else if (!EXTRA_NAME.test(key) || TAKEN.has(key)) bad(`${show(key)} cannot be assigned.`);
    else extras[key] = extraOrBad(entry, key);
  }
  if (Object.keys(extras).length > ASSIGNMENT_LIMITS.extras)
    bad(`An assignment may set at most ${ASSIGNMENT_LIMITS.extras} fields of your own.`);
  return { assignee, fields, extras };
}
