import { byCases } from './cases.js';
import { keyOf } from './key.js';
import {
  and,
  eq,
  exists,
  isEverything,
  isIn,
  isReference,
  not,
  or,
  some,
  type Condition,
} from './condition.js';
import { conjuncts, NAMED, namedBy, valuesOf } from './named.js';
import type { Scalar } from '../value.js';

/** One alternative, separated by the name that it is for. */
interface Named {
  readonly values: readonly string[];
  readonly rest: Condition;
}

function byName(alternative: Condition, field: string): Named | undefined {
  const parts = conjuncts(alternative);
  // Plain loops here and below: rules may be tens of thousands.
  for (let at = 0; at < parts.length; at++) {
    const values = namedBy(parts[at] as Condition, field);
    if (values !== undefined) return { values, rest: withoutPart(parts, at) };
  }
  return undefined;
}

/** The remaining parts of an `and`, none of which is an `and` itself. */
function withoutPart(parts: readonly Condition[], at: number): Condition {
  if (parts.length === 2) return parts[1 - at] as Condition;
  return and(...parts.slice(0, at), ...parts.slice(at + 1));
}

/** Merges the alternatives for one name each into a hash; returns the others. */
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

/** Merges comparisons of one field with constants into one test, at the place of the first. */
function mergeValues(alternatives: readonly Condition[]): Condition[] {
  const byField = new Map<
    string,
    { readonly first: Condition; readonly values: Set<Scalar>; count: number }
  >();
  const places: (Condition | string)[] = [];
  for (const alternative of alternatives) {
    const values = valuesOf(alternative);
    if (values === undefined || !('field' in alternative)) {
      places.push(alternative);
      continue;
    }
    const known = byField.get(alternative.field);
    if (known === undefined) {
      byField.set(alternative.field, { first: alternative, values: new Set(values), count: 1 });
      places.push(alternative.field);
    } else {
      known.count++;
      for (const value of values) known.values.add(value);
    }
  }
  return places.map((place) => {
    const found = typeof place === 'string' ? byField.get(place) : undefined;
    if (typeof place !== 'string' || found === undefined) return place as Condition;
    return found.count === 1 ? found.first : isIn(place, [...found.values]);
  });
}

/** The key of a comparison; other conditions equal only themselves. */
const firstKey = (condition: Condition): unknown => ('value' in condition ? keyOf(condition) : condition);

const restOf = (condition: Condition): Condition => and(...conjuncts(condition).slice(1));

/** Alternatives with the same first comparison evaluate it once; those with a unique one stay unchanged. */
function byBeginning(alternatives: readonly Condition[]): Condition[] {
  const groups = new Map<unknown, Condition[]>();
  for (const alternative of alternatives) {
    const [first] = conjuncts(alternative);
    if (first === undefined) return [alternative];
    const key = firstKey(first);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [alternative]);
    else group.push(alternative);
  }
  return [...groups.values()].map((group) => {
    const [only] = group as [Condition];
    return group.length === 1 ? only : and(conjuncts(only)[0] as Condition, factored(group.map(restOf)));
  });
}

/** If every name leads to the same condition, it comes first, since other alternatives may begin with it too. */
function namesLast(condition: Condition): Condition {
  const [first, ...rest] = conjuncts(condition);
  return first === undefined ? condition : and(...rest, first);
}

/** An `and` with its parts changed; the same object if none of them does. */
function mapParts(
  condition: Extract<Condition, { op: 'and' | 'or' }>,
  change: (part: Condition) => Condition,
): Condition {
  const parts = condition.of.map(change);
  return parts.every((part, at) => part === condition.of[at]) ? condition : and(...parts);
}

const isAboutList = ({ op }: Condition): boolean => op === 'some';

/** Conditions on the elements of a list are merged in the same way. Other conditions stay the same object. */
function withinLists(condition: Condition): Condition {
  if (condition.op === 'some') return some(condition.field, factored([condition.where]));
  return condition.op === 'and' && condition.of.some(isAboutList)
    ? mapParts(condition, withinLists)
    : condition;
}

/**
 * Rewrites alternatives into equivalent ones that evaluate less: those for different models or elements are
 * selected by a hash, those with the same first condition are merged, so that `(a and b) or (a and c)` becomes `a
 * and (b or c)`, and comparisons of one field with different values become one. Ten thousand rules then cost about
 * as much as ten. Conditions have no effects and never fail, so their order does not matter.
 */
export function factored(alternatives: readonly Condition[]): Condition {
  const flat = alternatives.flatMap((one) => (one.op === 'or' ? one.of : [one]));
  const always = flat.find(isEverything);
  if (always !== undefined) return always;
  const made: Condition[] = [];
  let rest: Condition[] = flat.map(withinLists);
  for (const field of NAMED) rest = takeCases(rest, field, made);
  const single = made.filter(({ op }) => op !== 'cases').map(namesLast);
  return or(...byBeginning(mergeValues([...rest, ...single])), ...made.filter(({ op }) => op === 'cases'));
}

/**
 * The same condition with each choice inside it rewritten as by {@link factored}, for decisions. What does not change
 * stays the same object.
 */
export function factoredWithin(condition: Condition): Condition {
  switch (condition.op) {
    case 'or':
      return factored(condition.of.map(factoredWithin));
    case 'and':
      return mapParts(condition, factoredWithin);
    case 'not':
      return not(factoredWithin(condition.of));
    case 'some':
      return some(condition.field, factoredWithin(condition.where));
    default:
      return condition;
  }
}

/** The text that a field must not have, or else the rest must hold. */
interface Unless {
  readonly field: string;
  readonly value: string;
  readonly rest: Condition;
}

/** Parses `field is not value, or …`. */
function unless(condition: Condition): Unless | undefined {
  const parts = condition.op === 'or' ? condition.of : [condition];
  for (const [at, part] of parts.entries()) {
    if (part.op !== 'ne' || isReference(part.value) || typeof part.value !== 'string') continue;
    if (!NAMED.includes(part.field)) continue;
    return { field: part.field, value: part.value, rest: or(...parts.filter((_, other) => other !== at)) };
  }
  return undefined;
}

/** Merges those of one field: if it has a value, a hash selects what else must hold; if it has none, all must hold. */
function byUnless(field: string, named: readonly Unless[]): Condition[] {
  const bad = named.map(({ value, rest }) => and(eq(field, value), not(rest)));
  return [or(exists(field), and(...new Set(named.map(({ rest }) => rest)))), not(factored(bad))];
}

function listAt<T>(lists: Map<string, T[]>, key: string): T[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}

/**
 * Rewrites conditions that must all hold into equivalent ones that evaluate less: exclusions (`not (a and b)`) and
 * requirements of one model or element (`not that model, or c`) are merged like in {@link factored}.
 */
export function restricted(conditions: readonly Condition[]): readonly Condition[] {
  const flat = conditions.flatMap(conjuncts);
  const ruledOut: Condition[] = [];
  const byField = new Map<string, Unless[]>();
  const others: Condition[] = [];
  for (const condition of flat) {
    const found = unless(condition);
    if (condition.op === 'not') ruledOut.push(condition.of);
    else if (found === undefined) others.push(condition);
    else listAt(byField, found.field).push(found);
  }
  if (ruledOut.length < 2 && [...byField.values()].every((named) => named.length < 2)) return flat;
  return [
    ...others,
    ...[...byField].flatMap(([field, named]) => byUnless(field, named)),
    ...(ruledOut.length === 0 ? [] : [not(factored(ruledOut))]),
  ];
}
