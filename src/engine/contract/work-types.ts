import type { UserInfo } from '../../core/principal.js';

/** Held work: background work during which processes ended. */
export interface HeldWork {
  /** The argument of `retry` and `stop`. */
  readonly id: string;
  /** Missing for a start, which has left no instance. */
  readonly instanceId?: string;
  readonly modelName: string;
  readonly tenantId?: string;
  /**
   * A timer that fired, resumed `noWait` work, a delivery from another instance, or the start of a model by its
   * timer.
   */
  readonly work: 'timer' | 'background' | 'delivery' | 'start';
  readonly itemId?: string;
  readonly elementId?: string;
  /** When it last began or was held. */
  readonly since: Date;
  /** The number of processes that ended during it. */
  readonly ended: number;
}

/** Tasks and roles without a person. */
export type Orphan =
  /** A waiting task whose assignee is gone, disabled or of another tenant. */
  | {
      readonly kind: 'task';
      readonly instanceId: string;
      readonly modelName: string;
      readonly itemId: string;
      readonly elementId?: string;
      readonly assignee: string;
    }
  /** A role of a case that nobody holds. */
  | {
      readonly kind: 'case-role';
      readonly instanceId: string;
      readonly modelName: string;
      readonly role: string;
    }
  /** A security role without a holder. */
  | { readonly kind: 'security-role'; readonly role: string };

/**
 * One page of them. It looks at as many waiting tasks as its limit says, and at the others of the last instance, so it
 * may be empty and not the last.
 */
export interface Orphans {
  readonly data: readonly Orphan[];
  /** The value for `after`, or null on the last page. */
  readonly nextCursor: string | null;
}

/**
 * For administrators: background work. All three need `instance:cancel` of the instance; for a start by
 * a timer they need `model:write` of the model.
 */
export interface WorkApi {
  /**
   * Tasks and roles without a person, in instances that the user may terminate; security roles for holders of
   * `SecurityRole:Read`, on the first page. Without a directory no task is known to be one. `limit` as for `find`.
   */
  orphans(
    page?: { readonly limit?: number; readonly after?: string | null },
    user?: UserInfo,
  ): Promise<Orphans>;
  /**
   * Held work of instances that the caller may read and terminate, the newest first, then starts by timers of models
   * that the caller may read and change. `limit`: how many instances and starts; default and maximum 1000. If there are
   * more, the list has a `nextCursor`, the next page's `after`.
   */
  list(
    page?: { readonly limit?: number; readonly after?: string | null },
    user?: UserInfo,
  ): Promise<HeldWork[] & { readonly nextCursor?: string }>;
  /** Lets held work begin again: all of an instance's, or the starts by one timer from its next time on. */
  retry(id: string, user?: UserInfo): Promise<void>;
  /**
   * Ends a running instance at once, with everything that waits in it and the processes it has called; also while
   * one of its scripts or services runs, whose caller then gets `conflict`. Resolves to its id and
   * those of the others that the user may read.
   */
  stop(id: string, user?: UserInfo): Promise<string[]>;
}
