import type { Guard, SecureUser } from 'bpmn-guard';
import { BadInput } from '../../../src/core/errors.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { catching, end, message, model, parallel, signal, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [kim, ann] = [person('kim'), person('ann')];
const MB = 1024 * 1024;
/** What a list may return; and what one instance adds beyond it. */
const MOST = 16 * MB;
const SIZE = 2 * MB;
const MANY = 12;

const MODELS = {
  Waits: model(
    [
      start(),
      parallel(
        'p',
        [task('t', { candidateUsers: 'kim' })],
        [catching('s', signal('go'))],
        [catching('m', message('note'))],
      ),
      end(),
    ],
    { signals: ['go'], messages: ['note'] },
  ),
};

onStores('Large instances of one starter', (kind) => {
  const guards = new Guards(kind);
  afterEach(() => jest.restoreAllMocks());

  let sizes: number[] = [];
  async function waiting(large = MANY): Promise<{ guard: Guard; id: string; tasks: string[] }> {
    const guard = await guards.make({ models: MODELS });
    const tasks: string[] = [];
    const begin = async (user: SecureUser, data: object): Promise<string> => {
      const { id, items } = await guard.api.engine.start('Waits', { ...data }, user);
      tasks.push(...items.filter(({ elementId }) => elementId === 't').map((item) => item.id));
      return id;
    };
    for (let n = 0; n < large; n++) await begin(kim, { big: 'x'.repeat(SIZE) });
    const id = await begin(ann, { orderId: 7 });
    const { instances } = guard.store;
    sizes = [];
    for (const name of ['find', 'findItems'] as const) {
      const real = instances[name].bind(instances) as (plan: object) => Promise<{ data?: object }[]>;
      jest.spyOn(instances, name).mockImplementation((async (plan: object) => {
        const rows = await real(plan);
        sizes.push(rows.reduce((sum, { data }) => sum + JSON.stringify(data ?? {}).length, 0));
        return rows;
      }) as never);
    }
    return { guard, id, tasks };
  }
  const most = (): number => Math.max(...sizes);

  test('are not all read at once for a signal, the commands on tasks, or a list of orphans', async () => {
    const { guard, tasks } = await waiting();
    const allowed = await guard.api.tasks.allowed(tasks, kim);
    expect(Object.values(allowed).filter((commands) => commands.includes('take'))).toHaveLength(MANY);
    expect(Object.keys(allowed)).toEqual(tasks);
    const seen: unknown[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await guard.api.work.orphans({ limit: 1000, ...(after && { after }) }, ADMIN_USER);
      seen.push(page);
      after = page.nextCursor;
    }
    expect(seen.length).toBeGreaterThan(1);
    await guard.health();
    const reached = await guard.api.engine.throwSignal('go', {}, undefined, ADMIN_USER);
    expect(reached).toHaveLength(MANY + 1);
    expect(sizes.length).toBeGreaterThan(0);
    expect(most()).toBeLessThanOrEqual(MOST + SIZE);
  }, 120_000);

  test('do not keep others from sending what is meant for one instance, where one query is too expensive', async () => {
    const { guard, id } = await waiting(2);
    const expensive = (): void => {
      const found = guard.store.instances.findItems as unknown as jest.Mock;
      found.mockRejectedValueOnce(new BadInput('too-expensive', 'The query takes more steps.'));
    };
    expensive();
    const matching = { 'data.orderId': 7 };
    expect(await guard.api.engine.throwMessage('note', {}, matching, ADMIN_USER)).toMatchObject({ id });
    expensive();
    expect(await guard.api.engine.throwSignal('go', {}, matching, ADMIN_USER)).toMatchObject([
      { instanceId: id },
    ]);
    expensive();
    const none = guard.api.engine.throwSignal('go', {}, { 'data.orderId': 8 }, ADMIN_USER);
    expect(await refusal(none)).toMatchObject({ code: 'not-found' });
  });
});
