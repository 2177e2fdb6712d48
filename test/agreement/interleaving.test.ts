import { createGuard, type Guard, type SecureUser } from 'bpmn-guard';
import { MARKS_FORMAT } from '../../src/core/marks/mark.js';
import { createDecisionPoint } from '../../src/core/decision/decision-point.js';
import { taskRulesPolicy } from '../../src/core/policies/task-rules.js';
import { tenants } from '../../src/core/policies/tenants.js';
import { CASES, sample } from '../support/cases.js';
import { SILENT } from '../support/guards.js';
import { PRINCIPALS } from './principals.js';
import { describeStores, filled, type Filled } from './stores.js';
import { instancesOf, keys, permitted, tasksOf, type Thing } from './truth.js';

const point = createDecisionPoint([taskRulesPolicy, tenants]);
const everybody = Object.values(PRINCIPALS);

describeStores('Many principals at once on one guard', ['memory', 'mongo'], (kind) => {
  const asking = kind === 'mongo' ? sample(everybody, 3) : everybody;
  let place: Filled;
  let guard: Guard;
  /** By principal: the items, waiting tasks and instances that are its own to see. */
  let own: Map<SecureUser, { items: string[]; instances: string[] }>;

  beforeAll(async () => {
    place = await filled(kind);
    await place.store.values('guard').set('reindexed', MARKS_FORMAT);
    guard = await createGuard({ store: place.store, env: {}, logger: SILENT });
    const sure = (things: readonly Thing[]): string[] => keys(things.filter(({ derived }) => derived));
    own = new Map(
      asking.map((who) => [
        who,
        {
          items: sure(permitted(point, who, 'task:read', tasksOf(place.rows))),
          instances: sure(permitted(point, who, 'instance:read', instancesOf(place.rows))),
        },
      ]),
    );
  });
  afterAll(async () => {
    await guard.close();
    await place.close();
  });

  const derived = (found: readonly string[], all: readonly Thing[]): string[] => {
    const sure = new Set(all.filter((thing) => thing.derived).map(({ key }) => key));
    return found.filter((key) => sure.has(key)).sort();
  };

  /** One question of one principal, in one of the ways in which an application asks. */
  const WAYS: readonly ((who: SecureUser) => Promise<void>)[] = [
    async (who) => {
      const found = (await guard.api.data.findItems({}, who)).map(
        ({ instanceId, id }) => `${instanceId}/${id}`,
      );
      expect(derived(found, tasksOf(place.rows))).toEqual(own.get(who)?.items);
    },
    async (who) => {
      const found = (await guard.as(who).data.findInstances({})).map(({ id }) => id);
      expect(derived(found, instancesOf(place.rows))).toEqual(own.get(who)?.instances);
    },
    async (who) => {
      const found = await guard.runAs(who, async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
        expect(guard.current()?.userName).toBe(who.userName);
        return guard.api.data.findItems();
      });
      expect(
        derived(
          found.map(({ instanceId, id }) => `${instanceId}/${id}`),
          tasksOf(place.rows),
        ),
      ).toEqual(own.get(who)?.items);
    },
    async (who) => {
      const found = await guard.runAs(who, () =>
        (guard.server.dataStore as { findInstances(query: object): Promise<{ id: string }[]> }).findInstances(
          {},
        ),
      );
      expect(
        derived(
          found.map(({ id }) => id),
          instancesOf(place.rows),
        ),
      ).toEqual(own.get(who)?.instances);
    },
    async (who) => {
      const [first, second] = await Promise.all([
        guard.api.tasks.count({}, who),
        guard.as(who).tasks.count({}),
      ]);
      expect(first).toBe(second);
      expect(first).toBeGreaterThanOrEqual(own.get(who)?.items.length as number);
    },
  ];

  test('interleaved calls are answered as if each were alone', async () => {
    const alone = new Map<SecureUser, number>();
    for (const who of asking) alone.set(who, await guard.api.tasks.count({}, who));
    expect(new Set(alone.values()).size).toBeGreaterThan(kind === 'mongo' ? 3 : 5);
    const rounds = kind === 'mongo' ? 1 : CASES;
    const questions = Array.from({ length: rounds }, () =>
      WAYS.flatMap((ask) => asking.map((who) => ({ who, ask }))),
    ).flat();
    // An order in which neighbours are different principals that ask in different ways; the same in every run.
    const mixed = questions
      .map((question, i) => ({ question, at: (i * 7919) % questions.length }))
      .sort((a, b) => a.at - b.at);
    await Promise.all(mixed.map(({ question: { who, ask } }) => ask(who)));
    await Promise.all(
      asking.map(async (who) => expect(await guard.api.tasks.count({}, who)).toBe(alone.get(who))),
    );
  });

  test('users who differ in one field are distinct', async () => {
    const same = { userName: 'alice', userGroups: ['hr'] };
    const [acme, globex, none, groupless] = await Promise.all(
      [{ ...same, tenantId: 'acme' }, { ...same, tenantId: 'globex' }, same, { userName: 'alice' }].map(
        (user) => guard.api.data.findItems({}, user),
      ),
    );
    const lists = [acme, globex, none, groupless].map((list) =>
      JSON.stringify((list ?? []).map(({ instanceId, id }) => [instanceId, id])),
    );
    expect(new Set(lists).size).toBe(4);
  });

  test('changing a user object after the call has no effect', async () => {
    const user = { userName: 'alice', userGroups: ['hr'], tenantId: 'acme' };
    const expected = await guard.api.tasks.count({}, { ...user, userGroups: ['hr'] });
    const asked = guard.api.tasks.count({}, user);
    user.userGroups.push('ADMIN');
    user.tenantId = 'globex';
    expect(await asked).toBe(expected);
  });
});
