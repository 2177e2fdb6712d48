import {
  KnownUsers,
  orphanedRoles,
  orphanedTask,
  tenantOf,
} from '../../../src/engine/enforcement/orphans.js';
import type { UnwoundItem } from '../../../src/store/port.js';

/** Who is known where, and each question that was asked. */
function directory(...known: string[]) {
  const asked: string[] = [];
  const isAssignable = async (name: string, tenantId: string | null): Promise<boolean> => {
    asked.push(`${tenantId} ${name}`);
    return known.includes(`${tenantId} ${name}`);
  };
  return { asked, users: new KnownUsers({ isAssignable }) };
}
const row = (items: object, more: object = {}): UnwoundItem =>
  ({ id: 'i', name: 'M', items: { id: 't', ...items }, ...more }) as unknown as UnwoundItem;

test('each name is looked up once in each tenant', async () => {
  const { asked, users } = directory('null ann');
  const answers = [];
  for (const [name, tenant] of [
    ['ann', null],
    ['ann', 'acme'],
    ['ann', null],
    ['bob', null],
  ] as const)
    answers.push(await users.has(name, tenant));
  expect(answers).toEqual([true, false, true, false]);
  expect(asked).toEqual(['null ann', 'acme ann', 'null bob']);
});

test('a task is orphaned if its assignee is not known in its tenant, and says where it is', async () => {
  const { users } = directory('acme ann');
  const task = { kind: 'task', instanceId: 'i', itemId: 't', modelName: 'M' };
  const orphaned = (items: object, more?: object) => orphanedTask(users, row(items, more));
  expect(await orphaned({ assignee: 'ann', elementId: 'do' }, { tenantId: 'acme' })).toEqual([]);
  expect(await orphaned({ assignee: 'ann', elementId: 'do' })).toEqual([
    { ...task, assignee: 'ann', elementId: 'do' },
  ]);
  expect(await orphaned({ assignee: 'bob' }, { tenantId: 'acme', name: undefined })).toStrictEqual([
    { ...task, assignee: 'bob', modelName: '' },
  ]);
  for (const nobody of [{}, { assignee: null }, { assignee: [] }]) expect(await orphaned(nobody)).toEqual([]);
});

test('a tenant is a text, or there is none', () => {
  expect([tenantOf({ tenantId: 'acme' }), tenantOf({ tenantId: null } as never), tenantOf({})]).toEqual([
    'acme',
    null,
    null,
  ]);
});

test('a role is orphaned if neither a user nor a group holds it', () => {
  const caseRoles = {
    byUser: { users: ['ann'], groups: [] },
    byGroup: { users: [], groups: ['hr'] },
    byNobody: { users: [], groups: [] },
    unsaid: {},
    damaged: null,
  };
  const role = (name: string, modelName = 'M') => ({
    kind: 'case-role',
    instanceId: 'i',
    modelName,
    role: name,
  });
  const of = (guard?: object, name?: string) => orphanedRoles({ id: 'i', name, guard } as never);
  expect(of({ caseRoles }, 'M')).toEqual(['byNobody', 'unsaid', 'damaged'].map((name) => role(name)));
  expect(of({ caseRoles: { one: {} } })).toEqual([role('one', '')]);
  for (const none of [undefined, {}, { caseRoles: {} }]) expect(of(none, 'M')).toEqual([]);
});
