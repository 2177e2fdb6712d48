import { keyOf } from './key.js';
import { and, eq, isIn, isNothing, NOTHING, or, type Case, type Condition } from './condition.js';

/** Texts by their outcomes, in order of occurrence; equal outcomes are merged. */
export class Outcomes {
  private readonly byCondition = new Map<Condition, string[]>();
  private readonly byKey = new Map<string, { readonly when: Condition; readonly values: string[] }>();

  /** @param key equal for equal outcomes, and for no others */
  constructor(
    cases: readonly Case[],
    private readonly key: (when: Condition) => string = keyOf,
  ) {
    for (const { value, when } of cases) this.add(value, when);
  }

  private add(value: string, when: Condition): void {
    const known = this.byCondition.get(when);
    if (known !== undefined) return void known.push(value);
    const key = this.key(when);
    let outcome = this.byKey.get(key);
    if (outcome === undefined) this.byKey.set(key, (outcome = { when, values: [] }));
    outcome.values.push(value);
    this.byCondition.set(when, outcome.values);
  }

  get list(): readonly { readonly when: Condition; readonly values: readonly string[] }[] {
    return [...this.byKey.values()];
  }
}

/**
 * Selects a condition by the text at a field. Equivalent to `field is value and when`, or-ed, but with one hash
 * lookup instead of a comparison each. If a text occurs several times, its conditions are or-ed.
 * @param key {@link Outcomes}; default: made of the condition
 */
export function byCases(
  field: string,
  cases: Iterable<readonly [value: string, when: Condition]>,
  key?: (when: Condition) => string,
): Condition {
  const byValue = new Map<string, Condition[]>();
  for (const [value, when] of cases) {
    if (isNothing(when)) continue;
    const list = byValue.get(value);
    if (list === undefined) byValue.set(value, [when]);
    else list.push(when);
  }
  const found = [...byValue].map(([value, whens]): Case => Object.freeze({ value, when: or(...whens) }));
  const [first, ...more] = found;
  if (first === undefined) return NOTHING;
  if (more.length === 0) return and(eq(field, first.value), first.when);
  const outcomes = new Outcomes(found, key).list;
  const [outcome, ...others] = outcomes;
  if (outcome !== undefined && others.length === 0) return and(isIn(field, outcome.values), outcome.when);
  // Equal outcomes are one object from here on, so that they are compared, bound and compiled once.
  const shared = new Map(outcomes.flatMap(({ when, values }) => values.map((value) => [value, when])));
  const chosen = found.map(({ value, when }): Case =>
    Object.freeze({ value, when: shared.get(value) ?? when }),
  );
  return Object.freeze({ op: 'cases', field, cases: Object.freeze(chosen) });
}

/** The same choice with each of its conditions changed; the same object if none of them does. */
export function mapCases(
  condition: Extract<Condition, { op: 'cases' }>,
  change: (when: Condition) => Condition,
): Condition {
  const { field, cases } = condition;
  const changed = new Map<Condition, Condition>();
  const changedOnce = (when: Condition): Condition => {
    let next = changed.get(when);
    if (next === undefined) changed.set(when, (next = change(when)));
    return next;
  };
  if (cases.every(({ when }) => changedOnce(when) === when)) return condition;
  return byCases(
    field,
    cases.map(({ value, when }) => [value, changedOnce(when)] as const),
  );
}
