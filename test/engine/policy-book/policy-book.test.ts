import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { EVERYTHING } from '../../../src/core/condition/condition.js';
import { compileSet } from '../../../src/core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../../src/core/principal.js';
import { Incidents } from '../../../src/engine/contract/incidents.js';
import { PolicyBook, type InForce } from '../../../src/engine/policy-book/policy-book.js';
import { openStore } from '../../../src/store/open.js';
import type { PolicyStore, Store } from '../../../src/store/port.js';
import { eventually } from '../../support/guards.js';

let store: Store;
let logged: string[];
beforeEach(async () => {
  store = await openStore({ memory: true });
  logged = [];
});
afterEach(() => store.close());

/** Lets those read the audit trail whose names are entries of the kind `reader`; refuses an entry named `bad`. */
function* compile(set: PolicySet) {
  yield;
  const readers = set.of('reader');
  if (readers.has('bad')) throw new TypeError('bad is no reader');
  const point = createDecisionPoint([
    {
      name: 'readers',
      answer: ({ userName }, operation) =>
        operation === 'system:audit' && readers.has(userName)
          ? { permissive: [{ id: 'reader', says: 'a reader', when: EVERYTHING }] }
          : {},
    },
  ]);
  return { ...compileSet(PolicySet.EMPTY), point };
}
/** A book as another process has it: of the same store, with a memory of its own. */
function bookOf(policies: PolicyStore = store.policies): PolicyBook {
  const log = (message: string): void => void logged.push(message);
  return new PolicyBook(policies, compile, new Incidents({ info: log, warn: log, error: log }));
}
const facts = () => ({ time: new Date(), userName: 'admin', source: 'api' }) as const;

const nothing = (): void => undefined;
const quiet = { info: nothing, warn: nothing, error: nothing };

test('neither a change nor a decision waits for the list conditions of the new version; calls under it do', async () => {
  let others = false;
  let made = 0;
  function* preparing() {
    // Ends only if something else runs in between.
    while (!others) yield;
    made++;
  }
  function* compiling(set: PolicySet) {
    yield;
    const point = createDecisionPoint([]);
    return { ...compileSet(PolicySet.EMPTY), point, ...(set.version > 0 && { preparing: preparing() }) };
  }
  const book = new PolicyBook(store.policies, compiling, new Incidents(quiet));
  const changes = [reader('ann', {})];
  await book.change('acme', PolicySet.EMPTY.with(1, changes), facts(), changes);
  const decides = await book.forDecisions('acme');
  expect([made, book.isPreparing(decides)]).toEqual([0, true]);
  setImmediate(() => (others = true));
  const found = await book.current('acme');
  expect([found === decides, book.isPreparing(found)]).toEqual([true, false]);
  expect([found.set.version, made]).toEqual([1, 1]);
  expect(await book.current('acme')).toBe(found);
  expect(made).toBe(1);
});

test('compiles in steps between which other calls run; whoever needs the version waits for it', async () => {
  let others = false;
  function* compiling(set: PolicySet) {
    // Ends only if something else runs in between.
    while (set.version > 0 && !others) yield;
    return { ...compileSet(PolicySet.EMPTY), point: createDecisionPoint([]) };
  }
  const book = new PolicyBook(store.policies, compiling, new Incidents(quiet));
  const changes = [reader('ann', {})];
  setImmediate(() => (others = true));
  const { set } = await book.change('acme', PolicySet.EMPTY.with(1, changes), facts(), changes);
  expect([set.version, others]).toEqual([1, true]);
  others = false;
  const other = new PolicyBook(store.policies, compiling, new Incidents(quiet));
  setImmediate(() => (others = true));
  const found = await Promise.all([other.current('acme'), other.current('acme')]);
  expect(found.map((one) => one.set.version)).toEqual([1, 1]);
  expect(found[0]).toBe(found[1]);
});
const reader = (id: string, value: unknown = {}) => ({ kind: 'reader', id, value });

async function mayRead(book: PolicyBook, tenantId: string | null, userName: string): Promise<boolean> {
  const { point } = await book.current(tenantId);
  return point.allows(new SecureUser({ userName }), 'system:audit', {});
}
const changeFrom = (book: PolicyBook, tenantId: string | null, { set }: InForce, changes: PolicyChange[]) =>
  book.change(tenantId, set.with(set.version + 1, changes), facts(), changes);
const change = async (book: PolicyBook, tenantId: string | null, id: string, value: unknown = {}) =>
  changeFrom(book, tenantId, await book.current(tenantId), [reader(id, value)]);

test('a change through one process counts in the next call of another, and in its tenant alone', async () => {
  const [one, other] = [bookOf(), bookOf()];
  expect(await mayRead(other, 'acme', 'ann')).toBe(false);
  await change(one, 'acme', 'ann');
  expect(await mayRead(other, 'acme', 'ann')).toBe(true);
  expect(await mayRead(one, 'acme', 'ann')).toBe(true);
  expect([await mayRead(other, null, 'ann'), await mayRead(other, 'acm', 'ann')]).toEqual([false, false]);
  await change(other, 'acme', 'ann', null);
  expect([await mayRead(one, 'acme', 'ann'), await mayRead(other, 'acme', 'ann')]).toEqual([false, false]);
});

test('of two that change one version the second is refused, and told the newest version', async () => {
  const [one, other] = [bookOf(), bookOf()];
  const [first, second] = [await one.current(null), await other.current(null)];
  await changeFrom(one, null, first, [reader('ann')]);
  await expect(changeFrom(other, null, second, [reader('ben')])).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('the newest version is 1') as unknown,
  });
  expect([await mayRead(other, null, 'ann'), await mayRead(other, null, 'ben')]).toEqual([true, false]);
});

test.each([0, 1])(
  'a process that knows a newer version than the %i of the log answers nothing, and counts an incident',
  async (left) => {
    let isCut = false;
    const cut: PolicyStore = {
      ...store.policies,
      append: (...args) => store.policies.append(...args),
      head: async (tenantId) => (isCut ? left : store.policies.head(tenantId)),
    } as PolicyStore;
    const book = bookOf(Object.setPrototypeOf(cut, store.policies) as PolicyStore);
    await change(book, 'acme', 'ann');
    await change(book, 'acme', 'ben');
    expect(await mayRead(book, 'acme', 'ann')).toBe(true);
    isCut = true;
    const damaged = { code: 'store-damaged', status: 503 };
    await expect(book.current('acme')).rejects.toMatchObject(damaged);
    await expect(book.forDecisions('acme')).rejects.toMatchObject(damaged);
    expect(logged).toContain('the log of the policies lost versions');
    // Other tenants, and a version that is there again, are not concerned.
    isCut = false;
    expect(await mayRead(book, 'acme', 'ben')).toBe(true);
  },
);

test('a set that cannot be compiled is not stored', async () => {
  const book = bookOf();
  await expect(change(book, null, 'bad')).rejects.toMatchObject({
    code: 'bad-policy',
    message: expect.stringContaining('bad is no reader'),
  });
  expect((await book.current(null)).set.version).toBe(0);
});

test('a stored set that this version of the package does not understand answers nothing, and is logged', async () => {
  const set = { ...facts(), tenantId: 'acme', version: 1, count: 1, changes: [reader('bad')] };
  await store.policies.append(set, []);
  await expect(bookOf().current('acme')).rejects.toMatchObject({ code: 'could-not-tell', status: 503 });
  expect(logged).toEqual(['the stored policies cannot be understood']);
  await expect(bookOf().current(null)).resolves.toMatchObject({ set: { version: 0 } });
});

test('a log that does not answer is no "nothing was configured"', async () => {
  const gone = async (): Promise<never> => Promise.reject(new Error('gone'));
  const policies = Object.assign(Object.create(store.policies), { head: gone }) as PolicyStore;
  await expect(bookOf(policies).current(null)).rejects.toThrow('gone');
});

test('calls that come together load a new version once', async () => {
  await change(bookOf(), null, 'ann');
  let reads = 0;
  const policies = Object.assign(Object.create(store.policies), {
    versions: (...args: Parameters<PolicyStore['versions']>) => {
      reads++;
      return store.policies.versions(...args);
    },
  }) as PolicyStore;
  const book = bookOf(policies);
  const all = await Promise.all(Array.from({ length: 20 }, () => mayRead(book, null, 'ann')));
  expect(all).toEqual(Array(20).fill(true));
  expect(reads).toBe(1);
});

test('one decision point stands for a version: what it keeps goes when the version goes', async () => {
  const book = bookOf();
  await change(book, null, 'ann');
  const { point } = await book.current(null);
  expect((await book.current(null)).point).toBe(point);
  await change(book, null, 'ben');
  expect((await book.current(null)).point).not.toBe(point);
});

test('who asks while the snapshot of a change is stored gets what was compiled for it', async () => {
  let compiled = 0;
  let asked: Promise<InForce> | undefined;
  function* counting(set: PolicySet) {
    compiled++;
    return yield* compile(set);
  }
  const policies: PolicyStore = Object.create(store.policies, {
    addSnapshot: {
      value: async (...given: Parameters<PolicyStore['addSnapshot']>) => {
        asked = book.current(null);
        await asked;
        return store.policies.addSnapshot(...given);
      },
    },
  }) as PolicyStore;
  const book = new PolicyBook(policies, counting, new Incidents(quiet));
  const many = Array.from({ length: 1200 }, (_, at) => reader(`${at}`));
  const before = await book.current(null);
  compiled = 0;
  const { point } = await changeFrom(book, null, before, many);
  expect((await asked)?.point).toBe(point);
  expect(compiled).toBe(1);
});

test('a snapshot is stored once the log has grown, so that a start reads little of it', async () => {
  const book = bookOf();
  const many = (from: number) => Array.from({ length: 600 }, (_, i) => reader(`${from + i}`));
  for (const from of [0, 600, 1200]) await changeFrom(book, null, await book.current(null), many(from));
  expect(await store.policies.snapshot(null, 10)).toMatchObject({ version: 2 });
  expect((await bookOf().current(null)).set.size).toBe(1800);
  // One that only reads the log leaves a snapshot as well, where it had to read a lot.
  const { changes: _none, ...version } = {
    ...facts(),
    tenantId: 'acme',
    version: 1,
    count: 2000,
    changes: [],
  };
  await store.policies.append({ ...version, parts: { id: 'p', count: 1 } }, [
    Array.from({ length: 2000 }, (_, i) => reader(`${i}`)),
  ]);
  await bookOf().current('acme');
  const left = await eventually(() => store.policies.snapshot('acme', 10));
  expect(left).toMatchObject({ version: 1 });
});
