import { Binary, ObjectId } from 'bson';
import type { StoredInstance } from '../../src/store/port.js';

const own = (json: string): Record<string, unknown> => JSON.parse(json) as Record<string, unknown>;

/** Values that stand at each place of the corpus in turn. */
const VALUES: Readonly<Record<string, unknown>> = {
  null: null,
  undefined: undefined,
  empty: '',
  alice: 'alice',
  bob: 'bob',
  dotted: 'a.b',
  pattern: '.*',
  twoLines: 'alice\n',
  emoji: '\u{1f600}',
  high: '\uffff',
  zero: 0,
  minusZero: -0,
  one: 1,
  half: 1.5,
  big: 2 ** 40,
  nan: NaN,
  infinity: Infinity,
  true: true,
  false: false,
  epoch: new Date(0),
  later: new Date(86_400_000),
  objectId: new ObjectId('0123456789abcdef01234567'),
  binary: new Binary(Buffer.from('ab')),
  noList: [],
  listOfNoList: [[]],
  listOfNull: [null],
  names: ['alice', 'bob'],
  mixed: ['alice', 1, null, new Date(0)],
  nested: [['alice']],
  nestedTwice: [[['alice']]],
  document: { x: 'alice' },
  reversed: { y: 1, x: 'alice' },
  inOrder: { x: 'alice', y: 1 },
  noDocument: {},
  documents: [{ x: 'alice' }, { x: 'bob' }, {}],
  documentsAndMore: [{ x: 'alice' }, 'alice', null, [{ x: 'alice' }]],
  documentsWithLists: [{ x: ['alice', 'bob'] }, { x: [['alice']] }],
  prototype: own('{"__proto__": {"x": "alice"}}'),
  named: own('{"constructor": "alice", "toString": 1, "hasOwnProperty": null}'),
  operators: { $gt: '' },
  places: { 0: 'alice', 1: 'bob' },
};

/** A list of items as an enemy, an old version or another program may have left it. */
const ITEMS: Readonly<Record<string, unknown>> = {
  missing: undefined,
  none: [],
  null: null,
  scalar: 'alice',
  document: { id: 'i-document', status: 'wait', assignee: 'alice' },
  holes: [null, 5, 'alice', { id: 'i-holes', seq: 1, status: 'wait' }],
  nested: [[{ id: 'i-nested', status: 'wait', assignee: 'alice' }]],
  crossed: [
    { id: 'i-crossed-1', seq: 1, status: 'wait', assignee: 'bob' },
    { id: 'i-crossed-2', seq: 2, status: 'end', assignee: 'alice' },
  ],
  groups: [
    {
      id: 'i-groups-1',
      seq: 3,
      status: 'wait',
      candidateGroups: ['hr', 'it'],
      candidateUsers: ['alice', 'bob'],
    },
    { id: 'i-groups-2', seq: 1, status: 'wait', candidateGroups: 'hr', candidateUsers: [] },
    { id: 'i-groups-3', seq: 2, status: 'wait', candidateGroups: [['hr']], candidateUsers: null },
  ],
  twins: [
    { id: 'i-twin-b', seq: 1, status: 'wait' },
    { id: 'i-twin-a', seq: 1, status: 'wait' },
    { id: 'i-twin-d', status: 'wait' },
    { id: 'i-twin-c', seq: '1', status: 'wait' },
    { id: 'i-twin-e', seq: NaN, status: 'wait' },
  ],
  dates: [
    { id: 'i-date-1', seq: 1, status: 'wait', dueDate: new Date(0), priority: 5 },
    { id: 'i-date-2', seq: 2, status: 'wait', dueDate: '1970-01-01', priority: '5' },
    { id: 'i-date-3', seq: 3, status: 'wait', dueDate: null, priority: NaN },
  ],
};

/** One instance per value and per list of items; all with the same tokens. */
export function hostileDocuments(): StoredInstance[] {
  const values = Object.entries(VALUES).map(([name, value]) => ({
    id: `value-${name}`,
    name,
    data: { x: value, requester: 'alice' },
    status: 'running',
    items: [{ id: `i-value-${name}`, seq: 1, status: 'wait', assignee: value }],
  }));
  const top = Object.entries(VALUES).map(([name, value]) => ({
    id: `top-${name}`,
    name: value,
    tenantId: value,
    items: [],
  }));
  const items = Object.entries(ITEMS).map(([name, list]) => ({
    id: `items-${name}`,
    name,
    status: 'running',
    data: {},
    items: list,
  }));
  const guards = [
    { open: ['|u:alice', '|g:hr'] },
    { open: '|u:alice' },
    { open: [['|u:alice']] },
    { open: null },
    {},
    null,
  ].map((guard, i) => ({ id: `guard-${i}`, name: 'guard', guard }));
  const documents: unknown[] = [...values, ...top, ...items, ...guards];
  return documents as StoredInstance[];
}
