import type { Guard } from 'bpmn-guard';
import { caseModel } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import { loop, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [own, hal] = [person('own'), person('hal')];
const MODEL = caseModel('owner, helper', [
  task('each', { candidateUsers: 'helper' }, loop('$data.secret')),
  task('after', { candidateUsers: 'helper' }),
]);

onStores('the elements of a hidden collection', (kind) => {
  const guards = new Guards(kind);

  async function begun(): Promise<{ guard: Guard; id: string }> {
    const guard = await guards.make({ models: { M: MODEL } });
    const caseRoles = { owner: { users: ['own'] }, helper: { users: ['hal'] } };
    const { id } = await guard.api.engine.start('M', { secret: ['cancer', 'gout'], x: 1 }, own, {
      caseRoles,
    });
    return { guard, id };
  }
  const keyOf = (one: unknown): unknown => (one as { itemKey?: unknown }).itemKey;

  test('are not shown as keys of its loop, in items, tokens and data, except to those who see the field', async () => {
    const { guard, id } = await begun();
    const open = await guard.api.data.findItems({ 'items.elementId': 'each', 'items.status': 'wait' }, hal);
    expect(open.map(keyOf).sort()).toEqual(['cancer', 'gout']);
    await guard.as(ADMIN_USER).policies.caseFields.save('data.secret', { roles: ['owner'] });
    const { data, engine, tasks } = guard.as(hal);
    const first = (await waitingTask(guard, 'each', id)).id;
    const seen = [
      await data.findItems({ 'items.elementId': 'each' }),
      await data.findInstances({ id }),
      await data.find({ filter: { id } }),
      await engine.get({ id }),
      await tasks.take(first),
      await tasks.complete(first, { result: 'fine' }),
      await data.findItems({ id }),
    ];
    for (const one of seen) expect(JSON.stringify({ one })).not.toMatch(/cancer|gout/);
    expect(await data.findItems({ id, 'items.elementId': 'each' })).toHaveLength(2);
    expect((await engine.get({ id })).data).toEqual({ x: 1 });
    const mine = await data.findItem({ 'items.id': first });
    expect(mine?.data).toEqual({ result: 'fine' });
    const whole = JSON.stringify(await guard.api.engine.get({ id }, own));
    for (const key of ['"itemsKey":"gout"', '"cancer":{"result"']) expect(whole).toContain(key);
  });

  test('are not found by the keys of its loop', async () => {
    const { guard } = await begun();
    const find = (who: typeof hal) => guard.api.data.findItems({ 'items.itemKey': 'cancer' }, who);
    expect(await find(hal)).not.toEqual([]);
    await guard.as(ADMIN_USER).policies.caseFields.save('data.secret', { roles: ['owner'] });
    expect(await find(hal)).toEqual([]);
    expect(await find(ADMIN_USER)).not.toEqual([]);
    const others = { 'items.itemKey': { $ne: 'cancer' }, 'items.elementId': 'each' };
    expect(await guard.api.data.findItems(others, hal)).toHaveLength(2);
  });
});
