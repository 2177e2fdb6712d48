import { and, isReference, operand, type Condition } from './condition.js';
import { conjuncts } from './named.js';
import { same, type Scalar } from '../value.js';

/** The first part of an `and` if it compares a field with a constant by `op`, and the rest. */
function beginning(
  condition: Condition,
  op: 'eq' | 'ne',
): { readonly field: string; readonly value: Scalar; readonly rest: Condition } | undefined {
  const [first, ...rest] = conjuncts(condition);
  if (first?.op !== op || isReference(first.value)) return undefined;
  return { field: first.field, value: operand(first.field, first.value), rest: and(...rest) };
}

/** Alternatives among which a pair is looked for. */
const A_FEW = 16;

interface Choice {
  readonly field: string;
  readonly value: Scalar;
  /** What must hold if the field has the value, and what if it has another. */
  readonly is: Condition;
  readonly isNot: Condition;
  readonly others: readonly Condition[];
}

/** Two of the alternatives, if they depend on whether a field has a value: the field is read once. */
export function choiceIn(alternatives: readonly Condition[]): Choice | undefined {
  if (alternatives.length > A_FEW) return undefined;
  for (const first of alternatives) {
    const is = beginning(first, 'eq');
    if (is === undefined) continue;
    for (const second of alternatives) {
      const isNot = beginning(second, 'ne');
      if (is.field !== isNot?.field || !same(is.value, isNot.value)) continue;
      const others = alternatives.filter((one) => one !== first && one !== second);
      return { field: is.field, value: is.value, is: is.rest, isNot: isNot.rest, others };
    }
  }
  return undefined;
}
