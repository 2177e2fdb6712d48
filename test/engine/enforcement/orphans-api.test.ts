import type { Directory, Guard, Policy } from 'bpmn-guard';
import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { end, model, parallel, start, task } from '../../support/models.js';

const own = person('own');
const MINE = { assignee: 'own' };
const MODELS = {
  Claim: CLAIM,
  Two: model([start(), parallel('p', [task('a', MINE)], [task('b', MINE)]), end()]),
};
const guards = new Guards('embedded');
const OPERATOR = ['ModelInstance:Read', 'ModelInstance:Terminate'] as const;

async function begun(parts: { directory?: Directory } = {}): Promise<Guard> {
  const guard = await guards.make({ models: MODELS, ...parts });
  const { securityRoles } = guard.as(ADMIN_USER).policies;
  await securityRoles.save('unheld', { rights: ['Model:Read'] });
  await securityRoles.save('operator', { rights: [...OPERATOR] });
  await securityRoles.give('operator', { user: 'op' });
  return guard;
}

test('roles of cases that nobody holds are listed once for each case, without a directory too', async () => {
  const guard = await begun();
  const { id } = await guard.api.engine.start('Claim', {}, ADMIN_USER);
  const empty = ['contact', 'participant', 'hr', 'approver'];
  const ofCase = empty.map((role) => ({ kind: 'case-role', instanceId: id, modelName: 'Claim', role }));
  const { data } = await guard.api.work.orphans(undefined, ADMIN_USER);
  expect(data.filter(({ kind }) => kind === 'case-role')).toEqual(ofCase);
  expect(data.filter(({ kind }) => kind === 'task')).toEqual([]);
});

test('security roles that nobody holds stand on the first page, for who may read them', async () => {
  const guard = await begun();
  for (let at = 0; at < 2; at++) await guard.api.engine.start('Two', {}, ADMIN_USER);
  const first = await guard.api.work.orphans({ limit: 3 }, ADMIN_USER);
  expect(first.data).toEqual([{ kind: 'security-role', role: 'unheld' }]);
  const second = await guard.api.work.orphans({ limit: 3, after: first.nextCursor as string }, ADMIN_USER);
  expect(second).toEqual({ data: [], nextCursor: null });
  expect(await guard.api.work.orphans({}, person('op'))).toEqual({ data: [], nextCursor: null });
});

test('a page that is full has a next one, and looks at each task of its last instance', async () => {
  const people = [own, ADMIN_USER, person('op')];
  const find = async (name: string) => people.find(({ userName }) => userName === name);
  const guard = await begun({ directory: { find } });
  const older = await guard.api.engine.start('Two', {}, ADMIN_USER);
  const newer = await guard.api.engine.start('Two', {}, ADMIN_USER);
  people.shift();
  const op = guard.as(ADMIN_USER);
  const first = await op.work.orphans({ limit: 1 });
  const second = await op.work.orphans({ limit: 1, after: first.nextCursor as string });
  for (const [page, { id }] of [
    [first, newer],
    [second, older],
  ] as const) {
    const found = page.data.filter(({ kind }) => kind === 'task');
    expect(found.map((one) => (one.kind === 'task' ? one.elementId : one.kind)).sort()).toEqual(['a', 'b']);
    expect(found).toMatchObject(Array(2).fill({ kind: 'task', instanceId: id, assignee: 'own' }));
    expect(page.nextCursor).not.toBeNull();
  }
  expect(await op.work.orphans({ limit: 1, after: second.nextCursor as string })).toEqual({
    data: [],
    nextCursor: null,
  });
});

test('who may end an instance and not see its tasks is not told who had them', async () => {
  const everything = { op: 'and', of: [] } as const;
  const people = [own, ADMIN_USER, person('op')];
  const find = async (name: string) => people.find(({ userName }) => userName === name);
  const permissive = [{ id: 'all', says: 'may end all', when: everything }];
  const ends: Policy = {
    name: 'ends',
    answer: ({ userName }, operation) =>
      userName === 'op' && ['instance:read', 'instance:cancel'].includes(operation) ? { permissive } : {},
  };
  const guard = await guards.make({ models: MODELS, directory: { find }, policies: [ends] });
  await guard.api.engine.start('Two', {}, ADMIN_USER);
  people.shift();
  const op = guard.as(person('op'));
  expect(await op.data.findItems({ 'items.type': 'bpmn:UserTask' })).toEqual([]);
  expect((await op.work.orphans()).data).toEqual([]);
  // The place of an instance that op may read, and not the number and id of a task.
  expect(await op.work.orphans({ limit: 1 })).toEqual({
    data: [],
    nextCursor: expect.stringMatching(/^[0-9a-f]{24}$/),
  });
  expect((await guard.as(ADMIN_USER).work.orphans()).data).toHaveLength(2);
});
