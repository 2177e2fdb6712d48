import { AccessDenied, BadInput, notFound } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import { toPrincipal, type SecureUser } from '../../core/principal.js';
import type { StoredInstance, StoredItem, UnwoundItem } from '../../store/port.js';
import { namesIn } from '../model/derive.js';
import { withAssignee, withHolder, type Holders } from '../model/labels.js';
import type { Call } from './call.js';
import type { Calls } from './calls.js';
import type { CommandParts } from './command-parts.js';

/** A task, as it is under the lock of its instance. */
interface Task {
  readonly instance: StoredInstance;
  readonly item: StoredItem;
}

/** The duties that forbid an administrator the operation, and that it overrides. */
export const overriddenBy = (
  { principal, inForce }: Call,
  { instance, item }: Task,
  operation: Operation,
): readonly string[] => inForce.duties.overridden(principal, operation, { instance, item });

/** What follows when a task is given to a user. */
export interface Given {
  /** The duties that the user, an administrator, would override by doing it. */
  readonly overridden: readonly string[];
  /** The labels that the task reserves, by label: for the user, and for who lends it. */
  readonly labels: Holders;
}
const NO_LABELS: Holders = Object.freeze({});
export const NOTHING_FOLLOWS: Given = Object.freeze({ overridden: [], labels: NO_LABELS });

/** How many members of a group are looked at, and how many reasons a refusal names. */
const MOST_MEMBERS = 500;
const SAID = 3;

interface Standing {
  readonly against: readonly string[];
  readonly asTheirs: Task;
  readonly stay: Holders;
}

/** The reservations of a task that stay, when the user gets it from `owner`, who lends it, or from anybody else. */
function staying(
  { inForce }: Call,
  { instance, item }: Task,
  name: string,
  owner: string | undefined,
): Holders {
  const held = Object.entries(item.guard?.labels ?? {});
  const lent = owner === undefined ? [] : inForce.grid.labelsLentWith({ instance, item });
  return Object.fromEntries(
    held.map(([label, names]) => [
      label,
      names.filter((one) => one === name || (one === owner && !lent.includes(label))),
    ]),
  );
}

/**
 * Asserts that the task may be given to the user, by whichever command: assigned, lent, returned, escalated, done as a
 * substitute. The user must exist if there is a directory, must belong to the instance's tenant, and neither a duty nor
 * the access rules grid may forbid the user the task. An administrator who gives a task away does not override a duty
 * for another person. Without a directory, the groups of another user are not known, and rules about them do not hold.
 * @param owner who lends the task, if it is lent
 * @throws BadInput `bad-assignment`; AccessDenied `forbidden`; CouldNotTell
 */
export async function assertTarget(
  { bypass, principals }: Calls,
  name: string,
  { call, instance, item }: Task & { readonly call: Call },
  owner?: string,
): Promise<Given> {
  if (bypass) return NOTHING_FOLLOWS;
  const target =
    name === call.principal.userName
      ? call.principal
      : await principals.named(name, instance.tenantId ?? null);
  if (target === undefined)
    throw new BadInput('bad-assignment', 'The user to whom the task would be assigned is not known.');
  const resource = { instance, item };
  const { against, asTheirs, stay } = standing(call, target, resource, owner);
  if (against.length > 0)
    throw new AccessDenied('forbidden', `The task cannot be given to this user: ${against.join('; ')}.`);
  const { duties, grid } = call.inForce;
  const overridden = duties.overridden(target, 'task:take', resource);
  return { overridden, labels: withHolder(stay, grid.labelsWonBy(target, asTheirs), name) };
}

/** In place of the reasons, where something is hidden from the caller. */
const NOT_TOLD = 'a rule is against it, which may compare what is hidden from you';

/** What stands against giving a task to a user, and the task and its reservations as they would then be. */
function standing(call: Call, target: SecureUser, resource: Task, owner?: string): Standing {
  const { duties, grid } = call.inForce;
  const { instance, item } = resource;
  const name = target.userName;
  const stay = staying(call, resource, name, owner);
  const then = withAssignee(instance, item.id, name, { ...(owner !== undefined && { owner }), labels: stay });
  const asTheirs = { instance: then, item: then.items?.find(({ id }) => id === item.id) ?? item };
  const against = [...duties.against(target, 'task:take', resource), ...grid.against(target, asTheirs)];
  // The rules of others may compare what this caller must not learn.
  const told = call.hiddenFields?.hidesIn(instance) === true && against.length > 0 ? [NOT_TOLD] : against;
  return { against: [...new Set(told)], asTheirs, stay };
}

/**
 * Asserts that the task may be handed to the group: the directory knows somebody in it to whom it may be given. Where
 * no directory lists the members, one is judged of whom nothing but the group is known.
 * @throws BadInput `bad-assignment`, `too-large`; AccessDenied `forbidden`; CouldNotTell
 */
export async function assertTargetGroup(
  { bypass, principals }: Calls,
  group: string,
  { call, ...task }: Task & { readonly call: Call },
): Promise<void> {
  if (bypass) return;
  const tenantId = task.instance.tenantId ?? null;
  const names = await principals.members(group, tenantId);
  if (names === undefined ? !(await principals.mayHaveMembers(group, tenantId)) : names.length === 0)
    throw new BadInput('bad-assignment', 'The group to which the task would be escalated has no members.');
  const members =
    names === undefined
      ? [{ userName: `somebody in ${group}`, userGroups: [group], tenantId }]
      : names.slice(0, MOST_MEMBERS);
  const against = new Set<string>();
  for (const one of members) {
    const target = typeof one === 'string' ? await principals.named(one, tenantId) : toPrincipal(one);
    if (target === undefined) continue;
    const found = standing(call, target, task).against;
    if (found.length === 0) return;
    for (const says of found) against.add(says);
  }
  if (names !== undefined && names.length > MOST_MEMBERS)
    throw new BadInput(
      'too-large',
      `The group has more than ${MOST_MEMBERS} members; the task cannot be given to any of the first ${MOST_MEMBERS}.`,
    );
  if (against.size === 0)
    throw new BadInput('bad-assignment', 'The group to which the task would be escalated has no members.');
  throw new AccessDenied(
    'forbidden',
    `The task cannot be given to anybody in this group: ${[...against].slice(0, SAID).join('; ')}.`,
  );
}

/**
 * The candidate users of a task whom no duty forbids it; administrators override duties that are not strict.
 * @throws CouldNotTell if the directory does not answer
 */
export async function withoutForbidden(
  { calls: { bypass, principals }, reads }: Pick<CommandParts, 'calls' | 'reads'>,
  { inForce: { duties } }: Call,
  { id, items: item }: UnwoundItem,
): Promise<string[]> {
  const names = namesIn(item.candidateUsers);
  if (bypass || !duties.exist || names.length === 0) return names;
  const instance = await reads.whole(id);
  if (instance === undefined) throw notFound('task');
  const tenantId = instance.tenantId ?? null;
  const mayDo = (one: SecureUser): boolean =>
    duties.against(one, 'task:take', { instance, item }).length === 0;
  const eligible: string[] = [];
  for (const name of names) {
    if (mayDo(toPrincipal({ userName: name, tenantId }))) eligible.push(name);
    else {
      // A duty that is not strict does not forbid it to administrators.
      const known = await principals.named(name, tenantId);
      if (known !== undefined && mayDo(known)) eligible.push(name);
    }
  }
  return eligible;
}
