import { createDecisionPoint } from '../../../../src/core/decision/decision-point.js';
import { compileForAll } from '../../../../src/core/evaluation/evaluate.js';
import type { Operation } from '../../../../src/core/operation.js';
import type { GridRule } from '../../../../src/core/policies/grid/grid.js';
import type { GridPart } from '../../../../src/core/policies/grid/grid-part.js';
import { GridParts } from '../../../../src/core/policies/grid/grid-parts.js';
import { conditionsOf, type GridRuleConditions } from '../../../../src/core/policies/grid/rule-conditions.js';
import { SecureUser } from '../../../../src/core/principal.js';
import type { Resource } from '../../../../src/core/resource.js';

const PRIVILEGES = ['View', 'Perform', 'Assign', 'Re-Assign', 'Monitor'] as const;
const USERS: readonly GridRule['users'][] = ['all', { group: 'g1' }, { group: 'g2' }, { user: 'ann' }];
const PEOPLE = [
  new SecureUser({ userName: 'ann', userGroups: ['g1'] }),
  new SecureUser({ userName: 'bob', userGroups: ['g2'] }),
  new SecureUser({ userName: 'zed', userGroups: [] }),
];
const PROCESSES = ['A', 'B', 'C', 'D'];
const ELEMENTS = ['t0', 't1', 't2', 's'];

/** Numbers that look random and are the same each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let n = seed; ;) yield (n = (n * 1_103_515_245 + 12_345) % 2_147_483_648);
}

function ruleFrom(next: () => number): GridRule {
  const pick = <T>(list: readonly T[]): T => list[(next() >> 8) % list.length] as T;
  const privilege = pick(PRIVILEGES);
  const process = pick(PROCESSES.slice(0, 3));
  const on = pick<GridRule['on']>([
    { process },
    { process, task: pick(['t0', 't1']) },
    { process, task: pick(['t0', 't1']) },
    { process, event: 's' },
  ]);
  const fits = privilege === 'View' || (privilege === 'Perform' ? true : !('event' in (on as object)));
  return {
    effect: pick(['Allow', 'Allow', 'Allow', 'Restrict']),
    users: pick(USERS),
    privilege,
    on: privilege === 'Monitor' || !fits ? { process } : on,
    ...(pick([0, 1]) === 1 ? { for: { 'data.x': pick([1, 2]) } } : {}),
  } as GridRule;
}

const LABELS = { labels: new Map() };
const conditions = (rules: readonly GridRule[]): GridRuleConditions[] =>
  rules.map((rule, at) => conditionsOf(`r${at}`, rule, LABELS));
function rulesOf(seed: number, count: number): GridRule[] {
  const from = numbers(seed);
  return Array.from({ length: count }, () => ruleFrom(() => from.next().value));
}

/** Rules about all processes. */
function systemRulesOf(seed: number, count: number): GridRule[] {
  const from = numbers(seed * 31);
  return Array.from({ length: count }, (_, at): GridRule => {
    const rule = ruleFrom(() => from.next().value);
    const privilege = PRIVILEGES[(seed + at) % 4] as (typeof PRIVILEGES)[number];
    return { ...rule, privilege, on: 'system' };
  });
}

const RESOURCES: readonly Resource[] = PROCESSES.flatMap((name) =>
  ELEMENTS.flatMap((elementId) =>
    [1, 3].map((x) => {
      const type = elementId === 's' ? 'bpmn:IntermediateCatchEvent' : 'bpmn:UserTask';
      const item = { elementId, type, status: 'wait', ...(x === 1 && { assignee: 'ann' }) };
      return { item, instance: { name, data: { x }, items: [item], guard: {} } };
    }),
  ),
);
const MODELS: readonly Resource[] = PROCESSES.map((name) => ({
  model: { name },
  start: { elementId: 's', data: { x: 1 } },
}));
const OPERATIONS: readonly Operation[] = [
  'task:read',
  'task:assignees',
  'task:take',
  'task:execute',
  'task:reject',
  'task:assign',
  'task:delegate',
  'task:escalate',
  'instance:read',
  'instance:event',
  'instance:start',
  'model:read',
  'model:report',
];

const decides = (of: Pick<GridPart, 'answer'>) =>
  createDecisionPoint([{ name: 'grid', answer: (_who, operation) => of.answer(operation, false) }]);

/** Few rules each, so that nothing is open to all or to nobody; many processes make them many. */
const grid = (seed: number, ofAll = 0): GridRuleConditions[] => [
  ...conditions([...rulesOf(seed, 12), ...systemRulesOf(seed, ofAll)]),
  ...conditions(
    Array.from({ length: 250 }, (_, at) => ({
      effect: 'Allow',
      users: { group: 'others' },
      privilege: 'View',
      on: { process: `Z${at}` },
    })),
  ).map((rule, at) => ({ ...rule, id: `z${at}` })),
];

describe('Rules that are made process by process', () => {
  const ASKED = OPERATIONS.flatMap((operation) => [0, 1, 3].map((ofAll) => [operation, ofAll] as const));
  test.each(ASKED)(
    'decide about %s as all of them together, with %i about all processes',
    (operation, ofAll) => {
      const outcomes = new Set<boolean>();
      for (let seed = 1; seed <= (ofAll === 0 ? 8 : 12); seed++) {
        const parts = new GridParts(grid(seed, ofAll));
        const [each, together] = [decides(parts), decides(parts.whole)];
        const isOfModel = operation.startsWith('model:') || operation === 'instance:start';
        for (const resource of isOfModel ? MODELS : RESOURCES)
          for (const who of PEOPLE) {
            const expected = together.decide(who, operation, resource);
            expect(each.decide(who, operation, resource).allowed).toBe(expected.allowed);
            expect(each.allows(who, operation, resource)).toBe(expected.allowed);
            outcomes.add(expected.allowed);
          }
      }
      expect([...outcomes].sort()).toEqual([false, true]);
    },
  );

  test('name each rule once among their reasons, as all of them together do', () => {
    let named = 0;
    for (const operation of OPERATIONS)
      for (let seed = 1; seed <= 4; seed++) {
        const decisions = decides(new GridParts(grid(seed, 3)));
        const isOfModel = operation.startsWith('model:') || operation === 'instance:start';
        for (const resource of isOfModel ? MODELS : RESOURCES)
          for (const who of PEOPLE) {
            const { reasons } = decisions.decide(who, operation, resource);
            const rules = reasons.map(({ effect, rule }) => `${effect} ${rule}`);
            expect(rules).toEqual([...new Set(rules)]);
            named += reasons.filter(({ says }) => says.includes('system')).length;
          }
      }
    expect(named).toBeGreaterThan(100);
  });

  test('exclude the same people from tasks that their model gives', () => {
    const outcomes = new Set<boolean>();
    for (let seed = 1; seed <= 16; seed++) {
      const parts = new GridParts(grid(seed, seed % 3));
      const [each, together] = [parts.performed, parts.whole.performed].map(({ blocked }) =>
        compileForAll(blocked),
      );
      for (const resource of RESOURCES)
        for (const who of PEOPLE) {
          expect(each?.(resource, who)).toBe(together?.(resource, who));
          outcomes.add(each?.(resource, who) === true);
        }
    }
    expect([...outcomes].sort()).toEqual([false, true]);
  });

  test.each([0, 2])(
    'stay the same in the next version, but for the process that changed, with %i about all',
    (ofAll) => {
      const all = grid(5, ofAll);
      const before = new GridParts(all);
      const [first] = all;
      const process = first?.process as string;
      const changed = conditionsOf(
        'r0',
        { effect: 'Allow', users: 'all', privilege: 'View', on: { process } },
        LABELS,
      );
      const after = new GridParts([changed, ...all.slice(1)], before);
      const rulesIn = (of: GridParts) => new Set(of.answer('instance:read', false).permissive);
      const was = rulesIn(before);
      const fresh = [...rulesIn(after)].filter((rule) => !was.has(rule));
      expect(fresh.length).toBeGreaterThan(0);
      for (const { when } of fresh) expect(JSON.stringify(when)).toContain(`"${process}"`);
    },
  );

  test('are made in steps, also if a rule speaks of all processes', () => {
    const all = grid(1);
    const system = (privilege: 'View' | 'Monitor') =>
      conditionsOf('all', { effect: 'Allow', users: { group: 'g1' }, privilege, on: 'system' }, LABELS);
    const steps = (rules: readonly GridRuleConditions[]): number =>
      [...new GridParts(rules).prepare(['task:read'], () => [])].length;
    expect(steps([...all, system('Monitor')])).toBe(steps(all));
    expect(steps(all)).toBeGreaterThan(500);
    expect(steps([...all, system('View')])).toBeGreaterThan(500);
    expect(new GridParts([...all, system('View')]).rules.all).toHaveLength(all.length + 1);
  });
});

describe('What a grid keeps', () => {
  const on = (process: string, task?: string): GridRule['on'] =>
    (task === undefined ? { process } : { process, task }) as GridRule['on'];
  const rule = (effect: GridRule['effect'], user: string, where: GridRule['on']): GridRule =>
    ({ effect, users: { user }, privilege: 'Perform', on: where }) as GridRule;

  /** The objects of an answer, each counted once. */
  function objectsOf(value: unknown, seen = new Set<object>()): number {
    if (typeof value !== 'object' || value === null || seen.has(value)) return seen.size;
    seen.add(value);
    for (const part of Object.values(value)) objectsOf(part, seen);
    return seen.size;
  }
  const sizeOf = (count: number, process: GridRule['on']): number => {
    const rules = Array.from({ length: count }, (_, at) => [
      rule('Allow', `u${at}`, process),
      rule('Restrict', `v${at}`, on('P', `t${at}`)),
      rule('Restrict', `w${at}`, 'system'),
    ]);
    return objectsOf(new GridParts(conditions(rules.flat())).whole.answer('instance:read', false));
  };

  test.each<[what: string, where: GridRule['on']]>([
    ['a process', on('P')],
    ['all processes', 'system'],
  ])(
    'of rules about %s grows with them, and not with the tasks that others restrict as well',
    (_what, where) => {
      expect(sizeOf(40, where) / sizeOf(20, where)).toBeLessThan(2.5);
    },
  );

  test('of a rule about all processes is made for those that other rules name now, and for no earlier ones', () => {
    const [ofAll] = conditions([rule('Allow', 'ann', 'system')]) as [GridRuleConditions];
    for (const release of ['a', 'b', 'c']) {
      const named = conditions(
        Array.from({ length: 250 }, (_, at) => rule('Allow', 'bob', on(`${release}${at}`))),
      );
      new GridParts([ofAll, ...named]).answer('instance:read', false);
      expect([...ofAll.within.keys()]).toEqual(named.map(({ process }) => process));
    }
    new GridParts([ofAll]).answer('instance:read', false);
    const many = conditions(Array.from({ length: 250 }, (_, at) => rule('Allow', `u${at}`, 'system')));
    new GridParts([...many, ...conditions([rule('Allow', 'ann', on('P'))])]).answer('instance:read', false);
    expect(many.every(({ within }) => within.size === 0)).toBe(true);
  });
});
