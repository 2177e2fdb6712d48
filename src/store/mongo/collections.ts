import type { Collection, Db, Document } from 'mongodb';
import type { CallLimits } from '../call-limits.js';
import { abortable } from './abortable.js';

/** Names of the collections: the host's, with its defaults, and those of this package. */
export interface CollectionNames {
  /** Default `wf_instances`. */
  readonly instances: string;
  /** Default `wf_locks`. */
  readonly locks: string;
  /** Default `wf_archive`. */
  readonly archive: string;
  /** Default `wf_models`. */
  readonly models: string;
  /** Default `guard_users`. */
  readonly users: string;
  /** Default `guard_audit`. */
  readonly audit: string;
  /** Default `guard_values`. */
  readonly values: string;
  /** Default `guard_policies`. */
  readonly policies: string;
  /** Default `guard_policy_parts`. */
  readonly policyParts: string;
  /** Default `guard_policy_snapshots`. */
  readonly policySnapshots: string;
}

export const COLLECTION_NAMES: CollectionNames = Object.freeze({
  instances: 'wf_instances',
  locks: 'wf_locks',
  archive: 'wf_archive',
  models: 'wf_models',
  users: 'guard_users',
  audit: 'guard_audit',
  values: 'guard_values',
  policies: 'guard_policies',
  policyParts: 'guard_policy_parts',
  policySnapshots: 'guard_policy_snapshots',
});

export type Collections = { readonly [name in keyof CollectionNames]: Collection<Document> };

export function collectionsOf(db: Db, names: Partial<CollectionNames>, limits: CallLimits): Collections {
  const entries = Object.entries(COLLECTION_NAMES).map(([name, standard]) => [
    name,
    abortable(db.collection(names[name as keyof CollectionNames] ?? standard), limits),
  ]);
  return Object.fromEntries(entries) as Collections;
}
