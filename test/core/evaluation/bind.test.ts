import fc from 'fast-check';
import { mapCases } from '../../../src/core/condition/cases.js';
import { bind } from '../../../src/core/evaluation/bind.js';
import { userValue } from '../../../src/core/evaluation/user-value.js';
import {
  and,
  compare,
  eq,
  EVERYTHING,
  exists,
  isAmong,
  isIn,
  isReference,
  ne,
  not,
  NOTHING,
  or,
  overlaps,
  some,
  type Condition,
  type Reference,
} from '../../../src/core/condition/condition.js';
import { compile } from '../../../src/core/evaluation/evaluate.js';
import { SecureUser } from '../../../src/core/principal.js';
import { condition, principal, resource } from '../arbitraries.js';
import { polluted } from '../hostile.js';

const user = (path: string): Reference => ({ ref: 'user', path });
const ALICE = new SecureUser({
  userName: 'alice',
  userGroups: ['hr', 'it'],
  attributes: {
    level: 3,
    expertise: ['pumps'],
    odd: ['a', null],
    nested: { city: 'Ghent' },
    userName: 'mallory',
    bad: { $gt: '' },
  },
});

const RESOURCES = [
  {},
  { item: {} },
  { item: { x: null } },
  { item: { x: 'alice' } },
  { item: { x: ['alice', 3] } },
  { instance: { items: [{}] } },
  { instance: { items: [] } },
];
const MISSING = [
  'missing',
  'nested',
  'nested.country',
  'bad',
  'tenantId',
  'modelsOwner',
  'constructor',
  '__proto__',
  'isAdmin',
  'userName.length',
];

describe('a reference to a value of the principal', () => {
  test.each([
    ['userName', 'alice'],
    ['userGroups', ['hr', 'it']],
    ['level', 3],
    ['nested.city', 'Ghent'],
    ['tenantId', undefined],
    ['missing', undefined],
    ['isAdmin', undefined],
    ['owner', undefined],
    ['attributes', undefined],
    ['constructor', undefined],
    ['__proto__.polluted', undefined],
  ])('$user.%s is %j', (path, expected) => {
    expect(userValue(ALICE, path)).toEqual(expected);
  });

  test('is not resolved from the object prototype', () => {
    expect(
      polluted({ clearance: 9 }, () => [userValue(ALICE, 'clearance'), userValue(ALICE, 'nested.clearance')]),
    ).toEqual([undefined, undefined]);
  });
});

describe('binding', () => {
  test.each<[what: string, before: Condition, after: Condition]>([
    ['puts one value in the place of its reference', eq('item.x', user('userName')), eq('item.x', 'alice')],
    ['takes one value as a list of one', isIn('item.x', user('level')), isIn('item.x', [3])],
    [
      'puts a list in the place of its reference',
      overlaps('item.x', user('userGroups')),
      overlaps('item.x', ['hr', 'it']),
    ],
    [
      'reaches every nesting',
      some(
        'instance.items',
        and(not(eq('item.x', user('level'))), or(exists('item.y'), eq('item.z', user('userName')))),
      ),
      some('instance.items', and(not(eq('item.x', 3)), or(exists('item.y'), eq('item.z', 'alice')))),
    ],
    [
      'leaves what is known only with the resource',
      eq('item.x', { ref: 'data', path: 'userName' }),
      eq('item.x', { ref: 'data', path: 'userName' }),
    ],
    [
      'takes an own field before an attribute of its name',
      eq('item.x', user('userName')),
      eq('item.x', 'alice'),
    ],
  ])('%s', (_what, before, after) => {
    expect(bind(before, ALICE)).toEqual(after);
  });

  const UNKNOWN = MISSING.flatMap((path): [string, Condition][] => [
    [`eq ${path}`, eq('item.x', user(path))],
    [`ne ${path}`, ne('item.x', user(path))],
    [`gt ${path}`, compare('gt', 'item.x', user(path))],
    [`in ${path}`, isIn('item.x', user(path))],
    [`overlaps ${path}`, overlaps('item.x', user(path))],
  ]);
  UNKNOWN.push(['in a list that holds null', isIn('item.x', user('odd'))]);

  test.each(UNKNOWN)(
    '%s is false where the principal has no such value, under any number of nots',
    (_what, part) => {
      expect(bind(part, ALICE)).toEqual(NOTHING);
      expect(bind(not(part), ALICE)).toEqual(NOTHING);
      expect(bind(not(and(EVERYTHING, not(part))), ALICE)).toEqual(NOTHING);
      for (const wrapped of [
        and(part, exists('item.x')),
        and(not(part), exists('item.x')),
        not(or(part, eq('item.y', 1))),
        not(not(part)),
        not(and(not(part), not(part))),
      ]) {
        const holds = compile(bind(wrapped, ALICE));
        for (const one of RESOURCES) expect(holds(one)).toBe(false);
      }
    },
  );

  test('leaves the other alternatives of an OR to decide', () => {
    expect(bind(or(eq('item.x', user('missing')), eq('item.x', 'alice')), ALICE)).toEqual(
      eq('item.x', 'alice'),
    );
    expect(bind(not(and(eq('item.x', user('missing')), eq('item.x', 'alice'))), ALICE)).toEqual(
      not(eq('item.x', 'alice')),
    );
  });

  test('makes a list element unknown only if the element exists', () => {
    const none = compile(bind(not(some('instance.items', eq('item.x', user('missing')))), ALICE));
    expect(none({ instance: { items: [{}] } })).toBe(false);
    expect(none({ instance: { items: [] } })).toBe(true);
  });

  test('leaves no reference to the principal in the tree', () => {
    const left = (c: Condition): boolean => {
      if (c.op === 'and' || c.op === 'or') return c.of.some(left);
      if (c.op === 'not') return left(c.of);
      if (c.op === 'some') return left(c.where);
      if (c.op === 'exists') return false;
      const value: unknown = 'values' in c ? c.values : (c as { value?: unknown }).value;
      return isReference(value) && value.ref === 'user';
    };
    fc.assert(fc.property(condition, principal, (c, who) => expect(left(bind(c, who))).toBe(false)));
  });

  test('a missing value never permits more than every possible value would', () => {
    const nobody = new SecureUser({ userName: 'alice' });
    const somebody = fc.record({
      level: fc.constantFrom<unknown>('alice', 1),
      list: fc.constant(['alice']),
      missing: fc.constantFrom<unknown>('bob', 0),
    });
    fc.assert(
      fc.property(condition, somebody, resource, (c, attributes, one) => {
        const complete = new SecureUser({ userName: 'alice', attributes });
        if (compile(bind(only(c), nobody))(one)) expect(compile(bind(only(c), complete))(one)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  const BROKEN: [what: string, condition: unknown][] = [
    ['an unknown operator', { op: 'matches', field: 'item.x', value: '.*' }],
    ['an inherited name as operator', { op: 'constructor' }],
    ['no operator', {}],
    ['undefined', undefined],
    ['null', null],
    ['an undefined value written by hand', { op: 'eq', field: 'item.x', value: undefined }],
    ['an undefined entry written by hand', { op: 'in', field: 'item.x', values: [undefined] }],
    ['an object as value', { op: 'eq', field: 'item.x', value: { $gt: '' } }],
    [
      'a reference to what does not exist',
      { op: 'eq', field: 'item.x', value: { ref: 'env', path: 'HOME' } },
    ],
    ['a text in the place of parts', { op: 'and', of: 'everything' }],
  ];

  test.each(BROKEN)('refuses %s, on the surface and deep in the tree', (_what, broken) => {
    for (const c of [
      broken,
      { op: 'not', of: broken },
      { op: 'or', of: [eq('item.x', 1), broken] },
      { op: 'some', field: 'instance.items', where: broken },
    ]) {
      expect(() => bind(c as Condition, ALICE)).toThrow(TypeError);
    }
  });
});

/** The condition with references to attributes only: those are what one principal has and the other lacks. */
function only(c: Condition): Condition {
  switch (c.op) {
    case 'and':
      return and(...c.of.map(only));
    case 'or':
      return or(...c.of.map(only));
    case 'not':
      return not(only(c.of));
    case 'some':
      return some(c.field, only(c.where));
    case 'exists':
      return c;
    case 'cases':
      return mapCases(c, only);
    case 'in':
    case 'overlaps':
      return isReference(c.values) && c.values.ref === 'user' ? isIn(c.field, user('list')) : c;
    default:
      return isReference(c.value) && c.value.ref === 'user'
        ? compare(c.op, c.field, user(c.value.path === 'missing' ? 'missing' : 'level'))
        : c;
  }
}

describe('binding leaves', () => {
  test('a list of values as it is', () => {
    expect(bind(isIn('item.x', ['a', 'b']), ALICE)).toEqual(isIn('item.x', ['a', 'b']));
  });

  test('a list that is known only with the resource', () => {
    const roles: Reference = { ref: 'role', path: 'owner' };
    expect(bind(overlaps('item.x', roles), ALICE)).toEqual(overlaps('item.x', roles));
    expect(bind(isIn('item.x', { ref: 'data', path: 'userGroups' }), ALICE)).toEqual(
      isIn('item.x', { ref: 'data', path: 'userGroups' }),
    );
  });

  test('names in place that would have to be listed', () => {
    const among = isAmong('item.x', {
      most: 1,
      has: () => true,
      list: () => {
        throw new Error('listed');
      },
    });
    expect(bind(among, ALICE)).toBe(among);
  });

  test.each<[Condition, Condition]>([
    [eq('user.userName', 'alice'), EVERYTHING],
    [eq('user.userName', 'bob'), NOTHING],
    [not(eq('user.userName', 'bob')), EVERYTHING],
    [eq('user.missing', 'x'), NOTHING],
    [not(eq('user.missing', 'x')), NOTHING],
    [exists('user.missing', false), EVERYTHING],
    [and(isIn('user.userGroups', ['hr']), eq('item.x', 1)), eq('item.x', 1)],
  ])('no test of the principal: %j becomes %j', (before, after) => {
    expect(bind(before, ALICE)).toEqual(after);
  });

  test('what there is no condition for, named in the message', () => {
    expect(() => bind({ op: 'matches' } as never, ALICE)).toThrow('Unknown condition "matches"');
  });
});
