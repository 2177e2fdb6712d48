import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { any, told } from '../../support/told.js';

const ann = person('ann');
const M = model([start(), task('t', { assignee: 'ann' }), end()]);
const guards = new Guards('embedded');
const none = { id: 'none' };
/** Options of which none may be given, or not so. */
const WRONG = any({ noWait: 'yes' });

test('what is wrong with the options of a command is said before whether there is what it is about', async () => {
  const { engine } = (await guards.make({ models: { M } })).api;
  const found = await told({
    start: () => engine.start('None', {}, ann, WRONG),
    invoke: () => engine.invoke(none, {}, ann, WRONG),
    assign: () => engine.assign(none, {}, {}, ann, WRONG),
    throwMessage: () => engine.throwMessage('none', {}, {}, ann, WRONG),
    throwSignal: () => engine.throwSignal('none', {}, {}, ann, WRONG),
    startEvent: () => engine.startEvent('none', 'e', {}, ann, WRONG),
    restart: () => engine.restart(none, {}, ann, WRONG),
  });
  for (const [command, says] of Object.entries(found))
    expect([command, says]).toEqual([command, expect.stringMatching(/^bad-option: .*noWait/)]);
});

test('so are errors in its data, and in a name', async () => {
  const { engine } = (await guards.make({ models: { M } })).api;
  const data = any(7);
  const found = await told({
    start: () => engine.start('None', data, ann),
    invoke: () => engine.invoke(none, data, ann),
    assign: () => engine.assign(none, data, {}, ann),
    throwMessage: () => engine.throwMessage('none', data, {}, ann),
    throwSignal: () => engine.throwSignal('none', data, {}, ann),
    startEvent: () => engine.startEvent('none', 'e', data, ann),
    restart: () => engine.restart(none, data, ann),
    addProcess: () => engine.addProcess('none', 'M', data, ann),
  });
  for (const [command, says] of Object.entries(found))
    expect([command, says]).toEqual([command, expect.stringMatching(/^bad-data: /)]);
  expect(
    await told({
      migrate: () => engine.migrate('none', any(7), ann),
      start: () => engine.start(any(7), {}, ann),
      addProcess: () => engine.addProcess('none', any(7), {}, ann),
      addTask: () => engine.addTask('none', any(7), ann),
    }),
  ).toEqual({
    migrate: expect.stringMatching(/^bad-/) as string,
    start: expect.stringMatching(/^bad-/) as string,
    addProcess: expect.stringMatching(/^bad-/) as string,
    addTask: 'bad-request: A task must be a plain object with a name.',
  });
});

test('the options of a command reach it', async () => {
  const late = { ...start({}, '', 'late'), flow: false as const };
  const two = model([start(), task('t', { assignee: 'ann' }), end(), late]);
  const { engine } = (await guards.make({ models: { Two: two } })).as(ADMIN_USER);
  const begun = await engine.start('Two', {}, { startNodeId: 'late' } as never);
  expect(begun.items.map(({ elementId }) => elementId)).toEqual(['late']);
});
