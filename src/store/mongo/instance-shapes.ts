import { RUNNING } from './index-list.js';
import { byId, type Shape } from './shape.js';

const NEWEST_FIRST = { _id: -1 } as const;
/** Fields of instances that callers and rules compare. Upkeep compares others, and needs an index for each. */
const OF_LISTS: readonly RegExp[] = [
  /^(_id|id|name|status|version|startedAt|endedAt|saved|parentItemId|tenantId|\$expr)$/,
  /^data(\..*)?$/,
  /^items(\.(?!timeDue$).*)?$/,
  /^guard\.(startedBy|modelsOwner|suspension|isCase|caseHolders|did|callers|root)(\..*)?$/,
  /^guard\.(roles|roleCounts|caseRoles)\..*$/,
];

const instances = (shape: Omit<Shape, 'on'>): Shape => ({ on: 'instances', ...shape });
/** A list in the order of a mark, its total, its sorted form. */
const marked = (name: 'open' | 'read', what: string): Shape[] => {
  const by = [`guard.${name}`];
  return [
    instances({
      does: ['find'],
      says: `a list of ${what}`,
      by,
      order: NEWEST_FIRST,
      index: name,
      reads: 'page',
    }),
    instances({
      does: ['find'],
      says: `a list of ${what} in the caller's own order`,
      by,
      order: 'own',
      index: name,
      reads: 'matching',
    }),
    instances({
      does: ['find', 'count', 'distinct'],
      says: `the total of a list of ${what}, and whether it has a row`,
      by,
      index: name,
      reads: 'matching',
    }),
  ];
};

/** Queries for instances and their items. */
export const INSTANCE_SHAPES: readonly Shape[] = [
  instances({
    does: ['find', 'count', 'distinct', 'update', 'delete'],
    says: 'instances by id: commands, and what a page shows of its rows',
    by: ['id'],
    order: 'any',
    index: 'instance',
    reads: 'one',
  }),
  byId('instances', 'the rest of an instance amid which a page ended', 'find'),
  instances({
    does: ['find', 'count'],
    says: 'an item by id',
    by: ['items.id'],
    order: 'any',
    index: 'item',
    reads: 'one',
  }),
  instances({
    does: ['find'],
    says: 'processes that an instance has called',
    by: ['parentItemId'],
    order: 'any',
    index: 'called',
    reads: 'few',
  }),
  instances({
    does: ['find', 'count'],
    says: 'unfinished and held work',
    by: ['guard.unfinished'],
    order: 'any',
    index: 'unfinished',
    reads: 'matching',
  }),
  instances({
    does: ['find'],
    says: 'timers that wait, when a process starts',
    by: ['guard.timers'],
    where: RUNNING,
    order: NEWEST_FIRST,
    index: 'timers',
    reads: 'page',
  }),
  instances({
    does: ['find'],
    says: 'timers that are overdue, when a process takes over from others',
    by: ['items.status'],
    range: 'items.timeDue',
    ofOne: true,
    where: RUNNING,
    order: 'any',
    index: 'due',
    reads: 'matching',
  }),
  instances({
    does: ['find'],
    says: 'called processes whose caller may be gone, when a process starts',
    by: ['guard.format'],
    where: RUNNING,
    order: 'any',
    index: 'calledUnguarded',
    reads: 'matching',
  }),
  ...(['messages', 'signals'] as const).map((index) =>
    instances({
      does: ['find'],
      says: `what waits for one of the ${index}, when it is sent`,
      by: [index === 'messages' ? 'items.messageId' : 'items.signalId'],
      where: RUNNING,
      order: 'any',
      index,
      reads: 'matching',
    }),
  ),
  ...marked('open', 'what waits'),
  ...marked('read', 'instances and items'),
  instances({
    does: ['find'],
    says: 'the newest waiting tasks of all tenants, whose assignees `health` looks up',
    where: RUNNING,
    order: NEWEST_FIRST,
    index: 'running',
    reads: 'page',
    beside: [/^items(\.(type|status))?$/],
  }),
  instances({
    does: ['find'],
    says: 'instances that ended before a time, to archive them',
    range: 'endedAt',
    order: { endedAt: 1, _id: 1 },
    index: 'ended',
    reads: 'page',
    beside: [/^(_id|status|guard\.unfinished)$/],
  }),
  instances({
    does: ['count'],
    says: 'how many instances ended before a time',
    range: 'endedAt',
    index: 'ended',
    reads: 'matching',
    beside: [/^(_id|status|guard\.unfinished)$/],
  }),
  instances({
    does: ['find', 'count'],
    says: 'instances without the marks of this release: reindex, and whether a name of a model was used',
    range: 'guard.format',
    order: 'any',
    index: 'format',
    reads: 'matching',
    beside: [/^(_id|name|tenantId)$/],
  }),
  instances({
    does: ['find'],
    says: 'lists of SYSTEM across tenants, lists before reindex is complete, and `verify`',
    order: NEWEST_FIRST,
    index: '_id',
    reads: 'page',
    beside: OF_LISTS,
  }),
  instances({
    does: ['find', 'count', 'distinct'],
    says: 'totals and sorted lists of the same',
    order: 'any',
    index: '_id',
    reads: 'all',
    beside: OF_LISTS,
  }),
];
