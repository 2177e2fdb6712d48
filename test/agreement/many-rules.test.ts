import { calculateObjectSize } from 'bson';
import { createGuard, SecureUser, type Guard, type Policy } from 'bpmn-guard';
import { Collection } from 'mongodb';
import { and, compare, eq, ne, not, or, type Condition } from '../../src/core/condition/condition.js';
import { createDecisionPoint, type DecisionPoint } from '../../src/core/decision/decision-point.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import { deriveGuard } from '../../src/engine/model/derive.js';
import type { Store, StoredInstance } from '../../src/store/port.js';
import { SILENT } from '../support/guards.js';
import { markedStore, type MarkedStore } from '../support/marked-store.js';
import { onStores } from '../support/stores.js';
import { ask, expected, sorted, type Answer } from './asking.js';
import { instancesOf, tasksOf } from './truth.js';

const USER_TASK = 'bpmn:UserTask';
const INSTANCES = 80;
const MODELS = 25;
const PAGE = 7;
const COUNT = 10_000;
/** A query has at most 64 KB of conditions and as much of marks, and what the caller asks. */
const MOST_BYTES = 136 * 1024;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const ANN = new SecureUser({ userName: 'ann', userGroups: ['hr'] });

/** An instance with a task that waits for a group and one that has ended. */
function made(at: number): StoredInstance {
  const id = `i${String(at).padStart(4, '0')}`;
  const task = (seq: number, more: object): object => ({ id: `${id}-${seq}`, seq, type: USER_TASK, ...more });
  const document = {
    id,
    name: `m${at % MODELS}`,
    status: at % 3 === 0 ? 'end' : 'running',
    data: { region: `r${at % 4}`, amount: at * 10, requester: at % 2 === 0 ? 'ann' : 'bob' },
    items: [
      task(0, { elementId: `e${at}`, status: 'end', assignee: at % 5 === 0 ? 'ann' : 'eve' }),
      task(1, {
        elementId: `e${at + MODELS}`,
        status: 'wait',
        candidateGroups: at % 2 === 0 ? ['hr'] : ['it'],
      }),
    ],
  } as unknown as StoredInstance;
  deriveGuard(document, { rev: 1, startedBy: 'eve', items: {} });
  return document;
}
const rows = numbers(INSTANCES).map((at) => ({ document: made(at), derived: true }));

/** The element of its model that the rule is about; the first rules are about elements that rows have. */
const ofElement = (at: number): Condition =>
  and(eq('instance.name', `m${at % MODELS}`), eq('item.elementId', `e${at}`));
const region = (at: number): string => `r${at % 3}`;

interface Rules {
  readonly task: Condition;
  /** Rules about the instance alone. */
  readonly instance: Condition;
}

/** What the rules say of elements of models, or of models. */
const SAY: readonly [what: string, effect: 'permissive' | 'restrictive', rule: (at: number) => Rules][] = [
  [
    'model and element alone',
    'permissive',
    (at) => ({
      task: ofElement(at * 3),
      instance: and(eq('instance.name', `m${at * 2}`), ne('instance.status', 'x')),
    }),
  ],
  [
    'something about the data for each',
    'permissive',
    (at) => ({
      task: and(
        ofElement(at),
        eq('instance.data.region', region(at)),
        compare('lt', 'instance.data.amount', at * 11),
      ),
      instance: and(eq('instance.name', `m${at}`), compare('lt', 'instance.data.amount', 100 + at)),
    }),
  ],
  [
    'a different amount each, and no model',
    'permissive',
    (at) => ({
      task: and(
        eq('item.elementId', `e${at}`),
        not(compare('gt', 'instance.data.amount', at * 10 + (at % 2) - 1)),
      ),
      instance: eq('instance.data.amount', at * 20),
    }),
  ],
  [
    'what is excluded',
    'restrictive',
    (at) => ({
      task: not(and(ofElement(at), eq('instance.data.region', region(at)))),
      instance: not(and(eq('instance.name', `m${at}`), compare('gt', 'instance.data.amount', 150 + at))),
    }),
  ],
  [
    'what is required',
    'restrictive',
    (at) => ({
      task: or(ne('item.elementId', `e${at}`), ne('instance.data.region', region(at))),
      instance: or(ne('instance.name', `m${at}`), compare('lt', 'instance.data.amount', 300 + at)),
    }),
  ],
];

const NOTHING_MORE = Object.freeze({});
const ALL = Object.freeze({
  permissive: Object.freeze([Object.freeze({ id: 'all', says: 'all', when: ne('instance.status', 'none') })]),
});
/** Everybody reads all of the tenant, so that restrictions have something to restrict. */
const OPEN: Policy = {
  name: 'open',
  answer: (_who, operation) =>
    operation === 'task:read' || operation === 'instance:read' ? ALL : NOTHING_MORE,
};

function manyRules(effect: 'permissive' | 'restrictive', count: number, rule: (at: number) => Rules): Policy {
  const answer = (part: keyof Rules): object =>
    Object.freeze({
      [effect]: Object.freeze(
        numbers(count).map((at) => Object.freeze({ id: `r${at}`, says: `rule ${at}`, when: rule(at)[part] })),
      ),
    });
  const [tasks, instances] = [answer('task'), answer('instance')];
  return {
    name: 'many',
    answer: (_who, operation) =>
      operation === 'task:read' ? tasks : operation === 'instance:read' ? instances : NOTHING_MORE,
  };
}

/** The policies of an application with so many rules. */
const policiesOf = (count: number, [, effect, rule]: (typeof SAY)[number]): Policy[] => [
  ...(effect === 'restrictive' ? [OPEN] : []),
  manyRules(effect, count, rule),
];
const pointOf = (policies: readonly Policy[]): DecisionPoint =>
  createDecisionPoint([taskRulesPolicy, tenants, ...policies]);

/** Decision points with 10,000 rules; compiled once. */
const MANY = new Map<string, DecisionPoint>();
function manyPoint(said: (typeof SAY)[number]): DecisionPoint {
  const point = MANY.get(said[0]) ?? pointOf(policiesOf(COUNT, said));
  MANY.set(said[0], point);
  return point;
}

/** Queries about items and instances, positive and negative. */
const QUERIES: readonly object[] = [
  {},
  { 'items.status': 'wait' },
  { 'items.candidateGroups': { $ne: 'hr' } },
  { $nor: [{ items: { $elemMatch: { status: 'wait', candidateGroups: 'hr' } } }] },
  { $or: [{ 'items.assignee': null, status: 'running' }, { 'data.region': 'r1' }] },
];

/** The calls of the driver that carry a query, and where. */
const SENT = ['find', 'aggregate', 'countDocuments', 'distinct', 'findOne'] as const;

onStores('Under 10,000 rules', (kind) => {
  let marked: MarkedStore;
  let store: Store;
  beforeAll(async () => {
    marked = await markedStore(
      kind,
      rows.map(({ document }) => document),
    );
    store = marked.store;
  });
  afterAll(() => marked.close());
  afterEach(() => jest.restoreAllMocks());

  /** The size of the largest query that the store or its driver gets from now on. */
  function largest(): () => number {
    const spies =
      kind === 'mongo'
        ? SENT.map((name) => jest.spyOn(Collection.prototype, name as 'find'))
        : (['find', 'findItems', 'count', 'countItems'] as const).map((name) =>
            jest.spyOn(store.instances, name as 'count'),
          );
    return () => {
      const calls = spies.flatMap((spy) => spy.mock.calls as unknown[][]);
      expect(calls.length).toBeGreaterThan(0);
      return Math.max(...calls.map(([query]) => calculateObjectSize({ query }, { ignoreUndefined: true })));
    };
  }

  test.each(SAY)('about %s, lists and counts are what the decision permits', async (...said) => {
    const point = manyPoint(said);
    const seen = { items: new Set<number>(), instances: new Set<number>() };
    const size = largest();
    for (const [at, query] of QUERIES.entries())
      for (const reindexed of [at % 2 === 0]) {
        const answer = expected(point, rows, ANN, query as Record<string, unknown>);
        const found: Answer = await ask(point, store, ANN, query as Record<string, unknown>, reindexed);
        expect({ query, ...sorted(found) }).toEqual({ query, ...sorted(answer) });
        seen.items.add(answer.items.length);
        seen.instances.add(answer.instances.length);
      }
    expect(size()).toBeLessThan(MOST_BYTES);
    const [tasks, instances] = [tasksOf(rows).length, instancesOf(rows).length];
    expect(seen.items.size).toBeGreaterThan(2);
    expect(Math.max(...seen.items)).toBeLessThan(tasks);
    expect(Math.max(...seen.instances)).toBeLessThan(instances);
  });

  async function pages(guard: Guard, request: object): Promise<{ ids: string[]; total: number }> {
    const ids: string[] = [];
    for (let after: string | null = null; ;) {
      const asked = { ...request, limit: PAGE, after, getTotalCount: true };
      const page = await guard.api.data.find(asked as never, ANN);
      for (const { id, items } of page.data as unknown as { id: string; items: unknown }[])
        ids.push(Array.isArray(items) ? id : `${id}/${(items as { id: string }).id}`);
      if (page.nextCursor === null) return { ids, total: page.totalCount as number };
      // A page that is not the last is full: rows that are not permitted take no place.
      expect(page.data).toHaveLength(PAGE);
      after = page.nextCursor;
    }
  }

  test.each(SAY.filter((_said, at) => at % 2 === 1))(
    'about %s, pages are full and hold each permitted row once, in order',
    async (...said) => {
      const policies = policiesOf(2_000, said);
      const guard = await createGuard({
        store: Object.create(store, { close: { value: async () => undefined } }) as Store,
        env: {},
        logger: SILENT,
        policies,
      });
      const point = pointOf(policies);
      const { items } = expected(point, rows, ANN, { 'items.type': USER_TASK });
      expect(items.length).toBeGreaterThan(PAGE);
      for (const sort of [undefined, { 'items.seq': -1, name: 1 }]) {
        const { ids, total } = await pages(guard, {
          filter: { 'items.type': USER_TASK },
          ...(sort && { sort }),
        });
        expect([...ids].sort()).toEqual([...items].sort());
        expect(total).toBe(items.length);
      }
      const ofInstances = expected(point, rows, ANN, {}).instances;
      for (const sort of [undefined, { name: -1 }]) {
        const { ids, total } = await pages(guard, { filter: {}, ...(sort && { sort }) });
        expect([...ids].sort()).toEqual([...ofInstances].sort());
        expect(total).toBe(ofInstances.length);
      }
      await guard.close();
    },
  );

  test.each([10, 1_000])('%s of them make a query of a bounded size', async (count) => {
    for (const said of SAY) {
      const size = largest();
      const point = pointOf(policiesOf(count, said));
      await ask(point, store, ANN, QUERIES[4] as Record<string, unknown>, true);
      expect({ said, small: size() < MOST_BYTES }).toEqual({ said, small: true });
      jest.restoreAllMocks();
    }
  });
});
