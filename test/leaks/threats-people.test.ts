import {
  createGuard,
  OPERATIONS,
  parseCondition,
  SecureUser,
  type Guard,
  type Policy,
  type UserInfo,
} from 'bpmn-guard';
import { createDecisionPoint } from '../../src/core/decision/decision-point';
import { taskRulesPolicy } from '../../src/core/policies/task-rules';
import { tenants } from '../../src/core/policies/tenants';
import { eq } from '../../src/core/condition/condition';
import { toFilter } from '../../src/store/query/filter';
import { ADMIN_USER, Guards, person, refusal } from '../support/guards';
import { onStores } from '../support/stores';
import { CLAIM, end, model, OPEN_TASK, start, task } from './models';

const [alice, bob, eve] = [person('alice'), person('bob', 'hr'), person('eve')];
const OWN = model([
  start('begin', 'camunda:initiator="requester"'),
  task('work', 'camunda:assignee="$(this.data.requester)"'),
  end('over'),
]);
const FOR_A_GROUP = model([start('begin'), task('work', 'camunda:candidateGroups="hr"'), end('over')]);
const elements = (rows: readonly { elementId: string }[]): string[] =>
  rows.map(({ elementId }) => elementId).sort();

/** Every object of the process inherits the properties while the work goes on. */
async function polluted<T>(properties: Record<string, unknown>, work: () => Promise<T>): Promise<T> {
  const prototype = Object.prototype as unknown as Record<string, unknown>;
  for (const [key, value] of Object.entries(properties))
    Object.defineProperty(prototype, key, { value, configurable: true, enumerable: false, writable: true });
  try {
    return await work();
  } finally {
    for (const key of Object.keys(properties)) delete prototype[key];
  }
}

beforeAll(() => jest.spyOn(console, 'log').mockImplementation(() => undefined));

onStores('who calls', (kind) => {
  const guards = new Guards(kind);
  const open = (options = {}): Promise<Guard> =>
    guards.make({ models: { Claim: CLAIM, Own: OWN, Open: OPEN_TASK, Group: FOR_A_GROUP }, ...options });

  test("T11 calls of several users at the same time do not see each other's rows", async () => {
    const guard = await open();
    const people = Array.from({ length: 8 }, (_, at) => person(`user${at}`));
    for (const user of people) await guard.api.engine.start('Own', { secret: `of ${user.userName}` }, user);
    const shared = Object.freeze({ 'items.elementId': 'work' });
    const calls = Array.from({ length: 80 }, (_, at) => people[at % people.length] as SecureUser);
    const store = guard.server.dataStore as { findItems(query: object): Promise<{ assignee: string }[]> };
    const seen = await Promise.all(
      calls.map(async (user, at) => {
        const rows =
          at % 2 === 0
            ? await guard.api.data.findItems(shared, user)
            : await guard.runAs(
                user,
                async () => (await new Promise((resolve) => setImmediate(resolve)), store.findItems(shared)),
              );
        return [user.userName, rows.map(({ assignee }) => assignee)];
      }),
    );
    expect(seen).toEqual(calls.map(({ userName }) => [userName, [userName]]));
  });

  test('T11 whoever keeps the object from which a principal was made cannot change it afterwards', async () => {
    const guard = await open();
    await guard.api.engine.start('Claim', {}, alice);
    const info = { userName: 'eve', userGroups: [] as string[] };
    const user = new SecureUser(info);
    info.userGroups.push('ADMIN');
    info.userName = 'alice';
    expect(await guard.api.data.findItems({}, user)).toEqual([]);
    expect(() => (user.userGroups as string[]).push('ADMIN')).toThrow(TypeError);
    const ambient = await guard.runAs(user, async () => guard.current());
    expect([ambient?.userName, ambient?.userGroups]).toEqual(['eve', []]);
  });

  test('T12 a directory that fails, or answers for somebody else, is no: never "no groups"', async () => {
    const answers: Record<string, () => Promise<(UserInfo & { disabled?: boolean }) | undefined>> = {
      broken: () => Promise.reject(new Error('ldap://secret-host is down')),
      unknown: async () => undefined,
      disabled: async () => ({ userName: 'disabled', userGroups: ['ADMIN'], disabled: true }),
      other: async () => ({ userName: 'admin', userGroups: ['ADMIN'] }),
      odd: async () => ({ userName: 'odd', userGroups: 'ADMIN' as never }),
      plain: async () => ({ userName: 'plain' }),
      admin: async () => ({ userName: 'admin', userGroups: ['ADMIN'] }),
    };
    const guard = await open({ directory: { find: async (name: string) => answers[name]?.() } });
    const list = (userName: string) => guard.api.data.findItems({}, person(userName, 'ADMIN', 'hr'));
    const broken = await refusal(list('broken'));
    expect([broken.code, broken.status, broken.message]).toEqual([
      'store-unavailable',
      503,
      'The user directory did not answer.',
    ]);
    for (const name of ['unknown', 'disabled', 'other', 'odd'])
      expect([name, (await refusal(list(name))).code]).toEqual([name, 'unauthenticated']);
    expect(await list('plain')).toEqual([]);
    expect((await refusal(guard.api.engine.start('Open', {}, person('broken')))).code).toBe(
      'store-unavailable',
    );
  });

  test('T13 a user and a group of one name are different, and so are the users of two tenants', async () => {
    const guard = await open();
    const { id } = await guard.api.engine.start('Group', {}, alice);
    const hr = person('hr');
    expect(await guard.api.data.findItems({ id, 'items.elementId': 'work' }, hr)).toEqual([]);
    await guard.api.engine.assign({ id, 'items.elementId': 'work' }, {}, { assignee: 'clerks' }, bob);
    expect(await guard.api.data.findItems({ id, 'items.elementId': 'work' }, person('x', 'clerks'))).toEqual(
      [],
    );
    const of = (tenantId: string, userName = 'alice', ...userGroups: string[]) =>
      new SecureUser({ userName, userGroups, tenantId });
    await guard.api.model.save('Own', OWN, null, of('acme', 'boss', 'ADMIN'));
    await guard.api.engine.start('Own', {}, of('acme'));
    expect((await guard.api.data.findItems({ 'items.elementId': 'work' }, of('acme'))).length).toBe(1);
    for (const tenant of ['', ' ', '*'].filter((name) => name.trim() === '' || name === '*'))
      expect(() => of(tenant)).toThrow(TypeError);
    for (const tenant of ['acme|u:alice', 'acme\\', 'acm', 'ACME', 'acme ', '|acme'].filter(
      (name) => name.trim() !== 'acme',
    ))
      expect([tenant, await guard.api.data.findItems({ 'items.elementId': 'work' }, of(tenant))]).toEqual([
        tenant,
        [],
      ]);
    expect(
      await guard.api.data.findItems(
        { name: 'Own' },
        new SecureUser({ userName: 'boss', userGroups: ['ADMIN'], tenantId: 'other' }),
      ),
    ).toEqual([]);
    expect(await guard.api.data.findItems({ name: 'Own' }, ADMIN_USER)).toEqual([]);
  });

  test('T17 a list is what the decisions say, row by row', async () => {
    const guard = await open();
    for (const user of [alice, bob])
      for (const name of ['Claim', 'Own', 'Open', 'Group']) await guard.api.engine.start(name, {}, user);
    const rows = [];
    for (const instance of await guard.store.instances.find({ filter: {} }))
      for (const item of instance.items ?? []) rows.push({ instance, item });
    const point = createDecisionPoint([taskRulesPolicy, tenants]);
    for (const user of [alice, bob, eve, person('hr'), ADMIN_USER]) {
      const decided = rows
        .filter((row) => point.allows(user, 'task:read', row))
        .map(({ item }) => item.id)
        .sort();
      const listed = (await guard.api.data.findItems({}, user)).map(({ id }) => id).sort();
      expect([user.userName, listed]).toEqual([user.userName, decided]);
      if (user !== ADMIN_USER) expect(listed.length).toBeLessThan(rows.length);
    }
    expect((await guard.api.data.findItems({}, alice)).length).toBeGreaterThan(0);
  });

  test('T19 rules are off by an explicit value only, for one guard only, and it is said', async () => {
    const guard = await open();
    await guard.api.engine.start('Own', {}, alice);
    for (const value of ['no', '0', 'off', 'falsch', 'undefined']) {
      const error = await refusal(createGuard({ store: { memory: true }, env: { ENFORCE_SECURITY: value } }));
      expect([error.code, error.message]).toEqual([
        'bad-environment',
        `ENFORCE_SECURITY must be true, false or unset, got ${JSON.stringify(value)}.`,
      ]);
    }
    const { guard: bypassed, log } = await guards.open({
      env: { ENFORCE_SECURITY: ' FALSE ' },
      models: { Own: OWN },
    });
    await bypassed.api.engine.start('Own', {}, alice);
    expect((await bypassed.api.data.findItems({ 'items.elementId': 'work' }, eve)).length).toBe(1);
    expect(
      log.some(({ level, message }) => level === 'warn' && message.startsWith('the rules are switched off')),
    ).toBe(true);
    expect((await bypassed.health()).bypass).toBe(true);
    expect((await bypassed.store.audit.find({ limit: 5 })).every(({ bypass }) => bypass === true)).toBe(true);
    expect(await guard.api.data.findItems({ 'items.elementId': 'work' }, eve)).toEqual([]);
    expect((await guard.health()).bypass).toBe(false);
  });

  test("T23 what every object inherits is nobody's group, tenant, query or right", async () => {
    const guard = await open();
    await guard.api.engine.start('Own', {}, alice);
    const seen = await polluted(
      {
        userGroups: ['ADMIN'],
        tenantId: 'acme',
        isAdmin: () => true,
        userName: 'admin',
        assignee: 'eve',
        open: true,
        $or: [{}],
        startNodeId: 'x',
        parentItemId: 'y',
      },
      async () => {
        const nobody = await guard.api.data
          .findItems({}, {} as never)
          .catch((error: { code?: string; name: string }) => error.code ?? error.name);
        return [
          await guard.api.data.findItems({}, eve),
          await guard.api.data.findItems({}, { userName: 'eve' }),
          nobody,
          (await guard.api.data.findItems({ 'items.elementId': 'work' }, alice)).length,
        ];
      },
    );
    expect(seen).toEqual([[], [], 'unauthenticated', 1]);
  });

  test('T26 what is undefined is no condition: a rule that needs what the principal lacks is false', async () => {
    expect(() => eq('item.assignee', undefined as never)).toThrow(TypeError);
    expect(() =>
      toFilter(
        { op: 'eq', field: 'item.assignee', value: { ref: 'user', path: 'region' } } as never,
        'element',
      ),
    ).toThrow(TypeError);
    const region: Policy = {
      name: 'region',
      answer: (_principal, operation) => ({
        permissive:
          OPERATIONS[operation].kind !== 'instance'
            ? []
            : [
                {
                  id: 'same',
                  says: 'of your region',
                  when: parseCondition({ 'instance.data.region': '$user.region' } as never),
                },
                {
                  id: 'not',
                  says: 'not of another',
                  when: parseCondition({ $nor: [{ 'instance.data.region': '$user.elsewhere' }] } as never),
                },
              ],
      }),
    };
    const guard = await open({ policies: [region] });
    await guard.api.engine.start('Own', {}, alice);
    await guard.api.engine.start('Own', { region: 'north' }, alice);
    const lists = async (attributes: Record<string, unknown>) =>
      (await guard.api.data.findInstances({}, new SecureUser({ userName: 'eve', attributes }))).length;
    expect([
      await lists({}),
      await lists({ region: undefined }),
      await lists({ region: null }),
      await lists({ region: { $ne: 1 } }),
      await lists({ region: 'north' }),
    ]).toEqual([0, 0, 0, 0, 1]);
  });

  test('T30 no groups, no candidates and empty names mean nobody', async () => {
    const guard = await open();
    const CLOSED = model([start('begin'), task('none', 'camunda:candidateGroups="$([])"'), end('over')]);
    const EMPTY = model([
      start('begin'),
      task('none', "camunda:candidateUsers=\"$(['', null, ' '])\""),
      end('over'),
    ]);
    await guard.api.model.save('Closed', CLOSED, null, ADMIN_USER);
    await guard.api.model.save('Empty', EMPTY, null, ADMIN_USER);
    for (const name of ['Closed', 'Empty', 'Group']) await guard.api.engine.start(name, {}, alice);
    for (const user of [
      eve,
      new SecureUser({ userName: 'x', userGroups: [] }),
      new SecureUser({ userName: 'y', userGroups: ['none', 'begin'] }),
    ])
      expect(elements(await guard.api.data.findItems({ 'items.type': 'bpmn:UserTask' }, user))).toEqual([]);
    expect(elements(await guard.api.data.findItems({ 'items.type': 'bpmn:UserTask' }, bob))).toEqual([
      'work',
    ]);
    expect(() => new SecureUser({ userName: 'x', userGroups: [''] })).toThrow(TypeError);
    expect(elements(await guard.api.data.findItems({ 'items.elementId': 'none' }, alice))).toEqual([
      'none',
      'none',
    ]);
    expect(
      (await refusal(guard.api.engine.invoke({ name: 'Closed', 'items.elementId': 'none' }, {}, alice))).code,
    ).toBe('forbidden');
  });

  test('T31 a user in the data, the query or the options of a call is nobody', async () => {
    const guard = await open();
    const { engine, data } = guard.as(eve);
    const { id } = await guard.api.engine.start('Own', {}, alice);
    const admin = { userName: 'admin', userGroups: ['ADMIN'] };
    expect(
      (await refusal(engine.invoke({ id, 'items.elementId': 'work' }, { user: admin, userName: 'alice' })))
        .code,
    ).toBe('not-found');
    expect((await refusal(data.findItems({ user: admin } as never))).code).toBe('bad-query');
    expect(
      (
        await refusal(
          Promise.resolve().then(() => engine.invoke({ id, 'items.elementId': 'work' }, {}, admin)),
        )
      ).message,
    ).toBe('This API is bound to another user.');
    expect((await refusal(guard.api.engine.start('Own', {}, eve, { user: admin } as never))).code).toBe(
      'bad-option',
    );
    const own = await guard.api.engine
      .start('Own', { userName: 'alice', user: admin, requester: 'alice' }, {} as never, admin as never)
      .catch((error: { code?: string; name: string }) => error.code ?? error.name);
    expect(own).toBe('TypeError');
    const started = await engine.start('Own', { userName: 'alice', requester: 'alice' });
    expect([started.instance.startedBy, started.data.requester]).toEqual(['eve', 'eve']);
  });
});
