import { ObjectId } from 'bson';
import { isPlainObject } from '../../src/core/value.js';
import { deriveGuard } from '../../src/engine/model/derive.js';
import { normalise } from '../../src/store/bson/codec.js';
import type {
  InstanceGuard,
  ItemGuard,
  StoredInstance,
  StoredItem,
  StoredModel,
} from '../../src/store/port.js';

type Fields = Readonly<Record<string, unknown>>;

/** An instance as an application, an old version, another program or an enemy may have left it. */
export interface Row {
  readonly document: StoredInstance;
  /** True where what narrows a search was derived as the guard does it; elsewhere a search by it may hide the row. */
  readonly derived: boolean;
}

export const USER_TASK = 'bpmn:UserTask';

/** The names that rows are about; the last ones only look like something else. */
export const NAMES = [
  'alice',
  'bob',
  'hr',
  'sam',
  '.*',
  'a.b',
  '*',
  '$user.userName',
  'ADMIN',
  'é',
  'e\u0301',
  '\u{1f600}',
  '\ufffd',
  '\ud83d',
  ' alice ',
  'Alice',
  '|',
  '\\',
] as const;

const own = (json: string): Fields => JSON.parse(json) as Fields;
let count = 0;

/** What the guard of an instance holds before its tokens are derived. */
const guarded = (items: readonly StoredItem[], startedBy?: unknown): InstanceGuard => ({
  rev: 1,
  ...(startedBy === undefined ? {} : { startedBy: startedBy as string }),
  items: Object.fromEntries(items.flatMap(({ id, guard }) => (guard === undefined ? [] : [[id, guard]]))),
});

function instance(fields: Fields, items: unknown, guard: unknown): StoredInstance {
  const id = `i${String(++count).padStart(4, '0')}`;
  const plain = {
    id,
    name: count % 3 === 0 ? 'Invoice' : 'Vacation',
    status: count % 4 === 0 ? 'end' : 'running',
    version: count % 7,
    saved: new Date(count * 1000),
    startedAt: new Date(count * 500),
    data: { n: count % 5, requester: count % 2 === 0 ? 'alice' : 'bob' },
  };
  return {
    ...plain,
    ...fields,
    ...(items === undefined ? {} : { items }),
    ...(guard === undefined ? {} : { guard }),
    source: '<secret/>',
    logs: ['secret'],
    tokens: [],
  } as unknown as StoredInstance;
}

/** An instance that the guard itself has written. */
function kept(fields: Fields, items: readonly StoredItem[], startedBy?: unknown): Row {
  const document = normalise(instance(fields, items, undefined)) as StoredInstance;
  deriveGuard(document, normalise(guarded(items, startedBy)) as InstanceGuard);
  return { document, derived: true };
}

/** One that something else has written, or written over. */
const foreign = (fields: Fields, items: unknown, guard?: unknown): Row => ({
  document: instance(fields, items, guard),
  derived: false,
});

let places = 0;
const task = (fields: Fields, guard?: ItemGuard): StoredItem => {
  const id = `t${++places}`;
  return {
    id,
    elementId: `e${places % 4}`,
    name: `task ${places % 4}`,
    type: USER_TASK,
    status: 'wait',
    seq: places % 9,
    ...fields,
    ...(guard === undefined ? {} : { guard }),
  };
};
const START: StoredItem = Object.freeze({
  id: 'start',
  elementId: 'start',
  type: 'bpmn:StartEvent',
  status: 'end',
  seq: 0,
  userName: 'alice',
});

/** One or several names, in every shape that a field of names may have. */
const SHAPES: readonly ((name: string) => unknown)[] = [
  (name) => name,
  (name) => [name],
  (name) => [name, 'somebody'],
  (name) => ['somebody', name, 5, null],
  (name) => [[name]],
  (name) => [{ name }],
  (name) => ({ 0: name, $ne: name }),
  (name) => `${name},somebody`,
  () => [],
  () => '',
  () => null,
  () => undefined,
  () => 0,
  () => ({ $ne: null }),
];

const TENANTS: readonly unknown[] = [
  undefined,
  null,
  '',
  'acme',
  'globex',
  'Acme',
  'a|b',
  'a\\',
  ['acme'],
  ['acme', 'globex'],
  [],
  [null],
  [['acme']],
  { x: 'acme' },
  5,
  true,
  '.*',
  'acme ',
];

function states(tenantId: unknown): Row[] {
  const fields = { tenantId };
  const one = (item: StoredItem, startedBy: unknown = 'sam'): Row => kept(fields, [START, item], startedBy);
  return [
    one(task({ assignee: 'alice', candidateUsers: ['bob'], candidateGroups: ['hr'] })),
    one(task({ candidateUsers: ['bob', 'alice'], candidateGroups: ['it', 'hr'] })),
    one(task({}, { open: true })),
    one(task({ assignee: 'alice' }, { open: true })),
    one(task({}, { closed: true, why: 'nobody was named' })),
    one(task({ assignee: 'bob' }, { owner: 'alice' })),
    one(task({ status: 'end', assignee: 'bob' }, { completedBy: 'alice' })),
    one(task({ status: 'end' }, { open: true, completedBy: 'bob' })),
    one(task({ status: 'start' })),
    one(task({ status: 'enter', candidateUsers: '$(alice)' })),
    one(task({ status: 'discard', assignee: 'alice' })),
    kept(
      fields,
      [
        START,
        task({ type: 'bpmn:ReceiveTask', assignee: 'alice', messageId: 'm' }),
        task({ type: 'bpmn:BoundaryEvent', assignee: 'bob' }),
      ],
      'alice',
    ),
    kept(fields, [], 'alice'),
    // Rejected by some, by all, by who got it after all, and by names of every shape.
    one(task({ candidateUsers: ['bob', 'alice'], candidateGroups: ['hr'] }, { rejectedBy: ['alice'] })),
    one(task({ candidateUsers: ['alice'] }, { rejectedBy: ['alice'], stuck: true })),
    one(task({ candidateUsers: ['alice', 'bob'] }, { rejectedBy: ['bob', 'alice'], stuck: true }), 'alice'),
    one(task({}, { open: true, rejectedBy: ['bob'] })),
    one(task({ assignee: 'alice', candidateUsers: ['alice'] }, { rejectedBy: ['alice'] })),
    one(task({ assignee: 'bob' }, { owner: 'alice', rejectedBy: ['alice', 'bob'] })),
    ...(tenantId === undefined ? SHAPES : []).map((shape) =>
      one(task({ candidateUsers: ['alice', 'bob'] }, { rejectedBy: shape('alice') as string[] })),
    ),
    // Suspended, and escalated.
    one(task({ assignee: 'alice' }, { suspendable: true })),
    one(task({ assignee: 'alice' }, { suspendable: true, suspension: { by: 'alice', at: new Date(0) } })),
    one(
      task(
        { candidateGroups: ['hr'] },
        { escalation: { by: 'alice', at: new Date(0), to: { group: 'hr' }, times: 1 } },
      ),
    ),
  ];
}

const SOMEBODY_ELSE = ['alice', 'bob', 'hr', 'sam'];

/** Everything, made anew: about 340 instances. */
export function corpus(): Row[] {
  count = 0;
  places = 0;
  const rows: Row[] = ['acme', 'globex', undefined].flatMap(states);
  for (const tenantId of TENANTS) {
    // The same ids of items in every tenant.
    const items = [
      START,
      { ...task({ assignee: 'alice', candidateGroups: ['hr'] }), id: 'same-1' },
      { ...task({ candidateUsers: ['bob'] }, { open: true }), id: 'same-2' },
    ];
    rows.push(kept({ tenantId }, items, 'alice'), kept({ tenantId }, items.slice(0, 2), 'bob'));
  }
  for (const tenantId of ['acme', undefined]) {
    for (const [i, name] of NAMES.entries()) {
      const other = SOMEBODY_ELSE[i % 4];
      rows.push(
        kept(
          { tenantId },
          [
            task({ assignee: name }),
            task({ candidateUsers: [name, other] }),
            task({ candidateGroups: [other, name] }),
          ],
          other,
        ),
        kept(
          { tenantId },
          [task({ assignee: other }, { completedBy: name, owner: name, status: 'end' })],
          name,
        ),
      );
    }
    for (const shape of SHAPES) {
      rows.push(
        kept({ tenantId }, [task({ assignee: shape('alice') })], 'sam'),
        kept({ tenantId }, [task({ candidateUsers: shape('alice'), assignee: null })], 'sam'),
        kept(
          { tenantId },
          [task({ candidateGroups: shape('hr'), candidateUsers: shape('bob') })],
          shape('sam'),
        ),
      );
    }
    for (const type of [
      'bpmn:ServiceTask',
      'bpmn:IntermediateCatchEvent',
      'bpmn:usertask',
      'unknown',
      '',
      null,
      undefined,
      5,
      [USER_TASK],
      ['bpmn:ServiceTask', USER_TASK],
      { x: USER_TASK },
    ])
      rows.push(
        kept(
          { tenantId },
          [task({ type, assignee: 'alice' }, { open: true }), task({ type, candidateUsers: ['bob'] })],
          'sam',
        ),
      );
    for (const status of ['WAIT', 'wait ', '', null, undefined, 5, { x: 'wait' }])
      rows.push(
        kept({ tenantId }, [task({ status }, { open: true }), task({ status, assignee: 'bob' })], 'alice'),
      );
    for (const open of ['true', 1, [true], {}, null, false, [[true]]])
      rows.push(
        Array.isArray(open)
          ? foreign({ tenantId }, [task({}, { open: open as unknown as boolean })], { rev: 1 })
          : kept({ tenantId }, [task({}, { open: open as boolean })], 'sam'),
        foreign(
          { tenantId },
          [task({}, { open: open as boolean, closed: open as boolean, startedBy: 'alice' })],
          { rev: 1, startedBy: open },
        ),
      );
  }
  // Several tasks in one instance, each visible to somebody else; two halves of a right on two items.
  rows.push(
    kept(
      {},
      SOMEBODY_ELSE.map((name) => task({ assignee: name })),
      'zoe',
    ),
  );
  rows.push(
    kept(
      {},
      SOMEBODY_ELSE.map((name) =>
        task({ candidateUsers: [name], dueDate: new Date(name.length), priority: name.length }),
      ),
      undefined,
    ),
  );
  rows.push(
    kept(
      {},
      [
        task({ status: 'end' }, { open: true }),
        task({ candidateGroups: ['hr'] }),
        task({ assignee: 'bob' }, { closed: true }),
      ],
      'zoe',
    ),
  );
  rows.push(
    kept(
      { tenantId: 'acme' },
      [
        task({ seq: 1, id: 'twin' }),
        task({ seq: 2, id: 'twin', assignee: 'alice' }),
        task({ seq: undefined, assignee: 'alice' }),
        task({ seq: null, candidateUsers: ['alice'] }),
        task({ seq: -3, assignee: 'alice' }),
        task({ seq: 1.5, assignee: 'alice' }),
        task({ seq: '2', assignee: 'alice' }),
      ],
      'bob',
    ),
  );
  // Data of every kind.
  for (const data of DATA)
    rows.push(
      kept({ data }, [task({ assignee: 'alice' }), task({ candidateGroups: ['hr'] })], 'bob'),
      kept({ data, tenantId: 'acme' }, [task({}, { open: true })], 'alice'),
    );
  // Large ones.
  rows.push(
    kept(
      { data: { list: Array.from({ length: 3000 }, (_, i) => ({ i })) } },
      [task({ candidateUsers: [...Array.from({ length: 3000 }, (_, i) => `u${i}`), 'alice'] })],
      'bob',
    ),
  );
  rows.push(
    kept(
      {},
      Array.from({ length: 300 }, (_, i) =>
        task({ assignee: SOMEBODY_ELSE[i % 7] ?? 'nobody', seq: 300 - i }),
      ),
      'zoe',
    ),
  );
  return [...rows, ...foreigners(), ...withHoles()];
}

const DATA: readonly unknown[] = [
  { x: 'alice' },
  { x: ['alice', 'bob'] },
  { x: null },
  { x: [] },
  { x: { y: { z: 'alice' } } },
  { x: [{ y: 'alice' }, { y: ['bob'] }] },
  { 'x.y': 'alice' },
  { x: new Date(5) },
  { x: new ObjectId('0123456789abcdef01234567') },
  { x: 5 },
  { x: -0 },
  { x: true },
  { x: '' },
  own('{"__proto__": {"x": "alice"}, "x": {"__proto__": {"y": 1}}}'),
  own('{"constructor": "x", "toString": 1, "x": {"hasOwnProperty": null}}'),
  { guard: { startedBy: 'alice' }, items: [{ assignee: 'alice' }] },
  { deep: Array.from({ length: 30 }).reduce((inner) => ({ a: inner }), 'alice') },
  null,
  [],
  'text',
  5,
];

/** Written by an unguarded host, by hand, or with tokens that are out of date. */
function foreigners(): Row[] {
  const mine = [START, task({ assignee: 'alice' }), task({ candidateGroups: 'hr' })];
  const flagged = [task({ assignee: 'alice' }, { startedBy: 'bob' }), task({}, { open: true })];
  const guards: readonly unknown[] = [
    undefined,
    null,
    [],
    'x',
    5,
    {},
    { rev: 1 },
    { rev: 1, read: [], open: [] },
    { rev: 1, read: ['|u:bob'], open: ['|u:bob'], startedBy: 'sam' },
    { rev: 1, read: '|u:alice', open: '|u:alice' },
    { rev: 1, read: [['|u:alice']] },
    { rev: 1, read: null, startedBy: ['alice', 'sam'] },
    { rev: 1, startedBy: { name: 'alice' } },
    [{ startedBy: 'alice', read: ['|u:alice'] }],
    own('{"__proto__": {"startedBy": "alice"}, "rev": 1}'),
  ];
  const lists: readonly unknown[] = [
    undefined,
    null,
    {},
    'alice',
    5,
    [],
    { id: 'no-list', type: USER_TASK, status: 'wait', assignee: 'alice' },
    [{}, { type: USER_TASK, status: 'wait', assignee: 'alice' }],
    [{ id: 5, type: USER_TASK, status: 'wait', assignee: 'alice' }],
    [{ id: ['x'], type: USER_TASK, status: 'wait', assignee: 'alice' }],
  ];
  const rows = ['acme', undefined].flatMap((tenantId) => [
    ...guards.map((guard) => foreign({ tenantId }, mine, guard)),
    ...guards.map((guard) => foreign({ tenantId }, flagged, guard)),
    ...lists.map((items) => foreign({ tenantId }, items, { rev: 1, startedBy: 'alice' })),
    ...lists.map((items) =>
      foreign({ tenantId }, items, { rev: 1, startedBy: 'sam', read: ['|u:alice', 'acme|u:alice'] }),
    ),
    ...[null, [], 'x', { open: [true] }, [{ open: true }]].map((guard) =>
      foreign({ tenantId }, [{ ...task({}), guard: guard as unknown as ItemGuard }], { rev: 1 }),
    ),
  ]);
  return [
    ...rows,
    foreign({ name: undefined, status: null, version: 'x', saved: 'yesterday' }, mine),
    foreign({ name: ['Invoice', 'Vacation'], status: ['running', 'end'] }, mine, {
      rev: 1,
      startedBy: 'alice',
    }),
  ];
}

/** Lists of items with holes, lists and numbers in them. */
function withHoles(): Row[] {
  const mine = (): StoredItem => task({ assignee: 'alice', candidateGroups: ['hr'] }, { startedBy: 'sam' });
  return ['acme', undefined].flatMap((tenantId) =>
    [
      [null, mine()],
      [5, 'alice', mine()],
      [mine(), [mine()]],
      [[]],
      [[[mine()]]],
      [null],
      [new Date(0), mine()],
      [mine(), undefined],
    ].map((items) => foreign({ tenantId }, items, { rev: 1, startedBy: 'sam' })),
  );
}

/**
 * Where mongo-java-server is not MongoDB: it looks into a list inside a list, and fails when `$elemMatch` meets what is
 * no document.
 */
export function isNotForJava(value: unknown, key = ''): boolean {
  if (Array.isArray(value))
    return value.some(
      (entry) =>
        Array.isArray(entry) ||
        ((key === 'items' || key === 'starts') && !isPlainObject(entry)) ||
        isNotForJava(entry),
    );
  return isPlainObject(value) && Object.entries(value).some(([name, entry]) => isNotForJava(entry, name));
}

/** Models: of owners, with start events for everybody, somebody, nobody, and such as cannot be read. */
export function models(): StoredModel[] {
  const starts: readonly unknown[] = [
    [{ elementId: 's', open: true }],
    [{ elementId: 's', open: false, users: ['alice'], groups: [] }],
    [
      { elementId: 's', open: false, users: [], groups: ['hr', 'it'] },
      { elementId: 't', users: ['bob'] },
    ],
    [],
    null,
    undefined,
    'x',
    { open: true },
    [{ open: 'true', users: 'alice', groups: 'hr' }],
    [null, 5, { users: [['alice']] }],
    [{ open: [true] }],
  ];
  return ['acme', 'globex', null, undefined].flatMap((owner) => [
    ...starts.map((list, i) => ({
      name: `model ${i} of ${owner}`,
      owner,
      source: '<secret/>',
      saved: new Date(i),
      events: [{ elementId: 's', type: 'bpmn:StartEvent' }],
      guard: { rev: 1, starts: list },
    })),
    ...(owner === undefined
      ? []
      : ['Invoice', 'Vacation'].map((name) => ({
          name,
          owner,
          source: '<secret/>',
          guard: { rev: 1, starts: [] },
        }))),
  ]) as StoredModel[];
}
