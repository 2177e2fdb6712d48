import { CouldNotTell, type Guard } from 'bpmn-guard';
import {
  ADMIN_USER,
  eventually,
  Guards,
  person,
  refusal,
  waitingTask,
  type GuardParts,
  type TestGuard,
} from '../support/guards.js';
import { catching, end, model, service, start, task, timer } from '../support/models.js';
import { onMongo, type Place } from '../support/stores.js';

const ann = person('ann');
const OFTEN = 200;
const looks = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * OFTEN));
const isEnded = async (guard: Guard, id: string): Promise<boolean> =>
  (await guard.store.instances.load(id))?.status === 'end';

onMongo('What another process left when it ended', () => {
  const guards = new Guards('mongo');

  /** One that goes on, and one that ends: it never looks for what the first has left. */
  async function two(
    parts: GuardParts,
    endsWith: GuardParts = {},
  ): Promise<{ place: Place; stays: TestGuard; ends: Guard }> {
    const place = guards.place();
    const stays = await guards.open({ ...parts, place, takeOverEvery: OFTEN });
    return { place, stays, ends: await guards.make({ ...parts, ...endsWith, place, models: {} }) };
  }

  test('a timer that it armed fires in one that runs already', async () => {
    const { stays, ends } = await two({
      models: { M: model([start(), catching('c', timer('timeDuration', 'PT1S')), end()]) },
    });
    const { id } = await ends.api.engine.start('M', {}, ann);
    await ends.close();
    await eventually(() => isEnded(stays.guard, id));
    await eventually(async () => (await stays.guard.store.locks.list()).length === 0);
  });

  test('a timer that fires while its own process runs fires once', async () => {
    const notes: string[] = [];
    const { ends } = await two({
      services: { note: () => void notes.push('') },
      models: {
        M: model([start(), catching('c', timer('timeDuration', 'PT1S')), service('s', 'note'), end()]),
      },
    });
    const { id } = await ends.api.engine.start('M', {}, ann);
    await eventually(() => isEnded(ends, id));
    await looks(4);
    expect(notes).toHaveLength(1);
  });

  test('a timer that fails is tried once, and others are not held up by it', async () => {
    const tries: string[] = [];
    const fail = (): never => {
      tries.push('');
      throw new Error('broken');
    };
    // On a slow machine it fires in the one that ends too, before that is closed: those tries are not counted.
    const { stays, ends } = await two(
      {
        services: { fail },
        models: {
          Bad: model([start(), catching('c', timer('timeDuration', 'PT1S')), service('s', 'fail'), end()]),
          Good: model([start(), catching('c', timer('timeDuration', 'PT2S')), end()]),
        },
      },
      {
        services: {
          fail: () => {
            throw new Error('broken');
          },
        },
      },
    );
    const bad = await ends.api.engine.start('Bad', {}, ann);
    const good = await ends.api.engine.start('Good', {}, ann);
    await ends.close();
    await eventually(() => isEnded(stays.guard, good.id));
    await looks(4);
    expect(tries).toHaveLength(1);
    expect(stays.log.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'a timer failed', facts: { error: 'broken' } },
    ]);
    expect(await isEnded(stays.guard, bad.id)).toBe(false);
  });

  test('a timer that fails is tried once although its attempt cannot be forgotten at once', async () => {
    const tries: string[] = [];
    const holder: { guard?: Guard } = {};
    const fail = (): never => {
      tries.push('');
      const { store } = holder.guard as Guard;
      const away = new CouldNotTell('store-unavailable', 'The store did not answer.');
      jest.spyOn(store.instances, 'update').mockRejectedValueOnce(away);
      throw new Error('broken');
    };
    const { guard, log } = await guards.open({
      takeOverEvery: OFTEN,
      services: { fail },
      models: {
        Bad: model([start(), catching('c', timer('timeDuration', 'PT1S')), service('s', 'fail'), end()]),
      },
    });
    holder.guard = guard;
    const { id } = await guard.api.engine.start('Bad', {}, ann);
    await eventually(() => tries.length > 0);
    await eventually(async () => (await guard.store.instances.load(id))?.guard?.attempts === undefined);
    await looks(5);
    expect(tries).toHaveLength(1);
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'a timer failed', facts: { error: 'broken' } },
    ]);
    expect((await guard.health()).stuck).toBe(0);
  });

  test('a model that it saved is started by its timer', async () => {
    const { stays, ends } = await two({});
    await ends.api.model.save(
      'T',
      model([start({}, timer('timeDuration', 'PT1S')), end()]),
      null,
      ADMIN_USER,
    );
    await ends.close();
    const count = (): Promise<number> => stays.guard.store.instances.count({ filter: { name: 'T' } });
    await eventually(async () => (await count()) >= 2);
    await stays.guard.api.model.delete('T', ADMIN_USER);
    const then = await count();
    await looks(8);
    expect(await count()).toBeLessThanOrEqual(then + 1);
  });

  test('a model whose timer it has changed is started at the new time', async () => {
    const ticking = (duration: string): string => model([start({}, timer('timeDuration', duration)), end()]);
    const { stays, ends } = await two({ models: { T: ticking('P30D') } });
    await ends.api.model.save('T', ticking('PT1S'), null, ADMIN_USER);
    await ends.close();
    await eventually(async () => (await stays.guard.store.instances.count({ filter: { name: 'T' } })) >= 1);
  });

  describe('of work between two instances', () => {
    /** An instance that has something to deliver to the task of another, as a crash between two commits leaves it. */
    async function undelivered(ends: Guard): Promise<{ from: string; to: string }> {
      const [from, to] = [
        await ends.api.engine.start('From', {}, ann),
        await ends.api.engine.start('To', {}, ann),
      ];
      const { id: itemId } = await waitingTask(ends, 't', to.id);
      const stored = await ends.store.instances.load(from.id);
      const rev = stored?.guard?.rev ?? 0;
      const outbox = [{ key: 'one', itemId, data: { sent: true }, causer: 'ann' }];
      expect(
        await ends.store.instances.update(from.id, rev, {
          guard: { ...stored?.guard, rev: rev + 1, outbox, unfinished: true },
        }),
      ).toBe(true);
      return { from: from.id, to: to.id };
    }

    const waits = model([start(), task('w'), end()]);

    test('it is delivered', async () => {
      const { stays, ends } = await two({ models: { From: waits, To: model([start(), task('t'), end()]) } });
      const { from, to } = await undelivered(ends);
      await eventually(() => isEnded(stays.guard, to));
      await eventually(async () => (await stays.guard.health()).stuck === 0);
      expect(await stays.guard.store.instances.load(to)).toMatchObject({ data: { sent: true } });
      expect((await stays.guard.store.instances.load(from))?.guard?.outbox).toEqual([]);
    });

    test('a failing delivery is tried once', async () => {
      const tries: string[] = [];
      const fail = (): never => {
        tries.push('');
        throw new Error('broken');
      };
      const { stays, ends } = await two({
        services: { fail },
        models: { From: waits, To: model([start(), task('t'), service('s', 'fail'), end()]) },
      });
      const { to } = await undelivered(ends);
      await eventually(() => tries.length > 0);
      await looks(5);
      expect(tries).toHaveLength(1);
      expect(await isEnded(stays.guard, to)).toBe(false);
      expect((await stays.guard.health()).stuck).toBe(1);
    });

    test('work that is still running elsewhere is left alone', async () => {
      const { stays, ends } = await two({ models: { From: waits, To: model([start(), task('t'), end()]) } });
      const owner = { host: 'elsewhere', pid: 1, nonce: 'x' };
      const { from, to } = await undelivered(ends);
      expect(await ends.store.locks.acquire(from, owner, new Date(Date.now() + 60_000), () => false)).toBe(
        true,
      );
      await looks(5);
      expect(await isEnded(stays.guard, to)).toBe(false);
      await ends.store.locks.release(from, owner);
      await eventually(() => isEnded(stays.guard, to));
    });
  });

  test('a store that does not answer is tried again in the next pass', async () => {
    const { stays, ends } = await two({
      models: { M: model([start(), catching('c', timer('timeDuration', 'PT1S')), end()]) },
    });
    const find = jest.spyOn(stays.guard.store.locks, 'list').mockRejectedValueOnce(new Error('away'));
    const { id } = await ends.api.engine.start('M', {}, ann);
    await ends.close();
    await eventually(() => isEnded(stays.guard, id));
    await eventually(() => find.mock.calls.length > 1);
    expect(stays.log.filter(({ level }) => level !== 'info')).toMatchObject([
      {
        level: 'warn',
        message: 'could not look for work left by other processes',
        facts: { error: 'away' },
      },
    ]);
  });

  test.each([0, -1, Number.NaN, '600' as never, Infinity])(
    '%p is refused as the time between two looks',
    async (takeOverEvery) => {
      expect(await refusal(guards.make({ takeOverEvery }))).toMatchObject({
        code: 'bad-configuration',
        message: expect.stringContaining('takeOverEvery'),
      });
    },
  );
});
