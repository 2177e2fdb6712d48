import * as bpmn from 'bpmn-server';
import { createGuard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, SILENT } from '../../support/guards.js';
import { serverOfApplication } from '../../support/application-server.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

type Loose = any;
const apiOn = (server: unknown): Loose => new (bpmn as Loose).BPMNAPI(server);

onStores("bpmn-server's BPMNAPI without a user", (kind) => {
  const guards = new Guards(kind);
  const M = model([start(), task('t', { candidateUsers: 'ann' }), end()]);

  test('calls for the ambient principal', async () => {
    const guard = await guards.make({ models: { M } });
    const api = apiOn(guard.server);
    const seen = await guard.runAs(person('ann'), async () => {
      await api.engine.start('M', {});
      return [
        await api.data.getPendingUserTasks({}),
        await api.data.findInstances({}),
        await api.model.list({}),
      ];
    });
    expect(seen.map((list) => list.length)).toEqual([1, 1, 1]);
    expect(await guard.runAs(person('eve'), () => api.data.getPendingUserTasks({}))).toEqual([]);
  });

  test('is refused as a call of nobody outside of runAs', async () => {
    const guard = await guards.make({ models: { M } });
    const { engine, data, model: models } = apiOn(guard.server);
    for (const call of [
      () => engine.start('M', {}),
      () => engine.invoke({ 'items.elementId': 't' }, {}),
      () => engine.assign({ 'items.elementId': 't' }, {}, {}),
      () => data.getPendingUserTasks({}),
      () => data.findItems({}),
      () => data.findItem({}),
      () => data.findInstances({}),
      () => data.deleteInstances({}),
      () => models.list({}),
      () => models.findStartEvents({}),
    ])
      expect(await refusal(call())).toMatchObject({ code: 'unauthenticated' });
  });

  test('calls for the default user that the application has set, and passes on a given user', async () => {
    const guard = await guards.make({ models: { M } });
    const api = apiOn(guard.server);
    await guard.as(person('ann')).engine.start('M', {});
    api.defaultUser = new bpmn.SecureUser({ userName: 'eve', userGroups: [] } as never);
    const list = (user?: object): Promise<unknown[]> =>
      guard.runAs(person('ann'), () => api.data.getPendingUserTasks({}, user));
    expect(api.defaultUser.userName).toBe('eve');
    // bpmn-server's own user narrows the query; what ann may see is the limit.
    expect(await list()).toEqual([]);
    expect(await list(person('ann'))).toHaveLength(1);
    expect(Object.keys(apiOn(guard.server))).not.toContain('defaultUser');
  });
});

describe("bpmn-server's BPMNAPI on a server of the application", () => {
  test('is refused without a user until the guard is made, then calls for the ambient principal', async () => {
    const server = serverOfApplication();
    const api = apiOn(server);
    const making = createGuard({ server, store: { memory: true }, env: {}, logger: SILENT });
    expect(await refusal(api.data.findInstances({}))).toMatchObject({ code: 'not-ready' });
    const guard = await making;
    try {
      expect(await refusal(api.data.findInstances({}))).toMatchObject({ code: 'unauthenticated' });
      expect(await guard.runAs(ADMIN_USER, () => api.data.findInstances({}))).toEqual([]);
    } finally {
      await guard.close();
    }
  });

  test('has no user of its own on a server without a guard', () => {
    expect(apiOn({}).defaultUser).toBeUndefined();
  });
});
