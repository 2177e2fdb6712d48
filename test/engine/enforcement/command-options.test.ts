import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { catching, end, message, model, signal, start, task } from '../../support/models.js';

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

test("an application's own options reach who gets a message or a signal", async () => {
  const models = {
    Told: model([start(), catching('m', message('ping')), catching('s', signal('bell')), end()], {
      messages: ['ping'],
      signals: ['bell'],
    }),
  };
  const guard = await guards.make({ models });
  const seen: unknown[] = [];
  (guard.server as Loose).listener.on('process.saving', ({ context }: Loose) =>
    seen.push(context.options?.channel),
  );
  const { engine } = guard.api;
  await engine.start('Told', {}, ADMIN_USER);
  await engine.throwMessage('ping', {}, null, ADMIN_USER, { channel: 'mail' } as Loose);
  expect(seen.at(-1)).toBe('mail');
  await engine.throwSignal('bell', {}, null, ADMIN_USER, { channel: 'horn' } as Loose);
  expect(seen.at(-1)).toBe('horn');
});

test('an option that does nothing for a command is refused, and one that says no is none', async () => {
  const guard = await guards.make({ models: { Own: SOURCE } });
  const { id } = await guard.api.engine.start('Own', {}, ann);
  const where = { id, 'items.elementId': 'do' };
  const engine = guard.api.engine as Loose;
  const refused = (name: string): object => ({
    code: 'bad-option',
    message: `Option ${name} does nothing for this command, and is not allowed.`,
  });
  const commands: ((options: object) => Promise<unknown>)[] = [
    (options) => engine.assign(where, {}, { priority: 1 }, ann, options),
    (options) => engine.startEvent(id, 'start', {}, ADMIN_USER, options),
    (options) => engine.restart(where, {}, ADMIN_USER, options),
    (options) => engine.throwSignal('bell', {}, null, ADMIN_USER, options),
  ];
  for (const command of commands) {
    expect(await refusal(command({ noWait: true }))).toMatchObject(refused('noWait'));
    expect(await refusal(command({ startNodeId: 'start' }))).toMatchObject(refused('startNodeId'));
  }
  for (const command of [engine.invoke, engine.throwMessage])
    expect(
      await refusal(
        command(where, {}, ...(command === engine.invoke ? [] : [null]), ADMIN_USER, {
          startNodeId: 'start',
        }),
      ),
    ).toMatchObject(refused('startNodeId'));
  await engine.assign(where, {}, { priority: 1 }, ADMIN_USER, { noWait: false, startNodeId: null });
});
