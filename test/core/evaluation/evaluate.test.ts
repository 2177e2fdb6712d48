import fc from 'fast-check';
import { bind } from '../../../src/core/evaluation/bind.js';
import { byCases } from '../../../src/core/condition/cases.js';
import {
  and,
  compare,
  eq,
  EVERYTHING,
  exists,
  isAmong,
  isIn,
  ne,
  not,
  NOTHING,
  or,
  overlaps,
  some,
  type Condition,
  type Reference,
} from '../../../src/core/condition/condition.js';
import { compile, compileForAll, Leaves, referencePath } from '../../../src/core/evaluation/evaluate.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';
import { condition, principal, resource } from '../arbitraries.js';
import { HOSTILE_VALUES, polluted, SCALARS } from '../hostile.js';

const holds = (c: Condition, one: unknown): boolean => compile(c)(one as Resource);
const item = (x: unknown): Resource => ({ item: { x } });
const DATE = new Date(5);

describe('a comparison', () => {
  test.each<[what: string, condition: Condition, resource: Resource, expected: boolean]>([
    ['eq holds for the value', eq('item.x', 'a'), item('a'), true],
    ['eq does not convert', eq('item.x', 1), item('1'), false],
    ['eq holds for an entry of a list', eq('item.x', 'a'), item(['b', 'a']), true],
    ['eq does not look into a list within a list', eq('item.x', 'a'), item([['a']]), false],
    ['eq compares dates by their time', eq('item.x', DATE), item(new Date(5)), true],
    ['eq takes a path through a list', eq('item.x.y', 1), item([{ y: 2 }, { y: 1 }]), true],
    ['eq fails on a missing field', eq('item.x', 'a'), {}, false],
    ['ne holds for another value', ne('item.x', 'a'), item('b'), true],
    ['ne holds for a value of another type', ne('item.x', 'a'), item(0), true],
    ['ne fails on the value', ne('item.x', 'a'), item('a'), false],
    ['ne fails when one entry of a list is the value', ne('item.x', 'a'), item(['b', 'a']), false],
    ['ne fails on a missing field', ne('item.x', 'a'), {}, false],
    ['ne fails on null', ne('item.x', 'a'), item(null), false],
    ['ne fails on an empty list', ne('item.x', 'a'), item([]), false],
    ['lt holds below', compare('lt', 'item.x', 2), item(1), true],
    ['lt fails on equal', compare('lt', 'item.x', 2), item(2), false],
    ['lte holds on equal', compare('lte', 'item.x', 2), item(2), true],
    [
      'lte holds on an infinite value beside itself',
      compare('lte', 'item.x', Infinity),
      item(Infinity),
      true,
    ],
    ['gt compares within one type only', compare('gt', 'item.x', 2), item('3'), false],
    ['gt compares dates', compare('gt', 'item.x', DATE), item(new Date(6)), true],
    ['gt fails on a date that is none', compare('gt', 'item.x', DATE), item(new Date(NaN)), false],
    ['gte holds for an entry of a list', compare('gte', 'item.x', 2), item([1, 3]), true],
    ['in holds for one of the list', isIn('item.x', ['a', 'b']), item('b'), true],
    ['in finds dates by their time', isIn('item.x', [DATE]), item(new Date(5)), true],
    ['in fails on a missing field', isIn('item.x', ['a']), {}, false],
    ['overlaps holds for a common entry', overlaps('item.x', ['hr', 'it']), item(['x', 'it']), true],
    ['overlaps fails without one', overlaps('item.x', ['hr']), item(['x']), false],
    ['overlaps takes a single value as a list of one', overlaps('item.x', ['hr']), item('hr'), true],
    ['overlaps does not look at the letters of a text', overlaps('item.x', ['h']), item('hr'), false],
    ['exists holds for a value', exists('item.x'), item(false), true],
    ['exists fails on null', exists('item.x'), item(null), false],
    ['exists fails on an empty list', exists('item.x'), item([]), false],
    ['exists fails on a list of nulls', exists('item.x'), item([null, undefined]), false],
    ['exists: false holds on a missing field', exists('item.x', false), {}, true],
    ['exists: false fails on a value', exists('item.x', false), item(0), false],
    ['a regular expression is text like any other', eq('item.x', '.*'), item('anything'), false],
    ['an operator object in the document equals nothing', eq('item.x', 'a'), item({ $eq: 'a' }), false],
  ])('%s', (_what, c, one, expected) => {
    expect(holds(c, one)).toBe(expected);
  });
});

describe('a condition on one of the items', () => {
  const waiting = some('instance.items', and(eq('item.assignee', 'alice'), eq('item.status', 'wait')));

  test.each<[what: string, items: unknown, expected: boolean]>([
    ['one item that satisfies all of it', [{ assignee: 'bob' }, { assignee: 'alice', status: 'wait' }], true],
    [
      'two items that satisfy a half each',
      [
        { assignee: 'alice', status: 'end' },
        { assignee: 'bob', status: 'wait' },
      ],
      false,
    ],
    ['an object in the place of the list', { assignee: 'alice', status: 'wait' }, false],
    ['a list within the list', [[{ assignee: 'alice', status: 'wait' }]], false],
    ['null and texts in the list', [null, 'alice', 7, undefined], false],
    ['an empty list', [], false],
    ['no list', undefined, false],
  ])('%s: %#', (_what, items, expected) => {
    expect(holds(waiting, { instance: { items } })).toBe(expected);
  });

  test('treats a nested list as a document whose fields are its indexes', () => {
    const items = [['a', { x: 'b' }]];
    expect(holds(some('instance.items', eq('item.0', 'a')), { instance: { items } })).toBe(true);
    expect(holds(some('instance.items', eq('item.1.x', 'b')), { instance: { items } })).toBe(true);
    expect(holds(some('instance.items', eq('item.1', 'a')), { instance: { items } })).toBe(false);
  });

  test('tests that item, not the item of the question', () => {
    expect(holds(waiting, { item: { assignee: 'alice', status: 'wait' }, instance: { items: [{}] } })).toBe(
      false,
    );
  });

  test('can also test fields of the instance', () => {
    const own = some('instance.items', eq('item.owner', { ref: 'data', path: 'requester' }));
    expect(
      holds(own, {
        instance: { data: { requester: 'alice' }, items: [{ owner: 'bob' }, { owner: 'alice' }] },
      }),
    ).toBe(true);
  });
});

describe('two fields compared', () => {
  const requester = { ref: 'data', path: 'requester' } as const;

  test.each<[what: string, condition: Condition, x: unknown, data: unknown, expected: boolean]>([
    ['eq holds for equal values', eq('item.x', requester), 'a', 'a', true],
    ['eq fails when both are missing', eq('item.x', requester), undefined, undefined, false],
    ['eq fails when both are null', eq('item.x', requester), null, null, false],
    ['eq fails on a list, which is no plain value', eq('item.x', requester), ['a'], 'a', false],
    ['ne holds for different values', ne('item.x', requester), 'a', 'b', true],
    ['ne fails when one is missing', ne('item.x', requester), 'a', undefined, false],
    ['in holds for an entry', isIn('item.x', requester), 'a', ['b', 'a'], true],
    ['in fails on a text that holds it', isIn('item.x', requester), 'a', 'abc', false],
    ['in fails on a missing list', isIn('item.x', requester), 'a', undefined, false],
  ])('%s', (_what, c, x, data, expected) => {
    expect(holds(c, { item: { x }, instance: { data: { requester: data } } })).toBe(expected);
  });

  test('$data and $role refer to parts of the instance', () => {
    expect(referencePath(requester)).toBe('instance.data.requester');
    expect(referencePath({ ref: 'role', path: 'owner' })).toBe('instance.guard.roles.owner');
  });
});

describe('compiling', () => {
  test.each([
    ['a reference to a value of the principal', eq('item.x', { ref: 'user', path: 'userName' })],
    ['a list of the principal', isIn('item.x', { ref: 'user', path: 'userGroups' })],
    ['an order between two fields', compare('lt', 'item.x', { ref: 'data', path: 'y' })],
    ['an unknown operator', { op: 'matches', field: 'item.x' } as unknown as Condition],
  ])('refuses %s', (_what, c) => {
    expect(() => compile(c)).toThrow(TypeError);
    expect(() => compile(and(exists('item.y'), not(or(c, exists('item.z')))))).toThrow(TypeError);
  });

  test('everything holds for every resource and nothing for none', () => {
    for (const one of [{}, item('a'), ...HOSTILE_VALUES]) {
      expect(holds(EVERYTHING, one)).toBe(true);
      expect(holds(NOTHING, one)).toBe(false);
    }
  });

  test('the closure answers true or false on every hostile value, at every depth', () => {
    const conditions = [
      eq('item.x.y', 'a'),
      ne('item.x.0', 1),
      compare('lt', 'item.x', 'a'),
      isIn('item.x.y', SCALARS),
      exists('item.x.y.z'),
      some('instance.items', exists('item.x')),
      eq('item.x', { ref: 'data', path: 'a.b' }),
      isIn('item.x', { ref: 'role', path: 'a' }),
    ];
    for (const value of HOSTILE_VALUES) {
      for (const one of [
        value,
        { item: value, instance: value },
        item(value),
        item([value]),
        {
          item: { x: { y: value } },
          instance: { items: [value], data: { a: value }, guard: { roles: { a: value } } },
        },
      ]) {
        for (const c of conditions) expect(typeof holds(c, one)).toBe('boolean');
      }
    }
  });

  test('properties that every object inherits have no effect', () => {
    const answer = polluted(
      {
        x: 'a',
        item: { x: 'a' },
        instance: { items: [{ x: 'a' }], data: { requester: 'a' } },
        items: [{ x: 'a' }],
        data: { requester: 'a' },
        requester: 'a',
      },
      () => [
        holds(eq('item.x', 'a'), {}),
        holds(eq('item.x', 'a'), { item: {} }),
        holds(exists('instance.items'), { instance: {} }),
        holds(some('instance.items', eq('item.x', 'a')), { instance: {} }),
        holds(some('instance.items', eq('item.x', 'a')), { instance: { items: [{}] } }),
        holds(eq('item.y', { ref: 'data', path: 'requester' }), { item: { y: 'a' }, instance: {} }),
        holds(eq('item.x', 'a'), { item: Object.create({ x: 'a' }) as object }),
        holds(eq('item.y.x', 'a'), { item: { y: {} } }),
        holds(or(and(eq('item.x', 'a'), not(NOTHING)), and(ne('item.x', 'a'), EVERYTHING)), { item: {} }),
        holds(
          byCases('item.x', [
            ['a', EVERYTHING],
            ['b', exists('item.y')],
          ]),
          { item: {} },
        ),
      ],
    );
    expect(answer).toEqual(answer.map(() => false));
  });

  test('"not" negates, "and" and "or" combine', () => {
    fc.assert(
      fc.property(condition, condition, principal, resource, (a, b, who, one) => {
        const [left, right] = [bind(a, who), bind(b, who)];
        expect(holds(not(left), one)).toBe(!holds(left, one));
        expect(holds(and(left, right), one)).toBe(holds(left, one) && holds(right, one));
        expect(holds(or(left, right), one)).toBe(holds(left, one) || holds(right, one));
      }),
      { numRuns: 500 },
    );
  });

  test('a test and its negation as alternatives mean the same as each of them alone', () => {
    const found = [...HOSTILE_VALUES, ...SCALARS, ['a'], ['b'], ['a', 'b'], [['a']], [null], []];
    const [isA, isOther] = [
      and(eq('item.x', 'a'), exists('item.y')),
      and(ne('item.x', 'a'), exists('item.z')),
    ];
    const answers = found.flatMap((x) =>
      [{ x }, { x, y: 1 }, { x, z: 1 }, { x, y: 1, z: 1 }].map((one) => {
        const answer = holds(or(isA, isOther), { item: one });
        expect(answer).toBe(holds(isA, { item: one }) || holds(isOther, { item: one }));
        return answer;
      }),
    );
    expect(new Set(answers).size).toBe(2);
  });

  test('the closure does not write into the resource', () => {
    fc.assert(
      fc.property(condition, principal, resource, (c, who, one) => {
        const before = JSON.stringify(one);
        holds(bind(c, who), one);
        expect(JSON.stringify(one)).toBe(before);
      }),
    );
  });
});

describe('a comparison with a value of the principal', () => {
  const user = (path: string): Reference => ({ ref: 'user', path });
  const ann = new SecureUser({
    userName: 'ann',
    userGroups: ['hr'],
    attributes: { level: 3, list: ['a', 'b'], none: [] },
  });
  const holds = (condition: Condition, x: unknown): boolean => compileForAll(condition)({ item: { x } }, ann);

  test.each<[Condition, unknown, boolean]>([
    [eq('item.x', user('userName')), 'ann', true],
    [eq('item.x', user('userName')), 'bob', false],
    [eq('item.x', user('missing')), 'ann', false],
    [not(eq('item.x', user('missing'))), 'ann', false],
    [ne('item.x', user('userName')), 'bob', true],
    [ne('item.x', user('userName')), 'ann', false],
    [ne('item.x', user('missing')), 'ann', false],
    [not(ne('item.x', user('missing'))), 'ann', false],
    [compare('gt', 'item.x', user('level')), 4, true],
    [compare('gt', 'item.x', user('level')), 3, false],
    [compare('gte', 'item.x', user('level')), 3, true],
    [compare('lt', 'item.x', user('level')), 2, true],
    [compare('lt', 'item.x', user('level')), 3, false],
    [compare('lte', 'item.x', user('level')), 3, true],
    [isIn('item.x', user('list')), 'b', true],
    [isIn('item.x', user('list')), 'c', false],
    [isIn('item.x', user('missing')), 'c', false],
    [not(isIn('item.x', user('missing'))), 'c', false],
    [not(isIn('item.x', user('list'))), 'c', true],
    [not(isIn('item.x', ['a'])), 'c', true],
    [not(eq('item.x', 'a')), 'c', true],
    [overlaps('item.x', user('userGroups')), ['it', 'hr'], true],
    [eq('user.userName', 'ann'), undefined, true],
    [eq('user.userName', 'bob'), undefined, false],
    [not(eq('user.missing', 'bob')), undefined, false],
    [isAmong('item.x', { most: 1, has: (text) => text === 'a', list: () => ['a'] }), 'a', true],
    [isAmong('item.x', { most: 1, has: (text) => text === 'a', list: () => ['a'] }), 'b', false],
  ])('%j for %j: %s', (condition, x, expected) => {
    expect(holds(condition, x)).toBe(expected);
  });

  test.each<[Condition, string]>([
    [eq('item.x', user('userName')), 'Condition eq on item.x is not bound to a principal'],
    [overlaps('item.y', user('userGroups')), 'Condition overlaps on item.y is not bound to a principal'],
    [exists('user.level'), 'Condition exists on user.level is not bound to a principal'],
    [not(eq('user.level', 1)), 'Condition eq on user.level is not bound to a principal'],
    [
      and(eq('item.z', 1), or(eq('item.z', 2), eq('user.level', 1))),
      'Condition eq on user.level is not bound to a principal',
    ],
    [
      some('instance.items', eq('item.x', user('level'))),
      'Condition eq on item.x is not bound to a principal',
    ],
    [
      { op: 'cases', field: 'instance.name', cases: [{ value: 'a', when: eq('item.x', user('level')) }] },
      'Condition eq on item.x is not bound to a principal',
    ],
    [
      compare('gt', 'item.x', { ref: 'data', path: 'level' }),
      'Condition gt on item.x compares two fields, which only eq and ne can',
    ],
    [{ op: 'matches', field: 'item.x' } as never, 'Unknown condition "matches"'],
    [
      { op: 'in', field: 'item.x', values: ['a', undefined] } as never,
      'A condition on item.x takes a text, number, boolean or date, got undefined',
    ],
    [eq('items.x', 1), 'Field items.x does not begin with a part of a resource'],
  ])('%j is refused where no principal is known', (condition, message) => {
    expect(() => compile(condition)).toThrow(new TypeError(message));
  });
});

describe('alternatives by one field', () => {
  const pair = or(and(eq('item.s', 'a'), eq('item.x', 1)), and(ne('item.s', 'a'), eq('item.y', 1)));

  test.each<[Condition, Record<string, unknown>, boolean]>([
    [pair, { s: 'a', x: 1 }, true],
    [pair, { s: 'a', x: 2, y: 1 }, false],
    [pair, { s: 'b', y: 1 }, true],
    [pair, { s: 'b', x: 1 }, false],
    [pair, { x: 1, y: 1 }, false],
    [or(pair, eq('item.z', 1)), { s: 'b', x: 1, z: 1 }, true],
    [or(pair, eq('item.z', 1)), { s: 'b', x: 1, z: 2 }, false],
    [or(eq('item.s', 'a'), ne('item.s', 'b')), { s: 'c' }, true],
    [or(eq('item.s', 'a'), ne('item.s', 'b')), { s: 'b' }, false],
    [or(eq('item.s', 'a'), ne('item.t', 'a')), { s: 'b', t: 'a' }, false],
    [or(eq('item.s', 'a'), ne('item.t', 'a')), { s: 'b', t: 'b' }, true],
    [or(eq('item.s', { ref: 'data', path: 'm' }), ne('item.s', 'a')), { s: 'a' }, false],
    [not(pair), { s: 'a', x: 2 }, true],
  ])('%j of %j: %s', (condition, item, expected) => {
    expect(compile(condition)({ item })).toBe(expected);
  });
});

describe('what a condition reads', () => {
  /** How often the field is read, and the answer. */
  const readsOf = (condition: Condition, s: unknown): [number, boolean] => {
    let reads = 0;
    const one = {
      get s() {
        reads++;
        return s;
      },
      x: 1,
      y: 1,
    };
    const answer = compile(condition)({ item: one });
    return [reads, answer];
  };
  const first = and(eq('item.s', 'a'), eq('item.x', 2));
  const second = and(ne('item.s', 'a'), eq('item.y', 2));
  const third = eq('item.z', 1);

  test.each<[string, Condition, unknown, [number, boolean]]>([
    ['a pair of alternatives reads it once', or(first, second), 'a', [1, false]],
    ['in any order', or(second, first), 'a', [1, false]],
    ['beside others too', or(third, second, first), 'b', [1, false]],
    [
      'and a second time to tell that it is not inherited',
      or(eq('item.s', 'a'), ne('item.s', 'a')),
      'a',
      [2, true],
    ],
    ['alternatives about two values read it twice', or(first, ne('item.s', 'b')), 'b', [2, false]],
    ['two equal tests are no pair', or(first, and(eq('item.s', 'a'), eq('item.y', 2))), 'b', [2, false]],
    [
      'nor are two with another value',
      or(second, and(ne('item.s', 'b'), eq('item.y', 2))),
      undefined,
      [2, false],
    ],
    [
      'sixteen alternatives are looked through',
      or(first, second, ...Array.from({ length: 14 }, (_, at) => eq('item.z', at))),
      'b',
      [1, false],
    ],
    [
      'seventeen are not',
      or(first, second, ...Array.from({ length: 15 }, (_, at) => eq('item.z', at))),
      'b',
      [3, false],
    ],
  ])('%s', (_what, condition, s, expected) => {
    expect(readsOf(condition, s)).toEqual(expected);
  });
});

describe('the steps of conditions without parts', () => {
  test('are made once for a condition that cannot change, and once below a "not"', () => {
    const [leaves, condition] = [new Leaves(), eq('item.x', 1)];
    expect(leaves.of(condition, false)).toBe(leaves.of(condition, false));
    expect(leaves.of(condition, true)).toBe(leaves.of(condition, true));
    expect(leaves.of(condition, true)).not.toBe(leaves.of(condition, false));
  });

  test('are made anew for one that may change', () => {
    const leaves = new Leaves();
    const condition = { op: 'eq' as const, field: 'item.x', value: 1 };
    expect(leaves.of(condition, false)).not.toBe(leaves.of(condition, false));
  });

  test('of cases with the same condition are the same', () => {
    const x = eq('item.x', 1);
    const cases: Condition = {
      op: 'cases',
      field: 'instance.name',
      cases: [
        { value: 'a', when: x },
        { value: 'b', when: x },
        { value: 'c', when: eq('item.x', 2) },
      ],
    };
    const answers = ['a', 'b', 'c', 'd'].map((name) =>
      compile(cases)({ item: { x: 1 }, instance: { name } }),
    );
    expect(answers).toEqual([true, true, false, false]);
    expect(compile(cases)({ item: { x: 2 }, instance: { name: ['d', 'c'] } })).toBe(true);
    expect(compile(not(cases))({ item: { x: 2 }, instance: { name: 'a' } })).toBe(true);
  });
});
