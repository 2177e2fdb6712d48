import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';

type Loose = any;
const SOURCE = model([start(), task('do'), end()]);
const ann = person('ann');

onStores("upstream's ways of saying it", (kind) => {
  const guards = new Guards(kind);
  let guard: Guard;
  let id: string;
  beforeEach(async () => {
    guard = await guards.make({ models: { Ways: SOURCE } });
    ({ id } = await guard.api.engine.start('Ways', { caseId: 7, order: { no: 1 } }, ann));
  });
  const store = (): Loose => guard.server.dataStore;
  const asAnn = <T>(work: () => Promise<T>): Promise<T> => guard.runAs(ann, work);

  test('an empty field of a form is no candidate, and no assignee', async () => {
    const { id: item } = await waitingTask(guard, 'do', id);
    const assign = (assignment: Record<string, unknown>): Promise<unknown> =>
      guard.api.engine.assign({ 'items.id': item }, {}, assignment, ADMIN_USER);
    await assign({ candidateGroups: [''], candidateUsers: ['', ' ann '], priority: 3 });
    expect(await waitingTask(guard, 'do', id)).toMatchObject({
      candidateGroups: [],
      candidateUsers: ['ann'],
    });
    expect(await refusal(assign({ assignee: '' }))).toMatchObject({
      code: 'bad-assignment',
      message: 'assignee must be a name, or null to release the task.',
    });
    for (const bad of [['*'], [7], [null]])
      expect(await refusal(assign({ candidateGroups: bad }))).toMatchObject({ code: 'bad-assignment' });
  });

  test('a list or an object is no field of an assignment: the refusal says where it goes, and there it goes', async () => {
    const { id: item } = await waitingTask(guard, 'do', id);
    for (const value of [[], ['a'], { a: 1 }, () => 1]) {
      const assign = { logs: value };
      expect(
        await refusal(guard.api.engine.assign({ 'items.id': item }, {}, assign, ADMIN_USER)),
      ).toMatchObject({
        code: 'bad-assignment',
        message:
          '"logs" must be a text, a number, true, false or a date. Lists and objects are data, the second argument of ' +
          'assign(query, data, assignment, user).',
      });
    }
    await guard.api.engine.assign({ 'items.id': item }, { logs: ['a'] }, {}, ADMIN_USER);
    expect((await guard.store.instances.load(id))?.data).toMatchObject({ logs: ['a'] });
  });

  test('cron.checkTimers does nothing, for callers and for nobody, as in bpmn-server; timers are started by the guard alone', async () => {
    const { cron } = guard.server as Loose;
    expect(await cron.checkTimers(1000)).toBeUndefined();
    expect(await asAnn(() => cron.checkTimers())).toBeUndefined();
    for (const start of ['start', 'startTimers'])
      expect(await refusal(asAnn(() => cron[start]()))).toMatchObject({ code: 'forbidden' });
  });

  test('a nested projection shows what the flat one shows', async () => {
    const nested = { name: 1, data: { order: { no: 1 } }, items: { elementId: 1 } };
    const flat = { name: 1, 'data.order.no': 1, 'items.elementId': 1 };
    const [a, b] = await Promise.all(
      [nested, flat].map((projection) =>
        asAnn(() => store().findInstances({ id }, { projection, sort: { saved: -1 } })),
      ),
    );
    expect(a).toEqual(b);
    expect((a as Loose)[0].data).toEqual({ order: { no: 1 } });
    expect((a as Loose)[0].items.map((item: Loose) => Object.keys(item))).toContainEqual(['elementId']);
    for (const bad of [{ items: { $slice: 1 } }, { items: {} }, { projections: 1, items: { elementId: 2 } }])
      expect(await refusal(asAnn(() => store().findInstances({ id }, { projection: bad })))).toMatchObject({
        code: 'bad-query',
      });
    expect(
      (await refusal(asAnn(() => store().findInstances({ id }, { projections: nested })))).message,
    ).toContain('Did you mean projection?');
  });

  test.each<[object, string]>([
    [{ data: { caseId: 7 } }, "Ask for its fields one by one, such as { 'data.caseId': 1 }."],
    [{ 'items.vars.x': 1 }, "Ask for the data of the instance ('data.<name>')"],
    [{ 'items.data.x': 1 }, "Ask for the data of the instance ('data.<name>')"],
    [{ 'items.elementID': 'do' }, 'Did you mean items.elementId?'],
    [{ elementId: 'do' }, 'Did you mean items.elementId?'],
    [{ asignee: 'ann' }, 'Did you mean items.assignee?'],
    [{ items: { $elemMatch: { asignee: 'ann' } } }, 'Did you mean assignee?'],
    [{ stauts: 'running' }, 'Did you mean status?'],
  ])('the query %j is refused with the way to ask it', async (query, way) => {
    const error = await refusal(guard.api.data.findItems(query as never, ann));
    expect(error).toMatchObject({ code: 'bad-query' });
    expect(error.message).toContain(way);
  });

  test('to delete without a query is refused, and nothing is gone', async () => {
    for (const work of [
      guard.api.data.deleteInstances(undefined as never, ADMIN_USER),
      guard.runAs(ADMIN_USER, () => store().deleteInstances() as Promise<unknown>),
    ])
      expect(await refusal(work)).toMatchObject({
        code: 'bad-query',
        message: expect.stringContaining('{}'),
      });
    expect(await guard.store.instances.load(id)).toBeDefined();
  });

  test('switches of the data store are read, and set when the guard is made', async () => {
    expect([store().enableSavePoints, store().saveLogs, store().saveSource]).toEqual([false, true, true]);
    store().saveLogs = true;
    expect(() => (store().enableSavePoints = true)).toThrow(
      'createGuard({ keep: { savePoints: true or false } })',
    );
    const keeping = await guards.make({ keep: { savePoints: true } });
    expect((keeping.server.dataStore as Loose).enableSavePoints).toBe(true);
  });

  test('what a start returns has logs, data at a path, and the item to which it came', async () => {
    const result = await guard.api.engine.start('Ways', { order: { no: 2 } }, ann);
    expect(result.instance.logs).toEqual([]);
    expect(result.getData('order')).toEqual({ no: 2 });
    expect(result.getData()).toEqual({ order: { no: 2 } });
    expect(result.execution.getData('order.__proto__')).toBeUndefined();
    expect(result.item).toMatchObject({ elementId: 'do', status: 'wait' });
    expect(((await asAnn(() => store().findInstance({ id }, 'Full'))) as Loose).logs).toEqual([]);
  });
});
