import { AccessDenied, SecureUser, SYSTEM_USER, type Guard, type GuardApi } from 'bpmn-guard';
import { readFlags } from '../../../src/engine/contract/environment.js';
import { Principals } from '../../../src/engine/enforcement/principals.js';
import { Contexts } from '../../../src/engine/execution/context.js';
import { ADMIN_USER, Guards, IDLE, NO_INCIDENTS, person, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [alice, bob, root] = [person('alice', 'hr'), person('bob'), person('root', 'ADMIN')];
const MINE = model([start({ initiator: 'who' }), task('do', { assignee: '$(data.who)' }), end()]);
const USERS: Record<string, object> = {
  alice: { userName: 'alice', userGroups: ['hr'] },
  bob: { userName: 'bob' },
  root: { userName: 'root', userGroups: ['ADMIN'] },
  admin: { userName: 'admin', userGroups: ['ADMIN'] },
};
const directory = {
  find: async (name: string) => (Object.hasOwn(USERS, name) ? (USERS[name] as never) : undefined),
};

type Member = (...args: any[]) => Promise<any>;
type Members = Record<string, Member>;
const facade = (guard: Guard) =>
  guard.server as unknown as Record<'engine' | 'dataStore' | 'definitions', Members>;
const call = (members: Members, name: string, ...args: unknown[]): Promise<any> =>
  (members[name] as Member)(...args);

/** An object whose name is another one each time it is read. */
const changing = (...names: string[]) => ({
  get userName(): string {
    return (names.length > 1 ? names.shift() : names[0]) as string;
  },
});

/** What is no name of the one who calls and no SecureUser, and what a body or a careless copy of one could hold. */
const BELIEVED_BY_NOBODY: readonly [string, unknown][] = [
  ['another name', 'root'],
  ['an object with a name', { userName: 'root' }],
  ['an object with groups', { userName: 'alice', userGroups: ['ADMIN'] }],
  ['an object of their own name', { userName: 'alice' }],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { userName: 'root' })],
  ['an object that inherits the name', Object.create({ userName: 'root' })],
  ['a list', ['root']],
  ['a list of their own name', ['alice']],
  ['an object with a toString', { toString: () => 'alice' }],
  ['a String object', Object('alice')],
  ['a getter', changing('alice', 'root')],
  [
    'an instance of a class',
    new (class Dto {
      userName = 'root';
    })(),
  ],
  [
    'the prototype of a SecureUser',
    Object.create(SecureUser.prototype, { userName: { value: 'root' }, userGroups: { value: ['ADMIN'] } }),
  ],
  ['a proxy of a SecureUser', new Proxy(root, {})],
  ['a copy of a SecureUser', { ...root }],
  ['a number', 7],
  ['true', true],
  ['the empty text', ''],
  ['a function', () => 'alice'],
];

onStores('the user of server.engine', (kind) => {
  const guards = new Guards(kind);
  const open = (options = {}): Promise<Guard> =>
    guards.make({ models: { Mine: MINE }, directory, ...options });

  /** Every member of the engine that takes a user, with that user in its place. */
  const members = (
    guard: Guard,
    item: string,
    id: string,
  ): [string, (user: unknown) => Promise<unknown>][] => {
    const { engine } = facade(guard);
    const query = { 'items.id': item };
    return [
      ['start', (user) => call(engine, 'start', 'Mine', {}, null, user)],
      ['invoke', (user) => call(engine, 'invoke', query, {}, user)],
      ['assign', (user) => call(engine, 'assign', query, {}, { priority: 3 }, user)],
      ['startEvent', (user) => call(engine, 'startEvent', id, 'start', {}, user)],
      ['restart', (user) => call(engine, 'restart', query, {}, user)],
    ];
  };

  test('is not believed in a request, whether authenticated or not', async () => {
    const guard = await open();
    const { id, items } = await guard.api.engine.start('Mine', {}, alice);
    const item = items.find(({ elementId }) => elementId === 'do')?.id as string;
    for (const [what, given] of BELIEVED_BY_NOBODY) {
      for (const [name, work] of members(guard, item, id)) {
        const outcomes = await Promise.all([
          refusal(guard.runAs(alice, () => work(given))),
          refusal(guard.identity.runAsNobody(() => work(given))),
        ]);
        expect([what, name, ...outcomes.map(({ code }) => code)]).toEqual([
          what,
          name,
          'unauthenticated',
          'unauthenticated',
        ]);
      }
    }
    expect((await guard.store.instances.load(id))?.status).toBe('running');
  });

  test('may be their own name in any form, nothing, or a SecureUser of the application', async () => {
    const guard = await open();
    const { engine } = facade(guard);
    for (const given of ['alice', ' alice ', null, undefined])
      expect((await guard.runAs(alice, () => call(engine, 'start', 'Mine', {}, null, given))).data.who).toBe(
        'alice',
      );
    expect((await guard.runAs(alice, () => call(engine, 'start', 'Mine', {}, null, bob))).data.who).toBe(
      'bob',
    );
    expect((await call(engine, 'start', 'Mine', {}, null, bob)).data.who).toBe('bob');
  });

  test('no object of a body is the user by standing where other documents put it', async () => {
    const guard = await open();
    const { items } = await guard.api.engine.start('Mine', {}, alice);
    const query = { 'items.id': items.find(({ elementId }) => elementId === 'do')?.id };
    const { engine } = facade(guard);
    // As a framework makes it of a body: an instance of a class, with what the caller sent.
    const dto = new (class Assignment {
      userName = 'root';
      assignee = 'bob';
    })();
    for (const work of [
      () => call(engine, 'assign', query, {}, dto),
      () => call(engine, 'assign', query, {}, dto, 'bob'),
      () => guard.api.engine.assign(query, {}, dto as never),
      () => guard.api.engine.start('Mine', {}, {} as never, dto as never),
    ]) {
      const error = await refusal(guard.runAs(bob, work));
      expect(['TypeError', 'not-found', 'bad-assignment']).toContain(error.code ?? error.name);
    }
  });

  test('code that still runs after runAs is nobody', async () => {
    const guard = await open();
    const { engine, dataStore, definitions } = facade(guard);
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const later: Record<string, Promise<unknown>> = {};
    await guard.runAs(root, () => {
      const left = (name: string, work: () => Promise<unknown>): void => {
        later[name] = refusal(gate.then(work)).then(({ code }) => code);
      };
      left('no name', () => call(engine, 'start', 'Mine'));
      left('own name', () => call(engine, 'start', 'Mine', {}, null, 'root'));
      left('other name', () => call(engine, 'start', 'Mine', {}, null, 'alice'));
      left('object', () => call(engine, 'start', 'Mine', {}, null, { userName: 'root' }));
      left('items', () => call(dataStore, 'findItems', {}));
      left('archive', () => call(dataStore, 'archive', {}));
      left('models', () => call(definitions, 'getList'));
      left('model', () => call(definitions, 'save', 'Other', MINE));
      left('api', () => guard.api.data.findItems({}));
    });
    go();
    for (const [name, code] of Object.entries(later))
      expect([name, await code]).toEqual([name, 'unauthenticated']);
    // Somebody it says who that is goes on.
    expect(await guard.runAs(alice, async () => guard.current()?.userName)).toBe('alice');
  });

  test('nobody stays nobody after a runAs inside of the request has ended', async () => {
    const guard = await open();
    const { engine } = facade(guard);
    await guard.identity.runAsNobody(async () => {
      expect((await guard.runAs(alice, () => call(engine, 'start', 'Mine'))).data.who).toBe('alice');
      expect((await refusal(call(engine, 'start', 'Mine', {}, null, 'alice'))).code).toBe('unauthenticated');
      expect((await refusal(guard.api.data.findItems({}))).code).toBe('unauthenticated');
    });
  });
});

onStores('the API of one user', (kind) => {
  const guards = new Guards(kind);
  const open = (options = {}): Promise<Guard> => guards.make({ models: { Mine: MINE }, ...options });
  const later = (work: () => unknown): Promise<unknown> => Promise.resolve().then(work);

  test('refuses another user in every position where upstream accepts one', async () => {
    const guard = await open();
    const { id, items } = await guard.api.engine.start('Mine', {}, alice);
    const query = { 'items.id': items.find(({ elementId }) => elementId === 'do')?.id };
    const mine = guard.as(alice) as unknown as Record<keyof GuardApi, Members>;
    const calls: [string, () => unknown][] = [
      ['start', () => call(mine.engine, 'start', 'Mine', {}, root)],
      ['start, upstream', () => call(mine.engine, 'start', 'Mine', {}, {}, root)],
      ['start, after null', () => call(mine.engine, 'start', 'Mine', {}, null, root)],
      ['assign', () => call(mine.engine, 'assign', query, {}, { assignee: null }, root)],
      ['assign, client', () => call(mine.engine, 'assign', query, {}, root, { assignee: 'bob' })],
      ['invoke', () => call(mine.engine, 'invoke', query, {}, { userName: 'root' })],
      [
        'invoke, tenant',
        () => call(mine.engine, 'invoke', query, {}, { userName: 'alice', tenantId: 'acme' }),
      ],
      ['items', () => call(mine.data, 'findItems', {}, root)],
      ['items by name', () => call(mine.data, 'findItems', {}, 'root')],
      ['instances', () => call(mine.data, 'findInstances', {}, root, 'full')],
      ['model', () => call(mine.model, 'save', 'Other', MINE, null, root)],
      ['model by name', () => call(mine.model, 'save', 'Other', MINE, null, 'root')],
      ['take', () => call(mine.tasks, 'take', query['items.id'], root)],
      ['take by name', () => call(mine.tasks, 'take', query['items.id'], 'root')],
    ];
    for (const [name, work] of calls)
      expect([name, (await refusal(later(work))).name]).toEqual([name, 'TypeError']);
    expect((await guard.store.instances.load(id))?.status).toBe('running');
    expect(await guard.store.models.get('Other', null)).toBeUndefined();
  });

  test('takes their own user, none, and options in the places where they stand', async () => {
    const guard = await open();
    const mine = guard.as(alice);
    const { id } = await mine.engine.start('Mine', {}, alice, { startNodeId: 'start' });
    await mine.engine.start('Mine', {}, { startNodeId: 'start' } as never);
    await mine.engine.start('Mine', {}, { userName: 'alice', startNodeId: 'start' } as never);
    expect(
      (await refusal(mine.engine.start('Mine', {}, { userName: 'alice', startNodeId: 'none' } as never)))
        .code,
    ).toBe('bad-option');
    expect(await mine.data.findInstances({ id }, 'full' as never)).toHaveLength(1);
    expect(await mine.data.findInstances({ id }, undefined, 'full')).toHaveLength(1);
    expect(await mine.data.findItems({ 'items.elementId': 'do' }, { userName: 'alice' })).toHaveLength(3);
  });

  test('uses the user as it was when the API was bound', async () => {
    const guard = await open();
    await guard.api.engine.start('Mine', {}, alice);
    const user = { userName: 'bob', userGroups: [] as string[] };
    const mine = guard.as(user);
    user.userName = 'alice';
    user.userGroups.push('ADMIN');
    expect(await mine.data.findItems({})).toEqual([]);
    const other = guard.as(changing('bob', 'bob', 'root') as never);
    expect((await other.engine.start('Mine')).data.who).not.toBe('root');
    for (const bad of [
      undefined,
      null,
      'alice',
      {},
      { userName: '' },
      { userName: 'x', userGroups: 'ADMIN' },
    ])
      expect(() => guard.as(bad as never)).toThrow(AccessDenied);
  });
});

onStores('the name of a user', (kind) => {
  const guards = new Guards(kind);
  const PROGRAMS = ['system', 'System', 'key:ci', 'KEY:ci', 'command-line:root', 'ｋey:ci', 'key\u200b:ci'];

  test.each(PROGRAMS)('cannot be the one of a program: %s', async (userName) => {
    for (const options of [{}, { directory: { find: async () => ({ userName, userGroups: ['ADMIN'] }) } }]) {
      const guard = await guards.make(options);
      const user = { userName, userGroups: ['ADMIN'] };
      for (const work of [
        () => guard.api.data.findItems({}, user),
        () => guard.as(user).data.findItems({}),
        () => guard.runAs(user, () => 1),
        () => guard.identity.establish(new SecureUser(user)),
        () => call(facade(guard).engine, 'start', 'Mine', {}, null, new SecureUser(user)),
        () => call(facade(guard).engine, 'start', 'Mine', {}, null, userName),
      ])
        expect((await refusal(work() as Promise<unknown>)).code).toBe('unauthenticated');
    }
  });

  test('of the product itself counts as the very object, and of a program as the one that was vouched for', async () => {
    const guard = await guards.make({ directory: { find: async () => undefined } });
    expect(await guard.api.data.findItems({}, SYSTEM_USER)).toEqual([]);
    const program = guard.identity.vouch({ userName: 'key:ci' });
    expect(await guard.as(program).data.findItems({})).toEqual([]);
    expect((await refusal(guard.api.data.findItems({}, { ...program } as never))).code).toBe(
      'unauthenticated',
    );
  });
});

/** What an object-relational mapper gives: the values are behind getters of the class. */
class Document {
  constructor(private readonly _doc: Record<string, unknown>) {}
  get userName(): unknown {
    return this._doc.userName;
  }
  get userGroups(): unknown {
    return this._doc.userGroups;
  }
  get tenantId(): unknown {
    return this._doc.tenantId;
  }
  get modelsOwner(): unknown {
    return this._doc.modelsOwner;
  }
  get attributes(): unknown {
    return this._doc.attributes;
  }
  get disabled(): unknown {
    return this._doc.disabled;
  }
  save(): never {
    throw new Error('a method of the document was called');
  }
}

describe('answers of a directory', () => {
  const guards = new Guards('embedded');
  const establish = async (answer: unknown) => {
    const guard = await guards.make({ directory: { find: async () => answer as never } });
    return guard.identity.establish({
      userName: 'alice',
      userGroups: ['of the caller'],
      tenantId: 'of the caller',
    });
  };

  test.each([
    ['a plain object', (fields: Record<string, unknown>) => fields],
    ['a document with getters', (fields: Record<string, unknown>) => new Document(fields)],
    [
      'a document of a subclass',
      (fields: Record<string, unknown>) => new (class extends Document {})(fields),
    ],
    [
      'an object with a prototype of data',
      (fields: Record<string, unknown>) => Object.create(fields) as object,
    ],
  ])('counts with its groups, tenant and attributes: %s', async (_name, made) => {
    const attributes = new Map<string, unknown>([
      ['limit', 7],
      ['rights', ['Person:Read']],
    ]);
    const principal = await establish(
      made({
        userName: 'alice',
        userGroups: ['hr', 'it'],
        tenantId: 'acme',
        modelsOwner: 'models',
        attributes,
      }),
    );
    expect({ ...principal, attributes: { ...principal.attributes } }).toEqual({
      userName: 'alice',
      userGroups: ['hr', 'it'],
      tenantId: 'acme',
      modelsOwner: 'models',
      attributes: { limit: 7, rights: ['Person:Read'] },
    });
  });

  test('attributes may be an instance of a class with getters; what the mapper keeps for itself is left out', async () => {
    class Facts {
      readonly $__ = {};
      readonly own = 1;
      get limit(): number {
        return 7;
      }
    }
    const { attributes } = await establish({ userName: 'alice', attributes: new Facts() });
    expect({ ...attributes }).toEqual({ own: 1, limit: 7 });
  });

  test.each([true, 1, 't', 'false', new Date(0), {}, []])(
    'is a disabled user with disabled: %p',
    async (disabled) => {
      for (const made of [{ userName: 'alice', disabled }, new Document({ userName: 'alice', disabled })]) {
        expect((await refusal(establish(made))).code).toBe('unauthenticated');
        const guard = await guards.make({ directory: { find: async () => made as never } });
        const isAssignable = guard.can({ userName: 'alice' }, 'system:audit');
        expect(await isAssignable).toBe(false);
      }
    },
  );

  test.each([false, 0, '', null, undefined])('is no disabled user with disabled: %p', async (disabled) => {
    expect(await establish(new Document({ userName: 'alice', disabled }))).toMatchObject({
      userName: 'alice',
    });
  });

  test.each([[undefined], [null]])('%p: the user is unknown', async (answer) => {
    expect((await refusal(establish(answer))).code).toBe('unauthenticated');
  });

  test.each([[true], [7], ['alice'], [[]], [[{ userName: 'alice' }]], [() => ({ userName: 'alice' })]])(
    '%p: "could not tell"',
    async (answer) => {
      expect((await refusal(establish(answer))).code).toBe('store-unavailable');
    },
  );

  /** An instance of a class whose values are behind getters of these names. */
  const documentWith = (fields: Record<string, unknown>): object => {
    class Row {}
    for (const name of Object.keys(fields))
      Object.defineProperty(Row.prototype, name, { get: () => fields[name] });
    return new Row();
  };

  test.each([
    ['groups', { userName: 'alice', groups: ['hr'], tenantId: 'acme' }],
    ['roles', { userName: 'alice', roles: ['hr'], tenantId: 'acme' }],
    ['tenant', { userName: 'alice', userGroups: ['hr'], tenant: 'acme' }],
    ['tenant_id', { userName: 'alice', userGroups: ['hr'], tenant_id: 'acme' }],
    ['userGroup', { userName: 'alice', userGroup: ['hr'], tenantId: 'acme' }],
  ])(
    'with %s in the place of a known field is "could not tell", since that would be lost',
    async (_name, fields) => {
      for (const answer of [fields, documentWith(fields)])
        expect((await refusal(establish(answer))).code).toBe('store-unavailable');
    },
  );

  test('without any field of a user is "could not tell"', async () => {
    for (const answer of [{}, { id: 7 }, new Map([['userName', 'alice']]), new (class {})()])
      expect((await refusal(establish(answer))).code).toBe('store-unavailable');
  });

  test('may spell the name differently or leave it out, because the directory was asked for that name', async () => {
    for (const answer of [
      { username: 'alice', userGroups: ['hr'], tenantId: 'acme' },
      documentWith({ username: 'alice', userGroups: ['hr'], tenantId: 'acme', role: [], id: 7 }),
      { userGroups: ['hr'], tenantId: 'acme' },
    ])
      expect(await establish(answer)).toMatchObject({
        userName: 'alice',
        userGroups: ['hr'],
        tenantId: 'acme',
      });
  });

  test('a getter that throws gives "could not tell" without the message of the error', async () => {
    const broken = Object.defineProperty({ userName: 'alice' }, 'userGroups', {
      get: () => {
        throw new Error('secret-host');
      },
    });
    const error = await refusal(establish(broken));
    expect([error.code, error.message.includes('secret-host')]).toEqual(['store-unavailable', false]);
  });

  test('a task is not assigned to a user that the directory says is disabled or null', async () => {
    const answers: Record<string, unknown> = {
      alice: USERS.alice,
      admin: USERS.admin,
      out: new Document({ userName: 'out', disabled: 1 }),
      gone: null,
    };
    const guard = await guards.make({
      directory: { find: async (name) => answers[name] as never },
      models: { Mine: MINE },
    });
    const { items } = await guard.api.engine.start('Mine', {}, alice);
    const item = items.find(({ elementId }) => elementId === 'do')?.id as string;
    for (const name of ['out', 'gone'])
      expect((await refusal(guard.api.tasks.assign(item, name, ADMIN_USER))).code).toBe('bad-assignment');
  });

  test('without a directory a user object that says disabled is refused too', async () => {
    const guard = await guards.make();
    for (const user of [
      { userName: 'alice', disabled: 1 },
      new Document({ userName: 'alice', disabled: 'yes' }),
    ]) {
      expect((await refusal(guard.api.data.findItems({}, user as never))).code).toBe('unauthenticated');
      expect((await refusal(guard.runAs(user as never, () => 'ran'))).code).toBe('unauthenticated');
      expect(await guard.can(user as never, 'instance:start', {})).toBe(false);
      expect(() => guard.as(user as never)).toThrow(AccessDenied);
      expect(() => new SecureUser(user as never)).toThrow('SecureUser does not accept a disabled user');
    }
  });
});

describe('Without a directory, a name that is not the caller', () => {
  const principals = new Principals(new Contexts(), undefined, readFlags({}), NO_INCIDENTS, IDLE);

  test.each([['acme'], [null]])('is a user of the task, in the tenant %s', async (tenantId) => {
    const found = await principals.named('eve', tenantId);
    expect([found?.userName, found?.tenantId ?? null, found?.userGroups]).toEqual(['eve', tenantId, []]);
    expect(await principals.isAssignable('eve', tenantId)).toBe(true);
  });
});

describe('runAs', () => {
  const guards = new Guards('embedded');

  test('starts a lazy thenable, such as a query of a database library, as that user', async () => {
    const guard = await guards.make({ models: { Mine: MINE } });
    const seen: unknown[] = [];
    const lazy = {
      then(resolve: (value: unknown) => void): void {
        seen.push(guard.current()?.userName);
        void Promise.resolve().then(() => {
          seen.push(guard.current()?.userName);
          resolve('rows');
        });
      },
    };
    expect(await guard.runAs(alice, () => lazy as PromiseLike<unknown>)).toBe('rows');
    expect(await guard.identity.run(alice, () => lazy as PromiseLike<unknown>)).toBe('rows');
    expect(seen).toEqual(['alice', 'alice', 'alice', 'alice']);
  });

  test('rejects with what the function throws, and has ended then', async () => {
    const guard = await guards.make();
    await expect(
      guard.runAs(alice, () => {
        throw new Error('of the function');
      }),
    ).rejects.toThrow('of the function');
    expect(guard.current()).toBeUndefined();
  });
});
