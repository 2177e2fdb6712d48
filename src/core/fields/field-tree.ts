import { keyOf } from '../condition/key.js';
import { or, type Condition } from '../condition/condition.js';
import { compileForAll, type PrincipalPredicate } from '../evaluation/evaluate.js';
import { isFixedList, namesOfPath, type FieldRule } from './field-rule.js';

/** When a field is shown; one object for equal conditions. */
export interface Shown {
  readonly unless: Condition;
  readonly holds: PrincipalPredicate;
}

/** One name of paths of fields. */
export interface FieldNode {
  readonly below: Map<string, FieldNode>;
  /** Of the fields whose paths end here. */
  readonly shown: Set<Shown>;
}

const newNode = (): FieldNode => ({ below: new Map(), shown: new Set() });

const alternatives = (condition: Condition): readonly Condition[] =>
  condition.op === 'or' ? condition.of : [condition];

/** What each of the conditions says holds if this does; undefined: they have nothing in common. */
function common(conditions: readonly Condition[]): Condition | undefined {
  const [first, ...others] = conditions.map((one) => new Map(alternatives(one).map((of) => [keyOf(of), of])));
  if (first === undefined) return undefined;
  const shared = [...first].filter(([key]) => others.every((other) => other.has(key)));
  return shared.length === 0 ? undefined : or(...shared.map(([, of]) => of));
}

/**
 * Rules about fields, by the names of their paths: what is asked of a value depends on the names in it, not on the
 * number of the rules.
 */
export class FieldTree {
  readonly root: FieldNode = newNode();
  /** All different conditions. */
  readonly conditions: readonly Shown[];
  /** If it holds for an instance, no field is hidden in it. */
  readonly shownTogether: PrincipalPredicate | undefined;

  constructor(rules: readonly FieldRule[]) {
    const known = new Map<Condition, Shown>();
    const byKey = new Map<string, Shown>();
    const shownUnless = (unless: Condition): Shown => {
      let shown = known.get(unless);
      if (shown !== undefined) return shown;
      const key = keyOf(unless);
      shown = byKey.get(key);
      if (shown === undefined) byKey.set(key, (shown = { unless, holds: compileForAll(unless) }));
      known.set(unless, shown);
      return shown;
    };
    for (const { field, unless } of rules) this.nodeOf(namesOfPath(field)).shown.add(shownUnless(unless));
    this.conditions = [...byKey.values()];
    const together = common(this.conditions.map(({ unless }) => unless));
    this.shownTogether = together && compileForAll(together);
  }

  private nodeOf(names: readonly string[]): FieldNode {
    let node = this.root;
    for (const name of names) {
      let next = node.below.get(name);
      if (next === undefined) node.below.set(name, (next = newNode()));
      node = next;
    }
    return node;
  }

  /** The conditions of all fields whose paths lead to this one, or which it leads to. */
  *overlapping(names: readonly string[]): IterableIterator<Shown> {
    let node: FieldNode | undefined = this.root;
    for (const name of names) {
      node = node.below.get(name);
      if (node === undefined) return;
      yield* node.shown;
    }
    yield* below(node);
  }
}

function* below(node: FieldNode): IterableIterator<Shown> {
  for (const next of node.below.values()) {
    yield* next.shown;
    yield* below(next);
  }
}

/** Trees of lists of rules; that of a list that nobody can change is made once, as long as the list lives. */
export class FieldTrees {
  private readonly known = new WeakMap<readonly FieldRule[], FieldTree>();

  /** True for a list of which the tree is kept; it has been checked, and is what it was. */
  knows(rules: unknown): rules is readonly FieldRule[] {
    return typeof rules === 'object' && rules !== null && this.known.has(rules as readonly FieldRule[]);
  }

  of(rules: readonly FieldRule[]): FieldTree {
    const known = this.known.get(rules);
    if (known !== undefined) return known;
    const tree = new FieldTree(rules);
    if (isFixedList(rules)) this.known.set(rules, tree);
    return tree;
  }
}
