import { inTenant, TENANT_MARK } from '../../../src/core/marks/mark.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ALICE = person('alice');
const STEPS = ['t1', 't2', 't3', 't4', 't5'];
const M = model([start(), ...STEPS.map((id) => task(id, { assignee: 'alice' })), end()]);

onStores('The size limits of an instance', (kind) => {
  const guards = new Guards(kind);

  test.each(['data', 'assignments', 'caller', 'savePoints', 'savePointBytes', 'logLines'])(
    'are options: %s is a whole number from 1',
    async (name) => {
      for (const value of [0, -1, 1.5, Number.NaN, '5'])
        expect(await refusal(guards.make({ instanceLimits: { [name]: value } }))).toMatchObject({
          code: 'bad-configuration',
          message: expect.stringContaining('instanceLimits') as unknown,
        });
    },
  );

  test('have no other options, and never exceed the maximum size of an instance', async () => {
    for (const limits of [{ date: 5 }, { data: 10_000_001 }, { logLines: 2001 }])
      expect(await refusal(guards.make({ instanceLimits: limits as never }))).toMatchObject({
        code: 'bad-configuration',
      });
  });

  test('apply as the options set them', async () => {
    const guard = await guards.make({ models: { M }, instanceLimits: { data: 100_000, caller: 120_000 } });
    expect(await refusal(guard.api.engine.start('M', { text: 'x'.repeat(110_000) }, ALICE))).toMatchObject({
      code: 'too-large',
      status: 413,
    });
    const { items } = await guard.api.engine.start('M', { text: 'x'.repeat(90_000) }, ALICE);
    const waiting = items.find(({ status }) => status === 'wait');
    expect((await guard.api.tasks.complete(waiting!.id, { little: 'x' }, ALICE)).status).toBe('running');
  });

  test('of the log: the newest lines, as many as the options say', async () => {
    const logAfterAll = async (instanceLimits: object): Promise<string[]> => {
      const guard = await guards.make({ models: { M }, instanceLimits });
      let view = await guard.api.engine.start('M', {}, ALICE);
      for (const elementId of STEPS) {
        const waiting = view.items.find((item) => item.elementId === elementId && item.status === 'wait');
        view = await guard.api.tasks.complete(waiting!.id, {}, ALICE);
      }
      const { logs } = (await guard.store.instances.load(view.id))!;
      return (logs as { message: string }[]).map(({ message }) => message.replace(/[0-9a-f-]{20,}/g, 'ID'));
    };
    const all = await logAfterAll({});
    expect(all.length).toBeGreaterThan(30);
    expect(await logAfterAll({ logLines: 25 })).toEqual(all.slice(-25));
    expect(await logAfterAll({ logLines: 1 })).toEqual(all.slice(-1));
  });

  async function pointsAfterAll(instanceLimits: object, data: object): Promise<string[]> {
    const guard = await guards.make({ models: { M }, keep: { savePoints: true }, instanceLimits });
    let view = await guard.api.engine.start('M', { ...data }, ALICE);
    for (const elementId of STEPS) {
      const waiting = view.items.find((item) => item.elementId === elementId && item.status === 'wait');
      view = await guard.api.tasks.complete(waiting!.id, {}, ALICE);
    }
    const stored = await guard.store.instances.load(view.id);
    return Object.values(stored!.savePoints as Record<string, { items: { elementId: string }[] }>).map(
      ({ items }) => items.at(-1)!.elementId,
    );
  }

  test('of save points: the newest, as many and as large as the options say', async () => {
    const all = await pointsAfterAll({}, {});
    expect(all.length).toBeGreaterThan(4);
    expect(await pointsAfterAll({ savePoints: 2 }, {})).toEqual(all.slice(-2));
    expect(await pointsAfterAll({ savePointBytes: 250_000 }, { text: 'x'.repeat(100_000) })).toEqual(
      all.slice(-2),
    );
    expect(await pointsAfterAll({ savePointBytes: 1 }, {})).toEqual(all.slice(-1));
  });
});

onStores('Work on all matching instances', (kind) => {
  const guards = new Guards(kind);

  test('reads them in batches', async () => {
    const guard = await guards.make({ models: { M } });
    const { instances } = guard.store;
    const marked = { rev: 1, read: ([TENANT_MARK, 'm:M'] as const).map((mark) => inTenant(undefined, mark)) };
    for (let i = 0; i < 250; i++)
      await instances.insert({
        id: `i${i}`,
        name: 'M',
        status: 'running',
        data: {},
        items: [],
        guard: marked,
      });
    const find = jest.spyOn(instances, 'find');
    expect(await guard.api.engine.upgrade('M', ['none'], ADMIN_USER)).toHaveLength(250);
    expect(await guard.api.data.deleteInstances({ name: 'M' }, ADMIN_USER)).toEqual({ deletedCount: 250 });
    const lists = find.mock.calls.map(([plan]) => plan.limit ?? Infinity).filter((limit) => limit > 2);
    expect(lists.length).toBeGreaterThan(3);
    expect(Math.max(...lists)).toBe(200);
    expect(await instances.count({ filter: {} })).toBe(0);
  });
});
