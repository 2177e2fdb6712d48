import type { ModelRef } from './section-entries.js';
import type { PlaceNode, SectionIndex } from './section-index.js';

/** Models of one owner. */
export interface OwnedModels {
  /** Undefined: the tenant itself. */
  readonly owner: string | undefined;
  readonly names: readonly string[];
}

/** The models on which a permission is held: those of the lists or, with `all`, all except those. */
export interface ModelReach {
  readonly all: boolean;
  readonly listed: readonly OwnedModels[];
}

/** Numbers of nodes, from `at` until before `end`. */
interface Range {
  readonly at: number;
  readonly end: number;
}

const modelsIn = (nodes: readonly PlaceNode[], { at, end }: Range): PlaceNode[] => {
  const found: PlaceNode[] = [];
  for (let i = at; i < end; i++) {
    const node = nodes[i] as PlaceNode;
    if ('model' in node.place) found.push(node);
  }
  return found;
};

function byOwner(nodes: readonly PlaceNode[]): OwnedModels[] {
  const owners = new Map<string | undefined, string[]>();
  for (const { place } of nodes) {
    const { model, owner } = place as ModelRef;
    const known = owners.get(owner);
    if (known === undefined) owners.set(owner, [model]);
    else known.push(model);
  }
  return [...owners].map(([owner, names]) => ({ owner, names: names.sort() }));
}

/**
 * What holders reach together: each permission that is given on a node reaches all that inherits from it, which is one
 * range of numbers. Ranges are nested or apart, so that the union is a short sorted list.
 */
export class Reach {
  private readonly ranges = new Map<number, readonly Range[]>();
  private readonly reached = new Map<string, ModelReach>();
  private kept = 0;

  constructor(
    private readonly index: SectionIndex,
    private readonly holders: readonly string[],
    private readonly grown: (by: number) => void,
  ) {}

  /** The number of names in the lists that are kept. */
  get size(): number {
    return this.kept;
  }

  /** The ranges in which one of the permissions is held. */
  private rangesOf(bits: number): readonly Range[] {
    let known = this.ranges.get(bits);
    if (known === undefined) this.ranges.set(bits, (known = this.find(bits)));
    return known;
  }

  private find(bits: number): readonly Range[] {
    const found: Range[] = [];
    for (const holder of this.holders)
      for (const given of this.index.givenTo(holder)) if ((given.bits & bits) !== 0) found.push(given.node);
    found.sort((a, b) => a.at - b.at || b.end - a.end);
    const apart: Range[] = [];
    for (const { at, end } of found) if (end > (apart.at(-1)?.end ?? 0)) apart.push({ at, end });
    return apart;
  }

  /** Whether one of the permissions is held on the node. */
  holds(bits: number, { at }: Range): boolean {
    const ranges = this.rangesOf(bits);
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ranges[middle] as Range).end > at) high = middle;
      else low = middle + 1;
    }
    return low < ranges.length && (ranges[low] as Range).at <= at;
  }

  /** All nodes on which one of the permissions is held. */
  *nodes(bits: number): IterableIterator<PlaceNode> {
    for (const { at, end } of this.rangesOf(bits))
      for (let i = at; i < end; i++) yield this.index.nodes[i] as PlaceNode;
  }

  /**
   * The models on which one of the permissions is held. Models without an entry have what ROOT gives.
   * @param asModels false: for their instances, which outlive a model
   */
  models(bits: number, asModels: boolean): ModelReach {
    const key = `${bits} ${asModels}`;
    let known = this.reached.get(key);
    if (known === undefined) {
      this.reached.set(key, (known = this.findModels(bits, asModels)));
      const names = known.listed.reduce((sum, list) => sum + list.names.length, 0);
      this.kept += names;
      this.grown(names);
    }
    return known;
  }

  private findModels(bits: number, asModels: boolean): ModelReach {
    const { root, nodes, goneModels } = this.index;
    const ranges = this.rangesOf(bits);
    const all = root !== undefined && this.holds(bits, root);
    if (!all) {
      const held = ranges.flatMap((range) => modelsIn(nodes, range));
      return { all, listed: byOwner(asModels ? held.filter(({ gone }) => !gone) : held) };
    }
    const ends = [0, ...ranges.map(({ end }) => end)];
    const missed = ends.flatMap((at, i) => modelsIn(nodes, { at, end: ranges[i]?.at ?? nodes.length }));
    const gone = asModels ? goneModels.filter((node) => this.holds(bits, node)) : [];
    return { all, listed: byOwner([...missed, ...gone]) };
  }
}
