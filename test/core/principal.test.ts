import { AccessDenied } from '../../src/core/errors.js';
import {
  ADMIN,
  DESIGNER,
  looksLikeUser,
  normaliseName,
  SecureUser,
  SYSTEM,
  SYSTEM_USER,
  toPrincipal,
  type UserInfo,
} from '../../src/core/principal.js';
import { HOSTILE_VALUES, polluted } from './hostile.js';

const made = (info: unknown): SecureUser => new SecureUser(info as UserInfo);

const BAD_USERS: [what: string, user: unknown][] = [
  ['null', null],
  ['undefined', undefined],
  ['a text', 'alice'],
  ['a number', 7],
  ['an empty object', {}],
  ['a user without a name', { userGroups: ['hr'] }],
  ['an empty name', { userName: '' }],
  ['a blank name', { userName: ' \t' }],
  ['the name *', { userName: '*' }],
  ['a null name', { userName: null }],
  ['a number as name', { userName: 1 }],
  ['an operator object as name', { userName: { $gt: '' } }],
  ['a list as name', { userName: ['alice'] }],
  ['half a surrogate pair as name', { userName: 'a\ud800' }],
  ['groups as one text', { userName: 'alice', userGroups: 'hr' }],
  ['groups as a text that holds the letters ADMIN', { userName: 'alice', userGroups: 'NOT-ADMIN' }],
  ['groups as an object', { userName: 'alice', userGroups: { 0: 'ADMIN', length: 1 } }],
  ['groups null', { userName: 'alice', userGroups: null }],
  ['null among the groups', { userName: 'alice', userGroups: ['hr', null] }],
  ['undefined among the groups', { userName: 'alice', userGroups: ['hr', undefined] }],
  ['a hole among the groups', { userName: 'alice', userGroups: Object.assign(new Array(2), { 0: 'hr' }) }],
  ['an object among the groups', { userName: 'alice', userGroups: [{ $in: ['ADMIN'] }] }],
  ['a list among the groups', { userName: 'alice', userGroups: [['ADMIN']] }],
  ['* among the groups', { userName: 'alice', userGroups: ['*'] }],
  ['10,001 groups', { userName: 'alice', userGroups: Array.from({ length: 10_001 }, (_, n) => `g${n}`) }],
  ['an empty group', { userName: 'alice', userGroups: [''] }],
  ['an empty tenant', { userName: 'alice', tenantId: '' }],
  ['an operator object as tenant', { userName: 'alice', tenantId: { $ne: null } }],
  ['* as tenant', { userName: 'alice', tenantId: '*' }],
  ['an object as models owner', { userName: 'alice', modelsOwner: {} }],
  ['a list as attributes', { userName: 'alice', attributes: [] }],
  ['a text as attributes', { userName: 'alice', attributes: 'level=9' }],
];

describe('a principal', () => {
  test.each(BAD_USERS)('is not made of %s', (_what, user) => {
    expect(() => made(user)).toThrow(TypeError);
  });

  test.each(BAD_USERS)('is refused with 401 when a call brings %s', (_what, user) => {
    expect(() => toPrincipal(user)).toThrow(AccessDenied);
    expect(() => toPrincipal(user)).toThrow(
      expect.objectContaining({ code: 'unauthenticated', status: 401 }) as Error,
    );
  });

  test.each([
    ['groups', ['hr'], 'userGroups'],
    ['roles', ['hr'], 'userGroups'],
    ['user_roles', ['hr'], 'userGroups'],
    ['role', 'hr', 'userGroups'],
    ['memberOf', ['hr'], 'userGroups'],
    ['usergroups', ['hr'], 'userGroups'],
    ['userGroup', ['hr'], 'userGroups'],
    ['tenant', 'acme', 'tenantId'],
    ['tenantid', 'acme', 'tenantId'],
  ])('is not made of an object that says %s in place of a known field', (name, value, meant) => {
    const user = { userName: 'alice', [name]: value };
    expect(() => made(user)).toThrow(`has no field ${name}; did you mean ${meant}`);
    expect(() => toPrincipal(user)).toThrow(AccessDenied);
    const known = meant === 'userGroups' ? { userGroups: ['hr'] } : { tenantId: 'acme' };
    expect(made({ ...user, ...known })).toMatchObject(known);
  });

  test.each([
    ['groups', []],
    ['role', ''],
    ['tenant', { id: 7 }],
    ['tenant', undefined],
  ])('may have a field %s of its own that names nothing: %j', (name, value) => {
    expect(made({ userName: 'alice', [name]: value }).userGroups).toEqual([]);
  });

  test('without groups is in none', () => {
    expect(made({ userName: 'alice' }).userGroups).toEqual([]);
    expect(made({ userName: 'alice', userGroups: undefined }).userGroups).toEqual([]);
  });

  test('without a tenant has none, whether it is missing, undefined or null', () => {
    for (const tenantId of [undefined, null])
      expect(made({ userName: 'alice', tenantId, modelsOwner: tenantId })).toMatchObject({
        tenantId: undefined,
        modelsOwner: undefined,
        owner: undefined,
      });
  });

  test('has its names trimmed and in Unicode NFC, so that two ways to write one name are one', () => {
    const user = made({
      userName: ' Ame\u0301lie ',
      userGroups: ['hr ', 'hr', 'e\u0301', 'é'],
      tenantId: ' acme',
    });
    expect(user).toMatchObject({ userName: 'Amélie', userGroups: ['hr', 'é'], tenantId: 'acme' });
  });

  test('keeps names apart that differ in case', () => {
    const user = made({ userName: 'alice', userGroups: ['admin', 'System'] });
    expect(user.isAdmin()).toBe(false);
    expect(user.isSystem()).toBe(false);
    expect(user.inGroup('ADMIN')).toBe(false);
  });

  test.each([
    [['ADMIN'], true, false],
    [['SYSTEM'], true, true],
    [['DESIGNER'], false, false],
    [['ADMINS', 'xADMIN', 'ADMIN,SYSTEM'], false, false],
    [[], false, false],
  ])('in groups %j: administrator %s, system %s', (userGroups, admin, system) => {
    const user = made({ userName: 'alice', userGroups });
    expect([user.isAdmin(), user.isSystem()]).toEqual([admin, system]);
  });

  test('owns models by modelsOwner, else by its tenant', () => {
    expect(made({ userName: 'alice', tenantId: 'acme' }).owner).toBe('acme');
    expect(made({ userName: 'alice', tenantId: 'acme', modelsOwner: 'head office' }).owner).toBe(
      'head office',
    );
  });

  test('is frozen, with its groups and attributes, however deep', () => {
    const user = made({
      userName: 'alice',
      userGroups: ['hr'],
      attributes: { list: ['a'], deep: { list: ['b'] } },
    });
    const deep = user.attributes.deep as { list: string[] };
    for (const value of [user, user.userGroups, user.attributes, user.attributes.list, deep, deep.list])
      expect(Object.isFrozen(value)).toBe(true);
    expect(() => Object.assign(user, { userName: 'bob' })).toThrow(TypeError);
  });

  test('does not change when the object that it was made of changes', () => {
    const source = {
      userName: 'alice',
      userGroups: ['hr'],
      attributes: { list: ['a'], deep: { level: 1 }, since: new Date(0) },
    };
    const user = made(source);
    source.userGroups.push('ADMIN');
    source.attributes.list.push('b');
    source.attributes.deep.level = 9;
    source.attributes.since.setTime(9);
    expect(user.isAdmin()).toBe(false);
    expect(user.attributes).toEqual(
      Object.assign(Object.create(null), {
        list: ['a'],
        deep: Object.assign(Object.create(null), { level: 1 }),
        since: new Date(0),
      }),
    );
  });

  test('has no attributes that nest without end', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(() => made({ userName: 'alice', attributes: loop })).toThrow(/levels deep/);
  });

  test('takes a key __proto__ among the attributes for a name like any other', () => {
    const user = made({
      userName: 'alice',
      attributes: JSON.parse('{"__proto__": {"level": 9}}') as Record<string, unknown>,
    });
    expect(user.attributes.level).toBeUndefined();
    expect(({} as { level?: number }).level).toBeUndefined();
  });

  test('returns every query as it is, since the store scopes', () => {
    const query = Object.freeze({ 'items.status': 'wait' });
    const user = made({ userName: 'alice' });
    for (const method of [
      'qualifyInstances',
      'qualifyItems',
      'qualifyStartEvents',
      'qualifyDeleteInstances',
      'qualifyModels',
      'qualifyViewItems',
    ] as const)
      expect(user[method](query)).toBe(query);
  });

  test('gets nothing from properties that every object inherits', () => {
    const [plain, nobody] = polluted(
      { userGroups: ['ADMIN'], tenantId: 'globex', userName: 'root', attributes: { level: 9 } },
      () => [toPrincipal({ userName: 'alice' }), looksLikeUser({})] as const,
    );
    expect(plain).toMatchObject({ userName: 'alice', userGroups: [], tenantId: undefined });
    expect(plain.attributes).toEqual(Object.create(null));
    expect(nobody).toBe(false);
  });

  test('the product itself is in SYSTEM and in no tenant', () => {
    expect(SYSTEM_USER).toMatchObject({ userName: 'system', userGroups: ['SYSTEM'], tenantId: undefined });
  });
});

describe('a foreign user object', () => {
  test('is read by its known fields; none of its methods is called', () => {
    const method = jest.fn(() => true);
    const user = toPrincipal({
      userName: 'alice',
      userGroups: ['hr'],
      tenantId: 'acme',
      isAdmin: method,
      isSystem: method,
      inGroup: method,
      qualifyInstances: method,
      toString: method,
      toJSON: method,
      valueOf: method,
    });
    expect(user).toBeInstanceOf(SecureUser);
    expect(user.isAdmin()).toBe(false);
    expect(user.inGroup('ADMIN')).toBe(false);
    expect(method).not.toHaveBeenCalled();
  });

  test('may have its fields on its class', () => {
    class Account {
      get userName(): string {
        return 'alice';
      }
      get userGroups(): string[] {
        return ['hr'];
      }
    }
    expect(toPrincipal(new Account())).toMatchObject({ userName: 'alice', userGroups: ['hr'] });
  });

  test('cannot make itself administrator by a field that is not a group', () => {
    expect(
      toPrincipal({ userName: 'alice', admin: true, isAdmin: true, role: 'ADMIN', userGroups: [] }).isAdmin(),
    ).toBe(false);
  });

  test('that is a principal already is taken as it is', () => {
    expect(toPrincipal(SYSTEM_USER)).toBe(SYSTEM_USER);
  });

  test('whose fields throw is nobody', () => {
    const user = Object.defineProperty({ userName: 'alice' }, 'userGroups', {
      get: () => {
        throw new Error('directory down');
      },
      enumerable: true,
    });
    expect(() => toPrincipal(user)).toThrow(expect.objectContaining({ code: 'unauthenticated' }) as Error);
  });
});

test('attributes of a class instance are read through the getters of its class and of those above it', () => {
  class Row {
    get region(): string {
      return 'north';
    }
    get __internal(): string {
      return 'hidden';
    }
  }
  class Person extends Row {
    level = 3;
    get store(): string {
      return 's1';
    }
    method(): string {
      return 'is no fact';
    }
  }
  const { attributes } = new SecureUser({ userName: 'ann', attributes: new Person() as never });
  expect({ ...attributes }).toEqual({ level: 3, store: 's1', region: 'north' });
});

describe('what stands in the place of a user', () => {
  test.each([
    ['a user', { userName: 'alice' }, true],
    ['a principal', SYSTEM_USER, true],
    ['an object without a name', { user: 'alice' }, false],
    ['an object whose name is an operator', { userName: { $ne: null } }, false],
    ['a list with a userName', Object.assign([], { userName: 'alice' }), false],
    ['a function with a userName', Object.assign(() => 1, { userName: 'alice' }), false],
  ])('%s: %s → %s', (_what, value, expected) => {
    expect(looksLikeUser(value)).toBe(expected);
  });

  test.each(HOSTILE_VALUES.map((value) => [value]))('is not %p', (value) => {
    expect(looksLikeUser(value)).toBe(false);
  });
});

test.each([
  ['alice', 'alice'],
  ['  alice\n', 'alice'],
  ['e\u0301', 'é'],
  ['a*', 'a*'],
  ['.*', '.*'],
  ['', undefined],
  ['*', undefined],
  [' * ', undefined],
  ['\ud800', undefined],
  [1, undefined],
  [null, undefined],
  [['alice'], undefined],
  [{ toString: () => 'alice' }, undefined],
])('the name %j is compared as %j', (value, name) => {
  expect(normaliseName(value)).toBe(name);
});

describe('the message of a refused user', () => {
  test.each<[unknown, string]>([
    [null, 'SecureUser takes an object with a userName, got null'],
    [undefined, 'SecureUser takes an object with a userName, got undefined'],
    ['alice', 'SecureUser takes an object with a userName, got'],
    [{ userName: ' ' }, 'SecureUser.userName must be a non-empty string, got'],
    [{ userName: 7 }, 'SecureUser.userName must be a non-empty string, got'],
    [{ userName: 'alice', tenantId: 7 }, 'tenantId'],
    [{ userName: 'alice', modelsOwner: 7 }, 'modelsOwner'],
  ])('of %j says %s', (user, text) => {
    expect(() => made(user)).toThrow(text);
  });

  test.each<[unknown, string]>([
    ['alice', 'No user: expected an object with a userName.'],
    [null, 'No user: expected an object with a userName.'],
    [{ userName: 'alice', tenantId: 7 }, 'Not a valid user: '],
    [{ userName: 'alice', tenantId: 7 }, 'tenantId'],
  ])('of %j says in a call %s', (user, text) => {
    expect(() => toPrincipal(user)).toThrow(text);
  });

  test('the groups that the product knows are three', () => {
    expect([ADMIN, SYSTEM, DESIGNER]).toEqual(['ADMIN', 'SYSTEM', 'DESIGNER']);
  });
});
