import { openStore } from 'bpmn-guard';
import { ADMIN_USER, Guards, person } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';
import { named, run } from './running.js';

const alice = person('alice');
const MODELS = {
  ends: model([start(), end()]),
  waits: model([start(), task('t'), end()]),
};

onStores('bpmn-guard archive', (kind) => {
  const guards = new Guards(kind);

  test('moves ended instances out of all lists, and records how many', async () => {
    const place = guards.place();
    const at = named(place.options);
    const { guard } = await guards.open({ place, models: MODELS });
    for (const name of ['ends', 'ends', 'waits']) await guard.as(alice).engine.start(name, {});
    await guard.close();

    const dry = await run(['archive', '--ended-before', '2999-01-01', '--dry-run', ...at]);
    expect([dry.code, dry.out]).toEqual([0, ['2 instances would be archived.']]);
    expect((await run(['archive', '--ended-before', '2020-01-01', ...at])).out).toEqual([
      '0 instances archived.',
    ]);
    const stopped = await run(['archive', '--ended-before', '2999-01-01', ...at], { interrupted: true });
    expect([stopped.code, stopped.out.at(-1)]).toEqual([1, 'Stopped. Run it again to continue.']);
    const { code, out, err } = await run(['archive', '--ended-before', '2999-01-01', ...at]);
    expect([code, out, err]).toEqual([0, ['2 instances archived.'], ['2 of 2 looked at, 2 archived']]);
    expect((await run(['verify', ...at])).out[0]).toBe('1 instance checked');

    const store = await openStore(place.options);
    const [entry] = await store.audit.find({ limit: 1 });
    expect(entry).toMatchObject({
      count: 2,
      resource: { name: 'archive instances', id: 'ended before 2999-01-01' },
    });
    await store.close();
    const { guard: next } = await guards.open({ place });
    const rows = await next.api.data.findInstances({}, ADMIN_USER);
    expect(rows.map(({ name }) => name)).toEqual(['waits']);
  });

  test.each<[string[], string]>([
    [['archive'], 'Missing: --ended-before <date>'],
    [['archive', '--ended-before', 'yesterday'], '--ended-before must be a date, such as 2030-12-31'],
    [['archive', '--ended-before', '2030-02-31'], '--ended-before must be a date, such as 2030-12-31'],
  ])('%j is not understood', async (args, message) => {
    const { code, err } = await run([...args, '--folder', 'x']);
    expect([code, err[0]]).toEqual([2, expect.stringContaining(message)]);
  });
});
