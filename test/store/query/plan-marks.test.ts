import {
  and,
  eq,
  EVERYTHING,
  exists,
  isIn,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import type { Mark } from '../../../src/core/marks/mark.js';
import type { Stated, Way } from '../../../src/core/decision/scope.js';
import type { CallerQuery, Leaf } from '../../../src/store/query/caller-query.js';
import {
  conjuncts,
  OUTDATED,
  pinned,
  planMarks,
  saidOfInstance,
  saidOfItem,
} from '../../../src/store/query/plan-marks.js';

const leaf = (on: Leaf['on'], field: string, test: object = { $eq: 'x' }): Leaf =>
  ({ kind: 'test', on, field, test }) as Leaf;
const [NAME, STATUS, TYPE] = [leaf('row', 'name'), leaf('item', 'status'), leaf('item', 'type')];
const several = (kind: 'and' | 'or' | 'nor', ...of: CallerQuery[]): CallerQuery => ({ kind, of });
const element = (where: CallerQuery): CallerQuery => ({ kind: 'element', where });

describe('what a query says in any case', () => {
  test('is what its parts say that must all hold, also of an element', () => {
    const either = several('or', NAME, STATUS);
    expect(
      conjuncts(several('and', NAME, several('and', STATUS, either), element(several('and', TYPE)))),
    ).toEqual([NAME, STATUS, either, TYPE]);
    expect(conjuncts(NAME)).toEqual([NAME]);
  });

  test('of an item is what it is compared with', () => {
    const query = several(
      'and',
      NAME,
      STATUS,
      leaf('item', 'priority', { $gt: 1 }),
      { kind: 'absent', on: 'item', field: 'assignee' },
      several('nor', TYPE),
    );
    expect([...pinned(query)]).toEqual([['item.status', 'x']]);
    expect(saidOfItem(query)).toEqual([eq('instance.name', 'x'), eq('item.status', 'x')]);
  });

  test('of an instance speaks of one of its items, each by itself', () => {
    expect(saidOfInstance(NAME)).toEqual([eq('instance.name', 'x')]);
    expect(saidOfInstance(STATUS)).toEqual([some('instance.items', eq('item.status', 'x'))]);
    expect(
      saidOfInstance(several('and', NAME, several('and', STATUS, element(several('and', TYPE))))),
    ).toEqual([
      eq('instance.name', 'x'),
      some('instance.items', eq('item.status', 'x')),
      some('instance.items', eq('item.type', 'x')),
    ]);
    expect(saidOfInstance(several('or', NAME, STATUS))).toEqual([]);
    expect(saidOfInstance(several('and', NAME, several('and', element(leaf('row', 'status')))))).toEqual([
      eq('instance.name', 'x'),
    ]);
    // Fields of an element are never fields of the instance, whatever they are marked as.
    expect(saidOfInstance(element(leaf('row', 'name')))).toEqual([]);
  });
});

describe('the marks of a list', () => {
  const ACME = eq('instance.tenantId', 'acme');
  const stated = (ways: Way[], ...restricts: Condition[]): Stated => ({
    condition: EVERYTHING,
    ways,
    restricts,
  });
  const way = (when: Condition, ...search: Mark[]): Way => ({ when, ...(search.length > 0 && { search }) });
  const ANN = eq('item.assignee', 'ann');

  test('are none where the tenant is not known', () => {
    expect(planMarks(stated([way(ANN)]), [], false)).toBeUndefined();
  });

  test('follow from the ways, each mark once, in front of each the tenant', () => {
    expect(planMarks(stated([way(ANN), way(ANN), way(eq('item.assignee', 'bob'))], ACME), [], false)).toEqual(
      {
        field: 'guard.read',
        anyOf: ['acme|u:ann', 'acme|u:bob'],
      },
    );
  });

  test('are those that a way states', () => {
    expect(planMarks(stated([way(EVERYTHING, 'm:M', 'g:hr')], ACME), [], false)).toEqual({
      field: 'guard.read',
      anyOf: ['acme|m:M', 'acme|g:hr'],
    });
  });

  test('are those of the tenant where one way has none', () => {
    expect(planMarks(stated([way(ANN), way(eq('instance.data.x', 1))], ACME), [], false)?.anyOf).toEqual([
      'acme|t:',
    ]);
    expect(
      planMarks(stated([way(eq('instance.data.x', 1))], exists('instance.tenantId', false)), [], false)
        ?.anyOf,
    ).toEqual(['|t:']);
  });

  test('are fewer where the query says more', () => {
    const anything = stated([way(eq('instance.data.x', 1))], ACME);
    expect(planMarks(anything, [eq('instance.name', 'M')], false)?.anyOf).toEqual(['acme|m:M']);
    expect(
      planMarks(stated([way(isIn('item.assignee', ['ann', 'bob']))], ACME), [ANN], false)?.anyOf,
    ).toEqual(['acme|u:ann']);
  });

  test('of waiting items are in a list of their own, unless it knows no more than the tenant', () => {
    const waiting = and(ANN, eq('item.status', 'wait'));
    expect(planMarks(stated([way(waiting)], ACME), [eq('item.status', 'wait')], true)).toEqual({
      field: 'guard.open',
      anyOf: ['acme|u:ann'],
    });
    // A mark that a way states is about all items, except that of the model or tenant.
    expect(planMarks(stated([way(EVERYTHING, 'u:ann')], ACME), [], true)).toEqual({
      field: 'guard.read',
      anyOf: ['acme|u:ann'],
    });
    expect(planMarks(stated([way(EVERYTHING, 'm:M')], ACME), [], true)).toEqual({
      field: 'guard.open',
      anyOf: ['acme|m:M'],
    });
    expect(planMarks(stated([way(EVERYTHING)], ACME), [], true)).toEqual({
      field: 'guard.open',
      anyOf: ['acme|t:'],
    });
  });
});

test('a mark of an item among those that a way states keeps the search in the list of all items', () => {
  const ACME = eq('instance.tenantId', 'acme');
  for (const search of [['m:M', 'u:ann'], ['u:t:x']] as Mark[][]) {
    const scope = { condition: EVERYTHING, ways: [{ when: EVERYTHING, search }], restricts: [ACME] };
    expect(planMarks(scope, [], true)).toEqual({
      field: 'guard.read',
      anyOf: search.map((mark) => `acme|${mark}`),
    });
  }
});

test('the tenant in front of each mark counts for the size of the search', () => {
  const tenant = 'a'.repeat(100);
  const search = Array.from({ length: 700 }, (_, at): Mark => `u:${at}`);
  const scope = {
    condition: EVERYTHING,
    ways: [{ when: EVERYTHING, search }],
    restricts: [eq('instance.tenantId', tenant)],
  };
  expect(planMarks(scope, [], false)?.anyOf).toEqual([`${tenant}|t:`]);
  const short = { ...scope, restricts: [eq('instance.tenantId', 'acme')] };
  expect(planMarks(short, [], false)?.anyOf).toHaveLength(700);
});

test('instances with other marks, or none, are found by what they lack', () => {
  expect(OUTDATED).toEqual({ $nor: [{ 'guard.format': 4 }] });
});
