import { and, or, type Condition } from './condition.js';

const conjuncts = (condition: Condition): readonly Condition[] =>
  condition.op === 'and' ? condition.of : [condition];

/** True for two equal comparisons with a plain value; of other conditions it is not asked whether they are equal. */
function isSame(a: Condition, b: Condition): boolean {
  return (
    'value' in a &&
    'value' in b &&
    typeof a.value !== 'object' &&
    a.op === b.op &&
    a.field === b.field &&
    a.value === b.value
  );
}

/**
 * Alternatives that mean the same and ask less: those that begin with the same condition are put together, so that
 * `(a and b) or (a and c)` becomes `a and (b or c)`. Conditions have no effects and never fail, so that their
 * order does not matter.
 */
export function factored(alternatives: readonly Condition[]): Condition {
  const groups: { first: Condition; rests: Condition[] }[] = [];
  for (const alternative of alternatives) {
    const [first, ...rest] = conjuncts(alternative);
    // "Everything" has no first part, and leaves nothing to ask.
    if (first === undefined) return alternative;
    const group = groups.find((other) => isSame(other.first, first));
    if (group === undefined) groups.push({ first, rests: [and(...rest)] });
    else group.rests.push(and(...rest));
  }
  return or(...groups.map(({ first, rests }) => and(first, or(...rests))));
}
