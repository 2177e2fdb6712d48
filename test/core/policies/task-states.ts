import type { Resource } from '../../../src/core/resource.js';
import { EVERYBODY, type Person } from './people.js';

type Row = Readonly<Record<string, unknown>>;

/** A user task in one of its states, and who may do what with it. */
export interface TaskState {
  readonly item: Row;
  readonly read: readonly Person[];
  readonly assign: readonly Person[];
  readonly execute: readonly Person[];
  /** Who lends, gives back or recalls it, where that is not who may do it. */
  readonly delegate?: readonly Person[];
  /** Who may reject it, or take that back. */
  readonly reject?: readonly Person[];
  /** Who may suspend it, or resume it. */
  readonly suspend?: readonly Person[];
  /** Who reads the instance; sam started it. */
  readonly instance: readonly Person[];
}

const CANDIDATES = { candidateUsers: ['carol', 'carl'], candidateGroups: ['it', 'hr'] };
const task = (status: string, fields: Row, guard: Row = {}): Row => ({
  id: 'item-1',
  type: 'bpmn:UserTask',
  status,
  ...fields,
  guard: { startedBy: 'sam', ...guard },
});

export const TASK_STATES: Readonly<Record<string, TaskState>> = {
  'starting, its assignee still looked up': {
    item: task('start', {}),
    read: [],
    assign: [],
    execute: [],
    instance: ['sam'],
  },
  'entered, with what the model says already on it': {
    item: task('enter', { candidateUsers: '$(this.data.requester)' }),
    read: [],
    assign: [],
    execute: [],
    instance: ['sam'],
  },
  open: {
    item: task('wait', {}, { open: true }),
    read: EVERYBODY,
    assign: EVERYBODY,
    execute: [],
    reject: EVERYBODY,
    instance: EVERYBODY,
  },
  'open, with empty candidates': {
    item: task('wait', { assignee: null, candidateUsers: [], candidateGroups: [] }, { open: true }),
    read: EVERYBODY,
    assign: EVERYBODY,
    execute: [],
    reject: EVERYBODY,
    instance: EVERYBODY,
  },
  unclaimed: {
    item: task('wait', CANDIDATES),
    read: ['carol', 'harry'],
    assign: ['carol', 'harry'],
    execute: [],
    reject: ['carol', 'harry'],
    instance: ['carol', 'harry', 'sam'],
  },
  assigned: {
    item: task('wait', { assignee: 'alice', ...CANDIDATES }),
    read: ['alice', 'carol', 'harry'],
    assign: ['alice', 'carol', 'harry'],
    execute: ['alice'],
    reject: ['carol', 'harry'],
    instance: ['alice', 'carol', 'harry', 'sam'],
  },
  'assigned without candidates': {
    item: task('wait', { assignee: 'alice' }),
    read: ['alice'],
    assign: ['alice'],
    execute: ['alice'],
    instance: ['alice', 'sam'],
  },
  'open, then taken': {
    item: task('wait', { assignee: 'alice' }, { open: true }),
    read: EVERYBODY,
    assign: EVERYBODY,
    execute: ['alice'],
    reject: EVERYBODY,
    instance: EVERYBODY,
  },
  delegated: {
    item: task('wait', { assignee: 'dave' }, { owner: 'alice' }),
    read: ['alice', 'dave'],
    assign: ['alice', 'dave'],
    execute: ['dave'],
    delegate: ['alice', 'dave'],
    instance: ['alice', 'dave', 'sam'],
  },
  closed: {
    item: task('wait', { assignee: null, candidateUsers: [], candidateGroups: [] }, { closed: true }),
    read: ['sam'],
    assign: [],
    execute: [],
    instance: ['sam'],
  },
  'closed, by guard fields that are not true': {
    item: task('wait', {}, { closed: 'true', open: 'true' }),
    read: [],
    assign: [],
    execute: [],
    instance: ['sam'],
  },
  'neither open nor closed, without anybody': {
    item: task('wait', {}),
    read: [],
    assign: [],
    execute: [],
    instance: ['sam'],
  },
  'unclaimed, and rejected by one candidate': {
    item: task('wait', CANDIDATES, { rejectedBy: ['carol'] }),
    read: ['harry'],
    assign: ['harry'],
    execute: [],
    reject: ['carol', 'harry'],
    instance: ['harry', 'sam'],
  },
  'rejected by all candidates, so that it is stuck': {
    item: task('wait', CANDIDATES, { rejectedBy: ['carol', 'harry'], stuck: true, closed: true }),
    read: ['sam'],
    assign: [],
    execute: [],
    reject: ['carol', 'harry'],
    instance: ['sam'],
  },
  'rejected by who got it after all': {
    item: task('wait', { assignee: 'carol', ...CANDIDATES }, { rejectedBy: ['carol'] }),
    read: ['carol', 'harry'],
    assign: ['carol', 'harry'],
    execute: ['carol'],
    reject: ['carol', 'harry'],
    instance: ['carol', 'harry', 'sam'],
  },
  'open, and rejected by one': {
    item: task('wait', {}, { open: true, rejectedBy: ['eve'] }),
    read: EVERYBODY.filter((person) => person !== 'eve'),
    assign: EVERYBODY.filter((person) => person !== 'eve'),
    execute: [],
    reject: EVERYBODY,
    instance: EVERYBODY.filter((person) => person !== 'eve'),
  },
  'rejected, by names of other types': {
    item: task('wait', CANDIDATES, { rejectedBy: [['carol'], null, { 0: 'carol' }, '.*'] }),
    read: ['carol', 'harry'],
    assign: ['carol', 'harry'],
    execute: [],
    reject: ['carol', 'harry'],
    instance: ['carol', 'harry', 'sam'],
  },
  'assigned, and its assignee may suspend it': {
    item: task('wait', { assignee: 'alice' }, { suspendable: true }),
    read: ['alice'],
    assign: ['alice'],
    execute: ['alice'],
    suspend: ['alice'],
    instance: ['alice', 'sam'],
  },
  'candidates of other types': {
    item: task('wait', {
      assignee: { $ne: null },
      candidateUsers: [['carol'], null, { 0: 'carol' }],
      candidateGroups: 'hr,it',
    }),
    read: [],
    assign: [],
    execute: [],
    instance: ['sam'],
  },
  'candidates that look like patterns': {
    item: task('wait', { assignee: '.*', candidateUsers: ['*'], candidateGroups: ['.*', '*'] }),
    read: [],
    assign: [],
    execute: [],
    instance: ['sam'],
  },
  finished: {
    item: task('end', { assignee: 'alice', ...CANDIDATES }, { completedBy: 'alice' }),
    read: ['alice', 'carol', 'harry'],
    assign: ['alice', 'carol', 'harry'],
    execute: ['alice'],
    reject: ['carol', 'harry'],
    instance: ['alice', 'carol', 'harry', 'sam'],
  },
  'finished by another than its assignee': {
    item: task('end', { assignee: 'alice' }, { completedBy: 'eve' }),
    read: ['alice'],
    assign: ['alice'],
    execute: ['alice'],
    instance: ['alice', 'eve', 'sam'],
  },
  'open, and finished': {
    item: task('end', {}, { open: true, completedBy: 'eve' }),
    read: EVERYBODY,
    assign: EVERYBODY,
    execute: [],
    reject: EVERYBODY,
    instance: ['eve', 'sam'],
  },
};

/** The task as a resource, alone in its instance. */
export function resourceOf({ item }: TaskState): Resource {
  return {
    item,
    instance: {
      id: 'instance-1',
      name: 'Process',
      items: [{ id: 'item-0', type: 'bpmn:StartEvent', status: 'end', userName: 'alice' }, item],
      guard: { startedBy: 'sam' },
    },
  };
}
