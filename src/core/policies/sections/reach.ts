import type { Names } from '../../condition/condition.js';
import type { PlaceNode, SectionIndex } from './section-index.js';

/** Models of one owner. */
export interface OwnedModels {
  /** Undefined: the tenant itself. */
  readonly owner: string | undefined;
  readonly names: Names;
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

/** Whether one of the ranges, which are sorted and apart, contains the node. */
function isWithin(ranges: readonly Range[], { at }: Range): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as Range).end > at) high = middle;
    else low = middle + 1;
  }
  return low < ranges.length && (ranges[low] as Range).at <= at;
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
  holds(bits: number, node: Range): boolean {
    return isWithin(this.rangesOf(bits), node);
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
      const { root, byOwner } = this.index;
      const ranges = this.rangesOf(bits);
      const all = root !== undefined && isWithin(ranges, root);
      const isListed = (node: PlaceNode): boolean =>
        (isWithin(ranges, node) && !(asModels && node.gone)) !== all;
      const listed = [...byOwner].map(([owner, models]) => ({
        owner,
        names: this.names(models, isListed, all ? models.size : this.mostModels(bits)),
      }));
      this.reached.set(key, (known = { all, listed }));
    }
    return known;
  }

  /** Nodes are not fewer than the models among them. */
  private mostModels(bits: number): number {
    return this.rangesOf(bits).reduce((sum, { at, end }) => sum + end - at, 0);
  }

  private names(
    models: ReadonlyMap<string, PlaceNode>,
    isListed: (node: PlaceNode) => boolean,
    most: number,
  ): Names {
    let made: readonly string[] | undefined;
    return Object.freeze({
      most: Math.min(most, models.size),
      has: (name: string) => {
        const node = models.get(name);
        return node !== undefined && isListed(node);
      },
      list: () => {
        if (made !== undefined) return made;
        made = Object.freeze([...models].flatMap(([name, node]) => (isListed(node) ? [name] : [])).sort());
        this.kept += made.length;
        this.grown(made.length);
        return made;
      },
    });
  }
}
