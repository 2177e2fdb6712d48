import fc from 'fast-check';
import { Compilations } from '../../../src/core/decision/compilations.js';
import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { isGuardError } from '../../../src/core/errors.js';
import { atOnce } from '../../../src/core/in-steps.js';
import { OPERATIONS, type Operation } from '../../../src/core/operation.js';
import type { Facts } from '../../../src/core/policy.js';
import { changedSet, compileSet, readChanges } from '../../../src/core/policy-set/kinds.js';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';
import { narrowedTaskRules, taskRulesPolicy } from '../../../src/core/policies/task-rules.js';
import { ADMIN, SecureUser } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';
import { CASES } from '../../support/cases.js';

/** What is accepted must not fail later: a rule that throws in a decision would stop all work that it is about. */
const PEOPLE = [
  new SecureUser({ userName: 'ann', userGroups: ['g'], attributes: { x: 1, list: ['a'] } }),
  new SecureUser({ userName: 'admin', userGroups: [ADMIN] }),
];
const item = { id: 't', elementId: 'T', type: 'bpmn:UserTask', status: 'wait', guard: {} };
const instance = { id: 'i', name: 'P', data: { x: 1 }, items: [item], guard: { roles: {} } };
const PLACES: readonly Resource[] = [
  { item, instance },
  { instance },
  { model: { name: 'P' }, start: { elementId: 'T', data: { x: 1 } } },
  { model: { name: 'P' } },
  {},
] as readonly Resource[];
const QUESTIONS: readonly (readonly [Operation, Facts])[] = [
  ...(Object.keys(OPERATIONS) as Operation[]).map((operation) => [operation, {}] as const),
  ['instance:message', { starts: true }],
  ['instance:signal', { starts: true }],
  ['instance:start', { anyData: true }],
  ['task:reject', { undo: true }],
  ['system:policy', { about: 'changes' }],
];

/** Asks everything of a set; returns what failed. */
function failuresOf(set: PolicySet): unknown[] {
  const compilations = new Compilations();
  const { policies, grid } = compileSet(set);
  atOnce(grid.prepare((answer) => compilations.prepare(answer)));
  const { narrowing } = grid;
  const taskRules = narrowing === undefined ? taskRulesPolicy : narrowedTaskRules(narrowing);
  const point = createDecisionPoint([taskRules, ...policies], compilations, true);
  const failures: unknown[] = [];
  for (const person of PEOPLE) {
    point.hidden(person);
    for (const [operation, facts] of QUESTIONS) {
      const ruling = point.ask(person, operation, facts);
      if (ruling.failure === undefined) ruling.scope();
      else failures.push([operation, ruling.failure.cause]);
      for (const resource of PLACES) ruling.decide(resource);
    }
    for (const starts of [false, true])
      for (const resource of PLACES) {
        grid.labelsWonBy(person, resource, starts);
        grid.against(person, resource);
      }
  }
  return failures;
}

/** The set with these entries; undefined if they are refused, as they must be: with a code. */
function accepted(changes: readonly unknown[]): PolicySet | undefined {
  try {
    return changedSet(PolicySet.EMPTY, readChanges(changes));
  } catch (error) {
    if (!isGuardError(error)) throw error;
    return undefined;
  }
}

const LARGE = ['source', 'svg', 'logs', 'savePoints', 'loops', 'all'];
const field = fc.oneof(
  fc.constantFrom(
    ...LARGE.map((name) => `instance.${name}`),
    ...[
      'data.x',
      'data.a.0.b',
      'data.',
      'data',
      'roles.L',
      'roles',
      'instance.items',
      'instance.items.status',
    ],
    ...[
      'item.status',
      'model.name',
      'start.data.x',
      'user.x',
      'user.userGroups',
      'instance.guard',
      'items',
      'x',
    ],
    ...[
      'instance',
      'instance.',
      'data.constructor',
      'data.$x',
      'instance.source.deep',
      'instance.guard.roles.L',
    ],
  ),
  fc.string({ maxLength: 6 }).map((text) => `data.${text}`),
);
const value = fc.oneof(
  fc.constantFrom<unknown>(
    1,
    -0,
    true,
    null,
    'a',
    '',
    '$user.x',
    '$user.list',
    '$data.x',
    '$role.L',
    '$nobody',
    [],
  ),
  fc.array(fc.constantFrom<unknown>('a', 1, true, null, '$user.x'), { maxLength: 3 }),
  fc.string({ maxLength: 4 }),
  fc.double(),
);
const operator = fc.constantFrom('$eq', '$ne', '$lt', '$gte', '$in', '$nin', '$exists', '$not', '$regex');
const test1 = fc.oneof(value, fc.dictionary(operator, value, { minKeys: 1, maxKeys: 2 }));
const { condition } = fc.letrec<{ condition: Record<string, unknown> }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.dictionary(field, test1, { minKeys: 1, maxKeys: 2 }),
    fc.dictionary(
      fc.constantFrom('$and', '$or', '$nor'),
      fc.array(tie('condition'), { minLength: 1, maxLength: 2 }),
      { minKeys: 1, maxKeys: 1 },
    ),
    tie('condition').map((one) => ({ items: { $elemMatch: one } })),
    tie('condition').map((one) => ({ $not: one })),
  ),
}));
const process = fc.constantFrom('P', 'Q');
const rule = fc.record(
  {
    effect: fc.constantFrom('Allow', 'Restrict'),
    users: fc.oneof(
      fc.constantFrom<unknown>('all', { group: 'g' }, { user: 'ann' }, { role: 'L' }),
      condition.map((where) => ({ where })),
    ),
    privilege: fc.constantFrom('View', 'Perform', 'Assign', 'Re-Assign', 'Monitor'),
    on: fc.oneof(
      fc.constant<unknown>('system'),
      fc.record({ process }),
      fc.record({ process, task: fc.constant('T') }),
      fc.record({ process, event: fc.constant('T') }),
    ),
    for: condition,
    as: fc.constant('L'),
  },
  { requiredKeys: ['effect', 'users', 'privilege', 'on'] },
);
const duty = fc.record(
  {
    duty: fc.constantFrom('not-initiator', 'distinct'),
    model: process,
    tasks: fc.constant(['T', 'U']),
    when: condition,
  },
  { requiredKeys: ['duty', 'model', 'tasks'] },
);
const entry = fc.oneof(
  rule.map((one) => ({ kind: 'grid-rule', value: one as unknown })),
  duty.map((one) => ({ kind: 'duty', value: one as unknown })),
  field.map((path) => ({ kind: 'case-field', id: path, value: { roles: ['r'] } })),
);

/** Rules beside which each process is compiled by itself. */
const BESIDE = Array.from({ length: 210 }, (_, at) => ({
  kind: 'grid-rule',
  id: `beside ${at}`,
  value: { effect: 'Allow', users: { group: `g${at}` }, privilege: 'View', on: { process: `P${at % 3}` } },
}));

test.each([
  ['few rules', [], 400],
  ['many rules', BESIDE, 60],
] as const)('no entry that is accepted fails in a decision or a list: %s', (_what, beside, numRuns) => {
  let tried = 0;
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 3 }), (entries) => {
      for (const [at, one] of entries.entries()) {
        const set = accepted([
          { kind: 'grid-label', id: 'L', value: { multiple: 2 } },
          ...beside,
          { id: `e${at}`, ...one },
        ]);
        if (set === undefined) continue;
        tried++;
        expect(failuresOf(set)).toEqual([]);
      }
    }),
    { numRuns: numRuns * CASES },
  );
  expect(tried).toBeGreaterThan(numRuns / 10);
});

describe.each(['View', 'Perform', 'Assign', 'Re-Assign'])('a rule about %s', (privilege) => {
  test.each(LARGE.flatMap((name) => [`instance.${name}`, `instance.${name}.deep`]))(
    'cannot refer to %s, which lists do not load',
    (name) => {
      const value = { effect: 'Restrict', users: 'all', privilege, on: { process: 'P' } };
      const read = (json: object): unknown =>
        readChanges([{ kind: 'grid-rule', id: 'r', value: { ...value, for: json } }]);
      const refused = expect.objectContaining({ code: 'bad-policy', message: expect.stringContaining(name) });
      expect(() => read({ [name]: { $exists: false } })).toThrow(refused);
      expect(() => read({ $or: [{ 'data.x': 1 }, { $nor: [{ [name]: 'x' }] }] })).toThrow(refused);
    },
  );
});
