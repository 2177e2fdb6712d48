import type { Operation } from '../operation.js';
import { SecureUser } from '../principal.js';

/**
 * What follows from a principal and an operation alone, kept as long as the principal lives. A principal never changes;
 * the policies of each version keep their own.
 */
export class ByPrincipal<T extends object> {
  private readonly known = new WeakMap<SecureUser, Map<Operation, T>>();

  constructor(private readonly make: (principal: SecureUser, operation: Operation) => T) {}

  /** Nothing is kept for objects that only look like a principal, which could change. */
  of(principal: SecureUser, operation: Operation): T {
    const kept = this.known.get(principal);
    const found = kept?.get(operation);
    if (found !== undefined) return found;
    const made = this.make(principal, operation);
    if (kept !== undefined) kept.set(operation, made);
    else if (SecureUser.made(principal)) this.known.set(principal, new Map([[operation, made]]));
    return made;
  }
}
