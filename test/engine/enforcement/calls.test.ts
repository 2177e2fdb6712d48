import { EVERYTHING } from '../../../src/core/condition/condition.js';
import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { compileSet } from '../../../src/core/policy-set/kinds.js';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';
import { AccessDenied, Conflict, CouldNotTell } from '../../../src/core/errors.js';
import { SecureUser } from '../../../src/core/principal.js';
import { Incidents } from '../../../src/engine/contract/incidents.js';
import type { Audit } from '../../../src/engine/enforcement/audit.js';
import type { Call } from '../../../src/engine/enforcement/call.js';
import { Calls } from '../../../src/engine/enforcement/calls.js';
import type { Events } from '../../../src/engine/enforcement/events.js';
import { ChangeTurns } from '../../../src/engine/execution/change-turns.js';
import { Contexts } from '../../../src/engine/execution/context.js';
import { PeopleLock } from '../../../src/engine/execution/people-lock.js';
import type { DataPaths } from '../../../src/engine/execution/data-paths.js';
import type { Principals } from '../../../src/engine/enforcement/principals.js';
import type { UnmarkedRules } from '../../../src/engine/enforcement/unmarked-rules.js';
import { PolicyBook } from '../../../src/engine/policy-book/policy-book.js';
import { openStore } from '../../../src/store/open.js';
import type { Store } from '../../../src/store/port.js';
import { SILENT } from '../../support/guards.js';

const ann = new SecureUser({ userName: 'ann' });
const ON = { kind: 'instance' };
let store: Store;
beforeEach(async () => {
  store = await openStore({ memory: true });
});
afterEach(() => store.close());

/** Lets those read the audit trail whose names are entries of the kind `reader`. */
const compiled = (set: PolicySet) => ({
  ...compileSet(PolicySet.EMPTY),
  point: createDecisionPoint([
    {
      name: 'readers',
      answer: ({ userName }, operation) =>
        operation === 'system:audit' && set.of('reader').has(userName)
          ? { permissive: [{ id: 'reader', says: 'a reader', when: EVERYTHING }] }
          : {},
    },
  ]),
});
function* compile(set: PolicySet) {
  yield;
  return compiled(set);
}
const bookOf = (): PolicyBook => new PolicyBook(store.policies, compile, new Incidents(SILENT));
const facts = () => ({ time: new Date(), userName: 'admin', source: 'api' }) as const;
const reader = (id: string, value: unknown) => ({ kind: 'reader', id, value });

const changeReader = async (book: PolicyBook, value: unknown): Promise<void> => {
  const { set } = await book.current(null);
  const changes = [reader('ann', value)];
  await book.change(null, set.with(set.version + 1, changes), facts(), changes);
};

const callsWith = (book: PolicyBook): Calls =>
  new Calls(
    book,
    { of: async () => ann, again: async () => ann } as unknown as Principals,
    { refused: async () => undefined } as unknown as Audit,
    { emit: () => undefined } as unknown as Events,
    store,
    new Incidents(SILENT),
    false,
    () => true,
    { searched: [] } as unknown as DataPaths,
    { record: () => undefined } as unknown as UnmarkedRules,
    new PeopleLock({ lock: async () => async () => undefined }),
    new ChangeTurns(new Contexts()),
    10_000,
  );
const mayRead = (call: Call): boolean => call.allows('system:audit', {});

describe('While what lists need of a new version of the policies is being made', () => {
  async function preparing() {
    const made = { isOver: false, isDone: false };
    function* prepare() {
      // Bounded: a call that does not let others run would never end.
      for (let steps = 0; !made.isOver && steps < 1_000_000; steps++) yield;
      made.isDone = true;
    }
    function* compiling(set: PolicySet) {
      yield;
      return { ...compiled(set), ...(set.version > 0 && { preparing: prepare() }) };
    }
    const book = new PolicyBook(store.policies, compiling, new Incidents(SILENT));
    await changeReader(book, {});
    return { calls: callsWith(book), made };
  }

  test('a command that asks again under its lock does not wait for it', async () => {
    const { calls, made } = await preparing();
    expect(mayRead(await calls.again(ann))).toBe(true);
    expect(made.isDone).toBe(false);
    made.isOver = true;
    expect(mayRead(await calls.of(ann))).toBe(true);
    expect(made.isDone).toBe(true);
  });

  test('a query does not go out before it is made', async () => {
    const { calls, made } = await preparing();
    const asks: boolean[] = [];
    const found = calls.read(undefined, 'system:audit', ON, async () => void asks.push(made.isDone));
    setImmediate(() => (made.isOver = true));
    await found;
    expect(asks).toEqual([true]);
  });
});

describe('A call that asks its first query while the version of the policies is looked up', () => {
  async function asked(calls: Calls): Promise<{ asks: boolean[]; worked: boolean; found: boolean }> {
    const asks: boolean[] = [];
    return calls.runAsking(
      undefined,
      'system:audit',
      ON,
      async (call) => {
        asks.push(mayRead(call));
        return mayRead(call);
      },
      async (call, found) => ({ asks, worked: mayRead(call), found }),
    );
  }

  test('discards its result and asks again if another process has changed the policies', async () => {
    const [here, elsewhere] = [bookOf(), bookOf()];
    await changeReader(elsewhere, {});
    await here.current(null);
    const calls = callsWith(here);
    expect(await asked(calls)).toEqual({ asks: [true], worked: true, found: true });

    await changeReader(elsewhere, null);
    expect(await asked(calls)).toEqual({ asks: [true, false], worked: false, found: false });
    expect(await asked(calls)).toEqual({ asks: [false], worked: false, found: false });
  });

  test('stops if the policies cannot be read or the query fails', async () => {
    const book = bookOf();
    const calls = callsWith(book);
    const work = jest.fn();
    const gone = new Error('gone');
    const failing = calls.runAsking(undefined, 'system:audit', ON, () => Promise.reject(gone), work);
    await expect(failing).rejects.toBe(gone);
    jest.spyOn(book, 'current').mockRejectedValue(gone);
    const unread = calls.runAsking(undefined, 'system:audit', ON, async () => 'found', work);
    await expect(unread).rejects.toBe(gone);
    expect(work).not.toHaveBeenCalled();
  });
});

describe('A call that is refused', () => {
  const [refused, emit] = [jest.fn(async () => undefined), jest.fn()];
  beforeEach(() => jest.clearAllMocks());
  const calls = (): Calls =>
    Object.assign(Object.create(callsWith(bookOf())) as Calls, { audit: { refused }, events: { emit } });

  test.each([
    [new AccessDenied('forbidden', 'no'), true],
    [new AccessDenied('not-found', 'no'), true],
    [new AccessDenied('unauthenticated', 'no'), true],
    [new Conflict('conflict', 'no'), false],
    [new CouldNotTell('could-not-tell', 'no'), false],
    [new Error('no'), false],
  ])('by %s is recorded, and told where it is a refusal: %s', async (error, told) => {
    const target = { kind: 'instance', id: 'i', instanceId: 'i' };
    await calls().refused(ann, 'instance:read', target, error);
    await calls().refused(undefined, 'instance:read', ON, error);
    expect(refused.mock.calls).toEqual([
      [ann, 'instance:read', target, error],
      [undefined, 'instance:read', ON, error],
    ]);
    const event = { event: 'denied', operation: 'instance:read' };
    expect(emit.mock.calls).toStrictEqual(
      told ? [[{ ...event, userName: 'ann', instanceId: 'i' }], [{ ...event, userName: null }]] : [],
    );
  });

  test('does not wait for a store that has just failed', async () => {
    let end = (): void => undefined;
    const never = new Promise<undefined>((resolve) => (end = () => resolve(undefined)));
    refused.mockReturnValue(never);
    await calls().refused(ann, 'instance:read', ON, new CouldNotTell('store-unavailable', 'no'));
    let isOver = false;
    const other = calls().refused(ann, 'instance:read', ON, new AccessDenied('forbidden', 'no'));
    void other.then(() => (isOver = true));
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    end();
    await other;
  });
});

test('who is of another tenant by now is decided about by the policies of that one', async () => {
  const book = bookOf();
  const asked = jest.spyOn(book, 'forDecisions');
  const calls = callsWith(book);
  const here = await calls.again(ann);
  expect([here.principal, asked.mock.calls]).toEqual([ann, [[null]]]);
  const moved = new SecureUser({ userName: 'ann', tenantId: 'acme' });
  Object.assign(calls, { principals: { again: async () => moved } });
  asked.mockClear();
  const there = await calls.again(ann);
  expect([there.principal, asked.mock.calls]).toEqual([moved, [[null], ['acme']]]);
  expect(there.inForce).toBe(await (asked.mock.results[1]?.value as Promise<unknown>));
});

test('while the rules are switched off, no policies are in force and every right is held', async () => {
  const book = bookOf();
  const asked = [jest.spyOn(book, 'forDecisions'), jest.spyOn(book, 'current'), jest.spyOn(book, 'newest')];
  const calls = Object.assign(callsWith(book), { bypass: true });
  expect(await calls.holds(ann, 'Model:Read')).toBe(true);
  for (const call of [await calls.of(ann), await calls.again(ann)]) expect(call.inForce).toBe(book.nothing);
  await calls.read(undefined, 'system:audit', ON, async (call) => expect(call.inForce).toBe(book.nothing));
  for (const one of asked) expect(one).not.toHaveBeenCalled();
  const enforced = callsWith(book);
  jest
    .spyOn(book, 'current')
    .mockResolvedValue({ securityRoles: { rightsOf: () => new Set(['Model:Read']) } } as never);
  expect(await enforced.holds(ann, 'Model:Read')).toBe(true);
  expect(await enforced.holds(ann, 'Model:Delete')).toBe(false);
});
