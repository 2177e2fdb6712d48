import {
  EFFECTS,
  PRIVILEGES,
  type GridLabel,
  type GridObject,
  type GridRule,
  type GridUsers,
} from './grid.js';
import { Words } from './words.js';

/** A rule or label as a text states it, not checked yet. */
export type Unread = Readonly<Record<string, unknown>>;

const quoted = (text: string): string => JSON.stringify(text);

/** The users of a rule in words: `group "Employee"`. */
export function printUsers(users: GridUsers): string {
  if (users === 'all') return users;
  if ('where' in users) return `users where ${JSON.stringify(users.where)}`;
  if ('group' in users) return `group ${quoted(users.group)}`;
  return 'user' in users ? `user ${quoted(users.user)}` : `role ${quoted(users.role)}`;
}

/** The object of a rule in words: `task "bake" of process "Order Pizza"`. */
export function printObject(on: GridObject): string {
  if (on === 'system') return on;
  const process = `process ${quoted(on.process)}`;
  if ('task' in on) return `task ${quoted(on.task)} of ${process}`;
  return 'event' in on ? `event ${quoted(on.event)} of ${process}` : process;
}

/**
 * The rule as a sentence: `Allow group "Employee" to Perform on event "start" of process "Claim" as "Claimant"`.
 * `readSentence` reads it.
 */
export function printSentence({
  effect,
  users,
  privilege,
  on,
  for: when,
  as,
  handOn,
  says,
}: GridRule): string {
  return [
    `${effect} ${printUsers(users)} to ${privilege} on ${printObject(on)}`,
    ...(when === undefined ? [] : [`for ${JSON.stringify(when)}`]),
    ...(as === undefined ? [] : [`as ${quoted(as)}`]),
    ...(handOn === true ? ['handing on'] : []),
    ...(says === undefined ? [] : [`says ${quoted(says)}`]),
  ].join(' ');
}

export function usersIn(words: Words): unknown {
  const kind = words.one(['all', 'group', 'user', 'role', 'users'] as const, 'users');
  if (kind === 'all') return kind;
  if (kind !== 'users') return { [kind]: words.name(`the name of a ${kind}`) };
  words.expect('where', '"users"');
  return { where: words.json('a condition on the user') };
}

export function objectIn(words: Words): unknown {
  const kind = words.one(['system', 'process', 'task', 'event'] as const, 'an object');
  if (kind === 'system') return kind;
  const name = words.name(`the name of a ${kind}`);
  if (kind === 'process') return { process: name };
  words.expect('of', `the ${kind}`);
  words.expect('process', '"of"');
  return { process: words.name('the name of a process'), [kind]: name };
}

/** The rest of a sentence: its condition, label and description. */
function restIn(words: Words): Unread {
  return {
    ...(words.takes('for') && { for: words.json('a condition') }),
    ...(words.takes('as') && { as: words.name('a label') }),
    ...(words.takes('handing') && { handOn: handingOn(words) }),
    ...(words.takes('says') && { says: words.name('a description in quotes') }),
  };
}

function handingOn(words: Words): true {
  words.expect('on', '"handing"');
  return true;
}

/**
 * Parses a sentence into the object form of a rule, which is checked afterwards.
 * @throws BadInput `bad-policy`, saying what was expected
 */
export function readSentence(text: string): Unread {
  const words = new Words(text);
  const effect = words.one(EFFECTS, 'the beginning of a rule');
  const users = usersIn(words);
  words.expect('to', 'the users');
  const privilege = words.one(PRIVILEGES, 'a privilege');
  words.expect('on', 'the privilege');
  const rule = { effect, users, privilege, on: objectIn(words), ...restIn(words) };
  words.end('"for", "as", "handing on", "says"');
  return rule;
}

/** A label as a sentence: `Label "Author" held by 1`. */
export const printLabel = (name: string, { multiple, says }: GridLabel): string =>
  [
    `Label ${quoted(name)}`,
    ...(multiple === undefined ? [] : [`held by ${multiple}`]),
    ...(says === undefined ? [] : [`says ${quoted(says)}`]),
  ].join(' ');

function labelIn(words: Words): [name: string, label: Unread] {
  const name = words.name('the name of a label');
  let multiple: number | undefined;
  if (words.takes('held')) {
    words.expect('by', '"held"');
    multiple = words.number('how many users may hold the label');
  }
  const says = words.takes('says') ? words.name('a description in quotes') : undefined;
  words.end('"held by", "says"');
  return [name, { ...(multiple !== undefined && { multiple }), ...(says !== undefined && { says }) }];
}

/** A line of a text: a label, a rule with its id, or nothing. */
export type Line =
  | { readonly label: string; readonly value: Unread }
  | { readonly rule: string; readonly value: Unread }
  | undefined;

const ID = /^\s*(?:("(?:[^"\\]|\\.)*")|([^\s":#]+))\s*:\s*(.*)$/s;

/**
 * Reads a line of sentences: `Label …`, or the id of a rule, a colon and its sentence. Empty lines and those that begin
 * with `#` say nothing.
 * @throws BadInput `bad-policy`
 */
export function readLine(text: string): Line {
  const words = new Words(text);
  if (words.isAtEnd || text.trimStart().startsWith('#')) return undefined;
  if (words.takes('Label')) {
    const [label, value] = labelIn(words);
    return { label, value };
  }
  const [, inQuotes, bare, sentence] = ID.exec(text) ?? [];
  if (sentence === undefined) return words.fail('"Label", or the id of a rule and a colon');
  const rule = inQuotes === undefined ? (bare as string) : new Words(inQuotes).name('the id of a rule');
  return { rule, value: readSentence(sentence) };
}
