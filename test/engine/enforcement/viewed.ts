import type { StoredInstance, StoredItem } from '../../../src/store/port.js';

export const [began, done] = [new Date(0), new Date(1)];
export const OWN_FIELDS = {
  id: 't1',
  seq: 3,
  itemKey: 'k',
  tokenId: 1,
  elementId: 'T',
  name: 'Do it',
  status: 'wait',
  startedAt: began,
  endedAt: done,
  type: 'bpmn:UserTask',
  timeDue: done,
  messageId: 'm',
  signalId: 's',
  dueDate: done,
  followUpDate: done,
  priority: 7,
};
export const PEOPLE = { assignee: 'ann', candidateUsers: ['ann', 'bob'], candidateGroups: ['hr'] };
export const KEPT = {
  owner: 'bob',
  completedBy: 'cleo',
  escalation: { by: 'bob', at: done, to: { user: 'ann' }, times: 1 },
  rejectedBy: ['dora'],
};
/** A task that is lent. */
export const item = (more: object = {}): StoredItem =>
  ({
    ...OWN_FIELDS,
    ...PEOPLE,
    userName: 'sam',
    vars: { secret: 1 },
    output: { secret: 2 },
    statusDetails: { internal: true },
    guard: { ...KEPT, extras: { desk: 'a', name: 'not the name' }, why: 'nobody' },
    ...more,
  }) as unknown as StoredItem;
/** An instance of one task. */
export const INSTANCE = {
  _id: 'row',
  id: 'i',
  name: 'M',
  status: 'running',
  version: 2,
  startedAt: began,
  endedAt: done,
  saved: done,
  parentItemId: 'p',
  tenantId: 'acme',
  source: '<xml/>',
  svg: '<svg/>',
  data: { amount: { net: 5 } },
  tokens: [
    {
      id: 1,
      type: 'Primary',
      status: 'wait',
      parentToken: null,
      startNodeId: 's',
      currentNode: 'T',
      dataPath: '',
      itemsKey: 'k',
      inner: 1,
    },
  ],
  guard: { startedBy: 'sam', suspension: { by: 'ann', at: done }, rev: 9 },
  items: [item()],
} as unknown as StoredInstance;
