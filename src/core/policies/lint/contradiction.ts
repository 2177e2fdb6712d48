import { keyOf } from '../../condition/key.js';
import { isReference, type Condition } from '../../condition/condition.js';
import { valuesOf } from '../../condition/named.js';
import { compareWithinType, same, type Scalar, show } from '../../value.js';

/** Alternatives of a condition that are looked at. */
const MOST_CLAUSES = 200;

interface Atom {
  readonly condition: Condition;
  readonly negated: boolean;
}
type Clause = readonly Atom[];

/** The condition as alternatives of parts that must all hold; undefined if there are too many. */
function clausesOf(condition: Condition, negated = false): readonly Clause[] | undefined {
  if (condition.op === 'not') return clausesOf(condition.of, !negated);
  if (condition.op !== 'and' && condition.op !== 'or') return [[{ condition, negated }]];
  const parts = condition.of.map((part) => clausesOf(part, negated));
  if (parts.some((part) => part === undefined)) return undefined;
  const known = parts as (readonly Clause[])[];
  const isAnd = (condition.op === 'and') !== negated;
  if (!isAnd) {
    const any = known.flat();
    return any.length > MOST_CLAUSES ? undefined : any;
  }
  let all: readonly Clause[] = [[]];
  for (const part of known) {
    all = all.flatMap((clause) => part.map((more) => [...clause, ...more]));
    if (all.length > MOST_CLAUSES) return undefined;
  }
  return all;
}

/** Why a condition never holds. */
export interface Contradiction {
  /** In words; the parts that contradict each other. */
  readonly why: string;
  /** It would hold of a field that is a list, which satisfies one part by one entry and the other by another. */
  readonly unlessList: boolean;
}

const isComparison = ({ op }: Condition): boolean =>
  ['eq', 'lt', 'lte', 'gt', 'gte', 'in', 'overlaps'].includes(op);
const fieldOf = (condition: Condition): string | undefined =>
  'field' in condition ? condition.field : undefined;

const SIGNS = { eq: 'is', ne: 'is not', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

function inWords({ condition, negated }: Atom): string {
  const text =
    'value' in condition
      ? `${condition.field} ${SIGNS[condition.op]} ${show(condition.value)}`
      : 'values' in condition
        ? `${condition.field} is one of ${show(condition.values)}`
        : condition.op === 'exists'
          ? `${condition.field} ${condition.present ? 'is there' : 'is not there'}`
          : show(condition);
  return negated ? `not (${text})` : text;
}

const among = (values: readonly Scalar[], value: Scalar): boolean =>
  values.some((other) => same(other, value));

/** What the value of a negated comparison must not be. */
const excluded = ({ condition, negated }: Atom): readonly Scalar[] | undefined => {
  if (condition.op === 'ne' && !negated) return isReference(condition.value) ? undefined : [condition.value];
  return negated ? valuesOf(condition) : undefined;
};

/** Whether one plain value could satisfy both. */
function canBoth(a: Condition, b: Condition): boolean {
  const [left, right] = [valuesOf(a), valuesOf(b)];
  if (left !== undefined) return left.some((value) => isSatisfied(b, value));
  if (right !== undefined) return right.some((value) => isSatisfied(a, value));
  if (!('value' in a) || !('value' in b) || isReference(a.value) || isReference(b.value)) return true;
  const order = compareWithinType(a.value, b.value);
  if (order === undefined) return false;
  const lower = (op: string): boolean => op === 'gt' || op === 'gte';
  if (lower(a.op) === lower(b.op)) return true;
  const [below, above] = lower(a.op) ? [order, [a.op, b.op]] : [-order, [b.op, a.op]];
  return below < 0 || (below === 0 && above.every((op) => op === 'gte' || op === 'lte'));
}

function isSatisfied(condition: Condition, value: Scalar): boolean {
  const values = valuesOf(condition);
  if (values !== undefined) return among(values, value);
  if (!('value' in condition) || isReference(condition.value)) return true;
  const order = compareWithinType(value, condition.value);
  if (order === undefined) return false;
  switch (condition.op) {
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    default:
      return true;
  }
}

function between(a: Atom, b: Atom): Contradiction | undefined {
  const both = (unlessList: boolean): Contradiction => ({
    why: `${inWords(a)}, and ${inWords(b)}`,
    unlessList,
  });
  if (a.negated !== b.negated && keyOf(a.condition) === keyOf(b.condition)) return both(false);
  if (fieldOf(a.condition) === undefined || fieldOf(a.condition) !== fieldOf(b.condition)) return undefined;
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const { condition } = one;
    const isAbsent = condition.op === 'exists' && condition.present === one.negated;
    if (isAbsent && !other.negated && isComparison(other.condition)) return both(false);
    const values = one.negated ? undefined : valuesOf(condition);
    const not = excluded(other);
    if (values !== undefined && not !== undefined && values.every((value) => among(not, value)))
      return both(false);
  }
  if (a.negated || b.negated || !isComparison(a.condition) || !isComparison(b.condition)) return undefined;
  return canBoth(a.condition, b.condition) ? undefined : both(true);
}

function inClause(clause: Clause): Contradiction | undefined {
  let found: Contradiction | undefined;
  for (const [at, a] of clause.entries())
    for (const b of clause.slice(at + 1)) {
      const one = between(a, b);
      if (one?.unlessList === false) return one;
      found ??= one;
    }
  return found;
}

/** Why the condition never holds; undefined if it may, or if that is too much work to tell. */
export function contradiction(condition: Condition): Contradiction | undefined {
  const clauses = clausesOf(condition);
  if (clauses === undefined) return undefined;
  const [first, ...more] = clauses.map(inClause);
  if (clauses.length === 0) return { why: 'none of its alternatives can hold', unlessList: false };
  if (first === undefined || more.some((one) => one === undefined)) return undefined;
  const all = [first, ...more] as Contradiction[];
  return { why: first.why, unlessList: all.some(({ unlessList }) => unlessList) };
}

/** True if the first condition holds wherever the second does, as far as their texts show. */
export function follows(first: Condition, from: Condition): boolean {
  const [needed, given] = [first, from].map((one) => (one.op === 'and' ? one.of : [one])) as [
    readonly Condition[],
    readonly Condition[],
  ];
  const keys = new Set(given.map(keyOf));
  return needed.every((part) => keys.has(keyOf(part)));
}
