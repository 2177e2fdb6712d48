import fc from 'fast-check';
import { SecureUser } from '../../src/core/principal.js';
import { deriveGuard } from '../../src/engine/model/derive.js';
import { normalise } from '../../src/store/bson/codec.js';
import type { InstanceGuard, ItemGuard, StoredInstance, StoredItem } from '../../src/store/port.js';
import { USER_TASK, type Row } from './corpus.js';

type Fields = Readonly<Record<string, unknown>>;

const NAMES = ['alice', 'bob', 'hr', 'acme'] as const;
const DATES = [new Date(0), new Date(86_400_000)] as const;
const name = fc.constantFrom(...NAMES);
const scalar = fc.oneof(name, fc.constantFrom<unknown>(0, 1, 2, true, false, ...DATES));
const value = fc.oneof(
  scalar,
  fc.constantFrom<unknown>(null, undefined, [], { y: 'alice' }),
  fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }),
  fc.array(fc.record({ y: scalar }), { minLength: 1, maxLength: 2 }),
);
const names = fc.oneof(name, fc.array(name, { maxLength: 3 }), fc.constantFrom(null, undefined, ''));
const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const anyItem: fc.Arbitrary<Fields> = fc.record({
  type: fc.constantFrom(USER_TASK, USER_TASK, USER_TASK, 'bpmn:StartEvent', 'bpmn:ServiceTask'),
  status: fc.constantFrom('wait', 'wait', 'end', 'start'),
  elementId: fc.constantFrom('a', 'b'),
  seq: fc.nat({ max: 3 }),
  assignee: names,
  candidateUsers: names,
  candidateGroups: names,
  dueDate: fc.constantFrom(...DATES, null, undefined, '1970-01-01'),
  priority: fc.constantFrom(1, 5, undefined, '5'),
  x: value,
  guard: fc
    .record({ open: sometimes(fc.boolean()), owner: sometimes(name), completedBy: sometimes(name) })
    .map(compact),
});

/** Read by everybody, whose instance is read by few. */
const openAndFinished = anyItem.map((item): Fields => ({
  ...item,
  type: USER_TASK,
  status: 'end',
  assignee: null,
  candidateUsers: [],
  candidateGroups: undefined,
  guard: { open: true },
}));

export const itemFields: fc.Arbitrary<Fields> = fc.oneof({ weight: 6, arbitrary: anyItem }, openAndFinished);

export const instanceFields: fc.Arbitrary<Fields> = fc.record({
  name: fc.constantFrom('Invoice', 'Vacation'),
  status: fc.constantFrom('running', 'end'),
  version: fc.nat({ max: 3 }),
  saved: fc.constantFrom(...DATES),
  tenantId: fc.constantFrom(undefined, undefined, null, 'acme', 'acme', 'globex'),
  data: fc.record({ requester: value, list: value, x: value }),
});

/** Fields without those that are undefined. */
function compact<T extends Fields>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, entry]) => entry !== undefined)) as T;
}

export interface Draft {
  readonly fields: Fields;
  readonly items: readonly Fields[];
  readonly startedBy: string | undefined;
  readonly roles: Fields;
}

export const draft: fc.Arbitrary<Draft> = fc.record({
  fields: instanceFields,
  items: fc.array(itemFields, { maxLength: 4 }),
  startedBy: sometimes(name),
  roles: fc.record({ owner: value, list: fc.array(name, { maxLength: 2 }) }),
});
export const drafts = fc.array(draft, { minLength: 4, maxLength: 8 });

/** The instance as the guard would have stored it. */
export function stored({ fields, items, startedBy, roles }: Draft, index: number): StoredInstance {
  const id = `g${index}`;
  const list = items.map(({ guard: _guard, ...rest }, i) => ({
    id: `${id}-${i}`,
    ...rest,
  })) as unknown as StoredItem[];
  const kept = Object.fromEntries(items.map(({ guard }, i) => [`${id}-${i}`, guard as ItemGuard]));
  const document = normalise({ id, ...fields, items: list, logs: ['secret'] }) as StoredInstance;
  deriveGuard(
    document,
    normalise({
      rev: 1,
      ...(startedBy === undefined ? {} : { startedBy }),
      items: kept,
      roles,
    }) as InstanceGuard,
  );
  return document;
}

export const rowsOf = (all: readonly Draft[]): Row[] =>
  all.map((one, index) => ({ document: stored(one, index), derived: true }));

export const principal: fc.Arbitrary<SecureUser> = fc
  .record({
    userName: fc.constantFrom('alice', 'bob'),
    userGroups: fc.oneof(
      { weight: 5, arbitrary: fc.subarray(['hr', 'alice']) },
      fc.constantFrom(['ADMIN'], ['SYSTEM'], ['DESIGNER']),
    ),
    tenantId: fc.constantFrom(undefined, 'acme'),
    attributes: fc.record({ level: scalar, list: fc.array(scalar, { maxLength: 2 }) }),
  })
  .map((info) => new SecureUser(info));

const OPERAND = fc.oneof(
  name,
  fc.constantFrom<unknown>('wait', 'end', 'running', USER_TASK, 'Invoice', 'a', 0, 1, 5, true, ...DATES),
);
const WITH_NULL = fc.oneof({ weight: 4, arbitrary: OPERAND }, fc.constant(null));
const REGEX = fc.constantFrom('^a', 'ce$', 'l', '^(alice|bob)$', 'A', '^[a-h]', 'b.b');
const simple: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: WITH_NULL },
  fc.tuple(fc.constantFrom('$eq', '$ne'), WITH_NULL).map(([operator, operand]) => ({ [operator]: operand })),
  fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), OPERAND)
    .map(([operator, operand]) => ({ [operator]: operand })),
  fc.tuple(OPERAND, OPERAND).map(([$gte, $lt]) => ({ $gte, $lt })),
  fc
    .tuple(fc.constantFrom('$in', '$nin'), fc.array(WITH_NULL, { maxLength: 3 }))
    .map(([operator, operand]) => ({ [operator]: operand })),
  fc.boolean().map(($exists) => ({ $exists })),
  fc.tuple(REGEX, fc.constantFrom('', 'i')).map(([$regex, $options]) => ({ $regex, $options })),
  REGEX.map((source) => new RegExp(source)),
);
const test = fc.oneof(
  { weight: 4, arbitrary: simple },
  simple
    .filter((one) => typeof one === 'object' && one !== null && !(one instanceof Date))
    .map((one) => ({ $not: one })),
);

const ITEM_FIELDS = [
  'status',
  'type',
  'elementId',
  'assignee',
  'candidateUsers',
  'candidateGroups',
  'dueDate',
  'priority',
  'seq',
  'completedBy',
];
const ROW_FIELDS = [
  'name',
  'status',
  'version',
  'saved',
  'startedBy',
  'tenantId',
  'data.requester',
  'data.list',
  'data.x.y',
  'data.list.0',
];
const leaf = (fields: readonly string[]): fc.Arbitrary<Fields> =>
  fc.tuple(fc.constantFrom(...fields), test).map(([field, condition]) => ({ [field]: condition }));

function tree(leaves: fc.Arbitrary<Fields>): fc.Arbitrary<Fields> {
  return fc.letrec<{ node: Fields }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaves,
      fc
        .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
        .map(([operator, of]) => ({ [operator]: of })),
      fc.tuple(tie('node'), leaves).map(([one, other]) => ({ ...one, ...other })),
    ),
  })).node;
}

const element = tree(leaf(ITEM_FIELDS)).map(($elemMatch) => ({ items: { $elemMatch } }));
const ofItems = leaf(ITEM_FIELDS.map((field) => `items.${field}`));

/** Callers' queries over the admitted fields: of instances, of items, of both. */
export const query: fc.Arbitrary<Fields> = fc.oneof(
  fc.constantFrom<Fields>(
    {},
    { 'items.status': 'wait' },
    { 'items.status': 'wait', 'items.type': USER_TASK },
    { 'items.type': { $ne: USER_TASK }, items: { $elemMatch: { status: 'wait' } } },
  ),
  { weight: 3, arbitrary: tree(fc.oneof(leaf(ROW_FIELDS), ofItems, element)) },
  { weight: 3, arbitrary: tree(fc.oneof(ofItems, element)) },
);

const hasPattern = (input: unknown): boolean =>
  input instanceof RegExp ||
  (typeof input === 'object' &&
    input !== null &&
    ('$regex' in input || Object.values(input).some(hasPattern)));

/**
 * True for a query that mongo-java-server answers otherwise than MongoDB: its patterns meet the text that a
 * value is shown as.
 */
export function isQueryNotForJava(asked: Fields): boolean {
  return Object.entries(asked).some(([field, input]) =>
    field.startsWith('data.')
      ? hasPattern(input)
      : Array.isArray(input) && (input as Fields[]).some(isQueryNotForJava),
  );
}
