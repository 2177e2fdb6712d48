import { SecureUser, type Guard, type Policy } from 'bpmn-guard';
import { eq, EVERYTHING } from '../../../src/core/condition/condition.js';
import { CouldNotTell } from '../../../src/core/errors.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import {
  catching,
  end,
  loop,
  message,
  model,
  script,
  service,
  signal,
  start,
  task,
} from '../../support/models.js';
import { switchedOff, switches } from '../../support/switched-off.js';

const [ann, eve, zed] = [person('ann'), person('eve'), person('zed')];
const AFTER = task('t', { assignee: 'ann' });
const MODELS = {
  Hears: model([start(), catching('c', message('paid')), AFTER, end()], { messages: ['paid'] }),
  Sees: model([start(), catching('s', signal('all')), AFTER, end()], { signals: ['all'] }),
  Breaks: model([start(), catching('s', signal('all')), script('x', "throw new Error('no paper')"), end()], {
    signals: ['all'],
  }),
  BySignal: model([start({}, signal('all')), AFTER, end()], { signals: ['all'] }),
};
/** Lets eve send what she wishes, without reading anything. */
const sends: Policy = {
  name: 'sends',
  answer: ({ userName }, operation) =>
    userName === 'eve' && (operation === 'instance:message' || operation === 'instance:signal')
      ? { permissive: [{ id: 'eve', says: 'eve sends', when: EVERYTHING }] }
      : {},
};
const guards = new Guards('embedded');

async function begun(...names: (keyof typeof MODELS)[]): Promise<{ guard: Guard; ids: string[] }> {
  const guard = await guards.make({ models: MODELS, policies: [sends, switchedOff] });
  const ids: string[] = [];
  for (const name of names) ids.push((await guard.api.engine.start(name, {}, ann)).id);
  return { guard, ids };
}
const reached = async (guard: Guard): Promise<string[]> =>
  (await guard.api.data.findItems({ 'items.elementId': 't', 'items.status': 'wait' }, ADMIN_USER)).map(
    ({ instanceId }) => instanceId,
  );

test.each([[undefined], [null], [{}]])(
  'a message that asks for nothing, by %j, reaches whom its sender may send it to, without reading',
  async (matching) => {
    const { guard, ids } = await begun('Hears');
    expect(await refusal(guard.api.engine.throwMessage('paid', {}, matching as never, zed))).toMatchObject({
      code: 'not-found',
    });
    await guard.api.engine.throwMessage('paid', {}, matching as never, eve);
    expect(await reached(guard)).toEqual(ids);
  },
);

test('the query of a message is evaluated on what its sender may read', async () => {
  const { guard, ids } = await begun('Hears', 'Hears');
  const [first, second] = ids;
  const send = (matching: Record<string, unknown>, user = ADMIN_USER) =>
    guard.api.engine.throwMessage('paid', {}, matching, user);
  expect(await refusal(send({ id: first }, eve))).toMatchObject({ code: 'not-found' });
  expect(await refusal(send({}))).toMatchObject({ code: 'ambiguous' });
  expect(await send({ id: second })).toMatchObject({ id: second, item: { elementId: 'c', status: 'end' } });
  expect(await reached(guard)).toEqual([second]);
  expect(await guard.store.audit.find({ userName: 'admin', limit: 1 })).toMatchObject([
    {
      operation: 'instance:message',
      answer: 'allowed',
      resource: { kind: 'instance', id: second, instanceId: second, name: 'c' },
    },
  ]);
});

test('a signal reaches all, those that it starts too; a receiver that fails does not keep it from the others', async () => {
  const { guard, ids } = await begun('Sees', 'Breaks', 'Sees');
  const [first, , third] = ids;
  const outcome = await guard.api.engine.throwSignal('all', {}, {}, ADMIN_USER).then(
    (all) => all,
    (error: unknown) => error,
  );
  const got = await reached(guard);
  expect(got).toEqual(expect.arrayContaining([first, third]));
  const [started] = await guard.store.instances.find({ filter: { name: 'BySignal' } });
  expect(got).toContain(started?.id);
  expect(got).toHaveLength(3);
  expect(outcome).toBeInstanceOf(Error);
});

test('a message starts models of its own tenant only, at the start event that hears it', async () => {
  const of = (userName: string, tenantId: string) =>
    new SecureUser({ userName, userGroups: ['ADMIN'], tenantId });
  const [acme, globex] = [of('a', 'acme'), of('g', 'globex')];
  const source = model(
    [
      start(),
      AFTER,
      end(),
      ...['begin', 'other'].map((id) => ({ ...start({}, message(id), `on_${id}`), flow: false as const })),
    ],
    { messages: ['begin', 'other'] },
  );
  const guard = await guards.make();
  await guard.api.model.save('Started', source, null, acme);
  const send = (id: string, user: SecureUser) => guard.api.engine.throwMessage(id, {}, {}, user);
  for (const [id, user] of [
    ['begin', globex],
    ['begin', ADMIN_USER],
    ['begin', person('root', 'SYSTEM')],
    ['gone', acme],
  ] as const)
    expect(await refusal(send(id, user))).toMatchObject({ code: 'not-found' });
  for (const id of ['begin', 'other'])
    expect((await send(id, acme))?.items.map(({ elementId }) => elementId)).toContain(`on_${id}`);
  expect(await guard.store.instances.find({ filter: {} })).toHaveLength(2);
});

test('whether a message may reach an element is decided about that element', async () => {
  const only = (elementId: string): Policy => ({
    name: 'only',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'instance:message'
        ? { restrictive: [{ id: 'one', says: elementId, when: eq('item.elementId', elementId) }] }
        : {},
  });
  for (const [elementId, hears] of [
    ['c', true],
    ['t', false],
  ] as const) {
    const guard = await guards.make({ models: MODELS, policies: [only(elementId)] });
    await guard.api.engine.start('Hears', {}, ann);
    const sent = guard.api.engine.throwMessage('paid', {}, {}, ADMIN_USER);
    if (hears) expect(await sent).toMatchObject({ name: 'Hears' });
    else expect(await refusal(sent)).toMatchObject({ code: 'not-found' });
  }
});

test('the answer to a signal names those that it has started and those that it has reached', async () => {
  const { guard, ids } = await begun('Sees');
  const [started, received] = await guard.api.engine.throwSignal('all', {}, {}, ADMIN_USER);
  expect(await guard.store.instances.load(started as string)).toMatchObject({ name: 'BySignal' });
  expect(received).toEqual({ instanceId: ids[0], itemId: expect.any(String) as string });
});

test('a sender who lost the permission before the turn of a receiver gets 403 if they may read it', async () => {
  const { guard } = await begun('Hears');
  for (const [user, code] of [
    [eve, 'not-found'],
    [ADMIN_USER, 'forbidden'],
  ] as const) {
    const { locks } = guard.store;
    const acquire = locks.acquire.bind(locks);
    jest.spyOn(locks, 'acquire').mockImplementationOnce((...args) => {
      switches.off = 'instance:message';
      return acquire(...args);
    });
    expect(await refusal(guard.api.engine.throwMessage('paid', {}, {}, user))).toMatchObject({ code });
    switches.off = undefined;
    expect(await reached(guard)).toEqual([]);
  }
});

test('a signal that cannot start one of its models fails, and reaches the others', async () => {
  const each = loop('$(this.data.list)');
  const Many = model([start({}, signal('all')), task('many', { assignee: 'ann' }, each), end()], {
    signals: ['all'],
  });
  const { guard, ids } = await begun('Sees');
  await guard.api.model.save('Many', Many, null, ADMIN_USER);
  const list = Array.from({ length: 1001 }, (_, at) => at);
  const { code, status } = await refusal(guard.api.engine.throwSignal('all', { list }, {}, ADMIN_USER));
  expect([code, status]).toEqual(['too-many-items', 413]);
  const got = await reached(guard);
  expect(got).toContain(ids[0]);
  expect(got).toHaveLength(2);
  const entries = await guard.store.audit.find({ userName: 'admin', answer: 'refused', limit: 5 });
  expect(entries.map(({ operation, reason, resource }) => [operation, reason, resource])).toEqual([
    ['instance:signal', code, { kind: 'instance' }],
    ['instance:signal', code, { kind: 'model', name: 'Many' }],
  ]);
});

test('a signal ends where the store does not answer, since the others would wait for it in turn', async () => {
  const { guard, ids } = await begun('Sees', 'Sees');
  await guard.api.model.delete('BySignal', ADMIN_USER);
  const { locks } = guard.store;
  jest.spyOn(locks, 'acquire').mockRejectedValueOnce(new CouldNotTell('store-unavailable', 'No answer.'));
  const signal = () => guard.api.engine.throwSignal('all', {}, {}, ADMIN_USER);
  expect(await refusal(signal())).toMatchObject({ code: 'store-unavailable' });
  expect(await reached(guard)).toEqual([]);
  expect(await signal()).toHaveLength(ids.length);
});

test('the data of a message replaces neither the initiator nor fields hidden from its sender', async () => {
  const named = model([start({ initiator: 'who' }), catching('c', message('paid')), AFTER, end()], {
    messages: ['paid'],
  });
  const { guard } = await begun();
  await guard.api.model.save('Named', named, null, ADMIN_USER);
  await guard.api.engine.start('Named', {}, ann);
  const send = (data: object) => guard.api.engine.throwMessage('paid', data as never, {}, ADMIN_USER);
  expect(await refusal(send({ who: 'eve' }))).toMatchObject({ code: 'protected-variable' });
  expect(await send({ paid: 7 })).toMatchObject({ data: { who: 'ann', paid: 7 } });
});

test('a message that does not wait is answered before what follows is done', async () => {
  const source = model([start(), catching('c', message('paid')), service('s', 'work'), AFTER, end()], {
    messages: ['paid'],
  });
  const guard = await guards.make({ services: { work: async () => undefined }, models: { Works: source } });
  const sent = async (options?: { noWait: boolean }) => {
    await guard.api.engine.start('Works', {}, ann);
    const view = await guard.api.engine.throwMessage('paid', {}, {}, ADMIN_USER, options as never);
    return { view, elements: view?.items.map(({ elementId }) => elementId) };
  };
  for (const options of [undefined, { noWait: false }]) expect((await sent(options)).elements).toContain('t');
  const { view, elements } = await sent({ noWait: true });
  expect(elements).not.toContain('t');
  expect((await view?.tillDone())?.items.map(({ elementId }) => elementId)).toContain('t');
});
