import { BPMNClient, BPMNClient2 } from 'bpmn-client';
import { memoryPlace, lastingPlace, onStores } from '../support/stores.js';
import { Application } from './application.js';
import { PEOPLE } from './people.js';

beforeAll(() => jest.spyOn(console, 'log').mockImplementation(() => undefined));
afterAll(() => jest.restoreAllMocks());

onStores('Request Vacation through bpmn-client', (kind) => {
  const app = new Application({ place: kind === 'embedded' ? memoryPlace() : lastingPlace(kind) });
  beforeAll(() => app.start());
  afterAll(() => app.stop());

  const waiting = { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' };

  test("each step is done by the model's people, named by userId", async () => {
    const client: any = new BPMNClient('127.0.0.1', app.port, app.keys.trusted);
    const tasksOf = async (userId: string): Promise<any[]> =>
      client.datastore.findItems({ ...waiting, userId });

    const started = await client.engine.start('Request Vacation', { days: 3 }, null, 'alice');
    expect([started.startedBy, started.data.requester]).toEqual(['alice', 'alice']);
    const [request, ...none] = await tasksOf('alice');
    expect([request.elementId, request.assignee, none]).toEqual(['request', 'alice', []]);
    for (const userId of ['boss', 'bob', 'stranger']) expect(await tasksOf(userId)).toEqual([]);

    await expect(client.engine.invoke({ 'items.id': request.id }, {}, 'bob')).rejects.toThrow(
      /^No such task/,
    );
    await expect(
      client.engine.invoke({ 'items.id': request.id }, { requester: 'boss' }, 'alice'),
    ).rejects.toThrow(/requester/);
    await client.engine.invoke({ 'items.id': request.id }, { from: 'Monday' }, 'alice');

    const [approve] = await tasksOf('boss');
    expect([approve.elementId, approve.assignee]).toEqual(['approve', 'boss']);
    await expect(
      client.engine.invoke({ 'items.id': approve.id }, { approved: true }, 'alice'),
    ).rejects.toThrow(/^You may not do this \(task:execute\)|^No such task/);
    const done = await client.engine.invoke({ 'items.id': approve.id }, { approved: true }, 'boss');
    expect([done.status, done.data.approved]).toEqual(['end', true]);
    expect(
      done.items
        .map(({ elementId, completedBy }: any) => [elementId, completedBy])
        .filter(([, by]: any) => by),
    ).toEqual(expect.arrayContaining([['approve', 'boss']]));

    await expect(client.engine.get({ id: started.id, userId: 'stranger' })).rejects.toThrow(
      /^No such instance/,
    );
    expect((await client.engine.get({ id: started.id, userId: 'alice' })).status).toBe('end');
  });

  test('the same with users as objects', async () => {
    const client: any = new BPMNClient2('127.0.0.1', app.port, app.keys.trusted);
    const { id } = await client.engine.start('Request Vacation', {}, PEOPLE.bob);
    const [request] = await client.data.findItems({ ...waiting, id }, PEOPLE.bob);
    await expect(client.engine.invoke({ 'items.id': request.id }, {}, PEOPLE.alice)).rejects.toThrow(
      /^No such task/,
    );
    await client.engine.invoke({ 'items.id': request.id }, {}, PEOPLE.bob);
    const [approve] = await client.data.findItems({ ...waiting, id }, PEOPLE.boss);
    expect((await client.engine.invoke({ 'items.id': approve.id }, {}, PEOPLE.boss)).status).toBe('end');
  });

  test('the audit trail names the program and its user', async () => {
    const trail = await app.guard.store.audit.find({ limit: 100 });
    expect(trail).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          operation: 'instance:start',
          userName: 'key:trusted',
          onBehalfOf: 'alice',
        }),
        expect.objectContaining({
          operation: 'task:execute',
          userName: 'key:trusted',
          onBehalfOf: 'boss',
          answer: 'allowed',
        }),
      ]),
    );
    expect(
      trail
        .filter(({ onBehalfOf }) => onBehalfOf === undefined || onBehalfOf === null)
        .filter(({ operation }) => operation === 'task:execute'),
    ).toEqual([]);
  });
});
