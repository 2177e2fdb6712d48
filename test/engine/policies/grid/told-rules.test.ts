import { ADMIN_USER, Guards, person, refusal } from '../../../support/guards.js';
import { end, model, start, task } from '../../../support/models.js';

const MODEL = model([start(), task('t', { candidateUsers: 'ann' }), end()]);
const RULE = 'r1: Restrict user "ann" to Perform on task t of process "M"';
const [ann, zoe] = [person('ann'), person('zoe')];
const guards = new Guards('embedded');

test('a refusal says which rule decides to who may read the task, and to nobody else that there is one', async () => {
  const guard = await guards.make({ models: { M: MODEL } });
  const { engine, policies } = guard.as(ADMIN_USER);
  const { id } = await engine.start('M');
  const [item] = await guard.api.data.getPendingUserTasks({}, ann);
  await policies.grid.import('text', `${RULE}\nr2: Allow user "ann" to View on task t of process "M"`);
  expect(await refusal(guard.as(ann).policies.read())).toMatchObject({ code: 'forbidden' });
  const about = { item: { id: (item as { id: string }).id }, instance: { id } };
  const refused = await refusal(guard.api.tasks.take(about.item.id, ann));
  expect(refused).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('the rule r1') as unknown,
  });
  const { reasons } = await guard.explain(ann, 'task:take', about);
  expect(reasons).toContainEqual(expect.objectContaining({ policy: 'grid', holds: false }));
  const hidden = await refusal(guard.explain(zoe, 'task:take', about));
  expect(hidden).toMatchObject({
    code: 'not-found',
    message: expect.not.stringContaining('rule') as unknown,
  });
});
