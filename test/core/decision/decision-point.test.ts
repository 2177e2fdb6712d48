import fc from 'fast-check';
import { byCases } from '../../../src/core/condition/cases.js';
import {
  and,
  compare,
  eq,
  EVERYTHING,
  exists,
  not,
  NOTHING,
  or,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { createDecisionPoint, type DecisionPoint } from '../../../src/core/decision/decision-point.js';
import { tryPolicies, unmarkedRules } from '../../../src/core/decision/tried-policies.js';
import { compile } from '../../../src/core/evaluation/evaluate.js';
import type { StatedMark } from '../../../src/core/marks/mark.js';
import { OPERATIONS, type Operation } from '../../../src/core/operation.js';
import type { Policy, PolicyAnswer } from '../../../src/core/policy.js';
import { taskRulesPolicy } from '../../../src/core/policies/task-rules.js';
import { tenants } from '../../../src/core/policies/tenants.js';
import { SecureUser, SYSTEM_USER } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';
import type { Scope } from '../../../src/core/decision/scope.js';
import { condition, principal, resource } from '../arbitraries.js';
import { polluted } from '../hostile.js';

const ALICE = new SecureUser({ userName: 'alice', userGroups: ['hr'] });
const ADMIN = new SecureUser({ userName: 'root', userGroups: ['ADMIN'], tenantId: 'acme' });
const SYSTEM_OF_ACME = new SecureUser({ userName: 'job', userGroups: ['SYSTEM'], tenantId: 'acme' });
const OPERATION_NAMES = Object.keys(OPERATIONS) as Operation[];
const operation = fc.constantFrom(...OPERATION_NAMES);

const A = eq('item.a', 1);
const B = eq('item.b', 1);
const C = eq('item.c', 1);

const rule = (when: Condition, search?: readonly StatedMark[]) => ({
  id: 'rule',
  says: 'a rule',
  when,
  search,
});
const policy = (name: string, answer: unknown): Policy => ({ name, answer: () => answer as PolicyAnswer });
const permits = (name: string, ...conditions: Condition[]): Policy =>
  policy(name, { permissive: conditions.map((c) => rule(c)) });
const restricts = (name: string, ...conditions: Condition[]): Policy =>
  policy(name, { restrictive: conditions.map((c) => rule(c)) });
const throws: Policy = {
  name: 'broken',
  answer: () => {
    throw new Error('rules could not be read');
  },
};

/** A resource with every part, so that every rule can be asked. */
const whole = (one: Resource): Resource => ({
  start: {},
  model: {},
  item: {},
  ...one,
  // Items that are undefined were not loaded, which lists do not know.
  instance: { ...one.instance, items: one.instance?.items ?? [] },
});

const inScope = (scope: Scope, one: Resource): boolean =>
  scope.kind === 'everything' || (scope.kind === 'condition' && compile(scope.condition)(one));

/** No scope, because a policy failed, admits nothing. */
function scopeAdmits(point: DecisionPoint, who: SecureUser, what: Operation, one: Resource): boolean {
  if (point.ask(who, what).failure !== undefined) return false;
  return inScope(point.scope(who, what), one);
}

/** The three questions of the decision point, which must have one answer. */
function answers(
  point: DecisionPoint,
  who: SecureUser,
  one: Resource,
  what: Operation = 'task:read',
): boolean[] {
  return [
    point.decide(who, what, one).allowed,
    point.allows(who, what, one),
    scopeAdmits(point, who, what, one),
  ];
}
const ALL = (answer: boolean): boolean[] => [answer, answer, answer];

describe('how policies combine', () => {
  test.each<[what: string, policies: Policy[], item: Record<string, unknown>, expected: boolean]>([
    ['no policy at all denies', [], { a: 1 }, false],
    ['a policy without an answer denies', [policy('p', {})], { a: 1 }, false],
    ['a rule that holds permits', [permits('p', A)], { a: 1 }, true],
    ['a rule that does not hold permits nothing', [permits('p', A)], { a: 2 }, false],
    ['one of two rules is enough', [permits('p', A, B)], { b: 1 }, true],
    ['one of two policies is enough', [permits('p', A), permits('q', B)], { b: 1 }, true],
    ['a restriction alone permits nothing', [restricts('r', A)], { a: 1 }, false],
    [
      'a restriction that holds lets the permission stand',
      [permits('p', A), restricts('r', B)],
      { a: 1, b: 1 },
      true,
    ],
    ['a restriction that does not hold takes it away', [permits('p', A), restricts('r', B)], { a: 1 }, false],
    ['every restriction must hold', [permits('p', A), restricts('r', B, C)], { a: 1, b: 1 }, false],
    [
      'restrictions of several policies must all hold',
      [permits('p', A), restricts('r', B), restricts('s', C)],
      { a: 1, b: 1 },
      false,
    ],
    ['the order of policies does not matter', [restricts('r', B), permits('p', A)], { a: 1 }, false],
    [
      'a permission from one policy is cut by the restriction of another',
      [permits('p', EVERYTHING), restricts('r', B)],
      { b: 2 },
      false,
    ],
  ])('%s', (_what, policies, item, expected) => {
    expect(answers(createDecisionPoint(policies), ALICE, { item })).toEqual(ALL(expected));
  });

  test('an empty request is denied', () => {
    for (const name of OPERATION_NAMES)
      expect(answers(createDecisionPoint([taskRulesPolicy, tenants]), ALICE, {}, name)).toEqual(ALL(false));
  });

  test('a value that the principal lacks permits nothing, even under negation', () => {
    const lacks = eq('item.a', { ref: 'user', path: 'missing' });
    for (const when of [lacks, not(lacks), not(and(EVERYTHING, lacks))])
      expect(answers(createDecisionPoint([permits('p', when)]), ALICE, { item: { a: 1 } })).toEqual(
        ALL(false),
      );
  });

  test('a restriction on a value that the principal lacks is never satisfied', () => {
    const lacks = eq('item.a', { ref: 'user', path: 'missing' });
    for (const when of [lacks, not(lacks)])
      expect(
        answers(createDecisionPoint([permits('p', EVERYTHING), restricts('r', when)]), ALICE, {
          item: { a: 1 },
        }),
      ).toEqual(ALL(false));
  });
});

describe('a policy that fails', () => {
  const FAILURES: [what: string, policy: Policy][] = [
    ['throws', throws],
    ['answers undefined', policy('broken', undefined)],
    ['answers null', policy('broken', null)],
    ['answers true', policy('broken', true)],
    ['answers a list', policy('broken', [rule(A)])],
    ['answers a promise', policy('broken', Promise.resolve({ restrictive: [rule(A)] }))],
    ['misspells its list', policy('broken', { restrict: [rule(A)] })],
    ['answers a text for rules', policy('broken', { permissive: 'all' })],
    ['answers null for rules', policy('broken', { restrictive: null })],
    ['answers a rule without a condition', policy('broken', { permissive: [{ id: 'x', says: 'x' }] })],
    ['answers null among its rules', policy('broken', { restrictive: [null] })],
    [
      'answers an unknown condition',
      policy('broken', { permissive: [rule({ op: 'matches', field: 'item.a' } as unknown as Condition)] }),
    ],
    [
      'answers an undefined value',
      policy('broken', {
        permissive: [rule({ op: 'eq', field: 'item.missing', value: undefined } as unknown as Condition)],
      }),
    ],
    [
      'answers an undefined value in a list',
      policy('broken', {
        permissive: [rule({ op: 'in', field: 'item.missing', values: [undefined] } as unknown as Condition)],
      }),
    ],
    [
      'answers a condition without a field',
      policy('broken', { permissive: [rule({ op: 'exists', present: false } as unknown as Condition)] }),
    ],
    [
      'answers an order between two fields',
      policy('broken', {
        permissive: [rule({ op: 'lt', field: 'item.a', value: { ref: 'data', path: 'x' } })],
      }),
    ],
    ['has no answer at all', { name: 'broken' } as unknown as Policy],
  ];

  test.each(FAILURES)(
    '%s: nothing is allowed or disclosed, whatever other policies permit',
    (_what, broken) => {
      for (const policies of [
        [broken],
        [permits('p', EVERYTHING), broken],
        [broken, permits('p', EVERYTHING)],
      ]) {
        const point = createDecisionPoint(policies);
        const one = { item: { a: 1 } };
        expect(point.allows(ALICE, 'task:read', one)).toBe(false);
        expect(point.decide(ALICE, 'task:read', one)).toMatchObject({
          allowed: false,
          couldNotTell: 'could not tell: the policy broken failed',
          reasons: [
            {
              policy: 'broken',
              rule: 'error',
              effect: 'failed',
              holds: false,
              says: 'the policy broken failed',
            },
          ],
        });
      }
    },
  );

  test.each(FAILURES)(
    '%s: the scope throws instead of being empty, which would look like an empty list',
    (_what, broken) => {
      const point = createDecisionPoint([permits('p', EVERYTHING), broken]);
      expect(() => point.scope(ALICE, 'task:read')).toThrow(
        expect.objectContaining({ code: 'could-not-tell', status: 503 }) as Error,
      );
    },
  );

  test.each(FAILURES)('%s: neither ADMIN nor SYSTEM is locked out', (_what, broken) => {
    const point = createDecisionPoint([tenants, broken]);
    const own = { item: {}, instance: { tenantId: 'acme' } };
    for (const who of [ADMIN, SYSTEM_USER, SYSTEM_OF_ACME])
      expect(answers(point, who, own)).toEqual(ALL(true));
  });

  test('that is not waivable makes the answer for ADMIN "could not tell", but not for SYSTEM across tenants', () => {
    const point = createDecisionPoint([{ ...throws, waivable: false }]);
    expect(point.decide(ADMIN, 'task:read', { instance: { tenantId: 'acme' } }).couldNotTell).toBeDefined();
    expect(answers(point, SYSTEM_USER, { instance: { tenantId: 'acme' } })).toEqual(ALL(true));
  });
});

describe('administrators', () => {
  const point = createDecisionPoint([taskRulesPolicy, tenants, restricts('nobody', not(EVERYTHING))]);
  const rowOf = (tenantId: string | undefined): Resource => ({
    item: {},
    instance: { tenantId },
    model: { owner: tenantId },
  });

  test.each(OPERATION_NAMES.filter((name) => OPERATIONS[name].kind !== 'system'))(
    'pass %s in their own tenant only',
    (name) => {
      const nowhere = new SecureUser({ userName: 'root', userGroups: ['ADMIN'] });
      for (const [who, tenantId, expected] of [
        [ADMIN, 'acme', true],
        [ADMIN, 'globex', false],
        [ADMIN, undefined, false],
        [nowhere, undefined, true],
        [nowhere, 'acme', false],
        [SYSTEM_USER, 'acme', true],
        [SYSTEM_USER, undefined, true],
        [SYSTEM_OF_ACME, 'acme', true],
        [SYSTEM_OF_ACME, 'globex', false],
      ] as const) {
        expect([tenantId, who.userName, answers(point, who, rowOf(tenantId), name)]).toEqual([
          tenantId,
          who.userName,
          ALL(expected),
        ]);
      }
    },
  );

  test.each(OPERATION_NAMES.filter((name) => OPERATIONS[name].kind === 'system'))(
    'pass %s; other users do not',
    (name) => {
      for (const who of [ADMIN, SYSTEM_USER]) expect(answers(point, who, {}, name)).toEqual(ALL(true));
      for (const who of [ALICE, new SecureUser({ userName: 'dan', userGroups: ['DESIGNER'] })])
        expect(answers(point, who, {}, name)).toEqual(ALL(false));
    },
  );

  test('are named as such in the decision', () => {
    expect(point.decide(SYSTEM_USER, 'task:execute', {}).reasons).toEqual([
      {
        policy: 'administrators',
        rule: 'system',
        effect: 'permits',
        holds: true,
        says: 'SYSTEM may do everything in its tenant',
      },
    ]);
    expect(
      point.decide(ADMIN, 'task:execute', rowOf('acme')).reasons.map((r) => `${r.policy}/${r.rule}`),
    ).toEqual(['administrators/admin', 'tenants/own-tenant']);
  });
});

describe('the decision point', () => {
  test.each(['task:fly', '', '__proto__', 'constructor', undefined, null, 7, {}])(
    'throws on the unknown operation %j, also for SYSTEM',
    (name) => {
      const point = createDecisionPoint([permits('p', EVERYTHING)]);
      for (const who of [ALICE, SYSTEM_USER]) {
        for (const question of [
          () => point.decide(who, name as Operation, {}),
          () => point.allows(who, name as Operation, {}),
          () => point.scope(who, name as Operation),
        ]) {
          expect(question).toThrow(expect.objectContaining({ code: 'unknown-operation' }) as Error);
        }
      }
    },
  );

  test('lists every rule with its result', () => {
    const point = createDecisionPoint([permits('p', A, B), restricts('r', C)]);
    const decision = point.decide(ALICE, 'task:execute', { item: { b: 1, c: 1 } });
    expect(decision).toEqual({
      allowed: true,
      operation: 'task:execute',
      userName: 'alice',
      reasons: [
        { policy: 'p', rule: 'rule', effect: 'permits', holds: false, says: 'a rule' },
        { policy: 'p', rule: 'rule', effect: 'permits', holds: true, says: 'a rule' },
        { policy: 'r', rule: 'rule', effect: 'restricts', holds: true, says: 'a rule' },
      ],
    });
    for (const value of [decision, decision.reasons, ...decision.reasons])
      expect(Object.isFrozen(value)).toBe(true);
  });

  test('does not change when the list of policies it was built from changes', () => {
    const policies = [permits('p', A)];
    const point = createDecisionPoint(policies);
    policies.push(permits('q', EVERYTHING));
    expect(answers(point, ALICE, { item: {} })).toEqual(ALL(false));
  });

  test('refuses two policies with the same name', () => {
    expect(() => createDecisionPoint([permits('p', A), restricts('p', B)])).toThrow(
      new TypeError('Two policies are named "p"'),
    );
  });

  test('passes the principal, the operation and the facts to each policy', () => {
    const answer = jest.fn(() => ({}));
    const facts = { readableModels: ['m'] };
    createDecisionPoint([{ name: 'p', answer }]).decide(ALICE, 'model:read', {}, facts);
    expect(answer).toHaveBeenCalledWith(ALICE, 'model:read', facts);
  });

  test('uses the facts of the current question, not of an earlier one', () => {
    const point = createDecisionPoint([taskRulesPolicy]);
    const model = { model: { name: 'm' } };
    expect(point.allows(ALICE, 'model:read', model)).toBe(false);
    expect(point.allows(ALICE, 'model:read', model, { readableModels: ['m'] })).toBe(true);
    expect(point.allows(ALICE, 'model:read', model)).toBe(false);
  });

  test('caches nothing of one principal for another with the same name', () => {
    const point = createDecisionPoint([taskRulesPolicy, tenants]);
    const task = { item: { type: 'bpmn:UserTask', candidateGroups: ['hr'] }, instance: {} };
    expect(point.allows(ALICE, 'task:read', task)).toBe(true);
    expect(point.allows(new SecureUser({ userName: 'alice' }), 'task:read', task)).toBe(false);
    expect(
      point.allows(
        new SecureUser({ userName: 'alice', userGroups: ['hr'], tenantId: 'acme' }),
        'task:read',
        task,
      ),
    ).toBe(false);
  });

  test.each([
    ['is bound once where policies answer from their arguments alone', true],
    ['is bound anew where a policy may look at something else', false],
  ])('the scope of a principal %s', (_case, arePure) => {
    const point = createDecisionPoint([taskRulesPolicy, tenants], undefined, arePure);
    const scope = point.scope(ALICE, 'task:read');
    expect(point.scope(ALICE, 'task:read') === scope).toBe(arePure);
    expect(point.scope(ALICE, 'task:read')).toEqual(scope);
  });

  test('keeps no scope of one principal for another, nor of another operation', () => {
    const point = createDecisionPoint([taskRulesPolicy, tenants], undefined, true);
    const told = (principal: SecureUser): string => JSON.stringify(point.scope(principal, 'task:read'));
    const bob = new SecureUser({ userName: 'bob', userGroups: ['hr'] });
    for (const principal of [ALICE, bob, new SecureUser({ userName: 'alice', tenantId: 'acme' })])
      expect(told(principal)).toBe(
        JSON.stringify(createDecisionPoint([taskRulesPolicy, tenants]).scope(principal, 'task:read')),
      );
    expect(point.scope(ALICE, 'task:execute')).not.toEqual(point.scope(ALICE, 'task:read'));
  });

  test('forgets kept scopes once there are too many, and makes equal ones again', () => {
    const point = createDecisionPoint([taskRulesPolicy, tenants], undefined, true);
    const first = point.scope(ALICE, 'task:read');
    for (let i = 0; i < 200; i++) point.scope(new SecureUser({ userName: `u${i}` }), 'task:read');
    const again = point.scope(ALICE, 'task:read');
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  test('keeps no scope of what only looks like a principal, which may change', () => {
    const point = createDecisionPoint([taskRulesPolicy, tenants], undefined, true);
    const like = Object.create(ALICE) as SecureUser;
    Object.defineProperty(like, 'isAdmin', { value: () => false });
    Object.defineProperty(like, 'isSystem', { value: () => false });
    expect(point.scope(like, 'task:read')).not.toBe(point.scope(like, 'task:read'));
  });

  test('takes no rule from the object prototype', () => {
    const everything = {
      permissive: [rule(EVERYTHING)],
      readableModels: ['m'],
      item: { a: 1 },
      search: undefined,
    };
    const given = polluted(everything, () => [
      ...answers(createDecisionPoint([policy('p', {}), tenants]), ALICE, {}),
      ...answers(createDecisionPoint([permits('p', A)]), ALICE, {}),
      ...answers(createDecisionPoint([taskRulesPolicy]), ALICE, { model: { name: 'm' } }, 'model:read'),
    ]);
    expect(given).toEqual(given.map(() => false));
  });
});

describe('a rule about data that was not loaded', () => {
  const ofItems = some('instance.items', and(eq('item.elementId', 'first'), eq('item.by', 'alice')));
  const row: Resource = { item: { a: 1 }, instance: { id: 'i' } };

  test.each([
    ['a restriction', [permits('p', EVERYTHING), restricts('r', ofItems)]],
    ['the negation of a restriction', [permits('p', EVERYTHING), restricts('r', not(ofItems))]],
    ['a permission', [permits('p', ofItems)]],
    ['the negation of a permission', [permits('p', not(ofItems))]],
    [
      'one of the cases of a restriction',
      [
        permits('p', EVERYTHING),
        restricts(
          'r',
          byCases('instance.id', [
            ['other', A],
            ['i', not(ofItems)],
          ]),
        ),
      ],
    ],
  ])('%s makes the answer "could not tell"', (_what, policies) => {
    const point = createDecisionPoint(policies);
    expect(point.allows(ALICE, 'task:read', row)).toBe(false);
    expect(point.decide(ALICE, 'task:read', row)).toMatchObject({
      allowed: false,
      couldNotTell: expect.stringContaining('items, which was not loaded'),
    });
  });

  test('does not matter if another rule has decided', () => {
    const permitted = createDecisionPoint([permits('p', ofItems, A)]).decide(ALICE, 'task:read', row);
    expect([permitted.allowed, permitted.couldNotTell]).toEqual([true, undefined]);
    const refused = createDecisionPoint([permits('p', A), restricts('r', ofItems, B)]);
    const decision = refused.decide(ALICE, 'task:read', row);
    expect([decision.allowed, decision.couldNotTell]).toEqual([false, undefined]);
  });

  test('is evaluated once the data is loaded', () => {
    const items = [{ elementId: 'first', by: 'alice' }];
    const loaded = { ...row, instance: { id: 'i', items } };
    expect(answers(createDecisionPoint([permits('p', ofItems)]), ALICE, loaded)).toEqual(ALL(true));
    expect(answers(createDecisionPoint([permits('p', not(ofItems))]), ALICE, loaded)).toEqual(ALL(false));
  });
});

describe('a condition that cannot be evaluated for the resource', () => {
  test.each<[operation: Operation, when: Condition]>([
    ['task:read', eq('model.name', 'm')],
    ['task:execute', not(eq('model.name', 'm'))],
    ['instance:read', eq('item.assignee', 'alice')],
    ['instance:read', exists('start.open', false)],
    ['instance:delete', some('model.guard.starts', eq('item.open', true))],
    ['model:read', eq('instance.name', 'm')],
    ['model:read', eq('model.owner', { ref: 'data', path: 'x' })],
    ['system:policy', eq('instance.name', 'm')],
    ['task:read', eq('instance.source', 'x')],
    ['instance:read', exists('instance.logs')],
  ])('fails the policy, in decisions and in lists: %s, %j', (operation, when) => {
    const policies = [permits('p', EVERYTHING), restricts('r', when)];
    const point = createDecisionPoint(policies);
    const one = whole({});
    expect(point.decide(ALICE, operation, one).couldNotTell).toContain('policy r failed');
    expect(() => point.scope(ALICE, operation)).toThrow('policy r failed');
    expect(tryPolicies(policies)).toContainEqual(expect.objectContaining({ policy: 'r', operation }));
  });

  test('is detected before a guard starts, by trying each policy on every operation', () => {
    expect(tryPolicies([taskRulesPolicy, tenants, permits('p', EVERYTHING)])).toEqual([]);
    const failed = tryPolicies([throws]);
    expect(failed.map(({ operation }) => operation)).toEqual(OPERATION_NAMES);
    expect(failed[0]).toMatchObject({ policy: 'broken', cause: new Error('rules could not be read') });
  });
});

describe('an event that would start an instance', () => {
  const point = createDecisionPoint([taskRulesPolicy, tenants]);
  const start = { open: false, users: ['alice'], groups: [] };

  test('may be sent by principals who may use the start event of a model in their tenant', () => {
    const one = { model: { name: 'm', owner: null }, start };
    const facts = { starts: true };
    expect(point.allows(ALICE, 'instance:message', one, facts)).toBe(true);
    expect(point.allows(new SecureUser({ userName: 'eve' }), 'instance:message', one, facts)).toBe(false);
    const elsewhere = { ...one, model: { name: 'm', owner: 'acme' } };
    expect(point.allows(ALICE, 'instance:message', elsewhere, facts)).toBe(false);
  });

  test('has no instance, so neither a rule about instances nor its negation holds', () => {
    const paid = eq('instance.data.paid', true);
    for (const when of [paid, not(paid)]) {
      const restricted = createDecisionPoint([permits('p', EVERYTHING), restricts('r', when)]);
      const decision = restricted.decide(ALICE, 'instance:message', { model: {}, start }, { starts: true });
      expect([decision.allowed, decision.couldNotTell]).toEqual([false, undefined]);
    }
  });
});

describe('two rulings', () => {
  const fresh = (value: number): Policy => ({
    name: 'fresh',
    answer: (_principal, operation) => ({
      restrictive: [rule(eq('item.a', operation === 'task:take' ? value : 1))],
    }),
  });

  test('are equal if their rules are, even if a policy rebuilds its conditions for each answer', () => {
    const point = createDecisionPoint([taskRulesPolicy, fresh(2)]);
    expect(point.ask(ALICE, 'task:assignees').equals(point.ask(ALICE, 'task:read'))).toBe(true);
  });

  test('differ if a condition or effect differs, or if a policy failed', () => {
    const point = createDecisionPoint([permits('p', A), fresh(2)]);
    expect(point.ask(ALICE, 'task:take').equals(point.ask(ALICE, 'task:read'))).toBe(false);
    const [permitted, restricted] = [permits('p', A), restricts('p', A)].map((one) =>
      createDecisionPoint([one]).ask(ALICE, 'task:read'),
    );
    expect(permitted?.equals(restricted as never)).toBe(false);
    const failed = createDecisionPoint([throws]).ask(ALICE, 'task:read');
    expect(failed.equals(failed)).toBe(false);
  });
});

describe('a policy whose answer changes', () => {
  test('takes effect at the next question: no earlier answer is cached', () => {
    let revoked = false;
    const point = createDecisionPoint([
      { name: 'p', answer: () => (revoked ? {} : { permissive: [rule(EVERYTHING)] }) },
    ]);
    const ask = (): boolean => point.allows(ALICE, 'task:read', { item: {} });
    expect(ask()).toBe(true);
    revoked = true;
    expect(ask()).toBe(false);
  });
});

describe('the marks by which a list is searched', () => {
  const waysOf = (who: SecureUser, ...rules: ReturnType<typeof rule>[]): unknown => {
    const scope = createDecisionPoint([policy('p', { permissive: rules }), tenants]).scope(who, 'task:read');
    return scope.kind === 'condition' ? scope.ways : undefined;
  };

  test('combine rules that name the same marks with rules that name none', () => {
    expect(waysOf(ALICE, rule(A, ['u:x']), rule(B), rule(C, ['u:x']), rule(A))).toEqual([
      { when: or(A, C), search: ['u:x'] },
      { when: or(B, A), search: undefined },
    ]);
  });

  test('ignore a rule that permits nothing', () => {
    expect(waysOf(ALICE, rule(A, ['u:x']), rule(not(EVERYTHING)))).toEqual([{ when: A, search: ['u:x'] }]);
  });

  test('are those of the tenant for administrators', () => {
    expect(waysOf(ADMIN, rule(A))).toEqual([{ when: EVERYTHING, search: ['t:'] }]);
  });

  test('exclude rules without marks, which are reported', () => {
    const point = createDecisionPoint([
      taskRulesPolicy,
      tenants,
      policy('p', {
        permissive: [
          { ...rule(compare('lt', 'instance.data.x', 1)), id: 'data' },
          { ...rule(eq('instance.data.y', 1), ['m:Invoice']), id: 'marked' },
          { ...rule(and(eq('instance.name', 'Invoice'), eq('instance.data.z', 1))), id: 'model' },
          { ...rule(NOTHING), id: 'nothing' },
        ],
      }),
    ]);
    for (const operation of ['task:read', 'instance:read'] as const) {
      expect(point.ask(ALICE, operation).unmarked()).toEqual(['p/data']);
      expect(point.ask(ADMIN, operation).unmarked()).toEqual([]);
    }
  });
});

describe('agreement', () => {
  const answer = fc.record(
    {
      permissive: fc.array(
        condition.map((c) => rule(c)),
        { maxLength: 3 },
      ),
      restrictive: fc.array(
        condition.map((c) => rule(c)),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  );

  test('decide, allows and scope answer alike, for any rules, principal and resource', () => {
    let allowed = 0;
    let runs = 0;
    fc.assert(
      fc.property(
        fc.array(answer, { maxLength: 3 }),
        principal,
        operation,
        resource,
        (list, who, what, one) => {
          const point = createDecisionPoint([tenants, ...list.map((entry, i) => policy(`p${i}`, entry))]);
          const [decided, ...others] = answers(point, who, whole(one), what);
          expect(others).toEqual([decided, decided]);
          runs++;
          if (decided) allowed++;
        },
      ),
      { numRuns: 2000 },
    );
    expect(allowed).toBeGreaterThan(0);
    expect(allowed).toBeLessThan(runs);
  });

  test('task rules: decide, allows and scope answer alike', () => {
    const point = createDecisionPoint([taskRulesPolicy, tenants]);
    fc.assert(
      fc.property(principal, operation, resource, (who, what, one) => {
        const [decided, ...others] = answers(point, who, whole(one), what);
        expect(others).toEqual([decided, decided]);
      }),
      { numRuns: 3000 },
    );
  });

  test('an additional permissive policy never denies, an additional restrictive policy never permits', () => {
    fc.assert(
      fc.property(answer, condition, principal, resource, (entry, more, who, one) => {
        const before = createDecisionPoint([policy('p', entry)]).allows(who, 'task:read', one);
        const wider = createDecisionPoint([policy('p', entry), permits('q', more)]).allows(
          who,
          'task:read',
          one,
        );
        const tighter = createDecisionPoint([policy('p', entry), restricts('q', more)]).allows(
          who,
          'task:read',
          one,
        );
        if (before) expect(wider).toBe(true);
        if (!before) expect(tighter).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('only SYSTEM reaches another tenant, whatever the other policies permit', () => {
    const point = createDecisionPoint([tenants, taskRulesPolicy, permits('generous', EVERYTHING)]);
    fc.assert(
      fc.property(principal, operation, resource, (who, what, one) => {
        const { kind } = OPERATIONS[what];
        if (kind === 'system' || (who.isSystem() && who.tenantId === undefined)) return;
        const found = kind === 'model' ? one.model?.owner : one.instance?.tenantId;
        if (typeof found === 'string' && found !== who.tenantId)
          expect(point.allows(who, what, one)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the rules without marks', () => {
  const byGroup: Policy = {
    name: 'groups',
    answer: (who, name) =>
      who.userGroups.includes('hr') && name === 'instance:read'
        ? { permissive: [{ ...rule(compare('lt', 'instance.data.y', 1)), id: 'hr' }] }
        : {},
  };
  const point = createDecisionPoint([tenants, permits('p', compare('lt', 'instance.data.x', 1)), byGroup]);

  test('are those of ordinary users, each named once', () => {
    expect(unmarkedRules(point)).toEqual(['p/rule']);
  });

  test('are those of members of each group too', () => {
    expect(unmarkedRules(point, ['it', 'hr'])).toEqual(['p/rule', 'groups/hr']);
  });
});

describe('a decision point of policies that answer from their arguments alone', () => {
  const asked: string[] = [];
  const noting = (name: string, answer: PolicyAnswer): Policy => ({
    name,
    answer(who, about) {
      asked.push(`${name} ${who.userName} ${about}`);
      return answer;
    },
  });
  const nothing: PolicyAnswer = Object.freeze({});
  const allow: PolicyAnswer = Object.freeze({ permissive: Object.freeze([Object.freeze(rule(A))]) });
  const many = [noting('p', allow), ...['q', 'r', 's'].map((name) => noting(name, nothing))];
  const pure = createDecisionPoint(many, undefined, true);
  const here = { item: { a: 1 }, instance: { items: [] } };

  beforeEach(() => void asked.splice(0));

  test('asks them once for each principal and operation, and decides about every resource', () => {
    const dan = new SecureUser({ userName: 'dan' });
    expect(pure.allows(dan, 'task:read', here)).toBe(true);
    expect(asked).toEqual(['p', 'q', 'r', 's'].map((name) => `${name} dan task:read`));
    expect(pure.allows(dan, 'task:read', { ...here, item: { a: 2 } })).toBe(false);
    expect(pure.decide(dan, 'task:read', here).allowed).toBe(true);
    expect(asked).toHaveLength(4);
    pure.allows(dan, 'task:take', here);
    pure.allows(new SecureUser({ userName: 'dan' }), 'task:take', here);
    expect(asked).toHaveLength(12);
  });

  test('asks them each time with facts, and for what only looks like a principal', () => {
    const eve = new SecureUser({ userName: 'eve' });
    for (const facts of [{}, {}]) pure.allows(eve, 'task:read', here, facts);
    expect(asked).toHaveLength(8);
    const copy = Object.assign(
      Object.create({ isAdmin: () => false, isSystem: () => false }),
      eve,
    ) as SecureUser;
    pure.allows(copy, 'task:read', here);
    pure.allows(copy, 'task:read', here);
    expect(asked).toHaveLength(16);
  });

  test('asks again after one has failed', () => {
    let fails = true;
    const failing: Policy = {
      name: 'failing',
      answer: () => {
        if (fails) throw new Error('not yet');
        return nothing;
      },
    };
    const point = createDecisionPoint([...many, failing], undefined, true);
    expect(point.allows(ALICE, 'task:read', here)).toBe(false);
    fails = false;
    expect(point.allows(ALICE, 'task:read', here)).toBe(true);
  });

  test('is not made of policies of applications, which are asked each time', () => {
    for (const who of [ALICE, ALICE]) createDecisionPoint(many).allows(who, 'task:read', here);
    const point = createDecisionPoint(many);
    for (const who of [ALICE, ALICE]) point.allows(who, 'task:read', here);
    expect(asked).toHaveLength(16);
  });
});

describe('what policies say about fields', () => {
  const hides = (name: string, field: string): Policy => {
    const rules = Object.freeze([Object.freeze({ field, unless: eq('instance.x', 1) })]);
    return { name, answer: () => ({}), fields: () => rules };
  };

  test('is joined, in one list that stays the same while what they say does', () => {
    const point = createDecisionPoint([hides('p', 'data.a'), permits('q', A), hides('r', 'data.b')]);
    const fields = point.fields(ALICE);
    expect(fields.map(({ field }) => field)).toEqual(['data.a', 'data.b']);
    expect(Object.isFrozen(fields)).toBe(true);
    expect(point.fields(ALICE)).toBe(fields);
  });

  test('is nothing where no policy says anything', () => {
    expect(createDecisionPoint([permits('q', A)]).fields(ALICE)).toEqual([]);
    expect(createDecisionPoint([permits('q', A)]).hidden(ALICE)).toBeUndefined();
  });

  test('is made anew where one of the lists may change', () => {
    const loose: Policy = {
      name: 'loose',
      answer: () => ({}),
      fields: () => [{ field: 'data.c', unless: eq('instance.x', 1) }],
    };
    const point = createDecisionPoint([hides('p', 'data.a'), loose]);
    expect(point.fields(ALICE).map(({ field }) => field)).toEqual(['data.a', 'data.c']);
    expect(point.fields(ALICE)).not.toBe(point.fields(ALICE));
  });

  test('of a policy that fails is an error that names the policy and has the cause', () => {
    const cause = new Error('rules could not be read');
    const failing: Policy = {
      name: 'failing',
      answer: () => ({}),
      fields: () => {
        throw cause;
      },
    };
    const ask = (): unknown => createDecisionPoint([failing]).fields(ALICE);
    expect(ask).toThrow(expect.objectContaining({ name: 'FieldsFailed', policy: 'failing', cause }));
    expect(ask).toThrow('the policy failing failed');
    expect(tryPolicies([failing])).toEqual([{ policy: 'failing', cause, operation: 'instance:read' }]);
  });

  test('does not concern administrators, unless the policy is not waivable', () => {
    const strict = { ...hides('p', 'data.a'), waivable: false as const };
    const namesFor = (who: SecureUser, ...list: Policy[]): string[] =>
      createDecisionPoint(list)
        .fields(who)
        .map(({ field }) => field);
    expect(namesFor(ADMIN, hides('p', 'data.a'))).toEqual([]);
    expect(namesFor(ADMIN, strict)).toEqual(['data.a']);
    expect(namesFor(SYSTEM_OF_ACME, strict)).toEqual(['data.a']);
    expect(namesFor(SYSTEM_USER, strict)).toEqual([]);
  });
});
