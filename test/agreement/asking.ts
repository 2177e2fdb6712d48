import type { DecisionPoint } from '../../src/core/decision/decision-point.js';
import type { Scope } from '../../src/core/decision/scope.js';
import type { SecureUser } from '../../src/core/principal.js';
import { parseQuery, type CallerQuery } from '../../src/store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../src/store/query/query-fields.js';
import type { Store, StoredInstance, StoredItem } from '../../src/store/port.js';
import type { Hidden } from '../../src/store/query/hidden.js';
import { instancePlan, itemPlan, type ScopedOptions } from '../../src/store/query/scoped-query.js';
import type { Row } from './corpus.js';
import { answers, looksInside } from './oracle.js';
import { instancesOf, itemsOf, keys, tasksOf } from './truth.js';

type Query = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly items: string[];
  readonly instances: string[];
}

/** What is left of a row for somebody from whom some of it is hidden. */
export interface Cut {
  instance(instance: StoredInstance): StoredInstance;
  item(instance: StoredInstance, item: StoredItem): StoredItem;
  isHidden(instance: StoredInstance, item: StoredItem, field: string): boolean;
}
const NOTHING_CUT: Cut = {
  instance: (instance) => instance,
  item: (_instance, item) => item,
  isHidden: () => false,
};

/** What may be listed, decided row by row; and what the query finds of it, asked of what may be seen. */
export function expected(
  point: DecisionPoint,
  rows: readonly Row[],
  who: SecureUser,
  asked: Query,
  shown: Cut = NOTHING_CUT,
): Answer {
  const mine = new Set(
    tasksOf(rows)
      .filter(({ instance, item }) =>
        point.allows(who, 'task:read', { instance, ...(item === undefined ? {} : { item }) }),
      )
      .map(({ item }) => item),
  );
  const readable = instancesOf(rows).filter(({ instance }) =>
    point.allows(who, 'instance:read', { instance }),
  );
  const inside = looksInside(asked);
  return {
    items: keys(
      tasksOf(rows).filter(
        ({ instance, item }) =>
          item !== undefined &&
          mine.has(item) &&
          (!inside || readable.some((thing) => thing.instance === instance)) &&
          answers(asked, shown.instance(instance), [shown.item(instance, item)]),
      ),
    ),
    instances: keys(
      readable.filter(({ instance }) =>
        answers(
          asked,
          shown.instance(instance),
          itemsOf(instance)
            .filter((item) => mine.has(item))
            .map((item) => shown.item(instance, item)),
          (item, field) => shown.isHidden(instance, item, field),
        ),
      ),
    ),
  };
}

/** What the store answers, in its order; the counts must agree with the lists. */
export async function ask(
  point: DecisionPoint,
  store: Store,
  who: SecureUser,
  asked: Query,
  reindexed: boolean,
  hidden?: Hidden,
): Promise<Answer> {
  const parsed = parseQuery(asked, INSTANCE_FIELDS);
  const [tasks, instances] = [point.scope(who, 'task:read'), point.scope(who, 'instance:read')];
  const ofItems = itemPlan(tasks, instances, parsed, {}, { reindexed, hidden });
  const ofInstances = instancePlan(instances, tasks, parsed, {}, { reindexed, hidden });
  const rows = ofItems === undefined ? [] : await store.instances.findItems(ofItems);
  const found = ofInstances === undefined ? [] : await store.instances.find(ofInstances);
  if (ofItems !== undefined) expect(await store.instances.countItems(ofItems)).toBe(rows.length);
  if (ofInstances !== undefined) expect(await store.instances.count(ofInstances)).toBe(found.length);
  const items = rows.map(({ id, items }) => `${id}/${items.id}`);
  const [oldest] = await store.instances.find({
    filter: {},
    sort: [['_id', 1]],
    limit: 1,
    without: ['items'],
  });
  for (const id of new Set([oldest?.id, rows.at(-1)?.id]))
    if (typeof id === 'string')
      expect(await ofOne(point, store, who, id, parsed, { reindexed, hidden })).toEqual(
        items.filter((key) => key.startsWith(`${id}/`)),
      );
  return { items, instances: found.map(({ id }) => id) };
}

/** What a query finds that also names the instance: the rules are not stated in it. */
async function ofOne(
  point: DecisionPoint,
  store: Store,
  who: SecureUser,
  id: string,
  asked: CallerQuery,
  options: ScopedOptions,
): Promise<string[]> {
  const query: CallerQuery = { kind: 'and', of: [parseQuery({ id }, INSTANCE_FIELDS), asked] };
  const [tasks, instances] = (['task:read', 'instance:read'] as const).map((operation) =>
    point.ask(who, operation).scopeOfOne(),
  ) as [Scope, Scope];
  const plan = itemPlan(tasks, instances, query, {}, options);
  const rows = plan === undefined ? [] : await store.instances.findItems(plan);
  return rows.map(({ items }) => `${id}/${items.id}`);
}

export const sorted = ({ items, instances }: Answer): Answer => ({
  items: [...items].sort(),
  instances: [...instances].sort(),
});

export async function fill(store: Store, rows: readonly Row[]): Promise<void> {
  const before = await store.instances.find({ filter: {}, without: ['items', 'data', 'logs'] });
  await store.instances.remove(
    before.map(({ id }) => id),
    {},
  );
  for (const { document } of rows) await store.instances.insert(document);
}

/** Fails when what was to be found was always nothing, or always all. */
export class Sizes {
  private readonly seen = new Set<string>();
  note(found: number, all: number): void {
    if (all > 0) this.seen.add(found === 0 ? 'none' : found === all ? 'all' : 'some');
  }
  check(): void {
    // Neither always empty nor always total.
    expect([...this.seen]).toContain('some');
  }
}
