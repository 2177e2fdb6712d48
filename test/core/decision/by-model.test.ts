import fc from 'fast-check';
import { combinedByModel } from '../../../src/core/decision/by-model.js';
import { byCases } from '../../../src/core/condition/cases.js';
import {
  and,
  eq,
  EVERYTHING,
  isIn,
  ne,
  not,
  or,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { given } from '../../../src/core/condition/given.js';
import { Predicates } from '../../../src/core/decision/predicates.js';
import type { PrincipalPredicate } from '../../../src/core/evaluation/evaluate.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';
import { CASES } from '../../support/cases.js';

const NAMES = ['A', 'B', 'C'];
const ME = new SecureUser({ userName: 'ann', userGroups: ['hr'] });
const name = fc.constantFrom(...NAMES);
const FIELDS = ['instance.name', 'model.name', 'item.elementId'] as const;

/** Conditions that speak of the model and of the element in every way, and of other things. */
const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(fc.constantFrom(...FIELDS), name).map(([field, text]) => eq(field, text)),
    fc.tuple(fc.constantFrom(...FIELDS), name).map(([field, text]) => ne(field, text)),
    fc.tuple(fc.constantFrom(...FIELDS), fc.subarray(NAMES)).map(([field, all]) => isIn(field, all)),
    fc.constantFrom(
      eq('instance.status', 'running'),
      eq('item.assignee', { ref: 'user', path: 'userName' }),
      eq('instance.data.store', { ref: 'user', path: 'store' }),
      eq('user.userGroups', 'hr'),
      EVERYTHING,
    ),
    fc.array(tie('node'), { maxLength: 3 }).map((of) => and(...of)),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((of) => or(...of)),
    tie('node').map((of) => not(of)),
    tie('node').map((where) => some('instance.items', where)),
    fc
      .tuple(
        fc.constantFrom('instance.name', 'item.elementId'),
        fc.array(fc.tuple(name, tie('node')), { minLength: 1, maxLength: 3 }),
      )
      .map(([field, cases]) => byCases(field, cases)),
  ),
})).node;

const item = fc.record({
  id: fc.constant('i'),
  elementId: fc.constantFrom<unknown>('A', 'B', 'D', '__proto__', undefined, null, ['A', 'B'], 5),
  assignee: fc.constantFrom('ann', 'bob', undefined),
});
const resource: fc.Arbitrary<Resource> = fc
  .record({
    name: fc.constantFrom<unknown>('A', 'B', 'C', 'D', '__proto__', undefined, null, ['A', 'B'], 5),
    status: fc.constantFrom('running', 'end'),
    item,
    others: fc.array(item, { maxLength: 2 }),
    starts: fc.boolean(),
    isWhole: fc.boolean(),
  })
  .map(({ name: called, status, item: one, others, starts, isWhole }) =>
    starts
      ? { model: { name: called }, start: { elementId: 's' } }
      : {
          instance: { name: called, status, data: { store: 's' }, items: [...others, one] },
          ...(!isWhole && { item: one }),
        },
  ) as fc.Arbitrary<Resource>;

/** Tells of each list of conditions that is compiled. */
function counting(compiled: (size: number, predicate: PrincipalPredicate) => void): Predicates {
  const predicates = new Predicates();
  return Object.assign(Object.create(predicates) as Predicates, {
    combined: (permits: readonly Condition[], restricts: readonly Condition[]) => {
      const predicate = predicates.combined(permits, restricts);
      compiled(permits.length + restricts.length, predicate);
      return predicate;
    },
  });
}

describe('Rules that are compiled model by model', () => {
  test('decide as all of them together do, whatever they say of the model', () => {
    const outcomes = new Set<boolean>();
    fc.assert(
      fc.property(
        fc.array(condition, { maxLength: 6 }),
        fc.array(condition, { maxLength: 3 }),
        fc.array(resource, { minLength: 1, maxLength: 4 }),
        (permits, restricts, resources) => {
          const whole = new Predicates().combined(permits, restricts);
          const parted = combinedByModel(permits, restricts, new Predicates());
          // Each twice: the second time from what was compiled.
          for (const one of [...resources, ...resources]) {
            expect(parted(one, ME)).toBe(whole(one, ME));
            outcomes.add(whole(one, ME));
          }
        },
      ),
      { numRuns: 500 * CASES },
    );
    expect(outcomes.size).toBe(2);
  });

  test('only those of the model at hand are compiled', () => {
    const sizes: number[] = [];
    const counted = counting((size) => sizes.push(size));
    const about = (at: number): Condition =>
      and(eq('instance.name', `M${at}`), eq('instance.status', 'running'));
    const rules = Array.from({ length: 1000 }, (_, at) => about(at));
    const decide = combinedByModel(rules, rules.slice(500).map(not), counted);
    const of = (name: string): Resource => ({ instance: { name, status: 'running' } });
    expect([
      decide(of('M7'), ME),
      decide(of('M507'), ME),
      decide(of('M7'), ME),
      decide(of('none'), ME),
    ]).toEqual([true, false, true, false]);
    expect(sizes).toEqual([1, 2, 0]);
  });

  test('only those of the element at hand are compiled, and what no rule names shares one closure', () => {
    const made: [number, PrincipalPredicate][] = [];
    const counted = counting((...one) => made.push(one));
    const general = eq('instance.status', 'running');
    counted.promise(general);
    const about = (at: number): Condition =>
      and(eq('instance.name', `M${at % 3}`), eq('item.elementId', `e${at}`), eq('item.assignee', 'ann'));
    const rules = Array.from({ length: 300 }, (_, at) => not(about(at)));
    const decide = combinedByModel([general], rules, counted);
    const of = (name: string, elementId: string): Resource => {
      const one = { id: 'i', elementId, assignee: 'ann' };
      return { instance: { name, status: 'running', items: [one] }, item: one };
    };
    expect([
      decide(of('M1', 'e4'), ME),
      decide(of('M1', 'e4'), ME),
      decide(of('M1', 'e5'), ME),
      decide(of('M2', 'e4'), ME),
    ]).toEqual([false, false, true, true]);
    expect(made.map(([size]) => size)).toEqual([2, 1, 1]);
    expect(made[2]?.[1]).toBe(made[1]?.[1]);
  });

  test('many that are about no model in particular are compiled once, not for each model', () => {
    let times = 0;
    const counted = counting(() => times++);
    const rules = Array.from({ length: 1000 }, (_, at) => eq('instance.data.x', at));
    const decide = combinedByModel(rules, [], counted);
    for (let at = 0; at < 50; at++)
      expect(decide({ instance: { name: `M${at}`, data: { x: at } } }, ME)).toBe(true);
    expect(times).toBe(1);
  });

  test('where many compare the element beside others, they are compiled once for a model, not for each element', () => {
    let times = 0;
    const counted = counting(() => times++);
    const of = (elementId: string, assignee: string): Resource => {
      const one = { id: 'i', elementId, assignee };
      return { instance: { name: 'M', status: 'running', items: [one] }, item: one };
    };
    for (const count of [1, 150]) {
      const rules = Array.from({ length: count }, (_, at) =>
        or(eq('item.elementId', `e${at}`), eq('item.assignee', 'ann')),
      );
      const decide = combinedByModel([EVERYTHING], rules, counted);
      times = 0;
      for (let at = 0; at < 100; at++) {
        expect(decide(of(`e${at}`, 'ann'), ME)).toBe(true);
        expect(decide(of(`e${at}`, 'bob'), ME)).toBe(count === 1 && at === 0);
      }
      expect(times).toBe(1);
    }
  });

  test('what does not speak of the field stays the same object', () => {
    const other = and(eq('instance.status', 'running'), not(eq('item.assignee', 'ann')));
    expect(given(other, 'instance.name', 'A')).toBe(other);
    expect(given(and(eq('instance.name', 'A'), other), 'instance.name', 'A')).toEqual(other);
  });
});

test('Rules that are compiled model by model take nothing from what a resource inherits', () => {
  const allows = combinedByModel([eq('instance.name', 'A')], [], new Predicates());
  const inherited = (resource: Resource): Resource => Object.create(resource) as Resource;
  expect(allows({ instance: { name: 'A' } }, ME)).toBe(true);
  expect(allows(inherited({ instance: { name: 'A' } }), ME)).toBe(false);
  expect(allows({ instance: inherited({ name: 'A' } as never) } as Resource, ME)).toBe(false);
  const ofElement = combinedByModel([eq('item.elementId', 'e')], [], new Predicates());
  const item = { id: 'i', elementId: 'e' };
  const instance = { name: 'A', items: [item] };
  expect(ofElement({ instance, item }, ME)).toBe(true);
  expect(ofElement({ instance, item: inherited(item as never) } as unknown as Resource, ME)).toBe(false);
  expect(ofElement(Object.assign(inherited({ item }), { instance }), ME)).toBe(false);
});
