import { namesIn, readChanges } from '../../../../src/core/policy-set/kinds.js';
import type { LintModel, LintPerson, TaskPeople } from '../../../../src/core/policies/lint/finding.js';
import { lint } from '../../../../src/core/policies/lint/lint.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';

const APART = { duty: 'not-who-did', model: 'M', task: 'B', did: 'A' };
const people = (...names: string[]): LintPerson[] =>
  names.map((userName) => ({ userName, userGroups: ['staff'] }));
const STAFF: TaskPeople = { open: false, dynamic: false, users: [], groups: ['staff'], before: [] };
const modelOf = (tasks: Readonly<Record<string, Partial<TaskPeople>>>): ReadonlyMap<string, LintModel> => {
  const known = new Map(Object.entries(tasks).map(([id, facts]) => [id, { ...STAFF, ...facts }]));
  const elements = new Map([
    ['start', 'bpmn:StartEvent'],
    ...[...known.keys()].map((id) => [id, 'bpmn:UserTask'] as const),
  ]);
  return new Map([['M', { name: 'M', elements, tasks: known }]]);
};
const ABC = modelOf({ A: { before: ['B', 'C'] }, B: { before: ['C'] }, C: {} });

/** The linter on entries by kind and id. */
function run(
  entries: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  more: { models?: ReadonlyMap<string, LintModel>; people?: readonly LintPerson[] } = {},
) {
  const changes = Object.entries(entries).flatMap(([kind, ofKind]) =>
    Object.entries(ofKind).map(([id, value]) => ({ kind, id, value })),
  );
  const { models = ABC, people: known = people('kim', 'lee', 'mia') } = more;
  const set = PolicySet.EMPTY.with(1, readChanges(changes));
  return lint({ set, models, modelNames: [...models.keys()], caseRoles: ['owner'], people: known, namesIn });
}
const duty = (duties: Readonly<Record<string, unknown>>, more = {}) => run({ duty: duties }, more);

test('nothing is found where nothing is wrong', () => {
  expect(duty({ apart: APART })).toEqual({ findings: [], complete: true, leftOut: [] });
});

describe('unknown names', () => {
  test('are reported with the nearest known name', () => {
    expect(duty({ d: { ...APART, task: 'b' } }).findings).toMatchObject([
      {
        severity: 'warning',
        rule: 'unknown-name',
        kind: 'duty',
        id: 'd',
        message: expect.stringContaining('Did you mean B?') as unknown,
      },
    ]);
    expect(duty({ d: { ...APART, model: 'MM' } }).findings[0]).toMatchObject({
      message: 'There is no model "MM". Did you mean M?',
    });
    expect(duty({ d: { ...APART, task: 'start' } }).findings[0]).toMatchObject({ rule: 'unknown-name' });
  });

  test.each(['case-operation', 'case-field'])('of roles are reported, in a %s', (kind) => {
    const id = kind === 'case-field' ? 'data.pay' : 'CANCEL_CASE';
    expect(run({ [kind]: { [id]: { roles: ['owner'] } } }).findings).toEqual([]);
    expect(run({ [kind]: { [id]: { roles: ['owner', 'ownr'] } } }).findings).toEqual([
      {
        severity: 'warning',
        rule: 'unknown-name',
        kind,
        id,
        message: 'No model declares the role "ownr". Did you mean owner?',
        counterexample: { role: 'ownr' },
      },
    ]);
  });
});

describe('conditions that never hold', () => {
  const withWhen = (when: object) =>
    duty({ d: { ...APART, when } }).findings.filter(({ rule }) => rule === 'never-holds');

  test.each([
    [{ $and: [{ 'data.x': 'a' }, { 'data.x': { $ne: 'a' } }] }, 'error'],
    [{ 'data.x': { $exists: false, $gt: 5 } }, 'error'],
    [{ 'data.x': { $in: ['a', 'b'], $nin: ['a', 'b', 'c'] } }, 'error'],
    [{ $and: [{ 'data.x': 5 }, { $not: { 'data.x': 5 } }] }, 'error'],
    [{ $or: [{ $and: [{ 'data.x': 1 }, { 'data.x': { $ne: 1 } }] }, { 'data.y': { $in: [] } }] }, 'error'],
    [{ 'data.x': { $gt: 10, $lt: 5 } }, 'warning'],
    [{ 'data.x': { $gt: 5, $lte: 5 } }, 'warning'],
    [{ $and: [{ 'data.x': 'a' }, { 'data.x': 'b' }] }, 'warning'],
    [{ $and: [{ 'data.x': 'a' }, { 'data.x': { $lt: 5 } }] }, 'warning'],
    [{ 'data.x': { $in: [5, 6], $lt: 5 } }, 'warning'],
    [{ 'data.x': { $in: [6, 7], $lte: 5 } }, 'warning'],
    [{ 'data.x': { $in: [4, 5], $gt: 5 } }, 'warning'],
    [{ 'data.x': { $in: [3, 4], $gte: 5 } }, 'warning'],
    [{ 'data.x': { $gte: 6, $lte: 5 } }, 'warning'],
  ])('%j: %s', (when, severity) => {
    expect(withWhen(when)).toMatchObject([
      { severity, counterexample: { contradiction: expect.any(String) as unknown } },
    ]);
  });

  test.each([
    { 'data.x': { $gte: 5, $lte: 5 } },
    { 'data.x': { $gt: 5, $lt: 10 } },
    { 'data.x': { $gt: '$user.limit', $lt: 5 } },
    { $or: [{ $and: [{ 'data.x': 1 }, { 'data.x': { $ne: 1 } }] }, { 'data.y': 1 }] },
    { 'data.x': { $in: ['a', 'b'], $ne: 'a' } },
    { 'data.x': { $in: [4, 9], $lt: 5 } },
    { 'data.x': { $in: [5, 9], $lte: 5 } },
    { 'data.x': { $in: [1, 6], $gt: 5 } },
    { 'data.x': { $in: [1, 5], $gte: 5 } },
    { 'data.x': { $in: [1, 5], $gte: '$user.limit' } },
    { $and: [{ 'data.x': { $in: ['a', 'b'] } }, { 'data.x': { $in: ['b', 'c'] } }] },
    { $and: [{ 'data.x': 'a' }, { 'data.y': 'b' }] },
    { 'data.x': { $lt: 5, $lte: 4 } },
  ])('%j may hold', (when) => {
    expect(withWhen(when)).toEqual([]);
  });
});

describe('a duty that is hidden by another', () => {
  const hidden = (duties: Readonly<Record<string, unknown>>) =>
    duty(duties)
      .findings.filter(({ rule }) => rule === 'hidden')
      .map(({ id, counterexample }) => [id, (counterexample?.hiddenBy as { id: string }).id]);

  test('is named with the one that hides it', () => {
    const three = { duty: 'distinct', model: 'M', tasks: ['A', 'B', 'C'] };
    expect(hidden({ three, apart: APART })).toEqual([['apart', 'three']]);
    expect(hidden({ one: APART, two: APART })).toEqual([['two', 'one']]);
    expect(hidden({ large: { ...APART, when: { 'data.n': { $gt: 5 } } }, all: APART })).toEqual([
      ['large', 'all'],
    ]);
    const whole = { duty: 'not-initiator', model: 'M' };
    expect(hidden({ whole, some: { ...whole, tasks: ['A'] } })).toEqual([['some', 'whole']]);
  });

  test('is not, where it forbids more: to administrators, in more cases, other tasks', () => {
    expect(hidden({ strict: { ...APART, strict: true }, apart: APART })).toEqual([['apart', 'strict']]);
    expect(hidden({ apart: APART, other: { ...APART, task: 'C' } })).toEqual([]);
    expect(
      hidden({ each: { duty: 'distinct', model: 'M', tasks: ['A', 'B'], eachItem: true }, apart: APART }),
    ).toEqual([['apart', 'each']]);
    expect(hidden({ wide: { ...APART, did: { model: 'M', task: 'A' } }, apart: APART })).toEqual([]);
  });
});

describe('a task that is left to nobody', () => {
  const left = (duties: Readonly<Record<string, unknown>>, more = {}) =>
    duty(duties, more)
      .findings.filter(({ rule }) => rule === 'nobody-left')
      .map(({ message }) => message);

  test('is reported with an example of who does what', () => {
    const models = modelOf({ A: { before: ['B'] }, B: { groups: [], users: ['kim'] } });
    const { findings } = duty({ apart: APART }, { models });
    expect(findings).toMatchObject([
      {
        severity: 'error',
        message: 'If kim does A, nobody is left for B.',
        counterexample: {
          did: [{ model: 'M', task: 'A', user: 'kim' }],
          left: { model: 'M', task: 'B' },
          duties: ['apart'],
        },
      },
    ]);
  });

  test('an impossible order of tasks is not a counterexample', () => {
    const kimFirst = modelOf({ A: { groups: [], users: ['kim'], before: ['B'] }, B: {} });
    expect(left({ apart: APART }, { models: kimFirst })).toEqual([]);
    const anyOrder = modelOf({ A: { groups: [], users: ['kim'] }, B: {} });
    expect(left({ apart: APART }, { models: anyOrder })).toEqual(['If kim does B, nobody is left for A.']);
  });

  test('what was done in another case of the same process chain counts, as the duty says', () => {
    const done = { ...APART, did: { model: 'N', task: 'A' } };
    const models = new Map([
      ...modelOf({ B: { groups: [], users: ['kim'] } }),
      ['N', { ...(modelOf({ A: {} }).get('M') as LintModel), name: 'N' }] as const,
    ]);
    expect(duty({ done }, { models }).findings).toMatchObject([
      {
        message: 'If kim does A, nobody is left for B.',
        counterexample: {
          did: [{ model: 'N', task: 'A', user: 'kim' }],
          left: { model: 'M', task: 'B' },
          duties: ['done'],
        },
      },
    ]);
  });

  test('three tasks take three people', () => {
    const three = { three: { duty: 'distinct', model: 'M', tasks: ['A', 'B', 'C'] } };
    expect(left(three)).toEqual([]);
    expect(left(three, { people: people('kim', 'lee') })).toEqual([
      'If kim does A and lee does B, nobody is left for C.',
    ]);
  });

  test('duties add up, with who starts the case', () => {
    const both = { apart: APART, starter: { duty: 'not-initiator', model: 'M', tasks: ['B'] } };
    expect(left(both, { people: people('kim', 'lee') })).toEqual([
      'If kim starts the case and lee does A, nobody is left for B.',
    ]);
    expect(left(both)).toEqual([]);
  });

  test('two contradictory duties leave a task to nobody', () => {
    const opposite = { together: { ...APART, duty: 'must-be-who-did' }, apart: APART };
    expect(left(opposite, { people: [] })).toEqual([
      expect.stringContaining('Whoever does A, nobody is left for B'),
    ]);
  });

  test('administrators do not count; where nobody is known, it says so', () => {
    const admins = [{ userName: 'root', userGroups: ['ADMIN', 'staff'] }, ...people('kim')];
    expect(left({ apart: APART }, { people: admins })).toEqual(['If kim does A, nobody is left for B.']);
    expect(duty({ apart: APART }, { people: [] })).toMatchObject({
      complete: false,
      leftOut: [expect.stringContaining('no people are known')],
    });
  });

  test('the work is limited, and the linter reports what it skipped', () => {
    const many = Array.from(
      { length: 300 },
      (_, at) => [`d${at}`, { ...APART, when: { 'data.n': at } }] as const,
    );
    const report = duty(Object.fromEntries(many));
    expect(report.complete).toBe(false);
  });
});

describe('the grid', () => {
  const rule = (more: object) => ({
    effect: 'Allow',
    users: 'all',
    privilege: 'Perform',
    on: { process: 'M', task: 'A' },
    ...more,
  });
  const found = (entries: Readonly<Record<string, Readonly<Record<string, unknown>>>>) =>
    run(entries).findings.map(({ rule: name, kind, id, severity }) => [name, kind, id, severity]);

  test('a rule that contradicts itself, or names whom nobody is, never holds', () => {
    expect(
      found({
        'grid-rule': {
          never: rule({ for: { 'data.x': { $exists: false, $gt: 1 } } }),
          empty: rule({ users: { group: 'nobodies' } }),
          unknown: rule({ users: { user: 'zoe' } }),
          fine: rule({ users: { group: 'staff' } }),
        },
      }),
    ).toEqual([
      ['never-holds', 'grid-rule', 'never', 'error'],
      ['never-holds', 'grid-rule', 'empty', 'error'],
      ['never-holds', 'grid-rule', 'unknown', 'error'],
    ]);
  });

  test('a label that no satisfiable rule gives is won by nobody, and rules about it never hold', () => {
    expect(
      found({
        'grid-label': { Author: {}, Judge: {} },
        'grid-rule': {
          writes: rule({ users: { group: 'nobodies' }, as: 'Author' }),
          corrects: rule({ users: { role: 'Author' }, on: { process: 'M', task: 'B' } }),
        },
      }),
    ).toEqual([
      ['never-holds', 'grid-rule', 'writes', 'error'],
      ['never-holds', 'grid-rule', 'corrects', 'error'],
      ['label-not-won', 'grid-label', 'Author', 'error'],
      ['label-not-won', 'grid-label', 'Judge', 'error'],
    ]);
  });

  test('a rule that another says too is hidden; one that another forbids is an error', () => {
    expect(
      found({
        'grid-rule': {
          staff: rule({ users: { group: 'staff' } }),
          large: rule({ users: { group: 'staff' }, for: { 'data.n': { $gt: 5 } } }),
          other: rule({ users: { group: 'staff' }, on: { process: 'M', task: 'B' } }),
        },
      }),
    ).toEqual([['hidden', 'grid-rule', 'large', 'warning']]);
    expect(
      found({ 'grid-rule': { all: rule({}), none: rule({ effect: 'Restrict', on: { process: 'M' } }) } }),
    ).toEqual([['hidden', 'grid-rule', 'all', 'error']]);
  });

  test('people are those whom the grid lets perform: a rule closes a task to all others', () => {
    const entries = {
      duty: { apart: APART },
      'grid-rule': { b: rule({ users: { user: 'kim' }, on: { process: 'M', task: 'B' } }) },
    };
    expect(run(entries).findings).toMatchObject([{ message: 'If kim does A, nobody is left for B.' }]);
  });
});

describe('what the linter leaves out is named', () => {
  const many = (count: number, made: (at: number) => object) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`e${at}`, made(at)]));

  test('rules of the grid, where they are too many to be compared', () => {
    const rules = many(300, (at) => ({
      effect: 'Allow',
      users: 'all',
      privilege: 'Perform',
      on: { process: 'M', task: 'A' },
      for: { 'data.n': at },
    }));
    const { complete, leftOut } = run({ 'grid-rule': rules });
    expect(complete).toBe(false);
    expect(leftOut).toContain('which rules of the grid hide each other');
  });

  test('duties, where they are too many to be compared', () => {
    const { leftOut } = duty(many(300, (at) => ({ ...APART, when: { 'data.n': at } })));
    expect(leftOut).toContain('which duties hide each other');
  });

  test('tasks, where no people are known', () => {
    expect(duty({ apart: APART }, { people: [] }).leftOut).toContain(
      'which tasks duties leave to nobody: no people are known',
    );
  });
});
