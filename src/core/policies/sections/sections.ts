import { addTo } from '../../add-to.js';
import type { Policy } from '../../policy.js';
import type { PolicySet } from '../../policy-set/policy-set.js';
import type { SecureUser } from '../../principal.js';
import type { Holder } from '../security-roles.js';
import { bitsOf, PERMISSION_NAMES, ROOT, type SectionPermission } from './permissions.js';
import { Reach } from './reach.js';
import { sectionRules } from './section-rules.js';
import { SECTION, type SectionPlace } from './section-entries.js';
import { groupKey, SectionIndex, userKey, type PlaceNode } from './section-index.js';

/** A principal, as far as permissions are given to it. */
export type PermissionHolder = Pick<SecureUser, 'userName' | 'userGroups'>;

/** Where a permission comes from: the section or model with the entry, and to whom it is given there. */
export type PermissionSource = SectionPlace & Holder;

/** The number of different sets of holders whose reach is kept, and of the names of models in all of them. */
const MOST = { reaches: 5_000, names: 1_000_000 };

const keysOf = ({ userName, userGroups }: PermissionHolder): string[] => [
  userKey(userName),
  ...userGroups.map(groupKey),
];

/** The holder that a key stands for. */
const holderOf = (key: string): Holder =>
  key.startsWith('u:') ? { user: key.slice(2) } : { group: key.slice(2) };

/** The sections of one policy set: who has which permission where. Indexed when first asked. */
export class Sections {
  private known: SectionIndex | undefined;
  private readonly reaches = new Map<string, Reach>();
  private names = 0;
  private made: readonly Policy[] | undefined;

  /** An index of an earlier version, with which the index of this one shares what did not change. */
  private earlier: SectionIndex | undefined;

  /** @param before those of another version of the set */
  constructor(
    private readonly set: PolicySet,
    before?: Sections,
  ) {
    this.earlier = before?.known ?? before?.earlier;
  }

  /** True once there is ROOT; before that, sections neither restrict nor permit anything. */
  get exist(): boolean {
    return this.set.of(SECTION).has(ROOT);
  }

  /** The policies that follow: none before there is ROOT. */
  get policies(): readonly Policy[] {
    this.made ??= Object.freeze(this.exist ? [sectionRules(this)] : []);
    return this.made;
  }

  get index(): SectionIndex {
    this.known ??= new SectionIndex(this.set, this.earlier);
    this.earlier = undefined;
    return this.known;
  }

  /** What the principal reaches; the same object for all who have their permissions from the same holders. */
  reachOf(principal: PermissionHolder): Reach {
    const holders = this.index.holders(keysOf(principal)).sort();
    const key = JSON.stringify(holders);
    const known = this.reaches.get(key);
    if (known !== undefined) return known;
    const reach: Reach = new Reach(this.index, holders, (by) => {
      if (this.reaches.get(key) === reach) this.grow(by, reach);
    });
    this.reaches.set(key, reach);
    this.grow(0, reach);
    return reach;
  }

  /** Drops the oldest while there are too many; the one that grows stays. */
  private grow(by: number, grown: Reach): void {
    this.names += by;
    for (const [key, reach] of this.reaches) {
      if (this.reaches.size <= MOST.reaches && this.names <= MOST.names) return;
      if (reach === grown) continue;
      this.reaches.delete(key);
      this.names -= reach.size;
    }
  }

  /** Whether the principal holds one of the permissions on the section or model. */
  holds(principal: PermissionHolder, place: SectionPlace, ...any: readonly SectionPermission[]): boolean {
    const node = this.index.find(place);
    return node !== undefined && this.reachOf(principal).holds(bitsOf(any), node);
  }

  /** Each permission that the principal holds on the section or model, with all places from which it comes. */
  effective(
    principal: PermissionHolder,
    place: SectionPlace,
  ): ReadonlyMap<SectionPermission, readonly PermissionSource[]> {
    const found = new Map<SectionPermission, PermissionSource[]>();
    const given = new Map<PlaceNode, [key: string, bits: number][]>();
    for (const key of this.index.holders(keysOf(principal)))
      for (const { node, bits } of this.index.givenTo(key)) addTo(given, node, [key, bits]);
    for (
      let node = this.index.find(place);
      node !== undefined;
      node = node.inherits ? node.parent : undefined
    )
      for (const [key, bits] of given.get(node) ?? [])
        for (const name of PERMISSION_NAMES) {
          if ((bits & bitsOf([name])) === 0) continue;
          addTo(found, name, { ...node.place, ...holderOf(key) });
        }
    // In the order of the catalogue.
    return new Map(
      PERMISSION_NAMES.flatMap((name) => {
        const sources = found.get(name);
        return sources === undefined ? [] : [[name, sources] as const];
      }),
    );
  }
}
