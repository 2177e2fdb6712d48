import { createGuard, type Guard } from 'bpmn-guard';
import { deriveGuard } from '../../../src/engine/model/derive.js';
import type { Store, StoredInstance } from '../../../src/store/port.js';
import { ADMIN_USER, person, refusal, SILENT } from '../../support/guards.js';
import { markedStore, type MarkedStore } from '../../support/marked-store.js';

const [ALICE, BOB, EVE] = [person('alice'), person('bob'), person('eve')];
const WAITING = { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' };
/** Where a count stops. */
const MOST = 10_000;

/** An instance whose tasks wait for alice and, in the first one, for bob. */
function instance(at: number, tasks: number): StoredInstance {
  const users = at === 0 ? ['alice', 'bob'] : ['alice'];
  const document = {
    id: `i${at}`,
    name: 'M',
    status: 'running',
    data: { at },
    items: Array.from({ length: tasks }, (_, seq) => ({
      id: `i${at}-${seq}`,
      elementId: 't',
      seq,
      type: 'bpmn:UserTask',
      status: 'wait',
      candidateUsers: users,
    })),
  } as unknown as StoredInstance;
  deriveGuard(document, { rev: 1, startedBy: 'alice' });
  return document;
}
const instances = (count: number, tasks: number): StoredInstance[] =>
  Array.from({ length: count }, (_, at) => instance(at, tasks));

const guardOf = (store: Store): Promise<Guard> => createGuard({ store, env: {}, logger: SILENT });

/** Each store stops where it is told: `test/store/conformance`. */
describe('Of 10,200 tasks', () => {
  let marked: MarkedStore;
  let guard: Guard;
  beforeAll(async () => {
    marked = await markedStore('embedded', instances(17, 600));
    guard = await guardOf(marked.store);
  });
  afterAll(async () => {
    await guard.close();
    await marked.close();
  });

  const page = (request: object, who = ALICE) =>
    guard.api.data.find({ filter: WAITING, limit: 2, ...request }, who);

  test.each([
    {},
    { sort: { 'items.seq': 1 } },
    { filter: { 'items.status': 'wait', 'data.at': { $gte: 0 } } },
  ])('the total of a page %j stops at 10,000 and says that there are more', async (request) => {
    expect(await page({ ...request, getTotalCount: true })).toMatchObject({
      totalCount: MOST,
      hasMoreThanTotal: true,
    });
  });

  test('the exact total counts all rows, whether or not the caller also requests a total', async () => {
    for (const wish of [{ exactTotal: true }, { exactTotal: true, getTotalCount: true }]) {
      const found = await page(wish);
      expect([found.totalCount, 'hasMoreThanTotal' in found]).toEqual([10_200, false]);
    }
    const without = await page({ exactTotal: false });
    expect('totalCount' in without || 'hasMoreThanTotal' in without).toBe(false);
  });

  test('a total below the bound is exact, and says no more', async () => {
    const found = await page({ getTotalCount: true }, BOB);
    expect([found.totalCount, 'hasMoreThanTotal' in found]).toEqual([600, false]);
    expect((await page({ getTotalCount: true }, EVE)).totalCount).toBe(0);
  });

  test('a count of tasks stops at one more than 10,000, and counts all on request', async () => {
    const { tasks } = guard.api;
    expect(await tasks.count(undefined, ALICE)).toBe(MOST + 1);
    expect(await tasks.count({}, ALICE)).toBe(MOST + 1);
    expect(await tasks.count(undefined, ALICE, { exact: true })).toBe(10_200);
    expect(await guard.as(ALICE).tasks.count(undefined, undefined, { exact: true })).toBe(10_200);
    expect(await tasks.count(undefined, BOB)).toBe(600);
  });

  test('an unpaged list ends at 10,000 rows and returns a cursor', async () => {
    for (const list of [
      guard.api.data.findItems(WAITING, ALICE),
      guard.api.data.getPendingUserTasks({}, ALICE),
    ]) {
      const rows = await list;
      expect([rows.length, typeof rows.nextCursor]).toEqual([MOST, 'string']);
      const rest = await page({ after: rows.nextCursor, limit: 1000 });
      expect([rest.data.length, rest.nextCursor]).toEqual([200, null]);
    }
    expect((await guard.api.data.findItems(WAITING, BOB)).nextCursor).toBeUndefined();
  });

  test.each([
    ['an option that there is not', () => guard.api.tasks.count({}, ALICE, { exactly: true } as never)],
    ['an option of another type', () => guard.api.tasks.count({}, ALICE, { exact: 'yes' } as never)],
    ['a parameter of another type', () => page({ exactTotal: 1 })],
  ])('%s is refused', async (_what, call) => {
    expect((await refusal(call())).code).toBe('bad-query');
  });
});

describe('Of 10,200 instances with five items each', () => {
  let marked: MarkedStore;
  let guard: Guard;
  beforeAll(async () => {
    marked = await markedStore('embedded', instances(10_200, 5));
    guard = await guardOf(marked.store);
  });
  afterAll(async () => {
    await guard.close();
    await marked.close();
  });

  test.each([
    ['alice', ALICE],
    ['an administrator', ADMIN_USER],
  ])('the totals that stop are within the steps of a query, for %s', async (_who, user) => {
    for (const filter of [{}, WAITING])
      expect(await guard.api.data.find({ filter, limit: 1, getTotalCount: true }, user)).toMatchObject({
        totalCount: MOST,
        hasMoreThanTotal: true,
      });
    expect(await guard.api.tasks.count(undefined, user)).toBe(MOST + 1);
  });

  test('an unpaged list of instances ends at 10,000 rows and returns a cursor', async () => {
    const rows = await guard.api.data.findInstances({}, ALICE);
    const { data } = await guard.api.data.find({ after: rows.nextCursor as string, limit: 1000 }, ALICE);
    expect([rows.length, data.length]).toEqual([MOST, 200]);
    expect(new Set([...rows, ...data].map(({ id }) => id)).size).toBe(10_200);
  });
});
