import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { and, eq, or, type Condition } from '../../../src/core/condition/condition.js';
import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { compileForAll, type PrincipalPredicate } from '../../../src/core/evaluation/evaluate.js';
import { itemOf, partsOf } from '../../../src/core/evaluation/frame.js';
import { OPERATIONS, type Operation } from '../../../src/core/operation.js';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';
import type { Policy } from '../../../src/core/policy.js';
import * as builtIn from '../../../src/core/policies/built-in-rules.js';
import { CaseRoles } from '../../../src/core/policies/case-roles/case-roles.js';
import { LISTS, TOGETHER } from '../../../src/core/policies/generated-rules.js';
import { taskRulesPolicy } from '../../../src/core/policies/task-rules.js';
import { tenants } from '../../../src/core/policies/tenants.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';
import { CASES } from '../../support/cases.js';
import { HOSTILE_VALUES, polluted } from '../hostile.js';

const { codeOfBuiltIn } = require('../../../scripts/rules-code.cjs') as {
  codeOfBuiltIn(module: typeof builtIn): string;
};
const FILE = path.join(__dirname, '../../../src/core/policies/generated-rules.ts');
const { lists, combinations } = builtIn.BUILT_IN;
const WAYS = ['allowed', 'refused'] as const;

/** A database's own number: its type is told by its prototype. */
class Long {
  constructor(readonly value: number) {}
  toString(): string {
    return String(this.value);
  }
}
Object.defineProperty(Long.prototype, '_bsontype', { value: 'Long' });

const names = fc.constantFrom<unknown>('alice', 'bob', 'acme', 'hr');
const wild = fc.oneof(fc.constantFrom(...HOSTILE_VALUES), fc.constant(new Long(1)));
const listed = fc.array(fc.oneof(names, fc.constantFrom(null, ['alice'], { open: true })), { maxLength: 3 });
const value = fc.oneof({ weight: 6, arbitrary: names }, { weight: 2, arbitrary: listed }, wild);
const flag = fc.oneof({ weight: 4, arbitrary: fc.boolean() }, wild, fc.constant([true]));

type Fields = Record<string, unknown>;
/** An object with the same fields, had in another way. */
const SHAPES: readonly ((fields: Fields) => unknown)[] = [
  (fields) => Object.create(fields),
  (fields) => Object.assign(Object.create(null), fields),
  (fields) => Object.freeze(fields),
  (fields) => new Proxy(fields, {}),
  // It answers for fields that it does not have.
  (fields) => new Proxy({}, { get: (_target, key) => fields[key as string] }),
  (fields) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        Object.keys(fields).map((key) => [key, { get: () => fields[key], enumerable: true }]),
      ),
    ),
  (fields) => [fields],
  (fields) => [{}, null, fields, [fields]],
  (fields) => Object.assign([], fields),
  (fields) => Object.assign(new Date(0), fields),
  (fields) => ({ ...fields, _bsontype: 'Binary' }),
  (fields) => Object.assign(() => undefined, fields),
];
const shaped = (fields: fc.Arbitrary<Fields>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: fields },
    { weight: 3, arbitrary: fc.tuple(fields, fc.constantFrom(...SHAPES)).map(([one, as]) => as({ ...one })) },
    { weight: 1, arbitrary: wild },
  );
const some = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  shaped(fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Fields>);

const flags = { open: flag, closed: flag, suspendable: flag };
const people = { owner: value, startedBy: value, completedBy: value };
const item = some({
  type: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<unknown>('bpmn:UserTask', 'bpmn:StartEvent') },
    fc.constant(['bpmn:UserTask', 'x']),
    wild,
  ),
  assignee: value,
  candidateUsers: value,
  candidateGroups: value,
  status: fc.oneof({ weight: 6, arbitrary: fc.constantFrom<unknown>('wait', 'end') }, wild),
  guard: fc.oneof(
    some({ ...flags, ...people }),
    some({ ...flags, ...people, rejectedBy: value }),
    fc.constant(undefined),
  ),
});
const instance = some({
  tenantId: fc.oneof({ weight: 8, arbitrary: fc.constantFrom('acme', null, undefined) }, value),
  guard: some({
    startedBy: value,
    isCase: flag,
    caseHolders: some({ users: value, groups: value }),
  }),
  items: fc.oneof({ weight: 6, arbitrary: fc.array(item, { maxLength: 4 }) }, shaped(fc.constant({})), wild),
});
const resource = shaped(fc.record({ item, instance }, { requiredKeys: [] })) as fc.Arbitrary<Resource>;
const principal = fc
  .record({
    userName: fc.constantFrom('alice', 'bob'),
    userGroups: fc.subarray(['hr', 'alice', 'ADMIN', 'SYSTEM']),
    tenantId: fc.constantFrom(undefined, 'acme', 'bob'),
  })
  .map((info) => new SecureUser(info));

/** What comes of it: an answer, or the error of who looks. */
function outcome(holds: () => boolean): boolean | string {
  try {
    return holds();
  } catch (error) {
    return String(error);
  }
}

/** Compares two predicates on generated resources; both answers must occur. */
function agree(coded: PrincipalPredicate, interpreted: PrincipalPredicate): void {
  const met = { allowed: 0, refused: 0 };
  fc.assert(
    fc.property(resource, principal, (one, who) => {
      const expected = outcome(() => interpreted(one, who));
      expect(outcome(() => coded(one, who))).toBe(expected);
      met[WAYS[expected === true ? 0 : 1]]++;
    }),
    { numRuns: 1_500 * CASES },
  );
  for (const way of WAYS) expect(met[way]).toBeGreaterThan(0);
}

const conditionOf = (name: string): Condition =>
  builtIn.togetherOf(lists.find((one) => one.name === name) as (typeof lists)[number]);

test('the code is what is written from the conditions of today', () => {
  const bare = (code: string): string => code.replace(/\s+|,(?=\s*[)\]}])/g, '').replaceAll('"', "'");
  expect(bare(readFileSync(FILE, 'utf8'))).toBe(bare(codeOfBuiltIn(builtIn)));
});

test('every list and combination has code, and no code has none', () => {
  expect(Object.keys(LISTS)).toEqual(lists.map(({ name }) => name));
  expect(Object.keys(TOGETHER)).toEqual(combinations.map(({ name }) => name));
});

test.each(lists.map(({ name }) => name))('the code of the list %s agrees with its conditions', (name) => {
  const coded: PrincipalPredicate = (one, who) => {
    const parts = partsOf(one);
    return LISTS[name]?.(itemOf(parts), parts, who) === true;
  };
  agree(coded, compileForAll(conditionOf(name)));
});

test.each(combinations)('the code of $name agrees with its conditions', ({ name, permits, restricts }) => {
  const condition = and(...restricts.map(conditionOf), or(...permits.map(conditionOf)));
  agree(TOGETHER[name] as PrincipalPredicate, compileForAll(condition));
});

const CASE_ROLES = new CaseRoles(PolicySet.EMPTY);
const mine = (permits: boolean): Policy => {
  const rules = Object.freeze([
    Object.freeze({ id: 'status', says: 'it waits', when: eq('item.status', 'wait') }),
  ]);
  const answer = Object.freeze(permits ? { permissive: rules } : { restrictive: rules });
  return { name: 'mine', answer: (_who, operation) => (operation.startsWith('task:') ? answer : {}) };
};

describe.each([
  ['the task rules and tenants', [taskRulesPolicy, tenants]],
  ['these and case roles', [taskRulesPolicy, tenants, CASE_ROLES]],
  ['a policy that permits more', [mine(true), taskRulesPolicy, tenants, CASE_ROLES]],
  ['a policy that restricts', [taskRulesPolicy, tenants, mine(false)]],
] as const)('under %s', (_name, policies) => {
  const point = createDecisionPoint(policies);

  test('a decision is the same without reasons, by code, and with them, rule by rule', () => {
    const met = { allowed: 0, refused: 0 };
    fc.assert(
      fc.property(item, instance, principal, (one, around, who) => {
        const asked = { item: one, instance: around } as Resource;
        for (const operation of Object.keys(OPERATIONS) as Operation[]) {
          const expected = outcome(() => point.decide(who, operation, asked).allowed);
          expect([operation, outcome(() => point.allows(who, operation, asked))]).toEqual([
            operation,
            expected,
          ]);
          met[WAYS[expected === true ? 0 : 1]]++;
        }
      }),
      { numRuns: 400 * CASES },
    );
    for (const way of WAYS) expect(met[way]).toBeGreaterThan(0);
  });
});

test('what all objects inherit opens nothing', () => {
  const point = createDecisionPoint([taskRulesPolicy, tenants, CASE_ROLES]);
  const alice = new SecureUser({ userName: 'alice', tenantId: 'acme' });
  const bare = { item: { type: 'bpmn:UserTask' }, instance: { tenantId: 'acme', items: [{}] } };
  const inherited = {
    ...{ assignee: 'alice', candidateUsers: ['alice'], open: true, owner: 'alice', startedBy: 'alice' },
    ...{ completedBy: 'alice', suspendable: true, guard: { open: true, startedBy: 'alice' }, isCase: true },
    caseHolders: { users: ['alice'] },
  };
  polluted(inherited, () => {
    for (const operation of Object.keys(OPERATIONS) as Operation[])
      expect([operation, point.allows(alice, operation, bare)]).toEqual([operation, false]);
  });
  polluted({ ...inherited, tenantId: 'acme', type: 'bpmn:UserTask' }, () => {
    for (const operation of Object.keys(OPERATIONS) as Operation[])
      expect([operation, point.allows(alice, operation, { item: {}, instance: { items: [] } })]).toEqual([
        operation,
        false,
      ]);
  });
});
