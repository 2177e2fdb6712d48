import type { Duty } from '../../core/policies/duties/duty.js';
import type { UserInfo } from '../../core/principal.js';
import type { PolicyChangeOptions } from './policy-change-options.js';

export type { Distinct, Duty, DutyTask, NotInitiator, TwoTasks } from '../../core/policies/duties/duty.js';

/** A duty with its name. */
export type DutyView = Duty & { readonly name: string };

/**
 * Separation of duties: who may not, or must, do a task because of what they did in the same case. Holds when a task
 * is taken, completed, and given to a person, and in lists. All methods require `system:policy`;
 * only ADMIN changes or removes a duty.
 */
export interface DutiesApi {
  /** Ordered by name. */
  list(user?: UserInfo): Promise<DutyView[]>;
  /**
   * Creates or replaces a duty.
   * @throws BadInput `bad-policy`, naming an unknown field, model or task and the nearest known name
   */
  save(
    name: string,
    duty: Duty,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** @throws AccessDenied `not-found` */
  remove(name: string, options?: PolicyChangeOptions, user?: UserInfo): Promise<{ version: number }>;
}
