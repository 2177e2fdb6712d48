import fc from 'fast-check';
import { parseCondition } from '../../src/core/condition/json.js';
import { NOTHING, type Condition } from '../../src/core/condition/condition.js';
import { createDecisionPoint, type DecisionPoint } from '../../src/core/decision/decision-point.js';
import { isGuardError } from '../../src/core/errors.js';
import type { Operation } from '../../src/core/operation.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import type { Policy } from '../../src/core/policy.js';
import type { SecureUser } from '../../src/core/principal.js';
import { parseQuery } from '../../src/store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../src/store/query/query-fields.js';
import { speaksOf } from '../../src/store/query/filter.js';
import type { Store } from '../../src/store/port.js';
import { instancePlan, itemPlan } from '../../src/store/query/scoped-query.js';
import { condition, itemCondition } from '../core/arbitraries.js';
import { drafts, isQueryNotForJava, principal, query, rowsOf } from './arbitraries.js';
import { ask, expected, fill, Sizes, sorted } from './asking.js';
import type { Row } from './corpus.js';
import { PRINCIPALS } from './principals.js';
import { sample } from '../support/cases.js';
import { describeComparison, describeStores, filled, type Filled } from './stores.js';
import { difference, instancesOf, tasksOf } from './truth.js';

interface Conditions {
  readonly task: Condition;
  readonly instance: Condition;
}

/** A policy that says one thing of tasks and one of instances. */
function policy(name: string, effect: 'permissive' | 'restrictive', { task, instance }: Conditions): Policy {
  const when = (operation: Operation): Condition | undefined =>
    operation.startsWith('task:')
      ? task
      : operation.startsWith('instance:') && operation !== 'instance:start'
        ? instance
        : undefined;
  return {
    name,
    answer: (_principal, operation) => {
      const said = when(operation);
      return said === undefined ? {} : { [effect]: [{ id: 'custom', says: 'custom', when: said }] };
    },
  };
}

/** Policies in their JSON form: of tasks, and of instances. */
const WRITTEN: readonly [task: object, instance: object][] = [
  [{ 'item.assignee': '$data.requester' }, { 'data.requester': '$user.userName' }],
  [{ 'item.assignee': { $ne: '$data.requester' } }, { 'data.requester': { $ne: '$user.requester' } }],
  [{ 'item.assignee': { $in: '$role.owner' } }, { 'data.x': { $in: '$user.topics' } }],
  [
    { 'item.assignee': { $ne: '$user.userName' }, 'item.status': { $nin: ['end', 'discard'] } },
    { status: undefined, 'instance.status': 'running' },
  ],
  [
    { 'item.candidateGroups': { $in: '$user.userGroups' }, 'data.n': { $gte: 1, $lt: '$user.level' } },
    { 'data.n': { $gt: '$user.level' } },
  ],
  [
    { 'data.n': { $lte: '$user.level' } },
    { 'instance.startedAt': { $lt: new Date(40_000) }, 'instance.version': { $gte: 2, $lte: 5 } },
  ],
  [
    { $or: [{ 'item.seq': { $gt: 4 } }, { 'instance.guard.startedBy': '$user.userName' }] },
    { $nor: [{ 'instance.name': 'Invoice' }, { 'data.x': { $exists: true } }] },
  ],
  [
    { $not: { $and: [{ 'item.type': 'bpmn:UserTask' }, { 'instance.status': 'end' }] } },
    { items: { $elemMatch: { 'item.candidateUsers': '$user.userName', 'item.status': 'wait' } } },
  ],
  [
    { items: { $elemMatch: { 'item.assignee': 'bob' } }, 'item.type': { $ne: 'bpmn:StartEvent' } },
    { $nor: [{ items: { $elemMatch: { 'item.assignee': 'alice' } } }] },
  ],
  [
    { 'item.guard.completedBy': { $exists: true } },
    { items: { $elemMatch: { $nor: [{ 'item.type': 'bpmn:UserTask' }] } } },
  ],
  [
    { 'item.candidateUsers': { $not: { $exists: true } }, 'item.dueDate': { $gte: new Date(0) } },
    { 'instance.tenantId': { $exists: false } },
  ],
  [
    { 'instance.items.assignee': 'alice', 'item.type': 'bpmn:UserTask' },
    { 'instance.items.candidateGroups': { $ne: 'hr' } },
  ],
  [{ 'item.candidateUsers.0': 'alice' }, { 'data.x.y': 'alice' }],
  [{ 'item.assignee': '$user.missing' }, { $not: { 'data.requester': '$user.missing' } }],
];

const read = (json: object): Condition =>
  parseCondition(Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined)));
const EFFECTS = ['permissive', 'restrictive'] as const;

/** Those who are told apart by the policies; administrators pass what policies say. */
const ASKING = [
  'alice, no groups',
  'alice of acme',
  'bob of acme, several groups',
  'sam, who started much',
  'a group named like the user',
].map((name) => [name, PRINCIPALS[name] as SecureUser] as const);

describeStores(
  "A list under a policy of one's own is what the decision permits",
  ['memory', 'mongo'],
  (kind) => {
    let place: Filled;
    beforeAll(async () => {
      place = await filled(kind);
    });
    afterAll(() => place.close());

    const sizes = new Sizes();

    test.each(
      WRITTEN.flatMap(([task, instance]) =>
        EFFECTS.map(
          (effect) => [effect, JSON.stringify(task), JSON.stringify(instance), task, instance] as const,
        ),
      ),
    )('%s: tasks %s, instances %s', async (effect, _task, _instance, task, instance) => {
      const point = createDecisionPoint([
        taskRulesPolicy,
        tenants,
        policy('custom', effect, { task: read(task), instance: read(instance) }),
      ]);
      const all = parseQuery({}, INSTANCE_FIELDS);
      const [tasks, rows] = [tasksOf(place.rows), instancesOf(place.rows)];
      const asking =
        kind === 'mongo'
          ? sample(
              ASKING,
              3,
              WRITTEN.findIndex(([written]) => written === task),
            )
          : ASKING;
      for (const [name, who] of asking) {
        const mine = tasks.filter((thing) => point.allows(who, 'task:read', thing));
        const readable = rows.filter((thing) => point.allows(who, 'instance:read', thing));
        sizes.note(mine.length, tasks.length);
        for (const reindexed of kind === 'mongo' ? [true] : [false, true]) {
          const ofItems = itemPlan(
            point.scope(who, 'task:read'),
            point.scope(who, 'instance:read'),
            all,
            {},
            { reindexed },
          );
          const ofInstances = instancePlan(
            point.scope(who, 'instance:read'),
            point.scope(who, 'task:read'),
            all,
            {},
            { reindexed },
          );
          const items =
            ofItems === undefined
              ? []
              : (await place.store.instances.findItems(ofItems)).map(
                  ({ id, items: item }) => `${id}/${item.id}`,
                );
          const instances =
            ofInstances === undefined
              ? []
              : (
                  await place.store.instances.find({
                    ...ofInstances,
                    without: ['items', 'data', 'source', 'svg', 'logs', 'savePoints'],
                  })
                ).map(({ id }) => id);
          expect({ name, ...difference(items, mine, reindexed) }).toEqual({ name, extra: [], missing: [] });
          expect({ name, ...difference(instances, readable, reindexed) }).toEqual({
            name,
            extra: [],
            missing: [],
          });
        }
      }
    });

    test('the generated policies permit some resources and deny others', () => sizes.check());
  },
);

const ofInstance = condition.filter((one) => !speaksOf(one).item);
const conditions: fc.Arbitrary<Conditions> = fc.record({
  task: fc.oneof(condition, itemCondition),
  instance: fc.oneof(ofInstance, fc.constant(NOTHING)),
});
const policies = fc.record({
  rules: fc.boolean(),
  permits: conditions,
  restricts: fc.option(conditions, { nil: undefined }),
});
const cases = fc.record({
  drafts,
  asked: fc.array(fc.tuple(policies, principal, query), { minLength: 6, maxLength: 6 }),
});

type Policies = typeof policies extends fc.Arbitrary<infer T> ? T : never;
const pointOf = ({ rules, permits, restricts }: Policies): DecisionPoint =>
  createDecisionPoint([
    ...(rules ? [taskRulesPolicy] : []),
    tenants,
    policy('permits', 'permissive', permits),
    ...(restricts === undefined ? [] : [policy('restricts', 'restrictive', restricts)]),
  ]);

/** Asks, or says that the query on items cannot be combined with the policies. */
async function tryToAsk(
  ...args: Parameters<typeof ask>
): Promise<Awaited<ReturnType<typeof ask>> | undefined> {
  try {
    return await ask(...args);
  } catch (error) {
    if (
      isGuardError(error) &&
      error.code === 'bad-query' &&
      error.message.includes('cannot be combined with the rules in force')
    )
      return undefined;
    throw error;
  }
}

async function compare(stores: readonly Store[], runs: fc.Parameters<unknown>, java = false): Promise<void> {
  const sizes = new Sizes();
  let refused = 0;
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ drafts: made, asked }) => {
      const rows: Row[] = rowsOf(made);
      await Promise.all(stores.map((store) => fill(store, rows)));
      for (const [said, who, one] of asked.filter(([, , one]) => !java || !isQueryNotForJava(one))) {
        const point = pointOf(said);
        const found = await Promise.all(stores.map((store) => tryToAsk(point, store, who, one, true)));
        const [first] = found;
        for (const other of found) expect({ said, who, one, ...other }).toEqual({ said, who, one, ...first });
        if (first === undefined) refused++;
        else {
          answered++;
          expect({ said, who, one, ...sorted(first) }).toEqual({
            said,
            who,
            one,
            ...expected(point, rows, who, one),
          });
          sizes.note(first.items.length, tasksOf(rows).length);
          sizes.note(first.instances.length, rows.length);
        }
      }
    }),
    runs as fc.Parameters<[unknown]>,
  );
  sizes.check();
  expect(refused).toBeLessThan(answered / 2);
}

describeComparison('Decision and list under generated policies, permissive and restrictive', compare);
