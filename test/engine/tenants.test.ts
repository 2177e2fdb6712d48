import { SecureUser, SYSTEM_USER, type Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../support/guards.js';
import { call, end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';

const member = (userName: string, tenantId: string, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName, userGroups, tenantId });
const [acmeAdmin, betaAdmin] = [member('root', 'acme', 'ADMIN'), member('root', 'beta', 'ADMIN')];
const [acmeAnn, betaAnn] = [member('ann', 'acme', 'hr'), member('ann', 'beta', 'hr')];
const anyone = person('ann', 'hr');

onStores('Tenants', (kind) => {
  const guards = new Guards(kind);
  const source = (who: string): string =>
    model([
      start({ initiator: 'by' }),
      task('t', { assignee: who }),
      task('u', { candidateGroups: 'hr' }),
      end(),
    ]);

  async function peopled(): Promise<{ guard: Guard; acme: string; beta: string; none: string }> {
    const guard = await guards.make();
    await guard.api.model.save('M', source('ann'), null, acmeAdmin);
    await guard.api.model.save(
      'M',
      source('ann')
        .replace('id="u"', 'id="v"')
        .replace('name="u"', 'name="v"')
        .replaceAll('Ref="u"', 'Ref="v"'),
      null,
      betaAdmin,
    );
    await guard.api.model.save('M', source('ann'), null, ADMIN_USER);
    const begun = async (user: SecureUser): Promise<string> =>
      (await guard.api.engine.start('M', {}, user)).id;
    return { guard, acme: await begun(acmeAnn), beta: await begun(betaAnn), none: await begun(anyone) };
  }

  test("an instance is stamped with its starter's tenant, a model with its owner's", async () => {
    const { guard, acme, beta, none } = await peopled();
    expect((await guard.store.instances.load(acme))?.tenantId).toBe('acme');
    expect((await guard.store.instances.load(beta))?.tenantId).toBe('beta');
    expect((await guard.store.instances.load(none))?.tenantId ?? null).toBeNull();
    expect((await guard.store.models.find({})).map(({ owner }) => owner ?? null).sort()).toEqual([
      'acme',
      'beta',
      null,
    ]);
  });

  test("nobody sees another tenant's rows, an administrator of one neither; same names and groups are different people", async () => {
    const { guard, acme, beta, none } = await peopled();
    const seen = async (user: SecureUser): Promise<string[]> =>
      (await guard.api.data.findInstances({}, user)).map(({ id }) => id).sort();
    expect([await seen(acmeAdmin), await seen(acmeAnn)]).toEqual([[acme], [acme]]);
    expect([await seen(betaAdmin), await seen(betaAnn)]).toEqual([[beta], [beta]]);
    expect([await seen(ADMIN_USER), await seen(anyone)]).toEqual([[none], [none]]);
    expect(await seen(SYSTEM_USER)).toEqual([acme, beta, none].sort());
    expect(await seen(member('s', 'acme', 'SYSTEM'))).toEqual([acme]);
    const { id: taskId } = await waitingTask(guard, 't', acme, acmeAdmin);
    for (const stranger of [betaAnn, betaAdmin, anyone, ADMIN_USER]) {
      for (const work of [
        guard.api.tasks.complete(taskId, {}, stranger),
        guard.api.tasks.assign(taskId, 'ann', stranger),
        guard.api.engine.get({ id: acme }, stranger),
        guard.api.engine.startEvent(acme, 'start', {}, stranger),
        guard.api.engine.restart({ id: acme, 'items.elementId': 't' }, {}, stranger),
      ]) {
        expect(await refusal(work)).toMatchObject({ code: 'not-found' });
      }
      expect(
        await guard.api.data
          .deleteInstances({ id: acme }, stranger)
          .catch((error: { code: string }) => error.code),
      ).toEqual(stranger.isAdmin() ? { deletedCount: 0 } : 'forbidden');
    }
    expect(await guard.store.instances.count({ filter: {} })).toBe(3);
    expect((await guard.api.tasks.complete(taskId, {}, acmeAnn)).status).toBe('running');
  });

  test('two tenants may use one name for their models', async () => {
    const { guard, acme, beta } = await peopled();
    for (const [id, user, next] of [
      [acme, acmeAnn, 'u'],
      [beta, betaAnn, 'v'],
    ] as const) {
      await guard.api.tasks.complete((await waitingTask(guard, 't', id, user)).id, {}, user);
      expect((await guard.api.data.getPendingUserTasks({}, user)).map(({ elementId }) => elementId)).toEqual([
        next,
      ]);
    }
    expect(await guard.api.model.getSource('M', acmeAnn)).toContain('id="u"');
    expect(await guard.api.model.getSource('M', betaAnn)).toContain('id="v"');
    expect((await guard.api.model.list({}, acmeAnn)).map(({ name }) => name)).toEqual(['M']);
    await guard.api.model.delete('M', acmeAdmin);
    expect(await refusal(guard.api.model.getSource('M', acmeAdmin))).toMatchObject({ code: 'not-found' });
    expect(await refusal(guard.api.engine.start('M', {}, acmeAnn))).toMatchObject({ code: 'not-found' });
    expect((await guard.api.engine.start('M', {}, betaAnn)).status).toBe('running');
    await guard.api.model.rename('M', 'N', betaAdmin);
    expect((await guard.api.engine.start('M', {}, anyone)).status).toBe('running');
    expect((await guard.api.engine.start('N', {}, betaAnn)).status).toBe('running');
    expect(await refusal(guard.api.engine.start('N', {}, anyone))).toMatchObject({ code: 'not-found' });
  });

  test('a model is readable through an instance of that very model, not of one of the same name of another owner', async () => {
    const guard = await guards.make();
    const of = (modelsOwner: string, userName: string, ...userGroups: string[]): SecureUser =>
      new SecureUser({ userName, userGroups, tenantId: 'acme', modelsOwner });
    for (const owner of ['east', 'west'])
      await guard.api.model.save(
        'M',
        model([start({ candidateGroups: 'starters' }), task('t', { candidateGroups: 'hr' }), end()]),
        null,
        of(owner, 'root', 'ADMIN'),
      );
    await guard.api.engine.start('M', {}, of('east', 'sam', 'starters'));
    const [east, west] = [of('east', 'ann', 'hr'), of('west', 'ann', 'hr')];
    for (const who of [east, west]) expect(await guard.api.data.getPendingUserTasks({}, who)).toHaveLength(1);
    expect((await guard.api.model.list({}, east)).map(({ name }) => name)).toEqual(['M']);
    expect(await guard.api.model.list({}, west)).toEqual([]);
    expect(await guard.api.model.getSource('M', east)).toContain('id="t"');
    expect(await refusal(guard.api.model.getSource('M', west))).toMatchObject({ code: 'not-found' });
  });

  test('models may belong to an owner that is not the tenant', async () => {
    const guard = await guards.make();
    const shared = (userName: string, tenantId: string, ...userGroups: string[]): SecureUser =>
      new SecureUser({ userName, userGroups, tenantId, modelsOwner: 'library' });
    await guard.api.model.save('Child', source('ann'), null, shared('root', 'acme', 'ADMIN'));
    await guard.api.model.save(
      'Parent',
      model([start(), task('first', { assignee: 'ann' }), call('c', 'Child'), end()]),
      null,
      shared('root', 'acme', 'ADMIN'),
    );
    const ann = shared('ann', 'beta');
    const { id } = await guard.api.engine.start('Parent', {}, ann);
    await guard.api.tasks.complete((await waitingTask(guard, 'first', id, ann)).id, {}, ann);
    const [child] = await guard.api.data.findInstances({ name: 'Child' }, ann);
    expect(child).toMatchObject({ tenantId: 'beta', startedBy: 'ann' });
    expect(await refusal(guard.api.engine.start('Parent', {}, betaAnn))).toMatchObject({ code: 'not-found' });
  });

  test('a called process is of the owner by whose models the instance runs, whoever acts on it', async () => {
    const guard = await guards.make();
    const librarian = new SecureUser({ userName: 'root', userGroups: ['ADMIN'], modelsOwner: 'library' });
    const parent = model([start(), task('first', { candidateUsers: 'ann,bob' }), call('c', 'Child'), end()]);
    await guard.api.model.save('Parent', parent, null, ADMIN_USER);
    await guard.api.model.save('Child', model([start(), task('own'), end()]), null, ADMIN_USER);
    await guard.api.model.save('Child', model([start(), task('foreign'), end()]), null, librarian);
    const bob = new SecureUser({ userName: 'bob', modelsOwner: 'library' });
    const { id } = await guard.api.engine.start('Parent', {}, person('ann'));
    const { id: first } = await waitingTask(guard, 'first', id);
    await guard.api.tasks.take(first, bob);
    await guard.api.tasks.complete(first, {}, bob);
    const begun = await guard.api.data.findItems(
      { 'items.elementId': { $in: ['own', 'foreign'] }, 'items.status': 'wait' },
      ADMIN_USER,
    );
    expect(begun.map(({ elementId }) => elementId)).toEqual(['own']);
  });

  test('an upgrade gives running instances of its own tenant the new source', async () => {
    const { guard, acme, beta } = await peopled();
    await guard.api.model.save(
      'M',
      model([
        start({ initiator: 'by' }),
        task('t', { assignee: 'ann' }),
        task('new', { assignee: 'ann' }),
        end(),
      ]),
      null,
      acmeAdmin,
    );
    expect(await guard.api.engine.upgrade('M', ['u'], acmeAdmin)).toEqual([acme]);
    await guard.api.tasks.complete((await waitingTask(guard, 't', acme, acmeAnn)).id, {}, acmeAnn);
    expect((await guard.api.data.getPendingUserTasks({}, acmeAnn)).map(({ elementId }) => elementId)).toEqual(
      ['new'],
    );
    expect((await guard.store.instances.load(beta))?.guard?.rev).toBe(1);
    expect(await guard.api.engine.upgrade('M', ['new'], acmeAdmin)).toEqual([]);
  });
});

onStores('Who calls', (kind) => {
  const guards = new Guards(kind);
  const M = model([start(), task('t', { candidateGroups: 'hr' }), end()]);

  test('is read from the directory at each request: groups that were lost and people who were disabled are lost at once, within seconds', async () => {
    const people: Record<string, { userName: string; userGroups: string[]; disabled?: boolean }> = {
      ann: { userName: 'ann', userGroups: ['hr'] },
      admin: { userName: 'admin', userGroups: ['ADMIN'] },
    };
    const asked: string[] = [];
    const directory = { find: async (name: string) => (asked.push(name), people[name]) };
    const guard = await guards.make({ directory, models: { M } });
    await guard.api.engine.start('M', {}, ADMIN_USER);
    const claimed = person('ann', 'ADMIN', 'hr');
    expect(await guard.api.data.getPendingUserTasks({}, claimed)).toHaveLength(1);
    expect(await guard.api.data.findInstances({}, claimed)).toHaveLength(1);
    expect(await refusal(guard.api.data.deleteInstances({}, claimed))).toMatchObject({ code: 'forbidden' });
    const now = jest.spyOn(Date, 'now');
    const jump = (): void =>
      void now.mockReturnValue(new Date().getTime() + 6000 * (now.mock.results.length + 1));
    try {
      people.ann = { userName: 'ann', userGroups: [] };
      jump();
      expect(await guard.api.data.getPendingUserTasks({}, claimed)).toEqual([]);
      people.ann = { userName: 'ann', userGroups: ['hr'], disabled: true };
      jump();
      expect(await refusal(guard.api.data.getPendingUserTasks({}, claimed))).toMatchObject({
        code: 'unauthenticated',
        status: 401,
      });
      delete people.ann;
      jump();
      expect(await refusal(guard.runAs(claimed, () => guard.api.data.getPendingUserTasks()))).toMatchObject({
        code: 'unauthenticated',
      });
      expect(await refusal(guard.api.data.getPendingUserTasks({}, person('stranger')))).toMatchObject({
        code: 'unauthenticated',
      });
    } finally {
      now.mockRestore();
    }
    expect(asked.filter((name) => name === 'ann').length).toBeLessThanOrEqual(5);
  });

  test('is refused when the directory answers for another, and not asked about the product itself', async () => {
    const guard = await guards.make({
      directory: {
        find: async (name) => ({ userName: name === 'ann' ? 'admin' : name, userGroups: ['ADMIN'] }),
      },
      models: { M },
    });
    expect(await refusal(guard.api.data.findInstances({}, person('ann')))).toMatchObject({
      code: 'unauthenticated',
    });
    expect(await guard.api.data.findInstances({}, SYSTEM_USER)).toEqual([]);
  });

  test('is whoever runAs names, until the promise of its function has settled; contexts do not mix', async () => {
    const guard = await guards.make({ models: { M } });
    const leaked: { later?: () => Promise<unknown> } = {};
    await guard.runAs(ADMIN_USER, async () => {
      expect(guard.current()?.userName).toBe('admin');
      leaked.later = () =>
        new Promise((resolve, reject) =>
          setTimeout(() => void guard.api.data.findInstances({}).then(resolve, reject), 30),
        );
      void leaked.later().catch(() => undefined);
    });
    expect(guard.current()).toBeUndefined();
    const names = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        guard.runAs(person(`user${at}`), async () => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
          const { instance } = await guard.api.engine.start('M', {});
          return [instance.startedBy, guard.current()?.userName];
        }),
      ),
    );
    expect(names).toEqual(Array.from({ length: 20 }, (_, at) => [`user${at}`, `user${at}`]));
    const late = guard.runAs(ADMIN_USER, () => ({ work: leaked.later?.() as Promise<unknown> }));
    expect(await refusal((await late).work)).toMatchObject({ code: 'unauthenticated' });
  });

  const STRANGE: readonly [string, unknown, string][] = [
    ['a text', 'admin', 'TypeError'],
    ['a number', 7, 'TypeError'],
    ['a list', [ADMIN_USER], 'TypeError'],
    ['an object without a name', {}, 'TypeError'],
    ['a name that is null', { userName: null }, 'unauthenticated'],
    ['a name that is an operator', { userName: { $ne: '' } }, 'unauthenticated'],
    ['an empty name', { userName: ' ' }, 'unauthenticated'],
    ['a star', { userName: '*' }, 'unauthenticated'],
    ['groups that are a text', { userName: 'x', userGroups: 'ADMIN' }, 'unauthenticated'],
    ['a group that is null', { userName: 'x', userGroups: ['ADMIN', null] }, 'unauthenticated'],
    ['a group that is an object', { userName: 'x', userGroups: [{ $gt: '' }] }, 'unauthenticated'],
    ['a tenant that is an object', { userName: 'x', tenantId: { $ne: null } }, 'unauthenticated'],
  ];
  test.each(STRANGE)('is refused where the user is %s', async (_what, user, expected) => {
    const guard = await guards.make({ models: { M } });
    await guard.api.engine.start('M', {}, ADMIN_USER);
    for (const work of [
      () => guard.api.data.findItems({}, user as never),
      () => guard.api.engine.start('M', {}, user as never),
      () => guard.runAs(user as never, () => guard.api.data.findItems({})),
    ]) {
      const error = await refusal((async () => work())());
      expect(error.code ?? error.name).toBe(expected);
    }
    expect(await guard.store.instances.count({ filter: {} })).toBe(1);
  });

  test('calls no method of a foreign user object, and inherits nothing from the prototype of all objects', async () => {
    const guard = await guards.make({ models: { M } });
    class Foreign {
      userName = 'ann';
      userGroups = [];
      isAdmin = (): boolean => true;
      isSystem = (): boolean => true;
      qualifyItems = (): object => ({});
    }
    await guard.api.engine.start('M', {}, ADMIN_USER);
    expect(await guard.api.data.findItems({}, new Foreign() as never)).toEqual([]);
    Object.defineProperty(Object.prototype, 'userGroups', { value: ['ADMIN'], configurable: true });
    try {
      expect(await guard.api.data.findItems({}, { userName: 'ann' })).toEqual([]);
    } finally {
      delete (Object.prototype as { userGroups?: unknown }).userGroups;
    }
  });

  test('a bound API acts for its user only', async () => {
    const guard = await guards.make({ models: { M } });
    const ann = guard.as(person('ann', 'hr'));
    expect((await ann.engine.start('M', {}, person('ann', 'hr'))).instance.startedBy).toBe('ann');
    expect(() => ann.engine.start('M', {}, ADMIN_USER)).toThrow(TypeError);
    expect((await ann.tasks.take((await ann.data.getPendingUserTasks())[0]?.id as string))?.assignee).toBe(
      'ann',
    );
  });
});
