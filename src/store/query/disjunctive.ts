import { Outcomes } from '../../core/cases.js';
import { keyOf } from '../../core/condition-key.js';
import { and, EVERYTHING, isIn, isNothing, not, or, type Condition } from '../../core/condition.js';
import { BadInput } from '../../core/errors.js';
import { speaksOf } from './filter.js';

/** One way to satisfy a condition: what must hold of the instance, and what of the item. */
export interface Term {
  readonly instance: Condition;
  readonly item: Condition;
}

/** Rules that multiply out to more ways than these are refused, so that no query grows without end. */
const MOST_TERMS = 1_000;

const refused = (): BadInput =>
  new BadInput(
    'bad-query',
    'This query on items cannot be combined with the rules in force; ask for items instead.',
  );

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

/** Terms that share their item, or else their instance, are one. */
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
  if (all.length > MOST_TERMS) throw refused();
  return all;
}

const both = (one: Term, other: Term): Term => ({
  instance: and(one.instance, other.instance),
  item: and(one.item, other.item),
});

function product(lists: readonly (readonly Term[])[]): Term[] {
  return lists.reduce<Term[]>(
    (terms, list) => {
      if (terms.length * list.length > MOST_TERMS * MOST_TERMS) throw refused();
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
      // One comparison of the item with its instance: it cannot be taken apart.
      throw refused();
  }
}

/**
 * The condition as alternatives in which what it says of the instance and what it says of an item stand apart, so that
 * "an item for which it holds" can be asked of an instance.
 * @throws BadInput `bad-query` for a comparison of an item with its instance, or for too many alternatives
 */
export const disjunctive = (condition: Condition): readonly Term[] => merged(termsOf(condition, false));
