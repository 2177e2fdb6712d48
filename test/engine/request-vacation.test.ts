import {
  AccessDenied,
  CouldNotTell,
  type Guard,
  type ItemView,
  type Policy,
  type SecureUser,
} from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../support/guards.js';
import { requestVacation } from '../support/models.js';
import { onStores } from '../support/stores.js';

const NAME = 'Request Vacation';
const [user1, user2, boss] = [person('user1'), person('user2'), person('boss')];

/** The server's parts as application code that was written for bpmn-server sees them. */
interface Plain {
  engine: Record<'start' | 'invoke', (...args: unknown[]) => Promise<any>>;
  dataStore: Record<
    'findItems' | 'findInstances' | 'loadInstance' | 'saveInstance' | 'deleteInstances',
    (...args: unknown[]) => Promise<any>
  >;
}
const plain = (guard: Guard): Plain => guard.server as unknown as Plain;

onStores('Request Vacation', (kind) => {
  const guards = new Guards(kind);
  const notified: string[] = [];
  const services = {
    getSupervisor: async (name: string) => (name === 'user1' ? 'boss' : undefined),
    notify: (name: string) => void notified.push(name),
  };
  const open = (): Promise<Guard> => guards.make({ services, models: { [NAME]: requestVacation() } });

  test('runs for its people and nobody else, through the API bound to each', async () => {
    const guard = await open();
    const [one, two, supervisor] = [guard.as(user1), guard.as(user2), guard.as(boss)];
    notified.length = 0;

    const started = await one.engine.start(NAME, { days: 3 });
    expect(started.data).toEqual({ days: 3, requester: 'user1' });
    const [request] = (await one.data.getPendingUserTasks()) as [ItemView];
    expect(request).toMatchObject({
      elementId: 'request',
      assignee: 'user1',
      state: 'assigned',
      processName: NAME,
    });

    expect(await two.data.getPendingUserTasks()).toEqual([]);
    expect(await two.data.findInstances()).toEqual([]);
    expect(await refusal(two.tasks.complete(request.id))).toMatchObject({
      code: 'not-found',
      status: 404,
      message: 'No such task, or it is not yours to see.',
    });
    expect(await refusal(two.engine.invoke({ 'items.id': request.id }))).toMatchObject({ code: 'not-found' });

    const asked = await one.engine.invoke(
      { id: started.id, 'items.elementId': 'request' },
      { from: 'monday' },
    );
    expect(asked.items.find((item) => item.elementId === 'request')).toMatchObject({
      status: 'end',
      completedBy: 'user1',
      state: 'done',
    });
    expect(notified).toEqual(['user1']);

    const [approve] = (await supervisor.data.getPendingUserTasks({ 'items.assignee': 'boss' })) as [ItemView];
    expect(approve).toMatchObject({ elementId: 'approve', assignee: 'boss' });
    expect(await one.data.getPendingUserTasks()).toEqual([]);
    expect(await refusal(one.tasks.complete(approve.id))).toMatchObject({ code: 'not-found' });

    const decided = await supervisor.tasks.complete(approve.id, { approved: true });
    expect(decided.status).toBe('end');
    const [outcome] = await one.data.findInstances({ id: started.id });
    expect(outcome).toMatchObject({
      status: 'end',
      startedBy: 'user1',
      data: { approved: true, from: 'monday', requester: 'user1' },
    });
    expect(await two.data.findInstances({ id: started.id })).toEqual([]);
    expect(await guard.store.locks.list()).toEqual([]);
  });

  test('runs with an explicit user, and the explicit user wins over the ambient one', async () => {
    const guard = await open();
    const { id } = await guard.runAs(user2, () => guard.api.engine.start(NAME, {}, user1));
    const { id: taskId } = await waitingTask(guard, 'request', id);
    expect(await refusal(guard.api.tasks.complete(taskId, {}, user2))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.complete(taskId, {}, user1);
    const { id: approveId } = await waitingTask(guard, 'approve', id);
    await guard.api.tasks.complete(approveId, { approved: false }, { userName: 'boss' });
    expect((await guard.api.engine.get({ id }, user1)).data).toMatchObject({ approved: false });
  });

  test('runs in application code that calls the server directly, scoped to the user of runAs', async () => {
    const guard = await open();
    const { engine, dataStore } = plain(guard);
    const { id } = await guard.runAs(user1, () => engine.start(NAME, { days: 1 }));
    const own = await guard.runAs(user1, () =>
      dataStore.findItems({ 'items.status': 'wait', 'items.type': 'bpmn:UserTask' }),
    );
    expect(own).toHaveLength(1);
    expect(await guard.runAs(user2, () => dataStore.findItems({}))).toEqual([]);
    expect(await guard.runAs(user2, () => dataStore.findInstances({}))).toEqual([]);
    expect(await refusal(guard.runAs(user2, () => dataStore.loadInstance(id)))).toMatchObject({
      code: 'not-found',
    });
    expect(
      await refusal(guard.runAs(user2, () => engine.invoke({ 'items.id': own[0].id }, {}))),
    ).toMatchObject({ code: 'not-found' });
    await guard.runAs(user1, () => engine.invoke({ 'items.id': own[0].id }, { from: 'today' }, 'user1'));
    const [approve] = await guard.runAs(boss, () => dataStore.findItems({ 'items.elementId': 'approve' }));
    const { instance } = await guard.runAs(boss, () =>
      engine.invoke({ 'items.id': approve.id }, { approved: true }),
    );
    expect(instance).toMatchObject({ id, status: 'end' });
    expect(await refusal(guard.runAs(user1, () => dataStore.saveInstance({})))).toMatchObject({
      code: 'forbidden',
    });
    expect(await refusal(guard.runAs(user1, () => dataStore.deleteInstances({ id })))).toMatchObject({
      code: 'forbidden',
    });
    expect(await guard.store.instances.load(id)).toBeDefined();
  });

  test('a plain name given to the engine must be the ambient one, or one that the directory knows', async () => {
    const directory = {
      find: async (userName: string) =>
        userName === 'user1' ? { userName, userGroups: ['staff'] } : undefined,
    };
    const bare = await open();
    expect(
      await refusal(bare.runAs(user1, () => plain(bare).engine.start(NAME, {}, null, 'boss'))),
    ).toMatchObject({ code: 'unauthenticated' });
    expect(await refusal(plain(bare).engine.start(NAME, {}, null, 'user1'))).toMatchObject({
      code: 'unauthenticated',
    });
    const guard = await guards.make({
      services,
      directory: {
        find: async (name) =>
          name === 'admin' ? { userName: name, userGroups: ['ADMIN'] } : directory.find(name),
      },
      models: { [NAME]: requestVacation() },
    });
    const { data } = await plain(guard).engine.start(NAME, {}, null, 'user1');
    expect(data).toMatchObject({ requester: 'user1' });
    expect(await refusal(plain(guard).engine.start(NAME, {}, null, 'stranger'))).toMatchObject({
      code: 'unauthenticated',
    });
  });

  describe('each enforcement point', () => {
    type Call = (
      guard: Guard,
      ids: { instance: string; task: string },
      user: SecureUser | undefined,
    ) => Promise<unknown>;
    const POINTS: Record<string, { call: Call; missing?: Call }> = {
      'engine.start': {
        call: (g, _ids, u) => g.api.engine.start(NAME, {}, u),
        missing: (g, _ids, u) => g.api.engine.start('Nothing', {}, u),
      },
      'engine.invoke': {
        call: (g, ids, u) => g.api.engine.invoke({ 'items.id': ids.task }, {}, u),
        missing: (g, _ids, u) => g.api.engine.invoke({ 'items.id': 'no' }, {}, u),
      },
      'engine.assign': {
        call: (g, ids, u) => g.api.engine.assign({ 'items.id': ids.task }, {}, { priority: 1 }, u),
        missing: (g, _ids, u) => g.api.engine.assign({ 'items.id': 'no' }, {}, {}, u),
      },
      'engine.get': {
        call: (g, ids, u) => g.api.engine.get({ id: ids.instance }, u),
        missing: (g, _ids, u) => g.api.engine.get({ id: 'no' }, u),
      },
      'engine.startEvent': {
        call: (g, ids, u) => g.api.engine.startEvent(ids.instance, 'start', {}, u),
        missing: (g, _ids, u) => g.api.engine.startEvent('no', 'start', {}, u),
      },
      'engine.restart': {
        call: (g, ids, u) => g.api.engine.restart({ 'items.id': ids.task }, {}, u),
        missing: (g, _ids, u) => g.api.engine.restart({ 'items.id': 'no' }, {}, u),
      },
      'engine.upgrade': { call: (g, _ids, u) => g.api.engine.upgrade(NAME, [], u) },
      'engine.throwMessage': {
        call: (g, _ids, u) => g.api.engine.throwMessage('none', {}, null, u),
        missing: (g, _ids, u) => g.api.engine.throwMessage('none', {}, null, u),
      },
      'engine.throwSignal': {
        call: (g, _ids, u) => g.api.engine.throwSignal('none', {}, null, u),
        missing: (g, _ids, u) => g.api.engine.throwSignal('none', {}, null, u),
      },
      'data.findItems': { call: (g, _ids, u) => g.api.data.findItems({}, u) },
      'data.findInstances': { call: (g, _ids, u) => g.api.data.findInstances({}, u) },
      'data.find': { call: (g, _ids, u) => g.api.data.find({}, u) },
      'data.getPendingUserTasks': { call: (g, _ids, u) => g.api.data.getPendingUserTasks({}, u) },
      'data.deleteInstances': { call: (g, ids, u) => g.api.data.deleteInstances({ id: ids.instance }, u) },
      'model.list': { call: (g, _ids, u) => g.api.model.list({}, u) },
      'model.getSource': {
        call: (g, _ids, u) => g.api.model.getSource(NAME, u),
        missing: (g, _ids, u) => g.api.model.getSource('Nothing', u),
      },
      'model.save': { call: (g, _ids, u) => g.api.model.save('New', requestVacation(), null, u) },
      'model.delete': {
        call: (g, _ids, u) => g.api.model.delete(NAME, u),
        missing: (g, _ids, u) => g.api.model.delete('Nothing', u),
      },
      'model.rename': {
        call: (g, _ids, u) => g.api.model.rename(NAME, 'Other', u),
        missing: (g, _ids, u) => g.api.model.rename('Nothing', 'Other', u),
      },
      'tasks.take': {
        call: (g, ids, u) => g.api.tasks.take(ids.task, u),
        missing: (g, _ids, u) => g.api.tasks.take('no', u),
      },
      'tasks.release': {
        call: (g, ids, u) => g.api.tasks.release(ids.task, u),
        missing: (g, _ids, u) => g.api.tasks.release('no', u),
      },
      'tasks.assign': {
        call: (g, ids, u) => g.api.tasks.assign(ids.task, 'user2', u),
        missing: (g, _ids, u) => g.api.tasks.assign('no', 'user2', u),
      },
      'tasks.delegate': {
        call: (g, ids, u) => g.api.tasks.delegate(ids.task, 'user2', u),
        missing: (g, _ids, u) => g.api.tasks.delegate('no', 'user2', u),
      },
      'tasks.resolve': {
        call: (g, ids, u) => g.api.tasks.resolve(ids.task, u),
        missing: (g, _ids, u) => g.api.tasks.resolve('no', u),
      },
      'tasks.complete': {
        call: (g, ids, u) => g.api.tasks.complete(ids.task, {}, u),
        missing: (g, _ids, u) => g.api.tasks.complete('no', {}, u),
      },
      'tasks.count': { call: (g, _ids, u) => g.api.tasks.count({}, u) },
      'tasks.candidates': {
        call: (g, ids, u) => g.api.tasks.candidates(ids.task, u),
        missing: (g, _ids, u) => g.api.tasks.candidates('no', u),
      },
    };
    const names = Object.keys(POINTS);
    const point = (name: string) => POINTS[name] as (typeof POINTS)[string];

    /** Everything stored, but the audit trail. */
    const everything = async (guard: Guard): Promise<string> =>
      JSON.stringify([
        await guard.store.instances.find({ filter: {} }),
        await guard.store.models.find({}),
        await guard.store.locks.list(),
      ]);

    async function prepared(
      parts: Parameters<Guards['make']>[0] = {},
    ): Promise<{ guard: Guard; ids: { instance: string; task: string } }> {
      const guard = await guards.make({ services, models: { [NAME]: requestVacation() }, ...parts });
      const { id } = await guard.api.engine.start(NAME, {}, user1);
      return { guard, ids: { instance: id, task: (await waitingTask(guard, 'request', id)).id } };
    }

    test('refuses calls without a user and records them', async () => {
      const { guard, ids } = await prepared();
      const before = await everything(guard);
      for (const name of names) {
        const error = await refusal(point(name).call(guard, ids, undefined));
        expect({ name, code: error.code, status: error.status, is: error instanceof AccessDenied }).toEqual({
          name,
          code: 'unauthenticated',
          status: 401,
          is: true,
        });
      }
      expect(await everything(guard)).toBe(before);
      const refused = await guard.store.audit.find({ answer: 'refused', limit: 100 });
      expect(refused).toHaveLength(names.length);
      expect(new Set(refused.map((entry) => [entry.userName, entry.reason].join()))).toEqual(
        new Set([',unauthenticated']),
      );
    });

    test('answers not found for absent resources, to administrators too', async () => {
      const { guard, ids } = await prepared();
      for (const name of names.filter((entry) => point(entry).missing)) {
        const error = await refusal((point(name).missing as Call)(guard, ids, ADMIN_USER));
        expect({ name, code: error.code }).toEqual({ name, code: 'not-found' });
      }
    });

    test('refuses forbidden operations on visible resources and changes nothing', async () => {
      const { guard, ids } = await prepared();
      const before = await everything(guard);
      const reader = user1; // started the instance and sees its task
      for (const name of [
        'engine.startEvent',
        'engine.restart',
        'engine.upgrade',
        'data.deleteInstances',
        'model.save',
        'model.delete',
        'model.rename',
      ]) {
        const error = await refusal(point(name).call(guard, ids, reader));
        expect({ name, code: error.code, status: error.status }).toEqual({
          name,
          code: 'forbidden',
          status: 403,
        });
        expect(error.message).not.toMatch(/user2|boss/);
      }
      expect(await everything(guard)).toBe(before);
    });

    test('answers hidden and absent resources alike', async () => {
      const { guard, ids } = await prepared();
      const before = await everything(guard);
      for (const name of names.filter(
        (entry) =>
          point(entry).missing &&
          !['engine.start', 'model.getSource', 'model.delete', 'model.rename'].includes(entry),
      )) {
        const hidden = await refusal(point(name).call(guard, ids, user2));
        const absent = await refusal((point(name).missing as Call)(guard, ids, user2));
        expect({ name, code: hidden.code, message: hidden.message }).toEqual({
          name,
          code: 'not-found',
          message: absent.message,
        });
      }
      expect(await everything(guard)).toBe(before);
    });

    test('answers "could not tell" if a policy throws, in lists too', async () => {
      const broken = { on: false };
      const policy: Policy = {
        name: 'broken',
        answer: () => {
          if (broken.on) throw new Error('secret detail');
          return {};
        },
      };
      const { guard, ids } = await prepared({ policies: [policy] });
      const before = await everything(guard);
      broken.on = true;
      for (const name of names) {
        const [outcome] = await Promise.allSettled([point(name).call(guard, ids, person('user1'))]);
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { code: 'could-not-tell', status: 503 },
        });
        expect({ name, told: String((outcome as { reason?: unknown }).reason) }).not.toEqual({
          name,
          told: expect.stringContaining('secret detail'),
        });
      }
      expect(await everything(guard)).toBe(before);
    });

    test('answers "could not tell" if the directory throws, instead of assuming no groups', async () => {
      const broken = { on: false };
      const people: Record<string, { userName: string; userGroups: string[] }> = {
        admin: { userName: 'admin', userGroups: ['ADMIN'] },
        user1: { userName: 'user1', userGroups: [] },
        fresh: { userName: 'fresh', userGroups: ['ADMIN'] },
      };
      const directory = {
        find: async (name: string) => {
          if (broken.on) throw new Error('secret detail');
          return people[name];
        },
      };
      const { guard, ids } = await prepared({ directory });
      const before = await everything(guard);
      broken.on = true;
      for (const name of names) {
        const error = await refusal(point(name).call(guard, ids, person('fresh')));
        expect({ name, code: error.code, status: error.status, is: error instanceof CouldNotTell }).toEqual({
          name,
          code: 'store-unavailable',
          status: 503,
          is: true,
        });
        expect(error.message).not.toContain('secret detail');
      }
      expect(await everything(guard)).toBe(before);
    });
  });
});
