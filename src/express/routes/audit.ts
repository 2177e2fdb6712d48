import { ref } from './common.js';
import { count, optional, text } from './param.js';
import { route, type Route } from './route.js';

/** The audit trail; for who may read it. */
export const AUDIT: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/audit',
    id: 'audit.find',
    face: 'ours',
    says: 'A page of the audit trail of the tenant, newest first.',
    operation: 'system:audit',
    takes: {
      since: optional(text('The earliest time of an entry, such as 2026-01-31T00:00:00Z.')),
      until: optional(text('The time before which entries are.')),
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
