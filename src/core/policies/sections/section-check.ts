import { unknownName } from '../../options.js';
import type { PolicyChange, PolicySet } from '../../policy-set/policy-set.js';
import { show } from '../../value.js';
import { BadEntry } from '../entries.js';
import { ROOT } from './permissions.js';
import {
  isSectionKind,
  SECTION,
  SECTION_MODEL,
  SECTION_PERMISSION,
  type Section,
  type SectionGrant,
  type SectionModel,
} from './section-entries.js';

type SectionsById = ReadonlyMap<string, Section>;

const parentOf = (sections: SectionsById, id: string): string => sections.get(id)?.parent ?? ROOT;

/** The section that an entry is in, or is about. */
function sectionOf(kind: string, id: string, value: unknown): string | undefined {
  if (kind === SECTION) return id === ROOT ? undefined : ((value as Section).parent ?? ROOT);
  if (kind === SECTION_MODEL) return (value as SectionModel).section ?? ROOT;
  const grant = value as SectionGrant;
  return 'section' in grant ? grant.section : ROOT;
}

/**
 * Sections end only on request: without them all models lose their restrictions.
 * @throws BadEntry for ROOT
 */
export function assertRootStays(set: PolicySet, before: PolicySet): void {
  if (set.of(SECTION).has(ROOT) || !before.of(SECTION).has(ROOT)) return;
  throw new BadEntry(
    SECTION,
    ROOT,
    'ROOT cannot be removed: without sections, all models lose their restrictions. If that is' +
      ' meant, say switchOffSections.',
  );
}

function assertRoot(set: PolicySet): void {
  if (set.of(SECTION).has(ROOT)) return;
  const [kind] = set.kinds.filter(isSectionKind);
  const [id] = kind === undefined ? [] : set.of(kind).keys();
  if (kind !== undefined && id !== undefined)
    throw new BadEntry(kind, id, `Sections need the section ROOT: add ${SECTION} ROOT, with the value {}.`);
}

function assertKnown(sections: SectionsById, kind: string, id: string, value: unknown): void {
  const named = sectionOf(kind, id, value);
  if (named === undefined || sections.has(named)) return;
  const hint = unknownName(named, [...sections.keys()]);
  throw new BadEntry(kind, id, `The section ${show(named)} does not exist. ${hint}`);
}

/** @param rooted sections that are known to lead to ROOT */
function assertRooted(sections: SectionsById, id: string, rooted: Set<string>): void {
  const path = new Set<string>();
  for (let at = id; at !== ROOT && !rooted.has(at); at = parentOf(sections, at)) {
    if (path.has(at))
      throw new BadEntry(
        SECTION,
        id,
        `The section ${show(id)} cannot be in ${show(parentOf(sections, id))}, which is in it.`,
      );
    path.add(at);
  }
  for (const one of path) rooted.add(one);
}

/**
 * Checks what changes say of sections: each names sections that exist, and each section leads to ROOT. What they leave
 * as it was has been checked before, unless it was about a section that they remove.
 * @throws BadEntry naming the nearest known section
 */
export function checkSections(set: PolicySet, changes: readonly PolicyChange[]): void {
  const ours = changes.filter(({ kind }) => isSectionKind(kind));
  if (ours.length === 0) return;
  assertRoot(set);
  const sections = set.of(SECTION) as SectionsById;
  const rooted = new Set<string>();
  for (const { kind, id } of ours) {
    const value = set.of(kind).get(id);
    if (value === undefined) continue;
    assertKnown(sections, kind, id, value);
    if (kind === SECTION) assertRooted(sections, id, rooted);
  }
  if (!ours.some(({ kind, id }) => kind === SECTION && !sections.has(id))) return;
  for (const kind of [SECTION, SECTION_MODEL, SECTION_PERMISSION])
    for (const [id, value] of set.of(kind)) assertKnown(sections, kind, id, value);
}
