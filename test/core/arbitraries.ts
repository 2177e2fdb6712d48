import fc from 'fast-check';
import { byCases } from '../../src/core/condition/cases.js';
import {
  and,
  compare,
  exists,
  isAmong,
  isIn,
  not,
  or,
  some,
  type Comparison,
  type Condition,
  type Names,
  type Reference,
} from '../../src/core/condition/condition.js';
import { SecureUser } from '../../src/core/principal.js';
import type { Resource } from '../../src/core/resource.js';
import type { Scalar } from '../../src/core/value.js';

const NAMES = ['alice', 'bob', 'hr', 'acme', 'a|b'] as const;

export const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constantFrom<Scalar>(...NAMES),
  fc.constantFrom<Scalar>(0, 1, 2, true, false, new Date(0), new Date(86_400_000)),
);

const reference: fc.Arbitrary<Reference> = fc.record({
  ref: fc.constantFrom('user', 'data', 'role'),
  path: fc.constantFrom('userName', 'userGroups', 'tenantId', 'level', 'missing', 'requester', 'list'),
});
const userReference: fc.Arbitrary<Reference> = reference.map((r) => ({ ...r, ref: 'user' }));

const itemField = fc.constantFrom('item.assignee', 'item.candidateGroups', 'item.status', 'item.x.y');
const instanceField = fc.constantFrom(
  'instance.tenantId',
  'instance.data.requester',
  'instance.data.list',
  'instance.guard.roles.owner',
);

/** @param most how many there are at most; 10,000 are more than a query states */
export const namesOf = (names: readonly string[], most: number): Names =>
  Object.freeze({ most, has: (text: string) => names.includes(text), list: () => names });

function leaf(field: fc.Arbitrary<string>, references = reference): fc.Arbitrary<Condition> {
  return fc.oneof(
    fc
      .tuple(
        fc.constantFrom<Comparison>('eq', 'ne', 'lt', 'lte', 'gt', 'gte'),
        field,
        fc.oneof(scalar, userReference),
      )
      .map(([op, at, value]) => compare(op, at, value)),
    fc
      .tuple(fc.constantFrom<Comparison>('eq', 'ne'), field, references)
      .map(([op, at, value]) => compare(op, at, value)),
    fc
      .tuple(field, fc.oneof(fc.array(scalar, { maxLength: 3 }), references))
      .map(([at, values]) => isIn(at, values)),
    fc
      .tuple(field, fc.subarray([...NAMES], { minLength: 1 }), fc.constantFrom(5, 10_000))
      .map(([at, names, most]) => isAmong(at, namesOf(names, most))),
    fc.tuple(field, fc.boolean()).map(([at, present]) => exists(at, present)),
  );
}

function tree(
  leaf: fc.Arbitrary<Condition>,
  leaves: fc.Arbitrary<Condition>,
  field: fc.Arbitrary<string>,
): fc.Arbitrary<Condition> {
  return fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.oneof(leaf, leaves),
      fc.array(tie('node'), { maxLength: 3 }).map((of) => and(...of)),
      fc.array(tie('node'), { maxLength: 3 }).map((of) => or(...of)),
      tie('node').map(not),
      fc
        .tuple(field, fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('node')), { maxLength: 3 }))
        .map(([at, cases]) => byCases(at, cases)),
    ),
  })).node;
}

/** One that is asked of an item alone, as inside `$elemMatch`. */
export const itemCondition = tree(leaf(itemField, userReference), leaf(itemField, userReference), itemField);

/** Any condition that a rule writer can write: on the instance, on the item, and on the items of the instance. */
export const condition: fc.Arbitrary<Condition> = tree(
  leaf(fc.oneof(instanceField, itemField)),
  itemCondition.map((where) => some('instance.items', where)),
  fc.oneof(instanceField, itemField),
);

const anything = fc.oneof(
  scalar,
  fc.constant(null),
  fc.constant(undefined),
  fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }),
  fc.constant({ y: 'alice' }),
  fc.constant([['alice']]),
);

const item = fc.record(
  {
    type: fc.constantFrom('bpmn:UserTask', 'bpmn:StartEvent'),
    assignee: anything,
    candidateUsers: anything,
    candidateGroups: anything,
    status: fc.constantFrom('wait', 'end'),
    elementId: fc.constantFrom<unknown>('e', 'f', ['f', 'g'], 1),
    x: anything,
    guard: fc.oneof(anything, fc.record({ open: fc.boolean(), closed: fc.boolean(), startedBy: scalar })),
  },
  { requiredKeys: [] },
);

export const resource: fc.Arbitrary<Resource> = fc.record(
  {
    item,
    instance: fc.record(
      {
        name: fc.constantFrom<unknown>('a', 'b', 'c', ['b', 'a']),
        tenantId: fc.oneof(fc.constantFrom('acme', 'bob', null), anything),
        items: fc.oneof(fc.array(item, { maxLength: 3 }), anything),
        data: fc.record({ requester: anything, list: anything }, { requiredKeys: [] }),
        guard: fc.record({ startedBy: scalar, roles: fc.record({ owner: anything, list: anything }) }),
      },
      { requiredKeys: [] },
    ),
    model: fc.record({ name: scalar, owner: fc.constantFrom('acme', null, undefined) }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Resource>;

export const principal: fc.Arbitrary<SecureUser> = fc
  .record({
    userName: fc.constantFrom('alice', 'bob'),
    userGroups: fc.subarray(['hr', 'ADMIN', 'SYSTEM', 'DESIGNER', 'alice']),
    tenantId: fc.constantFrom(undefined, 'acme', 'bob'),
    attributes: fc.oneof(
      fc.constant(undefined),
      fc.record({ level: scalar, list: fc.array(scalar, { maxLength: 2 }) }),
    ),
  })
  .map((info) => new SecureUser(info));
