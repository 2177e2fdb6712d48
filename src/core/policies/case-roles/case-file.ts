import type { PolicySet } from '../../policy-set/policy-set.js';
import { entryFields, inPlace, namedIn, type FileEntry, type FileForm } from '../entries.js';
import { says } from '../schema-parts.js';
import { CASE_OPERATIONS } from './operations.js';
import { CASE_FIELD, CASE_OPERATION } from './case-kinds.js';
import type { CaseOperationEntry } from './case-kinds.js';

const MODEL = { type: 'string', pattern: '\\S', maxLength: 200 };
const ROLE = { type: 'string', pattern: '^\\s*[\\p{L}][\\p{L}\\p{N}_-]*\\s*$' };
const ROLES = {
  type: 'array',
  maxItems: 100,
  items: ROLE,
  description: 'Roles of the case; none: administrators only.',
};

const SCHEMA = {
  description: 'Operations and data of a case that are restricted to some of its roles.',
  type: 'object',
  additionalProperties: false,
  properties: {
    operations: {
      description: 'The roles that may perform an operation, as in case-authorization.properties.',
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(CASE_OPERATIONS.map((name) => [name, ROLES])),
    },
    fields: {
      description: 'Fields by their path below the data, such as data.salary, and the roles that see them.',
      type: 'object',
      propertyNames: { pattern: '^data(?:\\.(?!\\d+(?:\\.|$))[^.$\\s\\[](?:[^.\\[]*[^.\\s\\[])?){1,11}$' },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['roles'],
        properties: {
          roles: ROLES,
          models: {
            type: 'array',
            minItems: 1,
            maxItems: 100,
            items: MODEL,
            description: 'Only in cases of these models.',
          },
          says: says('What it is for.'),
        },
      },
    },
  },
};

function* entries(value: unknown): Iterable<FileEntry> {
  const { operations = {}, fields = {} } = entryFields(value, 'Cases', ['operations', 'fields']);
  for (const [id, roles] of inPlace(['operations'], () => namedIn(operations, 'Case operations')))
    yield { kind: CASE_OPERATION, id, value: { roles }, path: ['operations', id] };
  for (const [id, entry] of inPlace(['fields'], () => namedIn(fields, 'Fields of cases')))
    yield { kind: CASE_FIELD, id, value: entry, path: ['fields', id] };
}

function write(set: PolicySet): unknown {
  const operations = [...(set.of(CASE_OPERATION) as ReadonlyMap<string, CaseOperationEntry>)];
  const fields = set.of(CASE_FIELD);
  if (operations.length + fields.size === 0) return undefined;
  return {
    ...(operations.length > 0 && {
      operations: Object.fromEntries(operations.map(([id, { roles }]) => [id, roles])),
    }),
    ...(fields.size > 0 && { fields: Object.fromEntries(fields) }),
  };
}

/** Case operations and fields in a policy file. */
export const CASE_FILE: FileForm = Object.freeze({
  key: 'cases',
  schema: SCHEMA,
  entries,
  write,
} satisfies FileForm);
