import * as bpmn from 'bpmn-server';
import { ADMIN_USER, Guards, person, refusal, type GuardParts } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';

const ALICE = person('alice');
const EVE = person('eve');
const OPEN: GuardParts = {
  models: {
    open: model([start(), task('work'), end()]),
    named: model([start(), task('work', { candidateGroups: 'hr' }), end()]),
  },
};

onStores('Inputs of a list', (kind) => {
  const guards = new Guards(kind);

  /** Three instances of alice's; the task of the last one is done, so that others still see it, not its instance. */
  async function filled() {
    const guard = await guards.make(OPEN);
    const ids: string[] = [];
    for (const n of [2, 1, 3]) ids.push((await guard.api.engine.start('open', { n }, ALICE)).id);
    const last = { id: ids[2], 'items.elementId': 'work' };
    await guard.api.engine.assign(last, {}, { assignee: 'alice' }, ALICE);
    await guard.api.engine.invoke({ id: ids[2], 'items.elementId': 'work' }, {}, ALICE);
    return { guard, ids };
  }

  test('a sort by _id is by age, in both directions, alone and after another field', async () => {
    const { guard, ids } = await filled();
    const sorted = async (sort: object): Promise<unknown[]> =>
      (await guard.api.data.findInstances({}, ADMIN_USER, { sort } as never)).map(({ id }) => id);
    expect(await sorted({ _id: 1 })).toEqual(ids);
    expect(await sorted({ _id: -1 })).toEqual([...ids].reverse());
    expect(await sorted({ name: 1, _id: 1 })).toEqual(ids);
    const items = await guard.api.data.find(
      { filter: { 'items.elementId': 'work' }, sort: { _id: 1 } },
      ADMIN_USER,
    );
    expect(items.data.map(({ id }) => id)).toEqual(ids);
  });

  test('pages in the order of _id follow each other', async () => {
    const { guard, ids } = await filled();
    for (const direction of [1, -1] as const) {
      const seen: unknown[] = [];
      let after: string | null | undefined;
      do {
        const page = await guard.api.data.find(
          { filter: {}, sort: { _id: direction }, limit: 2, ...(after ? { after } : {}) },
          ADMIN_USER,
        );
        seen.push(...page.data.map(({ id }) => id));
        after = page.nextCursor;
      } while (after);
      expect(seen).toEqual(direction === 1 ? ids : [...ids].reverse());
    }
  });

  test('to sort by _id hides nothing, and shows nothing', async () => {
    const { guard } = await filled();
    const request = { filter: { 'items.elementId': 'work' }, getTotalCount: true };
    const plain = await guard.api.data.find(request, EVE);
    const sorted = await guard.api.data.find({ ...request, sort: { _id: 1 } }, EVE);
    expect(plain.data.length).toBeGreaterThan(0);
    expect([sorted.data.length, sorted.totalCount]).toEqual([plain.data.length, plain.totalCount]);
  });

  test.each([{ name: 1 }, { 'data.n': 1 }, { 'items.seq': -1 }, { _id: 1 }, { startedAt: -1, _id: 1 }])(
    'the total is that of the rows in the order %j',
    async (sort) => {
      const { guard } = await filled();
      for (const user of [ALICE, EVE, ADMIN_USER]) {
        const page = await guard.api.data.find(
          {
            filter: { 'items.type': { $exists: true } },
            sort: sort as never,
            limit: 100,
            getTotalCount: true,
          },
          user,
        );
        expect([user.userName, page.totalCount]).toEqual([user.userName, page.data.length]);
      }
    },
  );

  test.each([
    [{ sort: { _id: 'up' } }, 'Sort of "_id"'],
    [{ projection: ['_id'] }, '_id'],
    [{ projection: { _id: 1 } }, '_id'],
    [{ projection: { name: true, _id: true } }, '_id'],
    [{ getTotalCount: 'yes' }, 'getTotalCount'],
    [{ getTotalCount: 1 }, 'getTotalCount'],
  ])('%j is refused instead of ignored', async (request, named) => {
    const { guard } = await filled();
    const error = await refusal(guard.api.data.find(request as never, ALICE));
    expect([error.code, error.message]).toEqual(['bad-query', expect.stringContaining(named)]);
  });

  test('a projection that shows a field and leaves out what is below it does both', async () => {
    const { guard } = await filled();
    const rows = await guard.api.data.findInstances({ 'data.n': 1 }, ALICE, {
      projection: { data: 1, 'data.n': 0, _id: 0 },
    } as never);
    expect(rows).toEqual([{ id: expect.any(String), data: {} }]);
  });

  test('null on candidates finds tasks that are open to all, whose lists are empty', async () => {
    const guard = await guards.make(OPEN);
    await guard.api.engine.start('open', {}, ALICE);
    await guard.api.engine.start('named', {}, ALICE);
    const found = async (query: object): Promise<unknown[]> =>
      (await guard.api.data.findItems({ 'items.elementId': 'work', ...query }, ADMIN_USER)).map(
        ({ candidateGroups }) => candidateGroups,
      );
    const [empty] = await found({ 'items.candidateGroups': null });
    expect(await found({ 'items.candidateGroups': null })).toEqual([empty]);
    expect(await found({ 'items.candidateGroups': { $in: [null, 'nobody'] } })).toEqual([empty]);
    expect(await found({ 'items.candidateGroups': { $ne: null } })).toEqual([['hr']]);
    expect(await found({ 'items.candidateUsers': null })).toHaveLength(2);
    expect(
      await guard.api.data.findInstances(
        { items: { $elemMatch: { elementId: 'work', candidateGroups: null } } },
        ADMIN_USER,
      ),
    ).toHaveLength(1);
  });

  test("bpmn-server's own qualified queries find the open tasks of its own users", async () => {
    const { guard } = await filled();
    const user = new bpmn.SecureUser({ userName: 'bob', userGroups: ['staff'] } as never);
    const query = user.qualifyItems({ 'items.status': 'wait' }) as Record<string, unknown>;
    expect(JSON.stringify(query)).toContain('"items.candidateUsers":null');
    const { data } = new (bpmn as any).BPMNAPI(guard.server);
    for (const rows of [
      await guard.api.data.findItems(query, person('bob', 'staff')),
      await guard.runAs(user as never, () => data.findItems({ 'items.status': 'wait' }, user)),
      await guard.runAs(user as never, () => data.getPendingUserTasks({}, user)),
    ])
      expect(rows).toHaveLength(2);
  });
});
