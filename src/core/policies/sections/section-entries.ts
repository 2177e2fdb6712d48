import { asModelName } from '../../model-name.js';
import { normaliseName } from '../../principal.js';
import type { PolicyChange } from '../../policy-set/policy-set.js';
import { show } from '../../value.js';
import { badPolicy, entryFields, inside, listIn, oneOf, policyName } from '../entries.js';
import { readHolder } from '../security-role-entries.js';
import type { Holder } from '../security-roles.js';
import { PERMISSION_NAMES, ROOT, ROOT_TEMPLATE, type SectionPermission } from './permissions.js';

/** The kinds of policy set entries for sections. */
export const SECTION = 'section';
export const SECTION_PERMISSION = 'section-permission';
export const SECTION_MODEL = 'section-model';

/** The longest list of permissions, before duplicates are removed. */
const MOST_PERMISSIONS = 100;

/** What stands in the tree of sections. */
interface Made {
  /** Who made it; missing: an administrator. What one user has made is limited. */
  readonly by?: string;
}

/** A section: a folder of models and of other sections. */
export interface Section extends Made {
  /** Its name for people; missing: its id. */
  readonly name?: string;
  /** The section that it is in; missing: ROOT. */
  readonly parent?: string;
  /** False: it has only the permissions that are given on it. */
  readonly inherit?: false;
}

/** A model of the tenant or, with an owner, of another models' owner for which people of the tenant act. */
export interface ModelRef {
  readonly model: string;
  readonly owner?: string;
}

/** What permissions are given on: a section, or a model. */
export type SectionPlace = { readonly section: string } | ModelRef;

/** The permissions of a user or a group on one section or model. */
export type SectionGrant = SectionPlace & Holder & { readonly permissions: readonly SectionPermission[] };

/** The place of a model among the sections. */
export interface SectionModel extends ModelRef, Made {
  /** Missing: ROOT. */
  readonly section?: string;
  /** False: it has only the permissions that are given on it. */
  readonly inherit?: false;
  /** There is no model of this name any more; the entries apply to its instances. */
  readonly gone?: true;
}

/** The id of the entry that places a model. */
export const modelId = ({ model, owner }: ModelRef): string =>
  JSON.stringify(owner === undefined ? [model] : [model, owner]);

/** The id of the entry with the permissions of a holder. */
export const grantId = (on: SectionPlace, to: Holder): string =>
  JSON.stringify([
    ...('section' in on ? ['section', on.section] : ['model', on.model]),
    ...('user' in to ? ['user', to.user] : ['group', to.group]),
    ...('section' in on || on.owner === undefined ? [] : [on.owner]),
  ]);

const flagIn = (value: unknown, what: string): boolean | undefined =>
  value === undefined || typeof value === 'boolean'
    ? value
    : badPolicy(`${what} takes true or false, got ${show(value)}.`);

/** An entry with its author. @param by undefined: an administrator */
export function madeBy<T extends Made>({ by: _before, ...rest }: T, by: string | undefined): T {
  return { ...rest, ...(by !== undefined && { by }) } as T;
}

/** The author of an entry; undefined: an administrator. */
export const authorOf = (value: unknown): string | undefined => (value as Made).by;

/** Names of users are of many forms, some of which no policy can name. */
const authorIn = (value: unknown, what: string): Made =>
  value === undefined
    ? {}
    : {
        by: normaliseName(value) ?? badPolicy(`by of ${what} needs the name of a user, got ${show(value)}.`),
      };

function readSection(id: string, value: unknown): Section {
  const what = `The section ${show(id)}`;
  const { name, parent, inherit, by } = entryFields(value, what, ['name', 'parent', 'inherit', 'by']);
  if (id === ROOT && (parent !== undefined || inherit !== undefined))
    badPolicy('ROOT has no parent, and nothing to inherit.');
  const isIn = parent === undefined ? ROOT : policyName(parent, `The parent of ${inside(what)}`);
  return {
    ...(name !== undefined && { name: policyName(name, what) }),
    ...(isIn !== ROOT && { parent: isIn }),
    ...(flagIn(inherit, `inherit of ${inside(what)}`) === false && { inherit: false }),
    ...authorIn(by, inside(what)),
  };
}

/** Reads a model as a caller names it. @throws BadInput `bad-policy` */
function readModelRef(model: unknown, owner: unknown, what: string): ModelRef {
  const name = asModelName(model) ?? badPolicy(`${what} needs the name of a model, got ${show(model)}.`);
  return {
    model: name,
    ...(owner !== undefined && { owner: policyName(owner, `The owner of ${inside(what)}`) }),
  };
}

/** Reads what permissions are given on: `{ section }` or `{ model }`. @throws BadInput `bad-policy` */
export function readPlace(value: unknown): SectionPlace {
  const what = 'What section permissions are given on';
  const { section, model, owner } = entryFields(value, what, ['section', 'model', 'owner']);
  if ((section === undefined) === (model === undefined) || (section !== undefined && owner !== undefined))
    return badPolicy(`${what} must be one section or one model.`);
  return section === undefined
    ? readModelRef(model, owner, what)
    : { section: policyName(section, 'A section') };
}

/** Reads section permissions, at least one; sorted. @throws BadInput `bad-policy`, naming the nearest known name */
export function readPermissions(value: unknown): readonly SectionPermission[] {
  const list = listIn(value, 'Section permissions');
  if (list.length === 0 || list.length > MOST_PERMISSIONS)
    badPolicy(`Section permissions are a list of 1 to ${MOST_PERMISSIONS} names.`);
  return [...new Set(list.map((one) => oneOf(one, 'section permission', PERMISSION_NAMES)))].sort();
}

function readGrant(id: string, value: unknown): SectionGrant {
  const what = 'An entry of section permissions';
  const known = ['section', 'model', 'owner', 'user', 'group', 'permissions'];
  const { user, group, permissions, ...rest } = entryFields(value, what, known);
  const on = readPlace(rest);
  const to = readHolder({ user, group }, `The holder of section permissions`);
  const expected = grantId(on, to);
  if (id !== expected) badPolicy(`${what} must have the id ${expected}, got ${show(id)}.`);
  return { ...on, ...to, permissions: readPermissions(permissions) };
}

function readModel(id: string, value: unknown): SectionModel {
  const what = 'The place of a model';
  const given = entryFields(value, what, ['model', 'owner', 'section', 'inherit', 'gone', 'by']);
  const ref = readModelRef(given.model, given.owner, what);
  const isIn = given.section === undefined ? ROOT : policyName(given.section, 'A section');
  const expected = modelId(ref);
  if (id !== expected) badPolicy(`${what} must have the id ${expected}, got ${show(id)}.`);
  return {
    ...ref,
    ...(isIn !== ROOT && { section: isIn }),
    ...(flagIn(given.inherit, `inherit of ${inside(what)}`) === false && { inherit: false }),
    ...(flagIn(given.gone, `gone of ${inside(what)}`) === true && { gone: true }),
    ...authorIn(given.by, inside(what)),
  };
}

/** Readers of the entries, by kind. */
export const SECTION_READERS = Object.freeze({
  [SECTION]: readSection,
  [SECTION_PERMISSION]: readGrant,
  [SECTION_MODEL]: readModel,
});

/** The entry that gives permissions. */
export const grantEntry = (grant: SectionGrant): PolicyChange => ({
  kind: SECTION_PERMISSION,
  id: grantId(grant, grant),
  value: grant,
});

/** The entries that make ROOT, with the permissions of its default groups. */
export const rootEntries = (): PolicyChange[] => [
  { kind: SECTION, id: ROOT, value: {} },
  ...ROOT_TEMPLATE.map(({ group, permissions }) =>
    grantEntry({ section: ROOT, group, permissions: [...permissions].sort() }),
  ),
];

/** The kinds of entries that only administrators change. */
export const isSectionKind = (kind: unknown): boolean =>
  kind === SECTION || kind === SECTION_PERMISSION || kind === SECTION_MODEL;
