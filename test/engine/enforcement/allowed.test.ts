import { parseCondition, type Guard, type Policy } from 'bpmn-guard';
import { EVERYTHING } from '../../../src/core/condition/condition.js';
import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const [ann, bob] = [person('ann'), person('bob')];
const MODELS = {
  M: model([start(), task('t', { candidateUsers: 'ann,bob' }), end()]),
  Two: model([
    start(),
    task('a', { candidateUsers: 'ann,bob' }),
    task('b', { candidateUsers: 'ann,bob' }),
    end(),
  ]),
};
const guards = new Guards('embedded');

async function begun(name: keyof typeof MODELS, element: string, policies: readonly Policy[] = []) {
  const guard = await guards.make({ models: MODELS, policies });
  const { id } = await guard.api.engine.start(name, {}, ADMIN_USER);
  return { guard, instance: id, id: (await waitingTask(guard, element, id)).id };
}
const offered = async ({ api }: Guard, id: string, user = ann): Promise<unknown> =>
  (await api.tasks.allowed([id], user))[id];

test('what is offered on a task follows its state and who asks', async () => {
  const { guard, id } = await begun('M', 't');
  const { tasks } = guard.api;
  expect(await offered(guard, id)).toEqual(['take', 'assign', 'reject']);
  await tasks.take(id, ann);
  expect(await offered(guard, id)).toEqual(['release', 'assign', 'delegate', 'escalate', 'complete']);
  expect(await offered(guard, id, bob)).toEqual(['assign']);
  await tasks.delegate(id, 'bob', ann);
  expect(await offered(guard, id, bob)).toEqual(['assign', 'resolve', 'escalate']);
  await tasks.resolve(id, bob);
  await tasks.suspend(id, ADMIN_USER);
  expect(await offered(guard, id)).toEqual([]);
  expect(await offered(guard, id, ADMIN_USER)).toEqual(['resume']);
  await tasks.resume(id, ADMIN_USER);
  await tasks.complete(id, {}, ann);
  for (const user of [ann, ADMIN_USER]) expect(await offered(guard, id, user)).toEqual([]);
});

test('a task of another is released by administrators alone, whatever else is permitted', async () => {
  const all: Policy = {
    name: 'all',
    answer: (_who, operation) =>
      operation.startsWith('task:') ? { permissive: [{ id: 'all', says: 'all may', when: EVERYTHING }] } : {},
  };
  const { guard, id } = await begun('M', 't', [all]);
  await guard.api.tasks.take(id, ann);
  for (const [user, released] of [
    [ann, true],
    [bob, false],
    [ADMIN_USER, true],
  ] as const) {
    const commands = (await offered(guard, id, user)) as string[];
    expect([user.userName, commands.includes('release'), commands.includes('assign')]).toEqual([
      user.userName,
      released,
      true,
    ]);
  }
});

test('a rule about the other items of the instance is evaluated on all of them', async () => {
  const other: Policy = {
    name: 'other',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'task:take'
        ? {
            restrictive: [
              {
                id: 'hand',
                says: 'another hand',
                when: parseCondition({
                  $nor: [{ items: { $elemMatch: { 'item.guard.completedBy': '$user.userName' } } }],
                } as never),
              },
            ],
          }
        : {},
  };
  const { guard, instance, id } = await begun('Two', 'a', [other]);
  await guard.api.tasks.take(id, ann);
  await guard.api.tasks.complete(id, {}, ann);
  const { id: second } = await waitingTask(guard, 'b', instance);
  expect(await offered(guard, second)).toEqual(['assign', 'reject']);
  expect(await offered(guard, second, bob)).toEqual(['take', 'assign', 'reject']);
});

test('of many tasks each has its own answer, and those that are unknown or no tasks have none', async () => {
  const { guard, instance, id } = await begun('M', 't');
  const started = await guard.api.data.findItem({ id: instance, 'items.elementId': 'start' }, ADMIN_USER);
  const ids = [id, 'none', started?.id as string];
  expect(await guard.api.tasks.allowed(ids, ann)).toEqual({
    [id]: ['take', 'assign', 'reject'],
    none: [],
    [started?.id as string]: [],
  });
});
