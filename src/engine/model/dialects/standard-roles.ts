import type { ModdleElement } from '../host.js';
import { ALL_FORMS, readExpression } from './expression.js';
import type { Statements } from './statements.js';
import { ROLES, type PeopleProperty } from './understood.js';

interface Role extends ModdleElement {
  resourceRef?: ModdleElement;
  resourceParameterBindings?: unknown[];
  resourceAssignmentExpression?: { expression?: { body?: string } };
}

const WHO = /^(user|group)\s*\((.*)\)$/s;

/** The kind of a name written as neither `user(…)` nor `group(…)`. */
type Unnamed = 'user' | 'group';

/** `user(ann), group(hr), it`: the entries with their kinds. */
export function entriesOf(text: string, unnamed: Unnamed): { kind: Unnamed; text: string }[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, kind, inner] = WHO.exec(entry) ?? [];
      return inner === undefined
        ? { kind: unnamed, text: entry }
        : { kind: kind as Unnamed, text: inner.trim() };
    });
}

const bodyOf = (role: Role): string => role.resourceAssignmentExpression?.expression?.body?.trim() ?? '';

function sayExpression(role: Role, to: Statements, unnamed: Unnamed, user: PeopleProperty): void {
  const text = bodyOf(role);
  const found = `<${role.$type}> ${text}`;
  const whole = readExpression(text, ALL_FORMS);
  if (whole !== undefined && whole.kind !== 'names') {
    to.people.push({ property: unnamed === 'user' ? user : 'candidateGroups', expression: whole });
    return;
  }
  const entries = entriesOf(text, unnamed);
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
  if (resource !== '')
    to.people.push({ property: 'candidateGroups', expression: { kind: 'name', name: resource } });
  else if (bodyOf(role) === '')
    return to.isUnclear(found, 'It names nobody that can be found: the task belongs to nobody.');
  if (bodyOf(role) !== '') sayExpression(role, to, user === 'assignee' ? 'user' : unnamed, user);
}
