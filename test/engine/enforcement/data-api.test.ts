import type { FindRequest, Guard, Policy } from 'bpmn-guard';
import { eq, NOTHING } from '../../../src/core/condition/condition.js';
import { InstanceIndex } from '../../../src/store/embedded/instance-index.js';
import { cursorOf } from '../../../src/store/query/item-order.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, script, start, task } from '../../support/models.js';
import { switchedOff, switches } from '../../support/switched-off.js';

const [ann, bob] = [person('ann'), person('bob')];
const M = model([start(), script('s', '1'), task('t', { candidateUsers: 'ann,bob' }), end()]);
const guards = new Guards('embedded');

async function begun(count = 3, policies: readonly Policy[] = []): Promise<{ guard: Guard; ids: string[] }> {
  const guard = await guards.make({ models: { M }, policies });
  const ids: string[] = [];
  for (let n = 1; n <= count; n++) ids.push((await guard.api.engine.start('M', { n }, ann)).id);
  return { guard, ids };
}

/** All pages of a list, by the ids of their rows. */
async function pages({ api }: Guard, request: FindRequest, user = ann): Promise<string[][]> {
  const found: string[][] = [];
  for (let after: string | null | undefined; after !== null;) {
    const { data, nextCursor } = await api.data.find({ ...request, ...(after && { after }) }, user);
    found.push(data.map(({ id }) => id));
    after = nextCursor;
  }
  return found;
}

test('a list comes in pages, until one is not full', async () => {
  const { guard, ids } = await begun();
  const [first = '', second = '', third = ''] = ids;
  expect(await pages(guard, { filter: { name: 'M' }, limit: 2 })).toEqual([[third, second], [first]]);
  const newestFirst = [third, second, first];
  expect(await pages(guard, { filter: { name: 'M' }, limit: 3 })).toEqual([newestFirst, []]);
  expect(await pages(guard, { filter: { name: 'M' } })).toEqual([newestFirst]);
  const sorted = { sort: { 'data.n': 1 }, limit: 2 } as const;
  expect(await pages(guard, sorted)).toEqual([[first, second], [third]]);
  const ofTasks = { filter: { 'items.elementId': 't' }, limit: 2 } as const;
  expect(await pages(guard, ofTasks, bob)).toEqual([[third, second], [first]]);
});

test('a sorted list continues after rows that are removed while their page is read', async () => {
  const tasks = { filter: { 'items.elementId': 't' }, sort: { 'items.dueDate': 1 }, limit: 2 } as const;
  for (const removed of [1, 2]) {
    const { guard, ids } = await begun();
    const [first = '', second = '', third = ''] = ids;
    const current = jest.spyOn(InstanceIndex.prototype, 'current');
    current.mockImplementationOnce(async function (this: InstanceIndex, ...of) {
      await guard.api.data.deleteInstances({ id: { $in: [third, second].slice(0, removed) } }, ADMIN_USER);
      return this.current(...of);
    });
    expect(await pages(guard, tasks)).toEqual(removed === 1 ? [[second], [first]] : [[], [first]]);
    current.mockRestore();
  }
});

test('the rows are counted if that is wished, of the same kind as the rows', async () => {
  const { guard } = await begun();
  const total = async (request: object): Promise<unknown> => {
    const { totalCount } = await guard.api.data.find({ limit: 1, getTotalCount: true, ...request }, ann);
    return totalCount;
  };
  expect(await total({})).toBe(3);
  expect(await total({ filter: { 'items.status': { $exists: true } } })).toBe(15);
  expect(await total({ filter: { name: 'N' } })).toBe(0);
  expect(await total({ sort: { 'items.elementId': 1 } })).toBe(15);
  expect(await guard.api.data.find({ limit: 1 }, ann)).not.toHaveProperty('totalCount');
  expect(await refusal(guard.api.data.find({ getTotalCount: 'yes' as never }, ann))).toMatchObject({
    code: 'bad-query',
    message: 'getTotalCount must be true or false.',
  });
});

test.each([
  ['a field of them', { 'items.elementId': 't' }],
  ['one of several', { $or: [{ 'items.elementId': 't' }, { 'items.elementId': 'none' }] }],
  [
    'what they are not',
    { $and: [{ name: 'M' }, { 'items.elementId': { $nin: ['s', 'start', 'flow_0', 'flow_1'] } }] },
  ],
  ['what they lack', { $and: [{ 'items.assignee': null }, { 'items.elementId': 't' }] }],
  ['an element of the list', { items: { $elemMatch: { elementId: 't' } } }],
])('a query about items, by %s, has a row for each item', async (_what, filter) => {
  const { guard, ids } = await begun(1);
  const { data } = await guard.api.data.find({ filter: filter as never }, bob);
  expect(data).toMatchObject([{ id: ids[0], name: 'M', items: { elementId: 't', state: 'unclaimed' } }]);
});

test('what a row of an item shows of its instance depends on who reads', async () => {
  const apart: Policy = {
    name: 'apart',
    answer: ({ userName }, operation) =>
      operation === 'instance:read' && userName === 'bob'
        ? { restrictive: [{ id: 'no', says: 'not bob', when: NOTHING }] }
        : {},
  };
  const { guard } = await begun(1, [apart]);
  const filter = { 'items.elementId': 't' };
  const [own] = (await guard.api.data.find({ filter }, ann)).data;
  const [others] = (await guard.api.data.find({ filter }, bob)).data;
  expect(own).toMatchObject({ data: { n: 1 }, startedBy: 'ann', items: { data: { n: 1 } } });
  expect(others).toMatchObject({ data: {} });
  expect(others).not.toHaveProperty('startedBy');
  expect(others?.items).not.toHaveProperty('data');
});

test('the people of a task are shown where that is allowed of it, in each list', async () => {
  const second: Policy = {
    name: 'second',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'task:assignees'
        ? { restrictive: [{ id: 'n', says: 'the second', when: eq('instance.data.n', 2) }] }
        : {},
  };
  const { guard } = await begun(3, [second]);
  const query = { 'items.elementId': 't' };
  const users = ['ann', 'bob'];
  const shown = (rows: readonly { candidateUsers?: unknown }[]) =>
    rows.map(({ candidateUsers }) => candidateUsers);
  expect(shown(await guard.api.data.findItems(query, bob))).toEqual([undefined, users, undefined]);
  const { data } = await guard.api.data.find({ filter: query }, bob);
  expect(shown(data.map(({ items }) => items as never))).toEqual([undefined, users, undefined]);
  const { id } = await waitingTask(guard, 't');
  expect(await refusal(guard.api.tasks.candidates(id, bob))).toMatchObject({ code: 'forbidden' });
});

test('instances are shown completely only on request', async () => {
  const { guard } = await begun(1);
  const { data } = guard.as(ADMIN_USER);
  const found = async (options?: unknown): Promise<Record<string, unknown>> =>
    (await data.findInstances({}, options as never))[0] as never;
  for (const full of ['full', 'FULL']) expect(await found(full)).toMatchObject({ source: M, logs: [] });
  for (const short of ['summary', undefined, {}]) {
    expect(await found(short)).not.toHaveProperty('source');
    expect(await found(short)).not.toHaveProperty('logs');
  }
  expect(await found({ projection: ['name'] })).toEqual({ id: expect.any(String) as string, name: 'M' });
});

test('the source of an instance is for who may read its model', async () => {
  const guard = await guards.make({ models: { M }, policies: [switchedOff] });
  await guard.api.engine.start('M', {}, ann);
  switches.off = 'model:read';
  const [found] = await guard.api.data.findInstances({}, ann, 'full');
  switches.off = undefined;
  expect(found).toMatchObject({ name: 'M', logs: [] });
  expect(found).not.toHaveProperty('source');
});

test('instances that match are deleted by who may', async () => {
  const { guard, ids } = await begun(2);
  expect(await guard.api.data.deleteInstances({ id: ids[0] }, ADMIN_USER)).toEqual({ deletedCount: 1 });
  expect(await pages(guard, {})).toEqual([[ids[1]]]);
});

test('instances are sorted by their own fields, and by none of their items', async () => {
  const { guard, ids } = await begun();
  const sorted = async (sort: object): Promise<string[]> =>
    (await guard.api.data.findInstances({}, ann, { sort } as never)).map(({ id }) => id);
  expect(await sorted({ 'data.n': -1 })).toEqual([...ids].reverse());
  expect(await refusal(sorted({ 'items.seq': 1 }))).toMatchObject({
    code: 'bad-query',
    message: 'Instances cannot be sorted by a field of their items.',
  });
});

test('the pending tasks are those that wait for people', async () => {
  const { guard } = await begun(2);
  const pending = (query?: object) => guard.api.data.getPendingUserTasks(query as never, ann);
  expect((await pending()).map(({ elementId }) => elementId)).toEqual(['t', 't']);
  expect(await pending({ 'data.n': 2 })).toHaveLength(1);
  const { id } = await waitingTask(guard, 't');
  await guard.api.tasks.take(id, ann);
  await guard.api.tasks.complete(id, {}, ann);
  expect(await pending()).toHaveLength(1);
  expect(await guard.api.tasks.count(undefined, ann)).toBe(1);
  expect(await guard.api.tasks.count({ 'items.elementId': 't' }, ann)).toBe(2);
  expect(await guard.api.data.findItem({ 'items.elementId': 'none' }, ann)).toBeUndefined();
  expect(await guard.api.data.findItem({ 'items.elementId': 's' }, ann)).toMatchObject({ elementId: 's' });
});

test('the place of a row in a list is that of its instance, and of its item', () => {
  const place = (items: object) => cursorOf({ _id: 'row', items } as never);
  expect(place({ seq: 3, id: 'a' })).toEqual({ id: 'row', seq: 3, item: 'a' });
  for (const seq of [undefined, null, '3', NaN, Infinity])
    expect(place({ seq, id: 'a' })).toEqual({ id: 'row', item: 'a' });
  expect(place({ id: 7 })).toEqual({ id: 'row', item: '' });
});
