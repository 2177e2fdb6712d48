import type { SectionOrModel, SectionPermission } from '../../engine/contract/section-types.js';
import type { Holder } from '../../core/policies/security-roles.js';
import { member, ref } from './common.js';
import { flag, object, objectOf, optional, text, texts } from './param.js';
import { CHANGE, changeOptions } from './policies.js';
import { route, type Route } from './route.js';

const SECTION = text('The id of a section.');
const ON = object<SectionOrModel>('{ section } or { model }.', ref('SectionOrModel'));
const HOLDER = object<Holder>('{ user } or { group }.', ref('Holder'));
const PERMISSIONS = texts('Section permissions.');
const CHANGED = member('version', { type: 'integer' });

const sections = { face: 'ours', operation: 'system:policy', versioned: true } as const;

const permissions = (verb: 'give' | 'withdraw', says: string): Route =>
  route({
    ...sections,
    method: 'POST',
    path: `/api/policy/section-permissions/${verb}`,
    id: `sections.permissions.${verb}`,
    says,
    takes: { on: ON, holder: HOLDER, permissions: PERMISSIONS, ...CHANGE },
    answers: CHANGED,
    run: ({ api }, { on, holder, permissions: names, ...options }) =>
      api.policies.sections.permissions[verb](
        on,
        holder,
        names as readonly SectionPermission[],
        changeOptions(options),
      ),
  });

/** Sections, what is in them, and the permissions on them. */
export const SECTIONS: readonly Route[] = [
  route({
    ...sections,
    method: 'GET',
    path: '/api/policy/sections',
    id: 'sections.tree',
    says: 'The sections and models that the caller may read, and the sections above them for navigation.',
    answers: ref('SectionTree'),
    run: ({ api }) => api.policies.sections.tree(),
  }),
  route({
    ...sections,
    method: 'GET',
    path: '/api/policy/sections/:section',
    id: 'sections.list',
    says: 'What the caller may read directly in a section.',
    takes: { section: SECTION },
    answers: ref('SectionTree'),
    run: ({ api }, { section }) => api.policies.sections.list(section),
  }),
  route({
    ...sections,
    method: 'POST',
    path: '/api/policy/sections',
    id: 'sections.create',
    says: 'Creates a section.',
    takes: {
      id: SECTION,
      name: optional(text('Its name for people; default: its id.')),
      parent: optional(text('The section that it is in; default: ROOT, for administrators only.')),
      inherit: optional(flag('false: it inherits no permissions; for administrators only.')),
      ...CHANGE,
    },
    answers: CHANGED,
    run: ({ api }, { id, name, parent, inherit, ...options }) =>
      api.policies.sections.create(
        id,
        {
          ...(name !== undefined && { name }),
          ...(parent !== undefined && { parent }),
          ...(inherit !== undefined && { inherit }),
        },
        changeOptions(options),
      ),
  }),
  route({
    ...sections,
    method: 'POST',
    path: '/api/policy/sections/:section/rename',
    id: 'sections.rename',
    says: 'Changes the name of a section for people.',
    takes: { section: SECTION, name: text('The new name.'), ...CHANGE },
    answers: CHANGED,
    run: ({ api }, { section, name, ...options }) =>
      api.policies.sections.rename(section, name, changeOptions(options)),
  }),
  route({
    ...sections,
    method: 'POST',
    path: '/api/policy/sections/:section/move',
    id: 'sections.move',
    says: 'Moves a section, with all that is in it, into another.',
    takes: { section: SECTION, parent: text('The section that it goes to.'), ...CHANGE },
    answers: CHANGED,
    run: ({ api }, { section, parent, ...options }) =>
      api.policies.sections.move(section, parent, changeOptions(options)),
  }),
  route({
    ...sections,
    method: 'POST',
    path: '/api/policy/sections/:section/place',
    id: 'sections.place',
    says: 'Moves a model into a section.',
    takes: { section: SECTION, model: text('The name of the model.'), ...CHANGE },
    answers: CHANGED,
    run: ({ api }, { section, model, ...options }) =>
      api.policies.sections.place(model, section, changeOptions(options)),
  }),
  route({
    ...sections,
    method: 'DELETE',
    path: '/api/policy/sections/:section',
    id: 'sections.delete',
    says: 'Deletes an empty section.',
    takes: { section: SECTION, ...CHANGE },
    answers: CHANGED,
    run: ({ api }, { section, ...options }) => api.policies.sections.delete(section, changeOptions(options)),
  }),
  route({
    ...sections,
    method: 'GET',
    path: '/api/policy/section-permissions',
    id: 'sections.permissions.list',
    says: 'The permissions given on a section or model itself.',
    takes: { on: ON },
    answers: ref('SectionGrants'),
    run: ({ api }, { on }) => api.policies.sections.permissions.list(on),
  }),
  permissions('give', 'Gives permissions on a section or model to a user or a group.'),
  permissions('withdraw', 'Takes permissions on a section or model from a user or a group.'),
  route({
    ...sections,
    method: 'POST',
    path: '/api/policy/section-permissions/inherit',
    id: 'sections.permissions.inherit',
    says: 'Says whether a section or model inherits permissions.',
    takes: { on: ON, inherit: flag('false: only what is given on it itself.'), ...CHANGE },
    answers: CHANGED,
    run: ({ api }, { on, inherit, ...options }) =>
      api.policies.sections.permissions.inherit(on, inherit, changeOptions(options)),
  }),
  route({
    ...sections,
    method: 'GET',
    path: '/api/policy/effective-permissions',
    id: 'sections.effective',
    says: 'The permissions of a person on a section or model, and where they come from.',
    takes: {
      on: ON,
      of: optional(
        objectOf<{ userName: string; userGroups?: string[] }>(
          'The person; default: the caller.',
          ['userName', 'userGroups'],
          ref('Person'),
        ),
      ),
    },
    answers: ref('EffectivePermissions'),
    run: ({ api }, { on, of }) => api.policies.sections.effective(of, on),
  }),
];
