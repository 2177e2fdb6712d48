import { createGuard, openStore, type Guard } from 'bpmn-guard';
import { ADMIN_USER, person, SILENT, TestDelegate, waitingTask } from '../support/guards.js';
import { CountedStore } from '../support/counted-store.js';
import { end, model, start, task } from '../support/models.js';
import { lastingPlace, onMongo, type Place } from '../support/stores.js';
import { heard } from '../support/watched-driver.js';

const [ann, bob] = [person('ann'), person('bob')];
const CANDIDATES = { candidateUsers: 'ann,bob' };
const SOURCE = model([start(), task('t', CANDIDATES), task('u', { assignee: 'ann' }), end()]);

/** Where a call begins: an instance whose first task waits. */
interface At {
  readonly guard: Guard;
  readonly id: string;
  readonly itemId: string;
}
type Work = (at: At) => Promise<unknown>;
const take: Work = ({ guard, itemId }) => guard.api.tasks.take(itemId, ann);
const delegate: Work = ({ guard, itemId }) => guard.api.tasks.delegate(itemId, 'bob', ann);
const reject: Work = ({ guard, itemId }) => guard.api.tasks.reject(itemId, ann);
const FILTER = { 'items.status': 'wait' };

/** A call, what comes before it, how often it waits for the store, and what it asks MongoDB. */
const CALLS: readonly (readonly [
  what: string,
  before: readonly Work[],
  work: Work,
  waits: number,
  commands: number,
])[] = [
  ['a start', [], ({ guard }) => guard.api.engine.start('M', { a: 1 }, ann), 3, 4],
  ['taking a task', [], take, 5, 9],
  ['releasing a task', [take], ({ guard, itemId }) => guard.api.tasks.release(itemId, ann), 5, 9],
  [
    'assigning a task',
    [take],
    ({ guard, itemId }) => guard.api.tasks.assign(itemId, 'bob', ADMIN_USER),
    5,
    9,
  ],
  ['lending a task', [take], delegate, 5, 9],
  ['returning a task', [take, delegate], ({ guard, itemId }) => guard.api.tasks.resolve(itemId, bob), 5, 9],
  ['completing a task', [take], ({ guard, itemId }) => guard.api.tasks.complete(itemId, {}, ann), 5, 9],
  ['rejecting a task', [], reject, 5, 9],
  ['taking a refusal back', [reject], ({ guard, itemId }) => guard.api.tasks.undoReject(itemId, ann), 5, 9],
  ['suspending a task', [], ({ guard, itemId }) => guard.api.tasks.suspend(itemId, ADMIN_USER), 5, 9],
  ['suspending an instance', [], ({ guard, id }) => guard.api.engine.suspend(id, ADMIN_USER), 5, 8],
  ['ending an instance', [], ({ guard, id }) => guard.api.engine.terminate(id, ADMIN_USER), 6, 9],
  ['an instance by id', [], ({ guard, id }) => guard.api.engine.get({ id }, ann), 3, 4],
  ['the waiting tasks', [], ({ guard }) => guard.api.data.getPendingUserTasks({}, ann), 2, 3],
  ['a page of tasks', [], ({ guard }) => guard.api.data.find({ filter: FILTER, limit: 2 }, ann), 2, 4],
  [
    'a page of tasks with its total',
    [],
    ({ guard }) => guard.api.data.find({ filter: FILTER, limit: 2, getTotalCount: true }, ann),
    2,
    5,
  ],
  ['a page of instances', [], ({ guard }) => guard.api.data.find({ limit: 2 }, ann), 1, 2],
  [
    'a page of instances with its total',
    [],
    ({ guard }) => guard.api.data.find({ limit: 2, getTotalCount: true }, ann),
    1,
    3,
  ],
  ['the number of waiting tasks', [], ({ guard }) => guard.api.tasks.count(undefined, ann), 1, 2],
  ['the candidates of a task', [], ({ guard, itemId }) => guard.api.tasks.candidates(itemId, ann), 2, 3],
  ['what may be done with a task', [], ({ guard, itemId }) => guard.api.tasks.allowed([itemId], ann), 2, 3],
  ['the models', [], ({ guard }) => guard.api.model.list(undefined, ADMIN_USER), 1, 2],
];

const configuration = { appDelegate: (server: unknown) => new TestDelegate(server, {}) };
async function begin(guard: Guard, before: readonly Work[]): Promise<At> {
  const { id } = await guard.api.engine.start('M', {}, ann);
  const at = { guard, id, itemId: (await waitingTask(guard, 't', id)).id };
  for (const work of before) await work(at);
  return at;
}

describe('With each answer of the store taking a while', () => {
  let counted: CountedStore;
  let guard: Guard;
  beforeAll(async () => {
    counted = await CountedStore.open();
    guard = await createGuard({ env: {}, store: counted.store, configuration, logger: SILENT });
    await guard.api.model.save('M', SOURCE, null, ADMIN_USER);
  });
  afterAll(() => guard.close());

  /** Each answer takes a while: calls that wait for each other wait as often as this says. */
  test.each(CALLS)('%s waits for no more answers than it needs', async (_what, before, work, waits) => {
    const at = await begin(guard, before);
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
    const at = await begin(guard, before);
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
  beforeAll(async () => {
    place = lastingPlace('mongo');
    const store = await openStore(place.options);
    guard = await createGuard({ env: {}, store, configuration, logger: SILENT });
    await guard.api.model.save('M', SOURCE, null, ADMIN_USER);
  });
  afterAll(async () => {
    await guard.close();
    await place.remove();
  });

  test.each(CALLS)('%s sends no more commands than it needs', async (_what, before, work, _waits, most) => {
    let sent: string[] = [];
    // Upkeep asks every few seconds, and may do so meanwhile.
    for (let round = 0; round < 4 && sent.length !== most; round++) {
      const at = await begin(guard, before);
      heard.commands = [];
      await work(at);
      sent = heard.commands;
      heard.commands = undefined;
    }
    expect([sent.length, sent]).toEqual([most, expect.any(Array)]);
  });
});
