import type { Operation } from '../../core/operation.js';
import type { Facts } from '../../core/policy.js';
import type { SecureUser } from '../../core/principal.js';
import type { StoredItem } from '../../store/port.js';
import type { TaskState } from '../contract/types.js';
import type { Call } from './call.js';

/**
 * The requested effect. Says which item states admit it: for administrators, who may complete any waiting task, and
 * for others.
 */
export interface Effect {
  /** One operation per effect; all must be allowed. The first one names the command in the audit trail. */
  readonly operations: readonly [Operation, ...Operation[]];
  readonly states: readonly TaskState[];
  readonly administratorsToo?: readonly TaskState[];
  /** Facts for the policies. */
  readonly facts?: Facts;
  /**
   * On which tasks that the principal does not find it is possible: `rejected`, those that only the principal's own
   * refusal hides; `unnamed`, those that no rule hides though none shows them either. Missing: on none.
   */
  readonly unread?: 'rejected' | 'unnamed';
  /** Asserts further conditions on the task, after the caller's permission. Throws. */
  readonly check?: (item: StoredItem, asker: Call) => void;
}

/** The states from which the principal may bring about the effect. */
export const statesFor = (
  principal: SecureUser,
  { states, administratorsToo }: Effect,
): readonly TaskState[] => (principal.isAdmin() ? [...states, ...(administratorsToo ?? [])] : states);
