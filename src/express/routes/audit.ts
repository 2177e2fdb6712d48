import { ref } from './common.js';
import { count, optional, text } from './param.js';
import { route, type Route } from './route.js';

/** The audit trail. */
export const AUDIT: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/audit',
    id: 'audit.find',
    face: 'ours',
    says: 'A page of the audit trail, newest first: entries of the tenant; for SYSTEM without a tenant, of all.',
    operation: 'system:audit',
    takes: {
      since: optional(text('The earliest time, inclusive, such as 2026-01-31T00:00:00Z.')),
      until: optional(text('The latest time, exclusive.')),
      by: optional(text('The user who made the call.')),
      answer: optional(text('allowed, refused or failed.')),
      limit: optional(count('Entries of the page; default 50, at most 500.')),
      after: optional(text('The cursor of the previous page.')),
    },
    answers: ref('AuditPage'),
    run: ({ api }, { answer, by, ...query }) =>
      api.audit.find({ ...query, userName: by as never, answer: answer as never }),
  }),
];
