import type { Operation } from '../operation.js';
import { SecureUser } from '../principal.js';

/**
 * What follows from a principal and an operation alone, kept as long as the principal lives. A principal never changes;
 * the policies of each version keep their own.
 */
export class ByPrincipal<T extends object> {
  private readonly known = new WeakMap<SecureUser, Map<Operation, T>>();

  get(principal: SecureUser, operation: Operation): T | undefined {
    return this.known.get(principal)?.get(operation);
  }

  /** Returns the value. Not kept for objects that only look like a principal, which could change. */
  keep(principal: SecureUser, operation: Operation, value: T): T {
    if (!SecureUser.made(principal)) return value;
    const kept = this.known.get(principal);
    if (kept === undefined) this.known.set(principal, new Map([[operation, value]]));
    else kept.set(operation, value);
    return value;
  }
}
