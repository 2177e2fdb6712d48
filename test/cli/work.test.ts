import { openStore } from 'bpmn-guard';
import { Guards, person } from '../support/guards.js';
import { holdBack } from '../support/held.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';
import { named, run } from './running.js';

const M = model([start(), task('t'), end()]);
const ENDED = { host: 'elsewhere', pid: 1, nonce: 'ended' };

onStores('bpmn-guard work retry', (kind) => {
  const guards = new Guards(kind);

  test('lets held work begin again, under the lock of the instance', async () => {
    const place = guards.place();
    const at = named(place.options);
    const { guard } = await guards.open({ place, models: { M } });
    const { id } = await guard.as(person('ann')).engine.start('M', {});
    await holdBack(guard, id);
    // A process that has ended left it locked: whoever takes the lock removes that.
    await guard.store.locks.acquire(id, ENDED, new Date(0), () => false);
    await guard.close();

    expect((await run(['work', 'list', ...at])).out[1]).toContain(id);
    expect(await run(['work', 'retry', id, ...at])).toMatchObject({ code: 0, err: [] });
    expect((await run(['work', 'list', ...at])).out).toHaveLength(1);
    const again = await run(['work', 'retry', id, ...at]);
    expect([again.code, again.err]).toEqual([1, [`Instance ${id} has no held work.`]]);

    const store = await openStore(place.options);
    expect(await store.locks.list()).toEqual([]);
    const entries = await store.audit.find({ limit: 50 });
    expect(entries.filter(({ resource }) => resource?.name === 'retry work')).toHaveLength(1);
    await store.close();
  });
});
