import { Outcomes } from '../../core/condition/cases.js';
import { keyOf } from '../../core/condition/key.js';
import { and, EVERYTHING, isIn, isNothing, not, or, type Condition } from '../../core/condition/condition.js';
import { speaksOf } from './filter.js';

/** One way to satisfy a condition: a condition on the instance, and one on the item. */
export interface Term {
  readonly instance: Condition;
  readonly item: Condition;
}

/** More alternatives would make a large query, and take long to find. */
const MOST_TERMS = 100;

/** The condition has no such form, or one that is too large. */
class NoTerms extends Error {}

function grouped(terms: readonly Term[], by: keyof Term, join: (of: readonly Term[]) => Term): Term[] {
  const groups = new Map<string, Term[]>();
  for (const term of terms) {
    const key = keyOf(term[by]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [term]);
    else group.push(term);
  }
  return [...groups.values()].map((group) => (group.length === 1 ? (group[0] as Term) : join(group)));
}

/** Merges terms with the same condition on the item, or else on the instance. */
function merged(terms: readonly Term[]): Term[] {
  const possible = terms.filter(({ instance, item }) => !isNothing(instance) && !isNothing(item));
  const byItem = grouped(possible, 'item', (of) => ({
    instance: or(...of.map(({ instance }) => instance)),
    item: (of[0] as Term).item,
  }));
  const all = grouped(byItem, 'instance', (of) => ({
    instance: (of[0] as Term).instance,
    item: or(...of.map(({ item }) => item)),
  }));
  if (all.length > MOST_TERMS) throw new NoTerms();
  return all;
}

const both = (one: Term, other: Term): Term => ({
  instance: and(one.instance, other.instance),
  item: and(one.item, other.item),
});

function product(lists: readonly (readonly Term[])[]): Term[] {
  return lists.reduce<Term[]>(
    (terms, list) => {
      if (terms.length * list.length > MOST_TERMS * MOST_TERMS) throw new NoTerms();
      return merged(terms.flatMap((term) => list.map((other) => both(term, other))));
    },
    [{ instance: EVERYTHING, item: EVERYTHING }],
  );
}

function termsOf(condition: Condition, negated: boolean): Term[] {
  const { item, instance } = speaksOf(condition);
  const said = negated ? not(condition) : condition;
  if (!item) return [{ instance: said, item: EVERYTHING }];
  if (!instance) return [{ instance: EVERYTHING, item: said }];
  switch (condition.op) {
    case 'not':
      return termsOf(condition.of, !negated);
    case 'and':
    case 'or': {
      const lists = condition.of.map((part) => termsOf(part, negated));
      return (condition.op === 'and') === negated ? merged(lists.flat()) : product(lists);
    }
    case 'cases': {
      const ways = new Outcomes(condition.cases).list;
      return termsOf(
        or(...ways.map(({ values, when }) => and(isIn(condition.field, values), when))),
        negated,
      );
    }
    default:
      // A comparison of an item with its instance: it cannot be split into the two parts.
      throw new NoTerms();
  }
}

/**
 * Rewrites a condition as alternatives that each consist of a condition on the instance and one on the item. An
 * instance can then be tested for "an item for which it holds". Undefined for a comparison of an item with its
 * instance, and for too many alternatives.
 */
export function disjunctive(condition: Condition): readonly Term[] | undefined {
  try {
    return merged(termsOf(condition, false));
  } catch (error) {
    if (error instanceof NoTerms) return undefined;
    throw error;
  }
}
