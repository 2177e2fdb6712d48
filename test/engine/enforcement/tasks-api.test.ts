import type { Policy } from 'bpmn-guard';
import { eq, not } from '../../../src/core/condition/condition.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { any, told } from '../../support/told.js';

const [ann, bob] = [person('ann'), person('bob')];
const M = model([start(), task('t', { candidateUsers: 'ann,bob', candidateGroups: 'hr' }), end()]);
const guards = new Guards('embedded');

test('users who can no longer read a task that they have just taken or lent get no task, and the command is stored', async () => {
  const hides = (assignee: string): Policy => ({
    name: 'hides',
    waivable: false,
    answer: ({ userName }, operation) =>
      userName === 'ann' && operation === 'task:read'
        ? {
            restrictive: [{ id: 'no', says: `not of ${assignee}`, when: not(eq('item.assignee', assignee)) }],
          }
        : {},
  });
  const begun = async (assignee: string) => {
    const guard = await guards.make({ models: { M }, policies: [hides(assignee)] });
    await guard.api.engine.start('M', {}, ADMIN_USER);
    return { guard, id: (await waitingTask(guard, 't')).id };
  };
  const own = await begun('ann');
  expect(await own.guard.api.tasks.take(own.id, ann)).toBeUndefined();
  expect(await waitingTask(own.guard, 't')).toMatchObject({ assignee: 'ann' });
  const lent = await begun('bob');
  await lent.guard.api.tasks.take(lent.id, ann);
  expect(await lent.guard.api.tasks.delegate(lent.id, 'bob', ann)).toBeUndefined();
  expect(await waitingTask(lent.guard, 't')).toMatchObject({ assignee: 'bob', owner: 'ann' });
});

test('tasks are counted up to 10,001 unless the caller requests an exact count', async () => {
  const guard = await guards.make({ models: { M } });
  await guard.api.engine.start('M', {}, ADMIN_USER);
  const counted = jest.spyOn(guard.store.instances, 'countItems');
  const { tasks } = guard.as(ADMIN_USER);
  for (const [options, most] of [
    [undefined, 10_001],
    [{}, 10_001],
    [{ exact: false }, 10_001],
    [{ exact: true }, undefined],
  ] as const) {
    expect(await tasks.count(undefined, undefined, options as never)).toBe(1);
    expect(counted.mock.lastCall?.[1]).toBe(most);
  }
  expect(await tasks.count(null as never)).toBe(1);
  expect(await tasks.count({ 'items.elementId': 'start' })).toBe(1);
  expect(
    await told({
      'no flag': () => tasks.count(undefined, undefined, any({ exact: 'yes' })),
      'no option': () => tasks.count(undefined, undefined, any({ exakt: true })),
    }),
  ).toEqual({
    'no flag': 'bad-query: exact must be true or false.',
    'no option': expect.stringMatching(/^bad-query: .*exakt/) as string,
  });
});

test('the candidates of a task are its users and its groups, for who may see them', async () => {
  const guard = await guards.make({ models: { M } });
  await guard.api.engine.start('M', {}, ADMIN_USER);
  const { id } = await waitingTask(guard, 't');
  expect(await guard.api.tasks.candidates(id, ann)).toEqual({ users: ['ann', 'bob'], groups: ['hr'] });
  expect(await refusal(guard.api.tasks.candidates(id, person('zed')))).toMatchObject({ code: 'not-found' });
});

test('each command answers with the task, and a completion with the instance', async () => {
  const guard = await guards.make({ models: { M } });
  const { id: instance } = await guard.api.engine.start('M', {}, ADMIN_USER);
  const { id } = await waitingTask(guard, 't');
  const { tasks } = guard.api;
  expect(await tasks.take(id, ann)).toMatchObject({ id, assignee: 'ann' });
  expect(await tasks.release(id, ann)).toMatchObject({ id, assignee: null });
  expect(await tasks.assign(id, 'ann', ADMIN_USER)).toMatchObject({ id, assignee: 'ann' });
  expect(await tasks.delegate(id, 'bob', ann)).toMatchObject({ id, assignee: 'bob', owner: 'ann' });
  expect(await tasks.resolve(id, bob)).toMatchObject({ id, assignee: 'ann' });
  expect(await tasks.complete(id, { x: 1 }, ann)).toMatchObject({
    id: instance,
    status: 'end',
    data: { x: 1 },
  });
});
