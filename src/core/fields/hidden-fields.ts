import { bind } from '../evaluation/bind.js';
import { and, isEverything, type Condition } from '../condition/condition.js';
import { namesOfPath, type FieldRule } from './field-rule.js';
import { FieldTrees, type FieldNode, type FieldTree, type Shown } from './field-tree.js';
import { withoutLoops } from './loop-parts.js';
import { isPlainObject } from '../value.js';
import type { SecureUser } from '../principal.js';
import type { InstanceRecord } from '../resource.js';

/** Whether a field is hidden in this instance. */
type IsHidden = (shown: Iterable<Shown>) => boolean;

/** The node of a key, below another; `hidden` if it, or a field that leads to it, is. */
function nodeAt(from: FieldNode, key: string, isHidden: IsHidden): FieldNode | 'hidden' | undefined {
  let node: FieldNode | undefined = from;
  // A key may itself have dots; one that is a position, as of a loop, is not a name in a path.
  for (const name of namesOfPath(key)) {
    node = node.below.get(name);
    if (node === undefined) return undefined;
    if (isHidden(node.shown)) return 'hidden';
  }
  return node;
}

/** Removes what is hidden, also within lists. Where nothing is removed, the same object is returned. */
function without(value: unknown, node: FieldNode, isHidden: IsHidden): unknown {
  if (node.below.size === 0) return value;
  if (Array.isArray(value)) {
    const kept = value.map((entry) => without(entry, node, isHidden));
    return kept.every((entry, at) => entry === value[at]) ? value : kept;
  }
  if (!isPlainObject(value)) return value;
  const kept: [string, unknown][] = [];
  let isSame = true;
  for (const [key, entry] of Object.entries(value)) {
    const at = nodeAt(node, key, isHidden);
    if (at === 'hidden') isSame = false;
    else {
      const shown = at === undefined ? entry : without(entry, at, isHidden);
      isSame &&= shown === entry;
      kept.push([key, shown]);
    }
  }
  return isSame ? value : Object.fromEntries(kept);
}

/** The fields of instances' data that are hidden from one principal, at least in some instances. */
export class HiddenFields {
  private readonly cuts = new WeakMap<object, unknown>();
  private readonly wholes = new WeakMap<object, unknown>();
  private readonly bound = new Map<Shown, Condition>();

  private constructor(
    private readonly tree: FieldTree,
    private readonly principal: SecureUser,
  ) {}

  /**
   * Undefined if every field is shown to the principal everywhere.
   * @param trees keeps what follows from lists that nobody can change
   */
  static of(
    rules: readonly FieldRule[],
    principal: SecureUser,
    trees: FieldTrees = new FieldTrees(),
  ): HiddenFields | undefined {
    if (rules.length === 0) return undefined;
    const tree = trees.of(rules);
    const fields = new HiddenFields(tree, principal);
    return tree.conditions.some((one) => !isEverything(fields.unless(one))) ? fields : undefined;
  }

  private unless(shown: Shown): Condition {
    let found = this.bound.get(shown);
    if (found === undefined) this.bound.set(shown, (found = bind(shown.unless, this.principal)));
    return found;
  }

  /** The condition under which a field of instances is shown; undefined: it always is. */
  shows(field: string): Condition | undefined {
    const names = namesOfPath(field);
    const conditions = [...new Set(this.tree.overlapping(names))]
      .map((one) => this.unless(one))
      .filter((one) => !isEverything(one));
    return conditions.length === 0 ? undefined : and(...conditions);
  }

  /**
   * The condition under which no field is hidden; undefined: none ever is. Elements of a collection are keys of its
   * loop, and which collection that was is not stored: the keys are shown where nothing is hidden.
   */
  showsAll(): Condition | undefined {
    const conditions = this.tree.conditions
      .map((one) => this.unless(one))
      .filter((one) => !isEverything(one));
    return conditions.length === 0 ? undefined : and(...conditions);
  }

  /** Whether a field is hidden in the instance. */
  hidesIn(instance: InstanceRecord): boolean {
    return this.hiddenBy(instance)?.(this.tree.conditions) ?? false;
  }

  /** Evaluates each condition once, and only those that are asked for; undefined: nothing is hidden in the instance. */
  private hiddenBy(instance: InstanceRecord): IsHidden | undefined {
    if (this.tree.shownTogether?.({ instance }, this.principal) === true) return undefined;
    const known = new Map<Shown, boolean>();
    return (shown) => {
      for (const one of shown) {
        let holds = known.get(one);
        if (holds === undefined) known.set(one, (holds = one.holds({ instance }, this.principal)));
        if (!holds) return true;
      }
      return false;
    };
  }

  /** The first of these paths below the data that is hidden in the instance, or has a hidden part. */
  hiddenIn(instance: InstanceRecord, paths: readonly string[]): string | undefined {
    const isHidden = this.hiddenBy(instance);
    return isHidden && paths.find((path) => isHidden(this.tree.overlapping(namesOfPath(`data.${path}`))));
  }

  /** The instance without what is hidden in its data, and then without its loops; the same object if nothing is. */
  cut<T extends InstanceRecord>(instance: T): T {
    const { data } = instance;
    if (typeof data !== 'object' || data === null) return instance;
    if (!this.cuts.has(data)) this.cuts.set(data, this.unlooped(instance, this.whole(instance)));
    const shown = this.cuts.get(data);
    return shown === data ? instance : { ...instance, data: shown };
  }

  /** A part of the data without the loops in it. All conditions are evaluated only where there are some. */
  private unlooped(instance: InstanceRecord, value: unknown, path = ''): unknown {
    const cut = withoutLoops(value, instance.tokens, path);
    return cut !== value && this.hidesIn(instance) ? cut : value;
  }

  /** The data without what is hidden, with its loops. */
  private whole(instance: InstanceRecord): unknown {
    const data = instance.data as object;
    if (!this.wholes.has(data)) this.wholes.set(data, this.cutValue(instance, data));
    return this.wholes.get(data);
  }

  /**
   * The part of the data at a path, without what is hidden, and without the loops in it.
   * @param read returns the part of data
   */
  part(instance: InstanceRecord, path: string, read: (data: unknown) => unknown): unknown {
    const { data } = instance;
    if (typeof data !== 'object' || data === null) return read(data);
    return this.unlooped(instance, read(this.whole(instance)), path);
  }

  /** Another value with the data's fields, such as an item's output, without what is hidden in the instance's data. */
  cutValue(instance: InstanceRecord, value: unknown): unknown {
    const isHidden = this.hiddenBy(instance);
    const data = this.tree.root.below.get('data');
    return isHidden === undefined || data === undefined ? value : without(value, data, isHidden);
  }
}
