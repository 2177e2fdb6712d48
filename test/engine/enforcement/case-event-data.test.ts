import type { Guard, GuardApi } from 'bpmn-guard';
import { properties, ROLES } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import {
  catching,
  element,
  end,
  message,
  model,
  parallel,
  signal,
  start,
  task,
} from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [own, hal] = [person('own'), person('hal')];
const MODELS = {
  Waits: model(
    [
      start(),
      parallel('p', [task('t')], [catching('m', message('note'))], [catching('s', signal('go'))]),
      end(),
      { ...element('startEvent', 'more'), flow: false },
    ],
    { inner: properties({ caseRoles: ROLES }), messages: ['note'], signals: ['go'] },
  ),
};
const DOORS: readonly [string, (api: GuardApi, id: string, data: object) => Promise<unknown>][] = [
  ['a message', ({ engine }, id, data) => engine.throwMessage('note', { ...data }, { id })],
  ['a start event', ({ engine }, id, data) => engine.startEvent(id, 'more', { ...data })],
];

onStores('Data that comes to a case with an event', (kind) => {
  const guards = new Guards(kind);

  async function aCase(): Promise<{ guard: Guard; id: string }> {
    const guard = await guards.make({ models: MODELS });
    await guard.as(ADMIN_USER).policies.caseOperations.save('ADD_DATA', ['contact']);
    const caseRoles = { participant: { users: ['hal'] }, contact: { users: ['own'] } };
    const { id } = await guard.api.engine.start('Waits', { x: 1 }, own, { caseRoles });
    return { guard, id };
  }
  const dataOf = async (guard: Guard, id: string): Promise<unknown> =>
    (await guard.store.instances.load(id))?.data;

  test.each(DOORS)('is for the roles that may add data: %s', async (_what, send) => {
    for (const [user, isRefused] of [
      [hal, true],
      [own, false],
      [ADMIN_USER, false],
    ] as const) {
      const { guard, id } = await aCase();
      if (isRefused) {
        expect(await refusal(send(guard.as(user), id, { x: 2 }))).toMatchObject({ code: 'forbidden' });
        expect(await dataOf(guard, id)).toMatchObject({ x: 1 });
        await send(guard.as(user), id, {});
      } else {
        await send(guard.as(user), id, { x: 2 });
        expect(await dataOf(guard, id)).toMatchObject({ x: 2 });
      }
    }
  });

  test('a signal passes a case to whose data its sender may not add', async () => {
    const { guard, id } = await aCase();
    expect(await guard.api.engine.throwSignal('go', { x: 2 }, { id }, hal)).toEqual([]);
    expect(await dataOf(guard, id)).toMatchObject({ x: 1 });
    expect(await guard.api.engine.throwSignal('go', {}, { id }, hal)).toHaveLength(1);
  });
});
