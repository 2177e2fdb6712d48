import type { CaseFieldEntry, CaseOperation, RoleHolders } from '../../engine/contract/case-types.js';
import type { Data } from '../../engine/contract/types.js';
import { list, member, ref } from './common.js';
import { object, optional, text, texts } from './param.js';
import { CHANGE } from './policies.js';
import { route, type Route } from './route.js';

const ID = text('The id of the instance.');
const COMMENT_ID = text('The id of the comment.');
const ROLE = text('A role that the model declares.');
const HOLDERS = object<Partial<RoleHolders>>('Users and groups.', ref('RoleHolders'));
const TEXT = text('At most 4,000 characters.');
const VERSION = member('version', { type: 'integer' });

const ours = { face: 'ours' } as const;
const configured = { ...ours, versioned: true } as const;

/** Cases: their roles, comments and data. */
const OF_CASES: readonly Route[] = [
  route({
    ...ours,
    method: 'GET',
    path: '/api/cases/:instanceId/roles',
    id: 'cases.roles',
    says: 'The roles of a case, with their holders.',
    operation: 'instance:read',
    takes: { instanceId: ID },
    answers: member('roles', list(ref('CaseRole'))),
    run: async ({ api }, { instanceId }) => ({ roles: await api.cases.roles(instanceId) }),
  }),
  route({
    ...ours,
    method: 'PUT',
    path: '/api/cases/:instanceId/roles/:role',
    id: 'cases.setRole',
    says: 'Replaces the holders of a role; tasks that exist keep their candidates.',
    operation: 'instance:roles',
    takes: { instanceId: ID, role: ROLE, holders: HOLDERS },
    bodyIs: 'holders',
    answers: ref('CaseRole'),
    run: ({ api }, { instanceId, role, holders }) => api.cases.setRole(instanceId, role, holders),
  }),
  route({
    ...ours,
    method: 'POST',
    path: '/api/cases/:instanceId/roles/:role',
    id: 'cases.addToRole',
    says: 'Adds holders to a role.',
    operation: 'instance:roles',
    takes: { instanceId: ID, role: ROLE, holders: HOLDERS },
    bodyIs: 'holders',
    answers: ref('CaseRole'),
    run: ({ api }, { instanceId, role, holders }) => api.cases.addToRole(instanceId, role, holders),
  }),
  route({
    ...ours,
    method: 'GET',
    path: '/api/cases/:instanceId/comments',
    id: 'cases.listComments',
    says: 'The comments that the caller may read, the oldest first.',
    operation: 'instance:read',
    takes: { instanceId: ID },
    answers: member('comments', list(ref('CaseComment'))),
    run: async ({ api }, { instanceId }) => ({ comments: await api.cases.listComments(instanceId) }),
  }),
  route({
    ...ours,
    method: 'POST',
    path: '/api/cases/:instanceId/comments',
    id: 'cases.comment',
    says: 'Adds a comment.',
    operation: 'instance:comment',
    takes: {
      instanceId: ID,
      text: TEXT,
      roles: optional(texts('Shown to these roles and its author only.')),
    },
    answers: ref('CaseComment'),
    run: ({ api }, { instanceId, text: given, ...options }) => api.cases.comment(instanceId, given, options),
  }),
  route({
    ...ours,
    method: 'PUT',
    path: '/api/cases/:instanceId/comments/:commentId',
    id: 'cases.changeComment',
    says: 'Replaces the text of a comment.',
    operation: 'instance:comment',
    takes: { instanceId: ID, commentId: COMMENT_ID, text: TEXT },
    answers: ref('CaseComment'),
    run: ({ api }, { instanceId, commentId, text: given }) =>
      api.cases.changeComment(instanceId, commentId, given),
  }),
  route({
    ...ours,
    method: 'DELETE',
    path: '/api/cases/:instanceId/comments/:commentId',
    id: 'cases.removeComment',
    says: 'Removes a comment.',
    operation: 'instance:comment',
    takes: { instanceId: ID, commentId: COMMENT_ID },
    answers: { type: 'object' },
    run: async ({ api }, { instanceId, commentId }) => {
      await api.cases.removeComment(instanceId, commentId);
      return {};
    },
  }),
  route({
    ...ours,
    method: 'PUT',
    path: '/api/cases/:instanceId/data',
    id: 'cases.setData',
    says: 'Sets fields of the data without completing a task.',
    operation: 'instance:data',
    takes: { instanceId: ID, data: object<Data>('The fields: a plain object.', ref('Data')) },
    answers: member('instance', ref('Instance')),
    run: async ({ api }, { instanceId, data }) => ({ instance: await api.cases.setData(instanceId, data) }),
  }),
  route({
    ...ours,
    method: 'DELETE',
    path: '/api/cases/:instanceId/data',
    id: 'cases.removeData',
    says: 'Removes fields of the data.',
    operation: 'instance:data',
    takes: { instanceId: ID, names: texts('The names of the fields.') },
    answers: member('instance', ref('Instance')),
    run: async ({ api }, { instanceId, names }) => ({
      instance: await api.cases.removeData(instanceId, names),
    }),
  }),
];

const OPERATION = text('A case operation, such as CANCEL_CASE.');
const FIELD = text('A path below the data, such as data.salary.');

/** What is configured about cases; for administrators of the policies. */
const OF_POLICIES: readonly Route[] = [
  route({
    ...configured,
    method: 'GET',
    path: '/api/policy/case-operations',
    id: 'caseOperations.list',
    says: 'The case operations, with the roles that may perform them.',
    operation: 'system:policy',
    answers: member('operations', list(ref('CaseOperation'))),
    run: async ({ api }) => ({ operations: await api.policies.caseOperations.list() }),
  }),
  route({
    ...configured,
    method: 'GET',
    path: '/api/policy/case-operations/text',
    id: 'caseOperations.text',
    says: 'The configuration as a case-authorization.properties.',
    operation: 'system:policy',
    answers: member('text', { type: 'string' }),
    run: async ({ api }) => ({ text: await api.policies.caseOperations.text() }),
  }),
  route({
    ...configured,
    method: 'PUT',
    path: '/api/policy/case-operations/text',
    id: 'caseOperations.load',
    says: 'Makes the configuration that of a case-authorization.properties.',
    operation: 'system:policy',
    takes: { text: text('The text of the file.'), ...CHANGE },
    answers: VERSION,
    run: ({ api }, { text: given, ...how }) => api.policies.caseOperations.load(given, how),
  }),
  route({
    ...configured,
    method: 'PUT',
    path: '/api/policy/case-operations/:operation',
    id: 'caseOperations.save',
    says: 'Limits a case operation to roles; none: administrators only.',
    operation: 'system:policy',
    takes: { operation: OPERATION, roles: texts('The roles.'), ...CHANGE },
    answers: VERSION,
    run: ({ api }, { operation, roles, ...how }) =>
      api.policies.caseOperations.save(operation as CaseOperation, roles, how),
  }),
  route({
    ...configured,
    method: 'DELETE',
    path: '/api/policy/case-operations/:operation',
    id: 'caseOperations.reset',
    says: 'Gives a case operation its default back.',
    operation: 'system:policy',
    takes: { operation: OPERATION, ...CHANGE },
    answers: VERSION,
    run: ({ api }, { operation, ...how }) =>
      api.policies.caseOperations.reset(operation as CaseOperation, how),
  }),
  route({
    ...configured,
    method: 'GET',
    path: '/api/policy/case-fields',
    id: 'caseFields.list',
    says: 'The fields of data that only some roles see.',
    operation: 'system:policy',
    answers: member('fields', list(ref('CaseField'))),
    run: async ({ api }) => ({ fields: await api.policies.caseFields.list() }),
  }),
  route({
    ...configured,
    method: 'PUT',
    path: '/api/policy/case-fields/:field',
    id: 'caseFields.save',
    says: 'Limits a field of the data to roles; none: administrators only.',
    operation: 'system:policy',
    takes: { field: FIELD, value: object<CaseFieldEntry>('The roles.', ref('CaseFieldValue')), ...CHANGE },
    bodyIs: 'value',
    answers: VERSION,
    run: ({ api }, { field, value, ...how }) => api.policies.caseFields.save(field, value, how),
  }),
  route({
    ...configured,
    method: 'DELETE',
    path: '/api/policy/case-fields/:field',
    id: 'caseFields.remove',
    says: 'Shows a field to everybody who may read the case.',
    operation: 'system:policy',
    takes: { field: FIELD, ...CHANGE },
    answers: VERSION,
    run: ({ api }, { field, ...how }) => api.policies.caseFields.remove(field, how),
  }),
];

export const CASES: readonly Route[] = [...OF_CASES, ...OF_POLICIES];
