import { AccessDenied } from '../../../src/core/errors.js';
import type { Decision } from '../../../src/core/decision/decision.js';
import type { Call } from '../../../src/engine/enforcement/call.js';
import type { CommandParts } from '../../../src/engine/enforcement/command-parts.js';
import {
  knownIds,
  onLocked,
  recordInstance,
  type Locked,
} from '../../../src/engine/enforcement/locked-instance.js';
import type { StoredInstance } from '../../../src/store/port.js';

const INSTANCE = { id: 'i', name: 'M' } as unknown as StoredInstance;
const LATER = { id: 'i', name: 'M', status: 'end' } as unknown as StoredInstance;
const DECISION = { operation: 'instance:cancel' } as unknown as Decision;

/** A call, and each question that is asked of it. */
function asker(name: string, asked: unknown[][], refuse = false): Call {
  const call = {
    principal: { userName: name },
    mayReadInstance: (one: StoredInstance) => one === INSTANCE,
    assert: (...of: unknown[]) => {
      asked.push([name, ...of]);
      if (refuse) throw new AccessDenied('forbidden', name);
      return DECISION;
    },
  };
  return call as unknown as Call;
}

function parts(found: StoredInstance | undefined): CommandParts {
  return {
    reads: { whole: async (id: string) => (id === 'i' ? found : undefined) },
    runner: {
      onInstance: async (
        id: string,
        _principal: unknown,
        work: (command: unknown, instance: StoredInstance) => Promise<unknown>,
        { underLock }: { underLock: () => Promise<void> },
      ) => {
        await underLock();
        return work({ id }, LATER);
      },
    },
  } as unknown as CommandParts;
}

test('an operation is decided before the lock and again under it, by a new call, on what is stored then', async () => {
  const asked: unknown[][] = [];
  const again = asker('again', asked);
  const call = Object.assign(asker('first', asked), { again: async () => again });
  const facts = { readableModels: [] };
  const item = { id: 't' } as never;
  const locked = await onLocked(parts(INSTANCE), call, 'i', 'instance:cancel', async (one) => one, {
    item,
    facts,
  });
  expect(asked).toEqual([
    ['first', 'instance:cancel', { instance: INSTANCE, item }, true, facts],
    ['again', 'instance:cancel', { instance: LATER, item }, false, facts],
  ]);
  const result = { call: again, instance: LATER, decision: DECISION, command: { id: 'i' } };
  expect(locked).toEqual({ call: again, result });
});

test('what is about no item is decided without one', async () => {
  const asked: unknown[][] = [];
  const call = Object.assign(asker('first', asked), { again: async () => asker('again', asked) });
  await onLocked(parts(undefined), call, INSTANCE, 'instance:cancel', async () => undefined);
  expect(asked[0]).toStrictEqual(['first', 'instance:cancel', { instance: INSTANCE }, true, undefined]);
});

test('who is refused does not wait for the lock, and is not run', async () => {
  const work = jest.fn();
  const again = jest.fn();
  const call = Object.assign(asker('first', [], true), { again });
  await expect(onLocked(parts(INSTANCE), call, 'i', 'instance:cancel', work)).rejects.toThrow('first');
  expect([work.mock.calls, again.mock.calls]).toEqual([[], []]);
});

test('who is refused under the lock is not run', async () => {
  const work = jest.fn();
  const call = Object.assign(asker('first', []), { again: async () => asker('again', [], true) });
  await expect(onLocked(parts(INSTANCE), call, 'i', 'instance:cancel', work)).rejects.toThrow('again');
  expect(work).not.toHaveBeenCalled();
});

test('an instance that is not there is not found', async () => {
  await expect(
    onLocked(parts(undefined), asker('first', []), 'i', 'instance:cancel', async () => undefined),
  ).rejects.toThrow('No such instance, or it is not yours to see.');
});

test('of the instances below, those that may be read are known', async () => {
  const reads = {
    readableIds: async (_call: Call, ids: readonly string[]) => new Set(ids.filter((id) => id !== 'b')),
  };
  const known = (...ids: string[]) => knownIds({ reads } as unknown as CommandParts, asker('ann', []), ids);
  expect(await known('b', 'a', 'b', 'c')).toEqual(['b', 'a', 'c']);
  expect(await known()).toStrictEqual([]);
});

test('an entry is written and the application told once the command is stored', async () => {
  const [allowed, emit, afterwards] = [jest.fn(), jest.fn(), [] as (() => Promise<void>)[]];
  const calls = { audit: { allowed }, events: { emit } };
  const locked = { call: asker('ann', []), instance: INSTANCE, decision: DECISION, command: { afterwards } };
  const record = (instance: object, ...more: unknown[]): void =>
    (recordInstance as (...of: unknown[]) => void)(
      { calls },
      { ...locked, instance } as unknown as Locked,
      ...more,
    );
  record(INSTANCE, 'renamed', 'instance.ended');
  record({ id: 'j' }, undefined, 'instance.ended');
  record(INSTANCE);
  expect(allowed).not.toHaveBeenCalled();
  for (const work of afterwards) await work();
  const principal = { userName: 'ann' };
  expect(allowed.mock.calls).toStrictEqual([
    [principal, 'instance:cancel', { kind: 'instance', id: 'i', instanceId: 'i', name: 'renamed' }, DECISION],
    [principal, 'instance:cancel', { kind: 'instance', id: 'j', instanceId: 'j' }, DECISION],
    [principal, 'instance:cancel', { kind: 'instance', id: 'i', instanceId: 'i' }, DECISION],
  ]);
  const event = { event: 'instance.ended', userName: 'ann', operation: 'instance:cancel' };
  expect(emit.mock.calls).toStrictEqual([
    [{ ...event, instanceId: 'i', modelName: 'M' }],
    [{ ...event, instanceId: 'j' }],
  ]);
});
