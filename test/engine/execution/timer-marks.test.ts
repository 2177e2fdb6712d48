import { MongoClient, type Collection, type Document } from 'mongodb';
import type { Guard, Store } from 'bpmn-guard';
import { verifyStore } from '../../../src/engine/upkeep/verify.js';
import type { InstanceGuard } from '../../../src/store/port.js';
import { eventually, Guards, person, waitingTask } from '../../support/guards.js';
import { boundary, catching, end, model, start, task, timer } from '../../support/models.js';
import { mongoUrl, onMongo, onStores, type Place } from '../../support/stores.js';

const ann = person('ann');
const LATER = timer('timeDuration', 'PT9H');
const models = {
  Waits: model([start(), catching('c', LATER), task('t', { assignee: 'ann' }), end()]),
  Task: model([start(), task('t', { assignee: 'ann' }), end()]),
  Beside: model([
    start(),
    task('t', { assignee: 'ann' }),
    boundary('b', 't', LATER, true, [end('late')]),
    end(),
  ]),
};
const start1 = async ({ api }: Guard, name: string): Promise<string> =>
  (await api.engine.start(name, {}, ann)).id;
const guardOf = async (store: Store, id: string): Promise<InstanceGuard> =>
  (await store.instances.load(id))?.guard as InstanceGuard;

onStores('An instance', (kind) => {
  const guards = new Guards(kind);

  test('is marked while a timer waits in it, and no longer', async () => {
    const { guard } = await guards.open({ models });
    expect((await guardOf(guard.store, await start1(guard, 'Task'))).timers).toBe(false);
    expect((await guardOf(guard.store, await start1(guard, 'Waits'))).timers).toBe(true);
    const id = await start1(guard, 'Beside');
    expect((await guardOf(guard.store, id)).timers).toBe(true);
    await guard.api.tasks.complete((await waitingTask(guard, 't', id)).id, {}, ann);
    expect((await guardOf(guard.store, id)).timers).toBe(false);
  });

  test('with another mark than its timers tell is found and repaired by verify; one without a mark is no fault', async () => {
    const { guard } = await guards.open({ models });
    const { store } = guard;
    const [wrong, none] = [await start1(guard, 'Waits'), await start1(guard, 'Waits')];
    const { timers: _timers, ...older } = await guardOf(store, none);
    await store.instances.update(none, older.rev, { guard: older });
    const spoilt = { ...(await guardOf(store, wrong)), timers: false };
    await store.instances.update(wrong, spoilt.rev, { guard: spoilt });
    expect(await verifyStore(store, { repair: true })).toMatchObject({
      wrong: 1,
      wrongIds: [wrong],
      repaired: 1,
    });
    expect((await guardOf(store, wrong)).timers).toBe(true);
  });
});

onMongo('Timers of instances of an earlier release, which have no mark', () => {
  const guards = new Guards('mongo');
  let client: MongoClient;
  beforeAll(async () => void (client = await MongoClient.connect(mongoUrl())));
  afterAll(() => client.close());
  const rowsOf = ({ options }: Place): Collection<Document> =>
    client.db((options as { name: string }).name).collection('wf_instances');

  test('fire after a start, and so do those that are marked', async () => {
    const place = guards.place();
    const ends = await guards.make({ models, place });
    const ids = [await start1(ends, 'Waits'), await start1(ends, 'Waits')];
    await ends.close();
    const rows = rowsOf(place);
    await rows.updateOne({ id: ids[0] as string }, { $unset: { 'guard.timers': '' } });
    // They come to be due while no process runs.
    await rows.updateMany(
      {},
      { $set: { 'items.$[one].timeDue': new Date(0) } },
      { arrayFilters: [{ 'one.status': 'wait' }] },
    );
    const { guard } = await guards.open({ place });
    for (const id of ids)
      await eventually(() =>
        waitingTask(guard, 't', id).then(
          () => true,
          () => false,
        ),
      );
  });

  test('fire when another process takes over, whatever the mark says', async () => {
    const place = guards.place();
    const { guard } = await guards.open({ models, place, takeOverEvery: 200 });
    const ends = await guards.make({ place });
    const id = await start1(ends, 'Waits');
    await ends.close();
    await rowsOf(place).updateOne(
      { id },
      { $set: { 'items.$[one].timeDue': new Date(0), 'guard.timers': false } },
      { arrayFilters: [{ 'one.status': 'wait' }] },
    );
    await eventually(() =>
      waitingTask(guard, 't', id).then(
        () => true,
        () => false,
      ),
    );
  });
});
