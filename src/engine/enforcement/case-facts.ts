import { BadInput, Conflict } from '../../core/errors.js';
import type { CaseRole } from '../../core/policies/case-roles/declaration.js';
import {
  countOf,
  readAssignment,
  type CaseAssignment,
  type RoleHolders,
} from '../../core/policies/case-roles/holders.js';
import { OWNER } from '../../core/policies/case-roles/operations.js';
import { show } from '../../core/value.js';
import type { StoredInstance, StoredModel } from '../../store/port.js';
import { rolesOf } from '../model/case-roles.js';
import { isReserved } from '../users/user-input.js';
import type { Call } from './call.js';
import { modelsOwnerOf } from '../model/models-owner.js';
import type { CommandParts } from './command-parts.js';

/** The roles that a stored model declares; read from its source if an unguarded host stored it. */
async function rolesOfModel(
  { models }: Pick<CommandParts, 'models'>,
  model: StoredModel,
): Promise<readonly CaseRole[]> {
  const stored = model.guard?.caseRoles as CaseRole[] | undefined;
  return stored ?? rolesOf(await models.definition(model.name, model.source ?? ''));
}

/** The roles that the model of a running instance declares. */
export async function rolesOfInstance(
  { models }: Pick<CommandParts, 'models'>,
  instance: StoredInstance,
): Promise<readonly CaseRole[]> {
  const { name = '', source } = instance;
  const from = { name, ...(typeof source === 'string' && { source }) };
  return rolesOf(await models.loadFromInstance(from, modelsOwnerOf(instance) ?? undefined));
}

/**
 * Refuses holders whom the directory does not know as users of the tenant.
 * @throws BadInput with the given code
 */
export async function assertKnown(
  { calls }: Pick<CommandParts, 'calls'>,
  { users }: RoleHolders,
  tenantId: string | null,
  code: 'bad-option' | 'bad-assignment',
): Promise<void> {
  if (calls.bypass) return;
  for (const name of users)
    if (!(await calls.principals.isAssignable(name, tenantId)))
      throw new BadInput(code, `The user ${show(name)} is not known, and cannot hold a role.`);
}

/**
 * Whether somebody active is among the holders. Programs are; a group is, unless the directory knows that it has no
 * active member.
 * @throws CouldNotTell if the directory does not answer
 */
async function isHeld(
  { calls: { bypass, principals } }: Pick<CommandParts, 'calls'>,
  { users, groups }: RoleHolders,
  { userName, tenantId = null }: { readonly userName: string; readonly tenantId: string | null | undefined },
): Promise<boolean> {
  if (bypass) return users.length + groups.length > 0;
  for (const name of users)
    if (name === userName || isReserved(name) || (await principals.isAssignable(name, tenantId))) return true;
  for (const group of groups) if (await principals.mayHaveMembers(group, tenantId)) return true;
  return false;
}

/**
 * Refuses an owner who is not active, at the start of a case and later.
 * @throws Conflict `wrong-state`; CouldNotTell if the directory does not answer
 */
export async function assertActiveOwner(
  parts: Pick<CommandParts, 'calls'>,
  owner: RoleHolders,
  by: { readonly userName: string; readonly tenantId: string | null | undefined },
): Promise<void> {
  if (!(await isHeld(parts, owner, by)))
    throw new Conflict('wrong-state', 'A case has an active owner: name another one instead.');
}

/**
 * The checked option `caseRoles` of a start; undefined if it is not given.
 * @throws BadInput `bad-option`; Conflict `wrong-state` if the owner that it names is nobody active
 */
export async function rolesAtStart(
  parts: Pick<CommandParts, 'calls' | 'models'>,
  { principal }: Call,
  model: StoredModel,
  given: unknown,
): Promise<CaseAssignment | undefined> {
  if (given === undefined) return undefined;
  const read = readAssignment(given, await rolesOfModel(parts, model));
  for (const holders of Object.values(read)) {
    const others = { ...holders, users: holders.users.filter((name) => name !== principal.userName) };
    await assertKnown(parts, others, principal.tenantId ?? null, 'bad-option');
  }
  const owner = read[OWNER];
  // A case that names none gets its starter.
  if (owner !== undefined && countOf(owner) > 0) await assertActiveOwner(parts, owner, principal);
  return read;
}
