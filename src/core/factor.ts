import { byCases } from './cases.js';
import { keyOf } from './condition-key.js';
import { and, isEverything, isIn, isReference, or, type Condition } from './condition.js';
import type { Scalar } from './value.js';

/** What rules differ by most: each is looked up by a hash, where several rules name different ones. */
const NAMED: readonly string[] = Object.freeze([
  'instance.name',
  'model.name',
  'start.elementId',
  'item.elementId',
]);
/** A rule that names more of them at once is left as it is: it would be written down once for each. */
const MOST_NAMED = 50;

const conjuncts = (condition: Condition): readonly Condition[] =>
  condition.op === 'and' ? condition.of : [condition];

/** The values one of which the field must have; undefined when the condition says something else. */
function valuesOf(condition: Condition): readonly Scalar[] | undefined {
  if (condition.op === 'eq') return isReference(condition.value) ? undefined : [condition.value];
  if (condition.op !== 'in' && condition.op !== 'overlaps') return undefined;
  return isReference(condition.values) ? undefined : condition.values;
}

function namedBy(condition: Condition, field: string): readonly string[] | undefined {
  if (!('field' in condition) || condition.field !== field) return undefined;
  const values = valuesOf(condition);
  return values !== undefined && values.length <= MOST_NAMED && values.every((v) => typeof v === 'string')
    ? values
    : undefined;
}

/** One alternative, apart by the name that it is for. */
interface Named {
  readonly values: readonly string[];
  readonly rest: Condition;
}

function byName(alternative: Condition, field: string): Named | undefined {
  const parts = conjuncts(alternative);
  for (const [at, part] of parts.entries()) {
    const values = namedBy(part, field);
    if (values !== undefined) return { values, rest: and(...parts.filter((_, other) => other !== at)) };
  }
  return undefined;
}

/** Puts those that are for one name each together by a hash; gives back all others. */
function takeCases(alternatives: readonly Condition[], field: string, made: Condition[]): Condition[] {
  const named = new Map<Condition, Named>();
  const names = new Set<string>();
  for (const alternative of alternatives) {
    const found = byName(alternative, field);
    if (found === undefined) continue;
    named.set(alternative, found);
    for (const value of found.values) names.add(value);
  }
  if (names.size < 2) return [...alternatives];
  const byValue = new Map<string, Set<Condition>>();
  for (const { values, rest } of named.values())
    for (const value of values) {
      const rests = byValue.get(value);
      if (rests === undefined) byValue.set(value, new Set([rest]));
      else rests.add(rest);
    }
  made.push(
    byCases(
      field,
      [...byValue].map(([value, rests]) => [value, factored([...rests])] as const),
    ),
  );
  return alternatives.filter((alternative) => !named.has(alternative));
}

/** Those that compare one field with plain values become one that asks for any of them. */
function mergeValues(alternatives: readonly Condition[]): Condition[] {
  const byField = new Map<
    string,
    { readonly first: Condition; readonly values: Set<Scalar>; count: number }
  >();
  const others: Condition[] = [];
  for (const alternative of alternatives) {
    const values = valuesOf(alternative);
    if (values === undefined || !('field' in alternative)) {
      others.push(alternative);
      continue;
    }
    const known = byField.get(alternative.field);
    if (known === undefined)
      byField.set(alternative.field, { first: alternative, values: new Set(values), count: 1 });
    else {
      known.count++;
      for (const value of values) known.values.add(value);
    }
  }
  const merged = [...byField].map(([field, { first, values, count }]) =>
    count === 1 ? first : isIn(field, [...values]),
  );
  return [...others, ...merged];
}

/** A comparison by what it says; other conditions are equal to themselves only. */
const firstKey = (condition: Condition): unknown => ('value' in condition ? keyOf(condition) : condition);

/** Those that begin with the same comparison are asked once for it. */
function byBeginning(alternatives: readonly Condition[]): Condition[] {
  const groups = new Map<unknown, { readonly first: Condition; readonly rests: Condition[] }>();
  for (const alternative of alternatives) {
    const [first, ...rest] = conjuncts(alternative);
    if (first === undefined) return [alternative];
    const key = firstKey(first);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first, rests: [and(...rest)] });
    else group.rests.push(and(...rest));
  }
  return [...groups.values()].map(({ first, rests }) =>
    rests.length === 1 ? and(first, ...rests) : and(first, factored(rests)),
  );
}

/**
 * Alternatives that mean the same and ask less: those for different models or elements are told apart by a hash, those
 * that begin with the same condition are put together, so that `(a and b) or (a and c)` becomes `a and (b or c)`, and
 * those that compare one field with different values become one. Ten thousand rules then cost about what ten do.
 * Conditions have no effects and never fail, so that their order does not matter.
 */
export function factored(alternatives: readonly Condition[]): Condition {
  const flat = alternatives.flatMap((one) => (one.op === 'or' ? one.of : [one]));
  const always = flat.find(isEverything);
  if (always !== undefined) return always;
  const made: Condition[] = [];
  let left: Condition[] = flat;
  for (const field of NAMED) left = takeCases(left, field, made);
  return or(...byBeginning(mergeValues(left)), ...made);
}
