import type { Directory, Guard } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { any } from '../../support/told.js';

const ann = person('ann');
const guards = new Guards('embedded');
const SIMPLE = model([start(), task('t', { assignee: 'ann' }), end()]);
const said = async (work: () => Promise<unknown>): Promise<string> => {
  const { code, name, message } = await refusal(Promise.resolve().then(work));
  return `${code ?? name}: ${message}`;
};
const engineOf = ({ server }: Guard): { get(query: object, user?: unknown): Promise<unknown> } =>
  server.engine as never;
const invoked = (guard: Guard, user?: unknown): Promise<unknown> =>
  (server(guard).invoke as (...args: unknown[]) => Promise<unknown>)({ id: 'none' }, {}, user);
const server = (guard: Guard): Record<string, unknown> => engineOf(guard) as never;

test('a caller who cannot be authenticated learns why', async () => {
  const guard = await guards.make();
  const list = (user?: unknown) => () => guard.api.data.findItems({}, any(user));
  expect(await said(list())).toBe('unauthenticated: No caller: pass a user, or call inside guard.runAs.');
  expect(await said(list(7))).toBe('TypeError: A user must be a SecureUser or an object with a userName.');
  expect(await said(list({ name: 'ann' }))).toBe(
    'TypeError: A user must be a SecureUser or an object with a userName.',
  );
  expect(await said(list({ userName: 7 }))).toBe(
    'unauthenticated: No user: expected an object with a userName.',
  );
  expect(await said(list({ userName: 'ann', disabled: true }))).toBe(
    'unauthenticated: The user is not known or is disabled.',
  );
  expect(await said(list(person('system')))).toBe(
    'unauthenticated: The name belongs to a program; it is not a user name.',
  );
  expect(await guard.api.data.findItems({}, { userName: 'ann' })).toEqual([]);
});

test('the engine of the server takes no user but the caller, or one that the directory knows', async () => {
  const guard = await guards.make();
  const missing = 'not-found: No such task, or it is not yours to see.';
  const object = 'unauthenticated: The user of server.engine must be a user name or a SecureUser.';
  for (const user of [7, {}, { userName: 'ann' }, ['ann']])
    expect(await said(() => invoked(guard, user))).toBe(object);
  expect(await said(() => invoked(guard, 'ann'))).toBe(
    'unauthenticated: A plain user name needs a user directory, or a call inside guard.runAs.',
  );
  expect(await said(() => invoked(guard))).toBe(
    'unauthenticated: No caller: pass a user, or call inside guard.runAs.',
  );
  expect(await said(() => invoked(guard, ann))).toBe(missing);
  await guard.runAs(ann, async () => {
    for (const own of [undefined, null, 'ann', ' ann ', ann])
      expect(await said(() => invoked(guard, own))).toBe(missing);
    expect(await said(() => invoked(guard, 'root'))).toBe(
      'unauthenticated: The user name of the call is not that of the calling principal.',
    );
  });
  const known = await guards.make({
    directory: { find: async (name) => (name === 'ann' ? ann : undefined) },
  });
  expect(await said(() => invoked(known, 'ann'))).toBe(missing);
  expect(await said(() => invoked(known, 'bob'))).toBe(
    'unauthenticated: The user is not known or is disabled.',
  );
});

test('a directory that does not answer, or not for this user, is no yes', async () => {
  let find: Directory['find'] = async () => ann;
  const guard = await guards.make({ directory: { find: (name) => find(name) } });
  const list = (name: string) => () => guard.api.data.findItems({}, person(name));
  expect(await said(list('bob'))).toBe('unauthenticated: The directory answered for another user.');
  find = () => Promise.reject(new Error('no route'));
  expect(await said(list('cleo'))).toBe('store-unavailable: The user directory did not answer.');
  find = async () => any('cleo');
  expect(await said(list('cleo'))).toMatch(/^(could-not-tell|store-unavailable): /);
  find = async () => ({ userName: 'cleo', disabled: true });
  expect(await said(list('cleo'))).toBe('unauthenticated: The user is not known or is disabled.');
  find = async () => ({ userGroups: ['ADMIN'] }) as never;
  expect(await guard.api.data.findItems({}, person('dora'))).toEqual([]);
});

test.each<[what: string, find: Directory['find'], says: string]>([
  ['rejects', () => Promise.reject(new Error('no route')), 'the user directory failed'],
  ['answers with no user', async () => any('cleo'), 'the user directory failed'],
  [
    'has groups that are no list',
    async () => any({ userName: 'cleo', userGroups: 'hr' }),
    'the user directory answered with something that is not a valid user',
  ],
  [
    'answers for another user',
    async () => ({ userName: 'ann' }),
    'the user directory answered for another user',
  ],
])(
  'a directory that %s is logged with the cause, counted, and in the audit trail',
  async (_what, find, says) => {
    const { guard, log } = await guards.open({ directory: { find } });
    await refusal(guard.api.data.findItems({}, person('cleo')));
    expect(log).toContainEqual({
      level: 'error',
      message: says,
      facts: { error: expect.stringMatching(/./) as string },
    });
    expect((await guard.health()).incidents).toEqual({ directory: 1 });
    expect(await guard.store.audit.find({ limit: 9 })).toMatchObject([{ operation: 'task:read' }]);
    await refusal(guard.runAs({ userName: 'cleo' }, () => undefined));
    expect((await guard.health()).incidents).toEqual({ directory: 2 });
    await eventually(async () => (await guard.store.audit.find({ limit: 9 })).length === 2);
    expect((await guard.store.audit.find({ limit: 9 }))[0]).toMatchObject({
      userName: null,
      operation: 'authenticate',
      resource: { kind: 'system', name: 'runAs', id: 'cleo' },
      reason: expect.stringMatching(/^(store-unavailable|unauthenticated|failed)$/) as string,
    });
  },
);

test('whom runAs does not know is in the audit trail, by name, and so is what is no user', async () => {
  const { guard } = await guards.open({ directory: { find: async () => undefined } });
  for (const user of [
    { userName: 'cleo' },
    { userName: 'dora', disabled: true },
    any('cleo'),
    any(7),
    undefined,
  ])
    await refusal(guard.runAs(user as never, () => undefined));
  const trail = await guard.store.audit.find({ limit: 9 });
  expect(trail.map(({ operation, resource, reason }) => [operation, resource.id, reason]).reverse()).toEqual([
    ['authenticate', 'cleo', 'unauthenticated'],
    ['authenticate', 'dora', 'unauthenticated'],
    ['authenticate', undefined, 'failed'],
    ['authenticate', undefined, 'failed'],
    ['authenticate', undefined, 'unauthenticated'],
  ]);
  expect(await guard.runAs(await guard.identity.vouch({ userName: 'key:x' }), () => 'done')).toBe('done');
});

test('of a person whom one assigns to, a failing directory is logged as well', async () => {
  let isDown = false;
  const find: Directory['find'] = async (userName) => {
    if (isDown && userName === 'bob') throw new Error('no route');
    return { userName, userGroups: userName === 'admin' ? ['ADMIN'] : [] };
  };
  const { guard, log } = await guards.open({ directory: { find }, models: { Simple: SIMPLE } });
  const { items } = await guard.api.engine.start('Simple', {}, ADMIN_USER);
  const id = items.find(({ elementId }) => elementId === 't')?.id as string;
  isDown = true;
  expect(await said(() => guard.api.tasks.assign(id, 'bob', ADMIN_USER))).toBe(
    'store-unavailable: The user directory did not answer.',
  );
  expect(log.filter(({ message }) => message === 'the user directory failed')).toHaveLength(1);
});

test('what the directory has said of a user counts for a moment, and no longer than until it says that it changed', async () => {
  let asked = 0;
  let tell: ((userName: string) => void) | undefined;
  const directory: Directory = {
    find: async (userName) => {
      asked++;
      return { userName };
    },
    onChanged: (listener) => {
      tell = listener;
      return () => undefined;
    },
  };
  const guard = await guards.make({ directory });
  const before = asked;
  for (let at = 0; at < 3; at++) await guard.api.data.findItems({}, ADMIN_USER);
  expect(asked).toBe(before + 1);
  tell?.('admin');
  await guard.api.data.findItems({}, ADMIN_USER);
  expect(asked).toBe(before + 2);
});
