import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createGuard, userDirectory, type Guard } from 'bpmn-guard';
import { ADMIN_USER, eventually, person, waitingTask } from '../support/guards.js';
import { heardChild } from '../support/heard-children.js';
import {
  call,
  catching,
  end,
  message,
  model,
  receive,
  service,
  start,
  task,
  throwing,
  timer,
} from '../support/models.js';
import { answerOf, Scenes, TIMEOUT, type Scene } from '../support/outage.js';
import { mongoUrl, onMongo } from '../support/stores.js';

const ann = person('ann');
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const models = {
  Timed: model([
    start(),
    task('a', { assignee: 'ann' }),
    catching('c', timer('timeDuration', 'PT1S')),
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
  Child: model([start(), task('c', { assignee: 'ann' }), end()]),
  Calls: model([start(), call('k', 'Child'), task('b', { assignee: 'ann' }), end()]),
};

const complete = (
  guard: Guard,
  id: string,
  elementId: string,
  options?: { noWait: boolean },
): Promise<unknown> =>
  guard.api.engine.invoke({ id, 'items.elementId': elementId, 'items.status': 'wait' }, {}, ann, options);

const isQuiet = async ({ store }: Guard): Promise<boolean> =>
  (await store.instances.count({ filter: { 'guard.unfinished': true } })) === 0 &&
  (await store.locks.list()).length === 0;
const waits = async ({ store }: Guard, name: string, elementId: string): Promise<boolean> =>
  (await store.instances.count({ filter: { name, items: { $elemMatch: { elementId, status: 'wait' } } } })) >
  0;
const statusOf = async ({ store }: Guard, id: string): Promise<string | undefined> =>
  (await store.instances.load(id))?.status;

onMongo('When the store is back', () => {
  const scenes = new Scenes();

  test('timers that were due meanwhile fire, of instances and of models', async () => {
    const ticks = model([start({}, timer('timeDuration', 'PT1S')), end()]);
    const { guard, proxy, beside } = await scenes.open({ models: { ...models, Ticks: ticks } });
    const look = await beside();
    await look.api.model.delete('Ticks', ADMIN_USER).catch(() => false);
    await guard.api.model.save('Ticks', ticks, null, ADMIN_USER);
    const until = async (): Promise<string> => {
      const { id } = await guard.api.engine.start('Timed', {}, ann);
      await complete(guard, id, 'a');
      proxy.become('refuse');
      await pause(2000);
      if ((await statusOf(look, id)) === 'running') return id;
      // The machine was slower than the timer.
      proxy.heal();
      return until();
    };
    const id = await until();
    const ticked = await look.store.instances.count({ filter: { name: 'Ticks' } });
    proxy.heal();
    await eventually(async () => (await statusOf(look, id)) === 'end');
    await eventually(async () => (await look.store.instances.count({ filter: { name: 'Ticks' } })) > ticked);
  });

  test('a timer is armed although the answer to the write that began it was lost', async () => {
    const { guard, proxy, beside } = await scenes.open({ models });
    const look = await beside();
    // Some answers of a command come side by side, in any order: which one is lost takes a few tries.
    for (let round = 0, found = false; !found; round++) {
      const nth = 3 + (round % 12);
      const { id } = await guard.api.engine.start('Timed', {}, ann);
      proxy.cutAt({ at: 'answer', nth });
      const { error } = await answerOf(() => complete(guard, id, 'a'));
      proxy.heal();
      const { items = [] } = (await look.store.instances.load(id)) ?? {};
      const isWritten = items.some(({ elementId, status }) => elementId === 'c' && status === 'wait');
      found = error?.status === 503 && isWritten;
      expect(round).toBeLessThan(48);
      if (found) await eventually(async () => (await statusOf(look, id)) === 'end');
    }
  });

  /** Takes the store away at the n-th request of the command, for a while. */
  async function lost(scene: Scene, nth: number, run: () => Promise<unknown>): Promise<boolean> {
    scene.proxy.cutAt({ at: 'request', nth, thenRefuse: true });
    const cuts = scene.proxy.cuts;
    const { error } = await answerOf(run);
    if (error !== undefined) expect(error).toMatchObject({ code: 'store-unavailable', status: 503 });
    const look = await scene.beside();
    // What is told after the answer may meet it too.
    await eventually(async () => scene.proxy.cuts > cuts || (await isQuiet(look)));
    await pause(TIMEOUT / 2);
    const met = scene.proxy.cuts > cuts;
    scene.proxy.heal();
    return met && error === undefined;
  }

  test('what one instance has to tell another is told, whenever the store went away', async () => {
    const outcome = async (nth: number): Promise<boolean> => {
      const scene = await scenes.open({ models });
      const look = await scene.beside();
      await scene.guard.api.engine.start('Waits', {}, ann);
      const { id } = await scene.guard.api.engine.start('Throws', {}, ann);
      const acknowledged = await lost(scene, nth, () => complete(scene.guard, id, 'a'));
      await eventually(() => isQuiet(look));
      if ((await statusOf(look, id)) !== 'end') {
        expect(acknowledged).toBe(false);
        await complete(scene.guard, id, 'a');
      }
      await eventually(() => waits(look, 'Waits', 'b'));
      expect(await look.health()).toMatchObject({ stuck: 0 });
      return acknowledged;
    };
    const acknowledged = await Promise.all([4, 6, 8, 10, 12, 14].map(outcome));
    expect(acknowledged).toContain(true);
    expect(acknowledged).toContain(false);
  });

  test('work in the background that could not be stored is taken up again', async () => {
    const gate: { open: () => void; runs: number } = { open: () => undefined, runs: 0 };
    const work = async (): Promise<void> => {
      gate.runs++;
      if (gate.runs === 1) await new Promise<void>((resolve) => (gate.open = resolve));
    };
    const { guard, proxy, log, beside } = await scenes.open({ models, services: { work } });
    const look = await beside();
    const { id } = await guard.api.engine.start('Works', {}, ann);
    await complete(guard, id, 'a', { noWait: true });
    await eventually(() => gate.runs === 1);
    proxy.become('hang');
    gate.open();
    await pause(2 * TIMEOUT);
    proxy.become('refuse');
    expect((await look.store.instances.load(id))?.guard).toMatchObject({ busy: true });
    proxy.heal();
    await eventually(() => waits(look, 'Works', 'b'));
    await eventually(() => isQuiet(look));
    const after = await look.store.instances.load(id);
    expect(after?.guard).not.toHaveProperty('failure');
    expect(gate.runs).toBe(2);
    expect(log.map(({ message: said }) => said)).not.toContain('work in the background failed');
    await complete(guard, id, 'b');
    expect(await statusOf(look, id)).toBe('end');
  });

  test('a write that arrives after it was given up leaves one whole state, and nothing in the way of the next command', async () => {
    const holder: { scene?: Scene } = {};
    const scene = (holder.scene = await scenes.open({
      models,
      services: { work: async () => holder.scene?.proxy.become('hang') },
    }));
    const look = await scene.beside();
    const { id } = await scene.guard.api.engine.start('Works', {}, ann);
    const { error } = await answerOf(() => complete(scene.guard, id, 'a'));
    expect(error).toMatchObject({ code: 'store-unavailable' });
    expect(await waits(look, 'Works', 'a')).toBe(true);
    expect(await look.store.locks.list()).toHaveLength(1);
    holder.scene = undefined as never;
    scene.proxy.heal();
    const b = await eventually(() => waitingTask(scene.guard, 'b', id).catch(() => undefined));
    expect(b.status).toBe('wait');
    const next = await answerOf(() => complete(scene.guard, id, 'b'));
    expect(next.error).toBeUndefined();
    await eventually(() => isQuiet(look));
    expect(await statusOf(look, id)).toBe('end');
  });

  test('a command whose lease went to another process is refused, and the work of the other stands', async () => {
    const gate: { open: () => void; waiting: boolean } = { open: () => undefined, waiting: false };
    const work = async (): Promise<void> => {
      if (gate.waiting) return;
      gate.waiting = true;
      await new Promise<void>((resolve) => (gate.open = resolve));
    };
    const { guard, beside } = await scenes.open({ models, services: { work } });
    const other = await beside();
    const { id } = await guard.api.engine.start('Works', {}, ann);
    const first = answerOf(() =>
      guard.api.engine.invoke({ id, 'items.elementId': 'a' }, { by: 'first' }, ann),
    );
    await eventually(() => gate.waiting);
    // As if it had not been renewed for a minute.
    for (const { id: lock, owner } of await other.store.locks.list())
      await other.store.locks.release(lock, owner as never);
    await other.api.engine.invoke({ id, 'items.elementId': 'a' }, { by: 'second' }, ann);
    gate.open();
    expect((await first).error).toMatchObject({ code: 'conflict', status: 409 });
    const stored = await other.store.instances.load(id);
    expect(stored).toMatchObject({ status: 'running', data: { by: 'second' } });
    expect(
      stored?.items?.filter(({ elementId, status }) => elementId === 'b' && status === 'wait'),
    ).toHaveLength(1);
    expect(await isQuiet(other)).toBe(true);
    await complete(guard, id, 'b');
  });

  test('a directory that cannot answer is no yes and no stranger either, and users are themselves again afterwards', async () => {
    const { proxy, store } = await scenes.open();
    await store.users.put({ userName: 'ann', userGroups: ['ADMIN'] });
    await store.users.put({ userName: 'bob', userGroups: [] });
    const guard = await createGuard({ store, directory: userDirectory(store), env: {} });
    proxy.become('hang');
    for (const user of [{ userName: 'ann', userGroups: ['ADMIN'] }, { userName: 'nobody' }]) {
      expect((await answerOf(() => guard.api.data.findItems({}, user))).error).toMatchObject({
        code: 'store-unavailable',
        status: 503,
      });
      expect((await answerOf(() => guard.runAs(user, () => 'ran'))).error).toMatchObject({
        code: 'store-unavailable',
      });
    }
    proxy.heal();
    expect(await guard.api.data.findItems({}, { userName: 'ann' })).toEqual([]);
    expect((await answerOf(() => guard.api.data.findItems({}, { userName: 'nobody' }))).error).toMatchObject({
      code: 'unauthenticated',
    });
    await guard.close();
  });

  test('a foreign directory that hangs is given up', async () => {
    const { guard } = await scenes.open({ directory: { find: () => new Promise<never>(() => undefined) } });
    const { error } = await answerOf(() => guard.api.data.findItems({}, ann));
    expect(error).toMatchObject({
      code: 'store-unavailable',
      status: 503,
      message: 'The user directory did not answer.',
    });
  });

  test('a process without handlers for what nobody catches has lived through it, and ends by itself', async () => {
    const child = spawn(process.execPath, [join(__dirname, 'child', 'restless.cjs'), mongoUrl()], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...heardChild() },
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect({ code, said: said.join('') }).toEqual({
      code: 0,
      said: expect.stringMatching(/ answered 503: [1-9]\d*, others: 0, ended: 12\n$/),
    });
  });
});
