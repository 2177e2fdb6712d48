import {
  and,
  compare,
  eq,
  EVERYTHING,
  isIn,
  not,
  or,
  overlaps,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { byCases } from '../../../src/core/condition/cases.js';
import { compile } from '../../../src/core/evaluation/evaluate.js';
import type { Way } from '../../../src/core/decision/scope.js';
import type { Rule } from '../../../src/core/policy.js';
import { Predicates } from '../../../src/core/decision/predicates.js';
import { conditionSize, MOST_STATED } from '../../../src/core/condition/size.js';
import { alternativesBySearch, roughly, searchOf, type Ways } from '../../../src/core/decision/ways.js';
import { atOnce } from '../../../src/core/in-steps.js';

const roughlyAtOnce = (whole: Ways): Ways => atOnce(roughly(whole));

const ME = { ref: 'user', path: 'userName' } as const;
const MY_GROUPS = { ref: 'user', path: 'userGroups' } as const;
const rule = (when: Condition, search?: Rule['search']) => ({ id: 'r', says: 'r', when, search });

test.each<[what: string, when: Condition]>([
  ['the principal as assignee', eq('item.assignee', ME)],
  ['one of the groups of the principal', isIn('item.candidateGroups', MY_GROUPS)],
  ['the principal and more', and(eq('item.assignee', ME), not(eq('item.status', 'end')))],
  ['the principal in one of two ways', or(eq('item.assignee', ME), eq('item.candidateUsers', ME))],
  [
    'the principal in one of the items',
    some('instance.items', and(eq('item.assignee', ME), eq('item.status', 'wait'))),
  ],
  [
    'the principal in one of two models',
    byCases('instance.name', [
      ['A', eq('item.assignee', ME)],
      ['B', eq('item.candidateUsers', ME)],
    ]),
  ],
  ['the data', eq('instance.data.region', 'north')],
  ['the data, compared with the principal', eq('instance.data.by', ME)],
  ['a model, or the data', or(eq('instance.name', 'A'), eq('instance.data.x', 1))],
  ['nobody', or()],
])('a rule about %s has marks to search by, whoever the principal is', (_what, when) => {
  expect(searchOf(rule(when)).isUnmarked).toBe(false);
});

test.each<[what: string, when: Condition]>([
  ['everything', EVERYTHING],
  ['an amount of the data', compare('lt', 'instance.data.amount', 7)],
  ['a date of the data', eq('instance.data.due', new Date(0))],
  ['who is not the principal', not(eq('item.assignee', ME))],
  ['a model, or an amount of the data', or(eq('instance.name', 'A'), compare('lt', 'instance.data.x', 1))],
])('a rule about %s has none, unless it states them', (_what, when) => {
  expect(searchOf(rule(when)).isUnmarked).toBe(true);
  expect(searchOf(rule(when, ['t:'])).isUnmarked).toBe(false);
});

describe('what a query states of many rules', () => {
  const TENANT = eq('instance.tenantId', 'acme');
  const long = (at: number): Condition =>
    isIn(
      'instance.data.x',
      Array.from({ length: 2_000 }, (_, i) => `value ${at} ${i}`),
    );
  const ways = (count: number, search = true): Way[] =>
    Array.from({ length: count }, (_, at) => ({
      when: and(eq('instance.name', `M${at}`), long(at)),
      search: search ? [`m:M${at}` as const] : undefined,
    }));

  test('is all of it while that is small', () => {
    const small = { ways: [{ when: eq('item.assignee', 'ann') }], restricts: [TENANT] };
    expect(roughlyAtOnce(small)).toBe(small);
  });

  test('is one way for each set of marks, up to eight; more are one way with all marks', () => {
    expect(roughlyAtOnce({ ways: ways(8), restricts: [] }).ways.map(({ search }) => search)).toEqual(
      ways(8).map(({ search }) => search),
    );
    const joined = roughlyAtOnce({ ways: ways(9), restricts: [] }).ways;
    expect(joined.map(({ search }) => search)).toEqual([ways(9).flatMap(({ search }) => search ?? [])]);
  });

  test('keeps a way without marks apart from those with marks', () => {
    const made = roughlyAtOnce({ ways: [...ways(1, false), ...ways(9)], restricts: [] }).ways;
    expect(made.map(({ search }) => search?.length)).toEqual([undefined, 9]);
  });

  test('admits whatever the rules admit, and keeps the tenant as it is', () => {
    const whole = { ways: ways(9), restricts: [long(0), TENANT] };
    const made = roughlyAtOnce(whole);
    expect(made.restricts).toContainEqual(TENANT);
    const row = (tenantId: string) => ({ instance: { name: 'M0', tenantId, data: { x: 'value 0 1' } } });
    const holds = (tenantId: string): boolean =>
      [or(...made.ways.map(({ when }) => when)), ...made.restricts].every((one) =>
        compile(one)(row(tenantId)),
      );
    expect([holds('acme'), holds('globex')]).toEqual([true, false]);
  });
});

test.each<[Condition, boolean]>([
  [eq('item.assignee', { ref: 'data', path: 'x' }), true],
  [isIn('item.candidateUsers', { ref: 'data', path: 'x' }), true],
  [overlaps('item.candidateGroups', MY_GROUPS), false],
  [overlaps('item.candidateGroups', ['hr']), false],
  [isIn('item.assignee', ['ann']), false],
  [eq('item.assignee', 'ann'), false],
])('a rule about %j has no marks: %s', (when, expected) => {
  expect(searchOf(rule(when)).isUnmarked).toBe(expected);
});

test.each<[what: string, when: Condition, paths: string[], search?: ['m:A']]>([
  ['compares data', eq('instance.data.region', 'north'), ['region']],
  ['compares data with the principal', isIn('instance.data.a.b', { ref: 'user', path: 'stores' }), ['a.b']],
  ['names a model too', and(eq('instance.name', 'A'), eq('instance.data.region', 'north')), ['region']],
  [
    'differs by model',
    byCases('instance.name', [
      ['A', eq('instance.data.x', 1)],
      ['B', eq('instance.data.y', 1)],
    ]),
    ['x', 'y'],
  ],
  ['names the principal too', and(eq('item.assignee', ME), eq('instance.data.region', 'north')), []],
  ['compares an amount', compare('lt', 'instance.data.amount', 7), []],
  ['compares data, or an amount', or(eq('instance.data.x', 1), compare('lt', 'instance.data.y', 7)), []],
  ['excludes data', not(eq('instance.data.region', 'north')), []],
  ['states its marks', eq('instance.data.region', 'north'), [], ['m:A']],
])('a rule that %s is searched by marks of data at %j', (_what, when, paths, ...[search]) => {
  expect([...new Set(searchOf(rule(when, search)).dataPaths)]).toEqual(paths);
});

test('rules that state the same marks open one way', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => eq(`item.${name}`, 1)) as [
    Condition,
    Condition,
    Condition,
    Condition,
  ];
  const rules = [rule(a, ['u:x', 'g:y']), rule(b), rule(c, ['u:x', 'g:y']), rule(d, ['u:x']), rule(d)];
  expect(alternativesBySearch(rules, new Predicates())).toEqual([
    { when: or(a, c), search: ['u:x', 'g:y'] },
    { when: or(b, d), search: undefined },
    { when: d, search: ['u:x'] },
  ]);
});

test('what is stated roughly fits, half of it for the ways and half for what restricts them', () => {
  const many = (field: string, count: number): Condition =>
    isIn(
      field,
      Array.from({ length: count }, (_, at) => `value ${at}`),
    );
  const TENANT = eq('instance.tenantId', 'acme');
  const size = ({ ways, restricts }: Ways): number[] => [
    ways.reduce((sum, { when }) => sum + conditionSize(when), 0),
    restricts.filter((one) => one !== TENANT).reduce((sum, one) => sum + conditionSize(one), 0),
  ];
  const made = roughlyAtOnce({
    ways: [0, 1, 2].map((at) => ({
      when: many(`instance.data.w${at}`, 1_000),
      search: [`m:M${at}` as const],
    })),
    restricts: [TENANT, many('instance.data.r', 1_000), many('instance.data.s', 1_000)],
  });
  expect(made.ways).toHaveLength(3);
  expect(Math.max(...size(made))).toBeLessThanOrEqual(MOST_STATED / 2);
  expect(made.restricts.filter((one) => one === TENANT)).toHaveLength(1);
  const kept = roughlyAtOnce({
    ways: [{ when: many('instance.data.w', 500) }],
    restricts: [TENANT, many('instance.data.r', 900)],
  });
  expect(kept.ways).toEqual([{ when: many('instance.data.w', 500), search: undefined }]);
});

describe('a rule of which a part is too large to search by', () => {
  const regions = byCases(
    'item.elementId',
    Array.from(
      { length: 5_000 },
      (_, at) => [`element ${at}`, eq('instance.data.region', `r${at}`)] as const,
    ),
  );

  test('is searched by what else must hold', () => {
    const mine = and(eq('item.assignee', ME), regions);
    expect(searchOf(rule(mine))).toEqual({ isUnmarked: false, dataPaths: [] });
    expect(searchOf(rule(some('instance.items', mine)))).toEqual({ isUnmarked: false, dataPaths: [] });
    expect(searchOf(rule(and(compare('lt', 'instance.data.x', 1), regions))).isUnmarked).toBe(true);
  });

  test('is searched by it where nothing else must hold', () => {
    for (const when of [regions, or(eq('item.assignee', ME), and(regions, not(regions)))])
      expect(new Set(searchOf(rule(when)).dataPaths)).toEqual(new Set(['region']));
  });
});
