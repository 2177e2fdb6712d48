import type { PolicySet } from '../../policy-set.js';
import type { Holder } from '../security-roles.js';
import { bitsOf, ROOT } from './permissions.js';
import {
  modelId,
  SECTION,
  SECTION_MODEL,
  SECTION_PERMISSION,
  type ModelRef,
  type Section,
  type SectionGrant,
  type SectionModel,
  type SectionPlace,
} from './section-entries.js';

/** A section, or a model that has an entry. */
export interface PlaceNode {
  readonly place: SectionPlace;
  /** Undefined for ROOT. */
  readonly parent: PlaceNode | undefined;
  /** True: it has its parent's permissions too. */
  readonly inherits: boolean;
  /** There is no model of this name any more. */
  readonly gone: boolean;
  readonly section: Section | undefined;
  /** Its number; what inherits from it, directly or not, has the numbers that follow, before `end`. */
  readonly at: number;
  readonly end: number;
}

/** A node while its numbers are being found. */
type Numbered = { -readonly [K in keyof PlaceNode]: PlaceNode[K] };

/** Permissions that a holder has on a node, as bits. */
export interface Given {
  readonly node: PlaceNode;
  readonly bits: number;
}

export const userKey = (name: string): string => `u:${name}`;
export const groupKey = (name: string): string => `g:${name}`;
const keyOf = (holder: Holder): string => ('user' in holder ? userKey(holder.user) : groupKey(holder.group));

/** Numbers the nodes so that each is followed by all that inherit from it. A loop: a tree may be deep. */
function number(nodes: readonly Numbered[]): PlaceNode[] {
  const heirs = new Map<PlaceNode, Numbered[]>();
  const stack: Numbered[] = [];
  for (const node of nodes) {
    if (node.parent === undefined || !node.inherits) stack.push(node);
    else {
      const known = heirs.get(node.parent);
      if (known === undefined) heirs.set(node.parent, [node]);
      else known.push(node);
    }
  }
  const ordered: Numbered[] = [];
  while (stack.length > 0) {
    const node = stack[stack.length - 1] as Numbered;
    if (node.at < 0) {
      node.at = ordered.length;
      ordered.push(node);
      for (const heir of heirs.get(node) ?? []) stack.push(heir);
    } else {
      // All that was put above it has its numbers.
      if (node.end < 0) node.end = ordered.length;
      stack.pop();
    }
  }
  return ordered;
}

function byOwner(nodes: Iterable<PlaceNode>): Map<string | undefined, Map<string, PlaceNode>> {
  const owners = new Map<string | undefined, Map<string, PlaceNode>>();
  for (const node of nodes) {
    const { model, owner } = node.place as ModelRef;
    const known = owners.get(owner);
    if (known === undefined) owners.set(owner, new Map([[model, node]]));
    else known.set(model, node);
  }
  return owners;
}

/** The sections of one policy set and the models with entries, by name and by what inherits from what. */
export class SectionIndex {
  readonly sections: ReadonlyMap<string, PlaceNode>;
  readonly models: ReadonlyMap<string, PlaceNode>;
  /** All nodes by their numbers. */
  readonly nodes: readonly PlaceNode[];
  /** The models with entries, by owner and name. Undefined as an owner: the tenant itself. */
  readonly byOwner: ReadonlyMap<string | undefined, ReadonlyMap<string, PlaceNode>>;
  private readonly byHolder = new Map<string, Given[]>();

  constructor(set: PolicySet) {
    const sections = new Map<string, Numbered>();
    const models = new Map<string, Numbered>();
    const stored = set.of(SECTION) as ReadonlyMap<string, Section>;
    for (const [id, section] of stored) sections.set(id, this.node({ section: id }, section));
    for (const [id, node] of sections)
      if (id !== ROOT) node.parent = sections.get(stored.get(id)?.parent ?? ROOT);
    const root = sections.get(ROOT);
    const addModel = (ref: ModelRef, facts: Partial<SectionModel>): Numbered => {
      const { model, owner } = ref;
      const place = { model, ...(owner !== undefined && { owner }) };
      const node = {
        ...this.node(place, undefined, facts),
        parent: sections.get(facts.section ?? ROOT) ?? root,
      };
      models.set(modelId(ref), node);
      return node;
    };
    for (const value of set.of(SECTION_MODEL).values())
      addModel(value as SectionModel, value as SectionModel);
    for (const value of set.of(SECTION_PERMISSION).values()) {
      const grant = value as SectionGrant;
      const node =
        'section' in grant
          ? sections.get(grant.section)
          : (models.get(modelId(grant)) ?? addModel(grant, {}));
      if (node === undefined) continue;
      const given = { node, bits: bitsOf(grant.permissions) };
      const known = this.byHolder.get(keyOf(grant));
      if (known === undefined) this.byHolder.set(keyOf(grant), [given]);
      else known.push(given);
    }
    this.sections = sections;
    this.models = models;
    this.nodes = number([...sections.values(), ...models.values()]);
    this.byOwner = byOwner(models.values());
  }

  private node(
    place: SectionPlace,
    section: Section | undefined,
    { inherit, gone }: Pick<Partial<SectionModel>, 'inherit' | 'gone'> = section ?? {},
  ): Numbered {
    const inherits = inherit !== false;
    return { place, section, parent: undefined, inherits, gone: gone === true, at: -1, end: -1 };
  }

  get root(): PlaceNode | undefined {
    return this.sections.get(ROOT);
  }

  /** The section, or the model; a model without an entry is in ROOT, and has its permissions. */
  find(place: SectionPlace): PlaceNode | undefined {
    return 'section' in place
      ? this.sections.get(place.section)
      : (this.models.get(modelId(place)) ?? this.root);
  }

  /** The permissions that are given to the holder itself. */
  givenTo(key: string): readonly Given[] {
    return this.byHolder.get(key) ?? [];
  }

  /** Those of the keys that are given any permission. */
  holders(keys: readonly string[]): string[] {
    return keys.filter((key) => this.byHolder.has(key));
  }
}
