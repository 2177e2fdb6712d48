import { COLLECTION_NAMES, type Collections } from './collections.js';
import { INSTANCE_SHAPES } from './instance-shapes.js';
import { byId, type Shape } from './shape.js';

const STORED = Object.keys(COLLECTION_NAMES) as (keyof Collections)[];
/** Locks belong to processes that use this store. */
const MOVED = STORED.filter((on) => on !== 'locks');
const NEWEST_VERSION = { version: -1 } as const;
const BY_NAME = { name: 1, owner: 1 } as const;
const BY_TIME = { time: -1, _id: -1 } as const;
const NOTHING_ELSE: readonly RegExp[] = [];
const models = (shape: Omit<Shape, 'on'>): Shape => ({ on: 'models', ...shape });
/**
 * Every query of this store: the first of these that fits. Each names the index that serves it; an index that none
 * names is not created.
 */
export const SHAPES: readonly Shape[] = [
  ...INSTANCE_SHAPES,
  byId('archive', 'an archived instance', 'update'),
  {
    on: 'archive',
    does: ['update'],
    says: 'an archived instance that another program stored under an id of its own',
    by: ['id'],
    index: 'archived',
    reads: 'few',
  },
  models({
    does: ['find', 'count', 'update', 'delete'],
    says: 'a model by name and owner',
    by: ['name', 'owner'],
    order: 'any',
    index: 'model',
    reads: 'one',
  }),
  models({
    does: ['find'],
    says: 'models of an owner: lists, and starts by a message or signal',
    by: ['owner'],
    order: BY_NAME,
    index: 'modelsOfOwner',
    reads: 'matching',
  }),
  models({
    does: ['find'],
    says: 'models that start by a timer',
    by: ['events.subType'],
    order: 'any',
    index: 'modelTimers',
    reads: 'matching',
    beside: NOTHING_ELSE,
  }),
  models({
    does: ['find'],
    says: 'starts that are held back',
    by: ['guard.held'],
    order: 'any',
    index: 'heldStarts',
    reads: 'few',
    beside: NOTHING_ELSE,
  }),
  models({
    does: ['find'],
    says: 'models without an owner or of all owners, and what a new release reads anew',
    order: BY_NAME,
    index: 'model',
    reads: 'all',
    beside: [/^(name|owner|saved)$/, /^events(\..*)?$/, /^guard\.(?!held$).*$/],
  }),
  byId('users', 'a user by name', 'find', 'update', 'delete'),
  {
    on: 'users',
    does: ['find'],
    says: 'the list of users',
    order: { _id: 1 },
    index: '_id',
    reads: 'all',
    beside: NOTHING_ELSE,
  },
  byId('locks', 'a lock that is taken over', 'update'),
  {
    on: 'locks',
    does: ['find', 'update', 'delete'],
    says: 'the lock of an instance',
    by: ['id'],
    order: 'any',
    index: 'lock',
    reads: 'one',
  },
  {
    on: 'locks',
    does: ['find'],
    says: 'the locks that are held now',
    index: '_id',
    reads: 'all',
    beside: NOTHING_ELSE,
    unlimited: true,
  },
  ...(
    [
      ['auditOfUser', ['userName'], 'the audit trail of a user'],
      ['auditOfTenant', ['tenantId'], 'the audit trail of a tenant'],
      ['audit', [], 'the audit trail of all'],
    ] as const
  ).map(([name, by, says]): Shape => ({
    on: 'audit',
    does: ['find'],
    says,
    by,
    order: BY_TIME,
    index: name,
    reads: 'page',
    beside: [/^(userName|tenantId|time|answer)$/],
  })),
  {
    on: 'policies',
    does: ['find'],
    says: 'the newest version of the policies of a tenant, its history, and the changes since a version',
    by: ['tenantId'],
    order: NEWEST_VERSION,
    index: 'policies',
    reads: 'page',
    beside: [/^version$/],
  },
  {
    on: 'policySnapshots',
    does: ['find'],
    says: 'the newest snapshot of the policies up to a version',
    by: ['tenantId'],
    range: 'version',
    order: NEWEST_VERSION,
    index: 'snapshots',
    reads: 'page',
    beside: NOTHING_ELSE,
  },
  byId('policyParts', 'a part of a large version', 'find', 'delete'),
  byId('values', 'a value by name: keys, sessions, markers', 'find', 'update', 'delete'),
  {
    on: 'values',
    does: ['find'],
    says: 'the values of one kind, such as the keys',
    by: ['namespace'],
    index: 'namespace',
    reads: 'matching',
    beside: [/^expires$/],
    unlimited: true,
  },
  {
    on: 'values',
    does: ['delete'],
    says: 'expired values, which the database deletes by itself',
    range: 'expires',
    index: 'expiry',
    reads: 'matching',
    beside: NOTHING_ELSE,
  },
  ...STORED.map((on): Shape => ({
    on,
    does: ['find'],
    says: 'a backup, or a move to another store',
    order: { _id: 1 },
    index: '_id',
    reads: 'all',
    beside: NOTHING_ELSE,
    unlimited: true,
  })),
  ...MOVED.flatMap((on): Shape[] => [
    {
      on,
      does: ['count'],
      says: 'what a move has to copy',
      index: '_id',
      reads: 'all',
      beside: NOTHING_ELSE,
      unlimited: true,
    },
    {
      on,
      does: ['find', 'update', 'delete'],
      says: 'documents of a move to this store',
      by: ['_id'],
      index: '_id',
      reads: 'one',
      beside: NOTHING_ELSE,
      unlimited: true,
    },
  ]),
];
