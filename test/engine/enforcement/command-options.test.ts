import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

type Loose = any;
const SOURCE = model([start(), task('do'), end()]);
const ann = person('ann');
const guards = new Guards('embedded');

test("an application's own options reach its listeners with each command, and stand in the log of the instance alone", async () => {
  const guard = await guards.make({ models: { Own: SOURCE } });
  const seen: unknown[] = [];
  (guard.server as Loose).listener.on('process.saving', ({ context }: Loose) =>
    seen.push(context.options.channel),
  );
  const heard = (): unknown => seen.splice(0).at(-1);
  const { engine } = guard.api;
  const { id } = await engine.start('Own', {}, ann, { channel: { name: 'fax' }, startNodeId: 'start' });
  expect(heard()).toEqual({ name: 'fax' });
  const { id: item } = await waitingTask(guard, 'do', id);
  await engine.assign({ 'items.id': item }, {}, { assignee: 'ann' }, ann, { channel: 'desk' });
  expect(heard()).toBe('desk');
  await engine.invoke({ 'items.id': item }, {}, ann, { channel: 'mail', noWait: false });
  expect(heard()).toBe('mail');
  const { logs, ...stored } = (await guard.store.instances.load(id)) as Loose;
  expect([logs.length > 0, /fax|desk|mail/.test(JSON.stringify(stored))]).toEqual([true, false]);
  expect(
    (
      await guard.runAs(ann, () =>
        (guard.server.engine as Loose).start('Own', {}, null, null, { channel: 'wire' }),
      )
    ).id,
  ).toEqual(expect.any(String));
  expect(heard()).toBe('wire');
});

test.each([
  ['parentItemId', 'x'],
  ['recover', true],
  ['restart', true],
  ['user', { userName: 'admin' }],
  ['parentItemID', 'x'],
  ['startnodeid', 'start'],
  ['nowait', true],
  ['constructor', 1],
  ['startNodeId', 1],
  ['noWait', 'yes'],
])('the option %s = %j is refused', async (name, value) => {
  const guard = await guards.make({ models: { Own: SOURCE } });
  const { id } = await guard.api.engine.start('Own', {}, ann);
  const where = { id, 'items.elementId': 'do' };
  const options = { [name]: value };
  const { engine } = guard.api;
  for (const work of [
    engine.start('Own', {}, ann, options),
    engine.invoke(where, {}, ann, options),
    engine.assign(where, {}, { assignee: 'ann' }, ann, options),
    engine.startEvent(id, 'start', {}, ADMIN_USER, options),
    engine.restart(where, {}, ADMIN_USER, options),
    engine.throwMessage('m', {}, null, ann, options),
  ])
    expect(await refusal(work)).toMatchObject({ code: 'bad-option', status: 400 });
});
