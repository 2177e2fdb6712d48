import { Decimal128, Long } from 'bson';
import { createDecisionPoint } from '../../src/core/decision/decision-point.js';
import { NOTHING } from '../../src/core/condition/condition.js';
import { parseCondition } from '../../src/core/condition/json.js';
import { SecureUser } from '../../src/core/principal.js';
import { scopeOf } from '../../src/core/decision/scope.js';
import { parseQuery } from '../../src/store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../src/store/query/query-fields.js';
import type { StoredInstance } from '../../src/store/port.js';
import { instancePlan } from '../../src/store/query/scoped-query.js';
import { describeStores, filled, type Filled } from './stores.js';

/** Numbers that JavaScript's own cannot hold come back in types of their own. */
const NUMBERS: Readonly<Record<string, unknown>> = {
  plain: 5000,
  decimal: Decimal128.fromString('5000'),
  small: Decimal128.fromString('5'),
  long: Long.fromString('9007199254740993'),
  power: Long.fromString('1152921504606846976'),
  list: [Decimal128.fromString('5'), 1],
};
const CONDITIONS = [
  { 'data.x': { $gt: 1000 } },
  { $nor: [{ 'data.x': { $gt: 1000 } }] },
  { 'data.x': 5000 },
  { 'data.x': { $ne: 5 } },
  { 'data.x': { $in: [5, 2 ** 60] } },
  { 'data.x': { $nin: [5000] } },
  { 'data.x': '$user.level' },
  { 'data.x': '$data.same' },
  { 'data.x': { $ne: '$data.other' } },
  { 'data.x': { $in: '$data.all' } },
];
const ALICE = new SecureUser({ userName: 'alice', attributes: { level: 5000 } });

describeStores('numbers in types of a database', ['memory', 'mongo'], (kind) => {
  let on: Filled;
  beforeAll(async () => {
    on = await filled(
      kind,
      Object.entries(NUMBERS).map(([id, x]) => ({
        document: { id, data: { x, same: x, other: 5000, all: [1, x] } } as StoredInstance,
        derived: false,
      })),
    );
  });
  afterAll(() => on.close());

  test.each(CONDITIONS)('%j decides as it lists', async (condition) => {
    const point = createDecisionPoint([
      {
        name: 'numbers',
        answer: () => ({ permissive: [{ id: 'n', says: '', when: parseCondition(condition) }] }),
      },
    ]);
    const plan = instancePlan(
      point.scope(ALICE, 'instance:read'),
      scopeOf(NOTHING),
      parseQuery({}, INSTANCE_FIELDS),
      {},
      { reindexed: false },
    );
    const listed = (await on.store.instances.find(plan as NonNullable<typeof plan>))
      .map(({ id }) => id)
      .sort();
    expect(listed).toEqual(
      on.rows
        .filter(({ document }) => point.allows(ALICE, 'instance:read', { instance: document }))
        .map(({ document }) => document.id)
        .sort(),
    );
    expect(listed.length).toBeGreaterThan(0);
  });
});
