import { isGuardError } from '../../core/errors.js';
import {
  assertRoom,
  complete,
  countOf,
  merged,
  NOBODY,
  readAssignment,
  type CaseAssignment,
  type RoleHolders,
} from '../../core/policies/case-roles/holders.js';
import type { CaseRole } from '../../core/policies/case-roles/declaration.js';
import { OWNER } from '../../core/policies/case-roles/operations.js';
import { SYSTEM_USER } from '../../core/principal.js';
import { show } from '../../core/value.js';
import { passedRoles, rolesOf } from '../model/case-roles.js';
import type { HostExecution, HostItem } from '../model/host.js';
import type { Command } from './command.js';
import { guardOf } from './commit.js';

/** The item that calls a process, in the running command. */
const callerOf = ({ instance }: HostExecution, command: Command | undefined): HostItem | undefined =>
  typeof instance.parentItemId !== 'string'
    ? undefined
    : [...(command?.executions.values() ?? [])]
        .flatMap((execution) => execution.getItems())
        .find(({ id }) => id === instance.parentItemId);

/** Assigns the roles of one new instance. A role that cannot be assigned stays empty, and `failed` gets the reason. */
class CaseStart {
  constructor(
    private readonly execution: HostExecution,
    private readonly declared: readonly CaseRole[],
    private readonly failed: (what: string) => void,
  ) {}

  private tried<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      if (!isGuardError(error)) throw error;
      this.failed(error.message);
      return otherwise;
    }
  }

  /** The holders that the start names. The commands of the API have checked them already. */
  private given(): CaseAssignment {
    const { caseRoles } = this.execution.options ?? {};
    return caseRoles === undefined ? {} : this.tried(() => readAssignment(caseRoles, this.declared), {});
  }

  /** The holders that the calling process passes on. */
  private passed(caller: HostItem): CaseAssignment {
    const { definition, instance } = caller.context;
    const held = guardOf(instance).caseRoles ?? {};
    const passed: Record<string, RoleHolders> = {};
    for (const { to, from } of this.tried(() => passedRoles(caller.node.def, rolesOf(definition)), [])) {
      const role = this.declared.find(({ name }) => name === to);
      const holders = held[from] ?? NOBODY;
      if (role === undefined) this.failed(`the called process declares no role ${show(to)}`);
      else
        this.tried(() => {
          assertRoom(role, holders, 'bad-option');
          passed[to] = holders;
        }, undefined);
    }
    return passed;
  }

  assign(caller: HostItem | undefined): Record<string, RoleHolders> {
    const [given, passed] = [this.given(), caller === undefined ? {} : this.passed(caller)];
    const held = complete(this.declared, {});
    for (const name of Object.keys(held))
      held[name] = merged(given[name] ?? NOBODY, (passed as CaseAssignment)[name] ?? NOBODY);
    const { startedBy = SYSTEM_USER.userName } = guardOf(this.execution.instance);
    const isPerson = startedBy !== SYSTEM_USER.userName;
    if (isPerson && held[OWNER] !== undefined && countOf(held[OWNER]) === 0)
      held[OWNER] = { users: [startedBy], groups: [] };
    return held;
  }
}

/**
 * Assigns the roles of a new instance whose model declares some: by the option `caseRoles` of its start, by the call
 * activity that starts it, and the owner by its starter. A declaration that cannot be read, as an unguarded host may
 * have stored it, makes a case in which nobody has a role.
 */
export function assignCaseRoles(execution: HostExecution, command: Command | undefined): void {
  const guard = guardOf(execution.instance);
  if (guard.caseRoles !== undefined) return;
  const caller = callerOf(execution, command);
  const failed = (what: string): void =>
    void command?.failures.push({ what: `case roles: ${what}`, instanceId: execution.id });
  let declared: readonly CaseRole[];
  try {
    declared = rolesOf(execution.definition);
  } catch (error) {
    if (!isGuardError(error)) throw error;
    failed(error.message);
    guard.caseRoles = {};
    return;
  }
  if (declared.length > 0) guard.caseRoles = new CaseStart(execution, declared, failed).assign(caller);
}
