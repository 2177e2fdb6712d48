import type { LockedTask } from '../../../src/engine/enforcement/command-parts.js';
import type { Effect } from '../../../src/engine/enforcement/effect.js';
import { recordTask } from '../../../src/engine/enforcement/task-record.js';

const DECISION = { operation: 'task:take' };
const EFFECT = { operations: ['task:take', 'task:execute'] } as unknown as Effect;

test('a command on a task is written and told once it is stored', async () => {
  const [allowed, emit, afterwards] = [jest.fn(), jest.fn(), [] as (() => Promise<void>)[]];
  const record = (item: object, instance: object, ...more: unknown[]): void =>
    (recordTask as (...of: unknown[]) => void)(
      { audit: { allowed }, events: { emit } },
      EFFECT,
      {
        call: { principal: { userName: 'ann' } },
        instance,
        item,
        decision: DECISION,
        command: { afterwards },
      } as unknown as LockedTask,
      'task.taken',
      ...more,
    );
  record({ id: 't', elementId: 'do' }, { id: 'i', name: 'M' }, 'bob', ['duty']);
  record({ id: 't' }, { id: 'i' });
  expect([allowed.mock.calls, emit.mock.calls]).toEqual([[], []]);
  for (const work of afterwards) await work();
  const principal = { userName: 'ann' };
  const target = { kind: 'task', id: 't', instanceId: 'i' };
  expect(allowed.mock.calls).toStrictEqual([
    [principal, 'task:take', { ...target, name: 'do' }, DECISION, { overrides: ['duty'] }],
    [principal, 'task:take', { ...target, name: undefined }, DECISION, {}],
  ]);
  const event = {
    event: 'task.taken',
    userName: 'ann',
    operation: 'task:take',
    instanceId: 'i',
    itemId: 't',
  };
  expect(emit.mock.calls).toStrictEqual([
    [{ ...event, elementId: 'do', modelName: 'M', assignee: 'bob' }],
    [event],
  ]);
});
