import { createGuard, type Guard, type SecureUser } from 'bpmn-guard';
import fc from 'fast-check';
import { createDecisionPoint } from '../../src/core/decision/decision-point.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import { openStore } from '../../src/store/open.js';
import type { StoredInstance } from '../../src/store/port.js';
import {
  draft,
  drafts,
  instanceFields,
  itemFields,
  principal,
  query,
  stored,
  type Draft,
} from './arbitraries.js';
import { fill } from './asking.js';
import { USER_TASK } from './corpus.js';
import { itemsOf } from './truth.js';

type Fields = Readonly<Record<string, unknown>>;

const point = createDecisionPoint([taskRulesPolicy, tenants]);

/** What a principal may see of a document: whether the instance, and which of its items. */
function sight(who: SecureUser, instance: StoredInstance): { readable: boolean; items: string[] } {
  const items = itemsOf(instance).filter((item) => point.allows(who, 'task:read', { instance, item }));
  return { readable: point.allows(who, 'instance:read', { instance }), items: items.map(({ id }) => id) };
}

const sees = (all: readonly Draft[], who: SecureUser): string =>
  JSON.stringify(all.map((one, i) => sight(who, stored(one, i))));

/** An item of strangers: nobody who asks has a right to it, and it does not come with its instance. */
const ofStrangers = (item: Fields): Fields => ({
  ...item,
  type: USER_TASK,
  assignee: 'zoe',
  candidateUsers: ['zoe', 'yan'],
  candidateGroups: 'strangers',
  guard: { owner: 'yan' },
});

/**
 * The same drafts with all else in the place of what is hidden: items, fields of instances that may not be
 * read, whole instances.
 */
function disguised(
  all: readonly Draft[],
  who: SecureUser,
  instead: Draft,
  hiddenItems: readonly Fields[],
): Draft[] {
  return all.map((one, index) => {
    const { readable, items } = sight(who, stored(one, index));
    if (!readable && items.length === 0)
      return {
        ...instead,
        items: instead.items.map(ofStrangers),
        fields: { ...instead.fields, tenantId: one.fields.tenantId },
      };
    const visible = (i: number): boolean => items.includes(`g${index}-${i}`);
    const list = [...one.items, {}].map((item, i) =>
      visible(i) ? item : ofStrangers(hiddenItems[i % hiddenItems.length] as Fields),
    );
    // Beside its items a reader sees name and version of an instance.
    const { name, version, tenantId } = one.fields;
    return readable
      ? { ...one, items: list }
      : {
          ...instead,
          fields: { ...instead.fields, name, version, tenantId },
          startedBy: one.startedBy,
          items: list,
        };
  });
}

interface Case {
  readonly all: Draft[];
  readonly who: SecureUser;
  readonly instead: Draft;
  readonly hidden: Fields[];
  readonly asked: readonly Fields[];
  readonly sort: Fields;
}

const sort = fc.constantFrom<Fields>(
  {},
  { name: 1 },
  { status: 1 },
  { 'data.x': -1 },
  { startedBy: 1, version: -1 },
  { 'items.assignee': 1 },
  { 'items.dueDate': -1, 'items.seq': 1 },
);
const cases: fc.Arbitrary<Case> = fc.record({
  all: drafts,
  who: principal.filter((one) => !one.isAdmin()),
  instead: fc.record({
    fields: instanceFields,
    items: fc.array(itemFields, { maxLength: 2 }),
    startedBy: fc.constantFrom('zoe', undefined),
    roles: draft.map(({ roles }) => roles),
  }),
  hidden: fc.array(itemFields, { minLength: 1, maxLength: 3 }),
  asked: fc.array(query, { minLength: 3, maxLength: 3 }),
  sort,
});

/** Everything that a principal can learn by lists: rows, order, pages, totals. */
async function everything(
  guard: Guard,
  who: SecureUser,
  asked: readonly Fields[],
  order: Fields,
): Promise<unknown[]> {
  const { data, tasks } = guard.api;
  const learnt: unknown[] = [];
  for (const filter of asked) {
    learnt.push(
      await data.findItems(filter, who),
      await data.findInstances(filter, who),
      await tasks.count(filter, who),
      await data.getPendingUserTasks(filter, who),
    );
    const ofItems = { $and: [filter, { 'items.id': { $exists: true } }] };
    for (const request of [
      { filter, limit: 4 },
      { filter: ofItems, limit: 3, sort: order },
    ]) {
      for (let after: string | null = null, i = 0; i === 0 || after !== null; i++) {
        const page = await data.find({ ...request, after, getTotalCount: true } as never, who);
        learnt.push(page);
        after = page.nextCursor;
      }
    }
  }
  return learnt;
}

describe.each([false, true])('With the marker of a complete reindex: %s', (reindexed) => {
  let guard: Guard;
  beforeAll(async () => {
    const store = await openStore({ memory: true });
    if (!reindexed)
      await store.instances.insert({ id: 'legacy', name: 'legacy', tenantId: 'of nobody', items: [] });
    guard = await createGuard({ store, env: {} });
    expect((await guard.health()).reindexed).toBe(reindexed);
  });
  afterAll(() => guard.close());

  /** Puts documents in the places of those that are there, so that only their contents differ. */
  async function put(all: readonly Draft[]): Promise<void> {
    for (const [index, one] of all.entries()) {
      const { id, _id, ...fields } = stored(one, index);
      const rev = ((await guard.store.instances.load(id)) as StoredInstance).guard?.rev;
      expect(await guard.store.instances.update(id, rev, { tenantId: null, ...fields })).toBe(true);
    }
  }

  test('what is hidden changes nothing that lists tell: no row, no order, no page, no total', async () => {
    let changed = 0;
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ all, who, instead, hidden, asked, sort: order }) => {
        const other = disguised(all, who, instead, hidden);
        // What takes the place of a hidden thing may itself be visible: then it is another case.
        fc.pre(sees(all, who) === sees(other, who));
        await fill(
          guard.store,
          all.map((one, index) => ({ document: stored(one, index), derived: true })),
        );
        const before = await everything(guard, who, asked, order);
        await put(other);
        const after = await everything(guard, who, asked, order);
        expect(after).toEqual(before);
        if (JSON.stringify(all) !== JSON.stringify(other)) changed++;
        if ((before[0] as unknown[]).length > 0) seen++;
      }),
      { numRuns: 60, interruptAfterTimeLimit: 12_000 },
    );
    expect(Math.min(changed, seen)).toBeGreaterThan(0);
  });
});
