import { ObjectId } from 'bson';
import fc from 'fast-check';
import type { Filter } from '../../src/store/port.js';

const SCALARS: readonly unknown[] = [
  '',
  'alice',
  'bob',
  'a.b',
  '.*',
  '\uffff',
  '\u{1f600}',
  0,
  1,
  1.5,
  2 ** 40,
  Infinity,
  true,
  false,
  new Date(0),
  new Date(86_400_000),
  new ObjectId('0123456789abcdef01234567'),
];
const TYPES = ['string', 'number', 'bool', 'date', 'object', 'objectId', 'binData', 'array'] as const;
const RANGES = ['$gt', '$gte', '$lt', '$lte'] as const;

const PRESENT = { $type: ['string', 'number', 'bool', 'date', 'object', 'objectId', 'binData'] };
const show = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (inner instanceof RegExp ? String(inner) : inner));

/** Tests of one value. */
const TESTS: readonly unknown[] = [
  ...SCALARS,
  ...SCALARS.map((value) => ({ $ne: value })),
  ...RANGES.flatMap((range) => ['alice', 1, new Date(0), false].map((value) => ({ [range]: value }))),
  ...TYPES.map((type) => ({ $type: type })),
  PRESENT,
  { $type: ['string', 'array'] },
  { $in: ['alice', 1, new Date(0)] },
  { $nin: ['alice', 1] },
  { $in: [] },
  { $nin: [] },
  { $exists: true },
  { $exists: false },
  { $gte: 'alice', $lt: 'bob' },
  { $not: { $gt: 'alice' } },
  { $not: { $type: 'string' } },
  { $regex: '^al' },
  { $regex: '^AL', $options: 'i' },
  { $regex: 'e$' },
  { $regex: '^a.b$' },
  { $not: /^al/ },
  /li.e/,
  { $in: [/^b/, 1] },
  { $elemMatch: { $eq: 'alice' } },
  { $elemMatch: { $gt: 0 } },
  { $size: 0 },
  { $size: 2 },
  ['alice', 'bob'],
  [],
  { x: 'alice' },
];

const at = (path: string, tests: readonly unknown[]): Filter[] => tests.map((test) => ({ [path]: test }));

/** Filters of every admitted kind, by what they say. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map(
  [
    {},
    ...at('name', [...TESTS, null, { $ne: null }, { $in: [null, 'alice'] }, { $nin: [null] }]),
    ...at('data.x', [...TESTS, null, { $ne: null }]),
    ...at('data.x.x', TESTS),
    ...at('items.assignee', TESTS),
    ...at('items.candidateGroups', [
      'hr',
      { $in: ['hr'] },
      { $nin: ['hr'] },
      { $ne: 'hr' },
      { $size: 2 },
      { $elemMatch: { $eq: 'it' } },
    ]),
    ...at('data.x.0', ['alice', { $exists: true }, { $type: 'array' }]),
    ...at('data.x.0.x', ['alice', { $exists: true }]),
    ...at('data.x.1.x', ['bob']),
    ...at('data.__proto__', [{ $exists: true }]),
    ...at('data.x.__proto__.x', ['alice']),
    ...at('data.x.constructor', ['alice', { $exists: true }]),
    ...at('data.x.hasOwnProperty', [{ $exists: true }, { $exists: false }]),
    ...at('data.x.length', [{ $exists: true }]),
    ...at('items', [
      { $elemMatch: { status: 'wait', assignee: 'alice' } },
      { $elemMatch: { status: 'wait', assignee: { $ne: 'alice' } } },
      { $elemMatch: { $nor: [{ assignee: 'alice' }] } },
      { $elemMatch: { $or: [{ assignee: 'alice' }, { candidateUsers: 'alice' }] } },
      { $elemMatch: { $and: [{ status: 'wait' }, { candidateGroups: { $in: ['hr', 'x'] } }] } },
      { $elemMatch: { assignee: PRESENT } },
      { $elemMatch: { $nor: [{ assignee: PRESENT }] } },
      { $elemMatch: { assignee: null } },
      { $elemMatch: { assignee: { $ne: null } } },
      { $elemMatch: { dueDate: { $lt: new Date(1) } } },
      { $elemMatch: { priority: { $gte: 5 } } },
      { $elemMatch: {} },
      { $elemMatch: { id: 'i-crossed-1' } },
      { $elemMatch: { $and: [{ id: { $in: ['i-crossed-1', 'i-groups-2'] } }, { status: 'wait' }] } },
      { $not: { $elemMatch: { status: 'wait' } } },
      { $size: 3 },
    ]),
    ...at('items.id', [
      'i-crossed-2',
      'i-nested',
      'i-document',
      { $in: ['i-value-one', 'i-groups-1', 'none'] },
      { $regex: '^i-g' },
      { $ne: 'i-crossed-1' },
    ]),
    ...at('id', [
      'value-one',
      { $in: ['value-one', 'items-none', 'nothing'] },
      { $regex: '^guard' },
      { $ne: 'value-one' },
      { $gt: 'value-' },
    ]),
    ...at('guard.open', ['|u:alice', { $in: ['|u:alice', '|g:it'] }, { $exists: false }]),
    ...at('guard', [null, { $exists: true }]),
    { 'items.status': 'wait', 'items.assignee': 'alice' },
    { $and: [{ 'items.status': 'end' }, { 'items.assignee': 'bob' }] },
    { $or: [{ name: 'alice' }, { 'items.assignee': 'bob' }] },
    { $nor: [{ name: 'alice' }, { 'items.status': 'wait' }] },
    { $nor: [{}] },
    { $and: [{ id: 'value-one' }, { 'items.id': 'i-value-one' }] },
    { $and: [{ status: 'running' }, { $nor: [{ 'data.x': PRESENT }] }] },
    { $expr: { $eq: ['$data.x', '$data.requester'] } },
    { $expr: { $and: [{ $isArray: '$data.x' }, { $eq: ['$status', 'running'] }] } },
    {
      $expr: {
        $and: [
          { $in: [{ $type: '$data.x' }, ['string', 'int', 'long', 'double', 'bool', 'date']] },
          { $ne: ['$data.x', '$data.requester'] },
        ],
      },
    },
  ].map((filter) => [show(filter), filter]),
);

const operand = fc.constantFrom(...SCALARS);
const test = fc.oneof(
  operand,
  fc.tuple(fc.constantFrom('$eq', '$ne', ...RANGES), operand).map(([name, value]) => ({ [name]: value })),
  fc
    .tuple(fc.constantFrom('$in', '$nin'), fc.array(operand, { maxLength: 3 }))
    .map(([name, values]) => ({ [name]: values })),
  fc.constantFrom(...TYPES).map((type) => ({ $type: type })),
  fc.boolean().map(($exists) => ({ $exists })),
);
const leaf = (fields: readonly string[]): fc.Arbitrary<Filter> =>
  fc.tuple(fc.constantFrom(...fields), test).map(([field, condition]) => ({ [field]: condition }));

function tree(fields: readonly string[], inner: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> {
  return fc.letrec<{ node: Filter }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf(fields),
      inner,
      fc
        .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
        .map(([name, of]) => ({ [name]: of })),
    ),
  })).node;
}

const ofItem = tree(
  ['status', 'assignee', 'candidateGroups', 'seq', 'dueDate'],
  leaf(['candidateUsers', 'priority']),
);

/** Any filter over a small vocabulary: whole fields, and one item at a time, as the guard asks. */
export const filter: fc.Arbitrary<Filter> = tree(
  ['name', 'status', 'data.x', 'tenantId'],
  ofItem.map(($elemMatch) => ({ items: { $elemMatch } })),
);
