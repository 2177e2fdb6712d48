import type { Guard } from 'bpmn-guard';
import { eventually, person, waitingTask } from '../support/guards.js';
import { call, end, message, model, receive, service, start, task, throwing } from '../support/models.js';
import { answerOf, Scenes, type Answer } from '../support/outage.js';
import type { Cut } from '../support/proxy.js';
import { onMongo } from '../support/stores.js';

const ann = person('ann');

const models = {
  Two: model([start(), task('a', { assignee: 'ann' }), task('b', { assignee: 'ann' }), end()]),
  Free: model([start(), task('a'), end()]),
  Child: model([start(), task('c', { assignee: 'ann' }), end()]),
  Calls: model([start(), call('k', 'Child'), task('b', { assignee: 'ann' }), end()]),
  CallsLater: model([
    start(),
    task('a', { assignee: 'ann' }),
    call('k', 'Child'),
    task('b', { assignee: 'ann' }),
    end(),
  ]),
  Works: model([
    start(),
    task('a', { assignee: 'ann' }),
    service('s', 'work'),
    task('b', { assignee: 'ann' }),
    end(),
  ]),
  Waits: model([start(), receive('r', 'news'), task('b', { assignee: 'ann' }), end()], {
    messages: ['news'],
  }),
  Throws: model([start(), task('a', { assignee: 'ann' }), throwing('t', message('news')), end()], {
    messages: ['news'],
  }),
};

interface Command {
  /** What has to be there before it; the instance that it acts on. */
  readonly before?: (guard: Guard) => Promise<string>;
  readonly run: (guard: Guard, instanceId: string) => Promise<unknown>;
}

const begin =
  (name: string) =>
  async (guard: Guard): Promise<string> =>
    (await guard.api.engine.start(name, {}, ann)).id;
const complete =
  (elementId: string, options?: { noWait: boolean }) =>
  (guard: Guard, id: string): Promise<unknown> =>
    guard.api.engine.invoke({ id, 'items.elementId': elementId, 'items.status': 'wait' }, {}, ann, options);

const COMMANDS: Readonly<Record<string, Command>> = {
  'a start': { run: begin('Two') },
  'a start of a process that calls another': { run: begin('Calls') },
  'a completion': { before: begin('Two'), run: complete('a') },
  'a take': {
    before: begin('Free'),
    run: async (guard, id) => guard.api.tasks.take((await waitingTask(guard, 'a', id, ann)).id, ann),
  },
  'a completion after which another process is called': { before: begin('CallsLater'), run: complete('a') },
  'a completion that ends a called process': {
    before: begin('Calls'),
    run: (guard) =>
      guard.api.engine.invoke({ name: 'Child', 'items.elementId': 'c', 'items.status': 'wait' }, {}, ann),
  },
  'a completion whose process sends a message to another': {
    before: async (guard) => {
      await guard.api.engine.start('Waits', {}, ann);
      return begin('Throws')(guard);
    },
    run: complete('a'),
  },
  'a completion that does not wait for the work behind it': {
    before: begin('Works'),
    run: complete('a', { noWait: true }),
  },
};

/** The state of all instances, without what differs between two runs. */
async function stateOf({ store }: Guard): Promise<string[]> {
  const rows = await store.instances.find({ filter: {} });
  return rows
    .map(
      ({ name, status, items = [], guard }) =>
        `${name} ${status} ${items.map((item) => `${item.elementId}:${item.status}:${(item.assignee as string | null) ?? ''}`).join(' ')} ${guard?.unfinished === true ? 'unfinished' : ''}`,
    )
    .sort();
}

onMongo('A command whose store is reset under it', () => {
  const scenes = new Scenes();

  /** Runs the command once for each place at which the connection can be cut. */
  async function cutEverywhere(name: string, { before, run }: Command): Promise<string[]> {
    const { guard, proxy, beside } = await scenes.open({
      models,
      services: { work: async () => undefined },
    });
    const look = await beside();
    const isQuiet = async (): Promise<boolean> =>
      (await look.store.instances.count({ filter: { 'guard.unfinished': true } })) === 0 &&
      (await look.store.locks.list()).length === 0;
    const fresh = async (): Promise<string> => {
      await look.store.instances.remove(
        (await look.store.instances.find({ filter: {} })).map(({ id }) => id),
        {},
      );
      const id = before === undefined ? '' : await before(guard);
      await eventually(isQuiet);
      return id;
    };
    const settled = async (): Promise<string> => JSON.stringify(await stateOf(look));

    // How it is without cuts: before, afterwards, and how many requests it takes.
    let id = await fresh();
    const old = await settled();
    const from = proxy.seen;
    await run(guard, id);
    await eventually(isQuiet);
    const done = await settled();
    const requests = proxy.seen - from;
    expect(done).not.toBe(old);
    expect(requests).toBeGreaterThan(2);

    const outcomes = new Map<string, number>();
    const check = async (cut: Cut): Promise<void> => {
      id = await fresh();
      const cuts = proxy.cuts;
      proxy.cutAt(cut);
      const answer: Answer = await answerOf(() => run(guard, id));
      const met = proxy.cuts > cuts;
      proxy.heal();
      const where = { name, cut, met, answer: answer.error === undefined ? 'done' : answer.error.code };
      if (answer.error !== undefined)
        expect({ ...where, status: answer.error.status }).toEqual({ ...where, status: 503 });
      const state = await eventually(async () => {
        const now = await settled();
        return (now === done || (answer.error !== undefined && now === old)) && (await isQuiet()) && now;
      }).catch(async () => ({ state: await stateOf(look), locks: await look.store.locks.list() }));
      expect({ ...where, state }).toEqual({
        ...where,
        state: answer.error === undefined ? done : expect.stringMatching(/^\[/),
      });
      const outcome = `${where.answer} ${state === done ? 'stored' : 'not stored'}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      // Whatever it came to, the instance goes on.
      if (state === old) {
        await run(guard, id);
        await eventually(async () => (await settled()) === done);
      }
    };
    for (const at of ['request', 'answer'] as const)
      for (let nth = 1; nth <= requests; nth++) await check({ at, nth });
    for (let nth = 2; nth <= requests; nth += 4) await check({ at: 'within', nth });
    // Whether an answer is lost after its write was done depends on the driver's timing; the other two come
    // at every command.
    expect({ name, outcomes: [...outcomes.keys()] }).toEqual({
      name,
      outcomes: expect.arrayContaining(['done stored', 'store-unavailable not stored']),
    });
    return [...outcomes.keys()];
  }

  test('is stored whole or not at all, wherever the connection is cut, and its answer never promises more', async () => {
    // Each in a database of its own, behind a proxy of its own.
    const ended = await Promise.allSettled(
      Object.entries(COMMANDS).map(([name, command]) => cutEverywhere(name, command)),
    );
    expect(
      ended
        .filter(({ status }) => status === 'rejected')
        .map((failed) => String((failed as PromiseRejectedResult).reason)),
    ).toEqual([]);
    // Reads are repeated by the driver; some of the writes were cut before, some after they were done.
    const outcomes = ended.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    expect([...new Set(outcomes)].sort()).toEqual([
      'done stored',
      'store-unavailable not stored',
      'store-unavailable stored',
    ]);
  }, 900_000);
});
