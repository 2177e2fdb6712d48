import { SecureUser, type Guard } from 'bpmn-guard';
import { changeStart } from '../../src/engine/execution/held-starts';
import { Guards, person } from '../support/guards';
import { holdBack } from '../support/held';
import { end, model, start, task, timer } from '../support/models';
import { onStores } from '../support/stores';

const of = (tenantId: string, userName: string, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName, userGroups, tenantId });
const [acme, other] = [of('acme', 'root', 'ADMIN'), of('other', 'root', 'ADMIN')];
/** Nobody of acme who may end instances, nor change models. */
const STRANGERS = [other, of('other', 'eve'), of('acme', 'eve'), person('eve'), person('admin', 'ADMIN')];
const PLAIN = model([start(), task('t', { assignee: 'kim' }), end()]);
const TIMED = model([start({}, timer('timeDuration', 'P1D')), task('t'), end()]);

async function holdStart({ store }: Guard, owner: string, name: string): Promise<void> {
  const attempt = { work: 'start', by: 'x', at: new Date(), ended: 2, held: true } as const;
  await changeStart(store, { owner, name, elementId: 'start' }, () => ({ ...attempt, elementId: 'start' }));
}

/** The ids of all pages, and their cursors. */
async function pages({ api }: Guard, user: SecureUser): Promise<{ ids: string[]; cursors: string[] }> {
  const [ids, cursors]: [string[], string[]] = [[], []];
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof api.work.list>> = await api.work.list({ limit: 1, after }, user);
    ids.push(...page.map(({ id }) => id));
    if (page.nextCursor === undefined) return { ids, cursors };
    cursors.push((after = page.nextCursor));
  }
}

onStores('cursors', (kind) => {
  const guards = new Guards(kind);

  test('T1 the cursor of held work tells nothing of tenants, models and instances of others', async () => {
    const guard = await guards.make();
    const held: string[] = [];
    await guard.api.model.save('Plain', PLAIN, null, acme);
    for (let i = 0; i < 3; i++) {
      const { id } = await guard.api.engine.start('Plain', {}, acme);
      await holdBack(guard, id);
      held.unshift(id);
    }
    for (const name of ['Layoffs', 'Merger', 'Zeta']) {
      await guard.api.model.save(name, TIMED, null, acme);
      await holdStart(guard, 'acme', name);
    }
    for (const user of STRANGERS) expect(await pages(guard, user)).toEqual({ ids: [], cursors: [] });
    const { ids, cursors } = await pages(guard, acme);
    expect([ids.slice(0, 3), ids.length, cursors.length]).toEqual([held, 6, 5]);

    await guard.api.model.save('Own', TIMED, null, other);
    await holdStart(guard, 'other', 'Own');
    const [found, ...more] = await guard.api.work.list({ limit: 1 }, other);
    expect([found?.modelName, more]).toEqual(['Own', []]);
    expect((await pages(guard, other)).cursors).toEqual([]);
  });

  test('T1 an instance that its reader may not end is on no page of held work', async () => {
    const guard = await guards.make();
    await guard.api.model.save('Plain', PLAIN, null, acme);
    const kim = of('acme', 'kim');
    for (let i = 0; i < 2; i++) await holdBack(guard, (await guard.api.engine.start('Plain', {}, kim)).id);
    expect(await guard.api.data.findInstances({}, kim)).toHaveLength(2);
    expect(await pages(guard, kim)).toEqual({ ids: [], cursors: [] });
  });
});
