import { updateRejections } from '../../../src/engine/enforcement/stuck.js';
import type { ItemGuard } from '../../../src/store/port.js';

/** Groups by their members; of others the directory lists nobody. */
const GROUPS: Readonly<Record<string, string[]>> = { hr: ['ann', 'bob'], empty: [] };
const directory = { members: (group: string) => Promise.resolve(GROUPS[group]) };

/** What is kept about the task after a change. */
async function after(kept: object, item: object | undefined): Promise<object> {
  const guard = { ...kept } as ItemGuard;
  await updateRejections(directory, item as never, guard, null);
  return guard;
}

describe('a task is stuck', () => {
  test('when everybody who could take it has rejected it', async () => {
    const kept = { rejectedBy: ['ann', 'bob'] };
    for (const item of [
      { candidateUsers: ['ann', 'bob'] },
      { candidateGroups: ['hr'] },
      { candidateUsers: ['ann'], candidateGroups: ['hr', 'empty'] },
    ])
      expect(await after(kept, item)).toEqual({ ...kept, stuck: true });
  });

  test.each<[what: string, kept: object, item: object]>([
    ['a candidate is left', { rejectedBy: ['ann'] }, { candidateUsers: ['ann', 'bob'] }],
    ['a member of a group is left', { rejectedBy: ['ann'] }, { candidateGroups: ['hr'] }],
    ['it is open to everybody', { rejectedBy: ['ann'], open: true }, { candidateUsers: ['ann'] }],
    ['it names nobody', { rejectedBy: ['ann'] }, {}],
    [
      'nobody can say who is in a group',
      { rejectedBy: ['ann'] },
      { candidateUsers: ['ann'], candidateGroups: ['it'] },
    ],
  ])('not while %s, even if it was', async (_what, kept, item) => {
    expect(await after({ ...kept, stuck: true }, item)).toEqual(kept);
  });
});

test('who is given the task no longer counts as having rejected it', async () => {
  const item = { assignee: 'ann', candidateUsers: ['ann', 'bob'] };
  expect(await after({ rejectedBy: ['ann', 'bob'] }, item)).toEqual({ rejectedBy: ['bob'] });
  expect(await after({ rejectedBy: ['ann'], stuck: true }, { ...item, candidateUsers: ['ann'] })).toEqual({});
});

test('nothing changes where nobody has rejected it, or the task is gone', async () => {
  expect(await after({ stuck: true }, { candidateUsers: ['ann'] })).toEqual({ stuck: true });
  expect(await after({ rejectedBy: ['ann'] }, undefined)).toEqual({ rejectedBy: ['ann'] });
});
