import { AccessDenied, BadInput } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import type { StoredInstance, StoredItem } from '../../store/port.js';
import type { Call } from './call.js';
import type { Calls } from './calls.js';

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

/**
 * Asserts that the task may be given to the user, by whichever command: assigned, lent, returned, escalated, done as a
 * substitute. The user must exist if there is a directory, must belong to the instance's tenant, and no duty may forbid
 * the user the task. An administrator who gives a task away does not override a duty for another person.
 * @returns the duties that the user, an administrator, would override by doing it
 * @throws BadInput `bad-assignment`; AccessDenied `forbidden`; CouldNotTell
 */
export async function assertTarget(
  { bypass, principals }: Calls,
  name: string,
  { call, instance, item }: Task & { readonly call: Call },
): Promise<readonly string[]> {
  if (bypass) return [];
  const target =
    name === call.principal.userName
      ? call.principal
      : await principals.named(name, instance.tenantId ?? null);
  if (target === undefined)
    throw new BadInput('bad-assignment', 'The user to whom the task would be assigned is not known.');
  const { duties } = call.inForce;
  const resource = { instance, item };
  const against = duties.against(target, 'task:take', resource);
  if (against.length > 0)
    throw new AccessDenied(
      'forbidden',
      `The task cannot be given to this user: ${[...new Set(against)].join('; ')}.`,
    );
  return duties.overridden(target, 'task:take', resource);
}
