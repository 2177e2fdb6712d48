/** What is stored about work that nobody waits for. */

/** A message that a model has thrown: what its receivers wait for. */
export interface ThrownMessage {
  readonly id: string;
  readonly tenantId: string | null;
  /** Fields of the receiver's instance or item, each with its value. */
  readonly matching: readonly (readonly [field: string, value: unknown])[];
}

/** A delivery from one instance to another: committed with the sender, not done yet. */
export interface Delivery {
  readonly key: string;
  readonly itemId: string;
  readonly data: Record<string, unknown> | null;
  /** The user recorded as starter of whatever the delivery starts. */
  readonly causer: string;
  /** The acting user, if it is not the causer: the system, after a timer. */
  readonly actor?: string;
  /** Missing: a signal, or the end of a called process, which are for that item alone. */
  readonly message?: ThrownMessage;
}

/** Background work that has begun and is not stored yet. */
export interface Attempt {
  /**
   * A timer that fired, `noWait` work that was resumed, a delivery from another instance, or the start of a model by
   * its timer.
   */
  readonly work: 'timer' | 'background' | 'delivery' | 'start';
  /** The guard that began the work. */
  readonly by: string;
  readonly at: Date;
  /** How many processes ended during the work. */
  readonly ended: number;
  readonly elementId?: string;
  /** Not retried automatically. */
  readonly held?: boolean;
}
