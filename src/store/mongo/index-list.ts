import type { Document } from 'mongodb';
import type { Collections } from './collections.js';

/** The fields of an index or an order, with their directions. */
export type Key = Readonly<Record<string, 1 | -1>>;

export interface Index {
  readonly on: keyof Collections;
  readonly key: Key;
  readonly unique?: true;
  readonly sparse?: true;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: Document;
}

const index = (on: keyof Collections, key: Key, options: Omit<Index, 'on' | 'key'> = {}): Index =>
  Object.freeze({ on, key, ...options });

const UNIQUE = { unique: true } as const;
const SPARSE = { sparse: true } as const;
/** Instances that have not ended; the others neither wait nor fire. */
export const RUNNING = { status: 'running' } as const;
const OF_RUNNING = { partialFilterExpression: RUNNING } as const;

/** The host's own indexes first, then those of this package. Locks only work with the unique ones. */
export const INDEXES = {
  instance: index('instances', { id: 1 }, UNIQUE),
  item: index('instances', { 'items.id': 1 }),
  lock: index('locks', { id: 1 }, UNIQUE),
  model: index('models', { name: 1, owner: 1 }, UNIQUE),
  open: index('instances', { 'guard.open': 1, _id: -1 }),
  read: index('instances', { 'guard.read': 1, _id: -1 }),
  running: index('instances', { status: 1, _id: -1 }, OF_RUNNING),
  unfinished: index('instances', { 'guard.unfinished': 1 }, SPARSE),
  timers: index('instances', { 'guard.timers': 1, _id: -1 }, OF_RUNNING),
  due: index('instances', { 'items.status': 1, 'items.timeDue': 1 }, OF_RUNNING),
  messages: index('instances', { 'items.messageId': 1, _id: -1 }, OF_RUNNING),
  signals: index('instances', { 'items.signalId': 1, _id: -1 }, OF_RUNNING),
  called: index('instances', { parentItemId: 1 }, SPARSE),
  calledUnguarded: index('instances', { 'guard.format': 1, parentItemId: 1 }, OF_RUNNING),
  ended: index('instances', { endedAt: 1, _id: 1 }),
  format: index('instances', { 'guard.format': 1 }),
  archived: index('archive', { id: 1 }),
  modelsOfOwner: index('models', { owner: 1, name: 1 }),
  modelTimers: index('models', { 'events.subType': 1 }, SPARSE),
  heldStarts: index('models', { 'guard.held': 1 }, SPARSE),
  audit: index('audit', { time: -1, _id: -1 }),
  auditOfUser: index('audit', { userName: 1, time: -1, _id: -1 }),
  auditOfTenant: index('audit', { tenantId: 1, time: -1, _id: -1 }),
  policies: index('policies', { tenantId: 1, version: -1 }),
  snapshots: index('policySnapshots', { tenantId: 1, version: -1 }),
  namespace: index('values', { namespace: 1 }),
  expiry: index('values', { expires: 1 }, { expireAfterSeconds: 0 }),
} satisfies Readonly<Record<string, Index>>;

/** An index; `_id` is the one that every collection has. */
export type IndexName = keyof typeof INDEXES | '_id';

export const keyOf = (name: IndexName): Key => (name === '_id' ? { _id: 1 } : INDEXES[name].key);
