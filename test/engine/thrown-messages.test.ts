import type { Guard } from 'bpmn-guard';
import { SecureUser } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, waitingTask } from '../support/guards.js';
import { catching, end, listener, message, model, start, task, throwing } from '../support/models.js';
import { onStores } from '../support/stores.js';

const M = { messages: ['m'] };
const W = model([start(), catching('c', message('m')), end()], M);
const ONE = model([start(), throwing('t1', message('m')), end()], M);
const TWO = model([start(), throwing('t1', message('m')), throwing('t2', message('m')), end()], M);
const KEPT = 'a message stays with its sender: nobody waits for it any more';

onStores('Messages thrown before an earlier one has arrived', (kind) => {
  const guards = new Guards(kind);

  const starting = (guard: Guard, name: string, count: number, user = ADMIN_USER): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, async () => (await guard.api.engine.start(name, {}, user)).id));
  const ended = (guard: Guard, name: string): Promise<number> =>
    guard.store.instances.count({ filter: { name, status: 'end' } });
  const stuck = async (guard: Guard): Promise<number> => (await guard.health()).stuck;

  test('by one process in a row reach a receiver each', async () => {
    const guard = await guards.make({ models: { W, TWO } });
    await starting(guard, 'W', 2);
    await starting(guard, 'TWO', 1);
    expect(await ended(guard, 'W')).toBe(2);
    expect(await stuck(guard)).toBe(0);
  });

  test('by several processes at once reach a receiver each', async () => {
    const guard = await guards.make({ models: { W, ONE } });
    await starting(guard, 'W', 5);
    await starting(guard, 'ONE', 5);
    expect(await ended(guard, 'W')).toBe(5);
    expect(await stuck(guard)).toBe(0);
  });

  test('reach one receiver that waits again', async () => {
    const twice = model([start(), catching('c1', message('m')), catching('c2', message('m')), end()], M);
    const guard = await guards.make({ models: { W: twice, TWO } });
    await starting(guard, 'W', 1);
    await starting(guard, 'TWO', 1);
    expect(await ended(guard, 'W')).toBe(1);
    expect(await stuck(guard)).toBe(0);
  });

  test('stay with the sender while nobody else waits, and arrive at a start after somebody does', async () => {
    const { guard, place, log } = await guards.open({ place: guards.place(), models: { W, TWO } });
    await starting(guard, 'W', 1);
    const [sender] = await starting(guard, 'TWO', 1);
    expect(await ended(guard, 'W')).toBe(1);
    expect(await stuck(guard)).toBe(1);
    expect(log.filter(({ message: said }) => said === KEPT)).toMatchObject([
      { level: 'warn', facts: { from: sender, message: 'm' } },
    ]);
    await starting(guard, 'W', 1);
    await guard.close();
    const next = await guards.make({ place });
    await eventually(async () => (await ended(next, 'W')) === 2 && (await stuck(next)) === 0);
  });

  test('go to nobody of another tenant, and to nobody whom their matching key does not mean', async () => {
    const guard = await guards.make();
    const [acme, beta] = ['acme', 'beta'].map(
      (tenantId) => new SecureUser({ userName: 'admin', userGroups: ['ADMIN'], tenantId }),
    ) as [SecureUser, SecureUser];
    const key = listener('start', "item.context.messageMatchingKey = { 'data.caseId': 1 }");
    const T = model(
      [start(), throwing('t1', key + message('m')), throwing('t2', key + message('m')), end()],
      M,
    );
    for (const user of [acme, beta])
      for (const [name, xml] of Object.entries({ W, T })) await guard.api.model.save(name, xml, null, user);
    const waits = async (user: SecureUser, caseId: number): Promise<string> =>
      (await guard.api.engine.start('W', { caseId }, user)).id;
    const meant = await waits(acme, 1);
    const others = [await waits(beta, 1), await waits(acme, 2)];
    await guard.api.engine.start('T', {}, acme);
    expect((await guard.store.instances.load(meant))?.status).toBe('end');
    for (const id of others) expect((await guard.store.instances.load(id))?.status).toBe('running');
    expect(await stuck(guard)).toBe(1);
  });

  test('that were delivered before the process ended are not delivered to somebody else', async () => {
    const { guard, place } = await guards.open({
      place: guards.place(),
      models: { W, T: model([start(), throwing('t1', message('m')), task('t'), end()], M) },
    });
    await starting(guard, 'W', 1);
    const [sender] = (await starting(guard, 'T', 1)) as [string];
    await waitingTask(guard, 't', sender);
    const [receiver] = await guard.store.instances.find({ filter: { name: 'W' } });
    const item = receiver?.items?.find(({ elementId }) => elementId === 'c');
    const key = item?.guard?.received as string;
    expect(key).toEqual(expect.any(String));
    const kept = (await guard.store.instances.load(sender))?.guard;
    const entry = { key, itemId: item?.id, data: {}, causer: 'admin' };
    const outbox = [{ ...entry, message: { id: 'm', tenantId: null, matching: [] } }];
    await guard.store.instances.update(sender, kept?.rev, {
      guard: { ...kept, outbox, unfinished: true } as never,
    });
    await starting(guard, 'W', 1);
    expect(await stuck(guard)).toBe(1);
    await guard.close();
    const next = await guards.make({ place });
    await eventually(async () => (await stuck(next)) === 0);
    expect(await ended(next, 'W')).toBe(1);
  });
});
