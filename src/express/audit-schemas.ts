import { list, object, ref, TEXT } from './schema-parts.js';

const STATE = {
  type: 'object',
  description: 'Groups, rights, tenant and similar facts; never data.',
} as const;

/** The schemas of the audit trail in the OpenAPI document. */
export const AUDIT_SCHEMAS = {
  AuditEntry: object('time userName operation resource answer reason', {
    time: { type: 'string', format: 'date-time' },
    userName: { type: ['string', 'null'] },
    onBehalfOf: TEXT,
    tenantId: TEXT,
    operation: TEXT,
    resource: object('kind', { kind: TEXT, id: TEXT, instanceId: TEXT, name: TEXT, code: list(TEXT) }),
    answer: { enum: ['allowed', 'refused', 'failed'] },
    reason: { type: 'string', description: 'An error code, or the rule that decided.' },
    bypass: { type: 'boolean', description: 'The rules were switched off.' },
    address: TEXT,
    before: STATE,
    after: STATE,
    overrides: { ...list(TEXT), description: 'The duties that an administrator overrode.' },
    count: { type: 'integer', description: 'The number of similar entries that this one stands for.' },
  }),
  AuditPage: object('data nextCursor', {
    data: list(ref('AuditEntry')),
    nextCursor: { type: ['string', 'null'], description: 'The cursor of the next page; null on the last.' },
  }),
} as const;
