import type { Guard } from 'bpmn-guard';
import { Child } from '../../support/child.js';
import { ADMIN_USER, eventually, Guards } from '../../support/guards.js';
import { call, end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const MODELS = {
  Outer: model([start(), call('below', 'Inner'), end()]),
  Inner: model([start(), task('inner', { assignee: 'admin' }), end()], { id: 'innerProcess' }),
};

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
  async function left(mode: string): Promise<Left> {
    const place = guards.place();
    await (await guards.make({ place, models: MODELS })).close();
    const child = new Child('load.mjs', { store: place.options, mode, model: 'Outer' });
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
