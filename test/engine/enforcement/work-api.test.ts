import type { Guard } from 'bpmn-guard';
import { heldOf, heldStartOf } from '../../../src/engine/enforcement/held-work.js';
import { CommandRunner } from '../../../src/engine/execution/command-runner.js';
import { RunningCommands } from '../../../src/engine/execution/running.js';
import { changeStart, idOfStart } from '../../../src/engine/execution/held-starts.js';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../support/guards.js';
import { holdBack } from '../../support/held.js';
import { end, model, start, task, timer } from '../../support/models.js';

const [ann, bob] = [person('ann'), person('bob')];
const MODELS = {
  M: model([start(), task('t', { assignee: 'ann' }), end()]),
  Timed: model([start({}, timer('timeDuration', 'P1D')), task('t'), end()]),
};
const PLACE = { owner: null, name: 'Timed', elementId: 'start' };
const at = new Date(0);
const guards = new Guards('embedded');

async function begun(): Promise<{ guard: Guard; id: string }> {
  const guard = await guards.make({ models: MODELS });
  const { id } = await guard.api.engine.start('M', {}, ann);
  await holdBack(guard, id);
  return { guard, id };
}
const held = async ({ store }: Guard): Promise<unknown> =>
  changeStart(store, PLACE, () => ({ work: 'start', by: 'x', at, ended: 2, held: true, elementId: 'start' }));
const trail = async ({ store }: Guard, operation: string): Promise<unknown[]> =>
  (await store.audit.find({ userName: 'admin', limit: 50 }))
    .filter((entry) => entry.operation === operation && entry.answer === 'allowed')
    .map(({ resource }) => resource);

test('held work is listed with its instance, its item and its element', () => {
  const attempt = { work: 'timer', by: 'x', at, ended: 3 } as const;
  const instance = (more: object) => ({ id: 'i', name: 'M', ...more }) as never;
  const attempts = {
    item: { ...attempt, held: true, elementId: 'T' },
    free: attempt,
    background: { ...attempt, work: 'background', held: true },
  };
  expect(heldOf(instance({ tenantId: 'acme', guard: { attempts } }))).toEqual([
    {
      id: 'i',
      instanceId: 'i',
      modelName: 'M',
      tenantId: 'acme',
      work: 'timer',
      itemId: 'item',
      elementId: 'T',
      since: at,
      ended: 3,
    },
    { id: 'i', instanceId: 'i', modelName: 'M', tenantId: 'acme', work: 'background', since: at, ended: 3 },
  ]);
  expect(
    heldOf({ id: 'i', tenantId: null, guard: { attempts: { background: attempts.background } } } as never),
  ).toEqual([{ id: 'i', instanceId: 'i', modelName: '', work: 'background', since: at, ended: 3 }]);
  expect(heldOf(instance({}))).toEqual([]);
});

test('a held start is listed with its model', () => {
  const attempt = { work: 'start', by: 'x', at, ended: 2, elementId: 'start' } as const;
  expect(heldStartOf({ id: 'start:x', model: { name: 'M', owner: 'acme' }, attempt } as never)).toEqual({
    id: 'start:x',
    modelName: 'M',
    tenantId: 'acme',
    work: 'start',
    elementId: 'start',
    since: at,
    ended: 2,
  });
  const { elementId: _none, ...bare } = attempt;
  expect(heldStartOf({ id: 'start:x', model: { name: 'M', owner: null }, attempt: bare } as never)).toEqual({
    id: 'start:x',
    modelName: 'M',
    work: 'start',
    since: at,
    ended: 2,
  });
});

test('held work is listed for who may end it, retried, and no longer held', async () => {
  const { guard, id } = await begun();
  await held(guard);
  const start_ = idOfStart(PLACE);
  const { work } = guard.as(ADMIN_USER);
  expect(await work.list()).toMatchObject([
    { id, instanceId: id, modelName: 'M', work: 'background', ended: 2 },
    { id: start_, modelName: 'Timed', work: 'start', elementId: 'start', ended: 2 },
  ]);
  for (const user of [ann, bob]) expect(await guard.api.work.list({}, user)).toEqual([]);
  for (const [user, code] of [
    [ann, 'forbidden'],
    [bob, 'not-found'],
  ] as const)
    expect(await refusal(guard.api.work.retry(id, user))).toMatchObject({ code });
  expect(await refusal(guard.api.work.retry(start_, bob))).toMatchObject({ code: 'forbidden' });
  await work.retry(id);
  expect(await trail(guard, 'instance:cancel')).toContainEqual({ kind: 'instance', id, instanceId: id });
  await work.retry(start_);
  expect(await trail(guard, 'model:write')).toContainEqual({ kind: 'model', name: 'Timed' });
  await eventually(async () => (await work.list()).length === 0);
  expect(await refusal(work.retry(start_))).toMatchObject({ code: 'wrong-state' });
  const gone = idOfStart({ ...PLACE, name: 'None' });
  expect(await refusal(work.retry(gone))).toMatchObject({
    code: 'not-found',
    message: 'No such model, or it is not yours to see.',
  });
});

test('held work is listed in pages, which together have all of it once, and nothing else is a page', async () => {
  const { guard, id } = await begun();
  const ids = [id];
  for (let more = 0; more < 3; more++) {
    const started = await guard.api.engine.start('M', {}, ann);
    await holdBack(guard, started.id);
    ids.unshift(started.id);
  }
  await guard.api.model.save('Timed2', MODELS.Timed, null, ADMIN_USER);
  for (const name of ['Timed', 'Timed2'])
    await changeStart(guard.store, { ...PLACE, name }, () => ({
      work: 'start',
      by: 'x',
      at,
      ended: 2,
      held: true,
      elementId: 'start',
    }));
  const { work } = guard.as(ADMIN_USER);
  const all = await work.list();
  expect(all.map((one) => one.id).slice(0, 4)).toEqual(ids);
  expect(all.nextCursor).toBeUndefined();
  for (const limit of [1, 2, 3, 4, 5, 6]) {
    const found: string[] = [];
    let pages = 0;
    for (let after: string | null = null, isLast = false; !isLast; pages++) {
      const page: Awaited<ReturnType<typeof work.list>> = await work.list({ limit, after });
      expect(page.length).toBeLessThanOrEqual(limit);
      found.push(...page.map((one) => one.id));
      isLast = page.nextCursor === undefined;
      after = page.nextCursor ?? null;
    }
    expect(found).toEqual(all.map((one) => one.id));
    expect(pages).toBeLessThanOrEqual(Math.ceil(6 / limit) + 1);
  }
  for (const page of [{ limit: 0 }, { limit: 1001 }, { after: 'x' }, { after: 7 }, { most: 1 }, ADMIN_USER])
    expect(await refusal(work.list(page as never))).toMatchObject({ code: 'bad-query' });
});

test.each(['retried', 'stopped'])('what is %s is decided again after a wait', async (how) => {
  let groups = ['ADMIN'];
  const directory = {
    find: async (userName: string) => ({ userName, userGroups: userName === 'admin' ? groups : [] }),
    onChanged: (listener: (userName: string) => void) => {
      forget = listener;
      return () => undefined;
    },
  };
  let forget = (_userName: string): void => undefined;
  const guard = await guards.make({ models: MODELS, directory });
  const { id } = await guard.api.engine.start('M', {}, ann);
  await holdBack(guard, id);
  const demote = (): void => {
    groups = [];
    forget('admin');
  };
  jest.spyOn(RunningCommands.prototype, 'giveUp').mockImplementationOnce(async () => demote());
  const { onInstance } = CommandRunner.prototype;
  jest.spyOn(CommandRunner.prototype, 'onInstance').mockImplementationOnce(function (
    this: CommandRunner,
    ...of
  ) {
    demote();
    return onInstance.apply(this, of) as never;
  });
  const { work } = guard.api;
  const [run, result] = how === 'stopped' ? [work.stop, [id]] : [work.retry, undefined];
  expect(await refusal(run(id, ADMIN_USER))).toMatchObject({ code: 'not-found' });
  expect(await guard.store.instances.load(id)).toMatchObject({ status: 'running', guard: { held: true } });
  groups = ['ADMIN'];
  forget('admin');
  expect(await run(id, ADMIN_USER)).toEqual(result);
  jest.restoreAllMocks();
});

test('an instance with held work is stopped by who may end it', async () => {
  const { guard, id } = await begun();
  expect(await refusal(guard.api.work.stop(id, bob))).toMatchObject({ code: 'not-found' });
  expect(await guard.api.work.stop(id, ADMIN_USER)).toEqual([id]);
  expect(await guard.store.instances.load(id)).toMatchObject({ status: 'terminated' });
  expect(await trail(guard, 'instance:cancel')).toContainEqual({ kind: 'instance', id, instanceId: id });
});

test('a command that was not carried out is not in the audit trail as allowed', async () => {
  const guard = await guards.make({ models: MODELS });
  const { id } = await guard.api.engine.start('M', {}, ann);
  const { work, engine } = guard.as(ADMIN_USER);
  const timer_ = idOfStart(PLACE);
  await refusal(work.retry(id));
  await refusal(work.retry(timer_));
  expect(await trail(guard, 'instance:cancel')).toEqual([]);
  await engine.terminate(id);
  await refusal(work.stop(id));
  const refused = await guard.store.audit.find({ userName: 'admin', answer: 'refused', limit: 9 });
  expect(refused.map(({ operation, reason, resource }) => [operation, reason, resource])).toEqual([
    ['instance:cancel', 'wrong-state', { kind: 'instance', id, instanceId: id }],
    ['model:write', 'wrong-state', { kind: 'model', name: 'Timed' }],
    ['instance:cancel', 'wrong-state', { kind: 'instance', id, instanceId: id }],
  ]);
  expect(await trail(guard, 'instance:cancel')).toHaveLength(1);
  // Saved by the test, and not retried.
  expect(await trail(guard, 'model:write')).toEqual([]);
});
