import type { Directory } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const guards = new Guards('embedded');
const users = [ADMIN_USER, person('ann', 'hr'), person('bob', 'hr')];
/** As many databases compare. */
const directory: Directory = {
  find: async (name) => users.find(({ userName }) => userName === name.toLowerCase()),
};

test('a task is assigned, lent and escalated to names as the directory spells them, not to other spellings', async () => {
  const models = { M: model([start(), task('t', { candidateGroups: 'hr' }), end()]) };
  const guard = await guards.make({ models, directory });
  const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
  const { id: itemId } = await waitingTask(guard, 't', id);
  const { tasks } = guard.as(ADMIN_USER);
  const refused = { code: 'bad-assignment' };
  expect(await refusal(tasks.assign(itemId, 'BOB'))).toMatchObject(refused);
  expect(await refusal(tasks.escalate(itemId, 'Bob'))).toMatchObject(refused);
  await tasks.assign(itemId, 'ann');
  expect(await refusal(guard.api.tasks.delegate(itemId, 'BOB', users[1]))).toMatchObject(refused);
  await guard.api.tasks.delegate(itemId, 'bob', users[1]);
});
