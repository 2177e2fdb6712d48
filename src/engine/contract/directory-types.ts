import type { UserInfo } from '../../core/principal.js';

/** Looks users up; see `directory` in the options. */
export interface Directory {
  /**
   * Finds the user of that exact name; undefined or null if there is none. Rejects if it could not tell. The result
   * may be an instance of a class with getters, such as a document of an object-relational mapper. Every truthy
   * value of `disabled` counts.
   */
  find(userName: string): Promise<(UserInfo & { readonly disabled?: unknown }) | null | undefined>;
  /**
   * Returns the user if the password is right and the user is not disabled, otherwise undefined. Unknown users take
   * as long as others. Rejects if it could not tell.
   */
  verify?(userName: string, password: string): Promise<UserInfo | undefined>;
  /** Subscribes to changes of users, so that the next call sees them at once. Returns a function that unsubscribes. */
  onChanged?(handler: (userName: string) => void): () => void;
  /**
   * Whether the group has a member of that tenant (null: none) who is not disabled. Missing: it cannot be told, and no
   * group counts as one that is left to manage security roles.
   */
  hasMembers?(group: string, tenantId: string | null): Promise<boolean>;
  /**
   * The names of the group's members of that tenant (null: none) who are not disabled. Missing: it cannot be told,
   * and a candidate group counts as having a member who has not rejected a task.
   */
  members?(group: string, tenantId: string | null): Promise<readonly string[]>;
}
