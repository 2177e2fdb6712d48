import fc from 'fast-check';
import { ROUTES } from '../../src/express/routes/index.js';
import { hostileValue, NAMES_THAT_LEAD_OUT } from './hostile-requests.js';

/** Stands for something that is there when the request is sent. */
export const PLACES = ['@instance', '@item', '@task', '@element'] as const;

const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...PLACES,
      'review',
      'Request Vacation',
      'wait',
      'two',
      'late',
      'heard',
      'seen',
      'alice',
      'bob',
      'boss',
      'admin',
      'task:read',
      'instance:start',
      'instance:delete',
      'model:write',
      'system:audit',
    ),
  },
  fc.constantFrom(...NAMES_THAT_LEAD_OUT),
  fc.string(),
);
const scalar = fc.oneof(
  text,
  fc.constantFrom(null, true, 0, 1, -1, 2 ** 53, { $date: '2030-01-31T00:00:00Z' }, { $date: 'never' }),
);
const field = fc.constantFrom(
  'id',
  'name',
  'status',
  'startedBy',
  'startedAt',
  'data.days',
  'data.a.b',
  'items.id',
  'items.status',
  'items.elementId',
  'items.assignee',
  'items.candidateGroups',
  'items.dueDate',
  'items.seq',
  'items.type',
  'version',
  'tenantId',
  'events.type',
  'saved',
);
const operand = fc.oneof(
  { weight: 4, arbitrary: scalar },
  scalar.map((value) => ({ $ne: value })),
  scalar.map((value) => ({ $gte: value, $lt: value })),
  fc.array(scalar, { maxLength: 3 }).map((values) => ({ $in: values })),
  fc.constantFrom<unknown>(
    { $exists: true },
    { $exists: false },
    { $regex: '^re' },
    { $regex: '(' },
    { $not: { $eq: 1 } },
    { $nin: [null] },
  ),
);
const leaf = fc.array(fc.tuple(field, operand), { maxLength: 2 }).map((pairs) => Object.fromEntries(pairs));
const query = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      { 'items.id': '@task' },
      { 'items.id': '@item' },
      { id: '@instance' },
      { id: '@instance', 'items.elementId': '@element' },
      {},
    ),
  },
  { weight: 4, arbitrary: leaf },
  fc.array(leaf, { minLength: 1, maxLength: 2 }).map((of) => ({ $or: of })),
  fc.array(leaf, { minLength: 1, maxLength: 2 }).map((of) => ({ $nor: of })),
  leaf.map((where) => ({ $and: [where, { items: { $elemMatch: { status: 'wait' } } }] })),
);
const data = fc.dictionary(
  fc.oneof(fc.constantFrom('days', 'a', 'requester', 'a.b', '', '$x', 'items', 'x y'), fc.string()),
  hostileValue,
  { maxKeys: 3 },
);
const assignment = fc.record(
  {
    assignee: fc.oneof(text, fc.constant(null)),
    candidateUsers: fc.array(text, { maxLength: 2 }),
    candidateGroups: text,
    dueDate: fc.oneof(text, fc.constantFrom('2030-01-31', 'P10D', 'P1', null)),
    priority: scalar,
    note: scalar,
  },
  { requiredKeys: [] },
);
const options = fc.record(
  { noWait: fc.boolean(), startNodeId: text, userName: fc.constantFrom(null, 'alice') },
  { requiredKeys: [] },
);
const sort = fc.dictionary(field, fc.constantFrom(1, -1, 0, 'asc'), { maxKeys: 2 });
const projection = fc.oneof(
  fc.array(text, { maxLength: 2 }),
  fc.dictionary(field, fc.constantFrom(0, 1, 2), { maxKeys: 2 }),
);

const BY_NAME: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  query,
  filter: query,
  messageMatchingKey: query,
  data,
  assignment,
  options,
  sort,
  projection,
  limit: fc.constantFrom(1, 10, 1000, 1001, 0),
  getTotalCount: fc.boolean(),
  nodeIds: fc.array(text, { maxLength: 2 }),
  after: fc.oneof(text, fc.constantFrom('o1', '0'.repeat(24), `${'0'.repeat(24)}.1`)),
};

export interface NearlyRight {
  readonly method: string;
  /** With its inputs in place. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request as a program would send it, with inputs of the right type: some of them mean something, some nothing. */
export const nearlyRight: fc.Arbitrary<NearlyRight> = fc
  .constantFrom(...ROUTES.filter(({ upload }) => !upload))
  .chain((route) => {
    const inPath = new Set([...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name as string));
    const fields = Object.fromEntries(Object.keys(route.takes).map((name) => [name, BY_NAME[name] ?? text]));
    const needed = Object.entries(route.takes).flatMap(([name, { required }]) => (required ? [name] : []));
    const who = fc.constantFrom(
      {},
      { userId: 'alice' },
      { userId: 'alice' },
      { userName: 'alice' },
      { user: { userName: 'alice' } },
      { userName: 'bob' },
      { userId: 'stranger' },
      { user: { userName: 'admin' } },
      { userId: 'nobody' },
    );
    return fc.tuple(fc.record(fields, { requiredKeys: needed }), who).map(([given, user]) => {
      const all = given as Record<string, unknown>;
      const path = route.path.replace(
        /:(\w+)/g,
        (_, name: string) => encodeURIComponent(String(all[name]).toWellFormed()) || '%20',
      );
      return {
        method: route.method,
        path: path.replaceAll('%40', '@'),
        body: { ...Object.fromEntries(Object.entries(all).filter(([name]) => !inPath.has(name))), ...user },
      };
    });
  });
