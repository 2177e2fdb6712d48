import type { Policy } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, loop, model, start, subProcess, task } from '../../support/models.js';

const guards = new Guards('embedded');
const [ann, bob] = [person('ann'), person('bob')];
const EVERYTHING = { op: 'and', of: [] } as const;
const NOTHING = { op: 'or', of: [] } as const;
const ALLOWED = ['instance:read', 'task:read', 'instance:restart'];
const permissive = [{ id: 'all', says: 'may restart all', when: EVERYTHING }];

test('input to a restart goes into the part of its item, and is refused where that is hidden', async () => {
  const policy: Policy = {
    name: 'app',
    answer: (_principal, operation) => (ALLOWED.includes(operation) ? { permissive } : {}),
    fields: ({ userName }) => (userName === 'bob' ? [{ field: 'data.sub', unless: NOTHING }] : []),
  };
  const inner = subProcess(
    'sub',
    [start({}, '', 'in'), task('t', { assignee: 'ann' }), end('out')],
    loop("$(['x1', 'x2'])"),
  );
  const guard = await guards.make({
    models: { M: model([start(), inner, end()]) },
    policies: [policy],
    keep: { savePoints: true },
  });
  const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
  const tasks = await guard.api.data.findItems({ 'items.elementId': 't', 'items.status': 'wait' }, ann);
  for (const one of tasks) await guard.api.tasks.complete(one.id, { salary: 100 }, ann);
  const query = { 'items.id': tasks[0]?.id };
  expect(await refusal(guard.api.engine.restart(query, { salary: 999 }, bob))).toMatchObject({
    code: 'forbidden',
  });
  expect((await guard.store.instances.load(id))?.data).toMatchObject({ sub: { x1: { salary: 100 } } });
  await guard.api.engine.restart(query, { salary: 999 }, ann);
  expect((await guard.store.instances.load(id))?.data).toMatchObject({ sub: { x1: { salary: 999 } } });
});
