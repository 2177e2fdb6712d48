import { ROOT, type SectionPermission } from '../../core/policies/sections/permissions.js';
import {
  grantEntry,
  grantId,
  madeBy,
  modelId,
  SECTION,
  SECTION_MODEL,
  SECTION_PERMISSION,
  type ModelRef,
  type Section,
  type SectionGrant,
  type SectionModel,
  type SectionPlace,
} from '../../core/policies/sections/section-entries.js';
import { ownerOf } from '../../core/policies/sections/section-rules.js';
import type { Holder } from '../../core/policies/security-roles.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';
import type { SecureUser } from '../../core/principal.js';

/** The principal's model of that name, as entries name it. */
export function refOf(principal: SecureUser, model: string): ModelRef {
  const owner = ownerOf(principal);
  return { model, ...(owner !== undefined && { owner }) };
}

const remove = (kind: string, id: string): PolicyChange => ({ kind, id, value: null });

export const sectionIn = (set: PolicySet, id: string): Section | undefined =>
  set.of(SECTION).get(id) as Section | undefined;
export const modelIn = (set: PolicySet, ref: ModelRef): SectionModel | undefined =>
  set.of(SECTION_MODEL).get(modelId(ref)) as SectionModel | undefined;
export const grantIn = (set: PolicySet, on: SectionPlace, to: Holder): SectionGrant | undefined =>
  set.of(SECTION_PERMISSION).get(grantId(on, to)) as SectionGrant | undefined;

const placeKey = (on: SectionPlace): string =>
  'section' in on ? JSON.stringify({ section: on.section }) : modelId(on);
const placeOf = (grant: unknown): string => placeKey(grant as SectionGrant);
const parentOf = (section: unknown): string | undefined => (section as Section).parent;
const sectionOf = (model: unknown): string | undefined => (model as SectionModel).section;

/** All permissions given on a section or model, with the ids of their entries. */
export const grantsOn = (set: PolicySet, on: SectionPlace): [id: string, grant: SectionGrant][] =>
  (set.of(SECTION_PERMISSION).where(placeOf, placeKey(on)) as SectionGrant[]).map((grant) => [
    grantId(grant, grant),
    grant,
  ]);

/** The models that are placed in a section other than ROOT. */
const modelsIn = (set: PolicySet, id: string): SectionModel[] =>
  set.of(SECTION_MODEL).where(sectionOf, id) as SectionModel[];

export const withSection = (id: string, value: Section): PolicyChange => ({ kind: SECTION, id, value });

/** A section with another parent; ROOT is not written. */
export function withParent({ parent: _before, ...rest }: Section, parent: string): Section {
  return { ...rest, ...(parent !== ROOT && { parent }) };
}

/** A model in another section. An entry that it was deleted no longer holds. */
export function placedIn(
  { section: _before, gone: _gone, ...rest }: SectionModel,
  section: string,
): SectionModel {
  return { ...rest, ...(section !== ROOT && { section }) };
}

export const withModel = (value: SectionModel): PolicyChange => ({
  kind: SECTION_MODEL,
  id: modelId(value),
  value,
});

/** A section or model that inherits, or does not. */
export function inheriting<T extends { readonly inherit?: false }>(value: T, inherit: boolean): T {
  const { inherit: _before, ...rest } = value;
  return { ...rest, ...(inherit ? {} : { inherit: false }) } as T;
}

/** Permissions given on a place to a holder; none removes the entry. */
export function withGrant(
  on: SectionPlace,
  to: Holder,
  permissions: readonly SectionPermission[],
): PolicyChange {
  if (permissions.length === 0) return remove(SECTION_PERMISSION, grantId(on, to));
  return grantEntry({ ...on, ...to, permissions: [...new Set(permissions)].sort() });
}

/** Whether sections or models that still exist are directly in the section. */
export const isEmpty = (set: PolicySet, id: string): boolean =>
  set.of(SECTION).where(parentOf, id).length === 0 && modelsIn(set, id).every(({ gone }) => gone === true);

/**
 * Removes an empty section with the permissions given on it. Instances of models that were in it, and are gone, do not
 * get the permissions of another section: nothing is widened by deleting.
 */
export function withoutSection(set: PolicySet, id: string): PolicyChange[] {
  return [
    ...grantsOn(set, { section: id }).map(([entry]) => remove(SECTION_PERMISSION, entry)),
    ...modelsIn(set, id).map(({ section: _removed, ...rest }) => withModel({ ...rest, inherit: false })),
    remove(SECTION, id),
  ];
}

/** True if the set says anything of the model. */
export const isStated = (set: PolicySet, ref: ModelRef): boolean =>
  modelIn(set, ref) !== undefined || grantsOn(set, ref).length > 0;

/**
 * A new model, without anything that was said of an earlier one of its name. Entries that come from files stay.
 * @param by its author; undefined: an administrator
 */
export function withNewModel(
  set: PolicySet,
  ref: ModelRef,
  section: string,
  by: string | undefined,
): PolicyChange[] {
  const known = modelIn(set, ref);
  const removed = grantsOn(set, ref)
    .filter(([id]) => set.fileOf(SECTION_PERMISSION, id) === undefined)
    .map(([id]) => remove(SECTION_PERMISSION, id));
  if (known !== undefined && set.fileOf(SECTION_MODEL, modelId(ref)) !== undefined) return removed;
  if (section !== ROOT) return [...removed, withModel(madeBy(placedIn(ref, section), by))];
  return known === undefined ? removed : [...removed, remove(SECTION_MODEL, modelId(ref))];
}

/** A model under its new name, with its place and permissions. @param by as for a new model */
export function withCopy(
  set: PolicySet,
  from: ModelRef,
  to: ModelRef,
  by: string | undefined,
): PolicyChange[] {
  const place = modelIn(set, from);
  const cleared = withNewModel(set, to, place?.section ?? ROOT, by);
  const copies = grantsOn(set, from).map(([, grant]) => {
    const holder: Holder = 'user' in grant ? { user: grant.user } : { group: grant.group };
    return withGrant(to, holder, grant.permissions);
  });
  return [
    ...cleared,
    ...(place?.inherit === false
      ? [withModel(madeBy({ ...placedIn(place, place.section ?? ROOT), ...to }, by))]
      : []),
    ...copies,
  ];
}

/** A model that does not exist any more: what is said of it applies to its instances only. */
export function withoutModel(set: PolicySet, ref: ModelRef): PolicyChange[] {
  if (!isStated(set, ref) || set.fileOf(SECTION_MODEL, modelId(ref)) !== undefined) return [];
  const known = modelIn(set, ref);
  return known?.gone === true ? [] : [withModel({ ...ref, ...known, gone: true })];
}
