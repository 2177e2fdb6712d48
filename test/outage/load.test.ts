import type { Guard, GuardError, SecureUser } from 'bpmn-guard';
import { ADMIN_USER, eventually, person } from '../support/guards.js';
import { call, end, model, start, task } from '../support/models.js';
import { answerOf, Scenes, TIMEOUT } from '../support/outage.js';
import type { Mode, Proxy } from '../support/proxy.js';
import { onMongo, patiently } from '../support/stores.js';

const SEED = 20_240_607;
const LASTS = 12_000;
/**
 * On a busy machine the weather lasts until enough was refused to look at, and the work goes on, in calm weather, until
 * enough was done.
 */
const ENOUGH = 10;
const AT_MOST = 60_000;
const USERS = Array.from({ length: 8 }, (_none, i) => person(`user${i}`, 'hr'));

const models = {
  Child: model([start(), task('c', { candidateGroups: 'hr' }), end()]),
  M: model([
    start(),
    task('a', { candidateGroups: 'hr' }),
    call('k', 'Child'),
    task('b', { candidateGroups: 'hr' }),
    end(),
  ]),
};

/** The same numbers for the same seed; a linear congruential generator is random enough for the weather. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Record {
  readonly itemId: string;
  readonly userName: string;
}

/** What users were told. */
interface Told {
  readonly completed: Record[];
  readonly tried: Set<string>;
  readonly wrong: string[];
  readonly statuses: Map<number, number>;
}

const refused = ({ statuses }: Told): number => statuses.get(503) ?? 0;

async function weather(
  proxy: Proxy,
  random: (below: number) => number,
  until: number,
  told: Told,
): Promise<void> {
  const modes: readonly Mode[] = ['refuse', 'hang', 'slow'];
  while (Date.now() < until || (refused(told) <= ENOUGH && Date.now() < until + AT_MOST)) {
    await pause(150 + random(500));
    if (random(2) === 0) {
      proxy.cutAt({
        at: (['request', 'answer', 'within'] as const)[random(3)] as 'answer',
        nth: 1 + random(20),
        thenRefuse: random(3) === 0,
      });
      await pause(200);
    } else proxy.become(modes[random(3)] as Mode, 20 + random(TIMEOUT));
    await pause(50 + random(TIMEOUT));
    proxy.heal();
  }
}

async function atWork(
  guard: Guard,
  user: SecureUser,
  random: (below: number) => number,
  until: number,
  told: Told,
): Promise<void> {
  const ask = async <T>(call: () => Promise<T>): Promise<T | undefined> => {
    const { error, value } = await answerOf(call);
    if (error !== undefined) {
      told.statuses.set(error.status, (told.statuses.get(error.status) ?? 0) + 1);
      if (![403, 404, 409, 503].includes(error.status)) told.wrong.push(`${error.code} ${error.message}`);
    }
    return value as T | undefined;
  };
  const isEnough = (): boolean => told.completed.length > ENOUGH && refused(told) > ENOUGH;
  while (Date.now() < until || (!isEnough() && Date.now() < until + AT_MOST)) {
    const tasks = (await ask(() => guard.api.data.getPendingUserTasks({}, user))) ?? [];
    if (tasks.length < 12) await ask(() => guard.api.engine.start('M', {}, user));
    const mine = tasks.filter(({ assignee }) => assignee === user.userName);
    const among = mine.length > 0 && random(3) > 0 ? mine : tasks;
    const item = among[random(Math.max(1, among.length))];
    if (item === undefined) await pause(20);
    else if (item.assignee === null || item.assignee === undefined) {
      if (random(4) > 0) await ask(() => guard.api.tasks.take(item.id, user));
      // A candidate who has not taken it may not complete it, in any weather.
      else if ((await ask(() => guard.api.tasks.complete(item.id, {}, user))) !== undefined)
        told.wrong.push(`${user.userName} completed the free task ${item.id}`);
    } else {
      told.tried.add(`${item.id} ${user.userName}`);
      const done = await ask(() => guard.api.tasks.complete(item.id, { by: user.userName }, user));
      if (done !== undefined) told.completed.push({ itemId: item.id, userName: user.userName });
    }
  }
}

onMongo('Many users at work while the store comes and goes', () => {
  const scenes = new Scenes();

  test('nobody completes what is not theirs, nothing acknowledged is lost, nothing stays locked, every instance goes on', async () => {
    const { guard, proxy, beside } = await scenes.open({ models });
    const look = await beside();
    const told: Told = { completed: [], tried: new Set(), wrong: [], statuses: new Map() };
    for (let i = 0; i < 10; i++)
      await patiently(() => guard.api.engine.start('M', {}, USERS[i % 8] as SecureUser));
    const until = Date.now() + LASTS;
    await Promise.all([
      weather(proxy, randomOf(SEED), until, told),
      ...USERS.map((user, i) => atWork(guard, user, randomOf(SEED + i), until, told)),
    ]);
    proxy.heal();

    expect(told.wrong).toEqual([]);
    expect(refused(told)).toBeGreaterThan(ENOUGH);
    expect(told.completed.length).toBeGreaterThan(ENOUGH);
    await eventually(async () => (await look.store.locks.list()).length === 0);
    await eventually(async () => (await look.health()).stuck === 0);

    const instances = await look.store.instances.find({ filter: {} });
    const ended = instances.flatMap(({ items = [] }) =>
      items.filter(({ type, status }) => type === 'bpmn:UserTask' && status === 'end'),
    );
    const byId = new Map(ended.map((item) => [item.id, item]));
    for (const { itemId, userName } of told.completed)
      expect(byId.get(itemId)).toMatchObject({ assignee: userName, guard: { completedBy: userName } });
    expect(new Set(told.completed.map(({ itemId }) => itemId)).size).toBe(told.completed.length);
    for (const item of ended) {
      expect(item.guard?.completedBy).toBe(item.assignee);
      expect(told.tried).toContain(`${item.id} ${item.guard?.completedBy}`);
    }
    // A caller and what it has called know of each other.
    const children = new Map(
      instances.filter(({ name }) => name === 'Child').map((child) => [child.parentItemId, child]),
    );
    for (const item of instances.flatMap(({ items = [] }) =>
      items.filter(({ elementId, status }) => elementId === 'k' && status === 'wait'),
    ))
      expect(children.get(item.id)).toMatchObject({ status: 'running' });
    const callers = new Set(instances.flatMap(({ items = [] }) => items.map(({ id }) => id)));
    expect([...children.keys()].filter((caller) => !callers.has(caller as string))).toEqual([]);

    for (let round = 0; round < 6; round++) {
      const open = await patiently(() => guard.api.data.getPendingUserTasks({}, ADMIN_USER));
      // A few at a time: one process has to do it all.
      while (open.length > 0)
        await Promise.all(
          open.splice(0, 4).map((item) =>
            patiently(() => guard.api.tasks.complete(item.id, {}, ADMIN_USER)).catch((error: GuardError) => {
              // An attempt that could not tell may have completed it.
              if (![404, 409].includes(error.status)) throw error;
            }),
          ),
        );
    }
    expect(await look.store.instances.count({ filter: { status: { $ne: 'end' } } })).toBe(0);
    expect(await look.health()).toMatchObject({ ok: true, stuck: 0 });
  });
});
