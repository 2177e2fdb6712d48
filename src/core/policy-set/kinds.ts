import { deepCopy } from '../copy.js';
import { BadInput } from '../errors.js';
import { atOnce, mapInSteps, type InSteps } from '../in-steps.js';
import {
  oneOf,
  policyName,
  badPolicy,
  entryFields,
  entryName,
  type EntryKinds,
  type NamedElement,
  type ReadEntry,
} from '../policies/entries.js';
import { Duties } from '../policies/duties/duties.js';
import { DUTY_ENTRIES } from '../policies/duties/duty-entries.js';
import { GRID_ENTRIES } from '../policies/grid/grid-entries.js';
import { Grid } from '../policies/grid/grid-policy.js';
import { assertRootStays } from '../policies/sections/section-check.js';
import { SECTION_ENTRIES } from '../policies/sections/section-file.js';
import { Sections } from '../policies/sections/sections.js';
import { CaseRoles, type CaseRolesOptions } from '../policies/case-roles/case-roles.js';
import { CASE_ENTRIES } from '../policies/case-roles/entries.js';
import { SECURITY_ROLE_ENTRIES } from '../policies/security-role-entries.js';
import { SecurityRoles } from '../policies/security-roles.js';
import type { Policy } from '../policy.js';
import type { PolicyChange, PolicySet } from './policy-set.js';
import { show } from '../value.js';

/** The longest id of an entry, which may quote several names, in characters. */
const LONGEST_ID = 3000;
/** Entries that a policy set may have, and that one change may name. */
const MOST_ENTRIES = 200_000;
/** The last ones are for administrators: nobody else can fill a set, and so keep them from restricting anything. */
const KEPT_FOR_ADMINISTRATORS = 20_000;

/** All entries that a policy set can have. */
export const ENTRIES: readonly EntryKinds[] = [
  SECURITY_ROLE_ENTRIES,
  DUTY_ENTRIES,
  GRID_ENTRIES,
  SECTION_ENTRIES,
  CASE_ENTRIES,
];

const READ: Readonly<Record<string, ReadEntry>> = Object.assign({}, ...ENTRIES.map(({ kinds }) => kinds));
const NAMED: ReadonlySet<string> = new Set(ENTRIES.flatMap(({ named = [] }) => named));

/** The kinds of policy set entries. */
export const POLICY_KINDS: readonly string[] = Object.freeze(Object.keys(READ));

const tooMany = (): BadInput =>
  new BadInput('too-large', `A policy set has at most ${MOST_ENTRIES} entries.`);

/**
 * Keeps entries for administrators.
 * @throws BadInput `too-large` if a change of somebody else adds entries beyond those that all may fill
 */
export function assertRoomForOthers(before: PolicySet, after: PolicySet): void {
  const most = MOST_ENTRIES - KEPT_FOR_ADMINISTRATORS;
  if (after.size > most && after.size > before.size)
    throw new BadInput('too-large', `Only administrators can add more than ${most} entries to a policy set.`);
}

/** Levels below a change. What entries admit is flatter, and has limits of its own. */
const DEEPEST = 64;
/** Lists and objects in the changes that are passed at once. */
const MOST_PARTS = 5_000_000;

/**
 * Copies the changes of a caller, so that the caller cannot alter them any more. They are checked later.
 * @throws BadInput `bad-policy`, `too-large`: the changes contain themselves, or are too many to be copied
 */
export function copyOfChanges(given: unknown): unknown {
  // Anything but a list is refused when it is read.
  if (!Array.isArray(given)) return given;
  if (given.length > MOST_ENTRIES) throw tooMany();
  let room = MOST_PARTS;
  return given.map((change: unknown, at) =>
    deepCopy(change, undefined, (depth) => {
      if (depth > DEEPEST) badPolicy(`Change ${at + 1} contains itself or is nested too deeply.`);
      if (--room < 0)
        throw new BadInput('too-large', `The changes contain more than ${MOST_PARTS} lists and objects.`);
    }),
  );
}

/**
 * Checks the changes that a caller passes, and converts them to their stored form.
 * @throws BadInput `bad-policy`, naming the invalid part and the nearest known name
 */
export const readChanges = (given: unknown): PolicyChange[] => atOnce(changesRead(given));

/** {@link readChanges} in steps. */
export function* changesRead(given: unknown): InSteps<PolicyChange[]> {
  if (!Array.isArray(given)) return badPolicy(`Changes must be a list, got ${show(given)}.`);
  if (given.length > MOST_ENTRIES) throw tooMany();
  // A list may have holes.
  return yield* mapInSteps(given as unknown[], (one, at) => readChange(one, `Change ${at + 1}`));
}

/** Checks one change, and converts it to its stored form. @throws BadInput `bad-policy` */
export function readChange(given: unknown, what: string): PolicyChange {
  const { kind: named, id, value } = entryFields(given, what, ['kind', 'id', 'value']);
  const kind = oneOf(named, 'kind of policy', POLICY_KINDS);
  if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID)
    return badPolicy(`${what} needs the id of an entry, got ${show(id)}.`);
  // What is removed may be called whatever it is.
  const read = value === null ? policyName : entryName;
  const name = NAMED.has(kind) ? read(id, `The entry ${kind}`) : id;
  return { kind, id: name, value: value === null ? null : (READ[kind] as ReadEntry)(name, value) };
}

/**
 * The set after the changes, with the references between its entries checked. What is removed must be there: a role
 * that somebody believes withdrawn, by a misspelt name, would stay.
 * @throws BadInput `bad-policy`, `too-large`
 */
export const changedSet = (
  before: PolicySet,
  changes: readonly PolicyChange[],
  options: ChangedSetOptions = {},
): PolicySet => atOnce(setAfter(before, changes, options));

interface ChangedSetOptions {
  readonly switchOffSections?: boolean;
}

/** {@link changedSet} in steps. */
export function* setAfter(
  before: PolicySet,
  changes: readonly PolicyChange[],
  { switchOffSections = false }: ChangedSetOptions = {},
): InSteps<PolicySet> {
  const set = before.with(before.version + 1, changes);
  if (changes.length > MOST_ENTRIES || set.size > MOST_ENTRIES) throw tooMany();
  const given = new Map<string, boolean>();
  for (const { kind, id, value } of changes) {
    const key = JSON.stringify([kind, id]);
    const known = before.of(kind);
    if (value === null && !(given.get(key) ?? known.has(id)))
      badPolicy(`There is no ${kind} ${show(id)} to remove.`);
    given.set(key, value !== null);
    yield;
  }
  for (const { check } of ENTRIES) yield* check?.(set, changes) ?? [];
  if (!switchOffSections) assertRootStays(set, before);
  return set;
}

/** The models, and the elements of them, that a change names; none for a removal. */
export function namesIn({ kind, value }: PolicyChange): readonly NamedElement[] {
  const of = value === null ? undefined : ENTRIES.find(({ kinds }) => Object.hasOwn(kinds, kind));
  return [...(of?.names?.(kind, value) ?? [])];
}

/** The policies of a set, and what the enforcement points ask of it besides. */
export interface CompiledSet {
  readonly policies: readonly Policy[];
  readonly securityRoles: SecurityRoles;
  readonly duties: Duties;
  readonly grid: Grid;
  readonly sections: Sections;
  readonly caseRoles: CaseRoles;
}

/** Settings of policies that are not part of a set. */
export interface CompileOptions {
  readonly caseRoles?: CaseRolesOptions;
}

/** A set that was compiled before. */
export interface Before {
  readonly set: PolicySet;
  readonly compiled: Omit<CompiledSet, 'policies'>;
}

/**
 * Compiles the policies of a set.
 * @param before another set of the same tenant: policies whose entries it shares are taken from it
 * @throws TypeError for an entry of an unknown kind, which a newer version of this package may have stored
 */
export function compileSet(set: PolicySet, options: CompileOptions = {}, before?: Before): CompiledSet {
  const kept = <Name extends keyof Before['compiled']>(
    name: Name,
    { kinds }: EntryKinds,
    make: () => Before['compiled'][Name],
  ): Before['compiled'][Name] =>
    before !== undefined && Object.keys(kinds).every((kind) => before.set.of(kind) === set.of(kind))
      ? before.compiled[name]
      : make();
  const strange = set.kinds.find((kind) => !POLICY_KINDS.includes(kind));
  if (strange !== undefined) throw new TypeError(`Unknown kind of policy ${show(strange)}`);
  const securityRoles = kept('securityRoles', SECURITY_ROLE_ENTRIES, () => new SecurityRoles(set));
  const grid = kept('grid', GRID_ENTRIES, () => new Grid(set, before?.compiled.grid));
  const newDuties = (): Duties => new Duties(set, () => grid.showing);
  const duties = grid === before?.compiled.grid ? kept('duties', DUTY_ENTRIES, newDuties) : newDuties();
  const sections = kept('sections', SECTION_ENTRIES, () => new Sections(set, before?.compiled.sections));
  const caseRoles = kept('caseRoles', CASE_ENTRIES, () => new CaseRoles(set, options.caseRoles));
  const policies = [
    caseRoles,
    ...securityRoles.policies,
    ...(grid.isInUse ? [grid.policy] : []),
    ...duties.policies,
    ...sections.policies,
  ];
  return { policies, securityRoles, duties, grid, sections, caseRoles };
}
