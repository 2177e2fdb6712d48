import type { SecureUser } from '../../core/principal.js';
import type { Store, StoredModel } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';
import type { Attempts } from './attempts.js';
import type { Command } from './command.js';
import type { Contexts } from './context.js';
import type { HostStore } from './host-store.js';
import type { InstanceLocks } from './locks.js';
import type { Retries } from './retries.js';

/** The account on which a command runs. */
export interface Account {
  readonly causer: SecureUser;
  /** Recorded as starter of new instances; default: the causer's name. */
  readonly starter?: string;
  /** Default: the causer's tenant. */
  readonly tenantId?: string | undefined;
  readonly modelsOwner?: string | undefined;
  /** The model that the decision was based on. The run uses this version, whatever is saved in the meantime. */
  readonly model?: StoredModel;
  /** Work continues in the background after `work` has returned. */
  readonly noWait?: boolean;
}

/** Limits of one command. */
export interface Limits {
  /** Milliseconds for the work of the model to settle. */
  readonly time: number;
  /** Steps of elements. */
  readonly steps: number;
}

export interface RunnerParts {
  readonly limits: Limits;
  readonly attempts: Attempts;
  readonly store: Store;
  readonly hostStore: HostStore;
  readonly contexts: Contexts;
  readonly locks: InstanceLocks;
  readonly retries: Retries;
  readonly logger: GuardLogger;
  /** Called with failures inside a model that did not stop it. */
  readonly onFailures: (command: Command) => Promise<void>;
}

/** Options of a command on one instance. */
export interface OnInstance {
  /** Work continues in the background after `work` has returned. */
  readonly noWait?: boolean;
  /** Recorded as starter of new instances; default: the causer's name. */
  readonly starter?: string;
  /** Steps taken by the commands that led to this one; they count towards its limit. */
  readonly stepsBefore?: number;
  /** Called before the lock is taken if the command had to queue. A rejection ends the command. */
  readonly stillWanted?: () => Promise<unknown>;
  /**
   * Reads beside the instance what else the command needs to know, once the lock is held; answers with the model of the
   * instance where it was read. A rejection ends the command.
   * @param hold takes one more lock, which is released with the command
   */
  readonly underLock?: (hold: (id: string) => Promise<void>) => Promise<StoredModel | undefined>;
}
