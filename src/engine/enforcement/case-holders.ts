import { notFound } from '../../core/errors.js';
import type { CaseRole } from '../../core/policies/case-roles/declaration.js';
import {
  assertRoom,
  countOf,
  declaredRole,
  merged,
  NOBODY,
  readHolders,
  type RoleHolders,
} from '../../core/policies/case-roles/holders.js';
import { OWNER } from '../../core/policies/case-roles/operations.js';
import { RUN_FIELDS } from '../../store/query/large-fields.js';
import type { CaseRoleView } from '../contract/case-types.js';
import type { Call } from './call.js';
import { asked, assertCase, type CaseCommands } from './case-commands.js';
import { assertActiveOwner, assertKnown, rolesOfInstance } from './case-facts.js';
import { assertRunning } from './command-parts.js';

const ROLES = asked('instance:roles', 'MODIFY_ROLE_ASSIGNMENT');
/** Large fields that say nothing about the model. */
const WITHOUT_MODEL = ['svg', ...RUN_FIELDS];

const roleView = ({ name, min, max }: CaseRole, { users, groups }: RoleHolders): CaseRoleView => ({
  name,
  min,
  ...(max !== undefined && { max }),
  users: [...users],
  groups: [...groups],
});

/** The holders of the roles of cases. */
export class CaseHolders {
  constructor(private readonly commands: CaseCommands) {}

  async list(call: Call, instanceId: unknown): Promise<CaseRoleView[]> {
    const { id } = await this.commands.readable(call, instanceId);
    const instance = await this.commands.parts.calls.store.instances.load(id, WITHOUT_MODEL);
    if (instance === undefined || !call.mayReadInstance(instance)) throw notFound('instance');
    const declared = await rolesOfInstance(this.commands.parts, instance);
    assertCase(instance, declared);
    const held = instance.guard?.caseRoles ?? {};
    return declared.map((role) => roleView(role, held[role.name] ?? NOBODY));
  }

  /** @param change the new holders, given the present ones and those of the call */
  private async setHolders(
    call: Call,
    instanceId: unknown,
    roleName: unknown,
    given: unknown,
    change: (held: RoleHolders, given: RoleHolders) => RoleHolders,
  ): Promise<CaseRoleView> {
    const wanted = readHolders(given, 'The holders of a role');
    return this.commands.change(
      call,
      instanceId,
      () => ROLES,
      async ({ call: now, instance, guard }) => {
        assertRunning(instance);
        const declared = await rolesOfInstance(this.commands.parts, instance);
        assertCase(instance, declared);
        const role = declaredRole(declared, roleName);
        const before = guard?.caseRoles?.[role.name] ?? NOBODY;
        const held = change(before, wanted);
        assertRoom(role, held, 'bad-assignment');
        const fresh = held.users.filter(
          (name) => !before.users.includes(name) && name !== now.principal.userName,
        );
        await assertKnown(
          this.commands.parts,
          { users: fresh, groups: [] },
          instance.tenantId ?? null,
          'bad-assignment',
        );
        const { userName } = now.principal;
        const { tenantId } = instance;
        // Nobody has to be looked up where the holders only become more.
        const stays = countOf(held) > 0 && countOf(merged(before, held)) === countOf(held);
        if (role.name === OWNER && !stays)
          await assertActiveOwner(this.commands.parts, held, { userName, tenantId });
        const caseRoles = { ...guard?.caseRoles, [role.name]: held };
        return { guard: { caseRoles }, result: roleView(role, held) };
      },
    );
  }

  setRole(call: Call, instanceId: unknown, role: unknown, holders: unknown): Promise<CaseRoleView> {
    return this.setHolders(call, instanceId, role, holders, (_held, given) => given);
  }

  addToRole(call: Call, instanceId: unknown, role: unknown, holders: unknown): Promise<CaseRoleView> {
    return this.setHolders(call, instanceId, role, holders, merged);
  }
}
