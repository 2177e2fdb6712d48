import fc from 'fast-check';
import { bind } from '../../../src/core/evaluation/bind.js';
import { byCases } from '../../../src/core/condition/cases.js';
import { and, eq, not, type Condition } from '../../../src/core/condition/condition.js';
import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { compile, compileForAll } from '../../../src/core/evaluation/evaluate.js';
import { Predicates } from '../../../src/core/decision/predicates.js';
import { SecureUser } from '../../../src/core/principal.js';
import { condition, principal, resource } from '../arbitraries.js';

const ALICE = new SecureUser({ userName: 'alice' });
const BOB = new SecureUser({ userName: 'bob' });
const MINE = eq('item.assignee', { ref: 'user', path: 'userName' });
const OPEN = eq('item.open', true);
const OURS = eq('instance.tenantId', 'acme');

describe('a condition compiled for all principals', () => {
  test('answers each as the condition that is bound to it', () => {
    let held = 0;
    let runs = 0;
    fc.assert(
      fc.property(condition, principal, resource, (any, who, one) => {
        const expected = compile(bind(any, who))(one);
        expect(compileForAll(any)(one, who)).toBe(expected);
        runs++;
        if (expected) held++;
      }),
      { numRuns: 3000 },
    );
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(runs);
  });

  test('keeps no value of the principal that was asked about before', () => {
    const holds = compileForAll(MINE);
    expect([
      holds({ item: { assignee: 'alice' } }, ALICE),
      holds({ item: { assignee: 'alice' } }, BOB),
      holds({ item: { assignee: 'bob' } }, BOB),
    ]).toEqual([true, false, true]);
  });
});

describe('predicates', () => {
  test('are compiled once for a condition that cannot change', () => {
    const predicates = new Predicates();
    expect(predicates.of(MINE)).toBe(predicates.of(MINE));
  });

  test('of the same conditions are one closure', () => {
    const predicates = new Predicates();
    for (const each of [MINE, OPEN, OURS]) predicates.of(each);
    expect(predicates.combined([MINE, OPEN], [OURS])).toBe(predicates.combined([MINE, OPEN], [OURS]));
    expect(predicates.combined([MINE, OPEN], [OURS])).not.toBe(predicates.combined([MINE], [OPEN, OURS]));
    expect(predicates.combined([MINE, OPEN], [])).not.toBe(predicates.combined([MINE], [OPEN]));
  });

  test.each<[what: string, change: (value: string) => Condition]>([
    ['itself', (value) => changeable.eq(value)],
    ['below a not', (value) => Object.freeze({ op: 'not', of: changeable.eq(value) })],
    [
      'among others',
      (value) => Object.freeze({ op: 'and', of: Object.freeze([OPEN, changeable.eq(value)]) }),
    ],
    ['in a list that is open', (value) => Object.freeze({ op: 'or', of: [changeable.eq(value)] })],
    [
      'of one of the items',
      (value) => Object.freeze({ op: 'some', field: 'instance.items', where: changeable.eq(value) }),
    ],
    [
      'in its list of values',
      (value) => Object.freeze({ op: 'in', field: 'item.assignee', values: [value] }),
    ],
    [
      'in one of several cases',
      (value) =>
        Object.freeze({
          op: 'cases',
          field: 'instance.name',
          cases: Object.freeze([
            Object.freeze({ value: 'Invoice', when: OPEN }),
            Object.freeze({ value: 'Claim', when: changeable.eq(value) }),
          ]),
        }),
    ],
    [
      'in a case that is open',
      (value) =>
        Object.freeze({
          op: 'cases',
          field: 'instance.name',
          cases: Object.freeze([{ value: 'Claim', when: eq('item.assignee', value) }]),
        }),
    ],
    [
      'in a list of cases that is open',
      (value) =>
        Object.freeze({
          op: 'cases',
          field: 'instance.name',
          cases: [Object.freeze({ value: 'Claim', when: eq('item.assignee', value) })],
        }),
    ],
  ])('of a condition that can be changed are compiled anew: %s', (_what, make) => {
    const predicates = new Predicates();
    const one = make('alice');
    expect(predicates.of(one)).not.toBe(predicates.of(one));
    expect(predicates.combined([one], [OURS])).not.toBe(predicates.combined([one], [OURS]));
  });

  test('of cases that cannot change any more are compiled once', () => {
    const predicates = new Predicates();
    const cases = byCases('instance.name', [
      ['Invoice', OPEN],
      ['Claim', OURS],
    ]);
    expect(cases.op).toBe('cases');
    expect(predicates.of(cases)).toBe(predicates.of(cases));
  });

  test('follow a rule that its policy has changed', () => {
    const when = { op: 'eq', field: 'item.assignee', value: 'alice' };
    const point = createDecisionPoint([
      { name: 'own', answer: () => ({ permissive: [{ id: 'r', says: 'r', when: when as Condition }] }) },
    ]);
    expect(point.allows(ALICE, 'task:read', { item: { assignee: 'bob' } })).toBe(false);
    when.value = 'bob';
    expect(point.allows(BOB, 'task:read', { item: { assignee: 'bob' } })).toBe(true);
    expect(point.decide(ALICE, 'task:read', { item: { assignee: 'bob' } }).allowed).toBe(true);
  });

  test('of 10,000 rules are combined, and kept', () => {
    const predicates = new Predicates();
    const rules = Array.from({ length: 10_000 }, (_, i) => eq('item.a', `value ${i}`));
    for (const rule of rules) predicates.of(rule);
    const combined = predicates.combined(rules, []);
    expect(combined({ item: { a: 'value 9999' } }, ALICE)).toBe(true);
    expect(combined({ item: { a: 'value 10000' } }, ALICE)).toBe(false);
    expect(predicates.combined(rules, [])).toBe(combined);
  });

  test('refuse what is no condition, each time', () => {
    const predicates = new Predicates();
    const wrong = Object.freeze({ op: 'matches', field: 'item.a' }) as unknown as Condition;
    for (let i = 0; i < 2; i++)
      expect(() => predicates.of(not(wrong))).toThrow(new TypeError('Unknown condition "matches"'));
    expect(() => predicates.combined([and(wrong, OPEN)], [])).toThrow(TypeError);
  });
});

const changeable = { eq: (value: string) => ({ op: 'eq', field: 'item.assignee', value }) as Condition };
