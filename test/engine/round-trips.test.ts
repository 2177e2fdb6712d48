import { createGuard, openStore, type Guard } from 'bpmn-guard';
import { ADMIN_USER, SILENT, TestDelegate, waitingTask } from '../support/guards.js';
import { CountedStore } from '../support/counted-store.js';
import { ann, CALLS, furnish, MODELS, take, type At, type Work } from '../support/round-trips/calls.js';
import { lastingPlace, onMongo, type Place } from '../support/stores.js';
import { heard } from '../support/watched-driver.js';

const configuration = { appDelegate: (server: unknown) => new TestDelegate(server, {}) };
async function begin(guard: Guard, key: string, before: readonly Work[]): Promise<At> {
  const { id } = await guard.api.engine.start('M', {}, ann);
  const at: At = { guard, key, id, itemId: (await waitingTask(guard, 't', id)).id };
  for (const work of before) await work(at);
  return at;
}

describe('With each answer of the store taking a while', () => {
  let counted: CountedStore;
  let guard: Guard;
  let key: string;
  beforeAll(async () => {
    counted = await CountedStore.open();
    guard = await createGuard({ env: {}, store: counted.store, configuration, logger: SILENT });
    for (const [name, source] of Object.entries(MODELS))
      await guard.api.model.save(name, source, null, ADMIN_USER);
    key = await furnish(guard.store);
  });
  afterAll(() => guard.close());

  /** Each answer takes a while: calls that wait for each other wait as often as this says. */
  test.each(CALLS)('%s waits for no more answers than it needs', async (_what, before, work, waits) => {
    const at = await begin(guard, key, before);
    const trips = await counted.of(() => work(at));
    expect([trips.waits, trips.calls]).toEqual([waits, expect.any(Array)]);
  });

  test('a start asks for its model beside the policies in force, stores the instance, and records it', async () => {
    const { calls } = await counted.of(() => guard.api.engine.start('M', { a: 1 }, ann));
    expect(calls).toEqual(['models.get', 'policies.head', 'instances.insert', 'audit.append']);
  });

  test.each([
    ['taking a task', [], take],
    ['completing one', [take], ({ guard: { api }, itemId }: At) => api.tasks.complete(itemId, {}, ann)],
  ] as const)('%s asks at once for all that it needs under the lock', async (_what, before, work) => {
    const at = await begin(guard, key, before);
    expect((await counted.of(() => work(at))).calls).toEqual([
      'instances.findItems',
      'policies.head',
      'locks.acquire',
      'instances.load',
      'policies.head',
      'models.get',
      'instances.update',
      'audit.append',
      'locks.release',
    ]);
  });
});

onMongo('A call', () => {
  let place: Place;
  let guard: Guard;
  let key: string;
  beforeAll(async () => {
    place = lastingPlace('mongo');
    const store = await openStore(place.options);
    guard = await createGuard({ env: {}, store, configuration, logger: SILENT });
    for (const [name, source] of Object.entries(MODELS))
      await guard.api.model.save(name, source, null, ADMIN_USER);
    key = await furnish(guard.store);
  });
  afterAll(async () => {
    await guard.close();
    await place.remove();
  });

  test.each(CALLS)('%s sends no more commands than it needs', async (_what, before, work, _waits, most) => {
    let sent: string[] = [];
    // Upkeep asks every few seconds, and may do so meanwhile.
    for (let round = 0; round < 4 && sent.length !== most; round++) {
      const at = await begin(guard, key, before);
      heard.commands = [];
      await work(at);
      sent = heard.commands;
      heard.commands = undefined;
    }
    expect([sent.length, sent]).toEqual([most, expect.any(Array)]);
  });
});
