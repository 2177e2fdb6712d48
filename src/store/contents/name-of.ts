import { show } from '../../core/value.js';
import type { Fields } from './contents.js';
import type { Part } from './parts.js';

const time = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

const NAMES: Readonly<Record<Part, (document: Fields) => string>> = {
  instances: ({ id }) => show(id),
  archive: ({ id }) => show(id),
  models: ({ name, owner }) => (typeof owner === 'string' ? `${show(name)} of ${show(owner)}` : show(name)),
  users: ({ userName }) => show(userName),
  // The names of sessions are secrets.
  values: ({ namespace }) => `a value of ${show(namespace)}`,
  policies: ({ tenantId, version }) => `version ${String(version)} of ${show(tenantId)}`,
  policySnapshots: ({ tenantId, version }) => `version ${String(version)} of ${show(tenantId)}`,
  policyParts: ({ _id }) => show(_id),
  audit: ({ _id, time: at }) => `${String(_id)} of ${time(at)}`,
};

/** Names a document for people; without any data. */
export const nameOf = (part: Part, document: Fields): string => NAMES[part](document);
