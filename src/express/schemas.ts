import { ERROR_CODES } from '../core/errors.js';
import { AUDIT_SCHEMAS } from './audit-schemas.js';
import { CASE_SCHEMAS } from './case-schemas.js';
import { dutySchema } from '../core/policies/duties/duty-file.js';
import { LABEL_SCHEMA, RULE_SCHEMA } from '../core/policies/grid/grid-schema.js';
import { POLICY_KINDS } from '../core/policy-set/kinds.js';
import { RIGHTS } from '../core/rights.js';
import type { Schema } from './routes/param.js';
import { list, object, ref, TEXT } from './schema-parts.js';
import { SECTION_SCHEMAS } from './section-schemas.js';

const TASK_STATES = 'open unclaimed rejected assigned delegated closed suspended starting done'.split(' ');
const DATE: Schema = { type: ['string', 'null'], format: 'date-time' };

/** The schemas that the routes refer to. */
export const SCHEMAS: Readonly<Record<string, Schema>> = Object.freeze({
  Query: {
    type: 'object',
    description:
      "A query in MongoDB's syntax, checked against an allow-list of operators and fields. A" +
      ' date is written as {"$date": "2030-01-31T00:00:00Z"}.',
  },
  Data: { type: 'object', description: 'Process data: a plain object.' },
  Options: object(
    '',
    {
      startNodeId: { type: ['string', 'null'] },
      noWait: { type: ['boolean', 'null'] },
      caseRoles: {
        type: ['object', 'null'],
        additionalProperties: ref('RoleHolders'),
        description: 'The holders of the roles that the model declares, at a start.',
      },
      userName: { type: ['string', 'null'] },
      userId: { type: ['string', 'null'], description: 'The same.' },
    },
    { additionalProperties: false },
  ),
  Assignment: object('', {
    assignee: { type: ['string', 'null'], description: 'null releases the task.' },
    candidateUsers: { type: ['array', 'string', 'null'], items: TEXT },
    candidateGroups: { type: ['array', 'string', 'null'], items: TEXT },
    dueDate: { type: ['string', 'null'], description: 'A date, or an ISO 8601 duration.' },
    followUpDate: { type: ['string', 'null'] },
    priority: { type: ['number', 'string', 'null'] },
  }),
  User: object(
    'userName',
    { userName: TEXT, userGroups: list(TEXT), tenantId: { type: ['string', 'null'] } },
    { description: 'On whose behalf a trusted key calls.' },
  ),
  GridRule: RULE_SCHEMA,
  NamedGridRule: {
    ...RULE_SCHEMA,
    required: ['id', 'sentence', ...RULE_SCHEMA.required],
    properties: { id: TEXT, sentence: TEXT, ...RULE_SCHEMA.properties },
  },
  GridLabel: LABEL_SCHEMA,
  NamedGridLabel: {
    ...LABEL_SCHEMA,
    required: ['name'],
    properties: { name: TEXT, ...LABEL_SCHEMA.properties },
  },
  ...AUDIT_SCHEMAS,
  ...CASE_SCHEMAS,
  Duty: dutySchema(),
  LintReport: object('findings complete leftOut', {
    findings: list(
      object('severity rule kind id message', {
        severity: { enum: ['error', 'warning'] },
        rule: { enum: ['unknown-name', 'never-holds', 'hidden', 'label-not-won', 'nobody-left'] },
        kind: TEXT,
        id: TEXT,
        message: TEXT,
        counterexample: { type: 'object' },
      }),
    ),
    complete: { type: 'boolean' },
    leftOut: list(TEXT),
  }),
  NamedDuty: dutySchema({ name: TEXT }),
  Item: object('id instanceId processName elementId type status', {
    id: TEXT,
    instanceId: TEXT,
    processName: TEXT,
    elementId: TEXT,
    name: { type: ['string', 'null'] },
    type: TEXT,
    status: TEXT,
    seq: { type: 'integer' },
    assignee: { type: ['string', 'null'] },
    candidateUsers: list(TEXT),
    candidateGroups: list(TEXT),
    dueDate: DATE,
    state: { enum: TASK_STATES },
    owner: TEXT,
    completedBy: TEXT,
    data: { type: 'object', description: 'Present where the caller may read the instance.' },
  }),
  Instance: object(
    'id name data items',
    {
      id: TEXT,
      name: TEXT,
      status: TEXT,
      version: { type: ['integer', 'null'] },
      startedAt: DATE,
      endedAt: DATE,
      startedBy: TEXT,
      data: ref('Data'),
      items: list(ref('Item')),
    },
    { description: 'Reduced to what the caller may read.' },
  ),
  Shown: { type: 'object', description: 'An instance, or the fields of it that the projection names.' },
  Running: object('instance currentItem currentElement', {
    instance: ref('Instance'),
    currentItem: { type: ['string', 'null'] },
    currentElement: { type: ['string', 'null'] },
    status: TEXT,
  }),
  Reached: {
    oneOf: [
      { type: 'string', description: 'The id of an instance that was started.' },
      object('instanceId itemId', { instanceId: TEXT, itemId: TEXT }),
    ],
  },
  Page: object('data nextCursor', {
    data: list({ type: 'object' }),
    nextCursor: { type: ['string', 'null'], description: 'The cursor of the next page; null on the last.' },
    totalCount: { type: 'integer', description: 'The number of rows of all pages, if it was asked for.' },
    hasMoreThanTotal: { const: true, description: 'Counting stopped at totalCount: there are more rows.' },
  }),
  ModelName: object('name', { name: TEXT, saved: DATE }),
  Candidates: object('users groups', { users: list(TEXT), groups: list(TEXT) }),
  HeldWork: object('id modelName work since ended', {
    id: { type: 'string', description: 'The argument of retry and stop.' },
    instanceId: TEXT,
    modelName: TEXT,
    tenantId: TEXT,
    work: { enum: ['timer', 'background', 'delivery', 'start'] },
    itemId: TEXT,
    elementId: TEXT,
    since: { type: 'string', format: 'date-time' },
    ended: { type: 'integer', description: 'How many processes ended while it was running.' },
  }),
  PolicyChange: object('kind id value', {
    kind: { enum: POLICY_KINDS },
    id: TEXT,
    value: { description: 'As JSON; null removes the entry.' },
  }),
  PolicySet: object('version entries', {
    version: { type: 'integer', description: '0: nothing was ever configured.' },
    entries: list(
      object('kind id value', {
        kind: TEXT,
        id: TEXT,
        value: {},
        file: { type: 'string', description: 'The policy file that it comes from.' },
      }),
    ),
  }),
  PolicyVersion: object('version time userName source count', {
    version: { type: 'integer' },
    time: { type: 'string', format: 'date-time' },
    userName: TEXT,
    reason: TEXT,
    source: { enum: ['api', 'file'] },
    count: { type: 'integer', description: 'The number of changed entries.' },
    changes: { type: 'array', description: 'Missing if they are large.' },
  }),
  PolicyDifference: object('kind id', { kind: TEXT, id: TEXT, before: {}, after: {} }),
  Holder: object(
    '',
    { user: TEXT, group: TEXT },
    { minProperties: 1, maxProperties: 1, additionalProperties: false },
  ),
  SecurityRoleValue: object('rights', { rights: list({ enum: Object.keys(RIGHTS) }), says: TEXT }),
  SecurityRole: object('name rights holders', {
    name: TEXT,
    rights: list(TEXT),
    says: TEXT,
    holders: list(ref('Holder')),
  }),
  Orphans: object('data nextCursor', {
    data: list(
      object('kind', {
        kind: { enum: ['task', 'case-role', 'security-role'] },
        instanceId: TEXT,
        modelName: TEXT,
        itemId: TEXT,
        elementId: TEXT,
        assignee: TEXT,
        role: TEXT,
      }),
    ),
    nextCursor: { type: ['string', 'null'] },
  }),
  ...SECTION_SCHEMAS,
  Decision: object('allowed operation userName reasons', {
    allowed: { type: 'boolean' },
    operation: TEXT,
    userName: TEXT,
    reasons: list(
      object('policy rule effect holds says', {
        policy: TEXT,
        rule: TEXT,
        effect: { enum: ['permits', 'restricts', 'failed'] },
        holds: { type: 'boolean' },
        says: TEXT,
      }),
    ),
  }),
  Readiness: object(
    'ready store indexes reindexed',
    {
      ready: { type: 'boolean' },
      store: { type: 'boolean' },
      indexes: { type: 'boolean' },
      reindexed: { type: 'boolean' },
    },
    { additionalProperties: false },
  ),
  Problem: object(
    'type title status detail code',
    {
      type: TEXT,
      title: TEXT,
      status: { type: 'integer' },
      detail: TEXT,
      code: { enum: Object.keys(ERROR_CODES) },
      version: { type: 'integer', description: 'After a conflict of versions: the newest one.' },
      instance: { type: 'string', description: 'Identifies the occurrence in the log.' },
      errors: TEXT,
      error: TEXT,
    },
    {
      description: 'Problem details (RFC 9457). `code` is stable and meant for programs.',
      additionalProperties: false,
    },
  ),
});
