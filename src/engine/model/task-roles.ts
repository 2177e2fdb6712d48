import { isGuardError } from '../../core/errors.js';
import type { CaseRole } from '../../core/policies/case-roles/declaration.js';
import { countOf, NOBODY, type RoleHolders } from '../../core/policies/case-roles/holders.js';
import type { InstanceGuard } from '../../store/port.js';
import { rolesOf } from './case-roles.js';
import { cleanNames, namesIn } from './derive.js';
import { PEOPLE, type PeopleProperty } from './dialects/understood.js';
import type { HostExecution, HostItem } from './host.js';

function declaredIn({ definition }: HostExecution): readonly CaseRole[] {
  try {
    return rolesOf(definition);
  } catch (error) {
    // Reported when the instance started. No name is a role then.
    if (isGuardError(error)) return [];
    throw error;
  }
}

/** The roles of the case that one task names: replaced by their present holders, whoever holds them later. */
export class TaskRoles {
  private readonly declared: ReadonlyMap<string, CaseRole>;
  private readonly held: Readonly<Record<string, RoleHolders>>;
  private readonly asked = new Map<PeopleProperty, Set<string>>();

  constructor(execution: HostExecution) {
    const { caseRoles } = execution.instance.guard as InstanceGuard;
    this.held = caseRoles ?? {};
    const roles = caseRoles === undefined ? [] : declaredIn(execution);
    this.declared = new Map(roles.map((role) => [role.name, role]));
  }

  /** Notes the names that are roles. @returns the others */
  taken(property: PeopleProperty, names: readonly string[]): string[] {
    const roles = names.filter((name) => this.declared.has(name));
    if (roles.length > 0) this.asked.set(property, new Set([...(this.asked.get(property) ?? []), ...roles]));
    return names.filter((name) => !this.declared.has(name));
  }

  /** Whether the property names a role. */
  named(property: PeopleProperty): boolean {
    return this.asked.has(property);
  }

  /**
   * Gives the task to the holders of its roles: an assignee that is a role held by one user to that user, everything
   * else to candidates. A role with fewer holders than its minimum closes the task.
   * @returns what the roles lack
   */
  giveTo(item: HostItem): string[] {
    const all = [...new Set([...this.asked.values()].flatMap((names) => [...names]))];
    const roles = all.map((name) => ({
      name,
      held: this.held[name] ?? NOBODY,
      min: this.declared.get(name)?.min ?? 0,
    }));
    const lacking = roles.filter(({ held, min }) => countOf(held) < Math.max(1, min));
    const tooFew = roles.some(({ held, min }) => countOf(held) < min);
    if (tooFew) for (const property of PEOPLE) item[property] = property === 'assignee' ? undefined : [];
    else for (const { name, held } of roles) this.give(item, name, held);
    return lacking.map(({ name, held, min }) =>
      countOf(held) === 0
        ? `nobody holds the role ${name}`
        : `the role ${name} needs ${min} holders and has ${countOf(held)}`,
    );
  }

  private give(item: HostItem, name: string, { users, groups }: RoleHolders): void {
    const isAssignee =
      this.asked.get('assignee')?.has(name) === true && this.asked.get('assignee')?.size === 1;
    if (isAssignee && users.length === 1 && groups.length === 0 && namesIn(item.assignee).length === 0) {
      item.assignee = users[0];
      return;
    }
    item.candidateUsers = cleanNames([...namesIn(item.candidateUsers), ...users]);
    item.candidateGroups = cleanNames([...namesIn(item.candidateGroups), ...groups]);
  }
}
