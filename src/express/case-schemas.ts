import { list, object, TEXT } from './schema-parts.js';

const TEXTS = list(TEXT);
const DATE = { type: 'string', format: 'date-time' } as const;

const FIELD = { roles: TEXTS, models: TEXTS, says: TEXT };

/** The schemas of cases in the OpenAPI document. */
export const CASE_SCHEMAS = {
  RoleHolders: object('', { users: TEXTS, groups: TEXTS }),
  CaseRole: object('name min users groups', {
    name: TEXT,
    min: { type: 'integer', description: 'Below so many holders, tasks for the role start closed.' },
    max: { type: 'integer' },
    users: TEXTS,
    groups: TEXTS,
  }),
  CaseComment: object('id author at text', {
    id: TEXT,
    author: TEXT,
    at: DATE,
    text: TEXT,
    roles: TEXTS,
    changedAt: DATE,
    changedBy: TEXT,
  }),
  CaseOperation: object('operation configured', {
    operation: TEXT,
    roles: { ...TEXTS, description: 'Missing: everybody who has a role in the case.' },
    configured: { type: 'boolean' },
  }),
  CaseFieldValue: object('roles', FIELD),
  CaseField: object('field roles', { field: TEXT, ...FIELD }),
} as const;
