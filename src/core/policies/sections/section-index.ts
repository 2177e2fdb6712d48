import type { Entries } from '../../policy-set/entries.js';
import type { PolicySet } from '../../policy-set/policy-set.js';
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
export const holderKey = (holder: Holder): string =>
  'user' in holder ? userKey(holder.user) : groupKey(holder.group);

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
      node.end = ordered.length;
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

/** The model of a grant, which need not have a place. */
const modelOf = (grant: unknown): string | undefined =>
  'section' in (grant as SectionGrant) ? undefined : modelId(grant as SectionGrant & ModelRef);
const holderOf = (grant: unknown): string => holderKey(grant as SectionGrant);

const nodeOf = (
  place: SectionPlace,
  section: Section | undefined,
  { inherit, gone }: Pick<Partial<SectionModel>, 'inherit' | 'gone'> = section ?? {},
): Numbered => {
  const inherits = inherit !== false;
  return { place, section, parent: undefined, inherits, gone: gone === true, at: -1, end: -1 };
};

/** Models on which permissions are given, and which are placed nowhere: they are in ROOT. */
function looseModels(grants: Entries, placed: Entries): ReadonlyMap<string, ModelRef> {
  const loose = new Map<string, ModelRef>();
  for (const id of grants.keysBy(modelOf)) {
    const [grant] = placed.has(id) ? [] : grants.where(modelOf, id);
    if (grant !== undefined) loose.set(id, grant as ModelRef);
  }
  return loose;
}

/** The sections and the models with entries, by what inherits from what, without the permissions on them. */
class Places {
  readonly sections: ReadonlyMap<string, PlaceNode>;
  readonly models: ReadonlyMap<string, PlaceNode>;
  readonly nodes: readonly PlaceNode[];
  readonly byOwner: ReadonlyMap<string | undefined, ReadonlyMap<string, PlaceNode>>;

  private constructor(
    private readonly stored: Entries,
    private readonly placed: Entries,
    private readonly loose: ReadonlyMap<string, ModelRef>,
  ) {
    const sections = new Map<string, Numbered>();
    const models = new Map<string, Numbered>();
    for (const [id, section] of stored) sections.set(id, nodeOf({ section: id }, section as Section));
    for (const [id, node] of sections)
      if (id !== ROOT) node.parent = sections.get(node.section?.parent ?? ROOT);
    const root = sections.get(ROOT);
    const addModel = (id: string, { model, owner }: ModelRef, facts: Partial<SectionModel>): void => {
      const node = nodeOf({ model, ...(owner !== undefined && { owner }) }, undefined, facts);
      node.parent = sections.get(facts.section ?? ROOT) ?? root;
      models.set(id, node);
    };
    for (const [id, value] of placed) addModel(id, value as SectionModel, value as SectionModel);
    for (const [id, ref] of loose) addModel(id, ref, {});
    this.sections = sections;
    this.models = models;
    this.nodes = number([...sections.values(), ...models.values()]);
    this.byOwner = byOwner(models.values());
  }

  /** @param before of another version; the same object if it says the same */
  static of(set: PolicySet, before: Places | undefined): Places {
    const [stored, placed] = [set.of(SECTION), set.of(SECTION_MODEL)];
    const loose = looseModels(set.of(SECTION_PERMISSION), placed);
    return before?.says(stored, placed, loose) === true ? before : new Places(stored, placed, loose);
  }

  private says(stored: Entries, placed: Entries, loose: ReadonlyMap<string, ModelRef>): boolean {
    return (
      stored === this.stored &&
      placed === this.placed &&
      loose.size === this.loose.size &&
      [...loose.keys()].every((id) => this.loose.has(id))
    );
  }
}

/**
 * The sections of one policy set and the models with entries, by name and by what inherits from what. After a change
 * of permissions alone, it shares the places with the one before. A holder's permissions are looked up when asked for.
 */
export class SectionIndex {
  private readonly places: Places;
  private readonly grants: Entries;
  private readonly byHolder = new Map<string, readonly Given[]>();

  /** @param before the index of another version */
  constructor(set: PolicySet, before?: SectionIndex) {
    this.places = Places.of(set, before?.places);
    this.grants = set.of(SECTION_PERMISSION);
  }

  get sections(): ReadonlyMap<string, PlaceNode> {
    return this.places.sections;
  }

  get models(): ReadonlyMap<string, PlaceNode> {
    return this.places.models;
  }

  /** All nodes by their numbers. */
  get nodes(): readonly PlaceNode[] {
    return this.places.nodes;
  }

  /** The models with entries, by owner and name. Undefined as an owner: the tenant itself. */
  get byOwner(): ReadonlyMap<string | undefined, ReadonlyMap<string, PlaceNode>> {
    return this.places.byOwner;
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
    let given = this.byHolder.get(key);
    if (given !== undefined) return given;
    given = this.grants.where(holderOf, key).flatMap((value) => {
      const grant = value as SectionGrant;
      const node = 'section' in grant ? this.sections.get(grant.section) : this.models.get(modelId(grant));
      return node === undefined ? [] : [{ node, bits: bitsOf(grant.permissions) }];
    });
    // Those who are given nothing may be any number.
    if (given.length > 0) this.byHolder.set(key, given);
    return given;
  }

  /** Those of the keys that are given any permission. */
  holders(keys: readonly string[]): string[] {
    return keys.filter((key) => this.givenTo(key).length > 0);
  }
}
