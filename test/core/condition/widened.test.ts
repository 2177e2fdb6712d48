import fc from 'fast-check';
import { bind } from '../../../src/core/evaluation/bind.js';
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
import { compile } from '../../../src/core/evaluation/evaluate.js';
import { factored, restricted } from '../../../src/core/condition/factor.js';
import { conditionSize } from '../../../src/core/condition/size.js';
import { widened } from '../../../src/core/condition/widened.js';
import { condition, principal, resource } from '../arbitraries.js';
import { CASES } from '../../support/cases.js';

const size = conditionSize;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const MOST = 4_000;

/** Rules about elements of ten models, each with something more to say. */
const rules = (count: number, more: (at: number) => Condition): Condition[] =>
  numbers(count).map((at) =>
    and(eq('instance.name', `m${at % 10}`), eq('item.elementId', `element-${at}`), more(at)),
  );

describe('a condition that is too large for a query', () => {
  test('is widened: where it holds, the smaller one holds, and that is small', () => {
    let smaller = 0;
    fc.assert(
      fc.property(
        condition,
        principal,
        fc.array(resource, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: 1_000 }),
        (said, who, resources, most) => {
          const bound = bind(said, who);
          const found = widened(bound, most);
          if (found !== bound) {
            smaller++;
            expect(size(found)).toBeLessThanOrEqual(Math.max(most, size(EVERYTHING)));
          }
          const [holds, mayHold] = [compile(bound), compile(found)];
          for (const one of resources) if (holds(one)) expect(mayHold(one)).toBe(true);
        },
      ),
      { numRuns: 2_000 * CASES },
    );
    expect(smaller).toBeGreaterThan(500);
  });

  test('is left as it is where it fits', () => {
    const said = or(...rules(3, () => EVERYTHING));
    expect(widened(said, size(said))).toBe(said);
  });

  test('names the models, and the elements as far as they fit', () => {
    const few = widened(factored(rules(40, (at) => eq('instance.data.region', `r${at}`))), MOST);
    expect(
      compile(few)({ instance: { name: 'm1', data: { region: 'r7' } }, item: { elementId: 'element-3' } }),
    ).toBe(true);
    for (const [name, elementId, region] of [
      ['m11', 'element-3', 'r7'],
      ['m1', 'element-40', 'r7'],
      ['m1', 'element-3', 'r40'],
    ])
      expect(compile(few)({ instance: { name, data: { region } }, item: { elementId } })).toBe(false);
    const many = widened(factored(rules(10_000, (at) => eq('instance.data.region', `r${at}`))), MOST);
    expect(many).toEqual(
      isIn(
        'instance.name',
        numbers(10).map((at) => `m${at}`),
      ),
    );
  });

  test('keeps small alternatives, and those that name other fields, apart', () => {
    const said = or(
      eq('item.assignee', 'alice'),
      ...rules(1_000, (at) => eq('instance.data.region', `r${at}`)),
      ...numbers(1_000).map((at) =>
        some('instance.items', and(eq('item.x', at), eq('item.assignee', 'bob'))),
      ),
    );
    const mayHold = compile(widened(said, MOST));
    const instance = { name: 'other', items: [{ x: 1, assignee: 'eve' }] };
    expect(mayHold({ instance, item: { assignee: 'alice' } })).toBe(true);
    expect(mayHold({ instance, item: { assignee: 'zoe' } })).toBe(false);
    expect(mayHold({ instance: { ...instance, name: 'm3' }, item: {} })).toBe(true);
    expect(mayHold({ instance: { ...instance, items: [{ x: 1, assignee: 'bob' }] }, item: {} })).toBe(true);
  });

  test('keeps what must hold beside it: the tenant, and as many exclusions as fit', () => {
    const said = and(
      factored(rules(5_000, (at) => ne('instance.data.region', `r${at}`))),
      eq('instance.tenantId', 'acme'),
      ...restricted(rules(5_000, (at) => eq('instance.data.region', `r${at}`)).map(not)),
    );
    const found = widened(said, MOST);
    const mayHold = compile(found);
    expect(size(found)).toBeLessThanOrEqual(MOST);
    expect(size(found)).toBeGreaterThan(MOST / 4);
    const row = (tenantId: string, at: number): boolean =>
      mayHold({
        instance: { tenantId, name: `m${at % 10}`, data: { region: `r${at}` } },
        item: { elementId: `element-${at}` },
      });
    expect(row('globex', 9_999)).toBe(false);
    expect(row('acme', 9_999)).toBe(true);
    expect(numbers(5_000).some((at) => !row('acme', at))).toBe(true);
  });

  test('does not take two statements about one list for one element', () => {
    const pair = (at: number): Condition =>
      and(some('instance.items', eq('item.x', at)), some('instance.items', eq('item.y', at)));
    const mayHold = compile(widened(or(...numbers(100).map(pair)), 1_500));
    expect(mayHold({ instance: { items: [{ x: 1 }, { y: 1 }] } })).toBe(true);
  });

  test('nothing holds where no alternative can', () => {
    const said = byCases(
      'instance.name',
      numbers(50).map((at) => [`m${at}`, eq('item.x', at)] as const),
    );
    expect(compile(widened(said, 2_500))({ instance: { name: 'm50' }, item: { x: 1 } })).toBe(false);
  });
});

test('alternatives that name many different fields keep what all of them name', () => {
  const few = (count: number): Condition =>
    or(
      ...numbers(count).map((at) =>
        and(eq('instance.name', `m${at % 3}`), isIn(`item.f${at}`, [`${at}`, 'x'.repeat(100)])),
      ),
      eq('instance.name', 'm3'),
    );
  const names = ['m0', 'm1', 'm2'].map((name) => compile(widened(few(60), 2_000))({ instance: { name } }));
  expect(names).toEqual([true, true, true]);
  expect(widened(few(60), 1_000)).toEqual(
    or(eq('instance.name', 'm3'), isIn('instance.name', ['m0', 'm1', 'm2'])),
  );
});

test('the one alternative that does not fit is widened by itself', () => {
  const long = and(eq('instance.name', 'M'), isIn('instance.data.x', numbers(1_000)));
  const small = eq('item.a', 1);
  expect(widened(or(small, long), 1_000)).toEqual(or(small, eq('instance.name', 'M')));
});
