import { cleanNames } from '../derive.js';
import type { ModdleElement } from '../host.js';
import { ALL_FORMS, readExpression } from './expression.js';
import { NAMES_NOBODY, type Statements } from './statements.js';
import { ROLES, type PeopleProperty } from './understood.js';

interface Role extends ModdleElement {
  resourceRef?: ModdleElement;
  resourceParameterBindings?: unknown[];
  resourceAssignmentExpression?: { expression?: { body?: string; language?: string } };
}

const WHO = /^(user|group)\s*\((.*)\)$/is;
/** Characters of code and of lists in other forms. No user or group is written with them in an expression. */
const NOT_IN_NAMES = /[()[\]{}<>/\\"'`;|]/;
/** Languages in which the expressions that are understood mean what they say: JavaScript, and those of `${…}`. */
const LANGUAGES = /(?:^|\W)(?:javascript|ecmascript|js|juel|uel|el)$/i;

/** The kind of a name written as neither `user(…)` nor `group(…)`. */
type Unnamed = 'user' | 'group';

interface Entry {
  readonly kind: Unnamed;
  readonly text: string;
  /** It says itself which of the two it is. */
  readonly isNamed: boolean;
}

/** `user(ann), Group(hr), it`: the entries with their kinds. */
export function entriesOf(text: string, unnamed: Unnamed): Entry[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, kind, inner] = WHO.exec(entry) ?? [];
      return inner === undefined
        ? { kind: unnamed, text: entry, isNamed: false }
        : { kind: kind?.toLowerCase() as Unnamed, text: inner.trim(), isNamed: true };
    });
}

/** Whether an entry is a name, and not what is left of code or of a list in another form. */
export const isPlain = ({ text }: Pick<Entry, 'text'>): boolean => !NOT_IN_NAMES.test(text);

/** Whether the language of an expression gives another meaning to its text: in MVEL, `boss` is a variable. */
export function isInForeignLanguage(language: string | undefined, entries: readonly Entry[]): boolean {
  const given = language?.trim() ?? '';
  return given !== '' && !LANGUAGES.test(given) && !entries.every((entry) => entry.isNamed && isPlain(entry));
}

const bodyOf = (role: Role): string => role.resourceAssignmentExpression?.expression?.body?.trim() ?? '';

function sayExpression(role: Role, to: Statements, unnamed: Unnamed, user: PeopleProperty): void {
  const text = bodyOf(role);
  const found = `<${role.$type}> ${text}`;
  const entries = entriesOf(text, unnamed);
  const language = role.resourceAssignmentExpression?.expression?.language;
  if (isInForeignLanguage(language, entries)) return to.isUnclear(`${found} in the language ${language}`);
  const whole = readExpression(text, ALL_FORMS);
  if (whole !== undefined && whole.kind !== 'names') {
    to.people.push({ property: unnamed === 'user' ? user : 'candidateGroups', expression: whole });
    return;
  }
  const isName = (entry: Entry): boolean => readExpression(entry.text, ALL_FORMS)?.kind === 'names';
  if (entries.some((entry) => isName(entry) && !isPlain(entry))) return to.isUnclear(found);
  // Among several, an entry is a name; a call or variable must be the only one.
  if (entries.length > 1 && whole === undefined) return to.isUnclear(found);
  for (const entry of entries)
    to.say(entry.kind === 'user' ? user : 'candidateGroups', entry.text, ALL_FORMS, found);
}

/**
 * BPMN's own `potentialOwner`, `humanPerformer` and `performer`. A potential owner is a candidate; a performer is
 * the assignee. A referenced resource is a role, and therefore a group.
 * @param unnamed the kind of a potential owner named without `user(…)` or `group(…)`
 */
export function sayRole(role: Role, to: Statements, unnamed: Unnamed): void {
  const found = `<${role.$type}>`;
  const [, type = ''] = role.$type.split(':');
  const user = ROLES.get(type.charAt(0).toLowerCase() + type.slice(1));
  if (user === undefined) return to.isUnclear(found);
  if ((role.resourceParameterBindings ?? []).length > 0)
    return to.isUnclear(`${found} with parameters of a resource`);
  const resource = role.resourceRef?.name?.trim() ?? '';
  if (resource !== '' && cleanNames([resource]).length === 0)
    to.isUnclear(`${found} ${resource}`, NAMES_NOBODY);
  else if (resource !== '')
    to.people.push({ property: 'candidateGroups', expression: { kind: 'name', name: resource } });
  else if (bodyOf(role) === '')
    return to.isUnclear(found, 'It names nobody that can be found: the task belongs to nobody.');
  if (bodyOf(role) !== '') sayExpression(role, to, user === 'assignee' ? 'user' : unnamed, user);
}
