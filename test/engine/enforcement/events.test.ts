import { Events } from '../../../src/engine/enforcement/events.js';
import { createGuard, SecureUser, type Guard } from 'bpmn-guard';

let guard: Guard;
beforeAll(async () => void (guard = await createGuard({ store: { memory: true }, env: {} })));
afterAll(() => guard.close());

test('an unknown event is refused with the nearest one, and so is a handler that is not a function', () => {
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

describe('Handlers', () => {
  const EVENT = { event: 'assigned', userName: 'ann', operation: 'task:take' } as const;
  const made = () => {
    const record = jest.fn();
    return { record, events: new Events({ record } as never) };
  };

  test('get the events that they are for, which cannot be changed, until they are removed', async () => {
    const { events } = made();
    const [first, second, other] = [jest.fn(), jest.fn(), jest.fn()];
    const remove = events.on('assigned', first);
    events.on('assigned', second);
    events.on('completed', other);
    events.emit(EVENT);
    await events.flushed();
    expect([first.mock.calls, second.mock.calls]).toEqual([[[EVENT]], [[EVENT]]]);
    expect(Object.isFrozen(first.mock.calls[0]?.[0])).toBe(true);
    remove();
    events.emit(EVENT);
    await events.flushed();
    expect([first.mock.calls.length, second.mock.calls.length, other.mock.calls.length]).toEqual([1, 2, 0]);
  });

  test('that fail are logged by name', async () => {
    const { record, events } = made();
    events.on('assigned', () => Promise.reject(new Error('no mail')));
    events.emit(EVENT);
    await events.flushed();
    expect(JSON.stringify(record.mock.calls)).toContain('a handler of assigned');
  });

  test('are for events that there are', () => {
    const { events } = made();
    expect(() => events.on('asigned' as never, jest.fn())).toThrow(
      new TypeError('guard.on has no event "asigned". Did you mean assigned?'),
    );
  });
});
