import { eq, some, type Condition } from '../../core/condition/condition.js';
import {
  fewest,
  inTenant,
  isOnlyTenant,
  limited,
  MARKS_FORMAT,
  TENANT_MARK,
  type Mark,
} from '../../core/marks/mark.js';
import type { Stated, Way } from '../../core/decision/scope.js';
import { marksOf, tenantOf, type MarkList } from '../../core/marks/search.js';
import type { Scalar } from '../../core/value.js';
import type { Filter, MarkFilter } from '../port.js';
import type { CallerQuery, Leaf } from './caller-query.js';

/** Instances stored before the guard, or with marks of another version: they are not found by marks. */
export const OUTDATED: Filter = Object.freeze({
  $nor: Object.freeze([{ 'guard.format': MARKS_FORMAT }]),
});

/** Those of the marks that a rule may state that are in both lists, because they describe the instance. */
const OF_INSTANCE = /^[tm]:/;

/** The parts of a query that must all hold. */
export const conjuncts = (query: CallerQuery): readonly CallerQuery[] =>
  query.kind === 'and'
    ? query.of.flatMap(conjuncts)
    : query.kind === 'element'
      ? conjuncts(query.where)
      : [query];

const equals = (part: CallerQuery, on: Leaf['on']): [field: string, value: Scalar][] =>
  part.kind === 'test' && part.on === on && Object.hasOwn(part.test, '$eq')
    ? [[part.field, part.test.$eq as Scalar]]
    : [];

/** The item fields that a query for items compares with one value. */
export const pinned = (query: CallerQuery): Map<string, Scalar> =>
  new Map(
    conjuncts(query)
      .flatMap((part) => equals(part, 'item'))
      .map(([field, value]) => [`item.${field}`, value]),
  );

const ofRow = (query: CallerQuery): Condition[] =>
  conjuncts(query)
    .flatMap((part) => equals(part, 'row'))
    .map(([field, value]) => eq(`instance.${field}`, value));

/** The conditions on the item and its instance that a query for items implies, as far as marks can use them. */
export const saidOfItem = (query: CallerQuery): Condition[] => [
  ...ofRow(query),
  ...[...pinned(query)].map(([field, value]) => eq(field, value)),
];

/** The conditions on instances that a query for instances implies, as far as marks can use them. */
export function saidOfInstance(query: CallerQuery): Condition[] {
  const parts = query.kind === 'and' ? query.of : [query];
  return parts.flatMap((part) =>
    part.kind === 'and'
      ? saidOfInstance(part)
      : [
          ...(part.kind === 'element' ? [] : ofRow(part)),
          ...[...pinned(part)].map(([field, value]) => some('instance.items', eq(field, value))),
        ],
  );
}

/** What is known beside a way into a scope. */
type Beside = NonNullable<Parameters<typeof marksOf>[2]>;

function ofWay({ when, search }: Way, list: MarkList, beside: Beside): readonly Mark[] | undefined {
  if (search === undefined) return marksOf(when, list, beside);
  return list === 'read' || search.every((mark) => OF_INSTANCE.test(mark)) ? search : undefined;
}

function ofWays(ways: readonly Way[], list: MarkList, beside: Beside): readonly Mark[] | undefined {
  const lists = ways.map((way) => ofWay(way, list, beside));
  return lists.includes(undefined) ? undefined : [...new Set(lists.flatMap((marks) => marks ?? []))];
}

/**
 * The marks by which to find the rows that a scope admits. They may find too much, never too little; the exact
 * condition is applied as well.
 * @param said the conditions that the caller's query implies
 * @param waiting true when the query is for waiting items
 * @param dataPaths the paths below `data` for which instances are marked
 */
export function planMarks(
  scope: Stated,
  said: readonly Condition[],
  waiting: boolean,
  dataPaths: readonly string[] = [],
): MarkFilter | undefined {
  const tenant = tenantOf(scope.restricts);
  if (tenant === undefined) return undefined;
  const beside = { conditions: [...scope.restricts, ...said], dataPaths };
  // Not by data in the caller's query: it may be hidden, and common.
  const ofCaller = { conditions: beside.conditions };
  const inFront = inTenant(tenant.tenantId, TENANT_MARK).length - TENANT_MARK.length;
  const marksIn = (list: MarkList): readonly Mark[] =>
    limited(
      fewest([
        ofWays(scope.ways, list, beside),
        ...scope.restricts.map((condition) => marksOf(condition, list, beside)),
        ...said.map((condition) => marksOf(condition, list, ofCaller)),
        [TENANT_MARK],
      ]) as readonly Mark[],
      inFront,
    );
  const read = marksIn('read');
  const open = waiting ? marksIn('open') : undefined;
  const isOpen = open !== undefined && (!isOnlyTenant(open) || isOnlyTenant(read));
  return {
    field: isOpen ? 'guard.open' : 'guard.read',
    anyOf: (isOpen ? open : read).map((mark) => inTenant(tenant.tenantId, mark)),
  };
}
