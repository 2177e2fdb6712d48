import { createGuard, SecureUser, type Guard } from 'bpmn-guard';

let guard: Guard;
beforeAll(async () => void (guard = await createGuard({ store: { memory: true }, env: {} })));
afterAll(() => guard.close());

test('an event that does not exist is refused with the nearest one, and so is what is no function', () => {
  expect(() => guard.on('asigned' as never, () => undefined)).toThrow('Did you mean assigned?');
  expect(() => guard.on('assigned', 5 as never)).toThrow('guard.on takes a function');
  guard.on('assigned', () => undefined)();
});

test('the audit trail is not searched by a filter that does not exist', async () => {
  await expect(guard.store.audit.find({ anwser: 'refused', limit: 5 } as never)).rejects.toMatchObject({
    code: 'failed',
  });
  expect(await guard.store.audit.find({ answer: 'refused', limit: 5 })).toEqual([]);
});

test('groups and tenants of a user are not lost by a slip, and other fields are the application’s own', () => {
  for (const info of [{ userGruops: ['hr'] }, { usergroups: ['hr'] }, { tenant_id: 'a' }, { tenantIdd: 'a' }])
    expect(() => new SecureUser({ userName: 'ann', ...info } as never)).toThrow('did you mean');
  const own = { displayName: 'Ann', email: 'a@b.c', tenant: {}, groups: [], user: 1, attribute: undefined };
  expect(new SecureUser({ userName: 'ann', attributes: {}, ...own } as never).userGroups).toEqual([]);
});
