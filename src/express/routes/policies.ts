import type {
  PolicyChangeOptions,
  SecurityRole,
  SecurityRoleHolder,
} from '../../engine/contract/policy-types.js';
import type { PolicyChange } from '../../core/policy-set/policy-set.js';
import { list, member, ref } from './common.js';
import { count, flag, object, objects, optional, text, wholeNumber } from './param.js';
import { route, type Route } from './route.js';

const ROLE = text('The name of the security role.');
const VERSION = optional(wholeNumber('An older version; default: the newest.'));
const CHANGES = objects<PolicyChange>(
  'Entries: kind, id, and value; a value of null removes the entry.',
  ref('PolicyChange'),
);
/** The options of every change; a header If-Match with the version counts as `expectedVersion`. */
export const CHANGE = {
  expectedVersion: optional(
    wholeNumber('Refuse with 409 unless this is the newest version; also as If-Match.'),
  ),
  reason: optional(text('The reason, for the history.')),
};
const INTERNAL = { allowInternal: optional(flag('Allow SYSTEM to give internal rights.')) };
const CHANGED = member('version', { type: 'integer' });

type Options = { readonly [K in keyof PolicyChangeOptions]?: PolicyChangeOptions[K] | undefined };

/** The options of a change, without those that were not given. */
export const changeOptions = ({ expectedVersion, reason, allowInternal }: Options): PolicyChangeOptions => ({
  ...(expectedVersion !== undefined && { expectedVersion }),
  ...(reason !== undefined && { reason }),
  ...(allowInternal !== undefined && { allowInternal }),
});

const policy = { face: 'ours', operation: 'system:policy', versioned: true } as const;
const holder = (verb: 'give' | 'withdraw', says: string): Route =>
  route({
    ...policy,
    method: 'POST',
    path: `/api/policy/security-roles/:role/${verb}`,
    id: `policy.securityRoles.${verb}`,
    says,
    takes: {
      role: ROLE,
      holder: object<SecurityRoleHolder>('{ user } or { group }.', ref('Holder')),
      ...CHANGE,
      ...INTERNAL,
    },
    answers: CHANGED,
    run: ({ api }, { role, holder: to, ...options }) =>
      api.policies.securityRoles[verb](role, to, changeOptions(options)),
  });

/** The policies that administrators configure. */
export const POLICIES: readonly Route[] = [
  route({
    ...policy,
    method: 'GET',
    path: '/api/policy',
    id: 'policy.read',
    says: 'All entries of the policy set, at the newest or an older version.',
    takes: { version: VERSION },
    answers: ref('PolicySet'),
    run: ({ api }, { version }) => api.policies.read(version === undefined ? {} : { version }),
  }),
  route({
    ...policy,
    method: 'GET',
    path: '/api/policy/version',
    id: 'policy.version',
    says: 'The newest version of the policy set.',
    answers: CHANGED,
    run: async ({ api }) => ({ version: await api.policies.version() }),
  }),
  route({
    ...policy,
    method: 'GET',
    path: '/api/policy/history',
    id: 'policy.history',
    says: 'Versions with their changes, the newest first.',
    takes: {
      limit: optional(count('Versions of a page; default 50, at most 500.')),
      before: optional(count('Only versions below this one.')),
    },
    answers: member('versions', list(ref('PolicyVersion'))),
    run: async ({ api }, page) => ({ versions: await api.policies.history(page) }),
  }),
  route({
    ...policy,
    method: 'POST',
    path: '/api/policy',
    id: 'policy.apply',
    says: 'Applies changes as one version, or none of them.',
    takes: { changes: CHANGES, ...CHANGE, ...INTERNAL },
    answers: CHANGED,
    run: ({ api }, { changes, ...options }) => api.policies.apply(changes, changeOptions(options)),
  }),
  route({
    ...policy,
    method: 'POST',
    path: '/api/policy/diff',
    id: 'policy.diff',
    says: 'What changes would do, without doing it.',
    takes: { changes: CHANGES },
    answers: member('differences', list(ref('PolicyDifference'))),
    run: async ({ api }, { changes }) => ({ differences: await api.policies.diff(changes) }),
  }),
  route({
    ...policy,
    method: 'GET',
    path: '/api/policy/export',
    id: 'policy.export',
    says: 'The policy set as the text of a policy file.',
    takes: { version: VERSION },
    answers: { type: 'string' },
    type: 'application/yaml; charset=utf-8',
    run: ({ api }, { version }) => api.policies.export(version === undefined ? {} : { version }),
  }),
  route({
    ...policy,
    method: 'POST',
    path: '/api/policy/import',
    id: 'policy.import',
    says: 'Applies the text of a policy file, YAML or JSON, as one version.',
    takes: {
      text: text('The text of the file.'),
      replace: optional(
        flag('Remove entries that the text does not contain, except those from policy files.'),
      ),
      ...CHANGE,
      ...INTERNAL,
    },
    answers: CHANGED,
    run: ({ api }, { text: file, replace, ...options }) =>
      api.policies.import(file, { ...changeOptions(options), ...(replace !== undefined && { replace }) }),
  }),
  route({
    ...policy,
    method: 'GET',
    path: '/api/policy/rights',
    id: 'policy.rights',
    says: 'The rights of the caller.',
    answers: member('rights', list({ type: 'string' })),
    run: async ({ api }) => ({ rights: await api.policies.securityRoles.mine() }),
  }),
  route({
    ...policy,
    method: 'GET',
    path: '/api/policy/security-roles',
    id: 'policy.securityRoles.list',
    says: 'The security roles with their rights and holders.',
    answers: member('roles', list(ref('SecurityRole'))),
    run: async ({ api }) => ({ roles: await api.policies.securityRoles.list() }),
  }),
  route({
    ...policy,
    method: 'PUT',
    path: '/api/policy/security-roles/:role',
    id: 'policy.securityRoles.save',
    says: 'Creates or replaces a security role; its holders remain.',
    takes: {
      role: ROLE,
      value: object<SecurityRole>('{ rights, says }.', ref('SecurityRoleValue')),
      ...CHANGE,
      ...INTERNAL,
    },
    answers: CHANGED,
    run: ({ api }, { role, value, ...options }) =>
      api.policies.securityRoles.save(role, value, changeOptions(options)),
  }),
  route({
    ...policy,
    method: 'DELETE',
    path: '/api/policy/security-roles/:role',
    id: 'policy.securityRoles.remove',
    says: 'Removes a security role, and takes it from all its holders.',
    takes: { role: ROLE, ...CHANGE },
    answers: CHANGED,
    run: ({ api }, { role, ...options }) => api.policies.securityRoles.remove(role, changeOptions(options)),
  }),
  holder('give', 'Gives a security role to a user or a group.'),
  holder('withdraw', 'Takes a security role from a user or a group.'),
];
