import { inspect } from 'node:util';
import { createGuard, type AuditEntry, type Guard } from 'bpmn-guard';
import { ADMIN_USER, person, waitingTask } from '../support/guards.js';
import { end, model, receive, signal, catching, start, task } from '../support/models.js';
import { answerOf, AWAY, away, Scenes, TIMEOUT, type Scene } from '../support/outage.js';
import { onMongo, patiently } from '../support/stores.js';

const [ann, bob] = [person('ann', 'hr'), person('bob', 'hr')];

const models = {
  M: model([start(), task('t', { candidateGroups: 'hr' }), task('u', { assignee: 'ann' }), end()]),
  Other: model([start(), task('t', {}), end()]),
  Message: model([start(), receive('r', 'news'), end()], { messages: ['news'] }),
  Signal: model([start(), catching('s', signal('alarm')), end()], { signals: ['alarm'] }),
};

/** Ids of what the calls act on. */
interface Ids {
  readonly free: string;
  readonly anns: string;
  readonly lent: string;
  readonly doomed: string;
  readonly instance: string;
}

type Call = (guard: Guard, ids: Ids) => Promise<unknown>;

const READS: Readonly<Record<string, Call>> = {
  'a list of tasks': (guard) => guard.api.data.findItems({}, ann),
  'pending tasks': (guard) => guard.api.data.getPendingUserTasks({}, ann),
  'a list of instances': (guard) => guard.api.data.findInstances({}, ann),
  'a page with its total': (guard) => guard.api.data.find({ getTotalCount: true, limit: 5 }, ann),
  'a count of tasks': (guard) => guard.api.tasks.count({}, ann),
  'an instance': (guard, { instance }) => guard.api.engine.get({ id: instance }, ann),
  'the list of models': (guard) => guard.api.model.list({}, ADMIN_USER),
  'the source of a model': (guard) => guard.api.model.getSource('M', ADMIN_USER),
  'may ann complete a task': (guard, { anns }) => guard.can(ann, 'task:execute', { item: { id: anns } }),
  'why ann may complete a task': (guard, { anns }) =>
    guard.explain(ann, 'task:execute', { item: { id: anns } }),
  'the audit trail': (guard) => guard.store.audit.find({ limit: 5 }),
  'a list through the façade of the server': (guard) =>
    guard.runAs(ann, () =>
      (guard.server.dataStore as { findItems(query: object): Promise<unknown> }).findItems({}),
    ),
};

const COMMANDS: Readonly<Record<string, Call>> = {
  'a start': (guard) => guard.api.engine.start('M', {}, ann),
  'a start without waiting': (guard) => guard.api.engine.start('M', {}, ann, { noWait: true }),
  'a take': (guard, { free }) => guard.api.tasks.take(free, ann),
  'an assignment': (guard, { lent }) =>
    guard.api.engine.assign({ 'items.id': lent }, {}, { priority: 5 }, ADMIN_USER),
  'a delegation': (guard, { lent }) => guard.api.tasks.delegate(lent, 'bob', ann),
  'a completion': (guard, { anns }) => guard.api.engine.invoke({ 'items.id': anns }, { done: true }, ann),
  'a message': (guard) => guard.api.engine.throwMessage('news', {}, {}, ADMIN_USER),
  'a signal': (guard) => guard.api.engine.throwSignal('alarm', {}, {}, ADMIN_USER),
  'saving a model': (guard) => guard.api.model.save('Other', models.M, null, ADMIN_USER),
  'deleting a model': (guard) => guard.api.model.delete('Other', ADMIN_USER),
  'deleting instances': (guard, { doomed }) => guard.api.data.deleteInstances({ id: doomed }, ADMIN_USER),
  installing: (guard) => guard.install(),
};

async function prepared({ guard }: Scene): Promise<Ids> {
  const begun = async (): Promise<[string, string]> => {
    const { id } = await guard.api.engine.start('M', {}, ann);
    return [id, (await waitingTask(guard, 't', id)).id];
  };
  const [[, free], [instance, anns], [, lent], [doomed]] = [
    await begun(),
    await begun(),
    await begun(),
    await begun(),
  ];
  for (const id of [anns, lent]) await guard.api.tasks.take(id, ann);
  for (const name of ['Message', 'Signal']) await guard.api.engine.start(name, {}, ADMIN_USER);
  return { free, anns, lent, doomed, instance };
}

const REFUSED = { name: 'CouldNotTell', code: 'store-unavailable', status: 503 };

onMongo('While the store is away', () => {
  const scenes = new Scenes();

  const stored = async (scene: Scene): Promise<unknown> => {
    const { store } = await scene.beside();
    return [
      await store.instances.find({ filter: {} }),
      await store.models.find({}),
      await store.users.list(),
    ];
  };

  test.each(AWAY)(
    '%s: every call is answered with 503, nothing is changed, and afterwards each works again',
    async (mode) => {
      const scene = await scenes.open({ models });
      const ids = await prepared(scene);
      const { guard, proxy, log } = scene;
      const before = await stored(scene);
      const known = log.length;

      away(proxy, mode);
      for (const calls of [READS, COMMANDS]) {
        const answers = await Promise.all(
          Object.entries(calls).map(async ([name, call]) => ({
            name,
            ...(await answerOf(() => call(guard, ids))),
          })),
        );
        for (const { name, error, value } of answers)
          expect({ name, error, value }).toMatchObject({ name, error: REFUSED, value: undefined });
      }
      const { value } = await answerOf(() => guard.health());
      expect(value).toMatchObject({ ok: false, store: { kind: 'mongo', answers: false } });

      proxy.heal();
      expect(await stored(scene)).toEqual(before);
      for (const [name, call] of [...Object.entries(READS), ...Object.entries(COMMANDS)])
        expect({ name, error: (await answerOf(() => call(guard, ids))).error }).toEqual({
          name,
          error: undefined,
        });
      expect(await guard.health()).toMatchObject({ ok: true, stuck: 0 });
      // What could not be recorded stands in the log, with who and what. The last entries may have been in time for
      // the trail; one that the log calls lost may have arrived all the same, after its answer was given up.
      const unrecorded = log
        .slice(known)
        .filter((line) => line.message === 'the audit trail could not be written')
        .flatMap(({ facts }) => facts?.entries as AuditEntry[]);
      expect(unrecorded.length).toBeGreaterThan(5);
      const recorded = await guard.store.audit.find({ limit: 200, answer: 'failed' });
      const keyOf = ({ time, operation, userName }: AuditEntry): string =>
        inspect([time.getTime(), operation, userName]);
      const lost = new Set(unrecorded.map(keyOf));
      const late = recorded.filter((entry) => lost.has(keyOf(entry)));
      const entries = [...unrecorded, ...recorded];
      const expected = Object.keys(COMMANDS).length + Object.keys(READS).length - 2;
      expect(entries.length).toBeGreaterThanOrEqual(expected);
      expect(entries.length - late.length).toBeLessThanOrEqual(expected);
      expect(entries).toContainEqual(
        expect.objectContaining({
          operation: 'task:execute',
          userName: 'ann',
          answer: 'failed',
          reason: 'store-unavailable',
        }),
      );
    },
  );

  test.each(AWAY)(
    '%s: a guard is not made, and not half of one: the same place opens when the store is back',
    async (mode) => {
      const { proxy, place, hasty } = await scenes.open({ models });
      away(proxy, mode);
      const { error } = await answerOf(() => createGuard({ store: hasty, env: {} }));
      expect(error).toMatchObject(REFUSED);
      proxy.heal();
      const guard = await createGuard({ store: place.options, env: {} });
      expect(await guard.health()).toMatchObject({ ok: true });
      await guard.close();
    },
  );

  test.each(AWAY)('%s: a guard closes all the same, with a command under way', async (mode) => {
    const scene = await scenes.open({ models });
    const ids = await prepared(scene);
    away(scene.proxy, mode);
    const running = answerOf(() => scene.guard.api.tasks.take(ids.free, ann));
    expect((await answerOf(() => scene.guard.close())).error).toBeUndefined();
    expect((await running).error?.status).toBe(503);
    expect((await answerOf(() => scene.guard.api.data.findItems({}, ann))).error).toMatchObject({
      status: 503,
    });
  });

  test('a store that answers each call slowly, but in time, is waited for, and given up when one call of the guard has waited for four times the limit', async () => {
    const scene = await scenes.open({ models });
    const ids = await prepared(scene);
    scene.proxy.become('slow', TIMEOUT / 16);
    await patiently(() => scene.guard.api.data.findItems({ 'items.id': ids.free }, ann));
    scene.proxy.become('slow', TIMEOUT * 0.85);
    const { error } = await answerOf(() => scene.guard.api.tasks.complete(ids.anns, {}, ann));
    expect(error).toMatchObject(REFUSED);
    scene.proxy.heal();
    expect((await scene.guard.api.tasks.take(ids.free, bob))?.assignee).toBe('bob');
  });

  test('many who wait for one instance are all answered', async () => {
    const scene = await scenes.open({ models });
    const ids = await prepared(scene);
    scene.hurry();
    const calls = Array.from({ length: 20 }, () => answerOf(() => scene.guard.api.tasks.take(ids.free, ann)));
    away(scene.proxy, 'hang');
    for (const { error } of await Promise.all(calls))
      if (error !== undefined) expect([409, 503]).toContain(error.status);
    expect((await Promise.all(calls)).filter(({ error }) => error?.status === 503).length).toBeGreaterThan(0);
  });

  test('nothing that is said of it names the place of the store or its password', async () => {
    const scene = await scenes.open({ models });
    const ids = await prepared(scene);
    const { proxy, guard, log } = scene;
    const { name } = scene.place.options as { name: string };
    const errors: unknown[] = [];
    for (const mode of AWAY) {
      away(proxy, mode);
      const calls = [
        READS['a list of tasks'],
        COMMANDS['a take'],
        COMMANDS['a start'],
        COMMANDS['installing'],
      ] as Call[];
      const url = new URL(proxy.url);
      Object.assign(url, { username: 'someuser', password: 'somesecret' });
      const opening = (): Promise<Guard> =>
        createGuard({ store: { url: url.href, name, timeout: TIMEOUT }, env: {} });
      for (const { error } of await Promise.all([
        ...calls.map((call) => answerOf(() => call(guard, ids))),
        answerOf(opening),
      ]))
        errors.push(error);
    }
    errors.push(
      (
        await answerOf(() =>
          createGuard({ store: { url: 'mongodb://someuser:somesecret@[', name }, env: {} }),
        )
      ).error,
    );
    proxy.heal();
    const said = inspect([errors, log, await guard.store.audit.find({ limit: 1000 })], {
      depth: 20,
      showHidden: true,
    });
    expect(errors).toHaveLength(16);
    for (const secret of [
      '127.0.0.1',
      'localhost',
      new URL(proxy.url).port,
      name,
      'mongodb:',
      'someuser',
      'somesecret',
    ])
      expect(said).not.toContain(secret);
    expect(said).toContain('MongoServerSelectionError');
  });
});
