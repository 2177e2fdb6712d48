import { BadInput } from '../../core/errors.js';
import { BadEntry } from '../../core/policies/entries.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';
import { show } from '../../core/value.js';
import type { Turns } from '../../store/turns.js';
import type { Principals } from '../enforcement/principals.js';
import { assertRolesKnown } from './case-names.js';
import type { PeopleLock } from '../execution/people-lock.js';
import { assertManagerStays, internalRightIn, managersRemoved, type People } from '../policy-book/giving.js';
import { assertFitModels, type ModelNames } from './known-names.js';

/** Maximum length of the reason of a change, in characters. */
const LONGEST_REASON = 1000;

/** @throws BadInput `bad-request` */
export function assertReason(reason: string | undefined): void {
  if (reason !== undefined && reason.length > LONGEST_REASON)
    throw new BadInput('bad-request', `A reason has at most ${LONGEST_REASON} characters.`);
}

/** What the changes of one tenant's policies are checked against. */
export interface Ground {
  /** The stored models, which changes may name. */
  readonly names: ModelNames;
  /** Where there is much to check, others run in between. */
  readonly turns: Turns;
  /** The active users and groups. */
  readonly people: People;
  /** Names of models, elements and case roles that no model has are admitted. */
  readonly allowUnknownModels: boolean;
}

/** The people of a tenant, as the directory knows them. */
export const peopleOf = (
  principals: Pick<Principals, 'isAssignable' | 'hasMembers'>,
  tenantId: string | null,
): People => ({
  isUser: (name) => principals.isAssignable(name, tenantId),
  hasMembers: (group) => principals.hasMembers(group, tenantId),
});

/**
 * Refuses a change that no one may make, whoever asks for it and by whatever way it comes: a call of the API, an import
 * or a policy file. What only some callers may do is checked before.
 * @param after the resulting set, whose references are checked
 * @throws BadInput `bad-policy`, naming the entry and the nearest known name; Conflict `wrong-state` if no active
 * holder of the right to manage security roles would be left; CouldNotTell
 */
export async function assertSound(
  before: PolicySet,
  after: PolicySet,
  changes: readonly PolicyChange[],
  { names, people, turns, allowUnknownModels }: Ground,
): Promise<void> {
  await assertFitModels(names, changes, allowUnknownModels, turns);
  if (!allowUnknownModels) await assertRolesKnown(names, changes);
  await assertManagerStays(before, after, people);
}

/**
 * Checks and makes a change of the policies. One that takes the management of security roles from anybody is made while
 * no user and no other such role is changed, so that those who were found active still are when it is stored.
 * @throws Conflict `busy`
 */
export const whileManagersStay = <T>(
  lock: Pick<PeopleLock, 'alone'>,
  before: PolicySet,
  after: PolicySet,
  work: () => Promise<T>,
): Promise<T> => (managersRemoved(before, after).length === 0 ? work() : lock.alone(work));

/**
 * Refuses entries that give an internal right: files have no caller who could be SYSTEM.
 * @param stated all entries that files state, also those in force already: whether they are admitted must not depend on
 * what was applied before
 * @throws BadEntry naming the right
 */
export function assertNoInternal(after: PolicySet, stated: readonly PolicyChange[]): void {
  const found = internalRightIn(after, stated);
  if (found === undefined) return;
  const { kind, id, role, right } = found;
  throw new BadEntry(
    kind,
    id,
    `The security role ${show(role)} gives the internal right ${right}: that needs allowInternal.`,
  );
}
