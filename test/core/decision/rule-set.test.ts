import fc from 'fast-check';
import {
  and,
  eq,
  isIn,
  ne,
  not,
  or,
  overlaps,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { compile, compileForAll } from '../../../src/core/evaluation/evaluate.js';
import { restricted } from '../../../src/core/condition/factor.js';
import type { Policy, Rule } from '../../../src/core/policy.js';
import { tenants } from '../../../src/core/policies/tenants.js';
import { Predicates } from '../../../src/core/decision/predicates.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';
import { itemCondition, principal } from '../arbitraries.js';

const ALICE = new SecureUser({ userName: 'alice', userGroups: ['hr'] });
const MY_GROUPS = { ref: 'user', path: 'userGroups' } as const;
const MANY = 10_000;

/** As policies should: the same frozen rules at each answer. */
const frozen = (whens: readonly Condition[]): readonly Rule[] =>
  Object.freeze(whens.map((when, at) => Object.freeze({ id: `r${at}`, says: `rule ${at}`, when })));
const policy = (name: string, answer: ReturnType<Policy['answer']>): Policy => ({
  name,
  answer: () => answer,
});

const text = fc.constantFrom('a', 'b', 'c');
/** Comparisons by which rules are told apart, in all the ways in which a rule may write them. */
const named = fc.constantFrom('instance.name', 'item.elementId').chain((field) =>
  fc.oneof(
    text.map((value) => eq(field, value)),
    text.map((value) => ne(field, value)),
    fc.array(text, { maxLength: 2 }).map((values) => isIn(field, values)),
    text.map((value) => not(eq(field, value))),
  ),
);
const ruleOf = fc
  .tuple(
    fc.array(named, { maxLength: 3 }),
    fc.array(itemCondition, { maxLength: 2 }),
    fc.constantFrom(0, 1, 2),
  )
  .map(([names, rest, shape]) =>
    [and, or, (...of: Condition[]) => not(and(...of))][shape]?.(...names, ...rest),
  )
  .map((when) => when as Condition);
const rulesOf = fc.array(ruleOf, { maxLength: 6 });
const found = fc.oneof(text, text, fc.constantFrom<unknown>(undefined, null, 7, [], ['a', 'b']));
const rows = fc
  .record({ name: found, elementId: found, assignee: fc.constantFrom('alice', 'bob'), status: text })
  .map(({ name, ...item }): Resource => ({
    item,
    instance: { name, items: [item], data: {}, tenantId: null },
  }));

describe('A ruling of rules that name models and elements', () => {
  test('is what the rules say one by one, whichever of them are looked up', () => {
    let allowed = 0;
    let runs = 0;
    fc.assert(
      fc.property(rulesOf, rulesOf, principal, rows, (permits, restricts, who, one) => {
        const holds = (when: Condition): boolean => compileForAll(when)(one, who);
        const expected = permits.some(holds) && restricts.every(holds);
        const point = createDecisionPoint([
          policy('p', { permissive: frozen(permits), restrictive: frozen(restricts) }),
        ]);
        const ruling = point.ask(who, 'task:read');
        if (who.isAdmin()) return;
        const scope = ruling.scope();
        const inScope =
          scope.kind === 'everything' || (scope.kind === 'condition' && compile(scope.condition)(one));
        const { allowed: decided, reasons } = ruling.decide(one);
        expect([decided, ruling.allows(one), inScope]).toEqual([expected, expected, expected]);
        // What is left out says nothing: it permits nothing, and is no restriction that does not hold.
        const named = new Set(reasons.map(({ effect, rule }) => `${effect} ${rule}`));
        for (const [at, when] of permits.entries())
          if (holds(when)) expect(named.has(`permits r${at}`)).toBe(true);
        for (const [at, when] of restricts.entries())
          if (!holds(when)) expect(named.has(`restricts r${at}`)).toBe(true);
        runs++;
        if (expected) allowed++;
      }),
      { numRuns: 1_500 },
    );
    expect(allowed).toBeGreaterThan(runs / 50);
  });
});

test('What must all hold means the same after it was put together', () => {
  fc.assert(
    fc.property(rulesOf, principal, rows, (conditions, who, one) => {
      expect(compileForAll(and(...restricted(conditions)))(one, who)).toBe(
        conditions.every((when) => compileForAll(when)(one, who)),
      );
    }),
    { numRuns: 1_500 },
  );
});

describe('Of 10,000 rules for elements of models', () => {
  const of = (at: number): [Condition, Condition] => [
    eq('instance.name', `m${at % 100}`),
    eq('item.elementId', `e${at}`),
  ];
  const numbers = Array.from({ length: MANY }, (_, at) => at);
  const rowAt = (at: number, group: string): Resource => {
    const item = { elementId: `e${at}`, candidateGroups: [group], assignee: 'alice' };
    return { item, instance: { name: `m${at % 100}`, items: [item] } };
  };
  const mine = overlaps('item.candidateGroups', MY_GROUPS);
  const shapes: [what: string, answer: ReturnType<Policy['answer']>][] = [
    ['that permit', { permissive: frozen(numbers.map((at) => and(...of(at), mine))) }],
    [
      'that rule out',
      {
        permissive: frozen([and()]),
        restrictive: frozen(numbers.map((at) => not(and(...of(at), not(mine))))),
      },
    ],
    [
      'that say what an element must fulfil',
      {
        permissive: frozen([and()]),
        restrictive: frozen(numbers.map((at) => or(ne('item.elementId', `e${at}`), mine))),
      },
    ],
  ];

  test.each(shapes)('%s only those about the element give a reason, and each is asked', (_what, answer) => {
    const point = createDecisionPoint([tenants, policy('many', answer)]);
    const ruling = point.ask(ALICE, 'task:read');
    for (const at of [0, 4_711, MANY - 1]) {
      const [yes, no] = [rowAt(at, 'hr'), rowAt(at, 'it')];
      expect([ruling.allows(yes), ruling.allows(no)]).toEqual([true, false]);
      expect([ruling.decide(yes).allowed, ruling.decide(no).allowed]).toEqual([true, false]);
      expect(ruling.decide(no).reasons.length).toBeLessThanOrEqual(3);
      expect(ruling.decide(no).reasons.map(({ rule }) => rule)).toContain(`r${at}`);
    }
  });

  test('the frozen list is read once, however often it is asked', () => {
    let reads = 0;
    const rules = new Proxy(frozen(numbers.map((at) => and(...of(at), mine))), {
      get(target, key, receiver) {
        reads++;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    // A policy that writes a new object around the list each time.
    const point = createDecisionPoint([{ name: 'many', answer: () => ({ permissive: rules }) }]);
    const ask = (): boolean => point.allows(ALICE, 'task:read', rowAt(1, 'hr'));
    expect(ask()).toBe(true);
    const once = reads;
    for (let i = 0; i < 100; i++) expect(ask()).toBe(true);
    expect(reads - once).toBeLessThan(1_000);
  });
});

describe('Rules that could change are read at each answer:', () => {
  const asked = (answer: Policy['answer']): boolean[] => {
    const point = createDecisionPoint([{ name: 'p', answer }]);
    const ask = (): boolean => point.allows(ALICE, 'task:read', { item: { a: 1 } });
    return [ask(), ask()];
  };
  const whens = (): (() => Condition) => {
    let calls = 0;
    return () => eq('item.a', ++calls > 1 ? 2 : 1);
  };

  test('a frozen rule whose condition is computed', () => {
    let current = eq('item.a', 1);
    const rules = Object.freeze([
      Object.freeze({
        id: 'r',
        says: 'r',
        get when() {
          return current;
        },
      }),
    ]);
    const answers = asked(() => ({ permissive: rules }));
    current = eq('item.a', 2);
    expect(answers).toEqual([true, true]);
    expect(asked(() => ({ permissive: rules }))).toEqual([false, false]);
    const point = createDecisionPoint([{ name: 'p', answer: () => ({ permissive: rules }) }]);
    expect(point.allows(ALICE, 'task:read', { item: { a: 2 } })).toBe(true);
    current = eq('item.a', 3);
    expect(point.allows(ALICE, 'task:read', { item: { a: 2 } })).toBe(false);
  });

  test('a frozen answer whose lists are computed', () => {
    const next = whens();
    const answer = Object.freeze({
      get permissive() {
        return frozen([next()]);
      },
    });
    expect(asked(() => answer)).toEqual([true, false]);
  });

  test('an answer without rules that is not frozen', () => {
    const rules: Rule[] = [];
    const answer = { permissive: rules };
    const point = createDecisionPoint([policy('changing', answer), tenants]);
    const allows = (): boolean => point.allows(ALICE, 'task:read', { item: {}, instance: { items: [] } });
    expect(allows()).toBe(false);
    rules.push(...frozen([and()]));
    expect(allows()).toBe(true);
    rules.length = 0;
    expect(allows()).toBe(false);
  });

  test('a list that is not frozen', () => {
    const rules: Rule[] = [...frozen([eq('item.a', 1)])];
    const point = createDecisionPoint([{ name: 'p', answer: () => ({ permissive: rules }) }]);
    const ask = (): boolean => point.allows(ALICE, 'task:read', { item: { a: 1 } });
    expect(ask()).toBe(true);
    rules.pop();
    expect(ask()).toBe(false);
  });

  test('a reference to a value of the principal that its maker kept', () => {
    const ref = { ref: 'user' as const, path: 'userName' };
    const rules = frozen([eq('item.assignee', ref)]);
    const point = createDecisionPoint([policy('p', { permissive: rules })]);
    const ask = (): boolean => point.allows(ALICE, 'task:read', { item: { assignee: 'alice' } });
    expect(ask()).toBe(true);
    ref.path = 'tenantId';
    expect([ask(), rules[0]?.when]).toEqual([true, eq('item.assignee', { ref: 'user', path: 'userName' })]);
  });
});

test('A list of rules that one policy gives for two operations is checked for each of them', () => {
  const point = createDecisionPoint([
    policy('p', Object.freeze({ permissive: frozen([eq('start.open', true)]) })),
  ]);
  expect(point.ask(ALICE, 'instance:start').failure).toBeUndefined();
  expect(point.ask(ALICE, 'task:read').failure).toBeDefined();
  expect(point.ask(ALICE, 'task:read').failure).toBeDefined();
});

test('Where a part was not loaded, each rule that speaks of it says so, also one about another model', () => {
  const point = createDecisionPoint([
    policy('p', {
      permissive: frozen([and(eq('instance.name', 'm'), some('instance.items', eq('item.a', 1)))]),
    }),
  ]);
  expect(point.decide(ALICE, 'instance:read', { instance: { name: 'other' } }).couldNotTell).toBeDefined();
});

describe('Where one policy makes its rules anew for each answer', () => {
  const manyRules = frozen(
    Array.from({ length: 2_000 }, (_, at) =>
      and(eq('instance.name', `m${at}`), eq('item.assignee', 'alice')),
    ),
  );
  const fixed = policy('many', Object.freeze({ permissive: manyRules }));

  test('those of the others are not compiled again', () => {
    const own: Policy = {
      name: 'own',
      answer: () => ({ permissive: [{ id: 'x', says: 'x', when: eq('item.status', 'a') }] }),
    };
    const point = createDecisionPoint([fixed, own]);
    const one = { item: { assignee: 'alice', status: 'b' }, instance: { name: 'm7', items: [] } };
    expect(point.allows(ALICE, 'task:read', one)).toBe(true);
    point.scope(ALICE, 'task:read');
    const compiled = jest.spyOn(Predicates.prototype, 'alternatives');
    expect(point.allows(ALICE, 'task:read', one)).toBe(true);
    expect(point.allows(ALICE, 'task:read', { ...one, instance: { name: 'x', items: [] } })).toBe(false);
    point.scope(ALICE, 'task:read');
    const lengths = compiled.mock.calls.map(([conditions]) => conditions.length);
    compiled.mockRestore();
    expect(lengths.length).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1);
  });

  test('decisions, scopes and reasons are the same as where it makes them once', () => {
    fc.assert(
      fc.property(rulesOf, rulesOf, rulesOf, rulesOf, principal, rows, (a, b, c, d, who, one) => {
        const kept = policy('kept', Object.freeze({ permissive: frozen(a), restrictive: frozen(b) }));
        const made = (isFrozen: boolean): Policy => ({
          name: 'made',
          answer: () =>
            isFrozen
              ? { permissive: frozen(c), restrictive: frozen(d) }
              : { permissive: [...frozen(c)], restrictive: [...frozen(d)] },
        });
        const [once, anew] = [true, false].map((isFrozen) => {
          const ruling = createDecisionPoint([made(isFrozen), kept]).ask(who, 'task:read');
          const scope = ruling.scope();
          return [
            ruling.allows(one),
            ruling.decide(one),
            scope.kind === 'everything' || (scope.kind === 'condition' && compile(scope.condition)(one)),
          ];
        });
        expect(anew).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });
});

test('Where a policy has other rules for each principal, decisions are what each rule says', () => {
  const names = Array.from({ length: 12 }, (_, at) => `user${at}`);
  const isAdministrator = fc.boolean();
  fc.assert(
    fc.property(
      rulesOf,
      rulesOf,
      fc.array(fc.tuple(rulesOf, rulesOf), { minLength: 12, maxLength: 12 }),
      fc.array(rows, { minLength: 1, maxLength: 3 }),
      isAdministrator,
      (a, b, personal, resources, admin) => {
        const answer = Object.freeze({ permissive: frozen(a), restrictive: frozen(b) });
        const own = personal.map(([c, d]) =>
          Object.freeze({ permissive: frozen(c), restrictive: frozen(d) }),
        );
        const at = ({ userName }: SecureUser): number => names.indexOf(userName);
        const point = createDecisionPoint([
          policy('shared', answer),
          { name: 'own', waivable: false, answer: (who) => own[at(who)] ?? {} },
        ]);
        for (const userName of names) {
          const who = new SecureUser({ userName, userGroups: admin ? ['ADMIN'] : ['hr'] });
          const alone = createDecisionPoint([
            policy('shared', answer),
            { ...policy('own', own[at(who)] ?? {}), waivable: false },
          ]);
          for (const one of resources) {
            expect(point.allows(who, 'task:read', one)).toBe(alone.decide(who, 'task:read', one).allowed);
            expect(point.decide(who, 'task:read', one)).toEqual(alone.decide(who, 'task:read', one));
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});
