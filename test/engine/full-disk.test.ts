import { readinessOf } from '../../src/express/readiness.js';
import { eventually, Guards, person, refusal } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onSmallDisk } from '../support/small-disk.js';

const ALICE = person('alice');

onSmallDisk('A guard whose disk is full', 16, (disk) => {
  const guards = new Guards('embedded');

  test('is reported by health, /readyz and one log line; lists still work, and writes resume by themselves', async () => {
    const { guard, log } = await guards.open({
      place: { kind: 'embedded', options: { folder: disk().folder }, remove: async () => undefined },
      models: { m: model([start(), task('work'), end()]) },
    });
    const ready = async (): Promise<boolean> => (await readinessOf(guard)()).ready;
    const begin = (): Promise<{ id: string }> =>
      guard.api.engine.start('m', { text: 'x'.repeat(50_000) }, ALICE);
    const { id } = await begin();
    expect([(await guard.health()).ok, await ready()]).toEqual([true, true]);

    disk().fill(20_000);
    for (let i = 0; i < 3; i++)
      expect(await refusal(begin())).toMatchObject({ code: 'store-unavailable', status: 503 });
    const { ok, store } = await guard.health();
    expect({ ok, store }).toEqual({
      ok: false,
      store: { kind: 'embedded', answers: false, cause: 'The store cannot write (ENOSPC).' },
    });
    expect(await ready()).toBe(false);
    expect((await guard.api.data.findInstances({}, ALICE)).map((one) => one.id)).toEqual([id]);
    const lines = log.filter(({ message }) => message.startsWith('the store'));
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'the store cannot write; commands are refused until it can',
        facts: { cause: expect.stringMatching(/^ENOSPC: /) as unknown },
      },
    ]);

    disk().release();
    await eventually(ready);
    expect(log.filter(({ message }) => message === 'the store can write again')).toHaveLength(1);
    const later = await begin();
    expect((await guard.api.data.findInstances({}, ALICE)).map((one) => one.id)).toEqual([later.id, id]);
  });
});
