import { createDecisionPoint } from '../../src/core/decision/decision-point.js';
import { OPERATIONS, type Operation, type ResourceKind } from '../../src/core/operation.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import type { SecureUser } from '../../src/core/principal.js';
import { parseQuery } from '../../src/store/query/caller-query.js';
import { INSTANCE_FIELDS, MODEL_FIELDS } from '../../src/store/query/query-fields.js';
import { instancePlan, itemPlan, modelPlan } from '../../src/store/query/scoped-query.js';
import { sample } from '../support/cases.js';
import { PRINCIPALS } from './principals.js';
import { describeStores, filled, type Filled } from './stores.js';
import { difference, instancesOf, permitted, tasksOf, type Thing } from './truth.js';

const point = createDecisionPoint([taskRulesPolicy, tenants]);
const ALL = parseQuery({}, INSTANCE_FIELDS);
const operationsOf = (kind: ResourceKind): Operation[] =>
  (Object.keys(OPERATIONS) as Operation[]).filter((operation) => OPERATIONS[operation].kind === kind);
const everybody = Object.entries(PRINCIPALS);
const operations = Object.keys(OPERATIONS);
const RIGHT = { extra: [], missing: [] };

/** Everybody asks the store in memory; of the slower ones a part asks, another for each operation. */
const asking = (kind: string, operation: Operation): typeof everybody =>
  kind === 'memory' ? everybody : [...sample(everybody, 4, operations.indexOf(operation))];

/** Expected sets that are always empty, or always all, say nothing. */
function checkSizes(sizes: ReadonlySet<string>): void {
  expect([...sizes]).toEqual(expect.arrayContaining(['some']));
  expect(sizes.size).toBeGreaterThan(1);
}

describeStores('Scoped lists are what the decision permits', ['memory', 'folder', 'mongo'], (kind) => {
  let place: Filled;
  beforeAll(async () => {
    place = await filled(kind);
  });
  afterAll(() => place.close());

  /** Equal plans give equal answers: each is asked of the store once. */
  const answers = new Map<string, Promise<string[]>>();
  function once(plan: unknown, ask: () => Promise<string[]>): Promise<string[]> {
    const key = JSON.stringify(plan);
    let answer = answers.get(key);
    if (answer === undefined) answers.set(key, (answer = ask()));
    return answer;
  }

  async function items(principal: SecureUser, operation: Operation, reindexed: boolean): Promise<string[]> {
    const plan = itemPlan(
      point.scope(principal, operation),
      point.scope(principal, 'instance:read'),
      ALL,
      {},
      { reindexed },
    );
    if (plan === undefined) return [];
    return once(plan, async () => {
      const rows = await place.store.instances.findItems(plan);
      expect(await place.store.instances.countItems(plan)).toBe(rows.length);
      return rows.map(({ id, items: item }) => `${id}/${item.id}`);
    });
  }

  async function instances(
    principal: SecureUser,
    operation: Operation,
    reindexed: boolean,
  ): Promise<string[]> {
    const plan = instancePlan(
      point.scope(principal, operation),
      point.scope(principal, 'task:read'),
      ALL,
      {},
      { reindexed },
    );
    if (plan === undefined) return [];
    return once(plan, async () => {
      const rows = await place.store.instances.find({
        ...plan,
        without: ['source', 'svg', 'logs', 'savePoints', 'items', 'data'],
      });
      expect(await place.store.instances.count(plan)).toBe(rows.length);
      return rows.map(({ id }) => id);
    });
  }

  async function compare(operation: Operation, things: readonly Thing[], list: typeof items): Promise<void> {
    const sizes = new Set<string>();
    for (const [name, principal] of asking(kind, operation)) {
      const expected = permitted(point, principal, operation, things);
      for (const thing of things.slice(0, 40))
        expect(point.allows(principal, operation, thing)).toBe(expected.includes(thing));
      sizes.add(expected.length === 0 ? 'none' : expected.length === things.length ? 'all' : 'some');
      for (const reindexed of [false, true])
        expect({
          name,
          ...difference(await list(principal, operation, reindexed), expected, reindexed),
        }).toEqual({ name, ...RIGHT });
    }
    if (kind === 'memory') checkSizes(sizes);
  }

  test.each(operationsOf('task'))('a list for %s shows what decisions allow', (operation) =>
    compare(operation, tasksOf(place.rows), items),
  );
  test.each(operationsOf('instance'))('a list for %s shows what decisions allow', (operation) =>
    compare(operation, instancesOf(place.rows), instances),
  );

  test.each(operationsOf('model').filter((operation) => operation !== 'instance:start'))(
    'a list for %s shows what decisions allow',
    async (operation) => {
      const sizes = new Set<string>();
      for (const [name, principal] of asking(kind, operation)) {
        const names = permitted(point, principal, 'instance:read', instancesOf(place.rows)).map(
          ({ instance }) => instance.name,
        );
        const facts = { readableModels: names.filter((entry) => typeof entry === 'string') };
        const expected = place.models
          .filter((model) => point.decide(principal, operation, { model }, facts).allowed)
          .map((model) => `${String(model.owner)}/${model.name}`);
        const plan = modelPlan(point.scope(principal, operation, facts), parseQuery({}, MODEL_FIELDS));
        const found =
          plan === undefined
            ? []
            : (await place.store.models.find(plan.filter, { without: ['source', 'svg'] })).map(
                (model) => `${String(model.owner)}/${model.name}`,
              );
        sizes.add(expected.length === 0 ? 'none' : expected.length === place.models.length ? 'all' : 'some');
        expect({ name, found: found.sort() }).toEqual({ name, found: expected.sort() });
      }
      if (kind === 'memory') checkSizes(sizes);
    },
  );
});
