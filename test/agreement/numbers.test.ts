import { Code, Decimal128, Long, MaxKey, MinKey } from 'bson';
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
  nearLong: 9007199254740992,
  double: 0.1,
  infinite: Decimal128.fromString('-Infinity'),
  huge: Decimal128.fromString('1E+400'),
};
/** MongoDB compares these by their value; the server that tests may use compares the nearest doubles. */
const EXACT: Readonly<Record<string, unknown>> = {
  tenth: Decimal128.fromString('0.1'),
  sameTenth: Decimal128.fromString('0.1000000000000000055511151231257827'),
  none: Decimal128.fromString('NaN'),
};
/** What is no number, text, flag, date or document; an instance has one or another. */
const OTHERS: Readonly<Record<string, unknown>> = {
  least: new MinKey(),
  most: new MaxKey(),
  code: new Code('return 1'),
  missing: null,
  text: 'a',
};
const CONDITIONS = [
  { 'data.x': { $gt: 1000 } },
  { $nor: [{ 'data.x': { $gt: 1000 } }] },
  { 'data.x': 5000 },
  { 'data.x': { $ne: 5 } },
  { 'data.x': { $in: [5, 2 ** 60] } },
  { 'data.x': { $nin: [5000] } },
  { 'data.x': { $lt: 5 } },
  { $nor: [{ 'data.x': { $lte: 5 } }] },
  { 'data.x': 9007199254740992 },
  { 'data.x': { $gt: 9007199254740992 } },
  { 'data.x': { $in: [9007199254740992, 7] } },
  { 'data.x': { $in: [0.1, 7] } },
  { 'data.x': { $lt: 0.1 } },
  { 'data.x': { $gte: 0.1 } },
  { 'data.x': { $gt: Number.MAX_VALUE } },
  { 'data.x': '$user.level' },
  { 'data.x': '$data.same' },
  { 'data.x': { $ne: '$data.other' } },
  { 'data.x': { $in: '$data.all' } },
];
const OF_OTHERS = [
  { 'data.x': { $exists: true } },
  { 'data.x': { $exists: false } },
  { 'data.x': { $ne: 'a' } },
  { 'data.x': 'a' },
  { $nor: [{ 'data.x': { $ne: 'b' } }] },
];
const ALICE = new SecureUser({ userName: 'alice', attributes: { level: 5000 } });

describeStores('values in types of a database', ['memory', 'mongo'], (kind) => {
  describe.each([
    ['numbers', kind === 'mongo' ? NUMBERS : { ...NUMBERS, ...EXACT }, CONDITIONS],
    ['others', OTHERS, OF_OTHERS],
  ])('%s', (_what, values, conditions) => {
    let on: Filled;
    beforeAll(async () => {
      on = await filled(
        kind,
        Object.entries(values).map(([id, x]) => ({
          document: { id, data: { x, same: x, other: 5000, all: [1, x] } } as StoredInstance,
          derived: false,
        })),
      );
    });
    afterAll(() => on.close());

    test.each(conditions as Record<string, unknown>[])('%j decides as it lists', async (condition) => {
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
      const stored = await on.store.instances.find({ filter: {} });
      expect(listed).toEqual(
        stored
          .filter((instance) => point.allows(ALICE, 'instance:read', { instance }))
          .map(({ id }) => id)
          .sort(),
      );
      expect(listed.length).toBeGreaterThan(0);
    });
  });
});
