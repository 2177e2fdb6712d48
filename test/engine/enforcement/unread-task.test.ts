import type { Call } from '../../../src/engine/enforcement/call.js';
import type { CommandParts } from '../../../src/engine/enforcement/command-parts.js';
import type { Effect } from '../../../src/engine/enforcement/effect.js';
import { isKnown, UnreadTask, unreadRow } from '../../../src/engine/enforcement/unread-task.js';

const RESOURCE = { item: {}, instance: {} };
/** Who is allowed these operations, and whom these rules keep from reading the task. */
const asker = (allowed: string[], rules: string[] = [], permitted = true): Call =>
  ({
    allows: (operation: string) => allowed.includes(operation),
    against: () => ({ permitted, rules }),
  }) as unknown as Call;
const effect = (unread?: string): Effect =>
  ({ operations: ['task:reject', 'task:take'], facts: {}, unread }) as unknown as Effect;
const ALL = ['task:reject', 'task:take'];

test.each<[string, Call, Effect, boolean]>([
  ['who reads it', asker(['task:read']), effect(), true],
  ['who reads it, whatever the effect', asker(['task:read'], ['p/hidden']), effect('rejected'), true],
  ['who does not', asker(ALL), effect(), false],
  ['who has rejected it', asker(ALL, ['task-rules/rejected']), effect('rejected'), true],
  [
    'whom another rule keeps from it too',
    asker(ALL, ['task-rules/rejected', 'p/x']),
    effect('rejected'),
    false,
  ],
  ['whom no rule keeps from it, though it was to be rejected', asker(ALL), effect('rejected'), false],
  [
    'who has rejected it, whatever else is refused',
    asker(['task:take'], ['task-rules/rejected']),
    effect('rejected'),
    true,
  ],
  [
    'who has rejected it and may not read it for another reason',
    asker(ALL, ['task-rules/rejected'], false),
    effect('rejected'),
    false,
  ],
  ['who has one of the operations only', asker(['task:take']), effect('starter'), false],
  ['whom no rule keeps from it', asker(ALL), effect('starter'), true],
  ['whom a rule keeps from it', asker(ALL, ['p/x']), effect('starter'), false],
])('of a task knows %s: %#', (_what, call, of, expected) => {
  expect(isKnown(call, RESOURCE, of)).toBe(expected);
});

describe('a task that its principal may not find', () => {
  const items = [{ id: 'a' }, { id: 'b' }];
  const reads = {
    wholeOfItem: async (id: string) => (id === 'x' ? undefined : { id: 'i', items }),
  } as unknown as CommandParts['reads'];
  const missing = expect.objectContaining({
    code: 'not-found',
    message: 'No such task, or it is not yours to see.',
  });

  test('is found with its instance', async () => {
    const row = { id: 'i', items: { id: 'b' } };
    expect(await unreadRow(reads, asker(['task:read']), { id: 'b', effect: effect() })).toEqual(row);
    const task = await UnreadTask.find({ reads }, asker(['task:read']), 'b', effect('starter'));
    expect(task).toMatchObject({ id: 'b', effect: { unread: 'starter' }, row });
  });

  test.each([
    ['no instance has it', 'x', ['task:read']],
    ['its instance has it no more', 'c', ['task:read']],
    ['the principal may not know of it', 'b', []],
  ])('is missing where %s', async (_what, id, allowed) => {
    await expect(unreadRow(reads, asker(allowed), { id, effect: effect() })).rejects.toThrow(missing);
  });
});
