import type { Call } from '../enforcement/call.js';
import type { InForce } from '../policy-book/policy-book.js';
import { AccessDenied, notFound } from '../../core/errors.js';
import {
  bitsOf,
  PERMISSION_NAMES,
  ROOT,
  type SectionPermission,
} from '../../core/policies/sections/permissions.js';
import { isSectionKind, type SectionPlace } from '../../core/policies/sections/section-entries.js';
import type { PlaceNode } from '../../core/policies/sections/section-index.js';
import type { Sections } from '../../core/policies/sections/sections.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';
import type { SecureUser } from '../../core/principal.js';
import { movedPermissions } from './moved-permissions.js';

const ANY = bitsOf(PERMISSION_NAMES);
const CREATING: readonly SectionPermission[] = [
  'bpmn-section-create-process-def',
  'bpmn-section-create-subsection',
];

export const needsPermission = (permission: SectionPermission): AccessDenied =>
  new AccessDenied('forbidden', `You may not do this; it needs the section permission ${permission}.`);

const forAdministrators = (what: string): AccessDenied =>
  new AccessDenied('forbidden', `Only administrators ${what}.`);

/** Sections and their permissions are for administrators alone. @throws AccessDenied `forbidden` */
export function assertNoSections(changes: readonly PolicyChange[]): void {
  if (changes.some(({ kind }) => isSectionKind(kind))) throw forAdministrators('apply changes of sections');
}

/** What one caller may do with sections, and which of them it may know of. */
export class SectionSight {
  private seen: ReadonlySet<PlaceNode> | undefined;

  /** @param administrator true also while the rules are switched off */
  constructor(
    private readonly sections: Sections,
    private readonly principal: SecureUser,
    readonly administrator: boolean,
  ) {}

  holds(place: SectionPlace, ...any: readonly SectionPermission[]): boolean {
    return this.administrator || this.sections.holds(this.principal, place, ...any);
  }

  /** Whether something of the section is shown: it is readable, or something below it, or the caller may act in it. */
  knows(section: string): boolean {
    if (this.administrator) return this.sections.index.sections.has(section);
    if (section === ROOT) return false;
    if (this.sections.holds(this.principal, { section }, ...PERMISSION_NAMES)) return true;
    this.seen ??= this.ancestors();
    const node = this.sections.index.sections.get(section);
    return node !== undefined && this.seen.has(node);
  }

  /**
   * What is moved must not give its mover a permission on it, except to create in it; nor must it give others one that
   * its mover does not hold.
   * @throws AccessDenied `forbidden`
   */
  assertGivesNothing(set: PolicySet, from: SectionPlace, to: string): void {
    if (this.administrator) return;
    const gained = PERMISSION_NAMES.find(
      (name) => !CREATING.includes(name) && this.holds({ section: to }, name) && !this.holds(from, name),
    );
    if (gained !== undefined)
      throw new AccessDenied(
        'forbidden',
        `You may not move it there: it would give you the section permission ${gained} on it.`,
      );
    const place = { section: to };
    const given = movedPermissions(set, this.sections, from, place).find(
      (name) => !this.holds(from, name) && !(CREATING.includes(name) && this.holds(place, name)),
    );
    if (given !== undefined)
      throw new AccessDenied(
        'forbidden',
        `You may not move it there: it would give others the section permission ${given} on it, which you do not hold.`,
      );
  }

  private ancestors(): ReadonlySet<PlaceNode> {
    const found = new Set<PlaceNode>();
    for (const node of this.sections.reachOf(this.principal).nodes(ANY))
      for (let at = node.gone ? undefined : node.parent; at !== undefined && !found.has(at); at = at.parent)
        found.add(at);
    return found;
  }

  /** @throws AccessDenied `not-found` for a section that the caller may not know of; `forbidden` */
  assertHolds(section: string, permission: SectionPermission): void {
    if (!this.sections.index.sections.has(section) && !this.administrator) throw notFound('section');
    if (this.holds({ section }, permission)) return;
    throw this.knows(section) ? needsPermission(permission) : notFound('section');
  }

  /** @throws AccessDenied `forbidden` */
  assertAdministrator(what: string): void {
    if (!this.administrator) throw forAdministrators(what);
  }

  /** Asserts that the caller may create sections in the section, or move them there. */
  assertCreatesIn(section: string): void {
    if (section === ROOT) this.assertAdministrator('create sections in ROOT, or move them there');
    this.assertHolds(section, 'bpmn-section-create-subsection');
  }
}

/** What a change needs: the call, the policies in force, and what the caller may do with sections. */
export interface SectionChange {
  readonly call: Call;
  readonly now: InForce;
  readonly sight: SectionSight;
}
