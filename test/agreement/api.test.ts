import { createGuard, type FindPage, type Guard, type ItemView, type SecureUser } from 'bpmn-guard';
import { MARKS_FORMAT } from '../../src/core/marks/mark.js';
import { createDecisionPoint } from '../../src/core/decision/decision-point.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import { sample } from '../support/cases.js';
import { SILENT } from '../support/guards.js';
import { Sizes } from './asking.js';
import { answers } from './oracle.js';
import { PRINCIPALS } from './principals.js';
import { describeStores, filled, type Filled } from './stores.js';
import { difference, instancesOf, itemsOf, permitted, tasksOf, type Thing } from './truth.js';

const point = createDecisionPoint([taskRulesPolicy, tenants]);
const RIGHT = { extra: [], missing: [] };
const WAITING = { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' };
const everybody = Object.entries(PRINCIPALS);

interface Row {
  readonly id: string;
  readonly items?: unknown;
}
const keyOf = ({ instanceId, id }: ItemView): string => `${instanceId}/${id}`;
const keyOfRow = (row: Row): string =>
  Array.isArray(row.items) ? row.id : `${row.id}/${(row.items as Row).id}`;

/** All pages of a list, one after the other. */
async function pages(
  guard: Guard,
  who: SecureUser,
  request: Readonly<Record<string, unknown>>,
): Promise<{ rows: string[]; total: number }> {
  const rows: string[] = [];
  let total = -1;
  for (let after: string | null = null; ;) {
    const page: FindPage = await guard.api.data.find({ ...request, after, getTotalCount: true }, who);
    rows.push(...page.data.map((row) => keyOfRow(row as unknown as Row)));
    expect(page.data.length).toBeLessThanOrEqual(request.limit as number);
    if (total >= 0) expect(page.totalCount).toBe(total);
    total = page.totalCount as number;
    if (page.nextCursor === null) return { rows, total };
    after = page.nextCursor;
  }
}

describeStores('What the API lists is what the decision permits', ['memory', 'mongo'], (kind) => {
  describe.each([false, true])('with the marker of a complete reindex: %s', (reindexed) => {
    let place: Filled;
    let guard: Guard;
    beforeAll(async () => {
      place = await filled(kind);
      if (reindexed) await place.store.values('guard').set('reindexed', MARKS_FORMAT);
      guard = await createGuard({ store: place.store, env: {}, logger: SILENT });
      expect((await guard.health()).reindexed).toBe(reindexed);
    });
    afterAll(async () => {
      await guard.close();
      await place.close();
    });

    const check = (name: string, found: readonly string[], expected: readonly Thing[]): void =>
      expect({ name, ...difference(found, expected, reindexed) }).toEqual({ name, ...RIGHT });

    const sizes = new Sizes();
    const asking = kind === 'mongo' ? sample(everybody, 4, reindexed ? 1 : 0) : everybody;
    test.each(asking)('lists show to %s what decisions allow', async (name, who) => {
      const { data, tasks } = guard.api;
      const mine = permitted(point, who, 'task:read', tasksOf(place.rows));
      const readable = permitted(point, who, 'instance:read', instancesOf(place.rows));
      const waiting = mine.filter(
        ({ instance, item }) => item !== undefined && answers(WAITING, instance, [item]),
      );

      const items = await data.findItems({}, who);
      check(name, items.map(keyOf), mine);
      expect(await tasks.count({}, who)).toBe(items.length);
      const pending = await data.getPendingUserTasks({}, who);
      check(name, pending.map(keyOf), waiting);
      expect(await tasks.count(undefined, who)).toBe(pending.length);
      const instances = await data.findInstances({}, who);
      check(
        name,
        instances.map(({ id }) => id),
        readable,
      );

      sizes.note(mine.length, tasksOf(place.rows).length);
      sizes.note(readable.length, place.rows.length);

      const canRead = new Set(readable.map(({ key }) => key));
      for (const view of [...items, ...pending])
        expect('data' in view || 'instanceData' in view || 'vars' in view).toBe(canRead.has(view.instanceId));
      for (const view of instances) {
        const stored = readable.find(({ key }) => key === view.id) as Thing;
        const visible = itemsOf(stored.instance).filter((item) =>
          point.allows(who, 'task:read', { instance: stored.instance, item }),
        );
        expect(view.items.map(({ id }) => id)).toEqual(visible.map(({ id }) => id));
      }
      expect(JSON.stringify([items, instances])).not.toContain('secret');

      const limit = kind === 'mongo' ? 300 : 37;
      const ofInstances = await pages(guard, who, { limit });
      expect(ofInstances).toEqual({ rows: instances.map(({ id }) => id), total: instances.length });
      const ofItems = await pages(guard, who, { limit, filter: { 'items.id': { $exists: true } } });
      expect(ofItems).toEqual({ rows: items.map(keyOf), total: items.length });
      const bySeq = await pages(guard, who, {
        limit: 500,
        filter: WAITING,
        sort: { 'items.elementId': -1, name: 1 },
      });
      expect({ ...bySeq, rows: [...bySeq.rows].sort() }).toEqual({
        rows: pending.map(keyOf).sort(),
        total: pending.length,
      });
    });

    test('lists show a part of the rows to some', () => sizes.check());

    test.each(asking)('lists of models show to %s what decisions allow', async (_name, who) => {
      const names = permitted(point, who, 'instance:read', instancesOf(place.rows)).map(
        ({ instance }) => instance.name,
      );
      const facts = { readableModels: names.filter((entry) => typeof entry === 'string') };
      const readable = place.models.filter(
        (model) => point.decide(who, 'model:read', { model }, facts).allowed,
      );
      const [list, views, events] = await Promise.all([
        guard.api.model.list({}, who),
        guard.api.model.get({}, who),
        guard.api.model.findEvents({ 'events.elementId': 's' }, who),
      ]);
      const found = list.map(({ name: model }) => model).sort();
      // What a principal reads instances of is looked up, narrowed by tokens.
      const expected = readable.filter(
        ({ name: model }) => !reindexed || !['Invoice', 'Vacation'].includes(model) || found.includes(model),
      );
      expect(found).toEqual(expected.map(({ name: model }) => model).sort());
      expect(views.map((view) => view.name).sort()).toEqual(found);
      expect(views.some((view) => 'guard' in view)).toBe(false);
      expect(events).toHaveLength(
        readable.filter((model) => model.events !== undefined && expected.includes(model)).length,
      );
    });
  });
});
