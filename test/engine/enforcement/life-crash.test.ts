import type { Guard } from 'bpmn-guard';
import { Child } from '../../support/child.js';
import { ADMIN_USER, eventually, Guards, person } from '../../support/guards.js';
import { sample } from '../../support/cases.js';
import { call, end, model, properties, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const MODELS = {
  Outer: model([start(), call('below', 'Inner'), end()]),
  Inner: model([start(), task('inner', { assignee: 'admin' }), end()], { id: 'innerProcess' }),
  Given: model([
    start(),
    task(
      'given',
      { candidateUsers: 'kim,lou' },
      properties({ suspendable: 'true', escalateTo: 'group:managers' }),
    ),
    end(),
  ]),
};
const KIM = person('kim');

/** The moments of a write: the process dies before it is made, or when it is made. */
const MOMENTS = [
  ['before', 'update'],
  ['after', 'updated'],
] as const;
const ON_TASK = ['reject', 'undoReject', 'escalate', 'suspend', 'resume'].flatMap((command) =>
  MOMENTS.map(([when, moment]) => [when, command, moment] as const),
);

interface Left {
  readonly guard: Guard;
  readonly id: string;
  readonly child: string;
  readonly item: string;
}

onStores('After kill -9 in the middle of a command on the life of an instance', (kind) => {
  const guards = new Guards(kind);
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
  });

  /** What a process has left that died at one of its writes, opened again. */
  async function left(mode: string, of: object = {}): Promise<Left> {
    const place = guards.place();
    await (await guards.make({ place, models: MODELS })).close();
    const child = new Child('load.mjs', { store: place.options, mode, model: 'Outer', ...of });
    children.push(child);
    const [fact] = (await child.said(1)) as [{ id: string; child: string; item: string }];
    expect(await child.ended()).toMatchObject({ signal: 'SIGKILL', errors: '' });
    return { guard: await guards.make({ place }), ...fact };
  }
  const settled = ({ guard }: Left): Promise<true> =>
    eventually(async () => (await guard.health()).stuck === 0 && true);

  test('the processes that it has called are suspended too', async () => {
    const found = await left('dieSuspending');
    await settled(found);
    const { guard, id, child, item } = found;
    for (const one of [id, child])
      expect((await guard.store.instances.load(one))?.guard?.suspension).toMatchObject({ by: 'admin' });
    await guard.api.engine.resume(id, ADMIN_USER);
    await guard.api.tasks.complete(item, {}, ADMIN_USER);
    await eventually(async () => (await guard.store.instances.load(id))?.status === 'end');
  });

  test('the processes that it has called are terminated too', async () => {
    const found = await left('dieTerminating');
    await settled(found);
    for (const one of [found.id, found.child])
      expect(await found.guard.store.instances.load(one)).toMatchObject({ status: 'terminated' });
    expect(await found.guard.api.data.getPendingUserTasks({}, ADMIN_USER)).toEqual([]);
  });

  test('before its own write, nothing is terminated', async () => {
    const found = await left('dieTerminatingFirst');
    await settled(found);
    for (const one of [found.id, found.child])
      expect(await found.guard.store.instances.load(one)).toMatchObject({ status: 'running' });
  });

  test('the processes that it has called are resumed too', async () => {
    const found = await left('dieResuming');
    await settled(found);
    const { guard, id, child, item } = found;
    for (const one of [id, child])
      expect((await guard.store.instances.load(one))?.guard?.suspension).toBeUndefined();
    await guard.api.tasks.complete(item, {}, ADMIN_USER);
    await eventually(async () => (await guard.store.instances.load(id))?.status === 'end');
  });

  /** An administrator can bring the instance to its end. */
  async function goesOn({ guard, id, item }: Left): Promise<void> {
    expect((await guard.health()).stuck).toBe(0);
    const can = (await guard.api.tasks.allowed([item], ADMIN_USER))[item] ?? [];
    if (can.includes('resume')) await guard.api.tasks.resume(item, ADMIN_USER);
    await guard.api.tasks.complete(item, {}, ADMIN_USER);
    await eventually(async () => (await guard.store.instances.load(id))?.status === 'end');
  }

  test.each(sample(ON_TASK, 3, kind === 'mongo' ? 1 : 0))(
    'a task is as it was %s %s, and the instance goes on',
    async (when, command, moment) => {
      const found = await left('dieOnTask', { model: 'Given', command, moment, nth: 1 });
      const can = (await found.guard.api.tasks.allowed([found.item], KIM))[found.item] ?? [];
      expect(can.includes(command as never)).toBe(when === 'before');
      await goesOn(found);
    },
  );

  test.each(
    sample(
      [
        ['is not there', 'update', 1, []],
        ['is not there, though the source has its element', 'updated', 1, []],
        ['is there', 'updated', 2, ['More']],
      ] as const,
      3,
      kind === 'mongo' ? 1 : 2,
    ),
  )('an added task %s', async (_what, moment, nth, added) => {
    const found = await left('dieAddingTask', { model: 'Given', moment, nth });
    const { guard, id, item } = found;
    const waiting = await guard.api.data.getPendingUserTasks({ id }, ADMIN_USER);
    expect(waiting.map(({ name }) => name).sort()).toEqual([...added, 'given']);
    for (const one of waiting) if (one.id !== item) await guard.api.tasks.complete(one.id, {}, ADMIN_USER);
    await goesOn(found);
  });

  test('an unstored migration has no effect', async () => {
    const { guard, id, item } = await left('dieMigrating');
    expect(await guard.store.instances.load(id)).toMatchObject({ name: 'Outer', status: 'running' });
    await guard.api.tasks.complete(item, {}, ADMIN_USER);
    await eventually(async () => (await guard.store.instances.load(id))?.status === 'end');
  });

  test('an added process is there with the instance that it was added to, or neither knows of the other', async () => {
    const none = await left('dieAdding');
    expect((await none.guard.store.instances.load(none.id))?.guard?.processes).toBeUndefined();
    expect(await none.guard.store.instances.count({ filter: {} })).toBe(2);
    const both = await left('dieAdded');
    await settled(both);
    const [added] = (await both.guard.store.instances.load(both.id))?.guard?.processes ?? [];
    expect(await both.guard.store.instances.load(added as string)).toMatchObject({
      status: 'running',
      guard: { addedTo: both.id },
    });
  });
});
