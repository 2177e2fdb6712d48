import { Collection } from 'mongodb';
import { createGuard, SecureUser, type Guard, type Policy } from 'bpmn-guard';
import { and, eq, type Condition } from '../../src/core/condition/condition.js';
import { createDecisionPoint, type DecisionPoint } from '../../src/core/decision/decision-point.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import { deriveGuard } from '../../src/engine/model/derive.js';
import type { Store, StoredInstance } from '../../src/store/port.js';
import { SILENT } from '../support/guards.js';
import { markedStore, type MarkedStore } from '../support/marked-store.js';
import { onStores } from '../support/stores.js';
import { instancesOf, keys, permitted, tasksOf } from './truth.js';

const COUNT = 80;
/** Small, so that a list takes several pages, each of which begins amid several walks. */
const PAGE = 7;
const WAITING = { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** An instance with a finished task, one that waits, and one for whoever is in its group. */
function made(at: number): StoredInstance {
  const id = `i${String(at).padStart(4, '0')}`;
  const task = (seq: number, more: object): object => ({
    id: `${id}-${seq}`,
    seq,
    type: 'bpmn:UserTask',
    status: 'wait',
    candidateUsers: [],
    candidateGroups: [],
    ...more,
  });
  const document = {
    id,
    name: `m${(at * 5) % 40}`,
    status: 'running',
    data: { secret: at },
    items: [
      task(0, { elementId: `e${at}`, status: 'end', assignee: 'eve' }),
      task(1, { elementId: `e${at * 5}`, assignee: 'eve' }),
      task(2, {
        elementId: 'shared',
        candidateGroups: [`g${at * 5}`],
        assignee: at % 3 === 0 ? 'eve' : null,
      }),
    ],
  } as unknown as StoredInstance;
  deriveGuard(document, { rev: 1, startedBy: 'eve', items: {} });
  return document;
}

/** Permits reading tasks, and no instances. */
function onTasks(whens: readonly Condition[]): Policy {
  const rules = whens.map((when, at) => Object.freeze({ id: `r${at}`, says: `rule ${at}`, when }));
  const answer = Object.freeze({ permissive: Object.freeze(rules) });
  return { name: 'many', answer: (_who, operation) => (operation === 'task:read' ? answer : {}) };
}
const ofTask = (at: number, models: number): Condition =>
  and(eq('instance.name', `m${at % models}`), eq('item.elementId', `e${at}`));
const inGroups = (count: number): SecureUser =>
  new SecureUser({ userName: 'gil', userGroups: numbers(count).map((at) => `g${at}`) });
const ANN = new SecureUser({ userName: 'ann' });

/** What makes the marks, who asks, and how many marks a list of what waits is searched by. */
const CASES: [what: string, policy: Policy, who: SecureUser, marks: number][] = [
  ['400 elements', onTasks(numbers(400).map((at) => ofTask(at, 40))), ANN, 400],
  ['2,000 elements, as their 40 models', onTasks(numbers(2_000).map((at) => ofTask(at, 40))), ANN, 40],
  [
    '2,000 elements of as many models, as the tenant',
    onTasks(numbers(2_000).map((at) => ofTask(at, 2_000))),
    ANN,
    1,
  ],
  ['300 groups', onTasks([]), inGroups(300), 300],
  ['400 groups', onTasks([]), inGroups(400), 400],
  ['2,000 groups, as the tenant', onTasks([]), inGroups(2_000), 1],
];

/** MongoDB merges the scans of this many values at most; with more, it sorts all that it finds. */
const MOST_SCANS = 200;

/** The numbers of marks in a filter. */
const marksIn = (filter: unknown): number[] =>
  typeof filter !== 'object' || filter === null
    ? []
    : Object.entries(filter).flatMap(([key, value]) =>
        (key === 'guard.open' || key === 'guard.read') && Array.isArray((value as { $in?: unknown }).$in)
          ? [(value as { $in: string[] }).$in.length]
          : marksIn(value),
      );

onStores('A list that is searched by', (kind) => {
  let marked: MarkedStore;
  let store: Store;
  const rows = numbers(COUNT).map((at) => ({ document: made(at), derived: true }));
  beforeAll(async () => {
    marked = await markedStore(
      kind,
      rows.map(({ document }) => document),
    );
    store = marked.store;
  });
  afterAll(() => marked.close());

  async function pages(guard: Guard, who: SecureUser, filter: object): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await guard.api.data.find(
        { filter, limit: PAGE, after, getTotalCount: true } as never,
        who,
      );
      for (const { id, items } of page.data as unknown as { id: string; items: unknown }[])
        found.push(Array.isArray(items) ? id : `${id}/${(items as { id: string }).id}`);
      if (page.nextCursor !== null) {
        after = page.nextCursor;
        continue;
      }
      expect(page.totalCount).toBe(found.length);
      return found;
    }
  }

  const guardWith = (policy: Policy): Promise<Guard> =>
    createGuard({
      store: Object.create(store, { close: { value: async () => undefined } }) as Store,
      env: {},
      logger: SILENT,
      policies: [policy],
    });

  test('300 groups holds the same instances from the newest and from the oldest', async () => {
    const who = inGroups(300);
    const guard = await guardWith(onTasks([]));
    const point = createDecisionPoint([taskRulesPolicy, tenants, onTasks([])]);
    const readable = keys(permitted(point, who, 'instance:read', instancesOf(rows)));
    expect([readable.length > PAGE, readable.length < COUNT]).toEqual([true, true]);
    const list = async (direction: 1 | -1): Promise<string[]> =>
      (await guard.api.data.findInstances({}, who, { sort: { _id: direction } })).map(({ id }) => id);
    expect(await list(1)).toEqual(readable);
    expect(await list(-1)).toEqual([...readable].reverse());
    const page = await guard.api.data.find({ limit: PAGE, sort: { _id: 1 } }, who);
    const next = await guard.api.data.find(
      { limit: PAGE, sort: { _id: 1 }, after: page.nextCursor } as never,
      who,
    );
    expect([...page.data, ...next.data].map(({ id }) => id)).toEqual(readable.slice(0, 2 * PAGE));
    await guard.close();
  });

  if (kind === 'mongo')
    test('300 groups asks MongoDB for fewer marks at once than it merges, however the list is ordered by age', async () => {
      const who = inGroups(300);
      const guard = await guardWith(onTasks([]));
      const find = jest.spyOn(Collection.prototype, 'find');
      const aggregate = jest.spyOn(Collection.prototype, 'aggregate');
      await guard.api.data.find({ filter: WAITING, limit: PAGE } as never, who);
      await guard.api.data.find({ limit: PAGE }, who);
      await guard.api.data.find({ limit: PAGE, sort: { _id: 1 } }, who);
      const walked = [
        ...find.mock.calls.filter(([, options]) => options?.sort !== undefined).map(([filter]) => filter),
        ...aggregate.mock.calls
          .filter(([stages]) => stages?.some((stage) => '$sort' in stage))
          .map(([stages]) => stages),
      ].map(marksIn);
      jest.restoreAllMocks();
      const counts = walked.flat();
      expect(Math.max(...counts)).toBeLessThanOrEqual(MOST_SCANS);
      // Three lists, in three walks each.
      expect(counts).toHaveLength(9);
      await guard.close();
    });

  test.each(CASES)(
    '%s holds what the decision permits, once, page by page',
    async (_what, policy, who, marks) => {
      const point: DecisionPoint = createDecisionPoint([taskRulesPolicy, tenants, policy]);
      const findItems = jest.spyOn(store.instances, 'findItems');
      const guard = await guardWith(policy);
      const tasks = permitted(point, who, 'task:read', tasksOf(rows));
      const waiting = tasks.filter(({ item }) => item?.status === 'wait');
      expect(waiting.length).toBeGreaterThan(PAGE);

      const found = await pages(guard, who, WAITING);
      expect([...found].sort()).toEqual(keys(waiting));
      const searched = findItems.mock.calls.map(([plan]) => plan.marks?.anyOf.length);
      expect(Math.max(...searched.map((count) => count ?? 0))).toBeGreaterThanOrEqual(marks);
      expect(Math.max(...searched.map((count) => count ?? 0))).toBeLessThan(marks + 20);
      // Newest first.
      const order = found.map((key) => key.split('/')[0] as string);
      expect(order).toEqual([...order].sort().reverse());

      expect(
        (await guard.api.data.findItems({}, who)).map(({ instanceId, id }) => `${instanceId}/${id}`).sort(),
      ).toEqual(keys(tasks));
      findItems.mockRestore();
      await guard.close();
    },
  );
});
